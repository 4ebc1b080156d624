# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.models.assessment import Assessment
from hearthline.hub.cases.models.subject import Sighting, Subject
from hearthline.hub.reports.models import Message, Report


class Lane(models.TextChoices):
    """The lanes at the side of the desk."""

    URGENT = "urgent", _("Urgent")
    NEW = "new", _("New")
    MINE = "mine", _("Mine")
    SECOND = "second", _("Second review")
    WAITING = "waiting", _("Waiting on others")
    CLOCKS = "clocks", _("Clocks")


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def in_lane(self, lane: str, user: User, at: datetime) -> Self:
        """What stands in a lane for this person now."""
        match lane:
            case Lane.URGENT:
                return self.urgent()
            case Lane.NEW:
                return self.new(at)
            case Lane.MINE:
                return self.open().claimed_by(user, at)
            case Lane.SECOND:
                return self.second_for(user)
            case Lane.WAITING:
                mine = self.second_for(user).values("pk")
                return self.open().exclude(state__in=Case.TRIAGE).exclude(pk__in=mine)
            case Lane.CLOCKS:
                return self.breached(at)
        return self.none()

    def by_urgency(self) -> Self:
        """The desk's order: the urgency ladder, then the clock."""
        return self.order_by("level", "review_due_at", "opened_at")

    def lane_counts(self, user: User, at: datetime) -> dict[str, int]:
        """How much lies in each lane for this person now."""
        return {lane: self.in_lane(lane, user, at).count() for lane in Lane.values}

    def awaiting_triage(self) -> Self:
        return self.filter(state__in=Case.TRIAGE)

    def urgent(self) -> Self:
        """Danger or contact now, not judged yet or with something new that nobody has read."""
        unread = Q(state__in=Case.TRIAGE) | Q(news_at__isnull=False)
        return self.filter(unread, level__in=["U0", "U1"])

    def new(self, at: datetime) -> Self:
        """Nobody works on it, or something new came to it, even after it was closed."""
        free = Q(claim_until__isnull=True) | Q(claim_until__lte=at)
        return self.filter(Q(free, state__in=Case.TRIAGE) | Q(news_at__isnull=False))

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
        stages = [Case.State.AWAITING_SECOND]
        if user.has(Permission.CASES_ASSESSMENT_DECIDE):
            stages.append(Case.State.DISAGREED)
        judged = Assessment.objects.filter(by=user).values("case")
        waiting = Q(state__in=stages) & ~Q(pk__in=judged)
        if user.has(Permission.CASES_ASSESSMENT_CONFIRM):
            waiting |= Q(state=Case.State.CONFIRMED, closing_asked_at__isnull=False) & ~Q(
                closing_asked_by=user
            )
        return self.filter(waiting)

    def acting(self) -> Self:
        """Confirmed illegal, with police, hosts or the child being helped."""
        return self.filter(state=Case.State.CONFIRMED)

    def cleared_for_notice(self, at: datetime) -> Self:
        """Confirmed cases whose host may be told now."""
        free = Q(notice_held_until__isnull=True) | Q(notice_held_until__lte=at)
        return self.acting().filter(free, notice_cleared_at__lte=at)

    def breached(self, at: datetime) -> Self:
        """Open cases past the clock of the step they are in."""
        late_first = Q(first_reviewed_at__isnull=True, review_due_at__lt=at)
        late_second = Q(state=Case.State.AWAITING_SECOND, second_due_at__lt=at)
        return self.open().filter(late_first | late_second)

    def first_review_breached_in(self, start: datetime, end: datetime) -> Self:
        """Cases whose clock for the first look ran out in the period, with no look by then."""
        late = Q(first_reviewed_at__gt=F("review_due_at"))
        still_open = Q(closed_at__isnull=True) | Q(closed_at__gt=F("review_due_at"))
        never = Q(first_reviewed_at__isnull=True) & still_open
        return self.filter(late | never, review_due_at__gte=start, review_due_at__lt=end)

    def second_review_breached_in(self, start: datetime, end: datetime) -> Self:
        """Cases whose clock for the second review ran out in the period, with none by then."""
        by_then = Assessment.objects.filter(case=OuterRef("pk"), at__lte=OuterRef("second_due_at"))
        first = by_then.filter(stage=Assessment.Stage.FIRST).order_by("-at").values("at")[:1]
        second = by_then.filter(stage=Assessment.Stage.SECOND, at__gte=OuterRef("last_assessed_at"))
        clocked = self.annotate(last_assessed_at=Subquery(first))
        return clocked.filter(~Exists(second), second_due_at__gte=start, second_due_at__lt=end)

    def waits_for_review(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """From the first report to the first look, for looks in the period."""
        looked = self.filter(first_reviewed_at__gte=start, first_reviewed_at__lt=end)
        times = looked.values_list("opened_at", "first_reviewed_at")
        return [(opened_at, seen_at) for opened_at, seen_at in times if seen_at]

    def with_unread_letters(self) -> Self:
        """The newest case of a subject, looked at already, whose reporter wrote since."""
        letters = Message.objects.filter(
            author=Message.Author.REPORTER,
            read_at__isnull=True,
            report__in=Sighting.objects.filter(subject=OuterRef(OuterRef("subject"))).values(
                "report"
            ),
        )
        later = Case.objects.filter(
            subject=OuterRef("subject"), opened_at__gt=OuterRef("opened_at")
        )
        looked_at = self.filter(first_reviewed_at__isnull=False, news_at__isnull=True)
        return looked_at.filter(Exists(letters), ~Exists(later))

    def of_report(self, report: Report) -> Self:
        return self.filter(subject__sightings__report=report)


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
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=30, blank=True)
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
        indexes = [models.Index(fields=["state", "level", "review_due_at"])]

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
