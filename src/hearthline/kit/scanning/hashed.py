# SPDX-License-Identifier: Apache-2.0
"""A file to its hashes, and to the row that tells them.

A row is one JSON object:

    path, path_hex     its name; path_hex only where the path is not UTF-8
    bytes              its length
    md5, sha1, sha256  the digests asked for
    media              "picture" or "video"
    format, width, height
    pdq, quality       of a picture as it is shown; quality 0 to 100, below 50 of little use
    exact              false where `pdq` may be up to 4 bits off the exact hash
    damaged            true where only part of it could be decoded
    cut_short          true where a video is longer than is read of one
    views              hashes of what else a viewer may see: {"view", "pdq", "quality"[, "frame"]}
    frames             of a video: {"at" in seconds, "pdq", "quality"}
    refused, why       why there is no perceptual hash: a code of `Why`, and a sentence

Nothing else of the file is kept: no picture, no thumbnail, no text, no metadata inside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from hearthline.kit.formats.known_hash import HashKind, kind_and_value
from hearthline.kit.hashing import (
    DEFAULT_LIMITS,
    GOOD_QUALITY,
    Limits,
    NotHashable,
    Pdq,
    PictureHashes,
    Why,
    digest,
    hash_picture,
)
from hearthline.kit.hashing.signatures import kind_of
from hearthline.kit.hashing.video import VideoHashes, hash_video
from hearthline.kit.scanning import names
from hearthline.kit.scanning.contents import Content, opened
from hearthline.kit.scanning.place import Place

DIGESTS = (HashKind.MD5, HashKind.SHA1, HashKind.SHA256)
SHOWN = "shown"
TURNED = (
    SHOWN,
    "rotate_90",
    "rotate_180",
    "rotate_270",
    "flip_vertical",
    "flip_horizontal",
    "transpose",
    "transverse",
)
"""Names of the eight hashes of `PictureHashes.dihedral`, in its order."""

_LONGEST = 1e9
"""Seconds of a video; a row that tells more of a frame tells nothing of it."""

NOTHING_TO_SEE = frozenset({Why.EMPTY, Why.NOT_AN_IMAGE, Why.NOT_A_VIDEO})
"""No failure: the file is neither picture nor video. Its digests are made all the same."""


@dataclass(frozen=True, slots=True)
class Look:
    """A hash to look up: of which view of the file, and of a video at which second."""

    view: str
    value: bytes
    at: float | None = None


@dataclass(slots=True)
class Hashed:
    """The row of a file, and by kind what of it is looked up in banks."""

    row: dict[str, Any]
    looks: dict[HashKind, list[Look]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make of each file.

    `exact`: PDQ to the bit, for banks; without it photographs are decoded faster. `dihedral`:
    look up turned and mirrored views too, and tell them in the row if `tell_dihedral`.
    `negatives`: look up negatives. `frames_per_second`: how often a video is looked at.
    """

    kinds: tuple[HashKind, ...] = tuple(HashKind)
    exact: bool = False
    dihedral: bool = True
    tell_dihedral: bool = False
    negatives: bool = False
    frames_per_second: float = 1.0
    limits: Limits = DEFAULT_LIMITS


def failed(row: Mapping[str, Any]) -> bool:
    """Whether what was asked for could not be done; another try may do it."""
    return row.get("refused", Why.EMPTY) not in NOTHING_TO_SEE


def hash_named(name: str, wanted: Wanted, place: Place) -> Hashed:
    """The hashes of the file of this name; a refusal is told in its row, and nothing is raised."""
    try:
        content: Content | NotHashable = opened(name, place)
    except NotHashable as refusal:
        content = refusal
    return hash_content(name, content, wanted)


def hash_content(name: str, content: Content | NotHashable, wanted: Wanted) -> Hashed:
    """The hashes of a file that was opened, or the row of the refusal to open it; closes it."""
    hashed = Hashed(names.told(name))
    if isinstance(content, NotHashable):
        return refused(hashed, content)
    hashed.row["bytes"] = content.size
    try:
        if content.size <= wanted.limits.file_bytes:
            _small(hashed, content.whole(), wanted)
        else:
            _large(hashed, content, wanted)
    except NotHashable as refusal:
        refused(hashed, refusal)
    finally:
        content.close()
    return hashed


def refused(hashed: Hashed, refusal: NotHashable) -> Hashed:
    """The same with the reason why there is no perceptual hash."""
    hashed.row |= {"refused": str(refusal.code), "why": str(refusal)}
    return hashed


def _small(hashed: Hashed, data: bytes, wanted: Wanted) -> None:
    _digest(hashed, iter([data]), wanted)
    if HashKind.PDQ not in wanted.kinds:
        return
    if is_video(data):
        _video(hashed, hash_video(data, rate=wanted.frames_per_second), wanted)
        return
    try:
        picture = hash_picture(data, exact=wanted.exact, limits=wanted.limits)
    except NotHashable as refusal:
        if refusal.code != Why.NOT_AN_IMAGE or kind_of(data) is not None:
            raise
        # Some videos have no sign at their beginning: the decoder of videos has the last word.
        try:
            video = hash_video(data, rate=wanted.frames_per_second)
        except NotHashable:
            raise refusal from None
        _video(hashed, video, wanted)
    else:
        _picture(hashed, picture, wanted)


