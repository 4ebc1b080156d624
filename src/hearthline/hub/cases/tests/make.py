# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests. Everything told is invented, on example.org."""

from datetime import datetime
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Finding
from hearthline.hub.cases.models import Case
from hearthline.hub.reports.actions import Answers, Submitted, submit

ADDRESS = "https://pictures.example.org/album/7"


def make_report(*, at: datetime, **told: Any) -> Submitted:
    """A report from the public about one address; `told` replaces answers."""
    whole = {
        "audience": "public",
        "kind": "csam_url",
        "addresses": ADDRESS,
        "words": "I came across this page.",
    }
    return submit(answers=Answers(**(whole | told)), language="en", at=at)


def make_case(*, at: datetime, **told: Any) -> Case:
    """The case of one report, taken up and waiting in the queue."""
    make_report(at=at, **told)
    (case,) = actions.pull(at=at)
    return case


def make_finding(**parts: Any) -> Finding:
    """An illegal finding with its legal basis; `parts` replace it."""
    whole = {
        "outcome": "baseline",
        "incident_type": "csam_url",
        "fourc": ("4C.content.sex",),
        "legal_basis": "children_act_12",
    }
    return Finding(**(whole | parts))


HARMFUL = {"outcome": "harmful", "legal_basis": ""}


def assessed(case: Case, *, by: User, at: datetime, **parts: Any) -> Case:
    """The case claimed and assessed by one person."""
    actions.claim(case=case, by=by, at=at)
    actions.assess(case=case, finding=make_finding(**parts), by=by, at=at)
    return case


def confirmed(case: Case, *, by: User, second: User, at: datetime, **parts: Any) -> Case:
    """The case judged by two people who agree."""
    assessed(case, by=by, at=at, **parts)
    actions.confirm(case=case, agrees=True, by=second, at=at)
    return case
