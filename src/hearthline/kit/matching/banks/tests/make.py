# SPDX-License-Identifier: Apache-2.0
"""Banks with invented hashes, and a fixed cast: Ada and Bo work there, Agency and Hotline send."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.matching.banks import Bank, HashKind, KnownHash, Library

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ADA: dict[str, Any] = {"by": "Ada", "at": NOW}
BO: dict[str, Any] = {"by": "Bo", "at": LATER}
SENT: dict[str, Any] = {"source": "Agency", **ADA}

PDQ, MD5, SHA1, SHA256 = HashKind


def bank(folder: Path, name: str = "national", **settings: Any) -> Bank:
    """A new bank in a library of its own or one that is there."""
    return Library(folder).create_bank(name, **ADA, **settings)


def digest(number: int, kind: HashKind = MD5) -> bytes:
    """An invented hash, another for each number."""
    return number.to_bytes(4, "big") * (kind.width // 4)


def known(number: int, kind: HashKind = MD5, **more: Any) -> KnownHash:
    """An invented item of a list."""
    return KnownHash(kind, digest(number, kind), **more)


def many(count: int, kind: HashKind = PDQ, *, seed: int = 1) -> NDArray[np.uint8]:
    """Invented hashes whose bits are evenly spread."""
    chance = np.random.default_rng(seed)
    return chance.integers(0, 256, (count, kind.width), np.uint8)


def turned(value: bytes, bits: int) -> bytes:
    """The hash with its first bits turned over."""
    mask = ((1 << bits) - 1) << (8 * len(value) - bits)
    return (int.from_bytes(value, "big") ^ mask).to_bytes(len(value), "big")
