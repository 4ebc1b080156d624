# SPDX-License-Identifier: Apache-2.0
from hearthline.hub.cases.models.assessment import Assessment
from hearthline.hub.cases.models.case import Case, Lane
from hearthline.hub.cases.models.paper import CaseExhibit, Disclosure, LevelChange
from hearthline.hub.cases.models.quarantine import FloodClosing
from hearthline.hub.cases.models.subject import Sighting, Subject

__all__ = [
    "Assessment",
    "Case",
    "CaseExhibit",
    "Disclosure",
    "FloodClosing",
    "Lane",
    "LevelChange",
    "Sighting",
    "Subject",
]
