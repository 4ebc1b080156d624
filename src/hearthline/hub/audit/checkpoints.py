# SPDX-License-Identifier: Apache-2.0
"""Our signed checkpoints: the three lines of a C2SP checkpoint, and a fourth with the time.

`tlog-checkpoint` leaves lines after the third to the log; verifiers of others pass over them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearthline.hub.audit.keys import ORIGIN
from hearthline.hub.audit.models import utc
from hearthline.kit import ledger

_TIME = "time "


@dataclass(frozen=True)
class TimedCheckpoint(ledger.Checkpoint):
    """A checkpoint that also says when it was signed."""

    signed_at: str

    @property
    def text(self) -> str:
        head = ledger.Checkpoint(self.origin, self.size, self.root).text
        return f"{head}{_TIME}{self.signed_at}\n"


def sign(frontier: ledger.Frontier, *, at: datetime, key: Ed25519PrivateKey) -> str:
    """The signed note over the log at `frontier`."""
    checkpoint = TimedCheckpoint(ORIGIN, frontier.size, frontier.root(), utc(at))
    return checkpoint.sign(key, name=ORIGIN)


def opened(note: str, keys: Sequence[Ed25519PublicKey]) -> TimedCheckpoint:
    """What a note states, once one of the log's keys is found to have signed it.

    A note says by a key id which key that is (C2SP signed-note). Raises `CheckpointRefused`.
    """
    checkpoint = _whole(note, keys)
    line = note.split("\n")[3]
    if not line.startswith(_TIME):
        raise ledger.CheckpointRefused("The checkpoint does not say when it was signed.")
    return TimedCheckpoint(
        checkpoint.origin, checkpoint.size, checkpoint.root, line.removeprefix(_TIME)
    )


def _whole(note: str, keys: Sequence[Ed25519PublicKey]) -> ledger.Checkpoint:
    refusals = []
    for key in keys:
        try:
            return ledger.open_checkpoint(note, key, ORIGIN, origin=ORIGIN)
        except ledger.CheckpointRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]
