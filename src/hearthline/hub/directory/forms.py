# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.directory.actions import Facts, Way
from hearthline.hub.directory.hours import is_readable
from hearthline.hub.directory.models import Contact, Organisation, PartnerKey
from hearthline.hub.ui.fields import Day, WebAddress, Words

# The languages our letters are written in, whichever of them the public site offers.
LETTER_LANGUAGES = [
    ("en", "English"),
    ("zh-hans", "简体中文"),
    ("ar", "العربية"),
    ("es", "Español"),
    ("fr", "Français"),
    ("ru", "Русский"),
]


class CheckedForm(forms.Form):
    """Where and when somebody checked it: asked with everything the directory holds."""

    source = Words(
        label=_("Where it was found"),
        help_text=_("For example “their imprint” or “a call with the duty officer”."),
        max_length=300,
    )
    verified_on = Day(
        label=_("Checked on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"verified_on": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class OrganisationForm(CheckedForm):
    name = Words(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    country = forms.RegexField(
        regex=r"^[A-Za-z]{2}$",
        label=_("Country"),
        help_text=_("Two letters, as in ISO 3166."),
        required=False,
        error_messages={"invalid": _("Write the country as two letters, such as FR.")},
    )
    website = WebAddress(label=_("Website"), required=False, assume_scheme="https")
    languages = forms.RegexField(
        regex=r"^[A-Za-z0-9-]{2,12}([ ,]+[A-Za-z0-9-]{2,12})*$",
        label=_("Languages"),
        help_text=_("Codes with commas between them, such as en, zh-hans."),
        required=False,
        error_messages={"invalid": _("Write language codes with commas, such as en, zh-hans.")},
    )
    hours = Words(
        label=_("Opening hours"),
        help_text=_("For example 24/7, or Mo-Fr 08:00-20:00, Sa 10:00-14:00."),
        max_length=80,
        required=False,
    )
    free = forms.BooleanField(label=_("Costs nothing to reach"), required=False)
    under_age_only = forms.BooleanField(label=_("Serves children only"), required=False)
    public = forms.BooleanField(
        label=_("Show it to the public"),
        help_text=_("Helplines only: they appear on the page “Who can help”."),
        required=False,
    )
    field_order = ["name", "kind", "country", "website", "languages", "hours", "free",
                   "under_age_only", "public", "source", "verified_on"]  # fmt: skip

    @classmethod
    def about(cls, organisation: Organisation) -> "OrganisationForm":
        """A form filled with what is known. The kind is not asked again."""
        known = {name: getattr(organisation, name) for name in cls.base_fields}
        form = cls(initial={**known, "languages": ", ".join(organisation.languages)})
        return form.without_kind()

    def without_kind(self) -> "OrganisationForm":
        del self.fields["kind"]
        return self

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_languages(self) -> list[str]:
        return str(self.cleaned_data["languages"]).lower().replace(",", " ").split()

    def clean_hours(self) -> str:
        hours = str(self.cleaned_data["hours"])
        if hours and not is_readable(hours):
            raise forms.ValidationError(
                _("We cannot read these hours. Write them like Mo-Fr 08:00-20:00, or 24/7.")
            )
        return hours

    def facts(self, kind: str = "") -> Facts:
        return Facts(**{"kind": kind, **self.cleaned_data})


class WaysForm(forms.Form):
    """In which language and at which hours a contact is written to."""

    language = forms.ChoiceField(
        label=_("Language of letters"),
        required=False,
        choices=[("", _("The first language of theirs that we write")), *LETTER_LANGUAGES],
    )
    hours = Words(
        label=_("Their working hours"),
        help_text=_(
            "For example Mo-Fr 09:00-17:00, by their own clock; urgent letters do not wait. "
            "Leave it empty if you do not know."
        ),
        max_length=80,
        required=False,
    )
    timezone = Words(
        label=_("Their time zone"),
        help_text=_("Such as Europe/Paris. Left empty, it is this country's."),
        max_length=64,
        required=False,
    )

    @classmethod
    def about(cls, contact: Contact) -> "WaysForm":
        return cls(initial={name: getattr(contact, name) for name in cls.base_fields})


class ContactForm(WaysForm, CheckedForm):
    scope = forms.ChoiceField(label=_("Who is reached"), choices=Contact.Scope.choices)
    channel = forms.ChoiceField(label=_("How"), choices=Contact.Channel.choices)
    value = Words(
        label=_("Address or number"),
        help_text=_("Leave it empty when they pick things up at the partners' door."),
        max_length=254,
        required=False,
    )
    field_order = ["scope", "channel", "value", "language", "hours", "timezone", "source",
                   "verified_on"]  # fmt: skip

    def way(self) -> Way:
        return Way(**self.cleaned_data)


class ReplaceForm(CheckedForm):
    value = Words(label=_("New address or number"), max_length=254)
    field_order = ["value", "source", "verified_on"]


class ReasonForm(forms.Form):
    reason = Words(
        label=_("Reason"),
        help_text=_("A short sentence. It is kept in the audit log."),
        max_length=300,
    )


class DomainForm(forms.Form):
    name = Words(
        label=_("Domain"),
        help_text=_("Without “https://”, such as host.example.org. Sub-domains are included."),
        max_length=253,
    )


class KeyForm(forms.Form):
    recipient = Words(
        label=_("Age public key"),
        help_text=_("It begins with “age1”. Never ask for the secret key."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SameKeyForm(forms.Form):
    """The key that somebody looked at; another one meanwhile is not confirmed with it."""

    recipient = Words(widget=forms.HiddenInput, max_length=200)


class ProgramKeyForm(forms.Form):
    """A key for a partner's program."""

    name = Words(
        label=_("What it is for"),
        help_text=_("For example “their moderation tool”. Colleagues know the key by it."),
        max_length=120,
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=PartnerKey.Scope.choices,
        initial=[PartnerKey.Scope.WRITE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what the key may do.")},
    )


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(
        label=_("Police liaison"), queryset=User.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        liaisons = User.objects.holding(Role.POLICE_LIAISON, timezone.now())
        self.fields["user"].queryset = liaisons  # type: ignore[attr-defined]
