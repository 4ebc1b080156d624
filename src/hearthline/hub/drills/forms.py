# SPDX-License-Identifier: Apache-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports.actions import Template
from hearthline.hub.ui.fields import Words


class StartForm(forms.Form):
    """What an exercise is about, and why it is held."""

    template = forms.ChoiceField(
        label=_("What is reported"),
        choices=Template.choices,
        widget=forms.RadioSelect,
        initial=Template.PAGE,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    reason = Words(
        label=_("Why"),
        max_length=500,
        help_text=_("Kept in the audit log."),
        error_messages={"required": _("Say in a few words why you hold it.")},
    )
