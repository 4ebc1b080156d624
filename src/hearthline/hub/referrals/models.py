# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Organisation
from hearthline.hub.hosting.models import HostingFact, HostingLookup
from hearthline.hub.mail.models import Letter


class ReferralQuerySet(models.QuerySet["Referral"]):
    def for_units(self, units: models.QuerySet[Organisation]) -> Self:
        stopped = Q(
            with_police_at__isnull=True,
            case__withdrawal__isnull=False,
            case__withdrawal__ended_at__isnull=True,
        )
        real = self.real().filter(unit__in=units)
        return real.exclude(stopped).order_by("-prepared_at")

    def real(self) -> Self:
        """Without exercises, which no figure speaks of and no unit sees."""
        return self.filter(case__exercise=False)

    def newest_first(self) -> Self:
        return self.select_related("case", "unit", "letter").order_by("-prepared_at")

    def of_case(self, case: Case) -> Self:
        return self.filter(case=case)

    def arrived(self) -> Self:
        """Referrals whose letter the unit's mail server took, not yet noted as with police."""
        return self.filter(with_police_at__isnull=True, letter__state=Letter.State.SENT)

    def on_the_way(self) -> Self:
        return self.filter(with_police_at__isnull=True)

    def of_ended_cases(self) -> Self:
        """Packages that outlived their case."""
        return self.filter(case__ended_at__isnull=False, ended_at__isnull=True)

    def to_stop(self) -> Self:
        """Packages not with police yet, of cases that every reporter left, still free to go."""
        stopped = self.on_the_way().filter(
            case__withdrawal__isnull=False, case__withdrawal__ended_at__isnull=True
        )
        return stopped.filter(letter__held_until__isnull=True, letter__sent_at__isnull=True)

    def to_let_go(self) -> Self:
        """Packages held back though work on their case goes on."""
        on = self.on_the_way().filter(case__withdrawal__ended_at__isnull=False)
        return on.filter(letter__held_until__isnull=False, letter__sent_at__isnull=True)

    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at__isnull=True)

    def breached(self, at: datetime) -> Self:
        """Not with police by the pack's clock."""
        return self.filter(with_police_at__isnull=True, police_due_at__lt=at)

    def breached_in(self, start: datetime, end: datetime) -> Self:
        """The clock ran out in the period, and police did not have the package by then."""
        late = Q(with_police_at__isnull=True) | Q(with_police_at__gt=F("police_due_at"))
        return self.real().filter(late, police_due_at__gte=start, police_due_at__lt=end)


class Referral(models.Model):
    """One package for one unit. `package` is encrypted to the unit and unreadable here."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("By mail")
        DOOR = "door", _("Picked up at the partners' door")

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        WITH_POLICE = "with_police", _("With police")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CONCLUDED = "concluded", _("Outcome received")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    package = models.BinaryField()
    package_sha256 = models.BinaryField(max_length=32)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PREPARED)
    prepared_at = models.DateTimeField()
    police_due_at = models.DateTimeField()
    with_police_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    unit_reference = models.CharField(max_length=80, blank=True)
    # When package and reference were deleted, with the case.
    ended_at = models.DateTimeField(null=True)
    # A code of kit.codelists, as the unit reported it.
    outcome = models.CharField(max_length=40, blank=True)
    outcome_at = models.DateTimeField(null=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["case"], condition=Q(ended_at__isnull=True), name="referrals_kept"
            ),
            models.Index(
                fields=["police_due_at", "prepared_at"],
                condition=Q(with_police_at__isnull=True, ended_at__isnull=True),
                name="referrals_running",
            ),
            models.Index(fields=["police_due_at"], name="referrals_due"),
            models.Index(fields=["with_police_at"], name="referrals_with_police"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], name="referrals_once_per_unit")
        ]


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=at), until__gt=at)

    def of_case(self, case: Case) -> Self:
        return self.filter(referral__case=case)


class Hold(models.Model):
    """Police ask that the host not be told yet. Always ends."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="holds")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=500)
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def newest_first(self) -> Self:
        return self.select_related("case", "hotline", "letter").order_by("-prepared_at", "pk")

    def of_case(self, case: Case) -> Self:
        return self.filter(case=case)

    def open(self) -> Self:
        """With a hotline that has not acted on it and has not returned it."""
        return self.filter(state__in=HandOver.OPEN, ended_at__isnull=True)

    def arrived(self) -> Self:
        """Prepared ones whose letter the hotline's mail server took."""
        return self.filter(state=HandOver.State.PREPARED, letter__state=Letter.State.SENT)

    def late(self, at: datetime) -> Self:
        """Open ones of which the hotline said nothing, or did nothing, in the pack's time."""
        silent = Q(received_at__isnull=True, receive_due_at__lte=at)
        return self.open().filter(silent | Q(act_due_at__lte=at))

    def due(self, at: datetime) -> Self:
        """Those whose address is to be looked at again, oldest first."""
        looked_at = self.filter(free(at), due_at__lte=at, ended_at__isnull=True)
        return looked_at.order_by("due_at", "pk")

    def of_ended_cases(self) -> Self:
        """Hand-overs that outlived their case."""
        return self.filter(case__ended_at__isnull=False, ended_at__isnull=True)


