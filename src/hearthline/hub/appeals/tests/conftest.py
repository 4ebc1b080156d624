# SPDX-License-Identifier: Apache-2.0
"""The cast of an appeal, and the newspaper's case."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.appeals.public.stop_page import forget_pages, shown
from hearthline.hub.appeals.tests.make import ARTICLE, make_block, make_finding_of
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.cases.models import Case


@pytest.fixture(autouse=True)
def _nothing_shown() -> Iterator[None]:
    shown.forget()
    forget_pages()
    yield
    shown.forget()
    forget_pages()


@pytest.fixture
def stan(db: None) -> User:
    """A second senior analyst."""
    return make_user("Stan", Role.SENIOR_ANALYST)


@pytest.fixture
def case(ana: User, ben: User, now: datetime) -> Case:
    """What Ana and Ben found: wrongly, as will turn out."""
    return make_finding_of(ARTICLE, ana=ana, ben=ben, at=now)


@pytest.fixture
def block(case: Case, ana: User, sena: User, now: datetime) -> Entry:
    """The newspaper, blocked as a whole by Ana and Sena."""
    return make_block(case, by=ana, second=sena, at=now)
