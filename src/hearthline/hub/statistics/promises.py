# SPDX-License-Identifier: Apache-2.0
"""How the promises of the country's policy are kept now: counts and ages, never a case or a name.

Two questions to the database a promise, however many rows its ledger has: one counts, one asks
how long it took. What would speak of too few cases is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least, NullIf
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Message, Report
from hearthline.hub.statistics.actions.periods import Month
from hearthline.hub.statistics.actions.waits import lengths
from hearthline.hub.statistics.labels import length
from hearthline.kit import codelists, disclosure

# No clock of ours runs so long; stands for "not yet" where the earliest of several is sought.
_NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


# A condition no row meets.
_NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Span:
    """What fell due in some time: how many, and the share kept in whole per cent.

    `share` is None where too few fell due to say.
    """

    due: int
    share: int | None


@dataclass(frozen=True)
class Kept:
    """One promise now. Minutes are None where too few were done in the last 90 days."""

    title: str
    group: str
    running: int
    breached: int
    # Age of the oldest that still runs, in minutes.
    oldest: int | None
    # None where the ledger does not keep when each fell due.
    month: Span | None = None
    days_30: Span | None = None
    days_90: Span | None = None
    median: int | None = None
    ninetieth: int | None = None

    @property
    def lengths(self) -> tuple[str, str, str]:
        """Age of the oldest, median and 90th percentile as people say them; empty for None."""
        oldest, half, most = (
            "" if minutes is None else length(minutes)
            for minutes in (self.oldest, self.median, self.ninetieth)
        )
        return oldest, half, most


@dataclass(frozen=True)
class _Clock:
    """A promise as rows with three times: begun, due, done (empty until then).

    `ended` says which rows without `done` run no longer; `recent` finds what fell due since a
    time by an index; `group` is a field by which it is counted apart.
    """

    title: str | LazyText
    rows: QuerySet[Any]
    recent: Q
    ended: Q = _NOTHING
    group: str = ""


def promises(at: datetime) -> list[Kept]:
    """Every promise, in the order of the work; the first look once for each urgency level."""
    since = min(at - timedelta(days=90), _month(at).start)
    rows = [row for clock in _clocks(since) for row in _kept(clock, at, since)]
    return [*rows, _reminders(at)]


def _month(at: datetime) -> Month:
    return Month.last_finished(at, zone=settings.PACK.country.timezone)


def _clocks(since: datetime) -> list[_Clock]:
    return [
        _Clock(
            _("First look by a person"),
            Case.objects.annotate(
                begun=F("opened_at"), due=F("review_due_at"), done=F("first_reviewed_at")
            ),
            recent=Q(review_due_at__gte=since),
            ended=Q(closed_at__isnull=False),
            group="level",
        ),
        _Clock(
            _("Second review"),
            _second_reviews(),
            recent=Q(second_due_at__gte=since),
            ended=~Q(state=Case.State.AWAITING_SECOND),
        ),
        _Clock(
            _("Hand-over to police"),
            Referral.objects.annotate(
                begun=F("prepared_at"), due=F("police_due_at"), done=F("with_police_at")
            ),
            recent=Q(police_due_at__gte=since),
        ),
        _Clock(
            _("Answer of the hosting company"),
            _answers(),
            recent=Q(acknowledge_due_at__gte=since),
            ended=~Q(case__state=Case.State.CONFIRMED),
        ),
        _Clock(
            _("Removal before escalation"),
            Notice.objects.filter(escalate_at__isnull=False).annotate(
                begun=F("sent_at"), due=F("escalate_at"), done=F("removed_at")
            ),
            recent=Q(escalate_at__gte=since),
            ended=~Q(case__state=Case.State.CONFIRMED),
        ),
        _Clock(
            _("Reply to a reporter's letter"),
            _replies(),
            recent=Q(sent_at__gte=since - settings.PACK.clocks.reply),
            ended=Q(report__state__in=[Report.State.CLOSED, Report.State.WITHDRAWN]),
        ),
    ]


def _reminders(at: datetime) -> Kept:
    """Notices whose next reminder or escalation is to be written; when they were is not kept."""
    waiting = Notice.objects.open().filter(
        state__in=[Notice.State.SENT, Notice.State.NO_RESPONSE], due_at__isnull=False
    )
    found = waiting.aggregate(
        running=Count("pk"), breached=Count("pk", filter=Q(due_at__lt=at)), oldest=Min("sent_at")
    )
    return Kept(
        title=str(_("Reminder to a hosting company")),
        group="",
        running=found["running"],
        breached=found["breached"],
        oldest=_age(found["oldest"], at),
    )


def _moved(field: str, by: timedelta) -> Combinable:
    return ExpressionWrapper(F(field) + by, output_field=DateTimeField())


def _second_reviews() -> QuerySet[Any]:
    """The second review of the newest round of each case that reached one."""
    length = settings.PACK.clocks.second_review
    reviews = Assessment.objects.filter(
        case=OuterRef("pk"), stage=Assessment.Stage.SECOND, at__gte=OuterRef("begun")
    )
    begun = Case.objects.filter(second_due_at__isnull=False).annotate(
        begun=_moved("second_due_at", -length), due=F("second_due_at")
    )
    return begun.annotate(done=Subquery(reviews.order_by("at").values("at")[:1]))


def _answers() -> QuerySet[Any]:
    """Whatever came first: an acknowledgement, an answer of another kind, or the removal."""
    answers = Answer.objects.filter(notice=OuterRef("pk")).order_by("at").values("at")[:1]
    never = Value(_NEVER, output_field=DateTimeField())
    return Notice.objects.filter(acknowledge_due_at__isnull=False).annotate(
        begun=F("sent_at"),
        due=F("acknowledge_due_at"),
        done=NullIf(
            Least(
                Coalesce(F("acknowledged_at"), never),
                Coalesce(Subquery(answers), never),
                Coalesce(F("removed_at"), never),
            ),
            never,
        ),
    )


def _replies() -> QuerySet[Any]:
    """Letters of reporters and our next letter; a letter that follows another counts once."""
    letters = Message.objects.filter(report=OuterRef("report"), sent_at__gt=OuterRef("sent_at"))
    replies = letters.filter(author=Message.Author.DESK).order_by("sent_at").values("sent_at")[:1]
    return Message.objects.filter(author=Message.Author.REPORTER).annotate(
        begun=F("sent_at"),
        due=_moved("sent_at", settings.PACK.clocks.reply),
        done=Subquery(replies),
    )


def _kept(clock: _Clock, at: datetime, since: datetime) -> list[Kept]:
    runs = Q(done__isnull=True) & ~clock.ended
    month = _month(at)
    spans = {
        "month": (month.start, month.end),
        "days_30": (at - timedelta(days=30), at),
        "days_90": (at - timedelta(days=90), at),
    }
    counts: dict[str, Any] = {
        "running": Count("pk", filter=runs),
        "breached": Count("pk", filter=runs & Q(due__lt=at)),
        "oldest": Min("begun", filter=runs),
    }
    for name, (start, end) in spans.items():
        fell_due = Q(due__gte=start, due__lt=end)
        kept = fell_due & Q(done__lte=F("due"))
        counts[f"{name}_kept"] = Count("pk", filter=kept)
        broken = fell_due & (Q(done__gt=F("due")) | runs)
        counts[f"{name}_broken"] = Count("pk", filter=broken)
    group = F(clock.group) if clock.group else Value("", output_field=CharField())
    rows = clock.rows.order_by().filter(runs | clock.recent)
    found = {
        row["place"]: row for row in rows.annotate(place=group).values("place").annotate(**counts)
    }
    took = _took(clock, at)
    codes = [one.code for one in codelists.urgency_levels()] if clock.group else [""]
    return [_row(clock, code, found.get(code, {}), took.get(code, {}), at) for code in codes]


def _took(clock: _Clock, at: datetime) -> dict[str, Mapping[int, int]]:
    """Minutes until done, for what was done in the last 90 days, by group."""
    done = clock.rows.filter(done__gte=at - timedelta(days=90), done__lt=at)
    return lengths(done, "begun", "done", by=clock.group)


def _row(
    clock: _Clock, code: str, counts: Mapping[str, Any], took: Mapping[int, int], at: datetime
) -> Kept:
    return Kept(
        title=str(clock.title),
        group=code,
        running=counts.get("running", 0),
        breached=counts.get("breached", 0),
        oldest=_age(counts.get("oldest"), at),
        month=_span(counts, "month"),
        days_30=_span(counts, "days_30"),
        days_90=_span(counts, "days_90"),
        median=_quantile(took, 0.5),
        ninetieth=_quantile(took, 0.9),
    )


def _age(begun: datetime | None, at: datetime) -> int | None:
    return None if begun is None else max(0, int((at - begun).total_seconds()) // 60)


def _span(counts: Mapping[str, Any], name: str) -> Span:
    kept, broken = counts.get(f"{name}_kept", 0), counts.get(f"{name}_broken", 0)
    due = kept + broken
    enough = due >= settings.PACK.statistics.threshold
    # Rounded down: a promise broken once is never called kept in full.
    return Span(due, 100 * kept // due if enough else None)


def _quantile(took: Mapping[int, int], q: float) -> int | None:
    found = disclosure.publishable_quantile(took, q, settings.PACK.statistics.threshold)
    return None if found is None else round(found)
