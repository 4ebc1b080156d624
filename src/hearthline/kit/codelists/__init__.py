# SPDX-License-Identifier: Apache-2.0
"""The code lists of the field, held as data.

Each list is one TOML file under `lists/`; a ministry's change is an edit there, not here.
Labels are English source strings. This wing knows no translation: the wing that shows a label
translates it, and `source_strings()` names every string it has to know.

Every entry carries `source` (where it comes from) and `verified` (whether somebody compared it
with that source). An unverified entry is a proposal, never a claim about a standard.
"""

from hearthline.kit.codelists.entries import (
    AgeBand,
    AssessmentOutcome,
    Channel,
    Entry,
    FourC,
    HostRefusal,
    IncidentType,
    PoliceOutcome,
    RemovalService,
    ReporterKind,
    Route,
    Sex,
    StatedFact,
    UrgencyLevel,
)
from hearthline.kit.codelists.reading import (
    CodeListError,
    SourceString,
    UnknownCodeError,
    age_bands,
    assessment_outcomes,
    channels,
    find,
    fourc,
    host_refusals,
    incident_types,
    list_names,
    police_outcomes,
    removal_services,
    reporter_kinds,
    routes,
    sexes,
    source_strings,
    stated_facts,
    urgency_levels,
)
from hearthline.kit.codelists.urgency import Urgency, urgency

__all__ = [
    "AgeBand",
    "AssessmentOutcome",
    "Channel",
    "CodeListError",
    "Entry",
    "FourC",
    "HostRefusal",
    "IncidentType",
    "PoliceOutcome",
    "RemovalService",
    "ReporterKind",
    "Route",
    "Sex",
    "SourceString",
    "StatedFact",
    "UnknownCodeError",
    "Urgency",
    "UrgencyLevel",
    "age_bands",
    "assessment_outcomes",
    "channels",
    "find",
    "fourc",
    "host_refusals",
    "incident_types",
    "list_names",
    "police_outcomes",
    "removal_services",
    "reporter_kinds",
    "routes",
    "sexes",
    "source_strings",
    "stated_facts",
    "urgency",
    "urgency_levels",
]
