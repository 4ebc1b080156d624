# SPDX-License-Identifier: Apache-2.0
"""A video to the PDQ hashes of frames taken at a set rate, and how much two videos share.

Frames follow each other closely and mostly look alike, so of neighbours that differ by few bits
only the first is kept. Two videos are compared by shares: of the frames of each, how many have a
match in the other. A short clip cut from a long film then scores high one way and low the other.

Files reach the decoder as open streams, never by name: a playlist that names other files or
addresses is refused, and nothing but the given bytes is ever read.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from hearthline.kit.hashing.pdq import GOOD_QUALITY, Pdq, spectrum
from hearthline.kit.hashing.refusals import NotHashable, Why
from hearthline.kit.hashing.signatures import kind_of
from hearthline.kit.hashing.sources import Source

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg"
"""What is opened. Playlists, and formats that fetch or run something, are left out."""

_OPTIONS = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
_PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_WIDENED = (
    np.clip((np.arange(256) - 16) * (255 / 219), 0, 255).round().astype(np.uint8)
)  # luma of 16 to 235, as most video has it, to 0 to 255


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What one video may cost."""

    pixels: int = 64_000_000  # of one frame
    decoded: int = 300_000  # frames, kept or not: 2 h 45 min at 30 a second
    kept: int = 20_000


DEFAULT_VIDEO_LIMITS = VideoLimits()


@dataclass(frozen=True, slots=True)
class FrameHash:
    """The hash of the frame that is shown `seconds` after the start."""

    seconds: float
    pdq: Pdq


@dataclass(frozen=True, slots=True)
class VideoHashes:
    """The kept frames in their order; frames of low quality are among them and say so."""

    frames: tuple[FrameHash, ...]
    format: str  # the container, as FFmpeg names it
    height: int  # upright, in pixels
    width: int
    taken: int  # frames taken at the rate, before neighbours that look alike were dropped
    damaged: bool  # the file is partly unreadable; these are the frames that could be decoded
    cut_short: bool  # a limit was reached before the end


def hash_video(
    source: Source,
    *,
    rate: float = 1.0,
    alike: int = 8,
    limits: VideoLimits = DEFAULT_VIDEO_LIMITS,
) -> VideoHashes:
    """Hash `rate` frames a second, dropping each within `alike` bits of the one kept before it.

    Raises NotHashable, and nothing else, whatever the source holds.
    """
    if rate <= 0:
        raise ValueError("the rate is in frames a second, above 0")
    with _opened(source) as (stream, head), _failures_named(head):
        return _Walk(stream, head, limits).hashes(rate, alike)


def video_score(
    query: Sequence[Pdq], target: Sequence[Pdq], radius: int = 31
) -> tuple[float, float]:
    """The shares (of query frames, of target frames) that have a match in the other video.

    Frames of low quality match by accident and do not count; a video without any other has the
    shares 0.
    """
    ours, theirs = _good(query), _good(target)
    if not len(ours) or not len(theirs):
        return 0.0, 0.0
    matched = np.zeros(len(theirs), dtype=bool)
    found = 0
    for frame in ours:
        near = np.bitwise_count(theirs ^ frame).sum(axis=1) <= radius
        found += bool(near.any())
        matched |= near
    return found / len(ours), float(matched.mean())


def _good(frames: Sequence[Pdq]) -> NDArray[np.uint64]:
    bits = b"".join(frame.bits for frame in frames if frame.quality >= GOOD_QUALITY)
    return np.frombuffer(bits, dtype=np.uint64).reshape(-1, 4)


