# SPDX-License-Identifier: Apache-2.0
"""Holds the lines of the log against its signed checkpoints, one stretch at a time.

Every leaf is hashed again from its entry (RFC 9162, section 2.1.1) and the tree is grown again.
Roots over beginnings of one and the same list of leaves are consistent with each other by
construction, so no separate consistency proof (section 2.1.4) is needed.

Between two checkpoints two trees are grown, one from the stored leaves and one from the entries.
Where they part, the next signed root says which of the two is genuine.

Each checkpoint names the one before it, so one that was taken out is missed by the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hearthline.hub.audit.checkpoints import NONE_BEFORE, Link, TimedCheckpoint, opened
from hearthline.hub.audit.lines import CheckpointLine, EntryLine, LeafLine, Line
from hearthline.kit.ledger import HASH_SIZE, CheckpointRefused, Frontier


class Kind(StrEnum):
    ENTRY_ALTERED = "entry_altered"
    ENTRY_MISSING = "entry_missing"
    ENTRY_SLIPPED_IN = "entry_slipped_in"
    LEAF_ALTERED = "leaf_altered"
    PLACE_MISSING = "place_missing"
    STRETCH_ALTERED = "stretch_altered"
    CHECKPOINT_ALTERED = "checkpoint_altered"
    CHECKPOINT_MISSING = "checkpoint_missing"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was signed. `place` is where in the log, from 0."""

    kind: Kind
    place: int
    sentence: str
    entry_id: int | None = None


@dataclass(frozen=True)
class _Doubt:
    """An entry that does not have the hash of its leaf; which of them is genuine shows later."""

    place: int
    entry: EntryLine
    leaf_is_hash: bool


