# SPDX-License-Identifier: Apache-2.0
"""One decoder for all pictures: bytes of any kind to pixels as a viewer would show them.

Two decoders that read the same file differently give different hashes, and known content is then
missed. So everything is brought to one form before it is hashed: palettes, inks, bit depths and
transparency to red, green and blue of 8 bits, and a turned photograph to its upright view.

The kind of a file is told by its content, never by its name. Sizes are checked before pixels are
decoded. Every failure is a `NotHashable`.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import simplejpeg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from hearthline.kit.hashing.refusals import NotHashable, Why
from hearthline.kit.hashing.signatures import READ, kind_of, webp_size

Pixels = NDArray[np.uint8] | NDArray[np.float32]

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
"""What is read. Formats that run programs (PostScript) or that nobody shares are left out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost. The defaults let through what cameras and screens make."""

    file_bytes: int = 64 * 1024 * 1024
    pixels: int = 64_000_000  # of one frame, as the file declares them
    frames: int = 8  # hashed of an animation, the first among them
    frames_walked: int = 1_000  # decoded on the way to them
    animation_pixels: int = 512_000_000  # decoded on the way to them


DEFAULT_LIMITS = Limits()

Image.init()  # makes every format known before the first file asks for one

_BOMB_RATIO = 1_000
"""Pixels for each byte of the file from which too many pixels are called a bomb."""


class View(StrEnum):
    """Which way of looking at the picture some pixels are."""

    SHOWN = "shown"  # upright; what is transparent lies on white
    OVER_BLACK = "over_black"  # what is transparent lies on black
    WITHOUT_ALPHA = "without_alpha"  # the stored colours, also where they are transparent
    FRAME = "frame"  # a later frame of an animation, or a later page
    TRIMMED = "trimmed"  # without its even border


@dataclass(frozen=True, slots=True)
class Rendering:
    """Pixels [rows, columns(, 3 or 4)] and what they show.

    `height` and `width` are the picture's own; each pixel stands for `block` x `block` of them.
    `exact` is false where the decoder took a short way, so that the pixels are only nearly right.
    """

    view: View
    pixels: Pixels
    height: int
    width: int
    block: int = 1
    exact: bool = True


class Picture:
    """A picture of which only the header has been read so far.

    `damaged` becomes true where the file ends early or is partly unreadable: what could be shown
    of it was decoded.
    """

    def __init__(self, content: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
        self._content = content
        self._limits = limits
        self.damaged = False
        size = webp_size(content)
        if size is not None:  # its reader makes room for all pixels as soon as it is opened
            self._check_size(*size)
        with _failures_named(content):
            self._image = Image.open(io.BytesIO(content), formats=FORMATS)
        self._check_size(*self._image.size)
        self.format = str(self._image.format)

    def first(self, *, exact: bool = True) -> list[Rendering]:
        """The views of the first frame, the shown one first.

        Unless `exact`, a photograph may come as luma alone and smaller than it is.
        """
        with _failures_named(self._content):
            if self.format in ("JPEG", "MPO") and self._image.mode in ("RGB", "L"):
                photograph = self._photograph(exact=exact)
                if photograph is not None:
                    return [photograph]
            try:
                self._image.load()
            except (OSError, SyntaxError, ValueError, EOFError):
                self._keep_what_shows()
            return _views(self._image)

    def later(self) -> Iterator[Rendering]:
        """Every later frame of an animation, or page, in turn, as it is shown."""
        if self.format in ("JPEG", "MPO", "BMP"):  # MPO: maps of depth and light, not frames
            return
        budget = self._limits.animation_pixels
        for place in range(1, self._limits.frames_walked):
            try:
                with _failures_named(self._content):
                    frame = self._frame(place)
            except NotHashable:
                self.damaged = True  # the first frame stands; the rest is out of reach
                return
            if frame is None:
                return
            yield frame
            budget -= frame.height * frame.width
            if budget < 0:
                return

    def _photograph(self, *, exact: bool) -> Rendering | None:
        """A JPEG file by the faster decoder; None if it cannot read this one."""
        width, height = self._image.size
        block = 1 if exact else reduction(height, width)
        grey = self._image.mode == "L"
        options: dict[str, Any] = {
            "colorspace": "RGB" if exact and not grey else "GRAY",
            "min_height": -(-height // block),
            "min_width": -(-width // block),
        }
        try:
            pixels = simplejpeg.decode_jpeg(self._content, **options)
        except ValueError:
            try:
                pixels = simplejpeg.decode_jpeg(self._content, strict=False, **options)
            except ValueError:
                return None
            self.damaged = True  # it complained and then read it all the same
        turned = _orientation(self._image)
        if turned >= _FIRST_ACROSS:
            height, width = width, height
        is_exact = exact or (grey and block == 1)
        return Rendering(View.SHOWN, upright(pixels, turned), height, width, block, is_exact)

    def _keep_what_shows(self) -> None:
        """After a failed load: the pixels that were decoded, or NotHashable if none was."""
        self.damaged = True
        self._image.tile = []  # nothing is left to be decoded
        self._image.load()
        if _is_even(self._image):
            raise NotHashable(Why.TRUNCATED, "It ends before anything of the picture shows.")

    def _frame(self, place: int) -> Rendering | None:
        try:
            self._image.seek(place)
        except EOFError:
            return None
        self._check_size(*self._image.size)
        self._image.load()
        shown = _views(self._image)[0]
        return Rendering(View.FRAME, shown.pixels, shown.height, shown.width)

    def _check_size(self, width: int, height: int) -> None:
        pixels, allowed = width * height, self._limits.pixels
        if pixels <= allowed:
            return
        if pixels > _BOMB_RATIO * len(self._content):
            raise NotHashable(
                Why.BOMB,
                f"{len(self._content):,} bytes that would unpack to {width} x {height} pixels.",
            )
        raise NotHashable(
            Why.TOO_LARGE, f"It has {width} x {height} pixels; {allowed:,} are allowed."
        )


def reduction(height: int, width: int) -> int:
    """How many pixels along each side a decoder may make one and leave 512 on the shorter side."""
    return max(block for block in (1, 2, 4, 8) if block == 1 or min(height, width) >= 512 * block)


_FIRST_ACROSS = 5
"""From this EXIF orientation on, the stored rows are the columns of the picture."""


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """A view of stored pixels, none of them moved, as EXIF's tag 274 says that they are shown."""
    if orientation >= _FIRST_ACROSS:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _orientation(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # EXIF is written by everything, and reading it fails in as many ways
        return 1
    return orientation if orientation in range(1, 9) else 1


def _views(image: Image.Image) -> list[Rendering]:
    """The views of a decoded frame, the shown one first."""
    orientation = _orientation(image)
    renderings = []
    for view, pixels in _flattened(image):
        turned = upright(pixels, orientation)
        renderings.append(Rendering(view, turned, turned.shape[0], turned.shape[1]))
    return renderings


def _flattened(image: Image.Image) -> Iterator[tuple[View, Pixels]]:
    if image.mode[0] in "IF":  # I;16, I, F: more than 8 bits
        yield View.SHOWN, _from_deep(np.asarray(image))
    elif image.mode == "LAB":
        yield View.SHOWN, np.asarray(image.getchannel("L"))
    elif not image.has_transparency_data:
        yield View.SHOWN, np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))
    else:
        colours = image.convert("RGBA")
        alpha = colours.getchannel("A")
        stored = colours.convert("RGB")
        if alpha.getextrema() == (255, 255):
            yield View.SHOWN, np.asarray(stored)
            return
        for view, ground in ((View.SHOWN, "white"), (View.OVER_BLACK, "black")):
            laid = Image.new("RGB", image.size, ground)
            laid.paste(stored, mask=alpha)
            yield view, np.asarray(laid)
        yield View.WITHOUT_ALPHA, np.asarray(stored)


