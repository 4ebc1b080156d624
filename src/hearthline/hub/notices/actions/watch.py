# SPDX-License-Identifier: Apache-2.0
"""Checks of availability, and what a row of them amounts to.

Gone means `gone_checks` times in a row not there. A host that cannot be reached counts half, so
it takes twice as many: a server that is down comes back with the page. An unclear answer, an
address the guard does not let us visit, and a resolver of ours that fails (our own line may be
down) say nothing and change nothing. After removal the address
is looked at again at the pack's hours; found there once, the case is open again.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import hold, release
from hearthline.hub.mail.actions import ExerciseStaysHere
from hearthline.hub.notices.actions.rehosting import ask_who_hosts
from hearthline.hub.notices.models import Check, Notice, Watch
from hearthline.hub.reports.models import Step
from hearthline.hub.sealing.actions import mint
from hearthline.kit.urls import Observation, Verdict

WORKER = Actor.worker()

_ABSENT, _UNREACHABLE = 2, 1


@transaction.atomic
def address_to_check(*, watch: Watch, holder: str, at: datetime) -> str | None:
    """The address of a leased watch; None, and the watch is over, when its case is no longer ours.

    Raises `LeaseLost`, and `ExerciseStaysHere` where the page is invented, see `invented_look`.
    """
    watch = hold(watch, holder=holder)
    case = watch.notice.case
    removed = watch.notice.state == Notice.State.REMOVED
    ours = case.state == Case.State.CONFIRMED or removed
    if not ours or case.ended_at is not None:
        release(watch, due_at=None)
        watch.save()
        return None
    if case.exercise:
        raise ExerciseStaysHere(case.reference)
    address = cases.subject_address(case=case, actor=WORKER, at=at, purpose="notice: check")
    if not removed:
        ask_who_hosts(address=address, exercise=case.exercise, at=at)
    return address.url


def invented_look(*, watch: Watch, at: datetime) -> Observation:
    """What a look at the page of an exercise would see, without a network.

    It is up until whoever leads the exercise plays the host and removes it. Raises `DrillLost`,
    and `LookupError` for the watch of real work.
    """
    case = watch.notice.case
    drill = cases.drill_of(case)
    if drill is None:
        raise LookupError(case.reference)
    address = cases.subject_address(case=case, actor=WORKER, at=at, purpose="notice: check")
    gone = drill.gone_at is not None and drill.gone_at <= at
    verdict, reason = (Verdict.ABSENT, "http_410") if gone else (Verdict.PRESENT, "http_200")
    return Observation(address.url, verdict, reason, ())


@transaction.atomic
def record_check(*, watch: Watch, seen: Observation, holder: str, at: datetime) -> Check:
    """Keep what was seen and act on it. Raises `LeaseLost` when another worker took over."""
    watch = hold(watch, holder=holder)
    notice = Notice.objects.select_for_update().get(pk=watch.notice_id)
    check = _keep(notice, seen, at)
    if notice.state == Notice.State.REMOVED:
        _look_again(watch, notice, seen.verdict, at)
    else:
        _count(watch, notice, seen, at)
    watch.save()
    notice.save()
    return check


def _keep(notice: Notice, seen: Observation, at: datetime) -> Check:
    key_row, key = mint(at=at)
    check = Check(
        data_key=key_row,
        notice=notice,
        at=at,
        verdict=seen.verdict.value,
        led_on=_led_on(seen),
    )
    check.seal(key, "facts", json.dumps(seen.facts(), ensure_ascii=False, sort_keys=True))
    check.save(force_insert=True)
    record(at=at, actor=WORKER, verb="notices.check", about=notice, verdict=seen.verdict.value)
    return check


def _led_on(seen: Observation) -> bool:
    """Whether the same site sent us on to another page of its own that answers.

    Only a hint to a person: a machine cannot tell whether it is the same content.
    """
    if seen.verdict != Verdict.PRESENT or len(seen.steps) < 2:
        return False
    first, last = (urlsplit(seen.steps[place].url) for place in (0, -1))
    site = (_site(first.hostname), _site(last.hostname))
    return site[0] == site[1] and first.path != last.path


def _site(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _count(watch: Watch, notice: Notice, seen: Observation, at: datetime) -> None:
    clocks = settings.PACK.clocks.notice
    if seen.verdict == Verdict.PRESENT:
        watch.absent = 0
        if notice.state == Notice.State.MOVED:
            # It did not move: the host's time goes on as before.
            notice.state, notice.due_at = Notice.State.ACKNOWLEDGED, at
    watch.absent += _sign(seen)
    if watch.absent >= _ABSENT * clocks.gone_checks:
        _removed(watch, notice, at)
    else:
        release(watch, due_at=at + timedelta(minutes=clocks.recheck_minutes))


def _sign(seen: Observation) -> int:
    """What one look adds to a row of signs that the content is gone."""
    if seen.verdict == Verdict.ABSENT:
        return _ABSENT
    if seen.verdict == Verdict.UNREACHABLE and seen.reason != "resolution_failed":
        return _UNREACHABLE
    return 0


def _removed(watch: Watch, notice: Notice, at: datetime) -> None:
    notice.state, notice.removed_at, notice.due_at = Notice.State.REMOVED, at, None
    record(at=at, actor=WORKER, verb="notices.removed", about=notice)
    cases.tell_reporters(case=notice.case, step=Step.Code.REMOVED, at=at)
    cases.conclude(case=notice.case, because="removed", at=at, actor=WORKER)
    cases.content_gone(case=notice.case, at=at, actor=WORKER)
    watch.looks = 0
    release(watch, due_at=_next_look(watch, notice))


def _look_again(watch: Watch, notice: Notice, verdict: Verdict, at: datetime) -> None:
    if verdict == Verdict.PRESENT:
        _back(watch, notice, at)
        return
    watch.looks += 1
    release(watch, due_at=_next_look(watch, notice))


def _back(watch: Watch, notice: Notice, at: datetime) -> None:
    """It is there again: the case is open again, and the host gets a new letter at once."""
    in_force = cases.reopen(case=notice.case, at=at, actor=WORKER)
    cases.content_back(case=notice.case, at=at, actor=WORKER)
    if in_force.pk != notice.case_id:
        # Somebody reported it again meanwhile: that case goes its own way, with its own notice.
        release(watch, due_at=None)
        record(at=at, actor=WORKER, verb="notices.taken_over", about=notice, case=in_force.pk)
        return
    notice.state, notice.removed_at, notice.acknowledged_at = Notice.State.QUEUED, None, None
    notice.acknowledge_due_at = notice.escalate_at = notice.clocks_from = None
    notice.waits_for = ""
    notice.reminders, notice.reopened, notice.due_at = 0, notice.reopened + 1, at
    watch.absent = watch.looks = 0
    minutes = settings.PACK.clocks.notice.recheck_minutes
    release(watch, due_at=at + timedelta(minutes=minutes))
    record(at=at, actor=WORKER, verb="notices.reopen", about=notice, times=notice.reopened)


def _next_look(watch: Watch, notice: Notice) -> datetime | None:
    """The next of the pack's later looks; None after the last."""
    hours = settings.PACK.clocks.notice.watch_hours
    if notice.removed_at is None or watch.looks >= len(hours):
        return None
    return notice.removed_at + timedelta(hours=hours[watch.looks])
