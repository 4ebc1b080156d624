# SPDX-License-Identifier: Apache-2.0
"""What is derived from a receipt: the digest to look a report up, and the key that opens it.

Both come out of one slow step, scrypt over an HMAC of the receipt under the pepper. The digest too:
a receipt has 49.7 bits, so a fast digest would let a thief of database and pepper find every
receipt in days, and the slow step before the key would then protect nothing.

One derivation takes some 30 ms and 16 MB. Check the receipt's form and the rate limit first.
"""

import hmac

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .binding import bind
from .datakey import DataKey
from .envelope import KEY_SIZE, Stored, not_openable, open_bytes, seal_bytes
from .keytext import require_secret
from .receipt import parse_receipt


def receipt_digest(receipt: str, pepper: bytes) -> bytes:
    """32 bytes to find the row by: HMAC-SHA256 over the stretched receipt.

    Raises ReceiptMistyped, and KeyRefused on a pepper under 32 bytes.
    """
    return hmac.digest(_stretch(receipt, pepper), bind("receipt-digest"), "sha256")


def receipt_key(receipt: str, pepper: bytes) -> bytes:
    """32 bytes of AES key, which the digest tells nothing about.

    Raises ReceiptMistyped, and KeyRefused on a pepper under 32 bytes.
    """
    return hmac.digest(_stretch(receipt, pepper), bind("receipt-key"), "sha256")


def wrap_for_receipt(key: DataKey, receipt: str, pepper: bytes, *, row: str) -> bytes:
    """Wrap the key of `row` so that the receipt opens it, 61 bytes.

    Raises ReceiptMistyped, KeyRefused on a pepper under 32 bytes, ValueError if `row` is empty.
    """
    return seal_bytes(receipt_key(receipt, pepper), key.expose(), bind("receipt-wrap", row))


def unwrap_by_receipt(wrapped: Stored, receipt: str, pepper: bytes, *, row: str) -> DataKey:
    """The key of `row`. Raises SealBroken, ReceiptMistyped or KeyRefused."""
    opened = open_bytes(receipt_key(receipt, pepper), wrapped, bind("receipt-wrap", row))
    if len(opened) != KEY_SIZE:
        raise not_openable()
    return DataKey(opened)


def _stretch(receipt: str, pepper: bytes) -> bytes:
    # Parsed again, so that one receipt has one digest however the caller spelt it. The salt is
    # fixed because the digest must be found without knowing the row; the pepper stands in for it.
    digits = parse_receipt(receipt)
    pepper = require_secret(pepper, name="pepper")
    keyed = hmac.digest(pepper, bind("receipt", digits), "sha256")
    return Scrypt(salt=bind("receipt-salt"), length=32, n=2**14, r=8, p=1).derive(keyed)
