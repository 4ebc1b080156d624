# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.notices.models import Answer, Notice, Watch
from hearthline.kit.codelists import UnknownCodeError, find, host_refusals


class UnknownAnswer(ValueError):
    """The answer is not one of `Answer.Code`."""


class UnknownRefusal(ValueError):
    """A refusal says why, as a code of kit.codelists.host_refusals."""


class NotAsked(ValueError):
    """The host has not been written to yet, so there is no answer."""


class NotOpen(ValueError):
    """The content is gone or the case is closed; there is nothing left to answer."""


@transaction.atomic
def record_answer(
    *, notice: Notice, code: str, note: str, by: User, at: datetime, refusal: str = ""
) -> Answer:
    """What the host said. Its word closes nothing: "removed" only brings the next check forward.

    "Not their service" takes the host off, and a person finds the right one.
    """
    require(by, Permission.NOTICES_NOTICE_ANSWER)
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    _refuse(notice, code, refusal)
    answer = Answer.objects.create(
        notice=notice, code=code, refusal=refusal, note=note.strip()[:500], by=by, at=at
    )
    if code == Answer.Code.WRONG_RECIPIENT:
        notice.state, notice.host, notice.contact = Notice.State.QUEUED, None, None
        notice.acknowledge_due_at = notice.escalate_at = notice.due_at = None
        notice.acknowledged_at, notice.reminders = None, 0
    else:
        notice.acknowledged_at = notice.acknowledged_at or at
        _move_on(notice, code, at)
    notice.save()
    record(at=at, actor=by.actor, verb="notices.answer", about=notice, code=code, refusal=refusal)
    return answer


def _move_on(notice: Notice, code: str, at: datetime) -> None:
    waiting = notice.state in (Notice.State.SENT, Notice.State.NO_RESPONSE)
    match code:
        case Answer.Code.ACKNOWLEDGED if waiting:
            notice.state = Notice.State.ACKNOWLEDGED
        case Answer.Code.REMOVED:
            if waiting:
                notice.state = Notice.State.ACKNOWLEDGED
            Watch.objects.filter(notice=notice).update(due_at=at)
        case Answer.Code.MOVED:
            # The new place is a new subject, with a case of its own. Here nobody is reminded.
            notice.state, notice.due_at = Notice.State.MOVED, None
            Watch.objects.filter(notice=notice).update(due_at=at)
        case Answer.Code.REFUSED if notice.state != Notice.State.ESCALATED:
            notice.state = Notice.State.REFUSED


def _refuse(notice: Notice, code: str, refusal: str) -> None:
    if code not in Answer.Code.values:
        raise UnknownAnswer(code)
    if refusal:
        try:
            find(host_refusals(), refusal)
        except UnknownCodeError:
            raise UnknownRefusal(refusal) from None
    if notice.state == Notice.State.QUEUED:
        raise NotAsked
    if not Notice.objects.open().filter(pk=notice.pk).exists():
        raise NotOpen
