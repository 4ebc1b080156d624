# SPDX-License-Identifier: Apache-2.0
"""Signatures of DNS messages with a shared key: TSIG, RFC 8945, with HMAC-SHA-256 alone.

Keys stand in a file as BIND writes and reads it, so that `tsig-keygen` makes one and both ends
include the same text.
"""

import base64
import binascii
import hmac
import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hearthline.kit.dns import wire
from hearthline.kit.dns.wire import Code, Kind, Malformed, Record

ALGORITHM = "hmac-sha256"
FUDGE = 300  # seconds the clocks may differ, RFC 8945 section 10
LARGEST = 10 + 2 * 256 + 16 + 32 + 6  # bytes a TSIG record may take
_ALGORITHM_NAME = wire.name(ALGORITHM)
_MAC_SIZE = 32
_KEY = re.compile(r'key\s+"?([A-Za-z0-9._-]+)"?\s*\{([^{}]*)\}\s*;')
_COMMENT = re.compile(r"/\*.*?\*/|(//|#)[^\n]*", re.S)


class KeyRefused(ValueError):
    """A key or a file of keys cannot be used."""


@dataclass(frozen=True, slots=True)
class Key:
    """A shared key. `name` in lower case without a last dot; `secret` has 16 bytes at least."""

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.name!r})"

    @property
    def wire_name(self) -> bytes:
        return wire.name(self.name)

    def text(self) -> str:
        """The key as BIND's configuration has it."""
        secret = base64.b64encode(self.secret).decode()
        return f'key "{self.name}" {{\n\talgorithm {ALGORITHM};\n\tsecret "{secret}";\n}};\n'


class SignatureRefused(Exception):
    """A signature does not hold. `code` is told to the asker.

    Where the key is known, `mac` and `signed_at` (seconds since 1970) are those of the query.
    """

    def __init__(
        self, code: Code, key: Key | None = None, mac: bytes = b"", signed_at: int = 0
    ) -> None:
        super().__init__(code.name)
        self.code, self.key, self.mac, self.signed_at = code, key, mac, signed_at


@dataclass(frozen=True, slots=True)
class Signed:
    """A query whose signature holds: the key, and the MAC the answer builds on."""

    key: Key
    mac: bytes


def new_key(name: str) -> Key:
    """A key nobody knows yet. Raises KeyRefused for a name that is none."""
    return _key(name, secrets.token_bytes(32))


def read_keys(path: Path) -> dict[str, Key]:
    """The keys of a file, by name. Raises KeyRefused, also for a file that all may read."""
    if path.stat().st_mode & 0o007:
        raise KeyRefused(f"{path} is open to everybody; chmod 640 it, and change the keys in it.")
    try:
        return keys_in(path.read_text(encoding="ascii"))
    except UnicodeDecodeError:
        raise KeyRefused(f"{path} is no text of keys.") from None
    except KeyRefused as refusal:
        raise KeyRefused(f"{path}: {refusal}") from None


def keys_in(text: str) -> dict[str, Key]:
    """The keys of a text. Raises KeyRefused."""
    text = _COMMENT.sub(" ", text)
    keys: dict[str, Key] = {}
    for name, said in _KEY.findall(text):
        settings = dict(re.findall(r'([a-z-]+)\s+"?([^\s";]+)"?\s*;', said))
        if settings.get("algorithm", "").lower() != ALGORITHM:
            raise KeyRefused(f"key {name}: the algorithm must be {ALGORITHM}.")
        try:
            secret = base64.b64decode(settings.get("secret", ""), validate=True)
        except (binascii.Error, ValueError):
            raise KeyRefused(f"key {name}: the secret is no Base64.") from None
        key = _key(name, secret)
        if key.name in keys:
            raise KeyRefused(f"key {name} is there twice.")
        keys[key.name] = key
    if not keys or _KEY.sub("", text).strip():
        raise KeyRefused("write each key as `tsig-keygen NAME` prints it, and nothing else.")
    return keys


class Signer:
    """Signs the messages of one answer in turn, RFC 8945 section 5.3.1.

    `mac` begins as that of the query, or empty to sign a query, and is that of the last message.
    `now` is set anew before each: a transfer may take longer than clocks may differ.
    """

    def __init__(self, key: Key, mac: bytes, now: int) -> None:
        self._key, self.mac, self.now = key, mac, now
        self._first = True

    def sign(self, message: bytes) -> bytes:
        """The message with its signature."""
        return self._sign(message, self.now, Code.NOERROR, b"")

    def refuse_time(self, message: bytes, signed_at: int) -> bytes:
        """The message that a query signed at that time is too far from `now`.

        It bears the asker's time, so that the asker takes it, and ours beside it (section 5.2.3).
        """
        other = struct.pack(">HI", self.now >> 32, self.now & 0xFFFFFFFF)
        return self._sign(message, signed_at, Code.BADTIME, other)

    def _sign(self, message: bytes, at: int, code: Code, other: bytes) -> bytes:
        prior = struct.pack(">H", len(self.mac)) + self.mac if self.mac else b""
        times = _times(at)
        rest = _variables(self._key.wire_name, times, code, other) if self._first else times
        self.mac = hmac.digest(self._key.secret, prior + message + rest, "sha256")
        self._first = False
        return _with_record(message, self._key.wire_name, self.mac, times, code, other)


