# SPDX-License-Identifier: Apache-2.0
"""Every write to the ledger of appeals, by stage; the stop page's counts and the reports."""

from hearthline.hub.appeals.actions.appealing import (
    Appealed,
    AppealUnknown,
    Told,
    appeal,
    come_back,
)
from hearthline.hub.appeals.actions.deciding import (
    Decision,
    NotTheHandler,
    ResultsWrong,
    SamePerson,
    UnknownSentence,
    agree,
    decide,
    disagree,
)
from hearthline.hub.appeals.actions.handling import (
    acknowledge,
    end_retention,
    give_back,
    is_free,
    look_up,
    note_late,
    read,
)
from hearthline.hub.appeals.actions.measures import TookPart, find_measures
from hearthline.hub.appeals.actions.reporting import count_shown, months_due, publish_report
from hearthline.hub.appeals.actions.rules import (
    ADDRESS_LIMIT,
    CONTACT_LIMIT,
    WORDS_LIMIT,
    NothingSaid,
    Text,
    TooLong,
    WrongStep,
)

__all__ = [
    "ADDRESS_LIMIT",
    "CONTACT_LIMIT",
    "WORDS_LIMIT",
    "AppealUnknown",
    "Appealed",
    "Decision",
    "NotTheHandler",
    "NothingSaid",
    "ResultsWrong",
    "SamePerson",
    "Text",
    "Told",
    "TooLong",
    "TookPart",
    "UnknownSentence",
    "WrongStep",
    "acknowledge",
    "agree",
    "appeal",
    "come_back",
    "count_shown",
    "decide",
    "disagree",
    "end_retention",
    "find_measures",
    "give_back",
    "is_free",
    "look_up",
    "months_due",
    "note_late",
    "publish_report",
    "read",
]
