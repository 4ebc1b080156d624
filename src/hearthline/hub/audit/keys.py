# SPDX-License-Identifier: Apache-2.0
"""The two halves of the key that signs the log, read from their settings."""

from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearthline.kit import ledger
from hearthline.kit.sealing import KeyRefused, secret_from_text

# The log's name in its checkpoints, and the name of the key that signs them.
ORIGIN = "hearthline/audit"

_PUBLIC = "HEARTHLINE_AUDIT_PUBLIC_KEY"
_PRIVATE = "HEARTHLINE_AUDIT_PRIVATE_KEY"
_ED25519 = b"\x01"  # the signature type byte of signed-note


def signing_key(text: str) -> Ed25519PrivateKey:
    """The log's Ed25519 key from its setting; raises `KeyRefused` naming the setting."""
    return Ed25519PrivateKey.from_private_bytes(secret_from_text(text, name=_PRIVATE))


def public_keys(text: str) -> list[Ed25519PublicKey]:
    """The keys that check the log, the current one first: older checkpoints bear older keys.

    The setting holds verifier keys separated by spaces or lines. Raises `KeyRefused`.
    """
    return [public_key(word) for word in text.split() or [""]]


def public_key(text: str) -> Ed25519PublicKey:
    """The key that checks the log, from the verifier-key text `hearthline keys` made.

    The text is name+key ID+base64, as verifiers of C2SP signed notes take it. Raises
    `KeyRefused` naming the setting.
    """
    text = text.strip()
    if not text:
        raise KeyRefused(
            f"{_PUBLIC} is empty. It must hold the line that `hearthline keys` printed under "
            f"this name; it begins with “{ORIGIN}+”."
        )
    name, _, rest = text.partition("+")
    _identifier, _, encoded = rest.partition("+")
    if name != ORIGIN:
        raise KeyRefused(f"{_PUBLIC} must begin with “{ORIGIN}+”.")
    try:
        material = b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(material.removeprefix(_ED25519))
    except ValueError:
        key = None
    if key is None or text != ledger.verifier_key(name, key):
        raise KeyRefused(f"{_PUBLIC} is mistyped or incomplete. Copy the whole line again.")
    return key
