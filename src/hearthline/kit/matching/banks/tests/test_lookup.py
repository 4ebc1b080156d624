# SPDX-License-Identifier: Apache-2.0
"""Looking hashes up in all banks at once."""

from pathlib import Path

import numpy as np
import pytest

from hearthline.kit.matching.banks import (
    FOREVER,
    Answer,
    Bank,
    HashKind,
    KindRefused,
    KnownHash,
    Library,
    Match,
    TimeRefused,
)

from .make import ADA, BO, LATER, MD5, NOW, PDQ, SENT, digest, known, many, turned

VALUE = many(1, seed=7)[0].tobytes()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def national(library: Library) -> Bank:
    made = library.create_bank("national", **ADA)
    made.add([KnownHash(PDQ, VALUE, "a"), known(1)], **SENT)
    return made


def id_of(bank: Bank, value: bytes = VALUE, kind: HashKind = PDQ) -> int:
    found = bank.find(kind, value)
    assert found is not None
    return found.id


def one(library: Library, value: bytes = VALUE, **more) -> Answer:
    [answer] = library.lookup(PDQ, [value], **{"at": NOW, **more})
    return answer


def test_a_known_hash_is_found(library: Library, national: Bank) -> None:
    answer = one(library, turned(VALUE, 4))
    assert answer.matches == (Match("national", PDQ, id_of(national), 4, 31),)
    assert (answer.suppressed, answer.harmless, answer.reason) == ((), (), "")


def test_an_unknown_hash_is_answered_with_nothing(library: Library, national: Bank) -> None:
    assert one(library, turned(VALUE, 100)) == Answer()


def test_each_query_is_answered_in_its_place(library: Library, national: Bank) -> None:
    queries = np.concatenate([many(50), np.frombuffer(VALUE, np.uint8)[None], many(3, seed=9)])
    answers = library.lookup(PDQ, queries, at=NOW)
    assert [number for number, answer in enumerate(answers) if answer.matches] == [50]
    assert len(answers) == 54


def test_digests_match_when_they_are_equal(library: Library, national: Bank) -> None:
    same, other = library.lookup(MD5, [digest(1), turned(digest(1), 1)], at=NOW)
    assert same.matches == (Match("national", MD5, id_of(national, digest(1), MD5), 0, 0),)
    assert other == Answer()


def test_no_query_is_no_answer(library: Library, national: Bank) -> None:
    assert library.lookup(PDQ, [], at=NOW) == []


def test_a_library_without_banks_answers(library: Library) -> None:
    assert one(library) == Answer()


@pytest.mark.parametrize(
    "queries", [[b"short"], [b"x" * 32, b"short"], many(2, MD5), many(2)[0], many(2) * 1.0]
)
def test_queries_of_another_shape_are_refused(library: Library, queries) -> None:
    with pytest.raises(KindRefused, match="pdq"):
        library.lookup(PDQ, queries, at=NOW)


def test_a_lookup_has_a_time_with_a_zone(library: Library, national: Bank) -> None:
    with pytest.raises(TimeRefused):
        one(library, at=NOW.replace(tzinfo=None))


def test_every_bank_has_its_own_radius(library: Library, national: Bank) -> None:
    library.create_bank("strict", **ADA, radius=3).add([KnownHash(PDQ, VALUE)], **SENT)
    assert [match.bank for match in one(library, turned(VALUE, 3)).matches] == [
        "national",
        "strict",
    ]
    assert [match.bank for match in one(library, turned(VALUE, 4)).matches] == ["national"]
    national.change(radius=64, **BO)
    assert one(library, turned(VALUE, 60)).matches[0].radius == 64


def test_nearest_matches_come_first(library: Library, national: Bank) -> None:
    near, far = turned(VALUE, 2), turned(VALUE, 9)
    national.add([KnownHash(PDQ, far), KnownHash(PDQ, near)], **SENT)
    assert [match.distance for match in one(library).matches] == [0, 2, 9]


def test_banks_can_be_named(library: Library, national: Bank) -> None:
    library.create_bank("other", **ADA).add([KnownHash(PDQ, VALUE)], **SENT)
    assert [match.bank for match in one(library, banks={"other"}).matches] == ["other"]
    assert one(library, banks=set()) == Answer()


def test_entries_are_opened_where_it_is_asked_for(library: Library, national: Bank) -> None:
    [match] = one(library, details=True).matches
    assert match.details == national.entry(match.entry)
    assert one(library).matches[0].details is None


