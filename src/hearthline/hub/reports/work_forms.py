# SPDX-License-Identifier: Apache-2.0
"""The three screens for people who report because of their work."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports import wording
from hearthline.hub.reports.actions.answers import LIMITS, contact_fits
from hearthline.hub.reports.forms import CarefulForm, TextAnswer
from hearthline.hub.reports.models import Audience, ChildKnows, Profession, Report

DANGER = "danger_now"


class _Screen(CarefulForm):
    """One screen: its fields are answers of the draft."""

    def __init__(self, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=dict(answers))
        field: Any
        for field in self.fields.values():
            field.template_name = "reports/answer.html"


class YouForm(_Screen):
    """In which work, and whether the child is safe: that comes before everything else."""

    safe_now = forms.ChoiceField(
        label=_("Is the child safe now?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No")), ("unsure", _("Not sure"))],
    )
    profession = forms.ChoiceField(
        label=_("In which work did you learn of it?"),
        choices=Profession.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what fits best.")},
    )

    def kept(self) -> dict[str, Any]:
        """The answers of the draft: danger is a stated fact and raises the urgency."""
        danger = self.cleaned_data["safe_now"] == "no"
        return {
            "audience": Audience.PROFESSIONAL.value,
            "profession": self.cleaned_data["profession"],
            "facts": [DANGER] if danger else [],
        }


class MatterForm(_Screen):
    """What was met. Only something to look at is needed: words, or a place."""

    kind = forms.ChoiceField(label=_("What is it about?"), required=False)
    words = TextAnswer(
        limit=LIMITS["words"],
        long=True,
        label=_("What should we know?"),
        help_text=_("What was said or seen, when, and what has been done so far."),
    )
    addresses = TextAnswer(
        limit=LIMITS["addresses"],
        long=True,
        label=_("Web addresses"),
        help_text=_("One on each line, if it happened online. Never pictures or files."),
    )
    age_band = forms.ChoiceField(label=_("Age of the child"), required=False)
    child_knows = forms.ChoiceField(
        label=_("Does the child know that you report?"),
        help_text=_("We take care how we make contact."),
        required=False,
        widget=forms.RadioSelect,
        choices=ChildKnows.choices,
    )

    def __init__(self, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(answers, data)
        field: Any = self.fields["kind"]
        field.choices = [("", _("Choose")), *_plain(wording.kinds(Audience.PROFESSIONAL))]
        field = self.fields["age_band"]
        field.choices = [("", _("Choose")), *_plain(wording.ages(Audience.PROFESSIONAL))]
        self.fields["words"].widget.attrs |= {"rows": 6, "dir": "auto"}
        self.fields["addresses"].widget.attrs |= {"rows": 2, "dir": "ltr", "spellcheck": "false"}


class ReachForm(_Screen):
    """A safe way to reach them at work. The receipt alone is always enough."""

    safe_contact = forms.ChoiceField(
        label=_("How may we reach you at work?"),
        required=False,
        widget=forms.RadioSelect,
        choices=Report.SafeContact.choices,
    )
    contact = TextAnswer(
        limit=LIMITS["contact"],
        label=_("E-mail address or telephone number at work"),
        help_text=_("Only if you chose one of these two. Not one that the child's family reads."),
    )
    code_word = TextAnswer(
        limit=LIMITS["code_word"],
        label=_("A code word"),
        help_text=_("We say this word first. So you know it is us, and nobody else."),
    )

    def __init__(self, answers: Mapping[str, Any], data: Any = None) -> None:
        super().__init__({"safe_contact": Report.SafeContact.RECEIPT, **answers}, data)
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
            self.add_error("contact", _("Please write how we reach you, or choose the receipt."))
        return answers


def _plain(choices: wording.Choices) -> list[tuple[str, str]]:
    """Titles without examples, for a list to choose from."""
    return [(code, str(label)) for code, label in choices]