class HandOver(DueRow):
    """One case handed to the hotline of the country that hosts it. `package` is sealed to it.

    Due when the address is looked at again: that goes on whatever the hotline says.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("By mail")
        HAND = "hand", _("Entered by a person in the network's own system")

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        SENT = "sent", _("Sent")
        RECEIVED = "received", _("Received")
        ACTED = "acted", _("Acted on")
        RETURNED = "returned", _("Returned")

    class Returned(models.TextChoices):
        NOT_HERE = "not_here", _("It is not hosted in their country")
        NOT_ILLEGAL = "not_illegal", _("It is not illegal there")
        NOT_FOUND = "not_found", _("They could not find it")
        OTHER = "other", _("Another reason")

    OPEN = (State.PREPARED, State.SENT, State.RECEIVED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    hotline = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    # The look it rests on; none where a person knows the country from elsewhere.
    fact = models.ForeignKey(HostingFact, null=True, on_delete=models.PROTECT, related_name="+")
    # Why this country, where the look does not say so: a token of sealed words.
    grounds = models.CharField(max_length=500, blank=True)
    # A code of kit.codelists: the outcome of the finding.
    classification = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    package = models.BinaryField()
    package_sha256 = models.BinaryField(max_length=32)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PREPARED)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    receive_due_at = models.DateTimeField(null=True)
    act_due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_because = models.CharField(max_length=20, choices=Returned.choices, blank=True)
    hotline_reference = models.CharField(max_length=80, blank=True)
    # Our own looks: how many in a row found nothing there, and since when it counts as gone.
    absent = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    # When package and reference were deleted, with the case.
    ended_at = models.DateTimeField(null=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "hotline"], name="referrals_once_per_hotline")
        ]

    @property
    def clock(self) -> tuple[datetime, datetime] | None:
        """Start and end of the clock that runs for the hotline; None while none does."""
        if self.state not in self.OPEN or self.sent_at is None:
            return None
        due = self.receive_due_at if self.received_at is None else self.act_due_at
        return (self.sent_at, due) if due else None


def cases_awaiting_referral() -> models.QuerySet[Case]:
    """Confirmed cases of the standard track that no unit has a package of, oldest first.

    Those on the child-first track go to police only after two people found an adult behind it.
    """
    referred = Referral.objects.values("case")
    standard = Case.objects.acting().not_withdrawn().filter(track=Case.Track.STANDARD)
    return standard.exclude(pk__in=referred).order_by("confirmed_at")


def cases_to_look_up(at: datetime, again: timedelta) -> models.QuerySet[Case]:
    """Real cases whose host may be told, still there, whose host nobody asked about since `again`.

    Before police have a case nobody outside is asked: whoever runs the host's DNS may be listening.
    """
    lately = HostingLookup.objects.filter(asked_at__gt=at - again).values("host_digest")
    there = Case.objects.cleared_for_notice(at).real().filter(subject__gone_at__isnull=True)
    named = there.filter(subject__kind=Subject.Kind.URL, host_digest__isnull=False)
    return named.exclude(host_digest=b"").exclude(host_digest__in=lately).order_by("pk")


def hosts_left(at: datetime) -> models.QuerySet[HostingLookup]:
    """Hosts that were looked up and that nothing kept is about any more."""
    about = Subject.objects.filter(host_digest=OuterRef("host_digest"))
    return HostingLookup.objects.filter(free(at), ~Exists(about)).select_related("data_key")


def home_units(country: str) -> models.QuerySet[Organisation]:
    """The police units of `country` (two letters), and those whose country is not stated."""
    return Organisation.objects.police_units().filter(country__in=[country, ""])
