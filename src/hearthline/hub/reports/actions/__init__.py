# SPDX-License-Identifier: Apache-2.0
"""Every write to the ledger of reports, by stage of a report's life."""

from hearthline.hub.reports.actions.answers import (
    AnswerRefused,
    Answers,
    NothingTold,
)
from hearthline.hub.reports.actions.coming_back import (
    AlreadyClosed,
    AlreadyWithdrawn,
    Letter,
    ReporterView,
    ReportGone,
    add,
    come_back,
    recognise,
    withdraw,
    write,
)
from hearthline.hub.reports.actions.drafts import (
    DraftGone,
    DraftSent,
    discard_draft,
    open_draft,
    open_receipt,
    save_draft,
)
from hearthline.hub.reports.actions.drills import (
    AlreadyGone,
    ReasonNeeded,
    Template,
    remove_page,
    start_drill,
)
from hearthline.hub.reports.actions.keeping import keep_for_later, resume
from hearthline.hub.reports.actions.partners import (
    NotYours,
    OtherBody,
    partner_status,
    take_in,
)
from hearthline.hub.reports.actions.pointers import purpose
from hearthline.hub.reports.actions.quarantine import (
    NotHeld,
    close_as_flood,
    hold_again,
    release,
)
from hearthline.hub.reports.actions.reading import (
    ReportText,
    answer,
    read_report,
    reveal_contact,
)
from hearthline.hub.reports.actions.receipts import ReceiptUnknown, keep_for_good
from hearthline.hub.reports.actions.rules import ReportWithdrawn, leads_with_help
from hearthline.hub.reports.actions.submitting import Submitted, submit
from hearthline.hub.reports.actions.telling import end_retention, take, tell

__all__ = [
    "AlreadyClosed",
    "AlreadyGone",
    "AlreadyWithdrawn",
    "AnswerRefused",
    "Answers",
    "DraftGone",
    "DraftSent",
    "Letter",
    "NotHeld",
    "NotYours",
    "NothingTold",
    "OtherBody",
    "ReasonNeeded",
    "ReceiptUnknown",
    "ReportGone",
    "ReportText",
    "ReportWithdrawn",
    "ReporterView",
    "Submitted",
    "Template",
    "add",
    "answer",
    "close_as_flood",
    "come_back",
    "discard_draft",
    "end_retention",
    "hold_again",
    "keep_for_good",
    "keep_for_later",
    "leads_with_help",
    "open_draft",
    "open_receipt",
    "partner_status",
    "purpose",
    "read_report",
    "recognise",
    "release",
    "remove_page",
    "resume",
    "reveal_contact",
    "save_draft",
    "start_drill",
    "submit",
    "take",
    "take_in",
    "tell",
    "withdraw",
    "write",
]
