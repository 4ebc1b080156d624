# SPDX-License-Identifier: Apache-2.0
"""allauth's forms of the second factor, with our refusals. Named in MFA_FORMS."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOT_RIGHT = _("This passkey could not be used. Try again, or use another way.")


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a forged or broken credential does to the parser is one refusal."""
    try:
        yield
    except (InvalidSignature, AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise ValidationError(NOT_RIGHT) from wrong


class AddPasskeyForm(allauth_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Every one of ours signs in by itself, so there is nothing to choose."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as “office key”."),
        max_length=60,
        required=False,
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
