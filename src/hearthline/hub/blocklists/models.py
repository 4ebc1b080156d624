# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.models import SealedRow


class Lane(models.TextChoices):
    """The lanes at the side of the block list."""

    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    REVIEW = "review", _("Review due")
    APPEALED = "appealed", _("Appealed")
    DELISTED = "delisted", _("Delisted")


class EntryQuerySet(models.QuerySet["Entry"]):
    def in_force(self, at: datetime) -> Self:
        """Listed, and not past the day it ends."""
        return self.filter(state=Entry.State.LISTED, expires_at__gt=at)

    def blocking(self, host: str) -> Self:
        """What is listed about `host` or, for a whole domain, about a name above it.

        Found by keyed digests, so the public door can ask without being able to read the list.
        An empty host is blocked by nothing.
        """
        name = host.strip().rstrip(".").lower()
        if not name:
            return self.none()
        labels = name.split(".")
        above = [".".join(labels[start:]) for start in range(len(labels) - 1)] or [name]
        own = Q(host_digest=host_digest(name)) & ~Q(scope=Entry.Scope.DOMAIN)
        wide = Q(host_digest__in=[host_digest(each) for each in above], scope=Entry.Scope.DOMAIN)
        return self.filter(own | wide, state=Entry.State.LISTED)

    def in_lane(self, lane: str, at: datetime) -> Self:
        match lane:
            case Lane.PROPOSED:
                return self.filter(state=Entry.State.PROPOSED).order_by("proposed_at", "pk")
            case Lane.REVIEW:
                return self.review_due(at).order_by("review_at", "pk")
            case Lane.APPEALED:
                return self.filter(
                    state=Entry.State.LISTED, appealed_at__isnull=False, upheld_at__isnull=True
                ).order_by("appealed_at", "pk")
            case Lane.DELISTED:
                return self.filter(state=Entry.State.DELISTED).order_by("-delisted_at", "pk")
        return self.filter(state=Entry.State.LISTED).order_by("-listed_at", "pk")

    def lane_counts(self, at: datetime) -> dict[str, int]:
        return {lane: self.in_lane(lane, at).order_by().count() for lane in Lane.values}

    def review_due(self, at: datetime) -> Self:
        """Listed entries whose review falls due within the pack's notice."""
        soon = at + timedelta(days=settings.PACK.blocking.review_notice_days)
        return self.filter(state=Entry.State.LISTED, review_at__lte=soon)

    def expired(self, at: datetime) -> Self:
        """Still listed past their last day: the sweep delists them."""
        return self.filter(state=Entry.State.LISTED, expires_at__lte=at)

    def to_add(self) -> Self:
        """Listed, and in no version yet."""
        return self.filter(state=Entry.State.LISTED, added_in__isnull=True)

    def to_remove(self) -> Self:
        """Delisted, and still in the newest version."""
        return self.filter(
            state=Entry.State.DELISTED, added_in__isnull=False, removed_in__isnull=True
        )

    def standing(self, address_digest: bytes) -> Self:
        """Proposed or listed already, for this scope and address."""
        return self.filter(digest=address_digest, state__in=Entry.STANDING)

    def past_retention(self, before: datetime) -> Self:
        """Refused or delisted before a time, taken off every version, their address still kept."""
        out = Q(removed_in__isnull=False) | Q(added_in__isnull=True)
        ended = Q(state=Entry.State.DELISTED, delisted_at__lte=before) | Q(
            state=Entry.State.REFUSED, refused_at__lte=before
        )
        return self.filter(out, ended, ended_at__isnull=True)


