# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearthline.hub.cases.actions import Capture, Finding
from hearthline.hub.cases.models import Assessment, Case, Hands, Practice
from hearthline.hub.evidence.models import Exhibit
from hearthline.hub.ui.fields import Day, Moment, Words
from hearthline.kit.codelists import (
    Entry,
    age_bands,
    assessment_outcomes,
    find,
    fourc,
    incident_types,
    sexes,
    urgency_levels,
)
from hearthline.kit.urls import refang

# How old a case is at least, in days.
AGES = {
    1: _("Older than a day"),
    3: _("Older than three days"),
    7: _("Older than a week"),
    30: _("Older than a month"),
}
# Reports whose answers a judgement begins with.
NEWEST = 20
LONG = {"rows": 3}
CHOOSE = {"required": _("Choose one.")}


def choices(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    """The codes of a list with their labels in the reader's language."""
    return [(entry.code, gettext(entry.label)) for entry in entries]


class FindingForm(forms.Form):
    """One person's judgement. The codes come from the lists, the law from the country pack."""

    outcome = forms.ChoiceField(
        label=_("What is it?"),
        widget=forms.RadioSelect,
        choices=lambda: choices(assessment_outcomes()),
        error_messages=CHOOSE,
    )
    legal_basis = forms.ChoiceField(
        label=_("Legal basis"),
        required=False,
        help_text=_("Needed for an illegal finding."),
    )
    incident_type = forms.ChoiceField(
        label=_("Kind of incident"), choices=lambda: choices(incident_types())
    )
    fourc = forms.MultipleChoiceField(
        label=_("Risk, by the 4Cs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: choices(fourc()),
    )
    age_band = forms.ChoiceField(
        label=_("Age of the child, as stated"), choices=lambda: choices(age_bands())
    )
    sex = forms.ChoiceField(
        label=_("Sex of the child, as stated"), choices=lambda: choices(sexes())
    )
    self_generated = forms.BooleanField(label=_("Captured by or from the child"), required=False)
    peer = forms.BooleanField(label=_("Shared by a peer"), required=False)
    note = Words(
        label=_("Note for colleagues"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("Sealed with the case. What somebody did, in plain words."),
    )

    def __init__(self, *args: Any, why: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bases = [(basis.key, f"{basis.label} · {basis.citation}") for basis in _bases()]
        self.fields["legal_basis"].choices = [("", _("None")), *bases]  # type: ignore[attr-defined]
        if why:
            note = self.fields["note"]
            note.required, note.label = True, _("Why you see it this way")
            note.error_messages["required"] = _("Say in a few words why you see it this way.")

    def finding(self) -> Finding:
        """What was judged. Only after `is_valid()`."""
        told = self.cleaned_data
        return Finding(**{**told, "fourc": tuple(told["fourc"])})

    @staticmethod
    def start(case: Case) -> dict[str, Any]:
        """What the reports already say, to begin with. Never the outcome."""
        newest = case.subject.sightings.select_related("report").order_by("-at", "-id")
        reports = [sighting.report for sighting in newest[:NEWEST]][::-1]
        cells = [cell for report in reports for cell in report.fourc]
        kind = find(incident_types(), case.kind)
        return {
            "incident_type": case.kind,
            "fourc": list(dict.fromkeys(cells)) or list(kind.fourc),
            "age_band": _stated(report.age_band for report in reports),
            "sex": _stated(report.sex for report in reports),
            "self_generated": case.kind == "self_generated",
            "peer": case.kind == "ncii_peer",
        }

    @staticmethod
    def like(assessment: Assessment) -> dict[str, Any]:
        """An earlier judgement to change. Never its outcome, law or note."""
        same = ("incident_type", "fourc", "age_band", "sex", "self_generated", "peer")
        return {name: getattr(assessment, name) for name in same}


class AgreeForm(forms.Form):
    note = Words(
        label=_("Note for colleagues"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class UrgencyForm(forms.Form):
    level = forms.ChoiceField(label=_("Urgency"))
    reason = Words(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to make a case less urgent."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [
            (entry.code, f"{entry.code} · {gettext(entry.label)}") for entry in urgency_levels()
        ]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    body = Words(
        label=_("Your letter"),
        max_length=5000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("It waits at the receipt. Others may read over a shoulder: name nothing."),
        error_messages={"required": _("Write something first.")},
    )


class ReasonForm(forms.Form):
    """Anything that is done for a reason, and kept with it."""

    reason = Words(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log."),
        error_messages={"required": _("Say in a few words why.")},
    )


class ExhibitForm(forms.Form):
    """What an authorised person states about the place at one moment. Facts, never files."""

    captured_at = Moment(
        label=_("Seen at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Say when it was seen."),
            "invalid": _("Write a date and time such as 2026-10-05 14:30."),
        },
    )
    time_source = forms.ChoiceField(
        label=_("Whose clock"),
        choices=Exhibit.TimeSource.choices,
        initial=Exhibit.TimeSource.ANALYST,
    )
    raw = Words(
        label=_("Address as reported"),
        required=False,
        max_length=2000,
        help_text=_("Shown broken, so that nobody opens it. It is sealed whole."),
    )
    note = Words(
        label=_("What was found"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("Words only. Pictures and files are refused."),
    )
    dns = Words(label="DNS", required=False, widget=forms.Textarea)
    ips = Words(label=_("IP addresses"), required=False, widget=forms.Textarea)
    tls = Words(label="TLS", required=False, widget=forms.Textarea)
    http = Words(label="HTTP", required=False, widget=forms.Textarea)
    md5 = Words(label="MD5", required=False, max_length=80)
    sha1 = Words(label="SHA-1", required=False, max_length=80)
    sha256 = Words(label="SHA-256", required=False, max_length=80)

    LINES = ("dns", "ips", "tls", "http")
    PLAIN = ("raw", "note", "md5", "sha1", "sha256")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.LINES:
            self.fields[name].widget.attrs = {"rows": 2, "class": "mono", "dir": "ltr"}

    def capture(self) -> Capture:
        """The facts, one line each. Only after `is_valid()`."""
        told = self.cleaned_data
        lines: dict[str, Any] = {name: tuple(told[name].splitlines()) for name in self.LINES}
        plain = {name: told[name] for name in self.PLAIN} | {"raw": refang(told["raw"])}
        return Capture(**lines, **plain)


class NarrowForm(forms.Form):
    """What a queue is narrowed to. `host` keeps the digest of a host that was named before."""

    level = forms.ChoiceField(label=_("Urgency"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind of incident"), required=False)
    language = forms.ChoiceField(label=_("Language of the report"), required=False)
    hands = forms.ChoiceField(label=_("In hand"), required=False)
    practice = forms.ChoiceField(label=_("Exercises"), required=False)
    older = forms.ChoiceField(label=_("Age of the case"), required=False)
    since = Day(
        label=_("Opened since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day such as 2026-10-05.")},
    )
    named_host = Words(
        label=_("Host"),
        required=False,
        max_length=253,
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "mono", "autocomplete": "off"}),
    )
    host = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    lane = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [each for each in Case.State.choices if each[0] != Case.State.CLOSED]
        offered: dict[str, Any] = {
            "level": choices(urgency_levels()),
            "state": states,
            "kind": choices(incident_types()),
            "language": settings.LANGUAGES,
            "hands": Hands.choices,
            "practice": Practice.choices,
            "older": [(str(days), words) for days, words in AGES.items()],
        }
        for name, entries in offered.items():
            self.fields[name].choices = [("", _("Any")), *entries]  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """One box for a receipt number, an address, an account, a host or a case's reference."""

    text = Words(
        label=_("Search"),
        max_length=2100,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write what you look for.")},
    )
    reason = Words(
        label=_("Why"),
        required=False,
        max_length=500,
        help_text=_("Needed for a receipt number. Kept in the audit log."),
    )


class BulkForm(forms.Form):
    """One act for several cases."""

    do = forms.ChoiceField(
        label=_("With the chosen cases"),
        widget=forms.Select(
            attrs={"data-key": "b", "data-key-label": _("act on the chosen cases")}
        ),
        choices=[
            ("claim", _("Claim")),
            ("release", _("Give back")),
            ("level", _("Set the urgency")),
            ("ask_to_close", _("Ask to close")),
        ],
        error_messages=CHOOSE,
    )
    level = forms.ChoiceField(label=_("Urgency"), required=False)
    reason = Words(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((entry.code, entry.code) for entry in urgency_levels()),
        ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        do = told.get("do")
        if do == "level" and not told.get("level"):
            self.add_error("level", _("Choose the urgency."))
        if do in ("level", "ask_to_close") and not told.get("reason", "").strip():
            self.add_error("reason", _("Say in a few words why. Nothing is lost."))
        return told


class ViewForm(forms.Form):
    """A view of the queue under a name."""

    name = Words(label=_("Name"), max_length=40, error_messages={"required": _("Give it a name.")})
    shared = forms.BooleanField(label=_("Share it with the team"), required=False)


def _bases() -> list[Any]:
    return list(settings.PACK.legal_bases)


def _stated(codes: Any) -> str:
    """The first that somebody stated; "unknown" where nobody did."""
    return next((code for code in codes if code and code != "unknown"), "unknown")
