# SPDX-License-Identifier: Apache-2.0
"""Our signed checkpoints: the three lines of a C2SP checkpoint, the time, and the one before.

    hearthline/audit                     the log
    12                                   over how many entries
    <base64>                             the root
    time 2026-10-05T12:00:00.000000+00:00
    after 9 <base64>                     the size of the one before, SHA-256 of its signed text

`tlog-checkpoint` leaves lines after the third to the log; verifiers of others pass over them. The
fifth makes the checkpoints a chain: none of them can be taken out between two others. Those signed
before there was such a line have four.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearthline.hub.audit.keys import ORIGIN
from hearthline.hub.audit.models import utc
from hearthline.kit import ledger

_TIME = "time "
_AFTER = re.compile(r"after (0|[1-9][0-9]{0,19}) ([A-Za-z0-9+/]{43}=)", re.ASCII)


@dataclass(frozen=True)
class Link:
    """A checkpoint as the next one names it: over how many entries, and SHA-256 of its text."""

    size: int
    digest: bytes

    @classmethod
    def to(cls, size: int, note: str) -> Self:
        """To the checkpoint of this note; without its signatures, since others may sign too."""
        text = note.rpartition("\n\n")[0]
        return cls(size, sha256(f"{text}\n".encode(errors="replace")).digest())

    @property
    def text(self) -> str:
        return f"after {self.size} {b64encode(self.digest).decode()}\n"


# What the first checkpoint of a log comes after.
NONE_BEFORE = Link(0, sha256().digest())


@dataclass(frozen=True)
class TimedCheckpoint(ledger.Checkpoint):
    """A checkpoint that also says when it was signed, and which one came before it."""

    signed_at: str
    after: Link | None

    @property
    def text(self) -> str:
        head = ledger.Checkpoint(self.origin, self.size, self.root).text
        return f"{head}{_TIME}{self.signed_at}\n{self.after.text if self.after else ''}"


def sign(
    frontier: ledger.Frontier, *, after: Link = NONE_BEFORE, at: datetime, key: Ed25519PrivateKey
) -> str:
    """The signed note over the log at `frontier`."""
    checkpoint = TimedCheckpoint(ORIGIN, frontier.size, frontier.root(), utc(at), after)
    return checkpoint.sign(key, name=ORIGIN)


def opened(note: str, keys: Sequence[Ed25519PublicKey]) -> TimedCheckpoint:
    """What a note states, once one of the log's keys is found to have signed it.

    A note says by a key id which key that is (C2SP signed-note). Raises `CheckpointRefused`.
    """
    checkpoint = _whole(note, keys)
    time, after = note.split("\n")[3:5]
    if not time.startswith(_TIME):
        raise ledger.CheckpointRefused("The checkpoint does not say when it was signed.")
    return TimedCheckpoint(
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        time.removeprefix(_TIME),
        _link(after) if after else None,
    )


def _link(line: str) -> Link:
    found = _AFTER.fullmatch(line)
    if found is None:
        raise ledger.CheckpointRefused("The checkpoint does not say which one came before it.")
    return Link(int(found[1]), b64decode(found[2]))


def _whole(note: str, keys: Sequence[Ed25519PublicKey]) -> ledger.Checkpoint:
    refusals = []
    for key in keys:
        try:
            return ledger.open_checkpoint(note, key, ORIGIN, origin=ORIGIN)
        except ledger.CheckpointRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]
