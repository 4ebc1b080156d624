# SPDX-License-Identifier: Apache-2.0
"""A new desk key comes, the old one still opens, every row follows, nothing is lost."""

from contextlib import suppress

import pytest
from django.db import transaction

from hearthline.hub.sealing import actions
from hearthline.hub.sealing.actions import KeyDestroyed, KeyMissing, destroy, mint, open_as_desk
from hearthline.hub.sealing.models import DataKey
from hearthline.hub.sealing.sweeps import rewrap_keys, wipe_destroyed
from hearthline.kit.sealing import (
    DeskKeyPair,
    SealBroken,
    desk_key_id,
    desk_private_to_text,
    desk_public_to_text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rotated(settings):
    """A function that rotates the desk's key: the new pair is current, the ring holds both."""

    def rotate() -> str:
        new = DeskKeyPair.generate()
        settings.DESK_PUBLIC_KEY = desk_public_to_text(new.public)
        settings.DESK_PRIVATE_KEY = (
            f"{desk_private_to_text(new.private)} {settings.DESK_PRIVATE_KEY}"
        )
        return desk_key_id(new.public)

    return rotate


def test_what_the_old_key_wrapped_opens_after_rotation_and_new_rows_hang_on_the_new(
    now, rotated
) -> None:
    old_row, old = mint(at=now)
    current = rotated()
    new_row, new = mint(at=now)
    assert new_row.desk_key == current != old_row.desk_key
    assert (open_as_desk(old_row), open_as_desk(new_row)) == (old, new)


def test_rows_follow_in_batches_and_the_old_key_can_go(now, settings, rotated) -> None:
    rows = [mint(at=now) for _ in range(5)]
    current = rotated()
    assert [actions.rewrap(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert DataKey.objects.counted_by_desk_key() == {current: 5}
    settings.DESK_PRIVATE_KEY = settings.DESK_PRIVATE_KEY.split()[0]
    assert all(open_as_desk(DataKey.objects.get(pk=row.pk)) == key for row, key in rows)


def test_the_worker_does_it_by_itself(now, rotated) -> None:
    mint(at=now)
    assert rewrap_keys(holder="w", at=now) == 0
    rotated()
    assert rewrap_keys(holder="w", at=now) == 1


def test_rows_from_before_keys_had_ids_open_and_follow(now, rotated) -> None:
    row, key = mint(at=now)
    DataKey.objects.update(desk_key=None)
    rotated()
    current = rotated()
    row.refresh_from_db()
    assert open_as_desk(row) == key
    assert actions.rewrap() == 1
    row.refresh_from_db()
    assert (row.desk_key, open_as_desk(row)) == (current, key)


def test_a_destroyed_key_is_not_wrapped_again(now, rotated) -> None:
    row, _ = mint(at=now)
    destroy(row, at=now)
    rotated()
    assert actions.rewrap() == 0
    with pytest.raises(KeyDestroyed):
        open_as_desk(DataKey.objects.get(pk=row.pk))


def test_a_process_with_an_old_ring_says_which_key_it_lacks(now, settings, rotated) -> None:
    before = settings.DESK_PRIVATE_KEY
    current = rotated()
    row, _ = mint(at=now)
    settings.DESK_PRIVATE_KEY = before
    with pytest.raises(KeyMissing, match=current):
        open_as_desk(row)
    with pytest.raises(KeyMissing, match=current):
        actions.rewrap()


def test_a_row_that_names_a_key_it_is_not_wrapped_to_does_not_open(now, rotated) -> None:
    row, _ = mint(at=now)
    row.desk_key = rotated()
    with pytest.raises(SealBroken):
        open_as_desk(row)


def test_a_damaged_row_keeps_no_other_waiting_and_holds_its_old_key(now, rotated, caplog) -> None:
    damaged, whole = (mint(at=now)[0] for _ in range(2))
    DataKey.objects.filter(pk=damaged.pk).update(wrapped_desk=b"\x01" + bytes(80))
    current = rotated()
    assert actions.rewrap() == 1
    assert str(damaged.pk) in caplog.text
    assert DataKey.objects.counted_by_desk_key() == {current: 1, whole.desk_key: 1}


def test_a_batch_that_is_cut_off_changes_nothing(now, settings, rotated) -> None:
    """A killed worker rolls back; what it had done is done again."""
    mint(at=now)
    rotated()
    before = DataKey.objects.values("wrapped_desk", "desk_key").get()
    with suppress(ZeroDivisionError), transaction.atomic():
        actions.rewrap()
        raise ZeroDivisionError
    assert DataKey.objects.values("wrapped_desk", "desk_key").get() == before
    assert actions.rewrap() == 1


def test_within_a_transaction_nothing_is_wiped_and_it_stays_due(now) -> None:
    row, _ = mint(at=now)
    assert wipe_destroyed(holder="w", at=now) == 0
    destroy(row, at=now)
    assert wipe_destroyed(holder="w", at=now) == 0
    assert DataKey.objects.unwiped().count() == 1
