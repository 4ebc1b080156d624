# SPDX-License-Identifier: Apache-2.0
"""Ascending numbers in few bits, and nothing but numbers or a named fault from any bytes."""

import itertools
import time
import tracemalloc
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls.rice import (
    MOST_ENTRIES,
    Rice,
    RiceFault,
    RiceRefused,
    decode,
    encode,
    pack,
    unpack,
)

# Distances and their bits as browsers test them: parameter, distances, bytes.
PUBLISHED = [
    (2, [15, 9], "f702"),
    (28, [1777762129, 2093280223, 924369848], "bfa83ffbfcfb5e27e6c31dc638"),
    (
        28,
        [62763050, 1046523781, 192522171, 1800511020, 4442775, 582142548],
        "54607be70a5fc1dcee69defe583ca3d6a5f2108c4a595600",
    ),
]


@pytest.mark.parametrize(("parameter", "distances", "coded"), PUBLISHED)
def test_the_published_vectors_hold_both_ways(
    parameter: int, distances: list[int], coded: str
) -> None:
    assert pack(distances, parameter) == bytes.fromhex(coded)
    assert list(unpack(bytes.fromhex(coded), parameter, len(distances))) == distances


def test_the_published_example_is_a_first_number_and_three_distances() -> None:
    rice = encode([1, 5, 7, 13])
    assert (rice.first, rice.entries) == (1, 3)
    assert list(unpack(rice.data, rice.parameter, 3)) == [4, 2, 6]


def test_one_number_needs_no_data() -> None:
    assert encode([7]) == Rice(7, 0, 0, b"")
    assert decode(Rice(7, 0, 0, b"")) == array("I", [7])


NUMBERS = st.lists(st.integers(0, 0xFFFF_FFFF), min_size=1, unique=True).map(sorted)


@given(NUMBERS)
def test_what_was_coded_comes_back(numbers: list[int]) -> None:
    assert decode(encode(numbers)).tolist() == numbers


@given(st.integers(3, 30), st.lists(st.integers(0, 5_000), max_size=40))
def test_every_parameter_brings_every_distance_back(parameter: int, distances: list[int]) -> None:
    assert list(unpack(pack(distances, parameter), parameter, len(distances))) == distances


def test_evenly_spread_numbers_take_far_less_than_four_bytes_each() -> None:
    step = 2**32 // 10_000
    numbers = [number * step + number * 7919 % step for number in range(10_000)]
    assert len(encode(numbers).data) < 10_000 * 20 / 8 + 100


@given(
    st.integers(-1, 2**33),
    st.integers(-1, 40),
    st.integers(-1, 300),
    st.one_of(st.binary(max_size=64), st.integers(0, 64).map(lambda n: b"\xff" * n)),
)
def test_any_bytes_are_numbers_or_a_named_fault(
    first: int, parameter: int, entries: int, data: bytes
) -> None:
    try:
        numbers = decode(Rice(first, parameter, entries, data)).tolist()
    except RiceRefused:
        return
    assert len(numbers) == entries + 1
    assert all(low < high for low, high in itertools.pairwise(numbers))


@pytest.mark.parametrize(
    ("rice", "code"),
    [
        (Rice(0, 1, 1, b"\0\0\0\0"), RiceFault.PARAMETER),
        (Rice(0, 31, 1, b"\0\0\0\0\0"), RiceFault.PARAMETER),
        (Rice(0, 3, MOST_ENTRIES + 1, b"\0"), RiceFault.TOO_MANY),
        (Rice(0, 3, -1, b"\0"), RiceFault.TOO_MANY),
        (Rice(0, 3, 1, b""), RiceFault.TOO_SHORT),
        (Rice(0, 3, 1, b"\xff"), RiceFault.TOO_SHORT),
        (Rice(0, 3, 1, b"\x7f"), RiceFault.TOO_SHORT),  # a quotient of seven, no room for the rest
        (Rice(0, 3, 1, b"\x01\x00"), RiceFault.LEFT_OVER),
        (Rice(0, 3, 1, b"\xc2"), RiceFault.LEFT_OVER),  # padding must be zeros
        (Rice(0, 0, 0, b"\0"), RiceFault.LEFT_OVER),
        (Rice(0, 30, 1, b"\x0f\0\0\0\0"), RiceFault.TOO_LARGE),
        (Rice(2**32 - 1, 3, 1, b"\x02"), RiceFault.TOO_LARGE),
        (Rice(2**32, 0, 0, b""), RiceFault.TOO_LARGE),
        (Rice(-1, 0, 0, b""), RiceFault.TOO_LARGE),
        (Rice(5, 3, 1, b"\0"), RiceFault.NOT_ASCENDING),
    ],
)
def test_each_fault_has_its_name(rice: Rice, code: RiceFault) -> None:
    with pytest.raises(RiceRefused) as refused:
        decode(rice)
    assert refused.value.code is code


@pytest.mark.parametrize("numbers", [[], [2, 1], [1, 1], [-1], [2**32]])
def test_numbers_that_cannot_be_coded_are_refused(numbers: list[int]) -> None:
    with pytest.raises(RiceRefused):
        encode(numbers)


@pytest.mark.parametrize("parameter", [2, 30])
def test_a_run_of_ones_ends_soon_and_takes_no_memory(parameter: int) -> None:
    data = b"\xff" * 4_000_000
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(RiceRefused):
        decode(Rice(0, parameter, 1_000_000, data))
    seconds = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 5
    assert peak < 1_000_000


def test_entries_that_cannot_be_in_the_data_are_refused_before_reading() -> None:
    with pytest.raises(RiceRefused) as refused:
        decode(Rice(0, 2, MOST_ENTRIES, b"\0" * 1000))
    assert refused.value.code is RiceFault.TOO_SHORT
