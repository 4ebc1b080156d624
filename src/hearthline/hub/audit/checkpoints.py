# SPDX-License-Identifier: Apache-2.0
"""Our signed checkpoints: the three lines of a C2SP checkpoint, and a fourth with the time.

`tlog-checkpoint` leaves lines after the third to the log; verifiers of others pass over them.
"""

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


def opened(note: str, key: Ed25519PublicKey) -> TimedCheckpoint:
    """What a note states, once its signature is found good; raises `CheckpointRefused`."""
    checkpoint = ledger.open_checkpoint(note, key, ORIGIN, origin=ORIGIN)
    line = note.split("\n")[3]
    if not line.startswith(_TIME):
        raise ledger.CheckpointRefused("The checkpoint does not say when it was signed.")
    return TimedCheckpoint(
        checkpoint.origin, checkpoint.size, checkpoint.root, line.removeprefix(_TIME)
    )
