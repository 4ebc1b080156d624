# SPDX-License-Identifier: Apache-2.0
"""Every write to the ledger of complaints."""

from hearthline.hub.complaints.actions.complaining import (
    Complained,
    ComplaintUnknown,
    Told,
    come_back,
    complain,
)
from hearthline.hub.complaints.actions.handling import (
    NotTheHandler,
    WorkedOnIt,
    WrongStep,
    acknowledge,
    answer,
    end_retention,
    note_late,
    read,
)
from hearthline.hub.complaints.actions.rules import (
    CONTACT_LIMIT,
    WORDS_LIMIT,
    NothingSaid,
    Text,
    TooLong,
)

__all__ = [
    "CONTACT_LIMIT",
    "WORDS_LIMIT",
    "Complained",
    "ComplaintUnknown",
    "NotTheHandler",
    "NothingSaid",
    "Text",
    "Told",
    "TooLong",
    "WorkedOnIt",
    "WrongStep",
    "acknowledge",
    "answer",
    "come_back",
    "complain",
    "end_retention",
    "note_late",
    "read",
]
