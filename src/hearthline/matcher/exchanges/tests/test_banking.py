# SPDX-License-Identifier: Apache-2.0
"""Exchanges into real banks: keys of the source, opinions, several sources of one hash."""

from datetime import timedelta

import pytest

from hearthline.kit.formats.known_hash import HashKind, KnownHash
from hearthline.kit.matching.banks import Library
from hearthline.matcher.exchanges import (
    ExchangeFailed,
    Opinion,
    Signal,
    fetch,
)
from hearthline.matcher.exchanges.banking import BankReceiver, into_banks
from hearthline.matcher.exchanges.ncmec import Ncmec
from hearthline.matcher.exchanges.tests.source import AT, BEGIN, T0, FakeNcmec, md5, pdq

ME = {"by": "Ada", "at": AT}


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "banks") as library:
        library.create_bank("list", **ME)
        yield library


@pytest.fixture
def bank(library):
    return library.bank("list")


@pytest.fixture
def receiver(bank, tmp_path):
    return BankReceiver(bank, tmp_path / "state", "regional")


def signal(number, key, opinion=Opinion.UNSTATED, **more):
    return Signal(HashKind.MD5, md5(number), key, opinion=opinion, **more)


def known(bank):
    return sorted(entry.hex for entry in bank.all())


def entry(bank, number):
    return bank.find(HashKind.MD5, bytes.fromhex(md5(number)))


def test_what_is_given_matches_and_says_where_it_came_from(library, bank, receiver):
    sign = signal(1, "42/image/1", category="A1", tags=("image",), cases=("c1",))
    receiver.add([sign], at=AT)
    [answer] = library.lookup(HashKind.MD5, [bytes.fromhex(md5(1))], at=AT, details=True)
    assert [match.bank for match in answer.matches] == ["list"]
    found = entry(bank, 1)
    assert (found.sources, found.category, found.added_by) == (
        ("regional",),
        "A1",
        "exchange regional",
    )
    assert found.metadata == {"tags": ["image"], "cases": ["c1"]}


def test_hashes_under_one_key_are_one_content(bank, receiver):
    receiver.add([signal(1, "k"), signal(2, "k"), signal(3, "other")], at=AT)
    assert entry(bank, 1).content == entry(bank, 2).content != entry(bank, 3).content


def test_an_entry_replaces_what_stood_under_its_key(bank, receiver):
    receiver.add([signal(1, "k"), signal(2, "k")], at=AT)
    receiver.add([signal(2, "k"), signal(3, "k")], at=AT)
    assert known(bank) == sorted([md5(2), md5(3)])


def test_a_hash_goes_with_its_last_key(bank, receiver):
    receiver.add([signal(1, "a"), signal(1, "b")], at=AT)
    receiver.remove(["a"], at=AT)
    assert known(bank) == [md5(1)]
    receiver.remove(["b"], at=AT)
    assert known(bank) == []


def test_what_others_list_stays(bank, receiver):
    bank.add([KnownHash(HashKind.MD5, bytes.fromhex(md5(1)))], source="own", **ME)
    receiver.add([signal(1, "k")], at=AT)
    receiver.remove(["k"], at=AT)
    assert entry(bank, 1).sources == ("own",)


def test_the_same_twice_changes_nothing(bank, receiver):
    receiver.add([signal(1, "k", Opinion.CONFIRM)], at=AT)
    changes = len(list(bank.journal()))
    receiver.add([signal(1, "k", Opinion.CONFIRM)], at=AT + timedelta(hours=1))
    receiver.remove(["never"], at=AT)
    assert len(list(bank.journal())) == changes


@pytest.mark.parametrize(
    ("opinion", "confirmations", "denials"),
    [(Opinion.CONFIRM, 1, 0), (Opinion.DISPUTED, 0, 1), (Opinion.UNSTATED, 0, 0)],
)
def test_opinions(bank, receiver, opinion, confirmations, denials):
    receiver.add([signal(1, "k", opinion)], at=AT)
    found = entry(bank, 1)
    assert (found.confirmations, found.denials) == (confirmations, denials)
    receiver.add([signal(1, "k")], at=AT)
    found = entry(bank, 1)
    assert (found.confirmations, found.denials) == (0, 0)


def test_what_is_listed_as_harmless_is_not_added(bank, receiver):
    receiver.add([signal(1, "k", Opinion.DENY)], at=AT)
    assert known(bank) == []


def test_what_turns_harmless_goes_and_its_opinion_stays_where_others_list_it(bank, receiver):
    receiver.add([signal(1, "k", Opinion.CONFIRM), signal(2, "m")], at=AT)
    bank.add([KnownHash(HashKind.MD5, bytes.fromhex(md5(1)))], source="own", **ME)
    receiver.add([signal(1, "k", Opinion.DENY)], at=AT)
    receiver.add([signal(2, "m", Opinion.DENY)], at=AT)
    assert known(bank) == [md5(1)]
    found = entry(bank, 1)
    assert (found.sources, found.confirmations, found.denials) == (("own",), 0, 1)


def test_kinds_the_bank_does_not_hold_are_left_out(library, tmp_path):
    only = library.create_bank("pictures", kinds={HashKind.PDQ}, **ME)
    receiver = BankReceiver(only, tmp_path / "state", "regional")
    receiver.add([signal(1, "k"), Signal(HashKind.PDQ, pdq(1), "k")], at=AT)
    assert known(only) == [pdq(1)]


def test_a_category_that_is_no_code_is_left_out(bank, receiver):
    receiver.add([signal(1, "k", category="some words, at length")], at=AT)
    assert entry(bank, 1).category == ""


def test_killed_before_the_keys_are_written_the_page_comes_again(bank, receiver, tmp_path):
    receiver.add([signal(1, "k"), signal(2, "k")], at=AT)
    keys = tmp_path / "state" / "listed.sqlite3"
    before = keys.read_bytes()
    receiver.add([signal(2, "k")], at=AT)
    keys.write_bytes(before)  # the bank changed, the keys did not
    receiver.add([signal(2, "k")], at=AT)
    assert known(bank) == [md5(2)]
    receiver.remove(["k"], at=AT)
    assert known(bank) == []


def test_a_bank_that_refuses_is_a_failure_with_its_words(library, bank, receiver):
    with pytest.raises(ExchangeFailed, match="the bank list: ") as failure:
        receiver.add([signal(1, "k")], at=AT.replace(tzinfo=None))
    assert failure.value.code == "bank"


def test_a_bank_that_is_not_there_is_named(library, tmp_path):
    class Settings:
        name, bank = "regional", "nowhere"

    with pytest.raises(ExchangeFailed, match="no bank 'nowhere'"):
        into_banks(library, tmp_path)(Settings)


def test_a_feed_all_the_way_into_a_bank(client, source, store, bank, receiver):
    source.answer = feed = FakeNcmec()
    for n in range(10):
        feed.add(T0 + n, f"i{n}", md5=md5(n), pdq=pdq(n))
    assert fetch(Ncmec(client, begin=BEGIN), store, receiver, at=AT).problem == ""
    assert known(bank) == sorted([*map(md5, range(10)), *map(pdq, range(10))])
    feed.items = []
    feed.add(int(AT.timestamp()) + 5, "i3", tag="deletedImage")
    fetch(Ncmec(client, begin=BEGIN), store, receiver, at=AT + timedelta(hours=1))
    assert len(known(bank)) == 18
    assert bank.verify() == []
