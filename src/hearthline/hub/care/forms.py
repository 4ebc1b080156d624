# SPDX-License-Identifier: Apache-2.0
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearthline.kit.codelists import incident_types

WEEKS = {"": _("Until I take it back"), "1": _("For one week"), "4": _("For four weeks")}


class SetAsideForm(forms.Form):
    """Kinds of incident that a person does not take, and for how long. There is no reason field."""

    kinds = forms.MultipleChoiceField(
        label=_("Do not give me"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(kind.code, gettext(kind.label)) for kind in incident_types()],
    )
    weeks = forms.ChoiceField(label=_("For how long"), required=False, choices=list(WEEKS.items()))
