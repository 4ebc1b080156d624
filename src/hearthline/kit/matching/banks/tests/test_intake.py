# SPDX-License-Identifier: Apache-2.0
"""A list taken into a bank and handed out again: nothing is dropped in silence."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from hearthline.kit.formats import hash_csv, threat_exchange, vics
from hearthline.kit.matching.banks import (
    Bank,
    HashKind,
    KnownHash,
    RefusedItem,
    SettingRefused,
    handout,
    intake,
    take_in,
)

from .make import ADA, BO, LATER, MD5, NOW, PDQ, SENT, SHA1, bank, digest, known

LIST = "md5,category\n" + "\n".join(f"{digest(number).hex()},a" for number in range(1, 6))


@pytest.fixture
def national(tmp_path: Path) -> Bank:
    return bank(tmp_path)


def read(text: str) -> Iterator[KnownHash | RefusedItem]:
    return hash_csv.read(io.BytesIO(text.encode()))


def test_a_list_is_taken_in(national: Bank) -> None:
    report = take_in(national, read(LIST), **SENT)
    assert report == intake.Report(new=5)
    assert report.items == 5
    assert {entry.category for entry in national.all()} == {"a"}


def test_a_list_taken_in_again_changes_nothing(national: Bank) -> None:
    take_in(national, read(LIST), **SENT)
    lines = len(list(national.journal()))
    assert take_in(national, read(LIST), **SENT) == intake.Report(known=5)
    assert len(list(national.journal())) == lines


def test_the_list_of_another_source_is_listed_too(national: Bank) -> None:
    take_in(national, read(LIST), **SENT)
    assert take_in(national, read(LIST), source="Hotline", **BO) == intake.Report(listed=5)
    assert {entry.sources for entry in national.all()} == {("Agency", "Hotline")}


def test_what_is_refused_is_told_with_reason_and_place(national: Bank) -> None:
    told: list[RefusedItem] = []
    text = f"{LIST}\nzz,a\nd41d8cd98f00b204e9800998ecf8427e,a\nzz,b"
    report = take_in(national, read(text), on_refused=told.append, **SENT)
    assert (report.new, report.refused, report.items) == (5, 3, 8)
    assert report.reasons == {
        "not hexadecimal digits": 2,
        "the MD5 of an empty file says nothing": 1,
    }
    assert [item.place for item in report.refusals] == ["line 7", "line 8", "line 9"]
    assert list(report.refusals) == told


def test_a_kind_the_bank_is_not_for_is_told(tmp_path: Path) -> None:
    only = bank(tmp_path, kinds=[SHA1])
    report = take_in(only, read(LIST), **SENT)
    assert report.reasons == {"the bank national holds no md5 hashes": 5}


def test_refusals_without_end_are_counted_and_do_not_fill_the_memory(national: Bank) -> None:
    items = (RefusedItem(f"line {n}", f"reason {n}") for n in range(3000))
    report = take_in(national, items, **SENT)
    assert report.refused == sum(report.reasons.values()) == 3000
    assert len(report.refusals) == 1000
    assert report.reasons["other reasons"] == 2800


def test_an_interrupted_list_goes_on_where_it_was(
    national: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH", 2)

    def cut() -> Iterator[KnownHash | RefusedItem]:
        for number, item in enumerate(read(LIST)):
            if number == 3:
                raise ConnectionError
            yield item

    with pytest.raises(ConnectionError):
        take_in(national, cut(), **SENT)
    assert national.stats(at=NOW).entries == 2
    states: list[int] = []
    report = take_in(
        national, read(LIST), on_progress=lambda so_far: states.append(so_far.items), **SENT
    )
    assert (report.known, report.new) == (2, 3)
    assert states == [2, 4]
    assert national.verify() == []


def test_the_hashes_of_one_content_are_not_parted_by_a_batch(
    national: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH", 1)
    items = [known(1, content="x"), known(1, SHA1, content="x"), known(2, content="y")]
    take_in(national, items, **SENT)
    assert sorted(len(each) for each in national.contents()) == [1, 2]


def test_what_a_feed_takes_back_is_removed(national: Bank) -> None:
    take_in(national, read(LIST), **SENT)
    items = [known(1, withdrawn=True), known(9, withdrawn=True)]
    report = take_in(national, items, **SENT)
    assert report == intake.Report(withdrawn=1, gone_before=1)
    assert national.find(MD5, digest(1)) is None
    assert national.stats(at=NOW).entries == 4


def test_what_one_source_takes_back_another_may_still_list(national: Bank) -> None:
    take_in(national, [known(1)], **SENT)
    take_in(national, [known(1)], source="Hotline", **BO)
    report = take_in(national, [known(1, withdrawn=True)], **SENT)
    assert report.withdrawn == 1
    entry = national.find(MD5, digest(1))
    assert entry is not None
    assert entry.sources == ("Hotline",)
    assert take_in(national, [known(1, withdrawn=True)], **SENT).gone_before == 1


@pytest.mark.parametrize(("last", "there"), [(True, False), (False, True)])
def test_of_a_hash_given_and_taken_back_in_one_list_the_last_counts(
    national: Bank, last: bool, there: bool
) -> None:
    items = [known(1, withdrawn=not last), known(1, withdrawn=last)]
    assert take_in(national, [*items, *items], **SENT).items == 4
    assert (national.find(MD5, digest(1)) is not None) is there


def test_a_list_without_a_source_is_refused(national: Bank) -> None:
    with pytest.raises(SettingRefused, match="source"):
        take_in(national, read(LIST), source="", **ADA)


def test_a_bank_is_handed_out_and_taken_in_by_another(national: Bank, tmp_path: Path) -> None:
    national.add(
        [
            known(1, content="x", metadata={"note": "é"}),
            known(1, SHA1, content="x"),
            known(2, PDQ, category="b"),
        ],
        **SENT,
    )
    out = io.BytesIO()
    assert hash_csv.write(out, handout.known_hashes(national, at=NOW)) == 3
    other = bank(tmp_path, "other")
    take_in(other, hash_csv.read(io.BytesIO(out.getvalue())), **SENT)
    assert contents(other) == contents(national)


def contents(of: Bank) -> list[set]:
    return sorted(
        (
            {(one.kind, one.hex, one.category, str(one.metadata)) for one in each}
            for each in of.contents()
        ),
        key=sorted,
    )


def test_what_is_disabled_stays_behind_and_is_counted(national: Bank) -> None:
    national.add([known(1), known(2), known(3)], **SENT)
    national.disable([1], until=LATER, **ADA)
    national.dispute([2], reason="x", **ADA)
    left_out: Counter[str] = Counter()
    given = list(handout.known_hashes(national, at=NOW, left_out=left_out))
    assert left_out == {"disabled": 1}
    assert [dict(one.metadata) for one in given] == [{"disputed": True}, {}]
    assert len(list(handout.known_hashes(national, at=LATER))) == 3


def test_one_kind_is_handed_out(national: Bank) -> None:
    national.add([known(1), known(2, SHA1)], **SENT)
    assert [one.kind for one in handout.known_hashes(national, at=NOW, kind=SHA1)] == [SHA1]


def test_entries_without_a_category_have_that_of_the_bank(tmp_path: Path) -> None:
    made = bank(tmp_path, category="b")
    made.add([known(1)], **SENT)
    assert next(handout.known_hashes(made, at=NOW)).category == "b"


def test_a_bank_is_handed_out_as_a_feed(national: Bank) -> None:
    national.add([known(1, metadata={"tags": ["t"]})], **SENT)
    out = io.BytesIO()
    threat_exchange.write(out, handout.known_hashes(national, at=NOW))
    assert list(threat_exchange.read(io.BytesIO(out.getvalue()))) == [
        known(1, metadata={"tags": ["t"]})
    ]


def test_a_bank_is_handed_out_as_vics(national: Bank) -> None:
    national.add(
        [
            known(1, content="x", category="a", metadata={"size": 5}),
            known(1, SHA1, content="x", category="a"),
            known(2, category="c"),
            known(3, category="a"),
        ],
        **SENT,
    )
    entry = national.find(MD5, digest(3))
    assert entry is not None
    national.disable([entry.id], until=LATER, **ADA)
    left_out: Counter[str] = Counter()
    out = io.BytesIO()
    media = handout.media(national, {"a": 1}, at=NOW, left_out=left_out)
    assert vics.write(out, media, namespace="US") == 1
    assert left_out == {"disabled": 1, "category c has no VICS category": 1}
    taken = list(vics.known_hashes(io.BytesIO(out.getvalue())))
    assert [(one.kind, one.value, one.category) for one in taken] == [
        (MD5, digest(1), "vics-us-1"),
        (SHA1, digest(1, SHA1), "vics-us-1"),
    ]


def test_hashes_of_one_content_are_handed_out_side_by_side(national: Bank) -> None:
    national.add([known(3, content="y"), known(5), known(7, SHA1, content="y")], **SENT)
    given = list(handout.known_hashes(national, at=NOW))
    assert [one.value for one in given] == [digest(3), digest(7, SHA1), digest(5)]
    assert given[0].content == given[1].content != given[2].content


def test_several_pdq_hashes_of_one_content_are_handed_out_and_taken_in_as_vics(
    national: Bank, tmp_path: Path
) -> None:
    frames = [known(number, PDQ, content="x", category="a") for number in (1, 2, 3)]
    digests = [known(number, content="x", category="a") for number in (1, 2)]
    national.add([*frames, *digests], **SENT)
    left_out: Counter[str] = Counter()
    out = io.BytesIO()
    assert vics.write(out, handout.media(national, {"a": 1}, at=NOW, left_out=left_out)) == 1
    assert left_out == {"a further md5 of one content, of which VICS has one": 1}
    other = bank(tmp_path, "other")
    report = take_in(other, vics.known_hashes(io.BytesIO(out.getvalue())), **SENT)
    assert (report.new, report.refused) == (4, 0)
    assert [len(each) for each in other.contents()] == [4]
    assert {one.value for one in other.all(PDQ)} == {one.value for one in frames}


def test_a_list_that_calls_everything_one_content_is_still_written_piece_by_piece(
    national: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH", 2)
    states: list[int] = []
    items = [known(number, content="x") for number in range(1, 11)]
    report = take_in(national, items, on_progress=lambda so_far: states.append(so_far.new), **SENT)
    assert (report.new, states) == (10, [4, 8])


def test_a_list_that_says_much_of_each_hash_is_written_in_smaller_pieces(
    national: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_MOST_TEXT", 100)
    states: list[int] = []
    items = [known(number, metadata={"note": "x" * 50}) for number in range(1, 6)]
    take_in(national, items, on_progress=lambda so_far: states.append(so_far.new), **SENT)
    assert states == [2, 4]


def test_metadata_without_measure_is_refused(national: Bank) -> None:
    report = take_in(national, [known(1, metadata={"note": "x" * 30_000}), known(2)], **SENT)
    assert (report.new, report.refused) == (1, 1)
    assert report.reasons == {"metadata longer than 20000 characters of JSON": 1}


def test_what_somebody_else_removes_meanwhile_does_not_stop_a_list(national: Bank) -> None:
    class Beaten(Bank):
        """A bank in which another is a little faster, once."""

        beaten = False

        def ids_of(self, hashes: Iterable[tuple[HashKind, bytes]]) -> list[int]:
            ids = super().ids_of(hashes)
            if not self.beaten:
                self.beaten = True
                national.remove(ids[:1], **BO)
            return ids

    take_in(national, read(LIST), **SENT)
    items = [known(1, withdrawn=True), known(2, withdrawn=True)]
    report = take_in(Beaten(national.folder), items, **SENT)
    assert (report.withdrawn, report.gone_before) == (1, 1)
