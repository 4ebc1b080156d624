# SPDX-License-Identifier: Apache-2.0
"""The signed statement that goes with a version: what belongs to it, and what came before.

Canonical JSON (RFC 8785) with an Ed25519 signature (RFC 8032) over the same JSON without its
`signature`. Each manifest names the SHA-256 of the one before, so that the versions form a chain
and no reader can be taken back to an older list without noticing.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearthline.kit.blocking.versions import ListVersion
from hearthline.kit.formats.canonical import canonical_json, read_json
from hearthline.kit.formats.refused import FormatRefused

FORMAT = "hearthline-blocklist/1"

_KEYS = {
    "format", "serial", "made_at", "entries", "digest", "changes", "before", "outputs", "signature",
}  # fmt: skip
_HEX = re.compile(r"[0-9a-f]{64}")


class ManifestRefused(ValueError):
    """This is no manifest of a block list."""


class SignatureWrong(ManifestRefused):
    """The manifest was not signed with this key, or was changed since."""


class RolledBack(ManifestRefused):
    """The manifest is older than the one the reader works with."""

    def __init__(self, serial: int, last_serial: int) -> None:
        self.serial, self.last_serial = serial, last_serial
        super().__init__(f"version {serial} is older than version {last_serial}")


class OutputWrong(ValueError):
    """A file is not the one the manifest names."""


@dataclass(frozen=True)
class Manifest:
    """A manifest whose signature held. Digests are SHA-256."""

    serial: int
    made_at: str
    entries: int
    digest: bytes
    changes: bytes
    # Of the manifest before, and its serial; None for the first version of all.
    before: tuple[int, bytes] | None
    # Name of each output, its size in bytes and digest.
    outputs: Mapping[str, tuple[int, bytes]]

    def check_output(self, name: str, data: bytes) -> None:
        """Raise `OutputWrong` unless `data` is, byte for byte, the output of this name."""
        size, digest = self.outputs.get(name, (-1, b""))
        if len(data) != size or sha256(data).digest() != digest:
            raise OutputWrong(name)


def manifest(
    version: ListVersion,
    outputs: Mapping[str, bytes],
    key: Ed25519PrivateKey,
    *,
    changes: bytes = bytes(32),
    before: bytes | None = None,
) -> bytes:
    """The signed manifest of a version and its rendered outputs (name to bytes).

    `changes` is the digest of what it adds and removes (`changes_digest`); `before` the manifest
    of the version before. The same arguments always make the same bytes.
    """
    body = {
        "format": FORMAT,
        "serial": version.serial,
        "made_at": version.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "entries": len(version.entries),
        "digest": version.digest.hex(),
        "changes": changes.hex(),
        "before": _link(before),
        "outputs": {
            name: {"size": len(data), "sha256": sha256(data).hexdigest()}
            for name, data in outputs.items()
        },
    }
    signature = key.sign(canonical_json(body))
    return canonical_json({**body, "signature": b64encode(signature).decode()})


def check_manifest(data: bytes, public_key: Ed25519PublicKey, last_serial: int) -> Manifest:
    """The manifest, once its form, signature and serial hold.

    `last_serial` is the version the reader works with, 0 for none; the same one again is taken.
    Raises `ManifestRefused`, `SignatureWrong` and `RolledBack`.
    """
    try:
        body = read_json(data)
    except FormatRefused as error:
        raise ManifestRefused(str(error)) from None
    if not isinstance(body, dict) or set(body) != _KEYS or body["format"] != FORMAT:
        raise ManifestRefused(f"not a manifest in the form {FORMAT}")
    if canonical_json(body) != data:
        raise ManifestRefused("not in canonical form")
    signature = body.pop("signature")
    try:
        public_key.verify(b64decode(str(signature), validate=True), canonical_json(body))
    except (InvalidSignature, ValueError):
        raise SignatureWrong("the signature does not hold") from None
    found = _read(body)
    if found.serial < last_serial:
        raise RolledBack(found.serial, last_serial)
    return found


def _link(before: bytes | None) -> dict[str, object] | None:
    if before is None:
        return None
    body = read_json(before)
    if not isinstance(body, dict) or not isinstance(body.get("serial"), int):
        raise ManifestRefused("what came before is no manifest")
    return {"serial": body["serial"], "sha256": sha256(before).hexdigest()}


def _read(body: Mapping[str, object]) -> Manifest:
    """The signed body as what it says; its signer alone could have made it otherwise."""
    before, outputs = body["before"], body["outputs"]
    if not isinstance(outputs, dict) or not isinstance(before, dict | None):
        raise ManifestRefused("outputs or before are not as they should be")
    return Manifest(
        serial=_whole(body["serial"]),
        made_at=str(body["made_at"]),
        entries=_whole(body["entries"]),
        digest=_digest(body["digest"]),
        changes=_digest(body["changes"]),
        before=(_whole(before.get("serial")), _digest(before.get("sha256"))) if before else None,
        outputs={name: _output(each) for name, each in outputs.items()},
    )


def _output(each: object) -> tuple[int, bytes]:
    if not isinstance(each, dict):
        raise ManifestRefused("an output is not as it should be")
    return _whole(each.get("size")), _digest(each.get("sha256"))


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ManifestRefused(f"{value!r} is no whole number")
    return value


def _digest(value: object) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise ManifestRefused(f"{value!r} is no SHA-256")
    return bytes.fromhex(value)