def _from_deep(values: NDArray[Any]) -> NDArray[np.float32]:
    """Luma of grey values that are whole numbers of 8 or 16 bits, or fractions of 1."""
    luma = np.nan_to_num(values.astype(np.float32), posinf=65535.0, neginf=0.0)
    highest = float(luma.max())
    if values.dtype == np.uint16 or highest > 255:
        luma /= 257
    elif values.dtype.kind == "f" and highest <= 1:
        luma *= 255
    return np.clip(luma, 0, 255)


def _is_even(image: Image.Image) -> bool:
    """Whether all pixels are alike."""
    extremes = image.getextrema()
    bands = extremes if isinstance(extremes[0], tuple) else (extremes,)
    return all(band[0] == band[1] for band in bands)


@contextmanager
def _failures_named(content: bytes) -> Iterator[None]:
    """Whatever a decoder raises becomes a NotHashable; its warnings say nothing to our callers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except NotHashable:
        raise
    except UnidentifiedImageError:
        raise _unknown(content) from None
    except Image.DecompressionBombError as error:
        raise NotHashable(Why.BOMB, "It would unpack to more pixels than are allowed.") from error
    except MemoryError as error:
        raise NotHashable(Why.TOO_LARGE, "It needs more memory than there is.") from error
    except Exception as error:  # decoders raise anything: see the fuzz tests
        if "too large" in str(error).lower():  # packed text beside the pixels
            raise NotHashable(Why.BOMB, "It holds parts that unpack to too much.") from error
        kind = kind_of(content) or "picture"
        raise NotHashable(Why.BROKEN, f"The {kind} is damaged or ends too early.") from error


def _unknown(content: bytes) -> NotHashable:
    kind = kind_of(content)
    if kind is None:
        return NotHashable(Why.NOT_AN_IMAGE, "It is not a picture of any kind that is known here.")
    if kind in READ:
        return NotHashable(Why.BROKEN, f"The {kind} is damaged or ends too early.")
    return NotHashable(Why.UNSUPPORTED, f"It is a {kind}; this kind is not read.")
