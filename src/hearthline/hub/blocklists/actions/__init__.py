# SPDX-License-Identifier: Apache-2.0
"""Every write to the ledger of blocked addresses, by stage."""

from hearthline.hub.blocklists.actions.deciding import WrongWay, approve, override, refuse
from hearthline.hub.blocklists.actions.ending import (
    NotDue,
    OutOfBounds,
    delist,
    end_address,
    lost_ground,
    mark_appealed,
    overturn,
    renew,
    set_review,
    uphold,
)
from hearthline.hub.blocklists.actions.proposing import (
    AlreadyStands,
    CannotBeListed,
    Ground,
    Guarded,
    NoAddress,
    NotOfThisCase,
    Offer,
    PoliceHold,
    Proposal,
    WidthReasonNeeded,
    ground_of,
    propose,
    propose_without_case,
)
from hearthline.hub.blocklists.actions.publishing import (
    LedgerBroken,
    make_version,
    restore_newest,
)
from hearthline.hub.blocklists.actions.reading import read_entry
from hearthline.hub.blocklists.actions.rules import (
    LawDoesNotAllow,
    NotIllegal,
    SamePerson,
    WrongState,
    bases_for,
)

__all__ = [
    "AlreadyStands",
    "CannotBeListed",
    "Ground",
    "Guarded",
    "LawDoesNotAllow",
    "LedgerBroken",
    "NoAddress",
    "NotDue",
    "NotIllegal",
    "NotOfThisCase",
    "Offer",
    "OutOfBounds",
    "PoliceHold",
    "Proposal",
    "SamePerson",
    "WidthReasonNeeded",
    "WrongState",
    "WrongWay",
    "approve",
    "bases_for",
    "delist",
    "end_address",
    "ground_of",
    "lost_ground",
    "make_version",
    "mark_appealed",
    "override",
    "overturn",
    "propose",
    "propose_without_case",
    "read_entry",
    "refuse",
    "renew",
    "restore_newest",
    "set_review",
    "uphold",
]
