# SPDX-License-Identifier: Apache-2.0
import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.referrals.actions import end_package, mark_arrived, prepare
from hearthline.hub.referrals.actions.withdrawn import hold_package, let_package_go
from hearthline.hub.referrals.models import Referral, cases_awaiting_referral, home_units

log = logging.getLogger(__name__)

BATCH = 100


def refer_confirmed(*, holder: str, at: datetime) -> int:
    """Prepare confirmed cases for every police unit of the country that has a key.

    A case that no unit can be handed waits, in sight of the desk, and its host hears nothing.
    """
    units = [unit for unit in home_units(settings.PACK.country.code) if unit.age_recipient]
    if not units:
        return 0
    waiting = cases_awaiting_referral()[:BATCH]
    return sum(_prepare(case, unit, at) for case in waiting for unit in units)


def note_arrivals(*, holder: str, at: datetime) -> int:
    """Referrals whose letter the unit's mail server took are with police."""
    arrived = Referral.objects.arrived().select_related("letter", "case")[:BATCH]
    return sum(mark_arrived(referral=referral, at=at) for referral in arrived)


def stop_withdrawn(*, holder: str, at: datetime) -> int:
    """Packages whose reporters all left wait; those on which work goes on may leave."""
    held = [hold_package(referral=one, at=at) for one in Referral.objects.to_stop()[:BATCH]]
    let_go = [let_package_go(referral=one, at=at) for one in Referral.objects.to_let_go()[:BATCH]]
    return sum(held) + sum(let_go)


def end_packages(*, holder: str, at: datetime) -> int:
    """Delete packages whose case has ended; how many."""
    kept = Referral.objects.of_ended_cases()[:BATCH]
    return sum(end_package(referral=referral, at=at) for referral in kept)


SWEEPS: tuple[Callable[..., int], ...] = (
    stop_withdrawn,
    refer_confirmed,
    note_arrivals,
    end_packages,
)


def _prepare(case: Case, unit: Organisation, at: datetime) -> bool:
    """One package; a case in trouble is logged, stays waiting, and the next has its turn."""
    by_mail = unit.contact(Contact.Channel.EMAIL) is not None
    channel = Referral.Channel.MAIL if by_mail else Referral.Channel.DOOR
    try:
        prepare(case=case, unit=unit, channel=channel, by=None, at=at)
    except OperationalError:
        raise  # the database is busy for every case
    except Exception:
        log.exception("case %s could not be prepared for unit %s", case.pk, unit.pk)
        return False
    return True
