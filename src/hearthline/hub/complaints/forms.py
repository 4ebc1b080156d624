# SPDX-License-Identifier: Apache-2.0
"""What a complainant writes, and what they are answered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hearthline.hub.complaints.actions import CONTACT_LIMIT, WORDS_LIMIT
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.reports.forms import CarefulForm, TextAnswer
from hearthline.hub.ui.fields import Words
from hearthline.kit.sealing import ReceiptMistyped, parse_receipt


class ComplaintForm(CarefulForm):
    """Only what went wrong is needed, in a few words."""

    about = forms.ChoiceField(
        label=_("What went wrong?"),
        choices=Complaint.About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what fits best.")},
    )
    words = TextAnswer(
        limit=WORDS_LIMIT,
        long=True,
        label=_("Tell us in your own words"),
        help_text=_("It can be short. Please no pictures or videos."),
    )
    report_receipt = forms.CharField(
        label=_("The receipt of what you told us before"),
        help_text=_("Only if you have one. With it we can find what we did wrong."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
    contact = TextAnswer(
        limit=CONTACT_LIMIT,
        label=_("A safe way to reach you"),
        help_text=_("You may leave this empty. You can read our answer here, with a new receipt."),
    )
    # A receipt made beforehand, sealed: pressing Send twice is one complaint with one receipt.
    once = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)

    def __init__(self, data: Any = None, once: str = "") -> None:
        super().__init__(data, initial={"once": once})
        field: Any
        for name, field in self.fields.items():
            if name not in {"once", "about"}:
                field.template_name = "reports/answer.html"
        self.fields["words"].widget.attrs |= {"dir": "auto", "rows": 6}
        self.fields["contact"].widget.attrs |= {"dir": "auto", "autocapitalize": "none"}

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"])
        if not words.strip():
            raise ValidationError(_("Please write a few words first."), code="required")
        return words

    def clean_report_receipt(self) -> str:
        text = str(self.cleaned_data["report_receipt"]).strip()
        if not text:
            return ""
        try:
            return parse_receipt(text)
        except ReceiptMistyped:
            raise ValidationError(
                _("One digit is not right. Look again, or leave it empty."), code="mistyped"
            ) from None


class AnswerForm(forms.Form):
    """The answer to a complaint. The complainant reads every word of it."""

    outcome = forms.ChoiceField(
        label=_("What we found"), choices=Complaint.Outcome.choices, widget=forms.RadioSelect
    )
    words = Words(
        label=_("Our answer"),
        help_text=_("Plain words, to the person who complained. A child may read it."),
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    change = Words(
        label=_("What we change"),
        help_text=_("Leave it empty if nothing changes."),
        max_length=WORDS_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