def test_a_disabled_entry_does_not_match_until_its_time(library: Library, national: Bank) -> None:
    national.disable([id_of(national)], until=LATER, **ADA)
    assert one(library) == Answer()
    assert one(library, at=LATER).matches
    national.disable([id_of(national)], until=FOREVER, **ADA)
    assert one(library, at=LATER) == Answer()
    national.enable([id_of(national)], **ADA)
    assert one(library).matches


def test_only_what_is_disabled_does_not_match(library: Library, national: Bank) -> None:
    hashes = many(200, seed=3)
    ids = national.add_array(PDQ, hashes, **SENT).ids
    national.disable(ids[::3].tolist(), until=LATER, **ADA)
    answers = library.lookup(PDQ, hashes, at=NOW)
    found = [bool(answer.matches) for answer in answers]
    assert found == [number % 3 != 0 for number in range(200)]


def test_a_disputed_entry_matches_and_says_so(library: Library, national: Bank) -> None:
    national.dispute([id_of(national)], reason="a cartoon", **BO)
    [match] = one(library).matches
    assert match.disputed
    national.settle([id_of(national)], reason="checked", **BO)
    assert not one(library).matches[0].disputed


def test_a_removed_entry_does_not_match(library: Library, national: Bank) -> None:
    national.remove([id_of(national)], **BO)
    assert one(library) == Answer()


def test_what_is_known_to_be_harmless_is_suppressed_with_the_reason(
    library: Library, national: Bank
) -> None:
    safe = library.create_bank("safe", **ADA, negative=True, radius=8)
    safe.add([KnownHash(PDQ, turned(VALUE, 5))], **SENT)
    answer = one(library)
    assert answer.matches == ()
    assert [match.bank for match in answer.suppressed] == ["national"]
    assert [(match.bank, match.distance) for match in answer.harmless] == [("safe", 5)]
    entry = answer.harmless[0].entry
    assert answer.reason == f"known to be harmless: bank safe, entry {entry}, 5 bits"


def test_a_negative_bank_has_its_say_also_where_others_are_named(
    library: Library, national: Bank
) -> None:
    library.create_bank("safe", **ADA, negative=True).add([KnownHash(PDQ, VALUE)], **SENT)
    assert one(library, banks={"national"}).suppressed


def test_a_match_in_a_negative_bank_alone_is_no_match(library: Library) -> None:
    library.create_bank("safe", **ADA, negative=True).add([KnownHash(PDQ, VALUE)], **SENT)
    answer = one(library)
    assert (answer.matches, answer.suppressed, answer.reason) == ((), (), "")
    assert answer.harmless


def test_a_disputed_or_disabled_claim_of_harmlessness_hides_nothing(
    library: Library, national: Bank
) -> None:
    safe = library.create_bank("safe", **ADA, negative=True)
    safe.add([KnownHash(PDQ, VALUE)], **SENT)
    safe.dispute([id_of(safe)], reason="no", **BO)
    answer = one(library)
    assert answer.matches
    assert (answer.suppressed, answer.reason) == ((), "")
    assert answer.harmless[0].disputed
    safe.disable([id_of(safe)], until=LATER, **BO)
    assert one(library).harmless == ()


def test_a_share_of_queries_is_the_same_share_every_time(library: Library) -> None:
    trial = library.create_bank("trial", **ADA, enabled_share=0.25)
    hashes = many(2000)
    trial.add_array(PDQ, hashes, **SENT)

    def taking_part(**more) -> set[int]:
        answers = library.lookup(PDQ, hashes, at=NOW, **more)
        return {number for number, answer in enumerate(answers) if answer.matches}

    first = taking_part()
    assert 400 < len(first) < 600
    assert taking_part() == first
    assert [bool(one(library, row.tobytes()).matches) for row in hashes[:20]] == [
        number in first for number in range(20)
    ]
    other = taking_part(seed="another")
    assert other != first
    assert 400 < len(other) < 600
    assert len(taking_part(bypass_enabled_share=True)) == 2000


@pytest.mark.parametrize(("share", "found"), [(0.0, False), (1.0, True)])
def test_a_share_of_none_and_of_all(library: Library, share: float, found: bool) -> None:
    bank = library.create_bank("trial", **ADA, enabled_share=share)
    bank.add([KnownHash(PDQ, VALUE)], **SENT)
    assert bool(one(library).matches) is found


def test_banks_draw_apart(library: Library) -> None:
    hashes = many(300)
    for name in ("a", "b"):
        library.create_bank(name, **ADA, enabled_share=0.5).add_array(PDQ, hashes, **SENT)
    answers = library.lookup(PDQ, hashes, at=NOW)
    sizes = [len(answer.matches) for answer in answers]
    assert {0, 1, 2} == set(sizes)
