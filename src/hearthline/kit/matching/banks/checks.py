# SPDX-License-Identifier: Apache-2.0
"""Checks what is to be added to a bank, and refuses what would match the wrong things."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearthline.kit.formats.known_hash import HashKind, KnownHash, checked_category, plain_json
from hearthline.kit.matching.banks.refusals import EntryRefused, KindRefused
from hearthline.kit.matching.banks.settings import Settings

Checked = tuple[HashKind, bytes, str, str | None, str]
"""Kind, hash, category, metadata as JSON, and which are of one content."""

_LONGEST_METADATA = 20_000

# They would match whatever is blank, or every empty file.
_MEANINGLESS: Mapping[bytes, str] = {
    bytes(32): "the PDQ hash of a picture without detail",
    b"\xff" * 32: "the PDQ hash of a picture without detail",
    bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e"): "the MD5 of an empty file",
    bytes.fromhex("da39a3ee5e6b4b0d3255bfef95601890afd80709"): "the SHA-1 of an empty file",
    bytes.fromhex(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ): "the SHA-256 of an empty file",
}


def checked(one: KnownHash, settings: Settings) -> Checked:
    """A hash as a bank with these settings takes it. Raises EntryRefused, KindRefused."""
    check_kind(one.kind, settings)
    if len(one.value) != one.kind.width:
        raise EntryRefused(f"not {one.kind.width} bytes, as {one.kind} has")
    if one.value in _MEANINGLESS:
        check_values((one.value,))
    # Most lists tell neither, and a million calls for nothing take their time.
    category = category_of(one.category) if one.category else ""
    metadata = metadata_of(one.metadata) if one.metadata else None
    return one.kind, one.value, category, metadata, one.content


def check_kind(kind: HashKind, settings: Settings) -> None:
    """Raises KindRefused for a kind of hash that the bank does not hold."""
    if kind not in settings.kinds:
        raise KindRefused(f"the bank {settings.name} holds no {kind} hashes")


def check_values(values: Iterable[bytes]) -> None:
    """Raises EntryRefused for hashes that say nothing about content."""
    for value in _MEANINGLESS.keys() & set(values):
        raise EntryRefused(f"{_MEANINGLESS[value]} says nothing")


def category_of(text: str) -> str:
    """A plain code. Raises EntryRefused."""
    try:
        return checked_category(text)
    except ValueError as fault:
        raise EntryRefused(str(fault)) from fault


def metadata_of(metadata: Mapping[str, Any]) -> str:
    """Metadata as JSON. Raises EntryRefused."""
    try:
        text = plain_json(metadata)
    except ValueError as fault:
        raise EntryRefused(str(fault)) from fault
    if len(text) > _LONGEST_METADATA:
        raise EntryRefused(f"metadata longer than {_LONGEST_METADATA} characters of JSON")
    return text
