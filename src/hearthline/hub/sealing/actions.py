# SPDX-License-Identifier: Apache-2.0
import logging
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings
from django.db import transaction

from hearthline.hub.sealing.models import DataKey
from hearthline.kit import sealing as kit

log = logging.getLogger(__name__)


class KeyMissing(Exception):
    """This process was not given a key it needs; the text names the variable to set."""


class KeyDestroyed(Exception):
    """The record's key was destroyed at the end of its retention; nothing can be read."""


def mint(*, at: datetime) -> tuple[DataKey, kit.DataKey]:
    """A new data key: its ledger row (saved) and the key itself, for use in this request only."""
    row, key = prepare(at=at)
    row.save(force_insert=True)
    return row, key


def prepare(*, at: datetime) -> tuple[DataKey, kit.DataKey]:
    """What `mint` makes, its row not saved yet: before a transaction, it keeps nobody waiting."""
    key = kit.DataKey.generate()
    public = current_key()
    row = DataKey(made_at=at, desk_key=kit.desk_key_id(public))
    row.wrapped_desk = kit.wrap_for_desk(key, public, row=row.row)
    return row, key


def open_as_desk(row: DataKey) -> kit.DataKey:
    """The data key, by one of the desk's private keys.

    Raises KeyDestroyed, and KeyMissing in a process that was not given the private key it needs.
    """
    _refuse_destroyed(row)
    try:
        return desk_ring().unwrap(bytes(row.wrapped_desk), row=row.row, key_id=row.desk_key)
    except kit.KeyNotHeld as missing:
        raise KeyMissing(
            f"This process does not hold desk key {missing.key_id}. Put it on the ring in "
            f"HEARTHLINE_DESK_PRIVATE_KEY and start the {settings.DOOR} program again."
        ) from None


def current_key() -> X25519PublicKey:
    """The desk's public key, to which new data keys are wrapped."""
    return _public(_needed("DESK_PUBLIC_KEY"))


def desk_ring() -> kit.DeskRing:
    """The desk's private keys. Refused in a process that was not given them."""
    return _ring(_needed("DESK_PRIVATE_KEY"))


@transaction.atomic
def rewrap(*, limit: int = 500) -> int:
    """Wrap up to `limit` keys that hang on an older desk key to the current one; how many.

    Killed halfway it has done whole batches and nothing else, so it is simply run again. A key
    destroyed meanwhile stays destroyed. What a key seals is not touched. Raises KeyMissing when
    the ring lacks the current key, because nobody could read what it wraps.
    """
    public, ring = current_key(), desk_ring()
    current = kit.desk_key_id(public)
    if current not in ring.ids:
        raise KeyMissing(
            f"HEARTHLINE_DESK_PUBLIC_KEY is desk key {current}, and HEARTHLINE_DESK_PRIVATE_KEY "
            "does not hold it. Set both from the same key file."
        )
    rows = list(DataKey.objects.hanging_elsewhere(current, ring.ids)[:limit])
    done = 0
    for row in rows:
        try:
            wrapped = kit.wrap_for_desk(open_as_desk(row), public, row=row.row)
        except kit.SealBroken:
            # Damaged, so it keeps no other row waiting; its old key cannot be retired meanwhile.
            log.warning("data key %s does not open and was left as it is", row.pk)
            continue
        still = DataKey.objects.living().filter(pk=row.pk, desk_key=row.desk_key)
        if row.desk_key is None:
            still = DataKey.objects.living().filter(pk=row.pk, desk_key__isnull=True)
        done += still.update(wrapped_desk=wrapped, desk_key=current)
    return done


def quick_keys(receipt: str) -> kit.ReceiptKeys:
    """The keys of a receipt until its slow step. Raises ReceiptMistyped, KeyMissing."""
    return kit.quick_receipt_keys(receipt, pepper())


def lasting_keys(receipt: str) -> kit.ReceiptKeys:
    """The keys of a receipt for good, by the slow step of some 30 ms: not in a transaction.

    Raises ReceiptMistyped, KeyMissing.
    """
    return kit.receipt_keys(receipt, pepper())


def resume_keys(number: str) -> kit.ReceiptKeys:
    """The keys of a number that leads back to a form not sent yet, by the same slow step.

    Raises ReceiptMistyped, KeyMissing.
    """
    return kit.resume_keys(number, pepper())


def wrap_for_receipt(row: DataKey, key: kit.DataKey, keys: kit.ReceiptKeys) -> None:
    """Let the receipt open the row's key from now on. A key destroyed meanwhile stays destroyed."""
    wrapped = keys.wrap(key, row=row.row)
    DataKey.objects.filter(pk=row.pk, destroyed_at__isnull=True).update(wrapped_receipt=wrapped)


def open_with_receipt(
    row: DataKey, keys: kit.ReceiptKeys, wrapped: bytes | None = None
) -> kit.DataKey:
    """The data key, by the reporter's own receipt: from `wrapped`, or from what the row holds."""
    _refuse_destroyed(row)
    return keys.unwrap(bytes(wrapped or row.wrapped_receipt or b""), row=row.row)


def destroy(row: DataKey, *, at: datetime) -> None:
    """End everything sealed under this key. Cannot be undone; twice is once."""
    row.wrapped_desk, row.wrapped_receipt = b"", None
    row.destroyed_at = row.destroyed_at or at
    row.save(update_fields=["wrapped_desk", "wrapped_receipt", "destroyed_at"])


def pepper() -> bytes:
    """The secret under receipts and blind indexes."""
    return _pepper(_needed("PEPPER"))


def digest(value: str, *, purpose: str) -> bytes:
    """A keyed blind index of `value`: equal values are found, none can be read back."""
    return kit.digest(value, pepper(), purpose=purpose)


@lru_cache(maxsize=2)
def _ring(text: str) -> kit.DeskRing:
    """Read once: a page opens many rows."""
    return kit.DeskRing.from_text(text, name="HEARTHLINE_DESK_PRIVATE_KEY")


@lru_cache(maxsize=2)
def _public(text: str) -> X25519PublicKey:
    """Read and proven once: every report is wrapped to it."""
    return kit.desk_public_from_text(text, name="HEARTHLINE_DESK_PUBLIC_KEY")


@lru_cache(maxsize=2)
def _pepper(text: str) -> bytes:
    return kit.secret_from_text(text, name="HEARTHLINE_PEPPER")


def _needed(setting: str) -> str:
    value = str(getattr(settings, setting, ""))
    if not value:
        raise KeyMissing(
            f"HEARTHLINE_{setting} is not set for this process. Make keys with "
            f"`hearthline keys` and start the {settings.DOOR} door with the ones it may hold."
        )
    return value


def _refuse_destroyed(row: DataKey) -> None:
    if row.destroyed_at is not None:
        raise KeyDestroyed
