# SPDX-License-Identifier: Apache-2.0
"""`POST /v1/lookup`: what is known of up to ten thousand hashes.

As JSON, or as bare bytes: rows of one width in, and rows of 16 bytes out where the caller accepts
them. A row is little-endian: the query's place (4 bytes), the bank's place in the header
`Hearthline-Banks` (2), the distance (1), flags (1: disputed, 2: suppressed as harmless), and the
entry (8).
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.matching.banks import Answer as Known
from hearthline.kit.matching.banks import HashKind
from hearthline.matcher.looking import reference_of, told
from hearthline.matcher.v1.shapes import Asked, known
from hearthline.matcher.web import OCTETS, Answer, Call, Refusal, taken

BANKS_HEADER = "hearthline-banks"
DISPUTED, SUPPRESSED = 1, 2
ROW = struct.Struct("<IHBBQ")
Queries = NDArray[np.uint8]


async def lookup(call: Call) -> Answer:
    """POST: what is known of many hashes of one kind."""
    if call.content_type == OCTETS:
        asked = _in_address(call)
        queries = _rows(call.body, asked.kind)
    else:
        asked = taken(Asked, call.body)
        queries = _from_hex(asked.hashes, asked.kind)
    _check_size(call, len(queries))
    reference = reference_of(asked.reference)
    answers = await call.service.recognition.known(
        asked.kind, queries, banks=asked.banks, seed=asked.seed, details=asked.details
    )
    announced = await told(call, [(asked.kind, answers)], reference)
    if OCTETS in call.header(b"accept"):
        return _packed(answers, announced)
    return Answer.json(
        {
            "kind": str(asked.kind),
            "queries": len(answers),
            "known": [
                known(place, answer)
                for place, answer in enumerate(answers)
                if answer.matches or answer.suppressed
            ],
            "announced": announced,
        }
    )


def _in_address(call: Call) -> Asked:
    kind = call.query.get("kind", "pdq")
    if kind not in set(HashKind):
        raise Refusal(400, "no_such_kind", f"kind: one of {', '.join(HashKind)}")
    return Asked(
        kind=HashKind(kind),
        hashes=[],
        banks=call.names_in("banks"),
        seed=call.query.get("seed", "")[:200],
        reference=call.query.get("reference", ""),
    )


def _rows(body: bytes, kind: HashKind) -> Queries:
    if len(body) % kind.width:
        raise Refusal(400, "hashes_refused", f"the body is no rows of {kind.width} bytes")
    return np.frombuffer(body, np.uint8).reshape(-1, kind.width)


def _from_hex(hashes: Sequence[str], kind: HashKind) -> Queries:
    """The hashes as rows. Raises Refusal, which tells places and no hash."""
    digits = 2 * kind.width
    for place, text in enumerate(hashes):
        if len(text) != digits:
            raise Refusal(400, "hashes_refused", f"hashes.{place}: {kind} has {digits} digits")
    try:
        together = bytes.fromhex("".join(hashes))
    except ValueError:
        together = b""
    # Spaces between digits are read as nothing, so the length has to be right as well.
    if len(together) != len(hashes) * kind.width:
        raise Refusal(400, "hashes_refused", "hashes: not all are hexadecimal digits")
    return np.frombuffer(together, np.uint8).reshape(-1, kind.width)


def _check_size(call: Call, size: int) -> None:
    most = call.service.configuration.largest_batch
    if not size:
        raise Refusal(400, "hashes_missing", "hashes: at least one")
    if size > most:
        raise Refusal(413, "too_large", f"hashes: {most:,} at most in one call")


def _packed(answers: Sequence[Known], announced: str) -> Answer:
    banks: dict[str, int] = {}
    rows = bytearray()
    for place, answer in enumerate(answers):
        for flag, matches in ((0, answer.matches), (SUPPRESSED, answer.suppressed)):
            for match in matches:
                bank = banks.setdefault(match.bank, len(banks))
                flags = flag | (DISPUTED if match.disputed else 0)
                rows += ROW.pack(place, bank, match.distance, flags, match.entry)
    headers = {BANKS_HEADER: ",".join(banks), "hearthline-announced": announced}
    return Answer(bytes(rows), 200, OCTETS, headers)
