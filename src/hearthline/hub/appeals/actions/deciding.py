# SPDX-License-Identifier: Apache-2.0
"""Deciding an appeal: a block is lifted in the same transaction, a finding is undone by two."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.appeals.actions.handling import join
from hearthline.hub.appeals.actions.measures import refuse_involved
from hearthline.hub.appeals.actions.rules import WORDS_LIMIT, NothingSaid, WrongStep, check, lock
from hearthline.hub.appeals.actions.telling import tell_it_is_lifted
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.appeals.sentences import APOLOGIES, REASONS, REMEDIES, Sentences
from hearthline.hub.audit.actions import record
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.notices.models import Notice
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import seal_words

Result = Measure.Result


class NotTheHandler(Exception):
    """Somebody else took this appeal."""


class SamePerson(Exception):
    """Whoever decided cannot be the second person too."""


class ResultsWrong(ValueError):
    """Each measure needs one result that it can have; only a block can be made narrower."""


class UnknownSentence(ValueError):
    """A code that `sentences` does not have; the text names it."""


@dataclass(frozen=True)
class Decision:
    """What somebody decides. `results`: by number of each measure, a `Measure.Result`.

    `reasons`, `remedies` and `apology` are codes of `sentences`, `words` our own besides.
    """

    results: Mapping[int, str]
    reasons: Collection[str]
    remedies: Collection[str] = field(default_factory=tuple)
    apology: str = ""
    words: str = ""


@transaction.atomic
def decide(*, appeal: Appeal, decision: Decision, by: User, at: datetime) -> None:
    """Decide an appeal. Blocks are lifted or narrowed at once, and their list with the next sweep.

    Where a finding or notice is lifted, a second person agrees first (`agree`): what two found is
    not undone by one. A measure taken since is decided too, or ResultsWrong: nobody is told that
    something is lifted which is blocked otherwise. Raises NotAllowed, TookPart, NotTheHandler,
    WrongStep, ResultsWrong, NothingSaid, TooLong, UnknownSentence, FileContentRefused,
    KeyDestroyed.
    """
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    refuse_involved(appeal, by)
    _check(decision)
    lock(appeal)
    if appeal.state != Appeal.State.ACKNOWLEDGED:
        raise WrongStep
    if appeal.handler != by:
        raise NotTheHandler
    join(appeal, at)
    refuse_involved(appeal, by)
    measures = _with_results(appeal, decision)
    appeal.seal(sealing.open_as_desk(appeal.data_key), "answer", decision.words.strip())
    appeal.reasons, appeal.remedies = sorted(decision.reasons), sorted(decision.remedies)
    appeal.apology = decision.apology
    appeal.outcome = _outcome(measures)
    for measure in measures:
        if not measure.asks_two:
            _settle_block(measure, by, at)
    for_two = any(one.asks_two and one.result == Result.LIFTED for one in measures)
    record(
        at=at, actor=by.actor, verb="appeals.decide", about=appeal, outcome=appeal.outcome,
        results=[f"{one.kind} {one.reference}: {one.result}" for one in measures], for_two=for_two,
    )  # fmt: skip
    if for_two:
        appeal.state = Appeal.State.AGREEING
        appeal.save()
    else:
        _finish(appeal, at)


@transaction.atomic
def agree(*, appeal: Appeal, by: User, at: datetime) -> None:
    """The second person agrees that a finding is undone: its case ends, and its host hears so.

    So does everybody else who was written to about its notice.
    Raises NotAllowed, TookPart, SamePerson, WrongStep.
    """
    _second(appeal, by)
    lifted = appeal.measures.select_related("case").exclude(kind=Measure.Kind.BLOCK)
    for measure in lifted.filter(result=Result.LIFTED):
        case = measure.case
        if case is not None and case.state == Case.State.CONFIRMED:
            cases.conclude(case=case, because="appeal", at=at, actor=by.actor)
        notice = Notice.objects.filter(case=case).first()
        if notice is not None:
            tell_it_is_lifted(notice=notice, actor=by.actor, at=at)
        measure.done_at = at
        measure.save(update_fields=["done_at"])
    appeal.agreed_by = by
    record(at=at, actor=by.actor, verb="appeals.agree", about=appeal, outcome=appeal.outcome)
    _finish(appeal, at)


@transaction.atomic
def disagree(*, appeal: Appeal, reason: str, by: User, at: datetime) -> None:
    """The second person does not agree: whoever decided reads why and decides again.

    What was lifted of blocks meanwhile stays lifted. Raises NotAllowed, TookPart, SamePerson,
    WrongStep, NothingSaid, TooLong and FileContentRefused.
    """
    _second(appeal, by)
    check("reason", reason, WORDS_LIMIT, needed=True)
    appeal.measures.exclude(kind=Measure.Kind.BLOCK).update(result="")
    appeal.state, appeal.outcome = Appeal.State.ACKNOWLEDGED, ""
    appeal.turned_back = seal_words(reason.strip(), about=appeal.pk, at=at)
    appeal.save(update_fields=["state", "outcome", "turned_back"])
    record(
        at=at, actor=by.actor, verb="appeals.disagree", about=appeal, reason=appeal.turned_back
    )  # fmt: skip


def _second(appeal: Appeal, by: User) -> None:
    """Lock an appeal that waits for a second person, who took no part in anything of it."""
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    refuse_involved(appeal, by)
    lock(appeal)
    if appeal.state != Appeal.State.AGREEING:
        raise WrongStep
    if appeal.handler == by:
        raise SamePerson


def _finish(appeal: Appeal, at: datetime) -> None:
    appeal.state, appeal.decided_at = Appeal.State.DECIDED, at
    appeal.retain_until = at + timedelta(days=settings.PACK.retention.appeal_days)
    appeal.save()


def _settle_block(measure: Measure, by: User, at: datetime) -> None:
    """What a block's own ledger is told. Its list is made anew by the next sweep."""
    entry = measure.entry
    if entry is None or measure.done_at is not None:
        return
    # It may have ended meanwhile, by itself or by its own review: also in this very moment.
    with suppress(blocklists.WrongState):
        if measure.result == Result.UPHELD:
            blocklists.uphold(entry=entry, by=by, at=at)
        else:
            blocklists.overturn(entry=entry, by=by, at=at)
    measure.done_at = at
    measure.save(update_fields=["done_at"])


