# SPDX-License-Identifier: Apache-2.0
"""The folder of an index: one writer, many readers, and no moment at which a crash loses anything.

Writing follows one rule: new files are complete and on disk before a manifest names them, and the
manifest changes by a rename. What no manifest names is rubbish, swept by the next writer.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import sorting
from .changes import Added, ChangeLog, Removed
from .files import fsync_folder, write_whole
from .manifest import FILE, Manifest, Part
from .reading import Reader, view_of, words_in
from .refusals import IndexBusy, WrongWidth
from .sorting import Ids, Words
from .view import Layer, SegmentT, View

_LOCK = "lock"
#: More new pairs than this become a segment: every search compares all of the tail.
TAIL_LIMIT = 2048
#: A longer change log (bytes) is folded into the manifest, so that opening stays quick.
LOG_LIMIT = 1 << 22
#: Small segments are joined while adding, up to this many pairs; beyond, `merge` does it.
JOIN_LIMIT = 1 << 17
_NONE = np.empty(0, np.uint64)


class Folder(Reader[SegmentT]):
    """Pairs of hash and id: a set, so that adding twice or removing twice changes nothing.

    One id may have several hashes and one hash several ids. Safe to use from several threads.
    """

    def __init__(self, folder: Path, width: int | None, *, writable: bool) -> None:
        self._lock: int | None = _take_lock(folder) if writable else None
        self._merging = threading.Lock()
        self._in_merge: frozenset[str] = frozenset()
        self._names = 0
        try:
            if writable:
                self._create(folder, width)
        except BaseException:
            self._let_go()
            raise
        super().__init__(folder, width)
        if writable:
            self._sweep()

    def refresh(self) -> None:
        """See what a writer in another process has changed. Cheap where nothing has."""
        if self._lock is None:
            super().refresh()

    def close(self) -> None:
        """Let go of the files, and of the writer's lock. Waits for a merge to end."""
        with self._merging, self._changing:
            super().close()
            self._let_go()

    def add(
        self, hashes: NDArray[np.uint8], ids: NDArray[np.uint64], *, mark: int | None = None
    ) -> int:
        """Add pairs; what is already there is left as it is. Returns how many were new.

        `hashes` is uint8 of shape (n, width), `ids` uint64 of shape (n,). On disk, and seen by
        readers, when this returns. Raises WrongWidth.
        """
        words, ids = self._checked(hashes), _as_ids(ids)
        if ids.shape != (len(words),):
            raise ValueError("Give one id for each hash.")
        with self._changing:
            view = self._to_write
            words, ids = _distinct(words, ids)
            fresh = ~view.holds(words, ids)
            change = Added(words[fresh], ids[fresh], view.mark if mark is None else mark)
            if change.pairs == 0 and change.mark == view.mark:
                return 0
            if view.tail_ids.size + change.pairs <= TAIL_LIMIT:
                self._change(change)
            else:
                self._fold(view.after([change]))
            return change.pairs

    def remove(self, ids: NDArray[np.uint64], *, mark: int | None = None) -> int:
        """Remove every pair with one of these ids. Returns how many pairs that were."""
        ids = np.unique(_as_ids(ids))
        with self._changing:
            view = self._to_write
            counts = view.count(ids)
            gone = int(counts.sum())
            change = Removed(ids[counts > 0], -gone, view.mark if mark is None else mark)
            if gone or change.mark != view.mark:
                self._change(change)
            if self._open_log.end > LOG_LIMIT:
                self._fold(self._now)
            return gone

    def merge(self) -> None:
        """Make one segment of all, without what was removed. Searches, adds and removes go on.

        Call it from a thread of its own where they must. A crash leaves the index as it was.
        """
        with self._merging:
            with self._changing:
                if self._to_write.tail_ids.size:
                    self._fold(self._now)
                before = self._now.layers
                if len(before) < 2 and not any(layer.dead.size for layer in before):
                    return
                self._in_merge = frozenset(layer.segment.name for layer in before)
            try:
                merged = self._segment_of(before, None)
                with self._changing:
                    self._in_merge = frozenset()
                    self._swap(before, merged)
            finally:
                self._in_merge = frozenset()

    @property
    def _to_write(self) -> View[SegmentT]:
        if self._lock is None:
            raise ValueError("The index was opened to read, or closed. Open it with writable=True.")
        return self._now

    def _create(self, folder: Path, width: int | None) -> None:
        if (folder / FILE).exists():
            return
        if width is None:
            raise WrongWidth("Say the length of the hashes in bytes to create an index.")
        log = folder / f"changes-{self._name(0)}.log"
        ChangeLog.create(log, words_in(width)).close()
        Manifest(self.segment_type.kind, width, 1, (), log.name, 0, 0).write(folder)

    def _load(self, *, writable: bool = False) -> None:
        super()._load(writable=self._lock is not None)
        if self._lock is not None:
            self._open_log.cut()

    def _layers_of(self, manifest: Manifest) -> tuple[Layer[SegmentT], ...]:
        layers = super()._layers_of(manifest)
        self._keep_parts(manifest.parts, layers)
        return layers

    def _keep_parts(self, parts: tuple[Part, ...], layers: tuple[Layer[SegmentT], ...]) -> None:
        """Remember which removed ids stand in which file, so as to write them only once."""
        pairs = zip(parts, layers, strict=True)
        self._parts = {part.segment: (part, layer.dead) for part, layer in pairs}

    def _change(self, change: Added | Removed) -> None:
        self._open_log.append(change)
        self._view = self._now.after([change])

    def _fold(self, view: View[SegmentT]) -> None:
        """Write a view's tail as a segment, joined with small ones, and begin a new log."""
        layers = view.layers
        joined: tuple[Layer[SegmentT], ...] = ()
        size = view.tail_ids.size
        while size and layers:
            last = layers[-1].segment
            if last.pairs > 2 * size or size + last.pairs > JOIN_LIMIT:
                break
            if last.name in self._in_merge:
                break
            size += last.pairs
            joined = (layers[-1], *joined)
            layers = layers[:-1]
        newest = self._segment_of(joined, view)
        self._publish(layers if newest is None else (*layers, Layer(newest, _NONE)), view)

    def _swap(self, before: tuple[Layer[SegmentT], ...], merged: SegmentT | None) -> None:
        """Put the merged segment in the place of those it was made of."""
        view = self._now
        known = {layer.segment.name: layer for layer in before}
        removed_since = [_NONE]
        layers = []
        for layer in view.layers:
            if old := known.get(layer.segment.name):
                removed_since.append(np.setdiff1d(layer.dead, old.dead))
            else:
                layers.append(layer)
        if merged is not None:
            layers.insert(0, Layer(merged, np.unique(np.concatenate(removed_since))))
        if (newest := self._segment_of((), view)) is not None:
            layers.append(Layer(newest, _NONE))
        self._publish(tuple(layers), view)

    def _segment_of(
        self, layers: tuple[Layer[SegmentT], ...], tail_of: View[SegmentT] | None
    ) -> SegmentT | None:
        """A new segment file of these layers' live pairs and a view's tail; None of no pairs."""
        pairs = [layer.segment.live_pairs(layer.dead) for layer in layers]
        if tail_of is not None:
            pairs.append((tail_of.tail, tail_of.tail_ids))
        words = np.concatenate([rows for rows, _ in pairs])
        ids = np.concatenate([each for _, each in pairs])
        del pairs
        if not ids.size:
            return None
        content = sorting.in_order(words, ids)
        del words, ids
        path = self._new_file("segment", "hls")
        self.segment_type.write(path, content, words_in(self.width))
        return self._opened(path)

    def _publish(self, layers: tuple[Layer[SegmentT], ...], view: View[SegmentT]) -> None:
        """Make these layers, with an empty log, what the index is."""
        parts = tuple(self._part_of(layer) for layer in layers)
        log = ChangeLog.create(self._new_file("changes", "log"), words_in(self.width))
        manifest = Manifest(
            self.segment_type.kind, self.width, self._manifest.number + 1, parts,
            log.path.name, view.pairs, view.mark,
        )  # fmt: skip
        manifest.write(self._folder)
        self._open_log.close()
        self._log, self._manifest = log, manifest
        self._keep_parts(parts, layers)
        self._view = view_of(layers, words_in(self.width), view.pairs, view.mark)
        self._sweep()

    def _part_of(self, layer: Layer[SegmentT]) -> Part:
        """How the manifest names a layer; its removed ids go to a file where they have changed."""
        name = layer.segment.name
        if not layer.dead.size:
            return Part(name)
        part, dead = self._parts.get(name, (None, _NONE))
        if part is not None and np.array_equal(dead, layer.dead):
            return part
        path = self._new_file("removed", "ids")
        data = layer.dead.astype("<u8").tobytes()
        write_whole(path, data)
        return Part(name, path.name, sha256(data).hexdigest())

    def _new_file(self, what: str, ending: str) -> Path:
        """A path no file of this index has had."""
        with self._changing:
            return self._folder / f"{what}-{self._name(self._manifest.number)}.{ending}"

    def _name(self, number: int) -> str:
        """The manifest's number, a count, and chance: another index's files may move in here."""
        self._names += 1
        return f"{number:08}-{self._names:04}-{secrets.token_hex(4)}"

    def _sweep(self) -> None:
        """Remove files no manifest names. A reader that has one mapped keeps its content."""
        named = {self._manifest.log}
        for part in self._manifest.parts:
            named |= {part.segment, part.dead or part.segment}
        for path in self._folder.iterdir():
            ours = path.suffix in (".hls", ".log", ".ids", ".part")
            if ours and path.name not in named and not self._in_merge:
                path.unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._lock is not None:
            # Said, not only closed: a process forked meanwhile would hold on to it.
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            os.close(self._lock)
            self._lock = None


