# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import SamePerson
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.directory.models import Contact, PartnerKey
from hearthline.hub.notices.models import Answer, Notice, Watch
from hearthline.hub.sealing.actions import digest
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.codelists import UnknownCodeError, find, host_refusals


class UnknownAnswer(ValueError):
    """The answer is not one of `Answer.Code`."""


class UnknownRefusal(ValueError):
    """A refusal says why, as a code of kit.codelists.host_refusals."""


class NotAsked(ValueError):
    """The host has not been written to yet, so there is no answer."""


class NothingWaits(ValueError):
    """The notice waits for nobody at the desk."""


class NotOpen(ValueError):
    """The content is gone or the case is closed; there is nothing left to answer."""


@dataclass(frozen=True)
class Said:
    """An answer. `refusal` is a code of kit.codelists.host_refusals; `place` a new address."""

    code: str
    refusal: str = ""
    place: str = ""
    note: str = ""

    @property
    def digest(self) -> bytes:
        """A keyed digest: the same answer has the same, and none can be read from it."""
        parts = (self.code, self.refusal, self.place, self.note.strip())
        return digest(json.dumps(parts), purpose="provider's answer")


@dataclass(frozen=True)
class Source:
    """Who recorded an answer, and by which way: one of the three is set."""

    actor: Actor
    way: Answer.Way
    by: User | None = None
    contact: Contact | None = None
    key: PartnerKey | None = None


def record_answer(
    *, notice: Notice, code: str, note: str, by: User, at: datetime, refusal: str = ""
) -> Answer:
    """What the host told the desk. Its word closes nothing: "removed" only brings a look forward.

    "Not their service" takes the host off, and a person finds the right one.
    """
    require_on(notice.case, by, Permission.NOTICES_NOTICE_ANSWER)
    source = Source(by.actor, Answer.Way.DESK, by=by)
    return take_answer(notice, Said(code, refusal, note=note), source, at)


@transaction.atomic
def take_answer(
    notice: Notice, said: Said, source: Source, at: datetime, *, of_host: bool = True
) -> Answer:
    """Keep an answer and follow it. `of_host` is false for a network or whoever was told later.

    Their word brings a look forward; it never stands for the host's. Raises UnknownAnswer,
    UnknownRefusal, NotAsked, NotOpen.
    """
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    _refuse(notice, said.code, said.refusal)
    answer = Answer.objects.create(
        notice=notice,
        code=said.code,
        refusal=said.refusal,
        note=seal_words(said.note.strip()[:500], about=notice.case_id, at=at),
        place=seal_words(said.place, about=notice.case_id, at=at),
        digest=None if source.by else said.digest,
        way=source.way,
        by=source.by,
        contact=source.contact,
        key=source.key,
        at=at,
    )
    if of_host:
        _act_on(notice, said, at)
    elif said.code in (Answer.Code.REMOVED, Answer.Code.MOVED):
        Watch.objects.filter(notice=notice).update(due_at=at)
    notice.save()
    record(
        at=at,
        actor=source.actor,
        verb="notices.answer",
        about=notice,
        code=said.code,
        refusal=said.refusal,
        way=source.way.value,
    )
    return answer


def _act_on(notice: Notice, said: Said, at: datetime) -> None:
    """What the host's own answer does to the notice."""
    changed = notice.waits_for == Notice.Waits.HOST_CHANGED
    notice.waits_for = Notice.Waits.HOST_CHANGED if changed else ""
    then = find(host_refusals(), said.refusal).then if said.refusal else ""
    if said.code == Answer.Code.WRONG_RECIPIENT or then == "reroute":
        _take_off_host(notice)
        return
    notice.acknowledged_at = notice.acknowledged_at or at
    _move_on(notice, said.code, at)
    _follow(notice, then, at)


@transaction.atomic
def settle_wait(*, notice: Notice, by: User, at: datetime, new_host: bool = False) -> Notice:
    """A person has done what was left to them: the host's time goes on as before.

    Where the host changed, `new_host` has the notice go to whoever hosts it now instead.
    A second look at the assessment is taken by somebody who did not judge the case; who finds it
    wrong asks to close the case instead. Raises SamePerson, NothingWaits and NotOpen.
    """
    require_on(notice.case, by, Permission.NOTICES_NOTICE_ANSWER)
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if not notice.waits_for:
        raise NothingWaits
    if not Notice.objects.open().filter(pk=notice.pk).exists():
        raise NotOpen
    if notice.waits_for == Notice.Waits.SECOND_LOOK:
        require(by, Permission.CASES_ASSESSMENT_CONFIRM)
        if notice.case.assessments.filter(by=by).exists():
            raise SamePerson
    waited, notice.waits_for = notice.waits_for, ""
    if notice.state == Notice.State.REFUSED:
        notice.state, notice.due_at = Notice.State.ACKNOWLEDGED, at
    if waited == Notice.Waits.HOST_CHANGED:
        notice.hosting_noted_at = notice.due_at = at
        if new_host:
            _take_off_host(notice)
    notice.save()
    record(
        at=at,
        actor=by.actor,
        verb="notices.settle_wait",
        about=notice,
        waited=waited,
        new_host=new_host,
    )
    return notice


def _take_off_host(notice: Notice) -> None:
    """Back to nobody's: a person finds the right one."""
    notice.state, notice.host, notice.contact = Notice.State.QUEUED, None, None
    notice.acknowledge_due_at = notice.escalate_at = notice.due_at = None
    notice.waits_for = ""
    notice.clocks_from = notice.acknowledged_at = None
    notice.reminders = 0


def _follow(notice: Notice, then: str, at: datetime) -> None:
    """What the ground of a refusal leads to; see kit.codelists.host_refusals."""
    match then:
        case "escalate" if notice.state != Notice.State.ESCALATED and notice.escalate_at:
            # Waiting longer changes nothing: others hear now.
            notice.escalate_at, notice.due_at = min(notice.escalate_at, at), at
        case "look":
            Watch.objects.filter(notice=notice).update(due_at=at)
        case "second_look":
            notice.waits_for = Notice.Waits.SECOND_LOOK
        case "park":
            notice.waits_for = Notice.Waits.PARK


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
