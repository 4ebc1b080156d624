# SPDX-License-Identifier: Apache-2.0
"""The clocks behind the promises: which rows of which ledger run, fell due and were done.

Every set of rows is bounded by an index, however old the ledger is: what runs by a partial index
over what is not done yet, the others by the time they fell due or were done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
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

from hearthline.hub.cases.models import Case
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Message, Report

Rows = QuerySet[Any]

# No clock of ours runs so long; stands for "not yet" where the earliest of several is sought.
_NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")

# A condition no row meets.
_NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Clock:
    """A promise as rows with times named `begun`, `due` and `done` (empty until then).

    `running` has the first two; `fell_due` and `finished` ask for what fell due, or was done,
    from a time up to another. `ended` says which rows without `done` run no longer. `group` is a
    field by which it is counted apart.
    """

    code: str
    title: str | LazyText
    running: Rows
    fell_due: Callable[[datetime, datetime], Rows]
    finished: Callable[[datetime, datetime], Rows]
    ended: Q = _NOTHING
    group: str = ""


def clocks() -> list[Clock]:
    """Every clock, in the order of the work."""
    return [
        _plain(
            "first_review",
            _("First look by a person"),
            Case.objects.real().filter(closed_at__isnull=True),
            ("opened_at", "review_due_at", "first_reviewed_at"),
            every=Case.objects.real(),
            ended=Q(closed_at__isnull=False),
            group="level",
        ),
        _second_review(),
        _plain(
            "police",
            _("Hand-over to police"),
            Referral.objects.real().filter(ended_at__isnull=True),
            ("prepared_at", "police_due_at", "with_police_at"),
            every=Referral.objects.real(),
            ended=Q(ended_at__isnull=False),
        ),
        _host_answer(),
        _plain(
            "removal",
            _("Removal before escalation"),
            _there().filter(escalate_at__isnull=False),
            ("sent_at", "escalate_at", "removed_at"),
            every=Notice.objects.real().filter(escalate_at__isnull=False),
            ended=~Q(case__state=Case.State.CONFIRMED),
        ),
        _reply(),
        _plain(
            "complaint_read",
            _("Complaint taken up"),
            Complaint.objects.real().filter(answered_at__isnull=True),
            ("received_at", "acknowledge_due_at", "acknowledged_at"),
            every=Complaint.objects.real(),
            ended=Q(answered_at__isnull=False),
        ),
        _plain(
            "complaint_answer",
            _("Answer to a complaint"),
            Complaint.objects.real(),
            ("received_at", "answer_due_at", "answered_at"),
            every=Complaint.objects.real(),
        ),
    ]


def _plain(
    code: str,
    title: str | LazyText,
    running: Rows,
    times: tuple[str, str, str],
    *,
    every: Rows,
    ended: Q = _NOTHING,
    group: str = "",
) -> Clock:
    """A clock whose three times are fields of its rows."""
    begun, due, done = times
    timed = every.annotate(begun=F(begun), due=F(due), done=F(done))
    return Clock(
        code=code,
        title=title,
        running=running.filter(**{f"{done}__isnull": True}).annotate(begun=F(begun), due=F(due)),
        fell_due=lambda start, end: timed.filter(**_between(due, start, end)),
        finished=lambda start, end: timed.filter(**_between(done, start, end)),
        ended=ended,
        group=group,
    )


def _between(field: str, start: datetime, end: datetime) -> dict[str, datetime]:
    return {f"{field}__gte": start, f"{field}__lt": end}


def _moved(field: str, by: timedelta) -> Combinable:
    return ExpressionWrapper(F(field) + by, output_field=DateTimeField())


def _second_review() -> Clock:
    """The second review of the newest round of each case that reached one."""
    length = settings.PACK.clocks.second_review
    timed = Case.objects.real().annotate(
        begun=_moved("second_due_at", -length), due=F("second_due_at"), done=F("second_reviewed_at")
    )
    promised = timed.filter(second_due_at__isnull=False)
    return Clock(
        code="second_review",
        title=_("Second review"),
        running=promised.filter(state=Case.State.AWAITING_SECOND),
        fell_due=lambda start, end: timed.filter(**_between("second_due_at", start, end)),
        finished=lambda start, end: promised.filter(**_between("second_reviewed_at", start, end)),
        ended=~Q(state=Case.State.AWAITING_SECOND),
    )


def _there() -> QuerySet[Notice]:
    """Notices of cases still acted on, not removed as far as we know."""
    kept = Notice.objects.real().filter(removed_at__isnull=True, ended_at__isnull=True)
    return kept.filter(case__state=Case.State.CONFIRMED)


def _host_answer() -> Clock:
    """Whatever came first: an acknowledgement, an answer of another kind, or the removal."""
    answers = Answer.objects.filter(notice=OuterRef("pk")).order_by("at")
    never = Value(_NEVER, output_field=DateTimeField())
    asked = Notice.objects.real().filter(acknowledge_due_at__isnull=False)
    timed = asked.annotate(
        begun=F("sent_at"),
        due=F("acknowledge_due_at"),
        done=NullIf(
            Least(
                Coalesce(F("acknowledged_at"), never),
                Coalesce(Subquery(answers.values("at")[:1]), never),
                Coalesce(F("removed_at"), never),
            ),
            never,
        ),
    )

    def finished(start: datetime, end: datetime) -> Rows:
        # Each of the three has an index of its own, which one condition with "or" would not use.
        said, gone, told = (
            asked.filter(**_between("acknowledged_at", start, end)).values("pk"),
            asked.filter(**_between("removed_at", start, end)).values("pk"),
            Answer.objects.filter(**_between("at", start, end)).order_by().values("notice"),
        )
        return timed.filter(pk__in=said.union(gone, told), **_between("done", start, end))

    return Clock(
        code="host_answer",
        title=_("Answer of the hosting company"),
        running=_there()
        .filter(acknowledged_at__isnull=True, acknowledge_due_at__isnull=False)
        .filter(~Exists(answers))
        .annotate(begun=F("sent_at"), due=F("acknowledge_due_at")),
        fell_due=lambda start, end: timed.filter(**_between("acknowledge_due_at", start, end)),
        finished=finished,
        ended=~Q(case__state=Case.State.CONFIRMED),
    )


def _reply() -> Clock:
    """Letters of reporters and our next letter; a letter that follows another counts once."""
    length = settings.PACK.clocks.reply
    done = Q(report__state__in=[Report.State.CLOSED, Report.State.WITHDRAWN])
    ours = Message.objects.filter(author=Message.Author.DESK)
    later = ours.filter(report=OuterRef("report"), sent_at__gt=OuterRef("sent_at"))
    letters = Message.objects.filter(
        author=Message.Author.REPORTER, report__exercise=False
    ).annotate(begun=F("sent_at"), due=_moved("sent_at", length))
    timed = letters.annotate(done=Subquery(later.order_by("sent_at").values("sent_at")[:1]))

    def finished(start: datetime, end: datetime) -> Rows:
        answered = ours.filter(**_between("sent_at", start, end)).values("report")
        return timed.filter(report__in=answered, **_between("done", start, end))

    return Clock(
        code="reply",
        title=_("Reply to a reporter's letter"),
        running=letters.exclude(done).filter(~Exists(later)),
        fell_due=lambda start, end: timed.filter(
            **_between("sent_at", start - length, end - length)
        ),
        finished=finished,
        ended=done,
    )