def _large(hashed: Hashed, content: Content, wanted: Wanted) -> None:
    """A file that is not read at once: digests from its stream, then frames if it is a video."""
    pieces = content.pieces()
    first = next(pieces, b"")
    _digest(hashed, chain([first], pieces), wanted)
    if HashKind.PDQ not in wanted.kinds:
        return
    if kind_of(first) is not None and not is_video(first):
        most = wanted.limits.file_bytes
        raise NotHashable(Why.TOO_LARGE, f"It is larger than the {most:,} bytes that are allowed.")
    _video(hashed, hash_video(content.seekable(), rate=wanted.frames_per_second), wanted)


def is_video(start: bytes) -> bool:
    """Whether a file that begins so is a video, by its content."""
    return (kind_of(start) or "").endswith("video")


def _digest(hashed: Hashed, pieces: Iterator[bytes], wanted: Wanted) -> None:
    asked = [kind for kind in DIGESTS if kind in wanted.kinds]
    if not asked:
        return
    made = digest(pieces)
    for kind in asked:
        value: bytes = getattr(made, kind)
        hashed.row[kind] = value.hex()
        hashed.looks[kind] = [Look(SHOWN, value)]


def _picture(hashed: Hashed, picture: PictureHashes, wanted: Wanted) -> None:
    row = hashed.row
    row |= {"media": "picture", "format": picture.format}
    row |= {"width": picture.width, "height": picture.height}
    row |= {"pdq": picture.pdq.hex, "quality": picture.pdq.quality, "exact": picture.exact}
    if picture.damaged:
        row["damaged"] = True
    turned = picture.dihedral if wanted.dihedral else picture.dihedral[:1]
    looks = [Look(view, pdq.bits) for view, pdq in zip(TURNED, turned, strict=False)]
    views: list[dict[str, Any]] = []
    if wanted.tell_dihedral and wanted.dihedral:
        views += [_view(view, pdq) for view, pdq in zip(TURNED[1:], turned[1:], strict=True)]
    for extra in picture.extra:
        views.append(_view(extra.view, extra.pdq))
        if extra.frame:
            views[-1]["frame"] = extra.frame
        looks.append(Look(str(extra.view), extra.pdq.bits))
    if views:
        row["views"] = views
    if wanted.negatives:
        looks += [Look(f"negative_{each.view}", _negative(each.value)) for each in looks]
    hashed.looks[HashKind.PDQ] = looks


def _video(hashed: Hashed, video: VideoHashes, wanted: Wanted) -> None:
    row = hashed.row
    row |= {"media": "video", "format": video.format, "width": video.width, "height": video.height}
    if video.damaged:
        row["damaged"] = True
    if video.cut_short:
        row["cut_short"] = True
    row["frames"] = [
        {"at": frame.seconds, "pdq": frame.pdq.hex, "quality": frame.pdq.quality}
        for frame in video.frames
    ]
    # Frames with little to see, black ones mostly, match by accident.
    good = [frame for frame in video.frames if frame.pdq.quality >= GOOD_QUALITY]
    looks = [Look("frame", each.pdq.bits, at=each.seconds) for each in good or video.frames]
    if wanted.negatives:
        looks += [Look("negative_frame", _negative(each.value), at=each.at) for each in looks]
    hashed.looks[HashKind.PDQ] = looks


def _view(view: str, pdq: Pdq) -> dict[str, Any]:
    return {"view": str(view), "pdq": pdq.hex, "quality": pdq.quality}


def _negative(bits: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in bits)


def from_row(row: dict[str, Any], *, negatives: bool = False) -> Hashed:
    """A row as it was written, to be looked up again. Raises ValueError where a hash is none."""
    hashed = Hashed(row)
    for kind in DIGESTS:
        if row.get(kind):
            hashed.looks[kind] = [Look(SHOWN, _value(row, kind))]
    looks: list[Look] = []
    if row.get("pdq"):
        looks.append(Look(SHOWN, _value(row, HashKind.PDQ)))
    for each in _objects(row, "views"):
        looks.append(Look(str(each.get("view", "view")), _value(each, HashKind.PDQ)))
    frames = _objects(row, "frames")
    good = [each for each in frames if quality_of(each) >= GOOD_QUALITY]
    for each in good or frames:
        looks.append(Look("frame", _value(each, HashKind.PDQ), at=_seconds(each)))
    if negatives:
        looks += [
            replace(each, view=f"negative_{each.view}", value=_negative(each.value))
            for each in looks
        ]
    if looks:
        hashed.looks[HashKind.PDQ] = looks
    return hashed


def _value(row: Mapping[str, Any], kind: HashKind) -> bytes:
    text = row.get(kind)
    if not isinstance(text, str):
        raise ValueError(f"no {kind} hash where one should be")
    return kind_and_value(text, kind)[1]


def _objects(row: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    values = row.get(key, [])
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise ValueError(f"{key} is no list of objects")
    return values


def quality_of(frame: Mapping[str, Any]) -> int:
    """The quality that a row tells of a frame."""
    quality = frame.get("quality", 100)
    return quality if isinstance(quality, int) else 100


def _seconds(frame: Mapping[str, Any]) -> float:
    at = frame.get("at", 0)
    return float(at) if isinstance(at, int | float) and abs(at) < _LONGEST else 0.0
