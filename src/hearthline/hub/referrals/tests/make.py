# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: a confirmed case, a police unit with its key, a liaison."""

from datetime import date, datetime
from functools import cache
from typing import Any

from pyrage.x25519 import Identity

from hearthline.hub.accounts.models import User
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.actions import join, set_age_recipient
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact, make_unit
from hearthline.hub.referrals.actions import prepare
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.actions import Answers, submit
from hearthline.kit.formats.package import Package, open_package

CHECKED = date(2026, 9, 1)
ADDRESS = "http://pages.harbour-host.test/album/7"
CONTACT = "reporter@example.org"
MAILBOX = "duty@quay-police.test"


@cache
def unit_identity() -> Identity:
    """The unit's own age key; the software never has it."""
    return Identity.generate()


def opened(sealed: bytes) -> Package:
    return open_package(sealed, str(unit_identity()))


def make_keyed_unit(*, ada: User, at: datetime, mailbox: str = MAILBOX) -> Organisation:
    """A police unit that can be handed packages."""
    unit = make_unit(by=ada, at=at, country="XS", languages=["en"])
    if mailbox:
        make_contact(unit, by=ada, at=at, scope=Contact.Scope.DUTY, value=mailbox)
    recipient = str(unit_identity().to_public())
    return set_age_recipient(organisation=unit, recipient=recipient, by=None, at=at)


def make_liaison(user: User, unit: Organisation, *, ada: User, at: datetime) -> User:
    """`user`, who works for `unit`."""
    join(user=user, organisation=unit, by=None, at=at)
    return user


def make_confirmed(
    *, ana: User, ben: User, at: datetime, addresses: str = ADDRESS, **finding: Any
) -> Case:
    """A case that Ana found illegal and Ben confirmed; reported once, by somebody we can reach."""
    answers = Answers(
        audience="public",
        kind="csam_url",
        addresses=addresses,
        words="I saw this on a page.",
        facts=["child_identifiable"],
        safe_contact="email",
        contact=CONTACT,
    )
    submit(answers=answers, language="en", draft=None, at=at)
    (case,) = cases.pull(at=at)
    cases.claim(case=case, by=ana, at=at)
    plain = {
        "outcome": "baseline",
        "incident_type": "csam_url",
        "legal_basis": "children_act_12",
        "age_band": "9_12",
    }
    cases.assess(case=case, finding=cases.Finding(**{**plain, **finding}), by=ana, at=at)
    cases.confirm(case=case, agrees=True, by=ben, at=at)
    return Case.objects.get(pk=case.pk)


def make_referral(
    case: Case, unit: Organisation, *, at: datetime, channel: str = Referral.Channel.DOOR
) -> Referral:
    return prepare(case=case, unit=unit, channel=channel, by=None, at=at)
