# SPDX-License-Identifier: Apache-2.0
"""API keys: who may call what. They are shown once when they are made; only digests are kept.

A key is `hlm_`, its id and 256 random bits. So much chance cannot be guessed, which is why one
SHA-256 is enough to keep it by (a slow hash protects words that people choose).
"""

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

FILE = "keys.json"
PREFIX = "hlm_"
MOST_KEYS = 1_000
DEFAULT_RATE = 5_000.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.@-]{0,63}")


class Scope(StrEnum):
    """What a key may do."""

    HASH = "hash"  # send files and addresses, get hashes
    MATCH = "match"  # ask what is known of hashes
    CURATE = "curate"  # add, pause and remove what banks hold
    ADMIN = "admin"  # create, change and retire banks; see and fetch exchanges
    METRICS = "metrics"  # read the counters


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. `rate` is calls a second; `slot` its place among the allowances."""

    id: str
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    slot: int
    rate: float = DEFAULT_RATE
    made_at: str = ""


EVERYBODY = Key("", "everybody", b"", frozenset(Scope), MOST_KEYS, rate=1e9)
"""Stands in where the service was started without keys."""


class KeyRefused(ValueError):
    """A key cannot be made, taken away or read; the text says why."""


class Keys:
    """The keys of a file, read anew when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._by_id: dict[str, Key] = {}

    def all(self) -> list[Key]:
        """Every key, oldest first. Raises KeyRefused where the file is damaged, as all reads do."""
        self._look()
        return sorted(self._by_id.values(), key=lambda key: key.slot)

    def holder(self, text: str) -> Key | None:
        """The key that `text` is, or None."""
        self._look()
        parts = text.split("_", 2)
        if len(parts) != 3:
            return None
        key = self._by_id.get(parts[1])
        if key is None or not hmac.compare_digest(_digest(text), key.digest):
            return None
        return key

    def make(
        self, name: str, scopes: Collection[Scope], *, at: datetime, rate: float = DEFAULT_RATE
    ) -> str:
        """A new key as its text, which is kept nowhere. Raises KeyRefused."""
        if _NAME.fullmatch(name) is None:
            raise KeyRefused("name: 1 to 64 letters, digits, spaces and _ . @ -")
        if not scopes:
            raise KeyRefused("scope: a key needs at least one, or it opens nothing")
        if not 0 < rate <= 1e6:
            raise KeyRefused("rate: calls a second, more than 0 and up to 1,000,000")
        with self._held():
            keys = self.all()
            if any(key.name == name for key in keys):
                raise KeyRefused(f"a key named {name!r} exists; remove it first, or name another")
            free = set(range(MOST_KEYS)) - {key.slot for key in keys}
            if not free:
                raise KeyRefused(f"there are {MOST_KEYS} keys already")
            identity = secrets.token_hex(4)
            text = f"{PREFIX}{identity}_{secrets.token_urlsafe(32)}"
            made = Key(
                identity, name, _digest(text), frozenset(scopes), min(free), rate, at.isoformat()
            )
            self._write([*keys, made])
        return text

    def remove(self, name: str) -> None:
        """Takes a key away; it opens nothing any more. Raises KeyRefused."""
        with self._held():
            keys = self.all()
            left = [key for key in keys if key.name != name]
            if len(left) == len(keys):
                raise KeyRefused(f"there is no key named {name!r}")
            self._write(left)

    def _look(self) -> None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            self._seen, self._by_id = None, {}
            return
        seen = (status.st_ino, status.st_mtime_ns)
        if seen == self._seen:
            return
        try:
            keys = [_key(one) for one in json.loads(self._path.read_bytes())["keys"]]
        except (ValueError, KeyError, TypeError):
            raise KeyRefused(f"{self._path} cannot be read; restore it from a backup") from None
        self._by_id, self._seen = {key.id: key for key in keys}, seen

    def _write(self, keys: list[Key]) -> None:
        listed = [
            {
                "id": key.id,
                "name": key.name,
                "sha256": key.digest.hex(),
                "scopes": sorted(key.scopes),
                "slot": key.slot,
                "rate": key.rate,
                "made_at": key.made_at,
            }
            for key in keys
        ]
        write_private(self._path, json.dumps({"keys": listed}, indent=1).encode())

    @contextmanager
    def _held(self) -> Iterator[None]:
        with held(self._path.with_suffix(".lock")):
            yield


def presented(header: bytes) -> str:
    """The key in an `Authorization` header: as Bearer, or as the password or name of Basic.

    Basic is what a client sends whose address was given as `https://key:KEY@host`, so that one
    that knows nothing of keys can use them all the same.
    """
    scheme, _, text = header.decode("latin-1").partition(" ")
    match scheme.lower():
        case "bearer":
            return text.strip()
        case "basic":
            try:
                name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
            except (binascii.Error, ValueError):
                return ""
            return password or name
    return ""


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Waits for a lock file and holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _key(kept: dict[str, Any]) -> Key:
    return Key(
        kept["id"],
        kept["name"],
        bytes.fromhex(kept["sha256"]),
        frozenset(Scope(scope) for scope in kept["scopes"]),
        kept["slot"],
        kept["rate"],
        kept["made_at"],
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
