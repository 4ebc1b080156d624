# SPDX-License-Identifier: Apache-2.0
"""What is derived from a receipt: the digest to look a report up, and the key that opens it.

There are two sets. The lasting one comes out of one slow step, scrypt over an HMAC of the receipt
under the pepper; the digest too: a receipt has 49.7 bits, so a fast digest would let a thief of
database and pepper find every receipt in days, and the slow step before the key would then
protect nothing. One derivation takes some 30 ms and 16 MB. Check the receipt's form and the rate
limit first.

The quick set is an HMAC and takes microseconds. It is for the moments between the sending of a
report and the slow step, which somebody else then takes; whatever was stored under it is deleted
with that. Until then it withstands a thief of the database alone, and one who has the pepper too
for about as long as 9 * 10^14 HMACs take, which is hours on rented machines.
"""

import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .binding import bind
from .datakey import DataKey
from .envelope import KEY_SIZE, Stored, not_openable, open_bytes, seal_bytes
from .keytext import require_secret
from .receipt import parse_receipt


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """What one derivation gives: 32 bytes to find the row by, and a key they tell nothing about."""

    digest: bytes
    _key: bytes = field(repr=False)
    _purpose: str = field(repr=False)

    def wrap(self, key: DataKey, *, row: str) -> bytes:
        """Wrap the key of `row` so that the receipt opens it, 61 bytes.

        Raises ValueError if `row` is empty.
        """
        return seal_bytes(self._key, key.expose(), bind(self._purpose, row))

    def unwrap(self, wrapped: Stored, *, row: str) -> DataKey:
        """The key of `row`. Raises SealBroken."""
        opened = open_bytes(self._key, wrapped, bind(self._purpose, row))
        if len(opened) != KEY_SIZE:
            raise not_openable()
        return DataKey(opened)


def receipt_keys(receipt: str, pepper: bytes) -> ReceiptKeys:
    """The lasting keys, by the slow step.

    Raises ReceiptMistyped, and KeyRefused on a pepper under 32 bytes.
    """
    return _slowly(receipt, pepper, "receipt")


def resume_keys(number: str, pepper: bytes) -> ReceiptKeys:
    """The keys of a number that leads back to a form not sent yet, by the same slow step.

    Such a number looks like a receipt and is derived for another purpose, so that neither ever
    opens what the other does. Raises what `receipt_keys` raises.
    """
    return _slowly(number, pepper, "resume")


def quick_receipt_keys(receipt: str, pepper: bytes) -> ReceiptKeys:
    """The keys for the moments before the slow step. Raises what `receipt_keys` raises."""
    # Another purpose than above, or this would be what the slow step starts from.
    keyed = hmac.digest(_pepper(pepper), bind("quick-receipt", parse_receipt(receipt)), "sha256")
    return _from(keyed, "quick-receipt")


def _slowly(number: str, pepper: bytes, purpose: str) -> ReceiptKeys:
    keyed = hmac.digest(_pepper(pepper), bind(purpose, parse_receipt(number)), "sha256")
    # The salt is fixed because the digest must be found without knowing the row; the pepper
    # stands in for it.
    slow = Scrypt(salt=bind(f"{purpose}-salt"), length=32, n=2**14, r=8, p=1).derive(keyed)
    return _from(slow, purpose)


def _pepper(pepper: bytes) -> bytes:
    return require_secret(pepper, name="pepper")


def _from(secret: bytes, purpose: str) -> ReceiptKeys:
    digest, key = (
        hmac.digest(secret, bind(f"{purpose}-{part}"), "sha256") for part in ("digest", "key")
    )
    return ReceiptKeys(digest, key, f"{purpose}-wrap")
