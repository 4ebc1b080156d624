# SPDX-License-Identifier: Apache-2.0
"""Every write of casework, by stage: intake to judging, acting, closing, and disclosure."""

from hearthline.hub.cases.actions.acting import (
    NotIllegal,
    SubjectAddress,
    clear_for_notice,
    conclude,
    hold_notice,
    reopen,
    subject_address,
    write_to_reporter,
)
from hearthline.hub.cases.actions.assessment import assess
from hearthline.hub.cases.actions.closing import (
    NotAsked,
    agree_to_close,
    ask_to_close,
    keep_open,
)
from hearthline.hub.cases.actions.disclosure import (
    AlreadyDecided,
    AlreadyShown,
    NotApproved,
    NothingToDisclose,
    decide_disclosure,
    open_disclosure,
    request_disclosure,
)
from hearthline.hub.cases.actions.exhibits import open_exhibit, seal_exhibit
from hearthline.hub.cases.actions.findings import Finding, FindingRefused, LegalBasisNeeded
from hearthline.hub.cases.actions.intake import pull
from hearthline.hub.cases.actions.reading import (
    CaseText,
    Noted,
    Queue,
    Reported,
    Row,
    open_queue,
    read_case,
)
from hearthline.hub.cases.actions.rules import (
    AlreadyRequested,
    NotInCase,
    SamePerson,
    WrongState,
)
from hearthline.hub.cases.actions.second_review import confirm, decide
from hearthline.hub.cases.actions.telling import tell_reporters
from hearthline.hub.cases.actions.triage import (
    AlreadyClaimed,
    NotHolder,
    SameLevel,
    claim,
    lower_level,
    raise_level,
    release,
)
from hearthline.hub.evidence.actions import Capture, CaptureRefused, ExhibitBroken, ExhibitShredded

__all__ = [
    "AlreadyClaimed",
    "AlreadyDecided",
    "AlreadyRequested",
    "AlreadyShown",
    "Capture",
    "CaptureRefused",
    "CaseText",
    "ExhibitBroken",
    "ExhibitShredded",
    "Finding",
    "FindingRefused",
    "LegalBasisNeeded",
    "NotApproved",
    "NotAsked",
    "NotHolder",
    "NotIllegal",
    "NotInCase",
    "Noted",
    "NothingToDisclose",
    "Queue",
    "Reported",
    "Row",
    "SameLevel",
    "SamePerson",
    "SubjectAddress",
    "WrongState",
    "agree_to_close",
    "ask_to_close",
    "assess",
    "claim",
    "clear_for_notice",
    "conclude",
    "confirm",
    "decide",
    "decide_disclosure",
    "hold_notice",
    "keep_open",
    "lower_level",
    "open_disclosure",
    "open_exhibit",
    "open_queue",
    "pull",
    "raise_level",
    "read_case",
    "release",
    "reopen",
    "request_disclosure",
    "seal_exhibit",
    "subject_address",
    "tell_reporters",
    "write_to_reporter",
]
