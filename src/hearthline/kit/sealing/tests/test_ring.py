# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.kit.sealing import (
    DataKey,
    DeskKeyPair,
    DeskRing,
    KeyNotHeld,
    KeyRefused,
    SealBroken,
    desk_key_id,
    desk_private_to_text,
    wrap_for_desk,
)

OLD, NEW = DeskKeyPair.generate(), DeskKeyPair.generate()
OLD_ID, NEW_ID = desk_key_id(OLD.public), desk_key_id(NEW.public)
BOTH = f"{desk_private_to_text(NEW.private)}\n{desk_private_to_text(OLD.private)}\n"


def test_a_ring_opens_what_any_of_its_keys_wrapped() -> None:
    ring = DeskRing.from_text(BOTH, name="X")
    assert ring.ids == (NEW_ID, OLD_ID)
    key = DataKey.generate()
    for pair, key_id in ((OLD, OLD_ID), (NEW, NEW_ID)):
        wrapped = wrap_for_desk(key, pair.public, row="r")
        assert ring.unwrap(wrapped, row="r", key_id=key_id) == key
        assert ring.unwrap(wrapped, row="r", key_id=None) == key


def test_a_key_that_is_not_on_the_ring_is_named() -> None:
    ring = DeskRing([NEW.private])
    wrapped = wrap_for_desk(DataKey.generate(), OLD.public, row="r")
    with pytest.raises(KeyNotHeld, match=OLD_ID):
        ring.unwrap(wrapped, row="r", key_id=OLD_ID)
    with pytest.raises(SealBroken):
        ring.unwrap(wrapped, row="r", key_id=None)
    with pytest.raises(SealBroken):
        ring.unwrap(wrapped, row="r", key_id=NEW_ID)


def test_a_ring_is_not_empty_and_holds_no_key_twice() -> None:
    with pytest.raises(KeyRefused, match="SETTING is empty"):
        DeskRing.from_text(" \n", name="SETTING")
    with pytest.raises(KeyRefused, match="SETTING holds one key twice"):
        DeskRing.from_text(BOTH + BOTH, name="SETTING")


def test_a_ring_does_not_show_its_keys() -> None:
    assert repr(DeskRing([NEW.private])) == f"DeskRing({NEW_ID})"