def unsigned_refusal(message: bytes, query: bytes, record: Record, code: Code, now: int) -> bytes:
    """The message with a TSIG record that says why nothing could be signed with that key."""
    owner = wire.full_name(query, record.owner)
    return _with_record(message, owner, b"", _times(now), code, b"")


def verified(message: bytes, record: Record, keys: Mapping[str, Key], now: int) -> Signed:
    """Whose query it is. Raises SignatureRefused with the code RFC 8945 section 5.2 asks for."""
    owner, algorithm, fields = _parts(message, record)
    key = next((key for key in keys.values() if key.wire_name == owner), None)
    if key is None or algorithm != _ALGORITHM_NAME:
        raise SignatureRefused(Code.BADKEY)
    times, mac, original, code, other = fields
    cut = _without_record(message, record, original)
    expected = hmac.digest(key.secret, cut + _variables(owner, times, code, other), "sha256")
    if not hmac.compare_digest(expected, mac):
        raise SignatureRefused(Code.BADSIG)
    if not _timely(times, now):
        raise SignatureRefused(Code.BADTIME, key, mac, _moment(times))
    return Signed(key, mac)


def answer_holds(message: bytes, key: Key, mac: bytes, now: int) -> bool:
    """Whether a single answer was signed with the key, over the query with that MAC."""
    try:
        counts = wire.HEADER.unpack_from(message)
        end = wire.HEADER.size
        for _ in range(counts[2]):
            end = wire.end_of_name(message, end) + 4
        record = wire.records(message, end, sum(counts[3:]))[-1]
        if record.kind != Kind.TSIG or record.end != len(message):
            return False
        owner, algorithm, (times, signed, original, code, other) = _parts(message, record)
    except (Malformed, struct.error, IndexError):
        return False
    prior = struct.pack(">H", len(mac)) + mac
    cut = _without_record(message, record, original)
    rest = _variables(owner, times, code, other)
    expected = hmac.digest(key.secret, prior + cut + rest, "sha256")
    if (owner, algorithm, code) != (key.wire_name, _ALGORITHM_NAME, Code.NOERROR):
        return False
    return _timely(times, now) and hmac.compare_digest(expected, signed)


def _key(name: str, secret: bytes) -> Key:
    name = name.lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", name) or len(name) > 120:
        raise KeyRefused(f"{name!r} is no name of a key: letters, digits, dots, - and _.")
    if len(secret) < 16:
        raise KeyRefused(f"key {name}: the secret is shorter than 16 bytes.")
    return Key(name, secret)


def _times(now: int) -> bytes:
    return struct.pack(">HIH", now >> 32, now & 0xFFFFFFFF, FUDGE)


def _timely(times: bytes, now: int) -> bool:
    (fudge,) = struct.unpack(">H", times[6:])
    return bool(abs(_moment(times) - now) <= min(fudge, FUDGE))


def _moment(times: bytes) -> int:
    return int.from_bytes(times[:6], "big")


def _variables(owner: bytes, times: bytes, code: int, other: bytes) -> bytes:
    """RFC 8945 section 4.3.3."""
    any_class_no_ttl = b"\0\xff\0\0\0\0"
    rest = struct.pack(">HH", code, len(other)) + other
    return owner + any_class_no_ttl + _ALGORITHM_NAME + times + rest


def _with_record(
    message: bytes, owner: bytes, mac: bytes, times: bytes, code: int, other: bytes
) -> bytes:
    size = struct.pack(">H", len(mac))
    end = message[:2] + struct.pack(">HH", code, len(other)) + other
    data = _ALGORITHM_NAME + times + size + mac + end
    count = struct.pack(">H", wire.HEADER.unpack_from(message)[5] + 1)
    record = owner + wire.tail(Kind.TSIG, 0, data, class_=255)
    return b"".join((message[:10], count, memoryview(message)[12:], record))


def _without_record(message: bytes, record: Record, original: bytes) -> bytes:
    count = struct.pack(">H", wire.HEADER.unpack_from(message)[5] - 1)
    return original + message[2:10] + count + message[12 : record.owner]


_Fields = tuple[bytes, bytes, bytes, int, bytes]


def _parts(message: bytes, record: Record) -> tuple[bytes, bytes, _Fields]:
    """Owner, algorithm, and (times, MAC, original id, code, other). Raises Malformed."""
    try:
        owner = wire.full_name(message, record.owner)
        algorithm = wire.full_name(message, record.start)
        place = wire.end_of_name(message, record.start)
        times = message[place : place + 8]
        (size,) = struct.unpack_from(">H", message, place + 8)
        place += 10
        mac, place = message[place : place + size], place + size
        original = message[place : place + 2]
        code, length = struct.unpack_from(">HH", message, place + 2)
        other = message[place + 6 : place + 6 + length]
    except (struct.error, IndexError) as fault:
        raise Malformed("a TSIG record is cut short") from fault
    if place + 6 + length != record.end or len(other) != length:
        raise Malformed("a TSIG record of the wrong length")
    return owner, algorithm, (times, mac, original, code, other)
