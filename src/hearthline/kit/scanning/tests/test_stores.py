# SPDX-License-Identifier: Apache-2.0
"""Object storage, with a store on this machine."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthline.kit.hashing import Limits
from hearthline.kit.scanning import Place, PlaceRefused, Wanted, Work, found, hash_named
from hearthline.kit.scanning.scanner import Scanner, Task
from hearthline.kit.scanning.tests import make
from hearthline.kit.scanning.tests.store import Store, running

AWKWARD = "in/ü %41+&/b c.jpg"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    objects = {f"in/{number}.jpg": make.jpeg(number) for number in range(5)}
    objects |= {AWKWARD: make.jpeg(3), "inside.jpg": b"", "other/x.jpg": b""}
    objects["in/film.mp4"] = make.video(tmp_path / "film.mp4", [1, 2]).read_bytes()
    with running(objects) as store:
        yield store


def place(store: Store) -> Place:
    return Place(endpoint=store.endpoint, region="none", anonymous=True)


def listed(store: Store, address: str = "s3://bucket/in") -> list[str]:
    return list(found(address, place(store), leave_out=Path("out"), unlisted=[]))


def test_a_prefix_gives_every_object_below_it_page_by_page(store: Store):
    assert len(listed(store)) == 7
    assert listed(store)[0] == "s3://bucket/in/0.jpg"
    assert len(listed(store, "s3://bucket")) == len(store.objects)
    assert listed(store, "s3://bucket/nothing/") == []


def test_an_object_has_the_hashes_of_the_same_file(store: Store, tmp_path: Path):
    path = tmp_path / "1.jpg"
    path.write_bytes(store.objects["in/1.jpg"])
    here = hash_named(str(path), Wanted(), make.HERE).row
    there = hash_named("s3://bucket/in/1.jpg", Wanted(), place(store)).row
    assert there == here | {"path": "s3://bucket/in/1.jpg"}


def test_any_key_that_is_listed_can_be_read(store: Store):
    for name in listed(store):
        assert "refused" not in hash_named(name, Wanted(), place(store)).row, name


def test_a_large_video_is_read_by_ranges(store: Store):
    wanted = Wanted(limits=Limits(file_bytes=1000))
    row = hash_named("s3://bucket/in/film.mp4", wanted, place(store)).row
    assert len(row["frames"]) == 2
    assert row["sha256"] == hashlib.sha256(store.objects["in/film.mp4"]).hexdigest()


def test_a_shard_of_objects_is_looked_up_like_files(store: Store, banks: Path):
    scanner = Scanner(Task(str(banks), None, Wanted(), place(store), make.NOW))
    done = scanner.scan(Work(0, tuple(listed(store))))
    assert (done.counts["files"], done.counts["matches"]) == (7, 3)
    scanner.close()


def test_a_store_that_is_busy_is_asked_again(store: Store):
    store.busy["in/1.jpg"] = 2
    assert "refused" not in hash_named("s3://bucket/in/1.jpg", Wanted(), place(store)).row


def test_an_object_that_is_gone_is_told_with_the_reason(store: Store):
    row = hash_named("s3://bucket/in/gone.jpg", Wanted(), place(store)).row
    assert row["refused"] == "unreadable"
    assert row["why"].startswith("The object cannot be read: ")


def test_a_store_that_cannot_be_listed_is_named(store: Store):
    with pytest.raises(PlaceRefused, match=r"s3://lost/in cannot be listed"):
        listed(store, "s3://lost/in")


def test_an_address_without_a_bucket_is_refused(store: Store):
    with pytest.raises(PlaceRefused, match="names no bucket"):
        listed(store, "s3:///in")
    assert hash_named("s3:///in", Wanted(), place(store)).row["refused"] == "unreadable"