class Entry(SealedRow):
    """One address on the list, or proposed for it, or once on it. Never deleted.

    The address is sealed under a key that the entries of a month share, so that a million of them
    can be read in seconds; when an entry is past retention its envelope is emptied.
    """

    class Scope(models.TextChoices):
        URL = "url", _("One page")
        PATH = "path", _("Everything below a path")
        HOST = "host", _("One host name")
        DOMAIN = "domain", _("A domain with all its names")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        LISTED = "listed", _("In force")
        DELISTED = "delisted", _("Delisted")
        REFUSED = "refused", _("Refused")

    class Because(models.TextChoices):
        GONE = "gone", _("The content is gone")
        EXPIRED = "expired", _("Its time ran out")
        APPEAL = "appeal", _("An appeal was upheld")
        REVIEW = "review", _("The review found no need")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    STANDING = (State.PROPOSED, State.LISTED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty where a court or an agency ordered it and there is no case: then `reason` says who.
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    # Canonical: host and path as kit.urls.expressions has them, or a bare host. Sealed.
    address = models.BinaryField(default=b"")
    # Keyed digests of scope and address, and of the host.
    digest = models.BinaryField(max_length=32)
    host_digest = models.BinaryField(max_length=32, db_index=True)
    # The finding that two people confirmed: "baseline" or "national".
    category = models.CharField(max_length=20)
    legal_basis = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    # Why it is needed, and why so wide: tokens of the sealed words.
    reason = models.CharField(max_length=500, blank=True)
    width_reason = models.CharField(max_length=500, blank=True)
    # What a guard says against it (a code of kit.blocking.Against); then two seniors decide.
    guard = models.CharField(max_length=30, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    second_override_reason = models.CharField(max_length=500, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    second_senior = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    refused_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    review_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    delisted_at = models.DateTimeField(null=True)
    delisted_because = models.CharField(max_length=10, choices=Because.choices, blank=True)
    # Somebody appeals; then it is overturned, or stands. A new appeal empties `upheld_at`.
    appealed_at = models.DateTimeField(null=True)
    upheld_at = models.DateTimeField(null=True)
    overturned_at = models.DateTimeField(null=True)
    # The versions of the list that first hold it and first do not.
    added_in = models.ForeignKey(
        "Version", null=True, on_delete=models.PROTECT, related_name="first_held"
    )
    removed_in = models.ForeignKey(
        "Version", null=True, on_delete=models.PROTECT, related_name="lifted"
    )
    # When its address was emptied at the end of retention.
    ended_at = models.DateTimeField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(state__in=("proposed", "listed")),
                name="blocklists_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="blocklists_by_two",
            ),
            models.CheckConstraint(
                condition=Q(second_senior__isnull=True)
                | (~Q(second_senior=F("approved_by")) & ~Q(second_senior=F("proposed_by"))),
                name="blocklists_override_by_two_seniors",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(guard="") | Q(second_senior__isnull=False),
                name="blocklists_guarded_needs_second_senior",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed")
                | Q(
                    approved_by__isnull=False,
                    listed_at__isnull=False,
                    review_at__isnull=False,
                    expires_at__isnull=False,
                ),
                name="blocklists_listed_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "listed_at"], name="blocklists_by_state"),
            models.Index(
                fields=["expires_at"], condition=Q(state="listed"), name="blocklists_expiring"
            ),
            models.Index(
                fields=["review_at"], condition=Q(state="listed"), name="blocklists_reviews"
            ),
            models.Index(
                fields=["id"],
                condition=Q(state="listed", added_in__isnull=True),
                name="blocklists_to_add",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state="delisted", removed_in__isnull=True),
                name="blocklists_to_remove",
            ),
        ]

    @property
    def reference(self) -> str:
        """A short name for talk at the desk and in letters."""
        return str(self.id)[:8].upper()

    @property
    def needs_second_senior(self) -> bool:
        """Whether a guard speaks against it and one senior has overridden it so far."""
        return bool(self.guard) and self.approved_by_id is not None and not self.second_senior_id

    @property
    def is_appealed(self) -> bool:
        """Whether an appeal is under way."""
        return self.appealed_at is not None and not (self.upheld_at or self.overturned_at)


class VersionQuerySet(models.QuerySet["Version"]):
    def newest(self) -> "Version | None":
        return self.order_by("-serial").first()


class Version(models.Model):
    """One signed state of the list; each names the one before it. Append-only by trigger."""

    serial = models.PositiveBigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    # SHA-256 of the canonical form of all entries, and of the changes since the one before.
    digest = models.BinaryField(max_length=32)
    changes_digest = models.BinaryField(max_length=32)
    # The signed manifest, canonical JSON: outputs with their SHA-256, signature, what went before.
    manifest = models.TextField()

    objects = VersionQuerySet.as_manager()


class Change(models.Model):
    """An entry that a version adds or removes. Append-only by trigger."""

    class Kind(models.TextChoices):
        ADD = "add", _("Added")
        REMOVE = "remove", _("Removed")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    because = models.CharField(max_length=10, choices=Entry.Because.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="blocklists_each_change_once")
        ]