def move_in(fresh: Path, place: Path) -> None:
    """Put the index of one folder in the place of another's; readers go on throughout.

    No writer may have either open. A crash leaves the old index or the new. What the old one had
    is rubbish then, swept by the next writer.
    """
    if not place.exists():
        fresh.rename(place)
        fsync_folder(place.parent)
        return
    for path in fresh.iterdir():
        if path.name not in (FILE, _LOCK):
            path.rename(place / path.name)
    fsync_folder(place)
    (fresh / FILE).rename(place / FILE)
    fsync_folder(place)


def _take_lock(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise IndexBusy(
            f"Another writer has the index in {folder} open. Wait until it has closed it, or "
            "stop it; reading is possible meanwhile."
        ) from error
    except OSError:
        os.close(handle)
        raise
    return handle


def _as_ids(ids: NDArray[np.uint64] | Sequence[int]) -> Ids:
    """Ids as they are stored. Raises ValueError for what would become another number."""
    given = ids if isinstance(ids, np.ndarray) else np.array(ids, np.uint64)
    if given.size and (given.dtype.kind not in "ui" or given.min() < 0):
        raise ValueError("Give ids as whole numbers from 0 to 2^64 - 1.")
    return np.ascontiguousarray(given, np.uint64)


def _distinct(words: Words, ids: Ids) -> tuple[Words, Ids]:
    """The different pairs, in order."""
    content = sorting.in_order(words, ids)
    rows = content.rows.reshape(-1, words.shape[1])
    if content.extra_ids.size:
        rows = np.concatenate([rows, rows[content.extra_rows]])
    return rows, np.concatenate([content.first_ids, content.extra_ids])
