# SPDX-License-Identifier: Apache-2.0
"""One hash of known content as every list of hashes gives it, and what could not be read.

The readers of `vics`, `hash_csv` and `threat_exchange` yield these two, so that a bank takes any
of them in alike. A hash is no content: nothing can be seen from it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class HashKind(StrEnum):
    """What a hash was made with. PDQ is perceptual; the others say that bytes are equal."""

    PDQ = "pdq"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"

    @property
    def width(self) -> int:
        """Length of a hash in bytes."""
        return _WIDTHS[self]


_WIDTHS = {HashKind.PDQ: 32, HashKind.MD5: 16, HashKind.SHA1: 20, HashKind.SHA256: 32}
_BY_NAME = {
    "pdq": HashKind.PDQ,
    "pdqhash": HashKind.PDQ,
    "hashpdq": HashKind.PDQ,
    "md5": HashKind.MD5,
    "md5hash": HashKind.MD5,
    "hashmd5": HashKind.MD5,
    "videomd5": HashKind.MD5,
    "hashvideomd5": HashKind.MD5,
    "sha1": HashKind.SHA1,
    "sha1hash": HashKind.SHA1,
    "hashsha1": HashKind.SHA1,
    "sha256": HashKind.SHA256,
    "sha2256": HashKind.SHA256,
    "sha256hash": HashKind.SHA256,
    "hashsha256": HashKind.SHA256,
}
# 64 digits stand for SHA-256 or PDQ: there the list has to say which.
_BY_LENGTH = {32: HashKind.MD5, 40: HashKind.SHA1}
_PLAIN = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_CATEGORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


@dataclass(frozen=True, slots=True)
class KnownHash:
    """One entry of a list.

    `value` has `kind.width` bytes. `category` is a code of the list, empty if it gives none.
    `content` is alike for the hashes of one file or picture inside one list, empty if unknown.
    `metadata` is what else the list says, as JSON values. `withdrawn`: the list takes it back.
    `place` says where in the list it stood, for a person.
    """

    kind: HashKind
    value: bytes
    category: str = ""
    content: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    withdrawn: bool = False
    place: str = field(default="", compare=False)

    @property
    def hex(self) -> str:
        """The hash in lower-case hexadecimal."""
        return self.value.hex()


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item of a list that was not taken: where it stood and why, in plain words."""

    place: str
    reason: str


def kind_named(name: str) -> HashKind | None:
    """The kind a column or a type is named for (`SHA-1`, `HASH_PDQ`, `md5_hash`), or None."""
    return _BY_NAME.get(name) or _BY_NAME.get(_NOT_ALPHANUMERIC.sub("", name.casefold()))


def kind_and_value(text: str, kind: HashKind | None = None) -> tuple[HashKind, bytes]:
    """The hash a text of hexadecimal digits stands for, in either case.

    Without a `kind` its length decides: 32 digits MD5, 40 SHA-1. Raises ValueError with a reason
    that quotes no more of the text than its length.
    """
    text = text.strip()
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise ValueError("not hexadecimal digits") from None
    # `fromhex` steps over spaces between the bytes.
    if not text or 2 * len(value) != len(text):
        raise ValueError("empty" if not text else "not hexadecimal digits")
    if kind is None:
        kind = _BY_LENGTH.get(len(text))
    if kind is None:
        if len(text) == 64:
            raise ValueError("64 digits may be SHA-256 or PDQ; say which")
        raise ValueError(f"{len(text)} digits are no MD5 (32), SHA-1 (40), SHA-256 or PDQ (64)")
    if len(value) != _WIDTHS[kind]:
        raise ValueError(f"{len(text)} digits, {kind} has {2 * kind.width}")
    return kind, value


def checked_category(text: str) -> str:
    """A category as a plain code: letters, digits and `._:-`, 64 at most. Raises ValueError."""
    text = text.strip()
    if text and _CATEGORY.fullmatch(text) is None:
        raise ValueError("the category is no plain code (letters, digits and . _ : -, up to 64)")
    return text


def plain_json(metadata: Mapping[str, Any]) -> str:
    """Metadata as compact JSON with sorted keys, empty text for nothing.

    Raises ValueError for what JSON cannot hold.
    """
    if not metadata:
        return ""
    try:
        text = _PLAIN.encode(metadata)
        # A lone half of a surrogate pair is no character and could not be stored.
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as fault:
        raise ValueError("metadata must be JSON: text, numbers, lists and objects") from fault
    return text
