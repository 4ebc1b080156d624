# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearthline.kit.matching import segment
from hearthline.kit.matching.plan import Band, probes_of
from hearthline.kit.matching.refusals import IndexBroken
from hearthline.kit.matching.segment import ExactSegment, HammingSegment, as_words
from hearthline.kit.matching.sorting import in_order

from .make import compared, hashes, numbered, screenshots, turned

BANDS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(8, 18)), min_size=1, max_size=14
)  # gap before the band, its width


@st.composite
def plans(draw):
    """Bands with gaps between them, and a radius for which their tables are probed."""
    bands, end = [], 0
    for gap, width in draw(BANDS):
        if end + gap + width <= 256:
            bands.append(Band(end + gap, width))
            end += gap + width
    radii = [draw(st.integers(-1, 2)) for _ in bands]
    radii[0] = max(radii[0], 0)
    return tuple(bands), tuple(radii)


@given(
    plan=plans(),
    count=st.integers(1, 3000),
    seed=st.integers(0, 1000),
    make=st.sampled_from([hashes, screenshots]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bands_and_radii_find_all_that_the_proof_promises(
    tmp_path_factory, plan, count, seed, make
):
    bands, radii = plan
    radius = sum(reach + 1 for reach in radii) - 1
    known = make(count, seed=seed)
    path = tmp_path_factory.mktemp("segment") / "one.hls"
    HammingSegment.write(path, in_order(as_words(known), numbered(count)), 4, bands)
    one = HammingSegment(path)
    chance = np.random.default_rng(seed)
    queries = turned(known[chance.integers(0, count, 8)], chance.integers(0, radius + 2, 8))
    query, row, apart = one.probe(as_words(queries), probes_of(bands, radii), radius)
    found = list(zip(query.tolist(), one.first_ids[row].tolist(), apart.tolist(), strict=True))
    assert len(found) == len(set(found))
    different = one.rows.reshape(-1, 4)
    expected = compared(
        different.astype(">u8").view(np.uint8).reshape(-1, 32), one.first_ids, queries, radius
    )
    assert set(found) == expected


def test_row_numbers_of_four_bytes_find_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(segment, "THREE_BYTES", 100)
    known = hashes(70_000)
    path = tmp_path / "large.hls"
    HammingSegment.write(path, in_order(as_words(known), numbered(70_000)), 4)
    large = HammingSegment(path)
    assert large.tables.place_bytes == 4
    query, row, apart = large.search(as_words(known[-50:]), 31)
    assert query.tolist() == list(range(50))
    assert large.first_ids[row].tolist() == list(range(69_950, 70_000))
    assert not apart.any()


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "one.hls"
    HammingSegment.write(path, in_order(as_words(hashes(9000)), numbered(9000)), 4)
    return path


def test_a_damaged_array_is_found_by_verify(written):
    HammingSegment(written).verify()
    data = bytearray(written.read_bytes())
    data[len(data) // 2] ^= 1
    written.write_bytes(data)
    damaged = HammingSegment(written)
    with pytest.raises(IndexBroken, match=r"one\.hls.*checksum.*ledger"):
        damaged.verify()


@pytest.mark.parametrize("at", [0, 9, 40, 700])
def test_a_damaged_first_page_is_refused_when_opened(written, at):
    data = bytearray(written.read_bytes())
    data[at] ^= 1
    written.write_bytes(data)
    with pytest.raises(IndexBroken, match="first page is damaged"):
        HammingSegment(written)


def test_a_file_cut_short_is_refused_when_opened(written):
    data = written.read_bytes()
    written.write_bytes(data[: len(data) // 2])
    with pytest.raises(IndexBroken, match="ends within"):
        HammingSegment(written)
    written.write_bytes(b"")
    with pytest.raises(IndexBroken, match="first page"):
        HammingSegment(written)


def test_a_segment_of_another_kind_is_refused(written):
    with pytest.raises(IndexBroken, match="hamming"):
        ExactSegment(written)


def test_a_mapped_segment_outlives_its_file(written):
    mapped = HammingSegment(written)
    written.unlink()
    mapped.verify()
