# SPDX-License-Identifier: Apache-2.0
"""However a picture is stored, it is hashed as it is shown."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from hearthline.kit.hashing.decoding import View, reduction, upright
from hearthline.kit.hashing.pdq import hash_rgb
from hearthline.kit.hashing.pictures import hash_picture
from hearthline.kit.hashing.tests.make import deep_png, picture, sample, saved

CAT = Image.fromarray(sample("chelsea", (300, 451)))
AS_RGB = hash_rgb(np.asarray(CAT))


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L")


SAME_PIXELS = {
    "PNG": saved(CAT, "PNG"),
    "BMP": saved(CAT, "BMP"),
    "TIFF": saved(CAT, "TIFF"),
    "TIFF, packed": saved(CAT, "TIFF", compression="tiff_lzw"),
    "WebP without loss": saved(CAT, "WEBP", lossless=True),
    "PNG of 16 bits": deep_png(np.asarray(CAT)),
    "PNG with an alpha that hides nothing": saved(CAT.convert("RGBA"), "PNG"),
}
NEARLY_THE_SAME = {
    "PNG of 256 colours": saved(CAT.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
    "GIF": saved(CAT, "GIF"),
    "JPEG": saved(CAT, "JPEG", quality=90),
    "JPEG without thinned colours": saved(CAT, "JPEG", quality=90, subsampling=0),
    "JPEG in passes": saved(CAT, "JPEG", quality=90, progressive=True),
    "JPEG in four inks": saved(CAT.convert("CMYK"), "JPEG", quality=90),
    "TIFF in four inks": saved(CAT.convert("CMYK"), "TIFF"),
    "TIFF in Lab": saved(
        Image.merge("LAB", [grey(CAT), *CAT.convert("YCbCr").split()[1:]]), "TIFF"
    ),
    "WebP": saved(CAT, "WEBP", quality=90),
    "AVIF": saved(CAT, "AVIF", quality=85),
    "grey JPEG": saved(grey(CAT), "JPEG", quality=90),
    "grey PNG": saved(grey(CAT), "PNG"),
    "grey PNG of 16 bits": deep_png(np.asarray(grey(CAT))),
    "grey TIFF of 32 bits": saved(
        Image.fromarray(np.asarray(grey(CAT)).astype(np.int32) * 257), "TIFF"
    ),
    "grey TIFF of fractions": saved(
        Image.fromarray(np.asarray(grey(CAT)).astype(np.float32) / 255), "TIFF"
    ),
    "grey PNG with alpha": saved(grey(CAT).convert("LA"), "PNG"),
    "GIF of 256 greys": saved(grey(CAT), "GIF"),
}


@pytest.mark.parametrize("content", SAME_PIXELS.values(), ids=SAME_PIXELS)
def test_the_same_pixels_have_the_same_hash(content):
    assert hash_picture(content).pdq == AS_RGB


@pytest.mark.parametrize("content", NEARLY_THE_SAME.values(), ids=NEARLY_THE_SAME)
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
def test_nearly_the_same_pixels_have_nearly_the_same_hash(content, exact):
    assert hash_picture(content, exact=exact).pdq.distance(AS_RGB) <= 8


def test_a_picture_of_two_shades_is_hashed_as_black_and_white():
    dotted = CAT.convert("1")
    for content in (saved(dotted, "PNG"), saved(dotted, "TIFF", compression="group4")):
        hashes = hash_picture(content)
        assert hashes.pdq == hash_rgb(np.asarray(dotted.convert("RGB")))
        assert hashes.pdq.distance(AS_RGB) <= 31
        assert hashes.is_good


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_hashed_upright(kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    content = saved(CAT.resize((150, 100)), kind, exif=exif, quality=90)
    shown = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    hashes = hash_picture(content)
    assert hashes.pdq == hash_rgb(np.asarray(shown.convert("RGB")))
    assert (hashes.width, hashes.height) == shown.size


def test_turning_a_stored_picture_moves_no_pixel():
    pixels = picture(20, 30)
    for orientation in range(1, 9):
        assert np.shares_memory(upright(pixels, orientation), pixels)


def test_what_is_transparent_is_seen_on_white_on_black_and_as_it_is_stored():
    rgba = CAT.convert("RGBA")
    rgba.putalpha(Image.linear_gradient("L").resize(CAT.size))
    hashes = hash_picture(saved(rgba, "PNG"))
    on_white = Image.alpha_composite(Image.new("RGBA", CAT.size, "white"), rgba).convert("RGB")
    on_black = Image.alpha_composite(Image.new("RGBA", CAT.size, "black"), rgba).convert("RGB")
    extra = {each.view: each.pdq for each in hashes.extra}
    assert hashes.pdq.distance(hash_rgb(np.asarray(on_white))) <= 2
    assert extra[View.OVER_BLACK].distance(hash_rgb(np.asarray(on_black))) <= 2
    assert extra[View.WITHOUT_ALPHA] == AS_RGB


def test_a_picture_that_is_only_in_the_alpha_is_seen():
    shape = Image.new("RGBA", CAT.size, "black")
    shape.putalpha(grey(CAT))
    hashes = hash_picture(saved(shape, "PNG"))
    assert hashes.pdq.distance(AS_RGB.complement()) <= 8
    white = Image.new("RGBA", CAT.size, "white")
    white.putalpha(grey(CAT))
    on_black = {each.view: each.pdq for each in hash_picture(saved(white, "PNG")).extra}
    assert on_black[View.OVER_BLACK].distance(AS_RGB) <= 8


def test_a_transparent_colour_of_a_palette_is_seen_through():
    image = Image.fromarray(picture(120, 160)).convert("P", palette=Image.Palette.ADAPTIVE)
    see_through = image.getpixel((0, 0))
    hashes = hash_picture(saved(image, "PNG", transparency=see_through))
    views = {each.view for each in hashes.extra}
    assert views == {View.OVER_BLACK, View.WITHOUT_ALPHA}


@pytest.mark.parametrize("size", [(1200, 1030), (2050, 2051)], ids=str)
def test_a_large_photograph_decoded_small_is_within_four_bits(size):
    for name in ("chelsea", "coffee", "checkerboard"):
        content = saved(Image.fromarray(sample(name, size)), "JPEG", quality=85)
        fast, exact = hash_picture(content, exact=False), hash_picture(content)
        assert fast.pdq.distance(exact.pdq) <= 4
        assert exact.exact
        assert (fast.width, fast.height) == (exact.width, exact.height)


def test_a_picture_alike_on_both_sides_is_decoded_whole_even_when_in_a_hurry():
    half = sample("coffee", (1088, 544))  # 17 pixels a sample: sampling is symmetric here
    both = np.concatenate([half, half[:, ::-1]], axis=1)
    content = saved(Image.fromarray(both), "JPEG", quality=85)
    assert hash_picture(content, exact=False).exact
    assert hash_picture(content, exact=False).pdq == hash_picture(content).pdq


def test_reduction_leaves_512_pixels_on_the_shorter_side():
    assert [reduction(side, 9000) for side in (100, 1023, 1024, 2047, 2048, 4096)] == [
        1, 1, 2, 2, 4, 8,
    ]  # fmt: skip
