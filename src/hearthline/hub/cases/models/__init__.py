# SPDX-License-Identifier: Apache-2.0
from hearthline.hub.cases.models.adult import AdultFinding
from hearthline.hub.cases.models.assessment import Assessment
from hearthline.hub.cases.models.case import Case, CaseQuerySet
from hearthline.hub.cases.models.desk import Export, SavedView
from hearthline.hub.cases.models.lanes import (
    COUNT_LIMIT,
    SORTS,
    Hands,
    Lane,
    Narrowing,
    Practice,
    orders_of,
    paged,
)
from hearthline.hub.cases.models.paper import CaseExhibit, Disclosure, LevelChange
from hearthline.hub.cases.models.quarantine import FloodClosing
from hearthline.hub.cases.models.subject import Availability, Sighting, StepBack, Subject
from hearthline.hub.cases.models.withdrawal import (
    Withdrawal,
    cases_left,
    withdrawals_outdated,
)

__all__ = [
    "COUNT_LIMIT",
    "SORTS",
    "AdultFinding",
    "Assessment",
    "Availability",
    "Case",
    "CaseExhibit",
    "CaseQuerySet",
    "Disclosure",
    "Export",
    "FloodClosing",
    "Hands",
    "Lane",
    "LevelChange",
    "Narrowing",
    "Practice",
    "SavedView",
    "Sighting",
    "StepBack",
    "Subject",
    "Withdrawal",
    "cases_left",
    "orders_of",
    "paged",
    "withdrawals_outdated",
]
