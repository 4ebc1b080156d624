# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.hours import is_open
from hearthline.hub.sealing.models import SealedRow

# A contact that nobody checked for so long is marked on the desk: it may lead nowhere.
STALE = timedelta(days=180)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def current(self) -> Self:
        return self.filter(retired_at__isnull=True).order_by("name")

    def with_contacts(self) -> Self:
        """With the current contacts alone under `contacts.all()`."""
        return self.prefetch_related(Prefetch("contacts", queryset=Contact.objects.current()))

    def police_units(self) -> Self:
        return self.current().filter(kind=Organisation.Kind.POLICE)

    def hotlines_abroad(self, home: str) -> Self:
        """Partner hotlines of other countries than `home` (two letters)."""
        partners = self.current().filter(kind=Organisation.Kind.HOTLINE)
        return partners.exclude(country__in=[home, ""])

    def helplines(self) -> Self:
        """Helplines the public may be shown."""
        return self.current().filter(kind=Organisation.Kind.HELPLINE, public=True)

    def host_of(self, host: str) -> "Organisation | None":
        """The host that serves `host` or the closest parent domain of it."""
        labels = host.lower().rstrip(".").split(".")
        names = [".".join(labels[i:]) for i in range(len(labels))]
        served = Domain.objects.filter(name__in=names, organisation__in=self.current())
        found = {domain.name: domain.organisation for domain in served.select_related()}
        return next((found[name] for name in names if name in found), None)


class Organisation(models.Model):
    class Kind(models.TextChoices):
        POLICE = "police", _("Police unit")
        HOST = "host", _("Host")
        HOTLINE = "hotline", _("Hotline")
        HELPLINE = "helpline", _("Helpline")
        SERVICE = "service", _("Support service")
        REGULATOR = "regulator", _("Regulator")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    country = models.CharField(max_length=2, blank=True)
    website = models.URLField(blank=True)
    languages = models.JSONField(default=list)
    hours = models.CharField(max_length=80, blank=True)
    free = models.BooleanField(default=False)
    under_age_only = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    # The age public key of a police unit or a partner hotline: it alone reads what it is sent.
    age_recipient = models.CharField(max_length=200, blank=True)
    # Another key, which a second person has not confirmed: nothing is sealed to it yet.
    next_recipient = models.CharField(max_length=200, blank=True, db_default="")
    next_recipient_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=300)
    verified_on = models.DateField()
    retired_at = models.DateTimeField(null=True, blank=True)

    # Filled in by `helplines_for`, for the page that shows the line; not columns.
    open_now: bool | None = None
    number: str = ""
    checked_on: date | None = None

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.age_recipient)

    @property
    def next_fingerprint(self) -> str:
        return fingerprint(self.next_recipient)

    def contact(self, channel: str) -> "Contact | None":
        """The current contact on this channel that was verified last."""
        return self.contacts.current().filter(channel=channel).first()


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self) -> Self:
        """Contacts in use, the one checked last first. What nobody confirmed is not in use."""
        unconfirmed = Q(found_at__isnull=False, confirmed_at__isnull=True)
        in_use = self.filter(superseded_at__isnull=True).exclude(unconfirmed)
        return in_use.order_by("-verified_on", "-id")

    def found(self) -> Self:
        """Contacts that a look at a register found, until a person confirms or refuses them."""
        waiting = self.filter(found_at__isnull=False, confirmed_at__isnull=True)
        return waiting.filter(superseded_at__isnull=True).order_by("-found_at", "-id")

    def usable(self) -> Self:
        """Contacts that letters may go to: in use, and not parked until a person looks."""
        return self.current().filter(parked_at__isnull=True)

    def endpoints(self) -> Self:
        """HTTPS endpoints that have a secret, so that what they are sent can be signed."""
        return self.usable().filter(channel=Contact.Channel.POST, endpoint__isnull=False)

    def superseded(self) -> Self:
        return self.filter(superseded_at__isnull=False).order_by("-superseded_at", "-id")