class _Walk:
    """One pass over the frames of a video."""

    def __init__(self, container: InputContainer, head: bytes, limits: VideoLimits) -> None:
        if not container.streams.video:
            raise NotHashable(Why.NOT_A_VIDEO, "It has no moving pictures.")
        self._container = container
        self._stream = container.streams.video[0]
        self._stream.codec_context.thread_count = 1  # many files at once beat many threads a file
        self._limits = limits
        self._check_size(self._stream.codec_context.height, self._stream.codec_context.width)
        self.damaged = self.cut_short = False
        self.height = self.width = 0

    def hashes(self, rate: float, alike: int) -> VideoHashes:
        kept: list[FrameHash] = []
        taken = 0
        for seconds, luma in self._taken(rate):
            taken += 1
            pdq = spectrum(luma).pdq()
            if kept and pdq.distance(kept[-1].pdq) <= alike:
                continue
            if len(kept) == self._limits.kept:
                self.cut_short = True
                break
            kept.append(FrameHash(seconds, pdq))
        if not kept:
            raise NotHashable(Why.BROKEN, "No frame of the video can be decoded.")
        return VideoHashes(
            frames=tuple(kept),
            format=self._container.format.name,
            height=self.height,
            width=self.width,
            taken=taken,
            damaged=self.damaged,
            cut_short=self.cut_short,
        )

    def _taken(self, rate: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Seconds and luma of the first frame in each 1 / `rate` seconds."""
        start, last = None, -1
        for number, frame in enumerate(self._decoded()):
            seconds = number / 25 if frame.time is None else frame.time
            if start is None:
                start = seconds
            place = int((seconds - start) * rate + 1e-6)  # times are rounded: 0.6 * 5 < 3
            if place <= last:
                continue
            last = place
            luma = _luma(frame)
            self.height, self.width = luma.shape
            yield round(seconds - start, 3), luma

    def _decoded(self) -> Iterator[VideoFrame]:
        frames = self._container.decode(self._stream)
        for _ in range(self._limits.decoded):
            try:
                frame = next(frames)
            except StopIteration:
                return
            except av.error.FFmpegError:  # what was decoded up to here stands
                self.damaged = True
                return
            self._check_size(frame.height, frame.width)
            self.damaged |= frame.is_corrupt
            yield frame
        self.cut_short = True

    def _check_size(self, height: int, width: int) -> None:
        if height * width > self._limits.pixels:
            raise NotHashable(
                Why.TOO_LARGE,
                f"Frames of {width} x {height} pixels; {self._limits.pixels:,} are allowed.",
            )


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    """Luma [height, width] of the frame as it is shown, 0 to 255; a view where that suffices."""
    if frame.format.name in _PLANAR:
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
        luma = rows[: frame.height, : frame.width]
        whole = frame.color_range == _FULL_RANGE or frame.format.name in ("gray",)
        if not whole and not frame.format.name.startswith("yuvj"):
            luma = _WIDENED[luma]
    else:
        luma = frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
    return np.rot90(luma, frame.rotation // 90 % 4)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[InputContainer, bytes]]:
    try:
        file = source.open("rb") if isinstance(source, Path) else source
        stream = io.BytesIO(file) if isinstance(file, bytes) else file
        head = stream.read(4096)
        stream.seek(0)
    except OSError as error:
        raise NotHashable.unreadable(error) from None
    try:
        if not head:
            raise NotHashable.empty()
        with _failures_named(head):
            container = av.open(stream, "r", options=_OPTIONS, metadata_errors="ignore")
        with container:
            yield container, head
    finally:
        if isinstance(source, Path):
            stream.close()


@contextmanager
def _failures_named(head: bytes) -> Iterator[None]:
    try:
        yield
    except NotHashable:
        raise
    except MemoryError as error:
        raise NotHashable(Why.TOO_LARGE, "It needs more memory than there is.") from error
    except Exception as error:  # FFmpeg's errors, and what odd headers do to its wrapper
        kind = kind_of(head)
        if kind and kind.endswith("video"):
            raise NotHashable(Why.BROKEN, f"The {kind} is damaged or ends too early.") from error
        raise NotHashable(
            Why.NOT_A_VIDEO, "It is not a video of any kind that is read here."
        ) from error
