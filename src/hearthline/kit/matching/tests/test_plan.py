# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.matching.plan import (
    HASH_BITS,
    Band,
    ball,
    bands_for,
    probes_for,
    probes_of,
    radii_for,
)

SIZES = (1, 1000, 5000, 100_000, 1_000_000, 10_000_000, 100_000_000)


@st.composite
def distances(draw):
    """A distance in each band, at most `radius` together, and radii that should find it."""
    apart = draw(st.lists(st.integers(0, 8), min_size=1, max_size=12))
    radius = sum(apart) + draw(st.integers(0, 3))
    radii = [draw(st.integers(-1, 6)) for _ in apart]
    while sum(reach + 1 for reach in radii) < radius + 1:
        radii[draw(st.integers(0, len(radii) - 1))] += 1
    return apart, radii


@given(distances())
def test_a_band_is_within_its_radius_and_with_the_next_within_both(case):
    apart, radii = case
    after = [*range(1, len(apart)), 0]
    assert any(
        apart[band] <= radii[band]
        and (len(apart) == 1 or apart[band] + apart[other] <= radii[band] + radii[other] + 1)
        for band, other in enumerate(after)
    )


@pytest.mark.parametrize("rows", SIZES)
def test_bands_do_not_overlap_and_lie_within_the_hash(rows):
    used = [bit for band in bands_for(rows) for bit in range(band.start, band.start + band.width)]
    assert len(used) == len(set(used))
    assert set(used) <= set(range(HASH_BITS))
    assert all(8 <= band.width <= 24 for band in bands_for(rows))


def test_few_rows_are_read_and_many_are_probed():
    assert bands_for(100) == ()
    assert probes_for(bands_for(100), 100, 31) is None
    assert len(bands_for(10_000_000)) == 16
    assert probes_for(bands_for(10_000_000), 10_000_000, 31).masks.size == 16 * 17


@pytest.mark.parametrize("rows", SIZES[2:])
def test_radii_add_up_to_what_exactness_needs(rows):
    bands = bands_for(rows)
    for radius in range(65):
        assert sum(reach + 1 for reach in radii_for(bands, rows, radius)) == radius + 1


def test_a_radius_of_which_probing_costs_more_than_reading_is_read():
    bands = bands_for(5000)
    assert probes_for(bands, 5000, 31) is not None
    assert probes_for(bands, 5000, 64) is None


def test_masks_are_every_key_within_the_radius_once():
    bands = (Band(0, 9), Band(9, 12), Band(30, 10))
    probes = probes_of(bands, (2, -1, 3))
    assert probes.first.tolist() == [0, ball(9, 2), ball(9, 2), ball(9, 2) + ball(10, 3)]
    mine = probes.masks[: ball(9, 2)]
    assert len(set(mine.tolist())) == mine.size
    assert np.bitwise_count(mine).max() == 2
    assert mine.max() < 1 << 9
    assert (probes.limits[: mine.size] + np.bitwise_count(mine) == 2).all()
