# SPDX-License-Identifier: Apache-2.0
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.hosting import actions as hosting
from hearthline.hub.referrals.actions import (
    address_to_look_at,
    ask_for_host,
    end_hand_over,
    end_package,
    mark_arrived,
    note_look,
    note_sent,
    prepare,
)
from hearthline.hub.referrals.actions.withdrawn import hold_package, let_package_go
from hearthline.hub.referrals.models import (
    HandOver,
    Referral,
    cases_awaiting_referral,
    cases_to_look_up,
    home_units,
    hosts_left,
)
from hearthline.kit import urls

log = logging.getLogger(__name__)

BATCH = 100
# No look is begun after this many seconds, so that a run of slow hosts ends well.
RUN = 60.0

Probe = Callable[..., urls.Observation]


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
    done = sum(end_package(referral=referral, at=at) for referral in kept)
    abroad = HandOver.objects.of_ended_cases()[:BATCH]
    return done + sum(end_hand_over(row=row, at=at) for row in abroad)


def note_abroad(*, holder: str, at: datetime) -> int:
    """Hand-overs whose letter the hotline's mail server took are with it."""
    arrived = HandOver.objects.arrived().select_related("letter")[:BATCH]
    return sum(
        note_sent(row=row, since=row.letter.sent_at or at, actor=Actor.worker(), at=at)
        for row in arrived
        if row.letter
    )


def ask_for_hosts(*, holder: str, at: datetime) -> int:
    """Have the hosts of cases that may be told looked up, and again each so often; how many.

    So a host that changes is seen. None where lookups are off, or the queue would only grow.
    """
    if not settings.HOSTING_LOOKUPS:
        return 0
    again = timedelta(hours=settings.PACK.clocks.abroad.recheck_hours)
    waiting = cases_to_look_up(at, again).select_related("subject__data_key")[:BATCH]
    return sum(ask_for_host(case=case, at=at) for case in waiting)


def end_hosts(*, holder: str, at: datetime) -> int:
    """End what is known about hosts whose last case has ended; how many hosts."""
    return sum(hosting.end_host(lookup=row, at=at) for row in list(hosts_left(at)[:BATCH]))


def look_abroad(*, holder: str, at: datetime, probe: Probe = urls.probe) -> int:
    """Look whether what was handed over is still there; how many looks."""
    started, made = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        leased = lease(HandOver.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        made += _look(leased[0], holder=holder, at=at, probe=probe)
    return made


SWEEPS: tuple[Callable[..., int], ...] = (
    stop_withdrawn,
    refer_confirmed,
    note_arrivals,
    note_abroad,
    ask_for_hosts,
    look_abroad,
    end_packages,
    end_hosts,
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


def _look(row: HandOver, *, holder: str, at: datetime, probe: Probe) -> bool:
    """One look; its trouble is its own: it is logged, and the next has its turn."""
    try:
        address = address_to_look_at(row=row, at=at)
        seen = probe(address, resolve=_resolve, allow=_allow) if address else None
        note_look(row=row, seen=seen, holder=holder, at=at)
    except LeaseLost:
        log.warning("hand-over %s was taken over by another worker", row.pk)
        return False
    except OperationalError:
        raise  # the database is busy for every row
    except Exception:
        log.exception("hand-over %s could not be looked at; it is tried again", row.pk)
        return False
    return seen is not None


def _resolve(host: str) -> Sequence[str]:
    """The machine's resolver; in the demonstration its own host's names lead to loopback."""
    if settings.DEMO:
        for name, target in settings.PROBE_HOSTS.items():
            if host == name or host.endswith(f".{name}"):
                return (target.rpartition(":")[0],)
    return urls.system_resolve(host)


def _allow(address: str, port: int) -> bool:
    """Public addresses only; in the demonstration also exactly its own host's."""
    demo_host = settings.DEMO and f"{address}:{port}" in settings.PROBE_HOSTS.values()
    return demo_host or urls.public_only(address, port)
