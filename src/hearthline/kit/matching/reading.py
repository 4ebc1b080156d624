# SPDX-License-Identifier: Apache-2.0
"""An index folder opened to read: what its manifest names, and its change log, followed."""

import os
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Generic, Self, cast

import numpy as np
from numpy.typing import NDArray

from .changes import ChangeLog
from .manifest import FILE, Manifest, Part
from .refusals import IndexBroken, WrongWidth
from .segment import Segment, as_words
from .sorting import Ids, Words
from .view import Layer, SegmentT, View

#: How often, and after what pause (seconds), the manifest is read again when a writer replaces it
#: while its files are being opened.
_TRIES, _PAUSE = 50, 0.005


class Reader(Generic[SegmentT]):
    """What readers and the writer share. Safe to use from several threads."""

    segment_type: ClassVar[type[Segment]]

    def __init__(self, folder: Path, width: int | None) -> None:
        self._folder = folder
        self._changing = threading.RLock()
        self._log: ChangeLog | None = None
        self._view: View[SegmentT] | None = None
        try:
            self._load()
            if width not in (None, self.width):
                raise WrongWidth(
                    f"{folder} holds hashes of {self.width} bytes, not {width}. Open it with their "
                    "width, or use another folder."
                )
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        """How many pairs of hash and id there are."""
        return self._now.pairs

    @property
    def width(self) -> int:
        """The length of a hash in bytes."""
        return self._manifest.width

    @property
    def mark(self) -> int:
        """The caller's number as of the last change: how far it has told the index; first 0."""
        return self._now.mark

    @property
    def segments(self) -> int:
        """How many segments a search goes through; `merge` makes them one."""
        return len(self._now.layers)

    def refresh(self) -> None:
        """See what a writer in another process has changed. Cheap where nothing has."""
        with self._changing:
            log = self._open_log
            if _stamp(self._folder) != self._stamp:
                self._load()
            elif changes := log.read():
                self._view = self._now.after(changes)

    def pairs(self) -> tuple[NDArray[np.uint8], Ids]:
        """Every pair, in no order: uint8 of shape (n, width), uint64 of shape (n,)."""
        view = self._now
        parts = [layer.segment.live_pairs(layer.dead) for layer in view.layers]
        parts.append((view.tail, view.tail_ids))
        words = np.concatenate([rows for rows, _ in parts])
        return as_bytes(words, self.width), np.concatenate([ids for _, ids in parts])

    def verify(self) -> None:
        """Read every segment and compare its checksums. Raises IndexBroken, naming the file."""
        for layer in self._now.layers:
            layer.segment.verify()

    def close(self) -> None:
        """Let go of the files."""
        if self._log is not None:
            self._log.close()
            self._log = None
        self._view = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _now(self) -> View[SegmentT]:
        if self._view is None:
            raise ValueError("The index was closed. Open it again.")
        return self._view

    @property
    def _open_log(self) -> ChangeLog:
        if self._log is None:
            raise ValueError("The index was closed. Open it again.")
        return self._log

    def _checked(self, hashes: NDArray[np.uint8]) -> Words:
        if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != self.width:
            raise WrongWidth(
                f"This index takes bytes of shape (n, {self.width}), not {hashes.dtype} of shape "
                f"{hashes.shape}."
            )
        return as_words(hashes)

    def _load(self, *, writable: bool = False) -> None:
        """Read the manifest and all it names, keeping segments that are mapped already."""
        for _ in range(_TRIES):
            try:
                stamp = _stamp(self._folder)
                manifest = Manifest.read(self._folder)
                if manifest.kind != self.segment_type.kind:
                    raise IndexBroken(
                        f"{self._folder} holds {manifest.kind} hashes, not "
                        f"{self.segment_type.kind} ones. Open it as what it is."
                    )
                layers = self._layers_of(manifest)
                words = words_in(manifest.width)
                log = ChangeLog(self._folder / manifest.log, words, writable=writable)
                break
            except FileNotFoundError as error:
                # A writer has replaced what the manifest named: read the next one.
                missing = error.filename
                time.sleep(_PAUSE)
        else:
            raise IndexBroken(
                f"{missing} is missing. Open the index with writable=True to create it; if it was "
                "there before, build it again from the bank's ledger."
            )
        view = view_of(layers, words, manifest.pairs, manifest.mark).after(log.read())
        if self._log is not None:
            self._log.close()
        self._manifest, self._log, self._stamp, self._view = manifest, log, stamp, view

    def _layers_of(self, manifest: Manifest) -> tuple[Layer[SegmentT], ...]:
        mapped: dict[str, SegmentT] = {}
        if self._view is not None:
            mapped = {layer.segment.name: layer.segment for layer in self._view.layers}
        layers = []
        for part in manifest.parts:
            segment = mapped.get(part.segment) or self._opened(self._folder / part.segment)
            layers.append(Layer(segment, _dead_of(self._folder, part)))
        return tuple(layers)

    def _opened(self, path: Path) -> SegmentT:
        return cast("SegmentT", self.segment_type(path))


def as_bytes(words: Words, width: int) -> NDArray[np.uint8]:
    """Rows of words as the hashes of `width` bytes they were made of."""
    return words.astype(">u8").view(np.uint8).reshape(len(words), words.shape[1] * 8)[:, :width]


def words_in(width: int) -> int:
    """How many 64-bit words a hash of `width` bytes takes."""
    return -(-width // 8)


def view_of(
    layers: tuple[Layer[SegmentT], ...], words: int, pairs: int, mark: int
) -> View[SegmentT]:
    """A view with an empty tail."""
    tail = np.empty((0, words), np.uint64)
    return View(layers, tail, np.empty(0, np.uint64), pairs, mark)


def _stamp(folder: Path) -> tuple[int, int, int]:
    """What changes when the manifest is replaced."""
    status = os.stat(folder / FILE)
    return status.st_ino, status.st_mtime_ns, status.st_size


def _dead_of(folder: Path, part: Part) -> Ids:
    if part.dead is None:
        return np.empty(0, np.uint64)
    data = (folder / part.dead).read_bytes()
    if sha256(data).hexdigest() != part.dead_sha256:
        raise IndexBroken(
            f"The checksum of {folder / part.dead} is wrong. Delete the index folder and build it "
            "again from the bank's ledger, or restore it from a backup."
        )
    return np.frombuffer(data, "<u8")
