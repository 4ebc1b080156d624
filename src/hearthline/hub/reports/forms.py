# SPDX-License-Identifier: Apache-2.0
"""The questions of the form, one form a step, and what a reporter writes when coming back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports import wording
from hearthline.hub.reports.actions.answers import (
    LIMITS,
    MESSAGE_LIMIT,
    PLACES_AT_ONCE,
    PLACES_IN_ALL,
    AnswerRefused,
    contact_fits,
)
from hearthline.hub.reports.actions.pointers import places
from hearthline.hub.reports.models import Audience, Report
from hearthline.hub.ui.cards import CardLabel
from hearthline.kit.sealing import ReceiptMistyped, parse_receipt
from hearthline.kit.urls import FileContentRefused, refuse_file_content

FILE = "file"
_TOO_MANY = ValidationError(
    _(
        "That is more than %(limit)s places. Please give the %(limit)s most important ones. "
        "You can add more with your receipt."
    ),
    code="too_many",
    params={"limit": PLACES_AT_ONCE},
)
_FULL = ValidationError(
    _(
        "One report has room for %(limit)s places. These are too many for it. "
        "Please tell us the others in a new report."
    ),
    code="too_many",
    params={"limit": PLACES_IN_ALL},
)


class TextAnswer(forms.CharField):
    """Text of any kind but a file's. The browser is not told the limit: it would cut in silence."""

    def __init__(self, *, limit: int, long: bool = False, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 5}) if long else forms.TextInput()
        widget.attrs |= {"autocomplete": "off"}
        super().__init__(required=False, widget=widget, **kwargs)
        self.limit = limit

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n")
        try:
            refuse_file_content(text)
        except FileContentRefused:
            raise ValidationError(
                _("That looks like a picture or a file. We did not keep it. Please use words."),
                code=FILE,
            ) from None
        if len(text) > self.limit:
            raise ValidationError(
                _("This is longer than %(limit)s characters. Please make it shorter."),
                code="too_long",
                params={"limit": number_format(self.limit, force_grouping=True)},
            )
        return text


class CarefulForm(forms.Form):
    """A form that never hands back what must not be kept."""

    refused = False

    def full_clean(self) -> None:
        super().full_clean()
        refused = [name for name in self.errors if self.has_error(name, FILE)]
        if not refused:
            return
        self.refused = True
        data = {name: value for name, value in self.data.items() if name not in refused}
        for name in refused:
            data[name] = self.get_initial_for_field(self.fields[name], name) or ""
        self.data = data


class StepForm(CarefulForm):
    """One step. `heading` and `hint` are its question; its fields are answers of the draft.

    `asks` names the field that carries the question; "" when the page has a heading of its own.
    """

    step: ClassVar[str]
    asks: ClassVar[str] = ""

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=dict(answers))
        self.audience = audience
        self.child = audience == Audience.CHILD
        self.heading, self.hint = wording.QUESTIONS[self.step][audience]
        _draw_with(self, "reports/answer.html")
        if self.asks:
            _ask(self, self.asks)


class PlacesForm(StepForm):
    """A step that may name places. Those of the whole draft count together."""

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        told = {**self.initial, **answers}
        named = {name: told.get(name, "") for name in ("addresses", "service", "account", "words")}
        if not self.errors and _too_many(**named):
            self.add_error(next(iter(self.fields)), _TOO_MANY)
        return answers


class WhatForm(StepForm):
    step = "what"
    asks = "kind"
    kind = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, answers, data)
        _offer(self, "kind", wording.kinds(audience))


class WhereForm(PlacesForm):
    step = "where"
    addresses = TextAnswer(
        limit=LIMITS["addresses"],
        long=True,
        label=_("Web address"),
        help_text=_("Copy it from the top of the page. More than one? One on each line."),
    )
    service = TextAnswer(limit=LIMITS["service"], label=_("App, game or site"))
    account = TextAnswer(
        limit=LIMITS["account"],
        label=_("Name of the account"),
        help_text=_("The name they use there."),
    )

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, answers, data)
        # An address is not prose: no capital letters, no red lines, left to right in any language.
        self.fields["addresses"].widget.attrs |= {
            "rows": 3, "dir": "ltr", "spellcheck": "false", "autocapitalize": "none",
        }  # fmt: skip
        self.fields["account"].widget.attrs |= {
            "dir": "auto", "spellcheck": "false", "autocapitalize": "none",
        }  # fmt: skip


class NowForm(StepForm):
    step = "now"
    asks = "facts"
    facts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, answers, data)
        _offer(self, "facts", wording.facts(audience))


class WordsForm(PlacesForm):
    step = "words"
    asks = "words"
    words = TextAnswer(limit=LIMITS["words"], long=True)

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, answers, data)
        self.fields["words"].widget.attrs |= {"rows": 8, "dir": "auto"}


class ChildForm(StepForm):
    step = "child"
    age_band = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    sex = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, answers, data)
        _offer(self, "age_band", wording.ages(audience))
        _offer(self, "sex", wording.sexes(audience))
        fields = self.fields
        fields["age_band"].label = _("How old are you?") if self.child else _("Age")
        fields["sex"].label = _("Are you a girl or a boy?") if self.child else _("Sex")


