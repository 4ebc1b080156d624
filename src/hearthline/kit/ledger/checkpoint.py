# SPDX-License-Identifier: Apache-2.0
"""Signed checkpoints: what the log was at one size, in a text anyone can keep and check.

The text is a C2SP `tlog-checkpoint`, signed as a C2SP `signed-note` with Ed25519 (RFC 8032).
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .tree import is_hash

_ED25519 = b"\x01"  # the signature type byte of signed-note
_KEY_ID_SIZE = 4
_DASH = "\N{EM DASH} "
# signed-note asks for at least 16 signatures; these bounds keep a hostile note cheap.
_MOST_SIGNATURES = 100
_LONGEST_NOTE = 1_000_000

_SIZE = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f]")


class CheckpointRefused(Exception):
    """A note that is no checkpoint, or is not signed by the key it must be signed by."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root over the first `size` leaves of the log called `origin`.

    `origin` is best the log's address without a scheme, as in `hotline.example.org/log`.
    Raises ValueError on an origin that is empty or has a control character, on a negative size, or
    on a root that is not 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or _CONTROL.search(self.origin):
            raise ValueError("The origin of a checkpoint is one line of text, and not empty.")
        if not 0 <= self.size < 2**64:
            raise ValueError("The size of a checkpoint lies between 0 and 2^64 - 1.")
        if not is_hash(self.root):
            raise ValueError("The root of a checkpoint is exactly 32 bytes.")

    @property
    def text(self) -> str:
        """The three lines that are signed, each with its newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def sign(self, private_key: Ed25519PrivateKey, name: str) -> str:
        """The whole note. `name` names the key and is best the same as the origin.

        Raises ValueError on a name that is empty or has a space, a plus or a control character.
        """
        signature = private_key.sign(self.text.encode())
        blob = b64encode(key_id(name, private_key.public_key()) + signature).decode()
        return f"{self.text}\n{_DASH}{name} {blob}\n"


def key_id(name: str, public_key: Ed25519PublicKey) -> bytes:
    """The 4 bytes that tell keys of one name apart: SHA-256(name || LF || 0x01 || key)[:4]."""
    if not _is_key_name(name):
        raise ValueError("A key name is not empty and has no space, plus or control character.")
    material = name.encode() + b"\n" + _ED25519 + public_key.public_bytes_raw()
    return sha256(material).digest()[:_KEY_ID_SIZE]


def verifier_key(name: str, public_key: Ed25519PublicKey) -> str:
    """The public key as verifiers of signed notes take it: name+hexadecimal key ID+base64."""
    encoded = b64encode(_ED25519 + public_key.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, public_key).hex()}+{encoded}"


def open_checkpoint(
    note: str, public_key: Ed25519PublicKey, name: str, *, origin: str | None = None
) -> Checkpoint:
    """The checkpoint in `note`, once its signature by `name` is found good.

    Signatures of other keys (witnesses) are passed over, as signed-note demands; so are extension
    lines. Give `origin` when the key signs for more than one log. Raises CheckpointRefused with
    the reason.
    """
    text, signatures = _split(note)
    known = (name, key_id(name, public_key))
    ours = [blob[_KEY_ID_SIZE:] for who, blob in signatures if (who, blob[:_KEY_ID_SIZE]) == known]
    if not ours:
        raise CheckpointRefused(f"The note bears no signature by this key of {name}.")
    for signature in ours:
        try:
            public_key.verify(signature, text.encode())
        except InvalidSignature:
            raise CheckpointRefused(
                f"The signature by {name} does not fit: the note was altered, or another key "
                "signed it."
            ) from None
    checkpoint = _parse(text)
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointRefused(f"The checkpoint is of another log than {origin}.")
    return checkpoint


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The signed text, and each signature as (key name, key ID and signature)."""
    if len(note) > _LONGEST_NOTE:
        raise CheckpointRefused("The note is longer than any checkpoint.")
    if _CONTROL.search(note.replace("\n", "")) or not _is_utf8(note):
        raise CheckpointRefused("The note has characters that no signed note may have.")
    body, blank, tail = note.rpartition("\n\n")
    if not (body and blank and tail.endswith("\n")):
        raise CheckpointRefused(
            "The note is not in the form of a signed note: text, a blank line, signature lines."
        )
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise CheckpointRefused(f"The note bears more than {_MOST_SIGNATURES} signatures.")
    return body + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    blob = _decoded(encoded)
    well_formed = line.startswith(_DASH) and _is_key_name(name) and space
    if not well_formed or blob is None or len(blob) <= _KEY_ID_SIZE:
        raise CheckpointRefused("The note has a signature line that is not well formed.")
    return name, blob


def _parse(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointRefused("A checkpoint has three lines or more, and none of them empty.")
    origin, size, encoded = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) >= 2**64:
        raise CheckpointRefused("The second line of a checkpoint is the size, in plain digits.")
    root = _decoded(encoded)
    if root is None or not is_hash(root):
        raise CheckpointRefused("The third line of a checkpoint is the root, 32 bytes in base64.")
    return Checkpoint(origin, int(size), root)


def _decoded(encoded: str) -> bytes | None:
    """Strict base64 with its padding: exactly one spelling for each value."""
    try:
        decoded = b64decode(encoded, validate=True)
    except ValueError:
        return None
    return decoded if b64encode(decoded).decode() == encoded else None


def _is_key_name(name: str) -> bool:
    spaced = any(character.isspace() for character in name)
    return bool(name) and not spaced and "+" not in name and not _CONTROL.search(name)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
