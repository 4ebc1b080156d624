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
from hearthline.hub.cases.actions.availability import content_back, content_gone
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
from hearthline.hub.cases.actions.drills import DrillLost, drill_of
from hearthline.hub.cases.actions.exhibits import open_exhibit, seal_exhibit
from hearthline.hub.cases.actions.exporting import (
    AlreadyDownloaded,
    ExportExpired,
    TooManyRows,
    decide_export,
    download_export,
    request_export,
)
from hearthline.hub.cases.actions.findings import Finding, FindingRefused, LegalBasisNeeded
from hearthline.hub.cases.actions.in_bulk import Outcome, act_on_several
from hearthline.hub.cases.actions.intake import pull
from hearthline.hub.cases.actions.moved import Moved, NotANewAddress, chain, say_moved
from hearthline.hub.cases.actions.next_case import take_next
from hearthline.hub.cases.actions.queueing import Place, Queue, Row, host_named, open_queue
from hearthline.hub.cases.actions.reading import CaseText, Noted, Reported, read_case
from hearthline.hub.cases.actions.retention import end_flood_closing, end_retention
from hearthline.hub.cases.actions.rules import (
    AlreadyRequested,
    NotInCase,
    SamePerson,
    SteppedBack,
    WrongState,
)
from hearthline.hub.cases.actions.searching import (
    Found,
    NotSearchable,
    SearchKind,
    host_digest,
    search,
)
from hearthline.hub.cases.actions.second_review import confirm, decide
from hearthline.hub.cases.actions.stepping_back import step_back
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
from hearthline.hub.cases.actions.views import (
    NameTaken,
    TooManyViews,
    change_view,
    delete_view,
    save_view,
)
from hearthline.hub.evidence.actions import Capture, CaptureRefused, ExhibitBroken, ExhibitShredded

__all__ = [
    "AlreadyClaimed",
    "AlreadyDecided",
    "AlreadyDownloaded",
    "AlreadyRequested",
    "AlreadyShown",
    "Capture",
    "CaptureRefused",
    "CaseText",
    "DrillLost",
    "ExhibitBroken",
    "ExhibitShredded",
    "ExportExpired",
    "Finding",
    "FindingRefused",
    "Found",
    "LegalBasisNeeded",
    "Moved",
    "NameTaken",
    "NotANewAddress",
    "NotApproved",
    "NotAsked",
    "NotHolder",
    "NotIllegal",
    "NotInCase",
    "NotSearchable",
    "Noted",
    "NothingToDisclose",
    "Outcome",
    "Place",
    "Queue",
    "Reported",
    "Row",
    "SameLevel",
    "SamePerson",
    "SearchKind",
    "SteppedBack",
    "SubjectAddress",
    "TooManyRows",
    "TooManyViews",
    "WrongState",
    "act_on_several",
    "agree_to_close",
    "ask_to_close",
    "assess",
    "chain",
    "change_view",
    "claim",
    "clear_for_notice",
    "conclude",
    "confirm",
    "content_back",
    "content_gone",
    "decide",
    "decide_disclosure",
    "decide_export",
    "delete_view",
    "download_export",
    "drill_of",
    "end_flood_closing",
    "end_retention",
    "hold_notice",
    "host_digest",
    "host_named",
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
    "request_export",
    "save_view",
    "say_moved",
    "seal_exhibit",
    "search",
    "step_back",
    "subject_address",
    "take_next",
    "tell_reporters",
    "write_to_reporter",
]
