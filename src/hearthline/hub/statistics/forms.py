# SPDX-License-Identifier: Apache-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from hearthline.hub.statistics.models import Release
from hearthline.hub.ui.fields import Words


class CompileForm(forms.Form):
    """Which month to count. Whether it is over, the action decides."""

    period = forms.RegexField(
        label=_("Month"),
        regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        help_text=_("Year and month, such as 2026-10. The month has to be over."),
        error_messages={
            "required": _("Write the month as year and number, such as 2026-10."),
            "invalid": _("Write the month as year and number, such as 2026-10."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=_("Why it is counted again"),
        required=False,
        choices=[("", _("It is the first time")), *Release.Reason.choices],
        help_text=_("Needed where figures of the month are public already."),
    )
    note = Words(
        label=_("What changed, in a sentence for the public"),
        required=False,
        max_length=500,
        help_text=_("Stands on the public page. Name no case and no person."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
