# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Organisation
from hearthline.hub.sealing.models import SealedRow

# A month's figures are told from an index over these alone.
COUNTED = [
    "received_at", "exercise", "lane", "kind", "channel", "age_band", "sex", "audience",
    "language", "fourc",
]  # fmt: skip


class Audience(models.TextChoices):
    """Which of the three ways in was taken."""

    CHILD = "child", _("I am under 18")
    PUBLIC = "public", _("I saw something online")
    PROFESSIONAL = "professional", _("I work with children")


class Profession(models.TextChoices):
    """In which work somebody who reports for a child met it."""

    TEACHER = "teacher", _("Teacher or school staff")
    HEALTH = "health", _("Doctor, nurse or other health staff")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    POLICE = "police", _("Police")
    MODERATOR = "moderator", _("Moderator at a company")
    OTHER = "other", _("Other work with children")


class ChildKnows(models.TextChoices):
    """Whether the child knows that somebody reports."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("Not sure")


class DraftQuerySet(models.QuerySet["Draft"]):
    def live(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at)

    def outlived(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)

    def of_number(self, digest: bytes) -> "Draft | None":
        """The form that a number with this digest leads back to."""
        return self.filter(resume_digest=digest).first()


class Draft(models.Model):
    """A half-finished form. Its key is in its writer's browser, and in the number they keep."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answers = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(db_index=True)
    # After sending: the receipt, for the same browser only, until it says it has kept it.
    receipt = models.BinaryField(default=b"")
    # Where its writer asked to come back later: a digest of the number that leads here, and the
    # key of the answers wrapped to that number. Without the number neither says anything.
    resume_digest = models.BinaryField(max_length=32, null=True, unique=True)
    resume_wrapped = models.BinaryField(null=True)

    objects = DraftQuerySet.as_manager()

    @property
    def is_kept(self) -> bool:
        """Whether somebody holds a number that leads back here."""
        return self.resume_digest is not None


class ReportQuerySet(models.QuerySet["Report"]):
    def awaiting_triage(self) -> Self:
        """Reports the desk has not taken up yet, most urgent first. Never one that is held."""
        return self._waiting(Report.Lane.MAIN).order_by("level", "received_at")

    def held(self) -> Self:
        """Reports in the quarantine lane that nobody has dealt with, most urgent first."""
        return self._waiting(Report.Lane.QUARANTINE).order_by("level", "received_at")

    def urgent(self) -> Self:
        """Danger or contact now, as stated."""
        return self.filter(level__in=["U0", "U1"])

    def not_urgent(self) -> Self:
        return self.exclude(level__in=["U0", "U1"])

    def alike(self, *, words: bytes | None, host: bytes | None, minute: datetime | None) -> Self:
        """With these words and this host (keyed digests), received in this minute."""
        rows = self.filter(words_digest=words) if words else self
        if host:
            rows = rows.filter(pk__in=Pointer.objects.filter(host_digest=host).values("report"))
        return rows.received_in(minute, minute + timedelta(minutes=1)) if minute else rows

    def rarest(self) -> "Report | None":
        """The oldest of those whose words the fewest others have."""
        by_words = self.order_by().values("words_digest").annotate(alike=Count("pk"))
        first = by_words.annotate(since=Min("received_at")).order_by("alike", "since").first()
        if first is None:
            return None
        return self.filter(words_digest=first["words_digest"]).order_by("received_at").first()

    def counted(self) -> Self:
        """Reports the published figures speak of: not those held in a flood, nor exercises."""
        return self.real().exclude(lane=Report.Lane.QUARANTINE)

    def held_as_flood(self) -> Self:
        """Reports that came in a flood and were not released from quarantine."""
        return self.real().filter(lane=Report.Lane.QUARANTINE)

    def real(self) -> Self:
        """Without exercises, which no figure speaks of."""
        return self.filter(exercise=False)

    def _waiting(self, lane: str) -> Self:
        return self.filter(lane=lane, taken_at__isnull=True, withdrawn_at__isnull=True)

    def of_receipt(self, digest: bytes) -> "Report | None":
        """The report this receipt's digest belongs to."""
        return self.select_related("data_key").filter(receipt_digest=digest).first()

    def sent_by(self, partner: Organisation) -> Self:
        """Reports that came from this organisation's own program."""
        return self.filter(partner=partner)

    def received_in(self, start: datetime, end: datetime) -> Self:
        return self.filter(received_at__gte=start, received_at__lt=end)

    def counted_by(self, *fields: str) -> list[tuple[Any, ...]]:
        """How many reports have each combination of codes: the codes, then the number."""
        return list(self.order_by().values_list(*fields).annotate(number=Count("*")))

    def past_retention(self, at: datetime) -> Self:
        return self.filter(retain_until__lte=at, data_key__destroyed_at__isnull=True)


