# SPDX-License-Identifier: Apache-2.0
"""A picture to all the hashes by which it may be known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hearthline.kit.hashing.decoding import (
    DEFAULT_LIMITS,
    Limits,
    Picture,
    Rendering,
    View,
)
from hearthline.kit.hashing.pdq import (
    GOOD_QUALITY,
    Eight,
    Pdq,
    Spectrum,
    reduced_spectrum,
    spectrum,
)
from hearthline.kit.hashing.sources import Source, read
from hearthline.kit.hashing.trimming import trimmed

ALIKE = 4
"""Frames whose hashes differ by no more bits than this are one."""

# Decoded the short way, frequencies near the median are off by less than _NEAR. A picture that
# is alike on both sides has half of its frequencies there, and must be decoded the long way.
_NEAR = 0.2
_MOST_IN_DOUBT = 8


@dataclass(frozen=True, slots=True)
class ViewHash:
    """The hash of another way of looking at the picture; frames count from 0."""

    view: View
    pdq: Pdq
    frame: int = 0


@dataclass(frozen=True, slots=True)
class PictureHashes:
    """What a picture is known by.

    `pdq` is the hash of the picture as it is shown: upright, on white, its first frame. Add this
    one to a bank. `dihedral` holds it as it is, turned and mirrored, in the order of
    `Spectrum.dihedral`. `extra` are hashes of what else a viewer may see of the same file.
    """

    pdq: Pdq
    dihedral: Eight
    extra: tuple[ViewHash, ...]
    format: str  # by content, as Pillow names it
    height: int  # upright, in pixels
    width: int
    exact: bool  # whether `pdq` is the reference's hash to the bit
    damaged: bool  # the file ends early or is partly unreadable; the hash is of what shows

    @property
    def is_good(self) -> bool:
        """Whether there is enough to see for matches to mean anything."""
        return self.pdq.quality >= GOOD_QUALITY

    def queries(self, *, negative: bool = False) -> tuple[Pdq, ...]:
        """Every hash to look up for this picture, each once; with its negatives if asked for."""
        hashes = [*self.dihedral, *(each.pdq for each in self.extra)]
        if negative:
            hashes += [each.complement() for each in hashes]
        return tuple(dict.fromkeys(hashes))


def hash_picture(
    source: Source, *, exact: bool = True, trim: bool = False, limits: Limits = DEFAULT_LIMITS
) -> PictureHashes:
    """Hash a picture, given as its bytes, its path or an open binary file.

    `exact` gives the reference's bits, for banks. Without it photographs are decoded faster, as
    small as their hash allows, and the hash is within 4 bits of the exact one: for looking up.
    With `trim`, a picture within an even border is hashed without it as well.
    A picture of little detail is hashed all the same; its quality says so.

    Raises NotHashable, and nothing else, whatever the source holds.
    """
    picture = Picture(read(source, limits.file_bytes), limits)
    first = picture.first(exact=exact)
    shown = _spectrum(first[0])
    if not first[0].exact and shown.in_doubt(_NEAR) > _MOST_IN_DOUBT:
        first = picture.first(exact=True)
        shown = _spectrum(first[0])
    others = [ViewHash(each.view, _spectrum(each).pdq()) for each in first[1:]]
    if trim:
        others += _without_border(first[0])
    others += _sampled(picture.later(), ViewHash(View.SHOWN, shown.pdq()), limits.frames)
    return PictureHashes(
        pdq=shown.pdq(),
        dihedral=shown.dihedral(),
        extra=tuple(others),
        format=picture.format,
        height=first[0].height,
        width=first[0].width,
        exact=first[0].exact,
        damaged=picture.damaged,
    )


def _spectrum(rendering: Rendering) -> Spectrum:
    if rendering.exact:
        return spectrum(rendering.pixels)
    height, width, block = rendering.height, rendering.width, rendering.block
    return reduced_spectrum(rendering.pixels, height=height, width=width, block=block)


def _without_border(rendering: Rendering) -> Iterator[ViewHash]:
    inner = trimmed(rendering.pixels)
    if inner is not None:
        height, width = (side * rendering.block for side in inner.shape[:2])
        cut = replace(rendering, view=View.TRIMMED, pixels=inner, height=height, width=width)
        yield ViewHash(View.TRIMMED, _spectrum(cut).pdq())


def _sampled(frames: Iterable[Rendering], first: ViewHash, most: int) -> Iterator[ViewHash]:
    """Frames spread evenly over an animation of unknown length, `most` at most with the first.

    Every stride-th frame is kept; whenever there are too many, every other one is let go and the
    stride doubles. So the length need not be known, and nothing is decoded twice.
    """
    kept, stride = [first], 1
    for place, frame in enumerate(frames, start=1):
        if place % stride:
            continue
        kept.append(ViewHash(View.FRAME, _spectrum(frame).pdq(), frame=place))
        if len(kept) > most:
            kept, stride = kept[::2], stride * 2
    previous = first
    for each in kept[1:]:
        if each.pdq.distance(previous.pdq) > ALIKE:
            previous = each
            yield each
