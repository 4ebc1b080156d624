# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.care.reading import declined
from hearthline.hub.cases.models.assessment import Assessment
from hearthline.hub.cases.models.lanes import (
    COUNT_LIMIT,
    INDEXES,
    SORTS,
    Lane,
    Narrowing,
    paged,
)
from hearthline.hub.cases.models.measured import CASES
from hearthline.hub.cases.models.subject import Sighting, StepBack, Subject
from hearthline.hub.reports.models import Message, Report
from hearthline.kit.packs.pack import Retention

# What is closed and still kept, so that ending it does not read what ended long ago.
ENDING = models.Index(
    fields=["closed_at"],
    condition=Q(closed_at__isnull=False, ended_at__isnull=True),
    name="cases_closed_and_kept",
)


class CaseQuerySet(models.QuerySet["Case"]):
    def real(self) -> Self:
        """Without exercises, which no figure speaks of."""
        return self.filter(exercise=False)

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def open_to(self, user: User) -> Self:
        """All but what this person stepped back from, or reported themselves."""
        return self.exclude(subject__in=StepBack.objects.filter(person=user).values("subject"))

    def in_lane(self, lane: str, user: User, at: datetime) -> Self:
        """What stands in a lane for this person now."""
        own = self.open_to(user)
        # Kinds that somebody set aside for themselves are not offered to them.
        offered = own.exclude(kind__in=aside) if (aside := declined(user, at)) else own
        match lane:
            case Lane.URGENT:
                return offered.urgent()
            case Lane.NEW:
                return offered.new(at)
            case Lane.MINE:
                return own.open().claimed_by(user, at)
            case Lane.SECOND:
                return offered.second_for(user)
            case Lane.WAITING:
                return own.filter(with_others=True).exclude(Q(for_second=True) & ~_not_for(user))
            case Lane.CLOCKS:
                return own.breached(at)
        return own.none()

    def narrowed(self, narrowing: Narrowing, at: datetime) -> Self:
        """Only what fits; at least one row index serves a narrowing that few rows fit."""
        return self.filter(narrowing.q(at), at_desk=True) if narrowing.chosen else self

    def page(
        self, sort: str, *, after: uuid.UUID | None = None, before: uuid.UUID | None = None
    ) -> Self:
        """In an order, from the row after (or, in reverse, before) another row on; see `paged`."""
        return paged(self, SORTS[sort], after=after, before=before)

    def by_urgency(self) -> Self:
        """The desk's order: the urgency ladder, then the clock."""
        return self.order_by(*SORTS["urgency"])

    def lane_counts(self, user: User, at: datetime) -> dict[str, int]:
        """How much lies in each lane for this person now, up to COUNT_LIMIT."""
        return {lane: self.in_lane(lane, user, at).counted() for lane in Lane.values}

    def counted(self, limit: int = COUNT_LIMIT) -> int:
        """How many, but never counting on past `limit`."""
        return self.order_by()[:limit].count()

    def awaiting_triage(self) -> Self:
        return self.filter(state__in=Case.TRIAGE)

    def urgent(self) -> Self:
        """Danger or contact now, not judged yet or with something new that nobody has read."""
        return self.filter(unread=True, level__lte="U1")

    def new(self, at: datetime) -> Self:
        """Nobody works on it, or something new came to it, even after it was closed."""
        free = Q(claim_until__isnull=True) | Q(claim_until__lte=at)
        return self.filter(free | Q(news_at__isnull=False), unread=True)

    def unclaimed(self, at: datetime) -> Self:
        return self.filter(Q(claim_until__isnull=True) | Q(claim_until__lte=at))

    def claimed_by(self, user: User, at: datetime) -> Self:
        return self.filter(holder=user, claim_until__gt=at)

    def awaiting_second_review(self) -> Self:
        return self.filter(state=Case.State.AWAITING_SECOND)

    def disagreed(self) -> Self:
        return self.filter(state=Case.State.DISAGREED)

    def second_for(self, user: User) -> Self:
        """What waits for this person as the second: reviews, and cases a colleague wants closed.

        Never a case they judged themselves, nor a closing they asked for.
        """
        return self.filter(for_second=True).exclude(_not_for(user))

    def acting(self) -> Self:
        """Confirmed illegal, with police, hosts or the child being helped."""
        return self.filter(state=Case.State.CONFIRMED)

    def not_withdrawn(self) -> Self:
        """Without those that every reporter left and for which nobody decided to go on."""
        return self.exclude(withdrawal__isnull=False, withdrawal__ended_at__isnull=True)

    def cleared_for_notice(self, at: datetime) -> Self:
        """Confirmed cases whose host may be told now."""
        free = Q(notice_held_until__isnull=True) | Q(notice_held_until__lte=at)
        return self.acting().not_withdrawn().filter(free, notice_cleared_at__lte=at)

    def breached(self, at: datetime) -> Self:
        """Open cases past the clock of the step they are in."""
        return self.filter(clock_due_at__lt=at)

    def first_review_breached_in(self, start: datetime, end: datetime) -> Self:
        """Cases whose clock for the first look ran out in the period, with no look by then."""
        late = Q(first_reviewed_at__gt=F("review_due_at"))
        still_open = Q(closed_at__isnull=True) | Q(closed_at__gt=F("review_due_at"))
        never = Q(first_reviewed_at__isnull=True) & still_open
        return self.filter(late | never, review_due_at__gte=start, review_due_at__lt=end)

    def second_review_breached_in(self, start: datetime, end: datetime) -> Self:
        """Cases whose clock for the second review ran out in the period, with none by then."""
        late = Q(second_reviewed_at__gt=F("second_due_at")) | Q(second_reviewed_at__isnull=True)
        return self.filter(late, second_due_at__gte=start, second_due_at__lt=end)

    def with_unread_letters(self) -> Self:
        """The newest case of a subject, looked at already, whose reporter wrote since."""
        letters = Message.objects.filter(author=Message.Author.REPORTER, read_at__isnull=True)
        named = Sighting.objects.filter(report__in=letters.values("report"))
        later = Case.objects.filter(
            subject=OuterRef("subject"), opened_at__gt=OuterRef("opened_at")
        )
        looked_at = self.filter(
            subject__in=named.values("subject"),
            first_reviewed_at__isnull=False,
            news_at__isnull=True,
        )
        return looked_at.filter(~Exists(later))

    def of_report(self, report: Report) -> Self:
        return self.filter(subject__sightings__report=report)

    def past_retention(self, at: datetime, policy: Retention) -> Self:
        """Closed longer ago than their track is kept, and not ended yet."""
        standard = at - timedelta(days=policy.case_days)
        child_first = at - timedelta(days=policy.child_first_case_days)
        past = Q(track=Case.Track.STANDARD, closed_at__lte=standard) | Q(
            track=Case.Track.CHILD_FIRST, closed_at__lte=child_first
        )
        practised = at - timedelta(days=settings.PACK.drill.keep_days)
        past |= Q(exercise=True, closed_at__lte=practised)
        return self.filter(past, ended_at__isnull=True)

    def last_past_retention(self, at: datetime, policy: Retention) -> Self:
        """Those of them whose subject has no other case that is kept, oldest closing first."""
        others = Case.objects.filter(subject=OuterRef("subject"), ended_at__isnull=True)
        kept = others.exclude(pk__in=Case.objects.past_retention(at, policy).values("pk"))
        return self.past_retention(at, policy).filter(~Exists(kept)).order_by("closed_at")


