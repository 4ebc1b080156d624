# SPDX-License-Identifier: Apache-2.0
"""Codes as words in the reader's language, and the tone each is shown in."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.cases.models import Case
from hearthline.kit.codelists import (
    Entry,
    age_bands,
    assessment_outcomes,
    channels,
    fourc,
    incident_types,
    sexes,
    stated_facts,
    urgency_levels,
)

LEVEL_TONES = {"U0": "danger", "U1": "warn", "U2": "calm"}
# In a table there is room for a word or two.
STATES = {
    Case.State.AWAITING_TRIAGE: gettext_lazy("Waiting"),
    Case.State.IN_ASSESSMENT: gettext_lazy("Assessing"),
    Case.State.AWAITING_SECOND: gettext_lazy("Second review"),
    Case.State.DISAGREED: gettext_lazy("Senior decides"),
    Case.State.CONFIRMED: gettext_lazy("Acting"),
    Case.State.CLOSED: gettext_lazy("Closed"),
}
STATE_TONES = {
    Case.State.IN_ASSESSMENT: "calm",
    Case.State.AWAITING_SECOND: "calm",
    Case.State.DISAGREED: "warn",
    Case.State.CONFIRMED: "ok",
}


def label(entries: tuple[Entry, ...], code: str) -> str:
    """The label of a code; the code itself when a list has dropped it since."""
    return next((_(entry.label) for entry in entries if entry.code == code), code)


def kind(code: str) -> str:
    return label(incident_types(), code)


def outcome(code: str) -> str:
    return label(assessment_outcomes(), code)


def fact(code: str) -> str:
    return label(stated_facts(), code)


def channel(code: str) -> str:
    return label(channels(), code)


def age(code: str) -> str:
    return label(age_bands(), code)


def sex(code: str) -> str:
    return label(sexes(), code)


def language(code: str) -> str:
    """A language by its own name, as the language menu has it."""
    return dict(settings.LANGUAGES).get(code, code)


def cells(codes: list[str]) -> str:
    return _(", ").join(label(fourc(), code) for code in codes)


def level_chip(case: Case) -> dict[str, Any]:
    """The urgency of a case with what carries it, for `ui/chip.html`."""
    return {
        "code": case.level,
        "label": label(urgency_levels(), case.level),
        "tone": LEVEL_TONES.get(case.level, "plain"),
        "reason": _("; ").join(_grounds(case.level_reasons)),
    }


def state_chip(case: Case, *, short: bool = False) -> dict[str, Any]:
    """The state of a case, for `ui/chip.html`."""
    if case.closing_asked_at is not None:
        return {"label": _("Closing asked for"), "tone": "warn"}
    state = Case.State(case.state)
    words = STATES[state] if short else state.label
    return {"label": words, "tone": STATE_TONES.get(state, "plain")}


def _grounds(reasons: list[str]) -> list[str]:
    """`type:<kind>` and `fact:<fact>` as words."""
    words = {"type": kind, "fact": fact}
    parts = [reason.partition(":") for reason in reasons]
    return [words[what](code) if what in words else code for what, _sign, code in parts]
