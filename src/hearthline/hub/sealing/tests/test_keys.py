# SPDX-License-Identifier: Apache-2.0
import pytest
from django.apps import apps
from django.conf import settings as django_settings

from hearthline.hub.sealing.actions import (
    KeyDestroyed,
    KeyMissing,
    destroy,
    digest,
    lasting_keys,
    mint,
    open_as_desk,
    open_with_receipt,
    pepper,
    quick_keys,
    wrap_for_receipt,
)
from hearthline.hub.sealing.models import DataKey
from hearthline.kit.sealing import (
    DeskKeyPair,
    KeyRefused,
    SealBroken,
    desk_private_to_text,
    new_receipt,
    new_secret_text,
)

pytestmark = pytest.mark.django_db

# A table with a sealed field, by its name: this room does not know the rooms above it.
Letter = apps.get_model("mail", "Letter")

TABLE, FIELD = "reports_report", "narrative"
WORDS = "Somebody wrote to me. Привет, 你好."


def sealed(key, row) -> bytes:
    return key.seal(WORDS, table=TABLE, row=row.row, field=FIELD)


def opened(key, row, envelope: bytes) -> str:
    return key.open_text(envelope, table=TABLE, row=row.row, field=FIELD)


def with_receipt(receipt: str, now):
    """A data key that a receipt opens, as the worker leaves it."""
    row, key = mint(at=now)
    wrap_for_receipt(row, key, lasting_keys(receipt))
    row.refresh_from_db()
    return row, key


def test_what_one_process_seals_the_desk_opens(now) -> None:
    row, key = mint(at=now)
    envelope = sealed(key, row)
    again = DataKey.objects.get(pk=row.pk)
    assert opened(open_as_desk(again), again, envelope) == WORDS
    assert (again.made_at, again.destroyed_at) == (now, None)


def test_the_key_itself_is_never_stored(now) -> None:
    row, key = with_receipt(new_receipt(), now)
    envelope = sealed(key, row)
    stored = bytes(row.wrapped_desk) + bytes(row.wrapped_receipt)
    assert WORDS.encode() not in envelope
    assert row.wrapped_receipt != row.wrapped_desk
    assert len(stored) > 64


def test_every_key_is_its_own(now) -> None:
    (one, key), (other, _) = mint(at=now), mint(at=now)
    envelope = sealed(key, one)
    with pytest.raises(SealBroken):
        opened(open_as_desk(other), one, envelope)


def test_a_receipt_opens_its_own_report_and_no_other(now) -> None:
    receipt, another = new_receipt(), new_receipt()
    row, key = with_receipt(receipt, now)
    envelope = sealed(key, row)
    assert opened(open_with_receipt(row, lasting_keys(receipt)), row, envelope) == WORDS
    with pytest.raises(SealBroken):
        open_with_receipt(row, lasting_keys(another))


def test_until_the_slow_step_a_quick_wrap_opens_it_and_later_does_not_count(now) -> None:
    receipt = new_receipt()
    row, key = mint(at=now)
    quick = quick_keys(receipt)
    wrapped = quick.wrap(key, row=row.row)
    assert open_with_receipt(row, quick, wrapped) == key
    wrap_for_receipt(row, key, lasting_keys(receipt))
    row.refresh_from_db()
    with pytest.raises(SealBroken):
        open_with_receipt(row, quick)


def test_a_key_destroyed_meanwhile_is_not_wrapped_again(now) -> None:
    row, key = mint(at=now)
    destroy(DataKey.objects.get(pk=row.pk), at=now)
    wrap_for_receipt(row, key, lasting_keys(new_receipt()))
    assert DataKey.objects.get(pk=row.pk).wrapped_receipt is None


def test_a_key_without_a_receipt_opens_with_none(now) -> None:
    row, _ = mint(at=now)
    assert row.wrapped_receipt is None
    with pytest.raises(SealBroken):
        open_with_receipt(row, lasting_keys(new_receipt()))


def test_without_the_public_key_nothing_is_minted_and_the_variable_is_named(now, settings) -> None:
    settings.DESK_PUBLIC_KEY = ""
    with pytest.raises(KeyMissing, match="HEARTHLINE_DESK_PUBLIC_KEY"):
        mint(at=now)
    assert not DataKey.objects.exists()


