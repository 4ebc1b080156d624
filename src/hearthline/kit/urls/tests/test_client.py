# SPDX-License-Identifier: Apache-2.0
"""A reader's copy of the list: fetched, confirmed, kept, and never taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.kit.blocking import ListVersion, manifest
from hearthline.kit.urls import ListFault, ListRefused, PrefixClient, Prefixes
from hearthline.kit.urls.client import Fetch, from_folder, publish
from hearthline.kit.urls.prefix_messages import delta
from hearthline.kit.urls.prefixes import in_bytes
from hearthline.kit.urls.signed import OUTPUT, signed_by
from hearthline.kit.urls.tests.listed import Entry, Publisher, listing

REEF, COVE = Entry("domain", "reef.test"), Entry("domain", "cove.test")
FIRST = listing(REEF, serial=1)
SECOND = listing(REEF, COVE, serial=2)
THIRD = listing(COVE, serial=3)


def trusting(prefixes: Prefixes) -> None:
    """Confirms whatever comes."""


def client(fetch: Fetch, kept_in: Path | None = None, published=SECOND) -> PrefixClient:
    return PrefixClient(
        fetch=fetch, look_up=Publisher(published), confirm=trusting, kept_in=kept_in
    )


def test_a_client_follows_the_list_from_a_folder(tmp_path: Path) -> None:
    publish(tmp_path, FIRST.prefixes)
    reader = client(from_folder(tmp_path))
    assert reader.check("http://cove.test/", now=0) is None
    publish(tmp_path, SECOND.prefixes, [FIRST.prefixes])
    assert reader.update() is True
    assert reader.check("http://cove.test/", now=0) is not None
    assert reader.serial == 2
    assert reader.update() is False


def test_what_is_lifted_opens_with_the_next_update(tmp_path: Path) -> None:
    publish(tmp_path, SECOND.prefixes)
    reader = client(from_folder(tmp_path))
    assert reader.check("http://reef.test/", now=0) is not None
    publish(tmp_path, THIRD.prefixes, [SECOND.prefixes])
    reader.update()
    assert reader.check("http://reef.test/", now=0) is None


def test_a_client_without_a_difference_of_its_own_takes_the_whole_list(tmp_path: Path) -> None:
    publish(tmp_path, FIRST.prefixes)
    reader = client(from_folder(tmp_path))
    publish(tmp_path, THIRD.prefixes, [SECOND.prefixes])
    assert reader.update() is True
    assert reader.serial == 3


def test_the_list_is_kept_and_only_what_changed_is_fetched(tmp_path: Path) -> None:
    asked = []

    def fetch(version: bytes | None) -> bytes:
        asked.append(version)
        return delta(FIRST.prefixes if version else None, SECOND.prefixes)

    kept = tmp_path / "list"
    client(lambda version: delta(None, FIRST.prefixes), kept)
    reader = client(fetch, kept)
    assert (reader.serial, asked) == (1, [])
    reader.update()
    assert (reader.serial, asked) == (2, [FIRST.prefixes.version])
    assert client(fetch, kept).serial == 2


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100])
def test_a_damaged_copy_is_fetched_again(tmp_path: Path, damage: bytes) -> None:
    kept = tmp_path / "list"
    kept.write_bytes(damage)
    assert client(lambda version: delta(None, FIRST.prefixes), kept).serial == 1


def test_a_client_without_any_list_is_not_made() -> None:
    def offline(version: bytes | None) -> bytes:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        client(offline)


def test_an_older_list_is_refused_and_the_newer_goes_on_serving(tmp_path: Path) -> None:
    kept = tmp_path / "list"
    client(lambda version: delta(None, SECOND.prefixes), kept)
    reader = client(lambda version: delta(None, FIRST.prefixes), kept)
    with pytest.raises(ListRefused) as refused:
        reader.update()
    assert refused.value.code is ListFault.ROLLED_BACK
    assert reader.serial == 2
    assert reader.check("http://cove.test/", now=0) is not None


def test_a_difference_that_does_not_add_up_is_replaced_by_the_whole_list(tmp_path: Path) -> None:
    kept = tmp_path / "list"
    client(lambda version: delta(None, FIRST.prefixes), kept)
    wrong = delta(SECOND.prefixes, THIRD.prefixes)
    reader = client(lambda version: wrong if version else delta(None, THIRD.prefixes), kept)
    assert reader.update() is True
    assert reader.serial == 3


def test_a_list_that_is_not_confirmed_is_not_used_and_not_kept(tmp_path: Path) -> None:
    kept = tmp_path / "list"
    client(lambda version: delta(None, FIRST.prefixes), kept)
    before = kept.read_bytes()

    def refuse(prefixes: Prefixes) -> None:
        raise ListRefused(ListFault.NOT_SIGNED)

    reader = PrefixClient(
        fetch=lambda version: delta(None, SECOND.prefixes),
        look_up=Publisher(SECOND),
        confirm=refuse,
        kept_in=kept,
    )
    with pytest.raises(ListRefused):
        reader.update()
    assert reader.serial == 1
    assert kept.read_bytes() == before


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def signed(published, *, serial: int, key: Ed25519PrivateKey = KEY) -> bytes:
    version = ListVersion(serial, datetime(2026, 11, 22, tzinfo=UTC), [])
    return manifest(version, {OUTPUT: in_bytes(published.prefixes.values)}, key)


def test_a_signed_list_is_confirmed_whole_and_in_differences() -> None:
    manifests = {1: signed(FIRST, serial=1), 2: signed(SECOND, serial=2)}
    answers = [delta(None, FIRST.prefixes), delta(FIRST.prefixes, SECOND.prefixes)]
    reader = PrefixClient(
        fetch=lambda version: answers.pop(0),
        look_up=Publisher(SECOND),
        confirm=signed_by(KEY.public_key(), manifests.__getitem__),
    )
    assert reader.update() is True
    assert reader.serial == 2


@pytest.mark.parametrize(
    "manifest_bytes",
    [
        b"",
        signed(FIRST, serial=1),
        signed(FIRST, serial=2),
        signed(SECOND, serial=3),
        signed(SECOND, serial=2, key=Ed25519PrivateKey.from_private_bytes(b"\1" * 32)),
        signed(SECOND, serial=2).replace(b'"serial":2', b'"serial":4'),
    ],
    ids=["none", "older", "another list", "newer", "another key", "changed"],
)
def test_a_list_that_its_publisher_did_not_sign_is_refused(manifest_bytes: bytes) -> None:
    confirm = signed_by(KEY.public_key(), lambda serial: manifest_bytes)
    with pytest.raises(ListRefused) as refused:
        confirm(SECOND.prefixes)
    assert refused.value.code is ListFault.NOT_SIGNED
