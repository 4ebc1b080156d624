# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_entry, make_listed, make_silent
from hearthline.hub.cases.models import Case


@pytest.fixture
def sol(db: None) -> User:
    """A second senior analyst."""
    return make_user("Sol", Role.SENIOR_ANALYST)


@pytest.fixture
def case(ana, ben, now) -> Case:
    """Confirmed by Ana and Ben; its host was told and did nothing."""
    return make_silent(ana=ana, ben=ben, at=now)


@pytest.fixture
def proposed(case, ana, now) -> Entry:
    """One page, proposed by Ana."""
    return make_entry(case, by=ana, at=now)


@pytest.fixture
def listed(case, ana, sena, now) -> Entry:
    """One page, proposed by Ana and approved by Sena."""
    return make_listed(case, by=ana, second=sena, at=now)
