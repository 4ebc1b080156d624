# SPDX-License-Identifier: Apache-2.0
"""One call hashes a picture from anywhere, and names the reason where it cannot."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from hearthline.kit.hashing import Limits, NotHashable, Why, hash_picture, hash_rgb
from hearthline.kit.hashing.decoding import View
from hearthline.kit.hashing.pdq import Pdq, dihedral
from hearthline.kit.hashing.tests.make import moving, picture, png_of, sample, saved

PIXELS = picture(240, 320)
PNG = saved(Image.fromarray(PIXELS), "PNG")


def refusal(source, **options) -> NotHashable:
    with pytest.raises(NotHashable) as caught:
        hash_picture(source, **options)
    return caught.value


def test_bytes_a_path_and_an_open_file_give_the_same_hashes(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(PNG)
    hashes = hash_picture(PNG)
    assert hash_picture(path) == hashes
    assert hash_picture(io.BytesIO(PNG)) == hashes
    assert hashes.pdq == hash_rgb(PIXELS)
    assert (hashes.format, hashes.width, hashes.height) == ("PNG", 320, 240)
    assert hashes.exact
    assert hashes.is_good
    assert not hashes.damaged
    assert hashes.extra == ()


def test_the_content_tells_its_kind_and_the_name_does_not(tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(PNG)
    assert hash_picture(path).format == "PNG"


def test_queries_are_the_eight_and_with_the_negative_sixteen():
    hashes = hash_picture(PNG)
    assert hashes.queries() == hashes.dihedral == dihedral(PIXELS)
    assert len(hashes.queries(negative=True)) == 16
    assert hashes.pdq.complement() in hashes.queries(negative=True)


def test_low_quality_is_told_and_nothing_is_dropped():
    flat = saved(Image.new("RGB", (90, 90), "teal"), "PNG")
    hashes = hash_picture(flat)
    assert hashes.pdq.quality == 0
    assert not hashes.is_good


def test_a_picture_of_a_few_pixels_has_the_empty_hash_and_quality_0():
    tiny = hash_picture(saved(Image.new("RGB", (3, 3), "red"), "PNG"))
    assert tiny.pdq == Pdq(bytes(32), 0)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_frames_are_hashed_spread_over_an_animation(kind):
    frames = moving(20)
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    hashes = hash_picture(content)
    assert hashes.pdq.distance(hash_rgb(np.asarray(frames[0]))) <= 8
    assert [each.frame for each in hashes.extra] == [4, 8, 12, 16]
    for each in hashes.extra:
        assert each.view == View.FRAME
        assert each.pdq.distance(hash_rgb(np.asarray(frames[each.frame]))) <= 16


def test_frames_that_look_alike_are_hashed_once():
    still = [Image.fromarray(PIXELS)] * 5
    changed = Image.fromarray(PIXELS[::-1].copy())
    content = saved(still[0], "WEBP", save_all=True, append_images=[*still, changed], lossless=True)
    assert len(hash_picture(content).extra) <= 1


def test_an_animation_is_walked_no_further_than_allowed():
    frames = moving(20)
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    few = hash_picture(content, limits=Limits(frames_walked=3))
    assert [each.frame for each in few.extra] == [1, 2]
    small = hash_picture(content, limits=Limits(animation_pixels=120 * 160 * 2 - 1))
    assert [each.frame for each in small.extra] == [1, 2]


BROKEN_OFF = {
    "JPEG": saved(Image.fromarray(PIXELS), "JPEG", quality=90),
    "JPEG in passes": saved(Image.fromarray(PIXELS), "JPEG", quality=90, progressive=True),
    "PNG": PNG,
    "GIF": saved(Image.fromarray(PIXELS), "GIF"),
    "BMP": saved(Image.fromarray(PIXELS), "BMP"),
    "TIFF": saved(Image.fromarray(PIXELS), "TIFF"),
}


@pytest.mark.parametrize("content", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_what_a_file_that_breaks_off_still_shows_is_hashed_and_marked(content):
    hashes = hash_picture(content[: len(content) * 97 // 100])
    assert hashes.damaged
    assert hashes.pdq.distance(hash_rgb(PIXELS)) <= 40
    assert not hash_picture(content).damaged


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_kind_that_shows_nothing_when_it_breaks_off_is_refused(kind):
    content = saved(Image.fromarray(PIXELS), kind)
    assert refusal(content[: len(content) // 2]).code == Why.BROKEN


def test_a_file_that_ends_before_anything_shows_is_refused():
    assert refusal(PNG[:100]).code == Why.TRUNCATED


def test_a_damaged_later_frame_leaves_the_first():
    frames = moving(3)
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    hashes = hash_picture(content[: len(content) * 9 // 10])
    assert hashes.pdq.distance(hash_rgb(np.asarray(frames[0]))) <= 8


def declared(width: int, height: int, packed: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png_of((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))


WEBP_BOMB = b"RIFF" + struct.pack("<I", 40) + b"WEBPVP8X" + struct.pack("<II", 10, 0)
WEBP_BOMB += (16_000).to_bytes(3, "little") * 2 + bytes(20)
TEXT_BOMB = png_of(
    (b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0)),
    (b"zTXt", b"note\0\0" + zlib.compress(bytes(9_000_000))),
    (b"IDAT", zlib.compress(bytes(9 * 28))),
    (b"IEND", b""),
)
REFUSED = {
    "nothing": (b"", Why.EMPTY),
    "one byte": (b"\0", Why.NOT_AN_IMAGE),
    "text": (b"only words " * 99, Why.NOT_AN_IMAGE),
    "a PNG sign and no more": (PNG[:8], Why.BROKEN),
    "a JPEG sign and noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)), Why.BROKEN),
    "10,000 x 10,000 pixels": (declared(10_000, 10_000, bytes(200_000)), Why.TOO_LARGE),
    "a bomb": (declared(60_000, 60_000), Why.BOMB),
    "a WebP bomb": (WEBP_BOMB, Why.BOMB),
    "a bomb in packed text": (TEXT_BOMB, Why.BOMB),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(99), Why.UNSUPPORTED),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", Why.UNSUPPORTED),
    "SVG": (b'\n <svg xmlns="http://www.w3.org/2000/svg"/>', Why.UNSUPPORTED),
    "a video": (b"\0\0\0\x18ftypisom" + bytes(99), Why.UNSUPPORTED),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_hashed_is_refused_by_name(content, why):
    error = refusal(content)
    assert error.code == why
    assert str(error).endswith(".")


def test_a_refusal_says_what_the_file_is():
    assert "HEIC picture" in str(refusal(REFUSED["HEIC"][0]))
    assert "10000 x 10000" in str(refusal(REFUSED["10,000 x 10,000 pixels"][0]))


def test_limits_are_the_callers():
    assert refusal(PNG, limits=Limits(pixels=240 * 320 - 1)).code == Why.TOO_LARGE
    assert refusal(PNG, limits=Limits(file_bytes=len(PNG) - 1)).code == Why.TOO_LARGE
    allowed = Limits(pixels=240 * 320, file_bytes=len(PNG))
    assert hash_picture(PNG, limits=allowed).is_good


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "missing.png").code == Why.UNREADABLE
    assert refusal(Path(tmp_path)).code == Why.UNREADABLE


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
@pytest.mark.parametrize(("kind", "ground"), [("PNG", "white"), ("JPEG", "black")])
def test_within_an_even_border_the_picture_is_known(kind, ground, exact):
    inner = Image.fromarray(sample("coffee", (300, 451)))
    framed = ImageOps.expand(inner, (60, 30, 45, 80), ground)
    content = saved(framed, kind)
    hashes = hash_picture(content, exact=exact, trim=True)
    known = hash_rgb(np.asarray(inner))
    assert hashes.pdq.distance(known) > 31
    (within,) = hashes.extra
    assert within.view == View.TRIMMED
    assert within.pdq.distance(known) <= 16
    assert within.pdq in hashes.queries()
    assert hash_picture(content, exact=exact).extra == ()


def test_bars_above_and_below_are_a_border():
    inner = Image.fromarray(sample("coffee", (400, 600)))
    (within,) = hash_picture(
        saved(ImageOps.expand(inner, (0, 70), "black"), "PNG"), trim=True
    ).extra
    assert within.pdq == hash_rgb(np.asarray(inner))


def test_a_picture_without_a_border_or_with_nothing_else_has_no_more_hashes():
    assert hash_picture(PNG, trim=True).extra == ()
    assert hash_picture(saved(Image.new("RGB", (90, 90), "teal"), "PNG"), trim=True).extra == ()
    dot = Image.new("RGB", (400, 400))
    dot.paste(Image.fromarray(picture(40, 40)), (200, 100))
    assert hash_picture(saved(dot, "PNG"), trim=True).extra == ()
