# SPDX-License-Identifier: Apache-2.0
"""Where answers that do not read are kept for whoever has to write to the source about them.

They should hold hashes and nothing else, but nobody checked: the folder is for its owner only,
bounded in number and size (the oldest go), and credentials are taken out before anything gets here.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from hearthline.matcher.exchanges.feed import Unread

MOST_FILES: Final = 20
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_OF_ONE: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer in quarantine. `bytes` is its whole length; the file may hold its beginning."""

    sha256: str
    reason: str
    bytes: int
    at: datetime


class Quarantine:
    """A folder of raw answers, each beside a note of why it is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, unread: Unread, *, at: datetime) -> Kept:
        """Keep one answer; the same bytes are kept once, with the latest reason and time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256(unread.raw).hexdigest()
        kept = Kept(digest, unread.reason, len(unread.raw), at)
        note = {"reason": kept.reason, "bytes": kept.bytes, "at": at.isoformat()}
        _write(self._folder / f"{digest}.page", unread.raw[:MOST_OF_ONE])
        _write(self._folder / f"{digest}.json", json.dumps(note).encode())
        self._forget_the_oldest()
        return kept

    def kept(self) -> list[Kept]:
        """What is there, latest first. A note that does not read is left out."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                note = json.loads(path.read_bytes())
                at = datetime.fromisoformat(note["at"])
                found.append(Kept(path.stem, str(note["reason"]), int(note["bytes"]), at))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return sorted(found, key=lambda one: one.at, reverse=True)

    def _forget_the_oldest(self) -> None:
        total = 0
        for place, one in enumerate(self.kept()):
            total += min(one.bytes, MOST_OF_ONE)
            if place >= MOST_FILES or total > MOST_BYTES:
                for suffix in ("page", "json"):
                    (self._folder / f"{one.sha256}.{suffix}").unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and readable by the owner only."""
    fresh = path.with_suffix(path.suffix + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
