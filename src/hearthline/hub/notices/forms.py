# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearthline.hub.directory.models import Organisation
from hearthline.hub.notices.actions import providers_grounds
from hearthline.hub.notices.models import Answer
from hearthline.hub.ui.fields import Words
from hearthline.kit.codelists import host_refusals


class AnswerForm(forms.Form):
    """What the host said."""

    code = forms.ChoiceField(
        label=_("The host says"),
        choices=Answer.Code.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the host said.")},
    )
    refusal = forms.ChoiceField(
        label=_("Why they refuse"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only where they refuse. Each reason says what comes next."),
    )
    note = Words(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No addresses and no names of people, please."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                entry.code,
                # Translators: why a host refuses, and what we do then.
                gettext("%(reason)s. %(next)s")
                % {"reason": gettext(entry.label), "next": gettext(entry.next_step)},
            )
            for entry in host_refusals()
        ]
        self.fields["refusal"].choices = [("", _("Not stated")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("code") != Answer.Code.REFUSED:
            cleaned["refusal"] = ""
        return cleaned


class MovedForm(forms.Form):
    """Where the same content stands now."""

    address = Words(
        label=_("The new address"),
        max_length=2000,
        error_messages={"required": _("Write the address where it stands now.")},
    )
    same = forms.BooleanField(
        label=_("I have looked, and it is the same content."),
        error_messages={"required": _("Only what you saw yourself can be joined to this case.")},
    )


class HostForm(forms.Form):
    """Who hosts it, as a person found out."""

    host = forms.ModelChoiceField(
        label=_("Host"),
        queryset=Organisation.objects.current().filter(kind=Organisation.Kind.HOST),
        empty_label=_("Choose"),
        help_text=_("Not listed? Enter the host in the directory first."),
        error_messages={
            "required": _("Choose the host."),
            "invalid_choice": _("Choose one of the hosts listed."),
        },
    )


# The answers in the provider's own words; the desk's words speak of the provider.
PROVIDERS_WORDS = {
    Answer.Code.ACKNOWLEDGED: _("We have the notice and are looking into it"),
    Answer.Code.REMOVED: _("We removed it, or disabled access to it"),
    Answer.Code.MOVED: _("It is not there any more but at another address"),
    Answer.Code.REFUSED: _("We do not remove it"),
    Answer.Code.WRONG_RECIPIENT: _("It is not our service"),
}


class ProviderForm(forms.Form):
    """What a provider says at its own door."""

    code = forms.ChoiceField(
        label=_("What you did"),
        choices=list(PROVIDERS_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you did.")},
    )
    refusal = forms.ChoiceField(
        label=_("Why you do not remove it"), required=False, widget=forms.RadioSelect
    )
    place = Words(
        label=_("The new address"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("Only where it moved."),
    )
    note = Words(
        label=_("A note for us"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as your ticket number. No content and no names of people, please."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(entry.code, gettext(entry.label)) for entry in providers_grounds()]
        self.fields["refusal"].choices = [("", _("Does not apply")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        code = cleaned.get("code")
        if code == Answer.Code.REFUSED and not cleaned.get("refusal"):
            self.add_error("refusal", _("Say why, so that we know what comes next."))
        if code == Answer.Code.MOVED and not cleaned.get("place"):
            self.add_error("place", _("Write the address where it stands now."))
        return cleaned


class TableForm(forms.Form):
    """Many answers, pasted in as the lines of a table."""

    table = Words(
        label=_("Your answers, one on each line"),
        max_length=200_000,
        widget=forms.Textarea(
            attrs={"rows": 12, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}
        ),
        error_messages={"required": _("Paste your lines here first.")},
        help_text=_("Reference, answer, ground, address, note: separated by commas."),
    )

    def codes(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The words that the columns take, and what they mean."""
        return [
            (
                gettext("Answer"),
                [(code.value, str(label)) for code, label in PROVIDERS_WORDS.items()],
            ),
            (
                gettext("Ground"),
                [(entry.code, gettext(entry.label)) for entry in providers_grounds()],
            ),
        ]
