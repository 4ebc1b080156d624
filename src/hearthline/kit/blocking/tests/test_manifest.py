# SPDX-License-Identifier: Apache-2.0
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.blocking import (
    Entry,
    ListVersion,
    ManifestRefused,
    OutputWrong,
    RolledBack,
    Scope,
    SignatureWrong,
    check_manifest,
    manifest,
)
from hearthline.kit.formats.canonical import canonical_json, read_json

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OUTPUTS = {"rpz.zone": b"harbour.test CNAME .\n", "prefixes.bin": b"\x00\x01\x02\x03"}


def version(serial: int = 7) -> ListVersion:
    listed = Entry("1", Scope.HOST, "harbour.test", "baseline", "children_act_12", NOON)
    return ListVersion(serial, NOON, [listed])


SIGNED = manifest(version(), OUTPUTS, KEY, changes=sha256(b"changes").digest())


@given(
    st.integers(1, 2**40),
    st.dictionaries(st.from_regex(r"[a-z]{1,10}\.[a-z]{1,5}", fullmatch=True), st.binary()),
)
def test_what_was_signed_is_read_back(serial: int, outputs: dict[str, bytes]) -> None:
    found = check_manifest(manifest(version(serial), outputs, KEY), KEY.public_key(), serial)
    assert (found.serial, found.entries) == (serial, 1)
    assert found.digest == version(serial).digest
    assert set(found.outputs) == set(outputs)
    for name, data in outputs.items():
        found.check_output(name, data)


def test_the_same_version_always_makes_the_same_bytes() -> None:
    again = manifest(
        version(), dict(reversed(OUTPUTS.items())), KEY, changes=sha256(b"changes").digest()
    )
    assert again == SIGNED


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_one_changed_byte_is_found_wherever_it_is(at: int, by: int) -> None:
    changed = bytearray(SIGNED)
    changed[at] ^= by
    with pytest.raises(ManifestRefused):
        check_manifest(bytes(changed), KEY.public_key(), 0)


def test_one_changed_byte_of_an_output_is_found() -> None:
    found = check_manifest(SIGNED, KEY.public_key(), 0)
    for data in (b"harbour.test CNAME .\r", b"harbour.test CNAME .", b""):
        with pytest.raises(OutputWrong):
            found.check_output("rpz.zone", data)
    with pytest.raises(OutputWrong):
        found.check_output("nothing.txt", b"")


def test_an_older_version_is_refused_and_the_same_one_taken_again() -> None:
    assert check_manifest(SIGNED, KEY.public_key(), 7).serial == 7
    with pytest.raises(RolledBack) as error:
        check_manifest(SIGNED, KEY.public_key(), 8)
    assert (error.value.serial, error.value.last_serial) == (7, 8)


def test_another_key_is_refused() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    with pytest.raises(SignatureWrong):
        check_manifest(SIGNED, stranger, 0)


def test_each_version_names_the_one_before() -> None:
    after = manifest(version(8), OUTPUTS, KEY, before=SIGNED)
    found = check_manifest(after, KEY.public_key(), 7)
    assert found.before == (7, sha256(SIGNED).digest())
    assert check_manifest(SIGNED, KEY.public_key(), 0).before is None


def test_a_chain_cannot_begin_with_what_is_no_manifest() -> None:
    with pytest.raises(ManifestRefused):
        manifest(version(8), OUTPUTS, KEY, before=b"[]")


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b'{"format":"hearthline-blocklist/1"}', SIGNED + b"\n"]
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(ManifestRefused):
        check_manifest(data, KEY.public_key(), 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("serial", -1),
        ("serial", True),
        ("digest", "00"),
        ("outputs", []),
        ("outputs", {"a": "b"}),
        ("before", "7"),
        ("entries", "1"),
    ],
)
def test_a_signed_manifest_of_the_wrong_shape_is_refused(field: str, value: object) -> None:
    body = read_json(SIGNED)
    assert isinstance(body, dict)
    body = {**body, field: value}
    del body["signature"]
    signature = b64encode(KEY.sign(canonical_json(body))).decode()
    with pytest.raises(ManifestRefused):
        check_manifest(canonical_json({**body, "signature": signature}), KEY.public_key(), 0)
