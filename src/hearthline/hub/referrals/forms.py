# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hearthline.hub.directory.models import Organisation
from hearthline.hub.referrals.models import HandOver, Referral
from hearthline.hub.ui.fields import Moment, Words
from hearthline.kit.codelists import police_outcomes


class PrepareForm(forms.Form):
    """Which unit a person hands the case to, and how."""

    unit = forms.ModelChoiceField(
        label=_("Police unit"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of the units listed.")},
    )
    channel = forms.ChoiceField(
        label=_("How it gets there"),
        choices=Referral.Channel.choices,
        widget=forms.RadioSelect,
        initial=Referral.Channel.MAIL,
        help_text=_("Either way the package opens with the unit's own key only."),
    )

    def __init__(self, *args: Any, units: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class AcknowledgeForm(forms.Form):
    unit_reference = Words(
        label=_("Your reference"),
        max_length=80,
        help_text=_("The number under which your unit keeps it."),
        error_messages={"required": _("Write the number under which your unit keeps it.")},
    )


class HoldForm(forms.Form):
    until = Moment(
        label=_("Wait until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Say until when the host should not be told."),
            "invalid": _("Write a date and time such as 2026-10-05 14:30."),
        },
    )
    reason = Words(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the referral. No names of people, please."),
        error_messages={"required": _("Say in a few words why the host should not be told yet.")},
    )


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(entry.code, _now(entry.label)) for entry in police_outcomes()]
        self.fields["outcome"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


class OriginForm(forms.Form):
    """What lies behind a proxy, where the proxy or somebody else told us."""

    origin = Words(
        label=_("Host behind the proxy"),
        max_length=253,
        required=False,
        help_text=_("Only where somebody told you, such as the proxy's answer. Else leave it out."),
    )


class HandOverForm(forms.Form):
    """Which hotline abroad a person hands the case to, how, and how the country is known."""

    hotline = forms.ModelChoiceField(
        label=_("Hotline"),
        queryset=Organisation.objects.none(),
        empty_label=_("Choose"),
        error_messages={
            "required": _("Choose the hotline of the country that hosts it."),
            "invalid_choice": _("Choose one of the hotlines listed."),
        },
    )
    channel = forms.ChoiceField(
        label=_("How it gets there"),
        choices=HandOver.Channel.choices,
        widget=forms.RadioSelect,
        initial=HandOver.Channel.MAIL,
        help_text=_("By mail it is encrypted to the hotline's own key."),
    )
    grounds = Words(
        label=_("How you know the country"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where the look does not show it, as behind a proxy. No names, please."),
    )

    def __init__(self, *args: Any, hotlines: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hotline"]
        field.queryset = hotlines  # type: ignore[attr-defined]
        field.label_from_instance = _with_country  # type: ignore[attr-defined]


class AbroadReferenceForm(forms.Form):
    reference = Words(
        label=_("Their reference"),
        max_length=80,
        required=False,
        help_text=_("The number under which the hotline keeps it, where it gave one."),
    )


class ReturnForm(forms.Form):
    because = forms.ChoiceField(
        label=_("Why they returned it"),
        choices=[("", _("Choose")), *HandOver.Returned.choices],
        error_messages={"required": _("Choose why they returned it.")},
    )


def _with_country(hotline: Organisation) -> str:
    return f"{hotline.name} ({hotline.country})"
