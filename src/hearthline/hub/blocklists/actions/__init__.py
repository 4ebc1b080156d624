# SPDX-License-Identifier: Apache-2.0
"""Every write to the ledger of blocked addresses, by stage."""

from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.blocklists.actions.deciding import (
    LiftedOnAppeal,
    WrongWay,
    approve,
    override,
    refuse,
)
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
from hearthline.hub.blocklists.actions.lag import Standing, close_alarm, standings, warn
from hearthline.hub.blocklists.actions.networks import (
    AlreadySubscribed,
    KeyRefused,
    NewKey,
    Retired,
    TestRefused,
    VersionUnknown,
    acknowledge,
    add_subscriber,
    end_subscriber,
    note_test,
    recognise,
    replace_key,
)
from hearthline.hub.blocklists.actions.proposing import (
    AlreadyStands,
    CannotBeListed,
    Ground,
    Guarded,
    NoAddress,
    NotOfThisCase,
    Offer,
    Proposal,
    WidthReasonNeeded,
    ground_of,
    propose,
    propose_without_case,
)
from hearthline.hub.blocklists.actions.publishing import (
    LedgerBroken,
    forget_files,
    make_version,
    restore_newest,
)
from hearthline.hub.blocklists.actions.reading import read_entry
from hearthline.hub.blocklists.actions.rules import (
    LawDoesNotAllow,
    NotIllegal,
    PoliceHold,
    SamePerson,
    WrongState,
    bases_for,
)
from hearthline.kit.blocking import ScopeRefused

# Why nothing at all can be proposed for a case.
NO_GROUND = (NotIllegal, NoAddress, PoliceHold, LawDoesNotAllow)
# Why this proposal cannot be.
NO_PROPOSAL = (
    *NO_GROUND,
    ReasonNeeded,
    Guarded,
    ScopeRefused,
    AlreadyStands,
    CannotBeListed,
    NotOfThisCase,
)
# Why what is proposed is not put in force.
NOT_LISTED = (
    SamePerson,
    PoliceHold,
    NotIllegal,
    LawDoesNotAllow,
    WrongState,
    WrongWay,
)

__all__ = [
    "NOT_LISTED",
    "NO_GROUND",
    "NO_PROPOSAL",
    "AlreadyStands",
    "AlreadySubscribed",
    "CannotBeListed",
    "Ground",
    "Guarded",
    "KeyRefused",
    "LawDoesNotAllow",
    "LedgerBroken",
    "LiftedOnAppeal",
    "NewKey",
    "NoAddress",
    "NotDue",
    "NotIllegal",
    "NotOfThisCase",
    "Offer",
    "OutOfBounds",
    "PoliceHold",
    "Proposal",
    "Retired",
    "SamePerson",
    "Standing",
    "TestRefused",
    "VersionUnknown",
    "WidthReasonNeeded",
    "WrongState",
    "WrongWay",
    "acknowledge",
    "add_subscriber",
    "approve",
    "bases_for",
    "close_alarm",
    "delist",
    "end_address",
    "end_subscriber",
    "forget_files",
    "ground_of",
    "lost_ground",
    "make_version",
    "mark_appealed",
    "note_test",
    "override",
    "overturn",
    "propose",
    "propose_without_case",
    "read_entry",
    "recognise",
    "refuse",
    "renew",
    "replace_key",
    "restore_newest",
    "set_review",
    "standings",
    "uphold",
    "warn",
]
