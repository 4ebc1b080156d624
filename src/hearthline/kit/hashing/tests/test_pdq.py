# SPDX-License-Identifier: Apache-2.0
"""PDQ gives the reference's bits on every shape of picture, and says how good a hash is."""

import json
from pathlib import Path

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.hashing.pdq import (
    Pdq,
    dihedral,
    hash_luma,
    hash_rgb,
    reduced_spectrum,
    spectrum,
)
from hearthline.kit.hashing.tests.make import picture, sample, samples

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())["vectors"]


def pixels_of(vector: dict) -> np.ndarray:
    y, x = np.mgrid[0 : vector["height"], 0 : vector["width"]]
    channels = [eval(vector["value"], {"x": x, "y": y, "c": c}) for c in range(3)]  # noqa: S307
    return np.stack([np.broadcast_to(each, x.shape) for each in channels], 2).astype(np.uint8)


def reference(rgb: np.ndarray) -> tuple[str, int]:
    vector, quality = pdqhash.compute(rgb)
    return np.packbits(vector.astype(np.uint8)).tobytes().hex(), quality


def reference_eight(rgb: np.ndarray) -> list[str]:
    vectors, _ = pdqhash.compute_dihedral(rgb)
    return [np.packbits(vector.astype(np.uint8)).tobytes().hex() for vector in vectors]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_shared_vectors(vector):
    eight = dihedral(pixels_of(vector))
    assert [each.hex for each in eight] == vector["dihedral"]
    assert (eight[0].hex, eight[0].quality) == (vector["pdq"], vector["quality"])


SIZES = [
    (5, 5), (5, 900), (700, 6), (63, 64), (64, 64), (65, 64), (100, 129), (128, 256), (300, 451),
    (512, 513), (641, 1025),
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_same_bits_as_the_reference_at_every_size(size):
    for rgb in samples(size):
        ours = hash_rgb(rgb)
        assert (ours.hex, ours.quality) == reference(rgb)
        assert [each.hex for each in dihedral(rgb)] == reference_eight(rgb)


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 150),
    width=st.integers(1, 150),
    shades=st.lists(st.integers(0, 255), min_size=1, max_size=6),
    seed=st.integers(0, 2**16),
)
def test_the_same_bits_for_any_pixels_even_where_frequencies_tie(height, width, shades, seed):
    rgb = np.random.default_rng(seed).choice(np.array(shades, np.uint8), (height, width, 3))
    ours = hash_rgb(rgb)
    assert (ours.hex, ours.quality) == reference(rgb)


def test_luma_is_hashed_as_a_picture_of_equal_channels():
    rgb = picture(120, 90)
    grey = np.ascontiguousarray(rgb[:, :, 1])
    assert hash_luma(grey) == hash_luma(grey.astype(np.float32))
    assert hash_luma(grey) == hash_rgb(np.stack([grey] * 3, axis=2))


def test_a_fourth_byte_counts_for_nothing():
    rgb = picture(150, 200)
    padded = np.dstack([rgb, np.full(rgb.shape[:2], 99, np.uint8)])
    assert spectrum(padded).pdq() == hash_rgb(rgb)


def test_turned_and_mirrored_hashes_are_those_of_the_turned_and_mirrored_picture():
    rgb = picture(320, 320)  # five pixels a sample: sampling is symmetric here
    across = rgb.transpose(1, 0, 2)
    shown = [
        rgb, np.rot90(rgb), np.rot90(rgb, 2), np.rot90(rgb, 3), rgb[::-1], rgb[:, ::-1],
        across, np.rot90(across, 2),
    ]  # fmt: skip
    assert [each.hex for each in dihedral(rgb)] == [hash_rgb(turned).hex for turned in shown]


def test_turned_and_mirrored_hashes_are_near_where_sampling_is_not_symmetric():
    rgb = picture(400, 600)
    shown = [rgb, np.rot90(rgb), np.rot90(rgb, 2), np.rot90(rgb, 3), rgb[::-1], rgb[:, ::-1]]
    for hash_, turned in zip(dihedral(rgb), shown, strict=False):
        assert hash_.distance(hash_rgb(turned)) <= 16


def test_the_complement_is_the_hash_of_the_negative():
    rgb = picture(300, 200)
    assert hash_rgb(rgb).complement().distance(hash_rgb(255 - rgb)) <= 2
    assert hash_rgb(rgb).complement().complement() == hash_rgb(rgb)


def test_a_picture_without_detail_has_a_hash_of_quality_0():
    assert hash_rgb(np.full((90, 120, 3), 128, np.uint8)).quality == 0


def test_a_side_below_five_pixels_has_no_hash():
    assert hash_rgb(picture(4, 100)) == Pdq(bytes(32), 0)


@pytest.mark.parametrize(("block", "size"), [(2, (1024, 1300)), (4, (2048, 2200))])
def test_a_picture_reduced_to_no_less_than_512_pixels_comes_within_four_bits(block, size):
    for name in ("chelsea", "brick"):
        rgb = sample(name, size)
        height, width = size
        blocks = rgb.reshape(height // block, block, width // block, block, 3)
        small = blocks.mean(axis=(1, 3)).round().astype(np.uint8)
        near = reduced_spectrum(small, height=height, width=width, block=block).pdq()
        assert near.distance(hash_rgb(rgb)) <= 4


def test_hexadecimal_digits_and_back():
    ours = hash_rgb(picture(90, 90))
    assert Pdq.from_hex(ours.hex, quality=ours.quality) == ours
    assert len(ours.hex) == 64


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33])
def test_anything_but_64_digits_is_refused(text):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Pdq.from_hex(text)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((9, 9, 2), np.uint8), np.zeros((0, 9, 3), np.uint8), np.zeros(9, np.uint8)],
    ids=["two channels", "no rows", "one axis"],
)
def test_other_shapes_are_refused(pixels):
    with pytest.raises(ValueError, match="no picture has the shape"):
        spectrum(pixels)


def test_other_types_are_refused():
    with pytest.raises(ValueError, match="float64"):
        spectrum(np.zeros((9, 9)))
