# SPDX-License-Identifier: Apache-2.0
"""Golomb-Rice coding of ascending 32-bit numbers, as prefix lists are sent.

Source: Safe Browsing v5, message ``RiceDeltaEncoded32Bit`` (and the same coder in v4,
"Compression"). The first number is sent as it is, each further one as its distance from the one
before. A distance ``d`` is written with the parameter ``k`` as ``d >> k`` in unary (that many
ones, then a zero) and then the low ``k`` bits of ``d``, least significant first. Bits fill each
byte from its least significant end; the last byte is filled up with zeros.

Hash prefixes are evenly spread, so distances are small beside 2^32: a million four-byte prefixes
take 1.7 MB instead of 4.

Coded data come from elsewhere. Whatever they hold, decoding reads each byte once, holds no more
than four bytes a number plus the data, and ends in numbers or in ``RiceRefused``.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

SMALLEST_PARAMETER: Final = 2
LARGEST_PARAMETER: Final = 30
"""v4 names 2 to 28, v5 3 to 30; both are read. ``encode`` writes 3 to 30."""

MOST_ENTRIES: Final = 1 << 24
"""Numbers one message may hold: sixteen times the largest national list we planned for."""

_LARGEST: Final = 0xFFFF_FFFF
_WORD: Final = 24  # bytes taken at once: large enough to be rare, small enough to shift quickly


class RiceFault(StrEnum):
    """What is wrong with coded data. The value is a stable code."""

    PARAMETER = "parameter"
    TOO_MANY = "too_many"
    TOO_SHORT = "too_short"
    LEFT_OVER = "left_over"
    TOO_LARGE = "too_large"
    NOT_ASCENDING = "not_ascending"


_FAULTS: Final = {
    RiceFault.PARAMETER: f"the Rice parameter is not {SMALLEST_PARAMETER} to {LARGEST_PARAMETER}",
    RiceFault.TOO_MANY: f"there are more than {MOST_ENTRIES} entries",
    RiceFault.TOO_SHORT: "the data end before the last entry",
    RiceFault.LEFT_OVER: "the data go on after the last entry",
    RiceFault.TOO_LARGE: "a number does not fit in 32 bits",
    RiceFault.NOT_ASCENDING: "the numbers do not ascend; each may stand once",
}


class RiceRefused(ValueError):
    """Numbers that cannot be coded, or data that are no coded numbers. ``code`` says why."""

    def __init__(self, code: RiceFault) -> None:
        self.code = code
        super().__init__(_FAULTS[code])


@dataclass(frozen=True, slots=True)
class Rice:
    """Coded numbers: the first, the parameter, how many distances follow, and those distances.

    ``parameter`` is 0 and ``data`` empty when there is only one number.
    """

    first: int
    parameter: int
    entries: int
    data: bytes


def encode(numbers: Sequence[int]) -> Rice:
    """At least one number from 0 to 2^32 - 1, each larger than the one before."""
    if not numbers or any(low >= high for low, high in pairwise(numbers)):
        raise RiceRefused(RiceFault.NOT_ASCENDING)
    if numbers[0] < 0 or numbers[-1] > _LARGEST:
        raise RiceRefused(RiceFault.TOO_LARGE)
    distances = len(numbers) - 1
    if distances >= MOST_ENTRIES:
        raise RiceRefused(RiceFault.TOO_MANY)
    if not distances:
        return Rice(numbers[0], 0, 0, b"")
    # The best parameter for distances that are spread at random: half of them need no more than
    # one bit of unary when 2^k is near their median, which is the mean times ln 2.
    median = (numbers[-1] - numbers[0]) / distances * math.log(2)
    parameter = min(max(int(math.log2(median)), 3), LARGEST_PARAMETER) if median >= 1 else 3
    data = pack((high - low for low, high in pairwise(numbers)), parameter)
    return Rice(numbers[0], parameter, distances, data)


def decode(rice: Rice) -> array[int]:
    """The numbers again, ascending. Raises ``RiceRefused``."""
    if not 0 <= rice.first <= _LARGEST:
        raise RiceRefused(RiceFault.TOO_LARGE)
    numbers = array("I", [rice.first])
    if not rice.entries:
        if rice.data:
            raise RiceRefused(RiceFault.LEFT_OVER)
        return numbers
    number = rice.first
    for distance in unpack(rice.data, rice.parameter, rice.entries):
        if not distance:
            raise RiceRefused(RiceFault.NOT_ASCENDING)
        number += distance
        if number > _LARGEST:
            raise RiceRefused(RiceFault.TOO_LARGE)
        numbers.append(number)
    return numbers


def pack(distances: Iterable[int], parameter: int) -> bytes:
    """The bits of each distance, one after the other. ``distances`` are not checked."""
    _check_parameter(parameter)
    low_bits = (1 << parameter) - 1
    packed, bits, held = bytearray(), 0, 0
    for distance in distances:
        quotient = distance >> parameter
        code = ((1 << quotient) - 1) | ((distance & low_bits) << (quotient + 1))
        bits |= code << held
        held += quotient + 1 + parameter
        if held >= 8 * _WORD:
            whole = held // 8
            packed += (bits & ((1 << 8 * whole) - 1)).to_bytes(whole, "little")
            bits >>= 8 * whole
            held -= 8 * whole
    return bytes(packed) + bits.to_bytes((held + 7) // 8, "little")


def unpack(data: bytes, parameter: int, entries: int) -> Iterator[int]:
    """``entries`` distances from the bits of ``data``. Raises ``RiceRefused``."""
    _check_parameter(parameter)
    if not 0 <= entries <= MOST_ENTRIES:
        raise RiceRefused(RiceFault.TOO_MANY)
    if entries * (parameter + 1) > 8 * len(data):
        raise RiceRefused(RiceFault.TOO_SHORT)
    low_bits, most = (1 << parameter) - 1, _LARGEST >> parameter
    bits, held, place = 0, 0, 0
    for _ in range(entries):
        quotient = 0
        while (ones := (~bits & (bits + 1)).bit_length() - 1) >= held:
            quotient += held  # all that is held are ones, so the run goes on in the next word
            if place >= len(data):
                raise RiceRefused(RiceFault.TOO_SHORT)
            if quotient > most:
                raise RiceRefused(RiceFault.TOO_LARGE)
            word = data[place : place + _WORD]
            bits, held, place = int.from_bytes(word, "little"), 8 * len(word), place + _WORD
        quotient += ones
        if quotient > most:
            raise RiceRefused(RiceFault.TOO_LARGE)
        bits >>= ones + 1
        held -= ones + 1
        if held < parameter:
            word = data[place : place + _WORD]
            bits |= int.from_bytes(word, "little") << held
            held, place = held + 8 * len(word), place + _WORD
            if held < parameter:
                raise RiceRefused(RiceFault.TOO_SHORT)
        yield quotient << parameter | bits & low_bits
        bits >>= parameter
        held -= parameter
    if bits or held >= 8 or place < len(data):
        raise RiceRefused(RiceFault.LEFT_OVER)


def _check_parameter(parameter: int) -> None:
    if not SMALLEST_PARAMETER <= parameter <= LARGEST_PARAMETER:
        raise RiceRefused(RiceFault.PARAMETER)
