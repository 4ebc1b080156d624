# SPDX-License-Identifier: Apache-2.0
"""Sealing of fields, keys and tokens, and the receipt a reporter keeps.

A row has its own `DataKey`, which seals each of its fields. The data key is wrapped twice: to the
desk's public key, so that the public site can write what only the desk can read, and to the
receipt, so that the reporter can come back to their own report. Everything sealed is bound to the
place it belongs to, and opens nowhere else.

AES-256-GCM (NIST SP 800-38D), HPKE (RFC 9180), HKDF (RFC 5869), scrypt (RFC 7914), all from the
`cryptography` library. No clock: what expires says so inside its own payload.
"""

from .datakey import DataKey
from .desk import (
    DeskKeyPair,
    desk_private_from_text,
    desk_private_to_text,
    desk_public_from_text,
    desk_public_to_text,
    unwrap_by_desk,
    wrap_for_desk,
)
from .envelope import SealBroken
from .index import digest
from .keytext import KeyRefused, new_secret_text, secret_from_text
from .receipt import ReceiptMistyped, format_receipt, new_receipt, parse_receipt
from .receipt_keys import receipt_digest, receipt_key, unwrap_by_receipt, wrap_for_receipt
from .tokens import open_token, seal_token

__all__ = [
    "DataKey",
    "DeskKeyPair",
    "KeyRefused",
    "ReceiptMistyped",
    "SealBroken",
    "desk_private_from_text",
    "desk_private_to_text",
    "desk_public_from_text",
    "desk_public_to_text",
    "digest",
    "format_receipt",
    "new_receipt",
    "new_secret_text",
    "open_token",
    "parse_receipt",
    "receipt_digest",
    "receipt_key",
    "seal_token",
    "secret_from_text",
    "unwrap_by_desk",
    "unwrap_by_receipt",
    "wrap_for_desk",
    "wrap_for_receipt",
]
