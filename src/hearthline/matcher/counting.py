# SPDX-License-Identifier: Apache-2.0
"""How many hashes banks hold, counted once after each change."""

from collections.abc import Mapping

from hearthline.kit.matching.banks import Bank, HashKind
from hearthline.kit.matching.banks.bank import LEDGER_FILE
from hearthline.matcher.recognition import now

_Seen = tuple[tuple[int, int], ...]


class Counts:
    """Counts of banks, kept until the files of their ledgers change."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[_Seen, Mapping[HashKind, int]]] = {}

    def of(self, bank: Bank) -> Mapping[HashKind, int]:
        """How many hashes of each kind a bank holds. Takes a while for a large one."""
        seen = _files(bank)
        kept = self._kept.get(bank.folder.name)
        if kept is None or kept[0] != seen:
            kept = self._kept[bank.folder.name] = (seen, bank.stats(at=now()).kinds)
        return kept[1]


def changed_at(bank: Bank) -> int:
    """When a bank last changed, in seconds since 1970."""
    return max((changed // 10**9 for changed, _ in _files(bank)), default=-1)


def _files(bank: Bank) -> _Seen:
    found = []
    for end in ("", "-wal"):
        file = bank.folder / f"{LEDGER_FILE}{end}"
        if file.exists():
            status = file.stat()
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)
