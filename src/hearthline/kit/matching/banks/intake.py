# SPDX-License-Identifier: Apache-2.0
"""Takes a list of hashes into a bank, and says what became of every item of it.

    with open("list.csv", "rb") as source:
        report = take_in(bank, hash_csv.read(source), source="Agency", by="Ada", at=now)

Interrupted and begun again, it goes on: what is there already is counted as known.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem
from hearthline.kit.matching.banks.bank import Bank
from hearthline.kit.matching.banks.checks import Checked, checked
from hearthline.kit.matching.banks.entry import Removed
from hearthline.kit.matching.banks.refusals import BankRefused, EntryUnknown

# What waits to be written together: so many hashes, and so many characters said of them.
_BATCH = 200_000
_MOST_TEXT = 50_000_000
_MOST_TOLD = 1_000
_MOST_REASONS = 200
_OTHER = "other reasons"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the items of a list; the counts add up to the number of its items.

    `new` entries; `listed`: known ones that got one more source; `known`: no change; `withdrawn`:
    taken back by this source; `gone_before`: taken back, and not listed by it anyway. `reasons`
    counts the `refused` by reason; `refusals` are the first thousand of them with their places.
    """

    new: int = 0
    listed: int = 0
    known: int = 0
    withdrawn: int = 0
    gone_before: int = 0
    refused: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    refusals: tuple[RefusedItem, ...] = ()

    @property
    def items(self) -> int:
        """How many items were read so far."""
        taken = self.new + self.listed + self.known
        return taken + self.withdrawn + self.gone_before + self.refused


def take_in(
    bank: Bank,
    items: Iterable[KnownHash | RefusedItem],
    *,
    source: str,
    by: str,
    at: datetime,
    on_refused: Callable[[RefusedItem], None] | None = None,
    on_progress: Callable[[Report], None] | None = None,
) -> Report:
    """Adds what a reader of `kit.formats` yields, batch by batch, each written whole.

    `on_refused` hears of every refused item, `on_progress` of the state after each batch. What
    the bank refuses as a whole (a name, a time, a busy or damaged bank) is raised; all batches
    before it stay.
    """
    intake = _Intake(bank, source, by, at, on_refused)
    for item in items:
        if isinstance(item, RefusedItem):
            intake.refuse(item)
            continue
        if intake.full(item):
            intake.flush()
            if on_progress is not None:
                on_progress(intake.report())
        if item.withdrawn:
            intake.withdraw(item)
        else:
            intake.add(item)
    intake.flush()
    if intake.flushed > 1:
        bank.merge()
    return intake.report()


class _Intake:
    """The items of a list that wait to be written, and the counts of those that were."""

    def __init__(
        self,
        bank: Bank,
        source: str,
        by: str,
        at: datetime,
        on_refused: Callable[[RefusedItem], None] | None,
    ) -> None:
        self._bank = bank
        # Read anew with each batch: asking for every hash would take its time.
        self._settings = bank.settings
        self._source, self._by, self._at = source, by, at
        self._on_refused = on_refused
        self._rows: list[Checked] = []
        self._content = ""
        self._text = 0
        self._adding: set[tuple[HashKind, bytes]] = set()
        self._withdrawing: set[tuple[HashKind, bytes]] = set()
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._refusals: list[RefusedItem] = []
        self.flushed = 0

    def refuse(self, item: RefusedItem) -> None:
        self._counts["refused"] += 1
        known = item.reason in self._reasons or len(self._reasons) < _MOST_REASONS
        self._reasons[item.reason if known else _OTHER] += 1
        if len(self._refusals) < _MOST_TOLD:
            self._refusals.append(item)
        if self._on_refused is not None:
            self._on_refused(item)

    def add(self, item: KnownHash) -> None:
        try:
            row = checked(item, self._settings)
        except BankRefused as fault:
            self.refuse(RefusedItem(item.place, str(fault)))
            return
        key = (item.kind, item.value)
        if key in self._withdrawing:
            # The order counts: it was taken back first, and comes again now.
            self.flush()
        self._adding.add(key)
        self._rows.append(row)
        self._content = item.content
        self._text += len(row[3] or "") + len(item.content)

    def withdraw(self, item: KnownHash) -> None:
        key = (item.kind, item.value)
        if key in self._adding or key in self._withdrawing:
            self.flush()
        self._withdrawing.add(key)

    def full(self, coming: KnownHash) -> bool:
        """Whether to write before the next item: not amid the hashes of one content.

        A list may call everything in it one content: then in twice as many at the latest.
        """
        waiting = len(self._rows) + len(self._withdrawing)
        share = max(waiting / _BATCH, self._text / _MOST_TEXT)
        if share < 1:
            return False
        return share >= 2 or not coming.content or coming.content != self._content

    def flush(self) -> None:
        """Writes what waits: additions, then what was taken back."""
        signed: dict[str, Any] = {"source": self._source, "by": self._by, "at": self._at}
        if self._rows:
            added = self._bank.add_checked(self._rows, **signed)
            self._counts.update(new=added.new, listed=added.listed, known=added.known)
        if self._withdrawing:
            removed = self._removed(signed)
            withdrawn = len(removed.gone) + len(removed.unlisted)
            before = len(self._withdrawing) - withdrawn
            self._counts.update(withdrawn=withdrawn, gone_before=before)
        if self._rows or self._withdrawing:
            self.flushed += 1
        self._rows, self._content, self._text = [], "", 0
        self._adding, self._withdrawing = set(), set()
        self._settings = self._bank.settings

    def _removed(self, signed: dict[str, Any]) -> Removed:
        while True:
            ids = self._bank.ids_of(self._withdrawing)
            try:
                return self._bank.remove(ids, **signed)
            except EntryUnknown:
                continue  # Somebody removed one of them meanwhile.

    def report(self) -> Report:
        refusals = tuple(self._refusals)
        return Report(**self._counts, reasons=dict(self._reasons), refusals=refusals)