def _with_results(appeal: Appeal, decision: Decision) -> list[Measure]:
    """The appeal's measures with the decided results. What was done stays done."""
    measures = list(appeal.measures.select_related("entry", "notice", "case"))
    open_ones = [measure for measure in measures if measure.done_at is None]
    if {one.pk for one in open_ones} != set(decision.results):
        raise ResultsWrong
    for measure in open_ones:
        result = decision.results[measure.pk]
        if result not in Result.values or (measure.asks_two and result == Result.NARROWED):
            raise ResultsWrong
        measure.result = result
        measure.save(update_fields=["result"])
    return measures


def _outcome(measures: list[Measure]) -> Appeal.Outcome:
    results = {measure.result for measure in measures}
    if not results:
        return Appeal.Outcome.NOT_OURS
    if results == {Result.LIFTED}:
        return Appeal.Outcome.LIFTED
    return Appeal.Outcome.UPHELD if results == {Result.UPHELD} else Appeal.Outcome.PARTLY


def _check(decision: Decision) -> None:
    check("words", decision.words, WORDS_LIMIT)
    if not decision.reasons:
        raise NothingSaid("reasons")
    _known(decision.reasons, REASONS)
    _known(decision.remedies, REMEDIES)
    _known([decision.apology] if decision.apology else [], APOLOGIES)


def _known(codes: Collection[str], sentences: Sentences) -> None:
    for code in codes:
        if code not in sentences:
            raise UnknownSentence(code)
