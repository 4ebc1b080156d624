# SPDX-License-Identifier: Apache-2.0
"""How allauth behaves here: nobody signs up, and every sign-in is in the audit log."""

from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hearthline.hub.accounts.actions import (
    count_wrong,
    forget_wrong,
    leave,
    note_password,
    note_sign_in,
)
from hearthline.hub.accounts.models import Attempts, User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.accounts.second_factor import is_last_factor
from hearthline.hub.accounts.step_up import OF_PROVIDER, PROOFS
from hearthline.hub.sealing.actions import pepper
from hearthline.kit import sealing as kit

_SEALED, _FACTOR = "sealed:", "second-factor"

# Where people begin, the first that fits. A door has only some of these pages.
LANDINGS = (
    ("queue", Permission.CASES_QUEUE_READ),
    ("packages", Permission.REFERRALS_PACKAGE_PICK_UP),
    ("staff", Permission.ACCOUNTS_STAFF_MANAGE),
    ("audit_log", Permission.AUDIT_LOG_READ),
    ("figures_desk", Permission.STATISTICS_RELEASE_READ),
)


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    # One sentence for a wrong password, an unknown address, a locked account, and somebody who
    # works here no longer: a stranger learns nothing from it.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _lazy(
            "The address or the password is not right. After too many tries, wait some minutes "
            "or use a passkey."
        )
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        given = [str(proof.get("type", proof["method"])) for proof in request.session[PROOFS]]
        note_sign_in(user=user, by=given, at=timezone.now())
        if "password" in given:
            forget_wrong(user=user, what=Attempts.What.PASSWORD)

    def get_login_stages(self) -> list[str]:
        """No code is asked for after a sign-in at a provider whose second factor will do.

        What somebody else showed before in this session is gone: allauth keeps one person's.
        """
        stages: list[str] = super().get_login_stages()
        shown = self.request.session.get(PROOFS, [])
        if any(proof.get("type") == OF_PROVIDER for proof in shown):
            stages.remove("allauth.mfa.stages.AuthenticateStage")
        return stages

    def logout(self, request: HttpRequest) -> None:
        leave(session=request.session, at=timezone.now())
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: allauth counts in a cache that each process has of its own."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person with these credentials, in service and not locked; else a wrong try counts.

        The password is always checked, so that every answer takes as long.
        """
        at, what = timezone.now(), Attempts.What.PASSWORD
        found: User | None = super().authenticate(request, **credentials)
        named = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        if found is None or not found.is_active:
            count_wrong(user=named, what=what, at=at)
            return None
        locked = Attempts.objects.of(found).locked(at).filter(what=what).exists()
        return None if locked else found

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be sent on to `url`. What is no address at all is not safe."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Never by allauth, which takes a password for it: our routes ask for a second factor."""
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """The second factors by which `user` can show again that it is them, best first."""
        kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        ways = []
        if Authenticator.Type.WEBAUTHN in kinds:
            ways.append(("mfa_reauthenticate_webauthn", _("Use a passkey")))
        if kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
            ways.append(("mfa_reauthenticate", _("Use six digits or a recovery code")))
        return [{"id": name, "url": reverse(name), "description": said} for name, said in ways]

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Refuse the password somebody was given, or has already, as their new one."""
        password = super().clean_password(password, user)
        if user is not None and user.check_password(password):
            raise ValidationError(_("This is the password you have. Choose a new one."))
        return password

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        note_password(user=user, at=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page at this door that the person may open."""
        user = request.user
        for page, permission in LANDINGS:
            if isinstance(user, User) and user.has(permission):
                with suppress(NoReverseMatch):
                    return reverse(page)
        return reverse("mfa_index")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        """What an authenticator app and the recovery codes come from, sealed with the pepper.

        Somebody who has the database alone could otherwise show everybody's second factor.
        """
        return _SEALED + kit.seal_token(text.encode(), pepper(), purpose=_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        """The same in clear. Rows of before it was sealed are read as they stand."""
        if not encrypted_text.startswith(_SEALED):
            return encrypted_text
        token = encrypted_text.removeprefix(_SEALED)
        return kit.open_token(token, pepper(), purpose=_FACTOR).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_last_factor(authenticator)

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": count}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name of this door; a device shows our service's name."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.PACK.country.service_name}