class Case(models.Model):
    """The work on one subject. One case per subject is open at a time."""

    class State(models.TextChoices):
        AWAITING_TRIAGE = "awaiting_triage", _("Awaiting triage")
        IN_ASSESSMENT = "in_assessment", _("In assessment")
        AWAITING_SECOND = "awaiting_second", _("Awaiting second review")
        DISAGREED = "disagreed", _("A senior decides")
        CONFIRMED = "confirmed", _("Confirmed, acting")
        CLOSED = "closed", _("Closed")

    class Track(models.TextChoices):
        STANDARD = "standard", _("Standard")
        CHILD_FIRST = "child_first", _("Child first")

    TRIAGE = (State.AWAITING_TRIAGE, State.IN_ASSESSMENT)
    CLOSING = ("closing_asked_by", "closing_asked_at", "closing_reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=20, choices=State.choices, default=State.AWAITING_TRIAGE)
    track = models.CharField(max_length=20, choices=Track.choices, default=Track.STANDARD)
    kind = models.CharField(max_length=40)
    level = models.CharField(max_length=2)
    level_reasons = models.JSONField(default=list)
    # When the first of its reports was received: its clocks run from there.
    opened_at = models.DateTimeField(db_index=True)
    review_due_at = models.DateTimeField()
    first_reviewed_at = models.DateTimeField(null=True)
    second_due_at = models.DateTimeField(null=True)
    # When a second person had judged the newest round; empty again when a new round begins.
    second_reviewed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=30, blank=True)
    # What was sealed about it was deleted, see `actions/retention.py`.
    ended_at = models.DateTimeField(null=True)
    # Who asks to close a confirmed case, since when and why; empty again when that is settled.
    closing_asked_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_asked_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=500, blank=True)
    # The finding in force, copied from the assessment that was confirmed.
    outcome = models.CharField(max_length=20, blank=True)
    # Police have the package, so the host may hear; and the time until which police hold it back.
    notice_cleared_at = models.DateTimeField(null=True)
    notice_held_until = models.DateTimeField(null=True)
    holder = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    claim_until = models.DateTimeField(null=True)
    # A report or a letter came after somebody had looked; empty again when the case is read.
    news_at = models.DateTimeField(null=True, db_index=True)
    # Copies, so that the queue is ordered and narrowed without reading other ledgers: of the
    # subject, how often it was reported (0: not copied yet) and the keyed digest of its host; of
    # the report that opened the case, its language.
    report_count = models.PositiveIntegerField(default=0, db_default=0)
    host_digest = models.BinaryField(max_length=32, null=True)
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    # Kept by the database itself: in which lanes the case stands, and the clock that runs.
    unread = models.GeneratedField(
        expression=Q(state__in=TRIAGE) | Q(news_at__isnull=False),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    for_second = models.GeneratedField(
        expression=(
            Q(state__in=(State.AWAITING_SECOND, State.DISAGREED))  # type: ignore[arg-type]
            | Q(state=State.CONFIRMED, closing_asked_at__isnull=False)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    with_others = models.GeneratedField(
        expression=Q(  # type: ignore[arg-type]
            state__in=(State.AWAITING_SECOND, State.DISAGREED, State.CONFIRMED)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    at_desk = models.GeneratedField(
        expression=Q(closed_at__isnull=True) | Q(news_at__isnull=False),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    clock_due_at = models.GeneratedField(
        expression=models.Case(
            models.When(closed_at__isnull=False, then=None),
            models.When(first_reviewed_at__isnull=True, then=F("review_due_at")),
            models.When(state=State.AWAITING_SECOND, then=F("second_due_at")),
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    # An exercise, as the report that opened it is; a trigger keeps it as it is.
    exercise = models.BooleanField(default=False, db_default=False)
    # Steps its reporters were told, so that somebody who reports the same place later hears too.
    told = models.JSONField(default=list)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(closed_at__isnull=True),
                name="cases_one_open_case_per_subject",
            )
        ]
        indexes = [
            models.Index(fields=["state", "level", "review_due_at"]),
            *INDEXES,
            ENDING,
            *CASES,
        ]

    @property
    def reference(self) -> str:
        """A short name for talk at the desk."""
        return str(self.id)[:8].upper()

    def holder_at(self, at: datetime) -> User | None:
        """Who holds a live claim."""
        return self.holder if self.claim_until and self.claim_until > at else None

    def forget_closing(self) -> None:
        """Nobody asks to close it any more. Does not save."""
        self.closing_asked_by, self.closing_asked_at, self.closing_reason = None, None, ""

    @property
    def clock(self) -> tuple[datetime, datetime] | None:
        """Start and end of the clock that runs now; None while none does."""
        if self.state in self.TRIAGE and self.first_reviewed_at is None:
            return self.opened_at, self.review_due_at
        if self.state == self.State.AWAITING_SECOND and self.second_due_at:
            return self.second_due_at - settings.PACK.clocks.second_review, self.second_due_at
        return None


def _not_for(user: User) -> Q:
    """Of what waits for a second person, what is not for this one.

    Said in the negative, so that a lane is read over its own index and not over each state's.
    """
    reviews = [Case.State.AWAITING_SECOND, Case.State.DISAGREED]
    judged = Assessment.objects.filter(by=user, case=OuterRef("pk"))
    kept = Q(Exists(judged), state__in=reviews)
    if not user.has(Permission.CASES_ASSESSMENT_DECIDE):
        kept |= Q(state=Case.State.DISAGREED)
    if user.has(Permission.CASES_ASSESSMENT_CONFIRM):
        kept |= Q(state=Case.State.CONFIRMED, closing_asked_by=user)
    else:
        kept |= Q(state=Case.State.CONFIRMED)
    return kept