class Prover:
    """Takes the lines in order; afterwards `findings` holds what is wrong, first things first."""

    def __init__(
        self, keys: Sequence[Ed25519PublicKey], kept: Iterable[TimedCheckpoint] = ()
    ) -> None:
        self.findings: list[Finding] = []
        self.size = self.checkpoints = self.unlogged = 0
        self.signed_at = ""
        self._keys = keys
        self._kept = {checkpoint.size: checkpoint.root for checkpoint in kept}
        self._last_entry = 0
        # The last checkpoint that stood in its place; no digest where it cannot be believed.
        self._link = NONE_BEFORE
        # Sizes of checkpoints that stand elsewhere, and of those that the next one missed.
        self._moved: set[int] = set()
        self._missed: dict[int, int] = {}
        self._start_stretch(Frontier.empty())

    def prove(self, lines: Iterable[Line]) -> None:
        for line in lines:
            match line:
                case LeafLine():
                    self._leaf(line)
                case CheckpointLine():
                    self._checkpoint(line)
                case EntryLine():
                    self._loose(line)
        self._end()

    def _start_stretch(self, frontier: Frontier) -> None:
        """Go on from a proven beginning of the log."""
        self.size = self._proven = frontier.size
        self._by_leaf = self._by_entry = frontier
        self._whole = True
        self._doubts: list[_Doubt] = []
        self._found: list[Finding] = []
        self._first_entry: int | None = None

    def _find(self, kind: Kind, place: int, sentence: str, entry_id: int | None = None) -> None:
        self._found.append(Finding(kind, place, sentence, entry_id))

    def _leaf(self, line: LeafLine) -> None:
        if line.index != self.size:
            self._gap(line.index)
        entry, is_hash = line.entry, len(line.hash) == HASH_SIZE
        if entry is None:
            self._find(
                Kind.ENTRY_MISSING,
                line.index,
                f"Entry {line.entry_id} is missing; it stood at place {line.index} of the log, "
                f"after entry {self._last_entry}.",
                line.entry_id,
            )
        elif entry.hash != line.hash:
            self._doubts.append(_Doubt(line.index, entry, is_hash))
        from_entry = entry.hash if entry and entry.hash else line.hash
        self._grow(line.hash if is_hash else from_entry, from_entry)
        self.size = line.index + 1
        self._last_entry = entry.id if entry else self._last_entry
        self._first_entry = self._first_entry or line.entry_id

    def _grow(self, leaf: bytes, entry: bytes) -> None:
        if not self._whole or len(leaf) != HASH_SIZE:
            self._whole = False
            return
        if leaf != entry and self._by_entry is self._by_leaf:
            self._by_entry = Frontier(self._by_leaf.size, self._by_leaf.peaks)
        self._by_leaf.append(leaf)
        if self._by_entry is not self._by_leaf:
            self._by_entry.append(entry)

    def _gap(self, place: int) -> None:
        """The next leaf is not at the next place."""
        self._whole = False
        if place > self.size:
            places = str(self.size) if place == self.size + 1 else f"{self.size} to {place - 1}"
            sentence = f"The log has nothing at place {places}, after entry {self._last_entry}."
        else:
            sentence = f"A leaf stands at place {place}, where none can be."
        self._find(Kind.PLACE_MISSING, min(place, self.size), sentence)
        self.size = place

    def _checkpoint(self, line: CheckpointLine) -> None:
        self.checkpoints += 1
        try:
            stated = opened(line.note, self._keys)
        except CheckpointRefused as refusal:
            self._checkpoint_altered(line, str(refusal))
            self._link = Link(line.size, b"")
            return
        columns = {
            "size": line.size == stated.size,
            "root": line.root == stated.root,
            "time": line.signed_at == stated.signed_at,
        }
        if wrong := [name for name, same in columns.items() if not same]:
            self._checkpoint_altered(line, f"Its {' and '.join(wrong)} is not what was signed.")
        if line.size != stated.size:
            self._moved.add(stated.size)
            return
        self._prove_link(stated, line)
        if stated.size > self.size:
            self._gap(stated.size)
        self._prove_stretch(stated, line)

    def _prove_link(self, stated: TimedCheckpoint, line: CheckpointLine) -> None:
        """What it came after must be what stands before it. Those of old do not say."""
        before, self._link = self._link, Link.to(line.size, line.note)
        named = stated.after
        if named is None:
            return
        if named.size > before.size:
            self._missed[named.size] = stated.size
        elif named.size < before.size or (before.digest and named.digest != before.digest):
            self._find(
                Kind.CHECKPOINT_ALTERED,
                before.size,
                f"The checkpoint over {before.size} entries is not the one that the next, over "
                f"{stated.size}, was signed after.",
            )

    def _checkpoint_altered(self, line: CheckpointLine, why: str) -> None:
        sentence = f"The checkpoint over {line.size} entries was altered. {why}"
        self._find(Kind.CHECKPOINT_ALTERED, line.size, sentence)

    def _prove_stretch(self, stated: TimedCheckpoint, line: CheckpointLine) -> None:
        fits_leaves = self._whole and self._by_leaf.root() == stated.root
        fits_entries = self._whole and self._by_entry.root() == stated.root
        self._settle_doubts(fits_leaves, fits_entries)
        if self._whole and not (fits_leaves or fits_entries):
            self._find(
                Kind.STRETCH_ALTERED,
                self._proven,
                f"Between entry {self._first_entry} and entry {self._last_entry}, after the "
                f"checkpoint over {self._proven} entries and up to the one over {stated.size}, an "
                "entry was altered and its leaf with it.",
            )
        genuine = None
        if fits_leaves or fits_entries:
            genuine = self._by_leaf if fits_leaves else self._by_entry
        stored = _frontier(line.frontier, stated)
        if stored is None or (genuine is not None and stored != genuine):
            self._checkpoint_altered(line, "Its frontier does not give the root that was signed.")
        self.signed_at = stated.signed_at
        if self._kept.pop(stated.size, stated.root) != stated.root:
            sentence = f"The checkpoint over {stated.size} entries is not the one that was kept."
            self._find(Kind.CHECKPOINT_ALTERED, self._proven, sentence)
        self._file_findings()
        if genuine or stored:
            self._start_stretch(genuine or stored or Frontier.empty())
        else:
            self._whole, self._proven = False, stated.size

    def _settle_doubts(self, fits_leaves: bool, fits_entries: bool) -> None:
        for doubt in self._doubts:
            name, number = doubt.entry.name, doubt.entry.id
            if not doubt.leaf_is_hash or (fits_entries and not fits_leaves):
                kind = Kind.LEAF_ALTERED
                sentence = f"The leaf of {name} was altered; the entry itself is as it was signed."
            elif fits_leaves:
                kind = Kind.ENTRY_ALTERED
                sentence = f"{name[0].upper()}{name[1:]} was altered: it is not what was signed."
            else:
                kind = Kind.ENTRY_ALTERED
                sentence = f"{name[0].upper()}{name[1:]} or its leaf was altered."
            self._find(kind, doubt.place, sentence, number)
        self._doubts = []

    def _loose(self, entry: EntryLine) -> None:
        if entry.id > self._last_entry:
            self.unlogged += 1
            return
        sentence = (
            f"{entry.name[0].upper()}{entry.name[1:]} has no place in the log, though later "
            "entries have: it was slipped in, or its leaf was altered."
        )
        self._find(Kind.ENTRY_SLIPPED_IN, self.size, sentence, entry.id)

    def _end(self) -> None:
        self._settle_doubts(fits_leaves=False, fits_entries=False)
        if self.size > self._proven and not any(
            finding.kind == Kind.CHECKPOINT_ALTERED for finding in self._found
        ):
            self._find(
                Kind.CHECKPOINT_MISSING,
                self._proven,
                f"No checkpoint stands over the last {self.size - self._proven} entries; "
                "the one that did was deleted.",
            )
        for size in sorted(self._kept):
            sentence = (
                f"The log has no checkpoint over {size} entries any more, though one was kept: "
                "its end was cut off."
            )
            self._find(Kind.CHECKPOINT_MISSING, self.size, sentence)
        for size, later in self._missed.items():
            if size not in self._moved:
                sentence = (
                    f"The checkpoint over {size} entries was deleted; the one over {later} was "
                    "signed after it."
                )
                self._find(Kind.CHECKPOINT_MISSING, size, sentence)
        self._file_findings()
        self.findings.sort(key=lambda finding: finding.place)

    def _file_findings(self) -> None:
        self.findings += sorted(self._found, key=lambda finding: finding.place)
        self._found = []


def _frontier(stored: bytes, stated: TimedCheckpoint) -> Frontier | None:
    """The stored frontier, if it is one of the size and root that were signed."""
    try:
        frontier = Frontier.from_bytes(stored)
    except ValueError:
        return None
    right = frontier.size == stated.size and frontier.root() == stated.root
    return frontier if right else None
