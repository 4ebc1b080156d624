# SPDX-License-Identifier: Apache-2.0
"""Drawn shapes as files, a bank that knows some of them, and a runner without processes."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from hearthline.kit.formats.known_hash import HashKind, KnownHash
from hearthline.kit.hashing import digest, hash_picture
from hearthline.kit.matching.banks import Bank, Library
from hearthline.kit.scanning import Done, Place, Scanner, Task, Wanted, Work

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Place()
SIGNED = {"by": "Ada", "at": NOW}


def drawn(number: int, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """A picture of shapes; each number gives another."""
    random = np.random.default_rng(number)
    picture = Image.new("RGB", size, tuple(random.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y = random.integers(0, size[0]), random.integers(0, size[1])
        w, h = random.integers(8, 50, 2)
        colour = tuple(random.integers(0, 256, 3).tolist())
        draw.ellipse((x, y, x + w, y + h), fill=colour)
    return picture


def jpeg(number: int, size: tuple[int, int] = (96, 80)) -> bytes:
    file = io.BytesIO()
    drawn(number, size).save(file, "JPEG", quality=90)
    return file.getvalue()


def pictures(folder: Path, count: int) -> list[Path]:
    """Files 000.jpg, 001.jpg and so on, each another picture."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(jpeg(number))
    return paths


def video(path: Path, numbers: Iterable[int], *, seconds: int = 1) -> Path:
    """A film that shows each picture for so many seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 96, 80, "yuv420p"
        for number in numbers:
            frame = av.VideoFrame.from_image(drawn(number))
            for _ in range(5 * seconds):
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def bank_of(library: Library, name: str, contents: Iterable[bytes], **settings: object) -> Bank:
    """A bank that knows these pictures by PDQ and by SHA-256."""
    bank = library.create_bank(name, **SIGNED, **settings)
    hashes = []
    for content in contents:
        hashes.append(KnownHash(HashKind.PDQ, hash_picture(content).pdq.bits))
        hashes.append(KnownHash(HashKind.SHA256, digest(content).sha256))
    bank.add(hashes, source="Test", **SIGNED)
    return bank


def rows(path: Path) -> list[dict]:
    """The objects of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def task(library: Path, **wanted: object) -> Task:
    return Task(str(library), None, Wanted(**wanted), HERE, NOW)


class InTurn:
    """A runner that does all itself, and after `most` shards is gone."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.most = most

    def run(
        self, task: Task, works: Iterator[Work], moved: Callable[[int], None]
    ) -> Iterator[Done]:
        scanner = Scanner(task)
        for number, work in enumerate(works):
            if number == self.most:
                break
            moved(len(work.names))
            yield scanner.scan(work)
        scanner.close()