class Report(SealedRow):
    class SafeContact(models.TextChoices):
        RECEIPT = "receipt", _("Only here, with my receipt")
        EMAIL = "email", _("By e-mail")
        PHONE = "phone", _("By telephone")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        IN_REVIEW = "in_review", _("In review")
        JUDGED = "judged", _("Judged")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Lane(models.TextChoices):
        MAIN = "main", _("Main")
        QUARANTINE = "quarantine", _("Held")

    class HeldBecause(models.TextChoices):
        NETWORK = "network", _("Many from one network")
        RUSH = "rush", _("Very many at once")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty until the worker has taken the receipt's slow step, see `FreshReceipt`.
    receipt_digest = models.BinaryField(max_length=32, null=True, unique=True)
    # The draft it was sent from, so that sending twice makes one report.
    draft = models.UUIDField(null=True, unique=True)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    channel = models.CharField(max_length=20, default="web")
    # The organisation whose program sent it; empty for people at the public door.
    partner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a professional: in which work, and whether the child knows of the report. "" otherwise.
    profession = models.CharField(
        max_length=20, choices=Profession.choices, blank=True, default="", db_default=""
    )
    child_knows = models.CharField(
        max_length=10, choices=ChildKnows.choices, blank=True, default="", db_default=""
    )
    language = models.CharField(max_length=12)
    received_at = models.DateTimeField(db_index=True)
    # Codes of kit.codelists; "" or "unknown" where the reporter skipped.
    kind = models.CharField(max_length=40)
    fourc = models.JSONField(default=list)
    facts = models.JSONField(default=list)
    age_band = models.CharField(max_length=20, default="unknown")
    sex = models.CharField(max_length=20, default="unknown")
    level = models.CharField(max_length=2)
    level_reasons = models.JSONField(default=list)
    safe_contact = models.CharField(
        max_length=20, choices=SafeContact.choices, default=SafeContact.RECEIPT
    )
    narrative = models.BinaryField(default=b"")
    contact = models.BinaryField(default=b"")
    code_word = models.BinaryField(default=b"")
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField(max_length=20, blank=True)
    # Empty again when the reporter adds a place, until the desk takes that up too.
    taken_at = models.DateTimeField(null=True)
    # When the desk took it up at all: since then somebody may have read it.
    first_taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    retain_until = models.DateTimeField(null=True, db_index=True)
    # Held apart when it came in a flood without a proof of work; nothing says from where.
    lane = models.CharField(
        max_length=12, choices=Lane.choices, default=Lane.MAIN, db_default=Lane.MAIN
    )
    held_because = models.CharField(
        max_length=12, choices=HeldBecause.choices, blank=True, default="", db_default=""
    )
    # While it is held: a keyed digest of its words, so that the same words are seen to be so.
    words_digest = models.BinaryField(max_length=32, null=True)
    # Invented, to practise every hand-over. Set when it is made; a trigger keeps it as it is.
    exercise = models.BooleanField(default=False, db_default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=COUNTED, name="reports_counted"),
            models.Index(fields=["taken_at", "withdrawn_at", "level", "received_at"]),
            models.Index(
                fields=["lane", "taken_at", "withdrawn_at", "level", "received_at"],
                name="reports_by_lane",
            ),
            models.Index(
                fields=["words_digest"],
                condition=Q(words_digest__isnull=False),
                name="reports_held_words",
            ),
            # The quarantine lane as it is read, page by page.
            models.Index(
                fields=["level", "received_at", "id"],
                condition=Q(lane="quarantine", taken_at__isnull=True, withdrawn_at__isnull=True),
                name="reports_held",
            ),
        ]

    @property
    def is_held(self) -> bool:
        """Whether it stands in the quarantine lane, or was closed there."""
        return self.lane == self.Lane.QUARANTINE


