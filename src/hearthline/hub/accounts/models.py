# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from functools import cached_property
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.permissions import PERMISSIONS, Permission, Role
from hearthline.hub.audit.models import Actor


class May:
    """What a person may do, for templates: `may.cases_queue_read`."""

    def __init__(self, permissions: frozenset[Permission]) -> None:
        self._held = {permission.name.lower() for permission in permissions}

    def __getattr__(self, name: str) -> bool:
        if name.startswith("_"):
            raise AttributeError(name)
        return name in self._held


class UserQuerySet(models.QuerySet["User"]):
    def in_service(self) -> Self:
        return self.filter(is_active=True).order_by("name")

    def out_of_service(self) -> Self:
        return self.filter(is_active=False).order_by("name")

    def holding(self, role: str, at: datetime) -> Self:
        current = Q(grants__until__isnull=True) | Q(grants__until__gt=at)
        confirmed = Q(grants__confirmed_at__isnull=False)
        return self.in_service().filter(current, confirmed, grants__role=role).distinct()

    def waiting(self, at: datetime) -> Self:
        """People with a role that waits for a second person."""
        return self.in_service().filter(grants__in=Grant.objects.waiting(at)).distinct()


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager for sign-in, with the room's reads."""


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # True while the password is one that an administrator handed over.
    must_change_password = models.BooleanField(default=False)
    # Who handed over the last starting password, until somebody else confirmed who came in with it.
    let_in_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Roles in force now, read once per request."""
        held = self.grants.in_force(timezone.now()).values_list("role", flat=True)
        return tuple(sorted(set(held)))

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        if not self.is_active:
            return frozenset()
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))

    def has(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def may(self) -> May:
        return May(self.permissions)

    @property
    def actor(self) -> Actor:
        return Actor("staff", str(self.id), ",".join(self.roles))


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self, at: datetime) -> Self:
        """Given and not ended, whether or not a second person confirmed it."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at))

    def in_force(self, at: datetime) -> Self:
        return self.current(at).filter(confirmed_at__isnull=False)

    def waiting(self, at: datetime) -> Self:
        """Given, but nothing yet: a second person has not confirmed it."""
        return self.current(at).filter(confirmed_at__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-since", "-id")


class Grant(models.Model):
    """One role given to one person, in force from `confirmed_at` until `until`.

    A role of `ROLES_BY_TWO` is confirmed by a second person; every other, and what is given at
    the server's console, as soon as it is given, by nobody besides.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(until__isnull=True),
                name="accounts_one_open_grant_per_role",
            )
        ]


# The account of every address nobody here has.
UNKNOWN = "unknown"


class AttemptsQuerySet(models.QuerySet["Attempts"]):
    def of(self, user: User) -> Self:
        return self.filter(account=str(user.pk))

    def locked(self, at: datetime) -> Self:
        return self.filter(locked_until__gt=at)


class Attempts(models.Model):
    """Wrong passwords or codes for one account, in a row. By account, never by IP address."""

    class What(models.TextChoices):
        PASSWORD = "password", _("password")
        CODE = "code", _("code")

    # The person's number, or UNKNOWN.
    account = models.CharField(max_length=36)
    what = models.CharField(max_length=10, choices=What.choices)
    wrong = models.PositiveIntegerField(default=0)
    locks = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    objects = AttemptsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "what"], name="accounts_attempts_once_per_account"
            )
        ]

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > at


class SittingQuerySet(models.QuerySet["Sitting"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def open(self, at: datetime) -> Self:
        """Those that go on: not ended, not idle for too long, not too old. The pack has both."""
        policy = settings.PACK.sign_in
        return self.filter(
            ended_at=None,
            seen_at__gt=at - timedelta(minutes=policy.idle_minutes),
            since__gt=at - timedelta(hours=policy.session_hours),
        )

    def newest_first(self) -> Self:
        return self.order_by("-seen_at", "-since")


class Sitting(models.Model):
    """One person signed in at one browser, from `since` to `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sittings")
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SittingQuerySet.as_manager()
