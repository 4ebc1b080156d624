# SPDX-License-Identifier: Apache-2.0
"""The manifest: which files make up the index now. Replaced whole, never changed in place."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from .files import write_whole
from .refusals import IndexBroken

FILE = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True)
class Part:
    """A segment file, the file of ids removed from it (if any), and that file's SHA-256."""

    segment: str
    dead: str | None = None
    dead_sha256: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What an index was when its change log began.

    `number` grows with each manifest and is part of the names of the files that came with it.
    `width` is a hash's length in bytes, `pairs` the number of live pairs, `mark` the caller's.
    """

    kind: str
    width: int
    number: int
    parts: tuple[Part, ...]
    log: str
    pairs: int
    mark: int

    def write(self, folder: Path) -> None:
        """Make this the state of the index. It is on disk when this returns."""
        body = {"format": _FORMAT, **asdict(self)}
        text = json.dumps({"sha256": _checksum(body), **body}, indent=1)
        write_whole(folder / FILE, text.encode())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises FileNotFoundError where there is none, IndexBroken where it is damaged."""
        text = (folder / FILE).read_bytes()
        try:
            body = json.loads(text)
            checksum = body.pop("sha256")
            if checksum != _checksum(body) or body.pop("format") != _FORMAT:
                raise ValueError("checksum or format")
            body["parts"] = tuple(Part(**part) for part in body["parts"])
            return cls(**body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexBroken(
                f"{folder / FILE} is damaged or of another format. Delete the index folder and "
                "build it again from the bank's ledger, or restore it from a backup."
            ) from error


def _checksum(body: dict[str, object]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