class DrillQuerySet(models.QuerySet["Drill"]):
    def newest_first(self) -> Self:
        return self.select_related("report", "started_by").order_by("-started_at")

    def of_reports(self, reports: models.QuerySet[Any]) -> "Drill | None":
        """The exercise that one of these reports began."""
        return self.select_related("report__data_key").filter(report__in=reports).first()


class Drill(SealedRow):
    """One exercise: who began it and why, its own key pair, and what its invented host does."""

    report = models.OneToOneField(
        Report, primary_key=True, on_delete=models.PROTECT, related_name="drill"
    )
    template = models.CharField(max_length=20)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    # The token of sealed words.
    reason = models.CharField(max_length=500)
    # Packages are sealed to this key instead of a unit's; its secret half under the report's key.
    age_recipient = models.CharField(max_length=100)
    age_identity = models.BinaryField()
    # From when on our looks find the page gone. Empty while it is up.
    gone_at = models.DateTimeField(null=True)

    objects = DrillQuerySet.as_manager()


class FreshReceiptQuerySet(models.QuerySet["FreshReceipt"]):
    def due(self, at: datetime) -> Self:
        return self.filter(free(at), due_at__lte=at).order_by("due_at")

    def of_receipt(self, digest: bytes) -> "FreshReceipt | None":
        """The one this quick digest belongs to, with its report."""
        return self.select_related("report__data_key").filter(digest=digest).first()


class FreshReceipt(SealedRow, DueRow):
    """A receipt handed out just now, until the worker keeps it for good. Then it is deleted."""

    report = models.OneToOneField(
        Report, primary_key=True, on_delete=models.CASCADE, related_name="fresh_receipt"
    )
    # Both made without the slow step, so they are worth less to keep out a thief of the pepper.
    digest = models.BinaryField(max_length=32, unique=True)
    wrapped_key = models.BinaryField()
    # Its sixteen digits, sealed under the report's key: the worker opens them as the desk.
    receipt = models.BinaryField()

    objects = FreshReceiptQuerySet.as_manager()


class Pointer(SealedRow):
    """Where it happened: one address, or an account on a service. Sealed under its report's key.

    `digest` is a keyed blind index of the subject, so that the same place is recognised again
    without anybody being able to list places from the database.
    """

    class Kind(models.TextChoices):
        URL = "url", _("Web address")
        ACCOUNT = "account", _("Account")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="pointers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What was typed: the whole line an address stood in, so that nothing is lost.
    raw = models.BinaryField()
    # Canonical address, or `service/account`; empty where it was not readable (see `refusal`).
    canonical = models.BinaryField(default=b"")
    digest = models.BinaryField(max_length=32, db_index=True)
    host_digest = models.BinaryField(max_length=32, default=b"")
    refusal = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [
            # Whether one report names a host is one look, however many others name it.
            models.Index(fields=["host_digest", "report"], name="reports_of_host"),
        ]


class Step(models.Model):
    """One step of what happened next, as the reporter sees it. Written by calls from above."""

    class Code(models.TextChoices):
        RECEIVED = "received"
        IN_REVIEW = "in_review"
        JUDGED = "judged"
        POLICE_TOLD = "police_told"
        HOST_TOLD = "host_told"
        REMOVED = "removed"
        BACK_AGAIN = "back_again"
        SUPPORT = "support"
        CLOSED = "closed"
        WITHDRAWN = "withdrawn"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    code = models.CharField(max_length=20, choices=Code.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="reports_step_once")]


class Message(SealedRow):
    """A letter between the reporter and the desk, sealed under the report's key."""

    class Author(models.TextChoices):
        REPORTER = "reporter", _("You")
        DESK = "desk", _("The team")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author.choices)
    body = models.BinaryField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["author", "sent_at"], name="reports_letters_of")]


class PartnerAnswerQuerySet(models.QuerySet["PartnerAnswer"]):
    def outlived(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class PartnerAnswer(models.Model):
    """What a partner's program was answered, so that asking again changes nothing.

    Found by a digest of the partner's key and the request's Idempotency-Key; sealed under both,
    so that this side cannot read it without the program asking again.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    body_digest = models.BinaryField(max_length=32)
    # Results so far, in order; a request that was cut off goes on after the last.
    results = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(db_index=True)

    objects = PartnerAnswerQuerySet.as_manager()
