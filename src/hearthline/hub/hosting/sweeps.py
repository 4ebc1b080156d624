# SPDX-License-Identifier: Apache-2.0
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.hosting import actions
from hearthline.hub.hosting.models import HostingFact, HostingLookup

log = logging.getLogger(__name__)

BATCH = 100
# No look is begun after this many seconds, so that a run of slow registers ends well.
RUN = 60.0


def look_up_due(*, holder: str, at: datetime, find: actions.Find | None = None) -> int:
    """Look up the hosts that are due, one at a time; how many. None where lookups are off."""
    if find is None and not settings.HOSTING_LOOKUPS:
        return 0
    started, made = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        leased = lease(HostingLookup.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        made += _look(leased[0], holder=holder, at=at, find=find)
    return made


def end_looks(*, holder: str, at: datetime) -> int:
    """End looks older than a case is kept, and hosts nobody asked for in so long; how many."""
    keep = timedelta(days=settings.PACK.retention.case_days)
    facts = list(HostingFact.objects.past(at, keep)[:BATCH])
    for fact in facts:
        actions.end_look(fact=fact, at=at)
    lookups = list(HostingLookup.objects.past(at, keep)[:BATCH])
    for lookup in lookups:
        actions.forget_host(lookup=lookup, at=at)
    return len(facts) + len(lookups)


SWEEPS: tuple[Callable[..., int], ...] = (look_up_due, end_looks)


def _look(lookup: HostingLookup, *, holder: str, at: datetime, find: actions.Find | None) -> bool:
    """One look; its trouble is its own: it is logged, tried again, and the next has its turn."""
    fact: HostingFact | None = None
    try:
        host, origin = actions.host_to_look_up(lookup=lookup)
        fact = actions.look_up(host=host, origin=origin, at=at, find=find)
    except OperationalError:
        raise  # the database is busy for every row
    except Exception:
        log.exception("lookup %s failed; it is tried again", lookup.pk)
    try:
        actions.settle(lookup=lookup, fact=fact, holder=holder, at=at)
    except LeaseLost:
        log.warning("lookup %s was taken over by another worker", lookup.pk)
    return fact is not None
