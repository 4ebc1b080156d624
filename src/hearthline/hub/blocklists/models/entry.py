# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case, Subject
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

    def unpublished(self, before: datetime) -> Self:
        """Listed or lifted before a time, and the lists of networks do not know yet."""
        added = Q(state=Entry.State.LISTED, added_in__isnull=True, listed_at__lt=before)
        lifted = Q(
            state=Entry.State.DELISTED,
            added_in__isnull=False,
            removed_in__isnull=True,
            delisted_at__lt=before,
        )
        return self.filter(added | lifted)

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
    def law(self) -> str:
        """The law it stands on, with its section; its key where the pack has it no more."""
        bases = {basis.key: basis for basis in settings.PACK.legal_bases}
        basis = bases.get(self.legal_basis)
        return f"{basis.label} · {basis.citation}" if basis else self.legal_basis

    @property
    def needs_second_senior(self) -> bool:
        """Whether a guard speaks against it and one senior has overridden it so far."""
        return bool(self.guard) and self.approved_by_id is not None and not self.second_senior_id

    @property
    def is_appealed(self) -> bool:
        """Whether an appeal is under way."""
        return self.appealed_at is not None and not (self.upheld_at or self.overturned_at)


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


def cases_with_silent_hosts(at: datetime) -> models.QuerySet[Case]:
    """Confirmed cases whose host had its time, with nothing proposed or in force about them."""
    hours = settings.PACK.clocks.notice.escalate_hours
    told = at - timedelta(hours=hours)
    standing = Entry.objects.filter(state__in=Entry.STANDING, case__isnull=False)
    open_ones = (
        Case.objects.real()
        .cleared_for_notice(at)
        .filter(
            notice_cleared_at__lte=told,
            subject__kind=Subject.Kind.URL,
            subject__gone_at__isnull=True,
        )
    )
    return open_ones.exclude(pk__in=standing.values("case")).order_by("notice_cleared_at", "pk")


def host_digest(host: str) -> bytes:
    """The keyed digest of a host name, the same that cases are found by."""
    return sealing.digest(host, purpose="host")


def address_digest(scope: str, address: str) -> bytes:
    """The keyed digest of what is blocked."""
    return sealing.digest(f"{scope} {address}", purpose="blocklist")
