# SPDX-License-Identifier: Apache-2.0
"""The sample form of the style page: one field of each kind. Nothing is read from it or kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hearthline.hub.ui.cards import CardLabel


class SampleForm(forms.Form):
    where = forms.ChoiceField(
        label=_("Where did it happen?"),
        help_text=_("Pick the one that fits best."),
        widget=forms.RadioSelect,
        choices=[
            ("chat", CardLabel(_("In a chat"), _("messages, a group, a game"), "message.svg")),
            ("page", CardLabel(_("On a page"), _("a site, a profile, a video"), "screen.svg")),
            ("unsure", CardLabel(_("I am not sure"), icon="question.svg")),
        ],
    )
    address = forms.CharField(
        label=_("Its address"), help_text=_("Copy it if you can. Do not open it again.")
    )
    words = forms.CharField(
        label=_("In your own words"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    level = forms.ChoiceField(
        label=_("Urgency"), choices=[("", _("Choose")), ("U1", "U1"), ("U3", "U3")]
    )
    agree = forms.BooleanField(label=_("You may write back to me here"), required=False)