class Contact(models.Model):
    class Scope(models.TextChoices):
        ABUSE = "abuse", _("Abuse desk")
        DUTY = "duty", _("Duty officer")
        LEGAL = "legal", _("Legal")
        HELP = "help", _("People who need help")
        # Whose abuse desk it is, where it is not the organisation's own. Registers name them apart,
        # and none may stand for another.
        HOST = "host", _("Host of the machine")
        SITE_OWNER = "site_owner", _("Owner of the site")
        NETWORK = "network", _("Operator of the network")
        REGISTRAR = "registrar", _("Registrar of the domain")

    # Kept beside a host, and not the host's own: neither asked nor heard in its place.
    OTHERS = (Scope.SITE_OWNER, Scope.NETWORK, Scope.REGISTRAR)

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Telephone")
        POST = "post", _("HTTPS endpoint (XARF)")
        WEB = "web", _("Web page")
        DOOR = "door", _("Picked up at the partners' door")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contacts"
    )
    scope = models.CharField(max_length=20, choices=Scope.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    value = models.CharField(max_length=254)
    language = models.CharField(max_length=12, blank=True)
    # Their working hours, in the notation of `hours`, by their own clock. Nothing stated: the
    # country's weekend and holidays alone.
    hours = models.CharField(max_length=80, blank=True, db_default="")
    timezone = models.CharField(max_length=64, blank=True, db_default="")
    # It said it is gone: nothing goes there until a person has looked.
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_because = models.CharField(max_length=200, blank=True, db_default="")
    source = models.CharField(max_length=300)
    verified_on = models.DateField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # A look at a register found it; nothing goes there until a person confirmed it.
    found_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    def is_stale(self, today: date) -> bool:
        return self.superseded_at is None and self.verified_on < today - STALE


class Endpoint(SealedRow):
    """What a contact that is an HTTPS endpoint is signed to with; the secret is sealed."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="endpoint")
    secret = models.BinaryField()
    made_at = models.DateTimeField()


class Domain(models.Model):
    """A domain that an organisation hosts; its sub-domains with it unless listed themselves."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="domains")
    name = models.CharField(max_length=253, unique=True)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def waiting(self) -> Self:
        """Those that a second person has not confirmed."""
        return self.filter(confirmed_at__isnull=True)


class Membership(models.Model):
    """Somebody who works for a partner organisation, such as a police unit's liaison.

    It counts from `confirmed_at` on, when a second person confirmed it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="directory_one_membership"
            )
        ]


class PartnerKeyQuerySet(models.QuerySet["PartnerKey"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-id")

    def known_as(self, prefix: str) -> "PartnerKey | None":
        """The key that begins so, whatever its state."""
        return self.select_related("organisation").filter(prefix=prefix).first()


class PartnerKey(models.Model):
    """What a partner's program shows at the interface. Only a keyed digest of it is kept.

    The prefix is no secret: by it people talk about a key, and the program is recognised.
    """

    class Scope(models.TextChoices):
        WRITE = "reports:write", _("Send reports")
        READ = "reports:read", _("Read how its own reports stand")
        NOTICES = "notices:answer", _("Read and answer the notices it was sent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # A day and nothing closer: enough to see that a key is idle.
    last_used_on = models.DateField(null=True, blank=True)

    objects = PartnerKeyQuerySet.as_manager()

    @property
    def actor(self) -> Actor:
        return Actor("partner", str(self.id))

    @property
    def scope_names(self) -> list[str]:
        return [str(self.Scope(scope).label) for scope in self.scopes]

    def works(self, at: datetime) -> bool:
        """Whether it opens anything at `at`."""
        return (
            self.revoked_at is None
            and self.expires_at > at
            and self.organisation.retired_at is None
        )


def fingerprint(recipient: str) -> str:
    """What two people compare on the telephone: the first half of the SHA-256 of a key's text."""
    digest = sha256(recipient.encode()).hexdigest()[:32] if recipient else ""
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def units_of(user: User) -> models.QuerySet[Organisation]:
    """The organisations `user` works for, by the word of two people."""
    members = Q(members__user=user, members__confirmed_at__isnull=False)
    return Organisation.objects.current().filter(members)


def helplines_for(*, language: str, child: bool, at: datetime) -> list[Organisation]:
    """Lines to call, the most useful first: open now, then in `language`, then for children.

    Each has `number`, the day it was checked, and `open_now` (None when its hours cannot be
    read). For an adult, lines that serve children only come last. A line without a telephone
    number is left out.
    """
    phones = Contact.objects.current().filter(channel=Contact.Channel.PHONE)
    lines = list(
        Organisation.objects.helplines().prefetch_related(Prefetch("contacts", queryset=phones))
    )
    for line in lines:
        numbers = line.contacts.all()
        if numbers:
            line.number, line.checked_on = numbers[0].value, numbers[0].verified_on
        line.open_now = is_open(line.hours, at)

    def usefulness(line: Organisation) -> tuple[bool, int, bool, bool]:
        return (
            line.under_age_only and not child,
            {True: 0, None: 1, False: 2}[line.open_now],
            not _speaks(line, language),
            child and not line.under_age_only,
        )

    return sorted((line for line in lines if line.number), key=usefulness)


def _speaks(line: Organisation, language: str) -> bool:
    """Whether they answer in `language`; on the telephone the script of Chinese is no matter."""
    spoken = {str(code).lower().partition("-")[0] for code in line.languages}
    return language.lower().partition("-")[0] in spoken