class ContactForm(StepForm):
    step = "contact"
    asks = "safe_contact"
    safe_contact = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[(way, CardLabel(*words)) for way, words in wording.WAYS.items()],
    )
    contact = TextAnswer(
        limit=LIMITS["contact"],
        label=_("E-mail address or telephone number"),
        help_text=_("Only if you chose one of these two."),
    )
    code_word = TextAnswer(
        limit=LIMITS["code_word"],
        label=_("A code word"),
        help_text=_("We say this word first. So you know it is us, and nobody else."),
    )

    def __init__(self, audience: str, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(audience, {"safe_contact": Report.SafeContact.RECEIPT, **answers}, data)
        self.fields["contact"].widget.attrs |= {"dir": "ltr", "autocapitalize": "none"}

    def clean_safe_contact(self) -> str:
        return self.cleaned_data["safe_contact"] or Report.SafeContact.RECEIPT.value

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        way = answers.get("safe_contact", "")
        if way == Report.SafeContact.RECEIPT:
            # What we are not to use, we do not keep.
            return {**answers, "contact": "", "code_word": ""}
        if "contact" in answers and not contact_fits(way, answers["contact"]):
            self.add_error(
                "contact",
                _("Please write your e-mail address here, such as name@example.org.")
                if way == Report.SafeContact.EMAIL
                else _("Please write your telephone number here."),
            )
        return answers


STEP_FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (WhatForm, WhereForm, NowForm, WordsForm, ChildForm, ContactForm)
}

_MISTYPED = {
    "character": _("There are only digits in it. Please look at it again."),
    "length": _("It has sixteen digits. Please count them again."),
    "first digit": _("One digit is not right. Please look at it again."),
    "check digit": _("One digit is not right. Please look at it again."),
}


def _digits(label: Any, hint: Any, missing: Any) -> forms.CharField:
    """A field for sixteen digits. The browser neither keeps nor corrects them."""
    return forms.CharField(
        label=label,
        help_text=hint,
        error_messages={"required": missing},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric", "autocomplete": "off", "spellcheck": "false",
                "dir": "ltr", "class": "receipt-input",
            }
        ),
    )  # fmt: skip


def _sixteen(text: str) -> str:
    try:
        return parse_receipt(text)
    except ReceiptMistyped as slip:
        raise ValidationError(_MISTYPED[slip.reason], code="mistyped") from None


class ReceiptForm(forms.Form):
    """The sixteen digits, in any script and with any spaces."""

    receipt = _digits(
        _("Your receipt"),
        _("Sixteen digits. Spaces do not matter."),
        _("Please write the digits of your receipt."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        _draw_with(self, "reports/answer.html")

    def clean_receipt(self) -> str:
        return _sixteen(self.cleaned_data["receipt"])


class NumberForm(forms.Form):
    """The digits that lead back to a form not sent yet."""

    nothing_found = False
    number = _digits(
        _("Your number"),
        _("Sixteen digits. Spaces do not matter."),
        _("Please write the digits of your number."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        _draw_with(self, "reports/answer.html")

    def clean_number(self) -> str:
        return _sixteen(self.cleaned_data["number"])


class LetterForm(CarefulForm):
    """A letter to the team, or something to add."""

    body = TextAnswer(limit=MESSAGE_LIMIT, long=True, label=_("Your letter"))
    addresses = TextAnswer(
        limit=LIMITS["addresses"],
        label=_("A web address to add"),
        help_text=_("Leave it empty if there is none."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["body"].widget.attrs |= {"dir": "auto"}
        self.fields["addresses"].widget.attrs |= {"dir": "ltr", "spellcheck": "false"}
        _draw_with(self, "reports/answer.html")

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if not self.errors and not any(text.strip() for text in answers.values()):
            self.add_error("body", _("Please write a few words first."))
        elif not self.errors and _too_many(answers["addresses"], words=answers["body"]):
            self.add_error("addresses" if answers["addresses"] else "body", _TOO_MANY)
        return answers

    def report_is_full(self) -> None:
        """Say that the report holds as many places as it can."""
        self.add_error("addresses" if self.cleaned_data.get("addresses") else "body", _FULL)


def _too_many(addresses: str, service: str = "", account: str = "", words: str = "") -> bool:
    try:
        places(addresses=addresses, service=service, account=account, words=words)
    except AnswerRefused:
        return True
    return False


def _ask(form: StepForm, name: str) -> None:
    """The one field of the step carries the step's question."""
    field: Any = form.fields[name]
    field.template_name = "reports/question.html"
    field.label, field.help_text = form.heading, form.hint
    field.no_pictures, field.child = name in {"kind", "words"}, form.child


def _offer(form: StepForm, name: str, choices: wording.Choices) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def _draw_with(form: forms.Form, template: str) -> None:
    field: Any
    for field in form.fields.values():
        field.template_name = template