def test_a_process_without_the_private_key_seals_but_cannot_read_back(now, settings) -> None:
    settings.DOOR, settings.DESK_PRIVATE_KEY = "public", ""
    row, key = mint(at=now)
    assert sealed(key, row)
    with pytest.raises(KeyMissing, match="HEARTHLINE_DESK_PRIVATE_KEY") as refusal:
        open_as_desk(row)
    assert "public" in str(refusal.value)


def test_another_desks_key_opens_nothing(now, settings) -> None:
    row, _ = mint(at=now)
    settings.DESK_PRIVATE_KEY = desk_private_to_text(DeskKeyPair.generate().private)
    with pytest.raises(KeyMissing, match=row.desk_key):
        open_as_desk(row)


def test_a_mistyped_key_is_refused_by_name_and_not_shown(now, settings) -> None:
    wrong = django_settings.DESK_PUBLIC_KEY[:-1]
    settings.DESK_PUBLIC_KEY = wrong
    with pytest.raises(KeyRefused, match="HEARTHLINE_DESK_PUBLIC_KEY") as refusal:
        mint(at=now)
    assert wrong not in str(refusal.value)


def test_the_private_key_in_the_place_of_the_public_one_is_refused(now, settings) -> None:
    settings.DESK_PUBLIC_KEY = settings.DESK_PRIVATE_KEY
    with pytest.raises(KeyRefused, match="HEARTHLINE_DESK_PUBLIC_KEY") as refusal:
        mint(at=now)
    assert settings.DESK_PRIVATE_KEY not in str(refusal.value)


def test_a_receipt_needs_the_pepper(settings) -> None:
    receipt = new_receipt()
    settings.PEPPER = ""
    for act in (
        lambda: quick_keys(receipt),
        lambda: lasting_keys(receipt),
        lambda: digest("x", purpose="subject"),
        pepper,
    ):
        with pytest.raises(KeyMissing, match="HEARTHLINE_PEPPER"):
            act()


def test_another_pepper_opens_no_receipt(now, settings) -> None:
    receipt = new_receipt()
    row, _ = with_receipt(receipt, now)
    settings.PEPPER = new_secret_text()
    with pytest.raises(SealBroken):
        open_with_receipt(row, lasting_keys(receipt))


def test_a_destroyed_key_opens_for_nobody(now) -> None:
    receipt = new_receipt()
    row, _ = with_receipt(receipt, now)
    destroy(row, at=now)
    again = DataKey.objects.get(pk=row.pk)
    assert (bytes(again.wrapped_desk), again.wrapped_receipt) == (b"", None)
    with pytest.raises(KeyDestroyed):
        open_as_desk(again)
    with pytest.raises(KeyDestroyed):
        open_with_receipt(again, lasting_keys(receipt))


def test_destroying_twice_keeps_the_first_time(now) -> None:
    row, _ = mint(at=now)
    destroy(row, at=now)
    destroy(row, at=now.replace(year=2030))
    assert DataKey.objects.get(pk=row.pk).destroyed_at == now


def test_a_blind_index_finds_equal_values_and_depends_on_purpose_and_pepper(settings) -> None:
    one = digest("https://example.org/", purpose="subject")
    assert digest("https://example.org/", purpose="subject") == one
    assert digest("https://example.org/", purpose="host") != one
    assert digest("https://example.org/a", purpose="subject") != one
    settings.PEPPER = new_secret_text()
    assert digest("https://example.org/", purpose="subject") != one


def test_a_sealed_row_opens_only_in_its_own_place(now) -> None:
    row, key = mint(at=now)
    letter, other = Letter(data_key=row), Letter(data_key=row)
    letter.seal(key, "message", WORDS)
    assert letter.unseal(key, "message") == WORDS
    assert other.unseal(key, "message") == ""
    other.message = letter.message
    with pytest.raises(SealBroken):
        other.unseal(key, "message")
    letter.last_error = letter.message
    with pytest.raises(SealBroken):
        letter.unseal(key, "last_error")
