# SPDX-License-Identifier: Apache-2.0
"""Work a browser does while somebody reads the last page: a hashcash in SHA-256 (FIPS 180-4).

The challenge is sealed, bound to one draft and good for half an hour. A draft becomes one report,
so a challenge is good for one report, in every server process, and no list of used ones is kept.
"""

import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings

from hearthline.kit.sealing import SealBroken, open_token, seal_token, secret_from_text

GOOD_FOR: Final = timedelta(minutes=30)
# Several small puzzles take a more even time than one large: here some 131,000 hashes, a second
# or two on an old phone. `static/reports/proof.js` holds the same two numbers.
PUZZLES: Final = 8
BITS: Final = 14
_PURPOSE: Final = "hearthline_public_proof"
_SHAPE: Final = struct.Struct(">16sQ")
_DIGITS: Final = 10


@dataclass(frozen=True)
class Challenge:
    """What the page carries: the sealed token, and the seed every puzzle begins with."""

    token: str

    @classmethod
    def new(cls, draft: uuid.UUID, at: datetime) -> "Challenge":
        until = int((at + GOOD_FOR).timestamp())
        payload = _SHAPE.pack(draft.bytes, until)
        return cls(seal_token(payload, _secret(), purpose=_PURPOSE))

    @property
    def seed(self) -> str:
        """32 hexadecimal digits, so that a puzzle fits one block of the hash."""
        return sha256(self.token.encode()).hexdigest()[:32]


def is_proven(token: str, proof: str, *, draft: uuid.UUID, at: datetime) -> bool:
    """Whether `proof` solves the challenge `token`, made for this draft and not past its time.

    A proof is one counter for each puzzle, separated by dots.
    """
    counters = proof.split(".")
    if len(counters) != PUZZLES or not all(_is_counter(text) for text in counters):
        return False
    try:
        payload = open_token(token, _secret(), purpose=_PURPOSE)
    except SealBroken:
        return False
    if len(payload) != _SHAPE.size:
        return False
    for_draft, until = _SHAPE.unpack(payload)
    if for_draft != draft.bytes or datetime.fromtimestamp(until, UTC) <= at:
        return False
    seed = Challenge(token).seed
    return all(solves(seed, number, int(text)) for number, text in enumerate(counters))


def solves(seed: str, puzzle: int, counter: int) -> bool:
    """Whether the hash of the three begins with enough zero bits."""
    digest = sha256(f"{seed}.{puzzle}.{counter}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def _is_counter(text: str) -> bool:
    plain = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    return plain and str(int(text)) == text


def _secret() -> bytes:
    return secret_from_text(settings.VISIT_SECRET, name="HEARTHLINE_VISIT_SECRET")
