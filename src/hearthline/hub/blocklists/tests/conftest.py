# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Entry, Version
from hearthline.hub.blocklists.tests.make import (
    make_entry,
    make_listed,
    make_network,
    make_ordered,
    make_silent,
)
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


@pytest.fixture
def home(settings, tmp_path):
    """A folder of its own for versions."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def published(home, site, now) -> Version:
    """The first version, with one host name in it."""
    made = actions.make_version(at=now)
    assert made
    return made


@pytest.fixture
def site(ana, sena, now) -> Entry:
    """A host name, ordered by a court and approved."""
    entry = make_ordered("pages.harbour-host.test", by=ana, at=now)
    return actions.approve(entry=entry, by=sena, at=now)


@pytest.fixture
def network(mara, ada, now):
    """Quay Net, with the text of its key."""
    return make_network(mara=mara, ada=ada, at=now)