class Act(models.Model):
    """What a person or the worker did to an entry, for its history. Append-only by trigger."""

    class Code(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        OVERRIDDEN = "overridden", _("Approved against a guard, by one senior of two")
        REFUSED = "refused", _("Refused")
        RENEWED = "renewed", _("Reviewed and kept")
        APPEALED = "appealed", _("Appealed")
        UPHELD = "upheld", _("Appeal decided: it stands")
        OVERTURNED = "overturned", _("Appeal decided: lifted")
        DELISTED = "delisted", _("Delisted")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="acts")
    code = models.CharField(max_length=12, choices=Code.choices)
    # Empty where the worker did it.
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    because = models.CharField(max_length=10, choices=Entry.Because.choices, blank=True)
    # A token of the sealed words.
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def known_as(self, prefix: str) -> "Subscriber | None":
        """Whose key begins so, whatever its state."""
        return self.select_related("organisation").filter(prefix=prefix).first()

    def with_standing(self) -> Self:
        """With `acknowledged`, the newest serial acknowledged, and `acknowledged_at`."""
        last = Acknowledgement.objects.filter(subscriber=OuterRef("pk")).order_by("-version")
        return self.select_related("organisation").annotate(
            acknowledged=Subquery(last.values("version")[:1]),
            acknowledged_at=Subquery(last.values("at")[:1]),
        )


class Subscriber(models.Model):
    """A network that fetches the list. Only a keyed digest of its key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    # What the key begins with is no secret: by it people talk about the key.
    prefix = models.CharField(max_length=16, unique=True)
    key_digest = models.BinaryField(max_length=32)
    key_made_at = models.DateTimeField()
    # The word in front of the canary names of this network, so that each tests its own.
    canary = models.CharField(max_length=16, unique=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The version it was last warned about as late, so that each lag is told once.
    warned_serial = models.PositiveBigIntegerField(null=True)

    objects = SubscriberQuerySet.as_manager()

    # Filled in by `with_standing`; not columns.
    acknowledged: int | None = None
    acknowledged_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        return Actor("subscriber", str(self.id))


class Acknowledgement(models.Model):
    """A network says that it works with a version. Append-only by trigger."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "version"], name="blocklists_acknowledged_once"
            )
        ]


class CanaryTest(models.Model):
    """What a network says it saw when it tried its canaries. Append-only by trigger."""

    class Result(models.TextChoices):
        PASSED = "passed", _("Works")
        NOT_BLOCKED = "not_blocked", _("The blocked name was reachable")
        OVER_BLOCKED = "over_blocked", _("The free name was blocked")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, related_name="canary_tests"
    )
    serial = models.PositiveBigIntegerField()
    # The day the network made the test, by its own word, and when it told us.
    tested_on = models.DateField()
    at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=Result.choices)

    class Meta:
        ordering = ["at", "id"]


class LagAlarm(models.Model):
    """A network was found behind longer than the pack says, and was written to."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="alarms")
    # The oldest version it had not acknowledged in time.
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Empty where the directory holds no address to write to.
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    over_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]


def host_digest(host: str) -> bytes:
    """The keyed digest of a host name, the same that cases are found by."""
    return sealing.digest(host, purpose="host")


def address_digest(scope: str, address: str) -> bytes:
    """The keyed digest of what is blocked."""
    return sealing.digest(f"{scope} {address}", purpose="blocklist")
