# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hearthline.hub.directory.models import Organisation
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
                _now("%(reason)s. %(next)s")
                % {"reason": _now(entry.label), "next": _now(entry.next_step)},
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
