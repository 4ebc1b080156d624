# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.permissions import Role
from hearthline.hub.ui.fields import Day, Words


class EnrolForm(forms.Form):
    name = Words(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    until = Day(
        label=_("Last day"),
        help_text=_("Leave it empty for a role without an end."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        required=False,
    )

    def clean_until(self) -> datetime | None:
        """The end of the last day, by the country's own clock."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return datetime.combine(day, time.max, timezone.get_default_timezone())


class ReasonForm(forms.Form):
    reason = Words(
        label=_("Reason"),
        help_text=_("A short sentence. It is kept in the audit log."),
        max_length=300,
    )


class LogForm(forms.Form):
    """Filters of the audit log; every one may be left out."""

    actor = Words(
        label=_("Who"), help_text=_("As in the list, such as worker:worker."), required=False
    )
    verb = Words(
        label=_("What"),
        help_text=_("Such as cases.assess, or a whole room: cases."),
        required=False,
    )
    record = Words(label=_("About"), help_text=_("A record's number."), required=False)
    first = Day(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    last = Day(label=_("Up to"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    before = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return given

    def used(self) -> list[str]:
        """The names of the filters that were given."""
        return [name for name, value in self.cleaned_data.items() if value and name != "before"]
