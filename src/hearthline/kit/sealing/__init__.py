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
from .receipt_keys import ReceiptKeys, quick_receipt_keys, receipt_keys, resume_keys
from .ring import DeskRing, KeyNotHeld, desk_key_id
from .shares import ShareRefused, join_shares, split_into_shares
from .tokens import open_token, seal_token
from .unwrapper import Local, Program, UnixSocket, UnwrapFailed, Unwrapper, run

__all__ = [
    "DataKey",
    "DeskKeyPair",
    "DeskRing",
    "KeyNotHeld",
    "KeyRefused",
    "Local",
    "Program",
    "ReceiptKeys",
    "ReceiptMistyped",
    "SealBroken",
    "ShareRefused",
    "UnixSocket",
    "UnwrapFailed",
    "Unwrapper",
    "desk_key_id",
    "desk_private_from_text",
    "desk_private_to_text",
    "desk_public_from_text",
    "desk_public_to_text",
    "digest",
    "format_receipt",
    "join_shares",
    "new_receipt",
    "new_secret_text",
    "open_token",
    "parse_receipt",
    "quick_receipt_keys",
    "receipt_keys",
    "resume_keys",
    "run",
    "seal_token",
    "secret_from_text",
    "split_into_shares",
    "unwrap_by_desk",
    "wrap_for_desk",
]
