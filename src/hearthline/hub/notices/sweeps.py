# SPDX-License-Identifier: Apache-2.0
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.notices import actions
from hearthline.hub.notices.models import Notice, Watch, cases_awaiting_notice
from hearthline.kit import urls

log = logging.getLogger(__name__)

Probe = Callable[..., urls.Observation]

BATCH = 100
# No check is begun after this many seconds, so that a run of slow hosts ends well.
RUN = 60.0


def open_notices(*, holder: str, at: datetime) -> int:
    """A notice for every case that police have and whose host is not held back."""
    opened = 0
    for case in cases_awaiting_notice(at)[:BATCH]:
        with _apart("case", case.pk):
            actions.queue_notice(case=case, at=at, actor=Actor.worker())
            opened += 1
    return opened


def write_letters(*, holder: str, at: datetime) -> int:
    """First letters, reminders and escalations that are due; the number of letters posted."""
    written = 0
    for notice in lease(Notice.objects.due(at), holder=holder, at=at, limit=BATCH):
        with _apart("notice", notice.pk):
            written += actions.write_due(notice=notice, holder=holder, at=at)
    return written


def note_deliveries(*, holder: str, at: datetime) -> int:
    """What became of the letters: clocks start when the host's mail server took the notice."""
    noted = 0
    for notice in Notice.objects.posted()[:BATCH]:
        with _apart("notice", notice.pk):
            noted += actions.note_delivery(notice=notice, at=at)
    return noted


def check_availability(*, holder: str, at: datetime, probe: Probe = urls.probe) -> int:
    """Look whether what was noticed is still there; the number of checks made."""
    started, made = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        # One at a time: a check may take a minute, and a lease lasts five.
        leased = lease(Watch.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        with _apart("watch", leased[0].pk):
            made += _check(leased[0], holder=holder, at=at, probe=probe)
    return made


SWEEPS: tuple[Callable[..., int], ...] = (
    open_notices,
    write_letters,
    note_deliveries,
    check_availability,
)


@contextlib.contextmanager
def _apart(kind: str, number: object) -> Iterator[None]:
    """One row's trouble is its own: it is logged, stays due, and the next row has its turn."""
    try:
        yield
    except LeaseLost:
        log.warning("%s %s was taken over by another worker", kind, number)
    except OperationalError:
        raise  # the database is busy for every row
    except Exception:
        log.exception("%s %s failed; it is tried again", kind, number)


def _check(watch: Watch, *, holder: str, at: datetime, probe: Probe) -> bool:
    address = actions.address_to_check(watch=watch, holder=holder, at=at)
    if address is None:
        return False
    seen = probe(address, resolve=_resolve, allow=_allow)
    actions.record_check(watch=watch, seen=seen, holder=holder, at=at)
    return True


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
