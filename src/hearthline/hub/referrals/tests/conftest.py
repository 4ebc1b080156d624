# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Organisation
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import (
    make_confirmed,
    make_keyed_unit,
    make_liaison,
    make_referral,
)


@pytest.fixture
def unit(ada, now) -> Organisation:
    """Quay Police: has a key and a mailbox."""
    return make_keyed_unit(ada=ada, at=now)


@pytest.fixture
def liaison(paulo, unit, ada, now) -> User:
    """Paulo, who works for Quay Police."""
    return make_liaison(paulo, unit, ada=ada, at=now)


@pytest.fixture
def case(ana, ben, now) -> Case:
    return make_confirmed(ana=ana, ben=ben, at=now)


@pytest.fixture
def referral(case, unit, now) -> Referral:
    """Prepared for the partners' door, not yet picked up."""
    return make_referral(case, unit, at=now)
