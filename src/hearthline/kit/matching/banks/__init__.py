# SPDX-License-Identifier: Apache-2.0
"""Banks of known hashes: what is known, by whom, how it stands, and who changed it when.

    library = Library("/srv/banks")
    bank = library.create_bank("national", by="Ada", at=now, category="confirmed")
    bank.add([KnownHash(HashKind.MD5, digest)], source="Hotline", by="Ada", at=now)
    answers = library.lookup(HashKind.MD5, [digest], at=now)

A bank is a folder: `bank.toml` (what it is), `ledger.sqlite3` (the truth: entries, opinions and
the journal of every change) and an index for each kind of hash, which is made from the ledger.
Hashes only, never content. Time is passed in.
"""

from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem
from hearthline.kit.matching.banks.answers import Answer, Match
from hearthline.kit.matching.banks.bank import Bank
from hearthline.kit.matching.banks.entry import (
    FOREVER,
    Added,
    Change,
    Entry,
    Opinion,
    Removed,
    Says,
    State,
    Stats,
    What,
)
from hearthline.kit.matching.banks.indexes import Finding
from hearthline.kit.matching.banks.intake import Report, take_in
from hearthline.kit.matching.banks.library import Library
from hearthline.kit.matching.banks.refusals import (
    BankBusy,
    BankExists,
    BankRefused,
    EntryRefused,
    EntryUnknown,
    IndexDamaged,
    IndexUnwritable,
    KindRefused,
    LedgerDamaged,
    LedgerUnwritable,
    NoSuchBank,
    RadiusRefused,
    SettingRefused,
    TimeRefused,
)
from hearthline.kit.matching.banks.settings import Settings

__all__ = [
    "FOREVER",
    "Added",
    "Answer",
    "Bank",
    "BankBusy",
    "BankExists",
    "BankRefused",
    "Change",
    "Entry",
    "EntryRefused",
    "EntryUnknown",
    "Finding",
    "HashKind",
    "IndexDamaged",
    "IndexUnwritable",
    "KindRefused",
    "KnownHash",
    "LedgerDamaged",
    "LedgerUnwritable",
    "Library",
    "Match",
    "NoSuchBank",
    "Opinion",
    "RadiusRefused",
    "RefusedItem",
    "Removed",
    "Report",
    "Says",
    "SettingRefused",
    "Settings",
    "State",
    "Stats",
    "TimeRefused",
    "What",
    "take_in",
]
