# SPDX-License-Identifier: Apache-2.0
"""allauth's forms of the second factor, with our refusals. Named in MFA_FORMS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from allauth.mfa.base import forms as allauth_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.actions import count_wrong, forget_wrong
from hearthline.hub.accounts.models import Attempts

NOT_RIGHT = _("This passkey could not be used. Try again, or use another way.")


CODE_NOT_RIGHT = _(
    "This code is not right, or was used before. After too many tries, wait some minutes."
)
PERIOD = 30  # seconds one set of six digits is shown


class _Counted:
    """Wrong codes lock the codes of the account for a while, and no code is taken twice."""

    def clean_code(self) -> str:
        at = timezone.now()
        what = Attempts.What.CODE
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            count_wrong(user=self.user, what=what, at=at)  # type: ignore[attr-defined]
            raise ValidationError(CODE_NOT_RIGHT) from None
        used: Authenticator = self.authenticator  # type: ignore[attr-defined]
        locked = Attempts.objects.of(used.user).locked(at).filter(what=what).exists()
        if locked or self._again(used):
            raise ValidationError(CODE_NOT_RIGHT)
        forget_wrong(user=used.user, what=what)
        return code

    @staticmethod
    def _again(used: Authenticator) -> bool:
        """Whether these six digits were taken already, perhaps by another process (RFC 6238)."""
        if used.type != Authenticator.Type.TOTP or used.last_used_at is None:
            return False
        last: datetime = used.last_used_at
        return timezone.now().timestamp() // PERIOD == last.timestamp() // PERIOD


class CodeForm(_Counted, allauth_codes.AuthenticateForm):  # type: ignore[misc]
    """Six digits or a recovery code, after the password."""


class ProveByCodeForm(_Counted, allauth_codes.ReauthenticateForm):  # type: ignore[misc]
    """Somebody who is signed in shows again that it is them."""


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a forged or broken credential does to the parser is one refusal."""
    try:
        yield
    except (
        InvalidSignature, ValidationError, AttributeError, KeyError, TypeError, ValueError,
    ) as wrong:  # fmt: skip
        raise ValidationError(NOT_RIGHT) from wrong


class AddPasskeyForm(allauth_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Every one of ours signs in by itself, so there is nothing to choose."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as “office key”."),
        max_length=60,
    )
    passwordless = None

    def clean(self) -> dict[str, object]:
        with _refusing():
            return dict(super().clean())


class UsePasskeyForm(allauth_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second factor after the password."""

    def clean_credential(self) -> Authenticator:
        with _refusing():
            return super().clean_credential()


class SignInByPasskeyForm(allauth_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey in place of password and second factor; for people in service."""

    def clean_credential(self) -> Authenticator:
        with _refusing():
            found = super().clean_credential()
        if not found.user.is_active:
            raise ValidationError(NOT_RIGHT)
        return found


class ProveByPasskeyForm(allauth_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Somebody who is signed in shows again that it is them."""

    def clean_credential(self) -> Authenticator:
        with _refusing():
            return super().clean_credential()


class RenamePasskeyForm(allauth_forms.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name of the passkey"), max_length=60)
