# SPDX-License-Identifier: Apache-2.0
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError
from django.db.models import Q

from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Entry, LagAlarm
from hearthline.hub.cases.models import Case

log = logging.getLogger(__name__)

BATCH = 500


def lift_without_ground(*, holder: str, at: datetime) -> int:
    """Delist what our own looks found gone, and what its case no longer carries."""
    over = Q(case__subject__gone_at__isnull=False) | ~Q(case__state=Case.State.CONFIRMED)
    listed = Entry.objects.filter(over, state=Entry.State.LISTED, case__isnull=False)
    lifted = 0
    for entry in listed.select_related("case__subject")[:BATCH]:
        because = actions.lost_ground(entry)
        if because is not None:
            actions.delist(entry=entry, because=because, at=at)
            lifted += 1
    return lifted


def expire(*, holder: str, at: datetime) -> int:
    """Delist what nobody renewed in time."""
    expired = list(Entry.objects.expired(at)[:BATCH])
    for entry in expired:
        actions.delist(entry=entry, because=Entry.Because.EXPIRED, at=at)
    return len(expired)


def publish(*, holder: str, at: datetime) -> int:
    """A new version when something changed; the last one's files again where they are missing."""
    try:
        restored = actions.restore_newest()
    except OperationalError:
        raise
    except Exception:
        # The next version does not build on these files; what is lifted must not wait for them.
        log.exception("the files of the newest version could not be written again")
        restored = False
    return int(restored) + int(actions.make_version(at=at) is not None)


def end_addresses(*, holder: str, at: datetime) -> int:
    """Forget addresses that were delisted or refused long enough ago, in the files too."""
    before = at - timedelta(days=settings.PACK.blocking.keep_days)
    ended = list(Entry.objects.past_retention(before).select_related("data_key")[:BATCH])
    for entry in ended:
        actions.end_address(entry=entry, at=at)
    actions.forget_files(before=before)
    return len(ended)


def warn_behind(*, holder: str, at: datetime) -> int:
    """Write to networks that are late, once; close the mark of those that caught up."""
    standings = {one.subscriber.pk: one for one in actions.standings(at)}
    done = 0
    for alarm in LagAlarm.objects.open():
        standing = standings.get(alarm.subscriber_id)
        if standing is None or (standing.acknowledged or 0) >= alarm.version_id:
            actions.close_alarm(alarm=alarm, at=at)
            done += 1
    for standing in standings.values():
        done += actions.warn(standing=standing, at=at) is not None
    return done


SWEEPS: tuple[Callable[..., int], ...] = (
    lift_without_ground,
    expire,
    publish,
    warn_behind,
    end_addresses,
)
