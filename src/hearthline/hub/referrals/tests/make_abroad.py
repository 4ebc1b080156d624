# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: a partner hotline with its key, a look that says where it is."""

from datetime import datetime
from functools import cache
from typing import Any

from pyrage.x25519 import Identity

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import clear_for_notice
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.actions import set_age_recipient
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.hosting.actions import keep
from hearthline.hub.hosting.models import HostingFact
from hearthline.hub.hosting.tests.make import make_hosting
from hearthline.hub.referrals.actions import hand_over
from hearthline.hub.referrals.models import HandOver

COUNTRY = "XN"
MAILBOX = "desk@northland-hotline.test"


@cache
def hotline_identity() -> Identity:
    """The hotline's own age key; the software never has it."""
    return Identity.generate()


def make_hotline(
    *, ada: User, at: datetime, mailbox: str = MAILBOX, key: bool = True, **facts: Any
) -> Organisation:
    """The hotline of Northland, which can be handed cases."""
    plain = {"name": "Northland Hotline", "country": COUNTRY, "languages": ["en"], **facts}
    hotline = make_organisation(by=ada, at=at, kind=Organisation.Kind.HOTLINE, **plain)
    if mailbox:
        make_contact(hotline, by=ada, at=at, scope=Contact.Scope.DUTY, value=mailbox)
    if key:
        recipient = str(hotline_identity().to_public())
        set_age_recipient(organisation=hotline, recipient=recipient, by=None, at=at)
    hotline.refresh_from_db()
    return hotline


def cleared(case: Case, *, at: datetime) -> Case:
    """Police have it, so others may hear."""
    clear_for_notice(case=case, at=at, actor=Actor.worker())
    case.refresh_from_db()
    return case


def looked_up(at: datetime, **options: Any) -> HostingFact:
    """A look that says the host of `make.ADDRESS` is in Northland."""
    return keep(found=make_hosting(at, **{"country": COUNTRY, **options}))


def make_hand_over(
    case: Case, hotline: Organisation, *, by: User, at: datetime, channel: str = "mail", **more: Any
) -> HandOver:
    return hand_over(case=case, hotline=hotline, channel=channel, by=by, at=at, **more)
