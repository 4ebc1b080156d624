# SPDX-License-Identifier: Apache-2.0
"""Entries of a bank: added, listed by many, paused, disputed, judged, removed; all journaled."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hearthline.kit.matching.banks import (
    FOREVER,
    Bank,
    EntryRefused,
    EntryUnknown,
    HashKind,
    KindRefused,
    KnownHash,
    Opinion,
    Says,
    SettingRefused,
    State,
    TimeRefused,
    What,
)

from .make import ADA, BO, LATER, MD5, NOW, PDQ, SENT, SHA1, SHA256, bank, digest, known, many

TOLD = {"by": "Hotline", "at": LATER}


@pytest.fixture
def national(tmp_path: Path) -> Bank:
    return bank(tmp_path)


def whats(of: Bank) -> list[What]:
    return [line.what for line in of.journal()]


def test_a_hash_is_added(national: Bank) -> None:
    added = national.add([known(1, category="a", metadata={"note": "é"})], **SENT)
    assert (added.new, added.listed, added.known) == (1, 0, 0)
    entry = national.entry(int(added.ids[0]))
    assert (entry.kind, entry.value, entry.hex) == (MD5, digest(1), digest(1).hex())
    assert (entry.category, entry.metadata) == ("a", {"note": "é"})
    assert (entry.sources, entry.added_by, entry.added_at) == (("Agency",), "Ada", NOW)
    assert entry.state(NOW) == State.ACTIVE
    assert national.find(MD5, digest(1)) == entry
    assert national.find(MD5, digest(2)) is None


def test_an_addition_is_one_line_of_the_journal(national: Bank) -> None:
    national.add([known(1), known(2), known(3, SHA1)], **SENT)
    *_, line = national.journal()
    assert (line.what, line.by, line.at, line.count) == (What.ADDED, "Ada", NOW, 3)
    assert line.after == {
        "source": "Agency",
        "first": 1,
        "last": 3,
        "kinds": {"md5": 2, "sha1": 1},
    }
    assert list(national.journal(entry=2)) == [line]


def test_the_same_hash_twice_is_one_entry_with_many_sources(national: Bank) -> None:
    first = national.add([known(1, category="a")], **SENT)
    second = national.add([known(1, category="b")], source="Hotline", **BO)
    third = national.add([known(1)], source="Hotline", **BO)
    assert (second.new, second.listed, third.known) == (0, 1, 1)
    assert first.ids.tolist() == second.ids.tolist() == third.ids.tolist()
    entry = national.entry(int(first.ids[0]))
    assert (entry.sources, entry.category) == (("Agency", "Hotline"), "a")
    assert whats(national) == [What.CREATED, What.ADDED, What.LISTED]
    assert national.stats(at=NOW).entries == 1


def test_the_same_hash_twice_in_one_addition_is_one_entry(national: Bank) -> None:
    added = national.add([known(1), known(2), known(1)], **SENT)
    assert (added.new, added.known) == (2, 1)
    assert added.ids[0] == added.ids[2] != added.ids[1]


def test_the_same_bytes_of_another_kind_are_another_entry(national: Bank) -> None:
    assert national.add([known(1, PDQ), known(1, SHA256)], **SENT).new == 2


def test_adding_nothing_changes_nothing(national: Bank) -> None:
    assert national.add([], **SENT).ids.tolist() == []
    assert whats(national) == [What.CREATED]


def test_hashes_of_one_content_are_found_together(national: Bank) -> None:
    items = [known(1, content="x"), known(2, content="y"), known(1, SHA1, content="x")]
    ids = national.add(items, **SENT).ids.tolist()
    content = national.entry(ids[0]).content
    assert {entry.id for entry in national.content(content)} == {ids[0], ids[2]}
    assert national.content(national.entry(ids[1]).content) == [national.entry(ids[1])]
    together = [{entry.id for entry in each} for each in national.contents()]
    assert sorted(together, key=len) == [{ids[1]}, {ids[0], ids[2]}]


def test_contents_keep_their_id_when_their_first_hash_is_removed(national: Bank) -> None:
    items = [known(1, content="x"), known(1, SHA1, content="x")]
    first, second = sorted(national.add(items, **SENT).ids.tolist())
    content = national.entry(first).content
    national.remove([first], **BO)
    assert [entry.id for entry in national.content(content)] == [second]
    assert [[entry.id for entry in each] for each in national.contents()] == [[second]]


def test_arrays_are_added(national: Bank) -> None:
    hashes = many(500)
    added = national.add_array(PDQ, hashes, category="a", **SENT)
    assert added.new == 500
    entries = national.entries(added.ids[:3].tolist())
    assert [entry.value for entry in entries] == [one.tobytes() for one in hashes[:3]]
    assert national.add_array(PDQ, hashes, **SENT).known == 500


@pytest.mark.parametrize("hashes", [many(2, SHA1), many(2).astype(np.int64), many(2).ravel()])
def test_arrays_of_another_shape_are_refused(national: Bank, hashes: np.ndarray) -> None:
    with pytest.raises(KindRefused, match="32"):
        national.add_array(PDQ, hashes, **SENT)


def test_all_or_nothing_is_added(national: Bank) -> None:
    with pytest.raises(EntryRefused, match="16 bytes"):
        national.add([known(1), KnownHash(MD5, b"short")], **SENT)
    assert national.stats(at=NOW).entries == 0


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (PDQ, "00" * 32, "without detail"),
        (PDQ, "ff" * 32, "without detail"),
        (MD5, "d41d8cd98f00b204e9800998ecf8427e", "empty file"),
        (SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "empty file"),
        (
            SHA256,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "empty file",
        ),
    ],
)
def test_a_hash_of_nothing_would_match_the_harmless(
    national: Bank, kind: HashKind, value: str, reason: str
) -> None:
    value_bytes = bytes.fromhex(value)
    with pytest.raises(EntryRefused, match=reason):
        national.add([KnownHash(kind, value_bytes)], **SENT)
    with pytest.raises(EntryRefused, match=reason):
        national.add_array(kind, np.frombuffer(value_bytes, np.uint8)[None], **SENT)


@pytest.mark.parametrize(
    "item", [known(1, category="two words"), known(1, metadata={"x": float("nan")})]
)
def test_what_cannot_be_kept_is_refused(national: Bank, item: KnownHash) -> None:
    with pytest.raises(EntryRefused):
        national.add([item], **SENT)


def test_a_kind_the_bank_is_not_for_is_refused(tmp_path: Path) -> None:
    only = bank(tmp_path, kinds=[MD5])
    with pytest.raises(KindRefused, match="holds no sha1"):
        only.add([known(1, SHA1)], **SENT)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"source": ""}, SettingRefused),
        ({"source": "a\nb"}, SettingRefused),
        ({"by": ""}, SettingRefused),
        ({"at": NOW.replace(tzinfo=None)}, TimeRefused),
    ],
)
def test_an_addition_is_signed(national: Bank, change: dict, refusal: type) -> None:
    with pytest.raises(refusal):
        national.add([known(1)], **{**SENT, **change})
    assert whats(national) == [What.CREATED]


def test_an_entry_is_disabled_until_a_moment(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.disable([entry], until=LATER, **ADA)
    assert national.entry(entry).state(NOW) == State.DISABLED
    assert national.entry(entry).state(LATER) == State.ACTIVE
    *_, line = national.journal(entry=entry)
    assert (line.what, line.by, line.entry) == (What.DISABLED, "Ada", entry)
    assert line.before == {"disabled_until": None}
    assert line.after == {"disabled_until": "2026-11-22T10:00:00Z"}


def test_an_entry_is_disabled_until_somebody_enables_it(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.disable([entry], until=FOREVER, **ADA)
    assert national.entry(entry).disabled_until == FOREVER
    assert national.entry(entry).state(NOW + timedelta(days=10_000)) == State.DISABLED
    national.enable([entry], **BO)
    assert national.entry(entry).state(NOW) == State.ACTIVE
    assert whats(national)[-2:] == [What.DISABLED, What.ENABLED]


def test_enabling_what_is_enabled_changes_nothing(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.enable([entry], **BO)
    assert whats(national) == [What.CREATED, What.ADDED]


def test_a_disputed_entry_says_so_until_it_is_settled(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.dispute([entry], reason="a cartoon", **BO)
    assert national.entry(entry).state(NOW) == State.DISPUTED
    national.disable([entry], until=LATER, **BO)
    assert national.entry(entry).state(NOW) == State.DISABLED
    assert national.entry(entry).state(LATER) == State.DISPUTED
    national.settle([entry], reason="checked", **ADA)
    assert national.entry(entry).state(LATER) == State.ACTIVE
    told = {line.what: line.after for line in national.journal(entry=entry)}
    assert told[What.DISPUTED]["reason"] == "a cartoon"
    assert told[What.SETTLED] == {"disputed": None, "reason": "checked"}


def test_a_dispute_has_a_reason(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    with pytest.raises(SettingRefused, match="reason"):
        national.dispute([entry], reason="", **BO)


def test_everybody_has_one_opinion_and_may_change_it(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.give_opinion([entry], Says.CONFIRM, **ADA)
    national.give_opinion([entry], Says.CONFIRM, **BO)
    national.give_opinion([entry], Says.DENY, **BO)
    found = national.entry(entry)
    assert (found.confirmations, found.denials) == (1, 1)
    assert national.opinions(entry) == [
        Opinion(entry, "Ada", Says.CONFIRM, NOW),
        Opinion(entry, "Bo", Says.DENY, LATER),
    ]
    *_, line = national.journal(entry=entry)
    assert (line.before, line.after) == ({"says": "confirm"}, {"says": "deny"})


def test_an_opinion_is_taken_back(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    national.give_opinion([entry], Says.DENY, **ADA)
    national.give_opinion([entry], None, **ADA)
    assert national.opinions(entry) == []
    national.give_opinion([entry], None, **ADA)
    assert whats(national)[-2:] == [What.OPINION, What.OPINION]


def test_category_and_metadata_are_changed(national: Bank) -> None:
    [entry] = national.add([known(1, category="a")], **SENT).ids.tolist()
    national.note([entry], category="b", metadata={"n": 1}, **BO)
    national.note([entry], category="b", **BO)
    found = national.entry(entry)
    assert (found.category, found.metadata) == ("b", {"n": 1})
    assert whats(national)[-2:] == [What.NOTED, What.NOTED]
    with pytest.raises(EntryRefused):
        national.note([entry], category="two words", **BO)


def test_a_removed_entry_is_gone_and_the_journal_knows_what_it_was(national: Bank) -> None:
    [entry] = national.add([known(1, category="a")], **SENT).ids.tolist()
    national.give_opinion([entry], Says.DENY, **BO)
    assert list(national.remove([entry], **BO).gone) == [entry]
    assert national.find(MD5, digest(1)) is None
    *_, line = national.journal()
    assert (line.what, line.by, line.entry) == (What.REMOVED, "Bo", entry)
    assert line.before == {
        "kind": "md5",
        "hash": digest(1).hex(),
        "category": "a",
        "metadata": {},
        "sources": ["Agency"],
    }


def test_an_id_is_never_given_twice(national: Bank) -> None:
    [first] = national.add([known(1)], **SENT).ids.tolist()
    national.remove([first], **BO)
    [second] = national.add([known(1)], **SENT).ids.tolist()
    assert second > first


def test_an_entry_stays_while_another_source_lists_it(national: Bank) -> None:
    [entry] = national.add([known(1, category="a")], **SENT).ids.tolist()
    national.add([known(1, category="b", metadata={"n": 2})], source="Hotline", **BO)
    removed = national.remove([entry], source="Agency", **BO)
    assert (list(removed.gone), list(removed.unlisted)) == ([], [entry])
    left = national.entry(entry)
    assert (left.sources, left.category, left.metadata) == (("Hotline",), "b", {"n": 2})
    assert list(national.remove([entry], source="Nobody", **BO).gone) == []
    assert list(national.remove([entry], source="Hotline", **BO).gone) == [entry]
    assert whats(national)[-2:] == [What.UNLISTED, What.REMOVED]


@pytest.mark.parametrize(
    "change",
    [
        lambda of, ids: of.remove(ids, **BO),
        lambda of, ids: of.disable(ids, until=LATER, **BO),
        lambda of, ids: of.enable(ids, **BO),
        lambda of, ids: of.dispute(ids, reason="x", **BO),
        lambda of, ids: of.settle(ids, reason="x", **BO),
        lambda of, ids: of.give_opinion(ids, Says.DENY, **BO),
        lambda of, ids: of.note(ids, category="b", **BO),
        lambda of, ids: of.entries(ids),
    ],
)
def test_an_entry_that_is_not_there_is_named_and_nothing_is_changed(national: Bank, change) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    with pytest.raises(EntryUnknown, match="77") as refusal:
        change(national, [entry, 77])
    assert refusal.value.ids == (77,)
    assert whats(national) == [What.CREATED, What.ADDED]
    assert national.entry(entry).state(NOW) == State.ACTIVE


def test_a_content_that_is_not_there_is_said_so(national: Bank) -> None:
    with pytest.raises(EntryUnknown):
        national.content(7)


def test_entries_are_counted(national: Bank) -> None:
    national.add([known(1, category="a"), known(2, category="a"), known(3, SHA1)], **SENT)
    national.add([known(4, SHA1), known(1)], source="Hotline", **BO)
    national.disable([1, 2], until=LATER, **BO)
    national.dispute([2, 3], reason="x", **BO)
    national.give_opinion([1, 2], Says.CONFIRM, **BO)
    stats = national.stats(at=NOW)
    assert stats.entries == 4
    assert stats.states == {State.ACTIVE: 1, State.DISABLED: 2, State.DISPUTED: 1}
    assert stats.kinds == {MD5: 2, SHA1: 2}
    assert stats.categories == {"": 2, "a": 2}
    assert stats.sources == {"Agency": 3, "Hotline": 1}
    assert stats.opinions == {Says.CONFIRM: 2}
    assert national.stats(at=LATER).states[State.DISABLED] == 0


def test_the_journal_is_handed_on_as_plain_values(national: Bank) -> None:
    national.add([known(1)], **SENT)
    lines = [line.as_json() for line in national.journal(after=1)]
    assert lines == [
        {
            "sequence": 2,
            "at": "2026-11-22T09:00:00Z",
            "by": "Ada",
            "what": "added",
            "count": 1,
            "entry": None,
            "before": None,
            "after": {"source": "Agency", "first": 1, "last": 1, "kinds": {"md5": 1}},
        }
    ]


def test_every_entry_is_told_by_ascending_id(national: Bank) -> None:
    national.add_array(MD5, many(300, MD5), **SENT)
    national.add([known(1, SHA1)], **SENT)
    assert [entry.id for entry in national.all()] == list(range(1, 302))
    assert [entry.kind for entry in national.all(SHA1)] == [SHA1]
