# SPDX-License-Identifier: Apache-2.0
"""What somebody writes who appeals, and what they are answered."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hearthline.hub.appeals.actions import ADDRESS_LIMIT, CONTACT_LIMIT, WORDS_LIMIT, Decision
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.appeals.sentences import APOLOGIES, REASONS, REMEDIES
from hearthline.hub.reports.forms import CarefulForm, TextAnswer
from hearthline.hub.ui.fields import Words

_RESULT = "result-"


class AppealForm(CarefulForm):
    """Three questions, and a way to be reached for whoever wants one."""

    address = TextAnswer(
        limit=ADDRESS_LIMIT,
        label=_("What was blocked or removed?"),
        help_text=_("The web address, as text. Please no pictures or files."),
    )
    who = forms.ChoiceField(
        label=_("Who are you to it?"),
        choices=Appeal.Who.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what fits best.")},
    )
    words = TextAnswer(
        limit=WORDS_LIMIT,
        long=True,
        label=_("Why is it wrong?"),
        help_text=_("In your own words. It can be short."),
    )
    contact = TextAnswer(
        limit=CONTACT_LIMIT,
        label=_("A safe way to reach you"),
        help_text=_("You may leave this empty. You can read our decision here, with a receipt."),
    )
    # A receipt made beforehand, sealed: pressing Send twice is one appeal with one receipt.
    once = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)

    def __init__(self, data: Any = None, once: str = "") -> None:
        super().__init__(data, initial={"once": once})
        field: Any
        for name, field in self.fields.items():
            if name not in {"once", "who"}:
                field.template_name = "reports/answer.html"
        typed = {"dir": "ltr", "inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["address"].widget.attrs |= typed
        self.fields["words"].widget.attrs |= {"dir": "auto", "rows": 6}
        self.fields["contact"].widget.attrs |= {"dir": "auto", "autocapitalize": "none"}

    def clean_address(self) -> str:
        return self._said("address", _("Please write the address first."))

    def clean_words(self) -> str:
        return self._said("words", _("Please write a few words first."))

    def _said(self, name: str, otherwise: Any) -> str:
        text = str(self.cleaned_data[name])
        if not text.strip():
            raise ValidationError(otherwise, code="required")
        return text


class DecisionForm(forms.Form):
    """The decision: a result for each measure, sentences by code, and words of one's own."""

    reasons = forms.MultipleChoiceField(
        label=_("Why"),
        choices=list(REASONS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )
    remedies = forms.MultipleChoiceField(
        label=_("What we do about it"),
        choices=list(REMEDIES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    apology = forms.ChoiceField(
        label=_("That we are sorry"),
        choices=[("", _("Nothing to be sorry for")), *APOLOGIES.items()],
        widget=forms.RadioSelect,
        required=False,
    )
    words = Words(
        label=_("In our own words"),
        help_text=_("Plain words, to the person who appealed. Leave it empty if all is said."),
        max_length=WORDS_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def __init__(self, measures: Iterable[Measure], data: Any = None) -> None:
        super().__init__(data)
        self.measures = [measure for measure in measures if measure.done_at is None]
        asked = {f"{_RESULT}{measure.pk}": _result(measure) for measure in self.measures}
        self.fields = {**asked, **self.fields}

    @property
    def decision(self) -> Decision:
        """What the valid form says."""
        said = self.cleaned_data
        return Decision(
            results={measure.pk: said[f"{_RESULT}{measure.pk}"] for measure in self.measures},
            reasons=said["reasons"],
            remedies=said["remedies"],
            apology=said["apology"],
            words=said["words"],
        )


class DisagreeForm(forms.Form):
    """Why the second person does not agree."""

    reason = Words(
        label=_("Why not"),
        help_text=_("Whoever decided reads it and decides again."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def _result(measure: Measure) -> forms.ChoiceField:
    choices = [
        (code, label)
        for code, label in Measure.Result.choices
        if not (measure.asks_two and code == Measure.Result.NARROWED)
    ]
    kind = Measure.Kind(measure.kind).label
    return forms.ChoiceField(
        label=format_lazy("{kind} {reference}", kind=kind, reference=measure.reference),
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of it.")},
    )
