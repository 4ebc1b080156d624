# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.conf import settings

from hearthline.hub.sealing.models import DataKey
from hearthline.kit import sealing as kit


class KeyMissing(Exception):
    """This process was not given a key it needs; the text names the variable to set."""


class KeyDestroyed(Exception):
    """The record's key was destroyed at the end of its retention; nothing can be read."""


def mint(*, at: datetime, receipt: str | None = None) -> tuple[DataKey, kit.DataKey]:
    """A new data key: its ledger row (saved) and the key itself, for use in this request only."""
    row, key = prepare(at=at, receipt=receipt)
    row.save()
    return row, key


def prepare(*, at: datetime, receipt: str | None = None) -> tuple[DataKey, kit.DataKey]:
    """What `mint` makes, its row not saved yet.

    Wrapping to a receipt is slow on purpose (some 50 ms); prepared before a transaction, it keeps
    nobody else from writing.
    """
    key = kit.DataKey.generate()
    row = DataKey(made_at=at)
    public = kit.desk_public_from_text(
        _needed("DESK_PUBLIC_KEY"), name="HEARTHLINE_DESK_PUBLIC_KEY"
    )
    row.wrapped_desk = kit.wrap_for_desk(key, public, row=row.row)
    if receipt is not None:
        row.wrapped_receipt = kit.wrap_for_receipt(key, receipt, pepper(), row=row.row)
    return row, key


def open_as_desk(row: DataKey) -> kit.DataKey:
    """The data key, by the desk's private key. Refused in a process that was not given it."""
    _refuse_destroyed(row)
    private = kit.desk_private_from_text(
        _needed("DESK_PRIVATE_KEY"), name="HEARTHLINE_DESK_PRIVATE_KEY"
    )
    return kit.unwrap_by_desk(bytes(row.wrapped_desk), private, row=row.row)


def open_with_receipt(row: DataKey, receipt: str) -> kit.DataKey:
    """The data key, by the reporter's own receipt."""
    _refuse_destroyed(row)
    return kit.unwrap_by_receipt(bytes(row.wrapped_receipt or b""), receipt, pepper(), row=row.row)


def destroy(row: DataKey, *, at: datetime) -> None:
    """End everything sealed under this key. Cannot be undone; twice is once."""
    row.wrapped_desk, row.wrapped_receipt = b"", None
    row.destroyed_at = row.destroyed_at or at
    row.save(update_fields=["wrapped_desk", "wrapped_receipt", "destroyed_at"])


def pepper() -> bytes:
    """The secret under receipts and blind indexes."""
    return kit.secret_from_text(_needed("PEPPER"), name="HEARTHLINE_PEPPER")


def digest(value: str, *, purpose: str) -> bytes:
    """A keyed blind index of `value`: equal values are found, none can be read back."""
    return kit.digest(value, pepper(), purpose=purpose)


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
