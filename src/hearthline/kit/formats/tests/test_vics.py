# SPDX-License-Identifier: Apache-2.0
"""VICS JSON: what writers make of it, what a bank gets of it. All hashes are invented."""

import io
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearthline.kit.formats import FormatRefused, vics
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem
from hearthline.kit.formats.vics import Case, Context, Media

MD5, SHA1 = "0123456789ABCDEF0123456789ABCDEF", "0123456789ABCDEF0123456789ABCDEF01234567"
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#{}"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FLAG = st.none() | st.booleans()
HASHES = st.fixed_dictionaries(
    {},
    optional={kind: st.binary(min_size=kind.width, max_size=kind.width) for kind in HashKind},
).filter(bool)
MOMENT = st.datetimes(timezones=st.sampled_from([UTC, None]))
OBJECTS = st.lists(st.dictionaries(TEXT, TEXT, max_size=2), max_size=2).map(tuple)
MEDIA = st.builds(
    Media,
    media_id=st.none() | st.integers() | TEXT.filter(bool),
    category=st.none() | st.integers(0, 99) | st.sampled_from("ABC"),
    hashes=HASHES,
    photo_dna=TEXT,
    size=st.none() | st.integers(0),
    mime_type=TEXT,
    relative_path=TEXT,
    updated=st.none() | MOMENT,
    victim_identified=FLAG,
    offender_identified=FLAG,
    distributed=FLAG,
    suspected=FLAG,
    self_generated=FLAG,
    series=TEXT,
    tags=TEXT,
    comments=TEXT,
    precategorized=FLAG,
    precategorization_source=TEXT,
    files=OBJECTS,
    exifs=OBJECTS,
    other=st.dictionaries(TEXT.map("X-{}".format), TEXT | st.integers(), max_size=2),
)
CASE = st.builds(
    Case,
    case_id=TEXT,
    number=TEXT,
    source_application=TEXT,
    total_precategorized=st.none() | st.integers(0),
)


def document(*items: Any, namespace: str = "US", holds: str = "Media") -> bytes:
    value = list(items) if holds == "Media" else [{"CaseID": "7", "Media": list(items)}]
    context = CONTEXT.format(namespace, holds)
    return json.dumps({"@odata.context": context, "value": value}).encode()


def read(content: bytes) -> list[vics.Found]:
    return list(vics.read(io.BytesIO(content)))


def media(content: bytes) -> list[Media]:
    return [found for found in read(content) if isinstance(found, Media)]


def refused(content: bytes) -> list[RefusedItem]:
    return [found for found in read(content) if isinstance(found, RefusedItem)]


def test_a_set_of_media_is_read() -> None:
    context, medium = read(document({"MediaID": 1, "Category": 2, "MD5": MD5, "SHA1": SHA1}))
    assert context == Context("US", "Media")
    assert medium == Media(
        media_id=1,
        category=2,
        hashes={HashKind.MD5: bytes.fromhex(MD5), HashKind.SHA1: bytes.fromhex(SHA1)},
    )
    assert medium.place == "value[0]"


def test_a_case_is_told_behind_its_media() -> None:
    _context, medium, case = read(document({"MD5": MD5}, holds="Cases"))
    assert isinstance(medium, Media)
    assert medium.place == "value[0].Media[0]"
    assert case == Case(case_id="7")


@pytest.mark.parametrize("namespace", ["Default", "US", "UK", "DE"])
def test_the_namespace_is_told(namespace: str) -> None:
    assert read(document({"MD5": MD5}, namespace=namespace))[0] == Context(namespace, "Media")


def test_an_older_context_and_none_at_all_are_read() -> None:
    old = {"odata.metadata": "http://example.org/DataModels/1.3.xml#Media", "value": [{"MD5": MD5}]}
    assert read(json.dumps(old).encode())[0] == Context("Default", "Media")
    assert len(media(json.dumps({"value": [{"MD5": MD5}, {"MD5": MD5}]}).encode())) == 2


def test_a_byte_order_mark_is_stepped_over() -> None:
    assert len(media(b"\xef\xbb\xbf" + document({"MD5": MD5}))) == 1


def test_hashes_are_read_in_either_case() -> None:
    upper, lower = media(document({"MD5": MD5.upper()}, {"MD5": MD5.lower()}))
    assert upper == lower


@pytest.mark.parametrize(
    ("written", "meant"),
    [(True, True), ("true", True), ("True", True), ("false", False), (0, False), (None, None)],
)
def test_truth_is_read_as_writers_put_it(written: Any, meant: bool | None) -> None:
    [medium] = media(document({"MD5": MD5, "VictimIdentified": written}))
    assert medium.victim_identified is meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [(None, None), ("", None), (0, 0), ("0", 0), (2, 2), ("2", 2), (2.0, 2), ("A", "A")],
)
def test_no_category_is_not_category_0(written: Any, meant: int | str | None) -> None:
    [medium] = media(document({"MD5": MD5, "Category": written}))
    assert medium.category == meant
    assert type(medium.category) is type(meant)


@pytest.mark.parametrize(
    "written",
    ["2017-07-14T02:40:00Z", "/Date(1500000000000)/", "/Date(1500000000000+0200)/"],
)
def test_times_are_read_in_both_spellings(written: str) -> None:
    [medium] = media(document({"MD5": MD5, "DateUpdated": written}))
    assert medium.updated == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)


@pytest.mark.parametrize("written", ["/Date(999999999999999)/", "yesterday", 7])
def test_what_cannot_be_read_is_carried_as_it_came(written: Any) -> None:
    [medium] = media(document({"MD5": MD5, "DateUpdated": written, "Thing": [1]}))
    assert medium.updated is None
    assert medium.other == {"DateUpdated": written, "Thing": [1]}


def test_photodna_is_carried_as_text() -> None:
    [medium] = media(document({"PhotoDNA": "1,2,3"}))
    assert (medium.photo_dna, medium.hashes) == ("1,2,3", {})


def test_alternative_hashes_are_read() -> None:
    given = [
        {"HashName": "SHA-256", "HashValue": "ab" * 32},
        {"HashName": "Other", "HashValue": "1"},
    ]
    [medium] = media(document({"MD5": MD5, "AlternativeHashes": given}))
    assert medium.hashes[HashKind.SHA256] == b"\xab" * 32
    assert medium.other == {"AlternativeHashes": given[1:]}


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"MD5": "xyz", "SHA1": SHA1}, "value[0].MD5"),
        ({"MD5": 12, "SHA1": SHA1}, "value[0].MD5"),
        ({"MD5": SHA1, "SHA1": SHA1}, "value[0].MD5"),
    ],
)
def test_a_faulty_hash_costs_itself_and_not_the_other(item: Any, place: str) -> None:
    assert [one.place for one in refused(document(item))] == [place]
    assert media(document(item))[0].hashes == {HashKind.SHA1: bytes.fromhex(SHA1)}


@pytest.mark.parametrize(
    "item", [{}, 7, None, [], {"MD5": ""}, {"MD5": None}, {"MD5": MD5, "Category": {}}]
)
def test_a_malformed_item_is_told_with_its_place_and_the_rest_goes_on(item: Any) -> None:
    content = document({"MD5": MD5}, item, {"MD5": MD5}, holds="Cases")
    [problem] = refused(content)
    assert problem.place.startswith("value[0].Media[1]")
    assert len(media(content)) == 2


def test_broken_json_costs_its_own_item() -> None:
    content = document({"MD5": MD5}, {"MD5": MD5, "Tags": "C:/x"}, {"MD5": MD5})
    content = content.replace(b"C:/x", b"C:\\x")
    [problem] = refused(content)
    assert problem.place == "value[1]"
    assert "not JSON" in problem.reason
    assert len(media(content)) == 2


def test_a_cut_file_tells_so_and_gives_what_it_has() -> None:
    content = document(*[{"MD5": MD5}] * 5)[:-30]
    assert len(media(content)) == 4
    assert "was cut" in refused(content)[-1].reason


@pytest.mark.parametrize("content", [b"", b"[]", b"no json", b'{"a": 1}', b'{"value": 3}', b"\x00"])
def test_what_is_no_vics_document_is_refused(content: bytes) -> None:
    with pytest.raises(FormatRefused):
        read(content)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MEDIA, max_size=3), st.none() | CASE)
def test_what_is_written_is_read_back(written: list[Media], case: Case | None) -> None:
    out = io.BytesIO()
    assert vics.write(out, written, namespace="UK", case=case) == len(written)
    expected: list[vics.Found] = [Context("UK", "Cases" if case else "Media"), *written]
    assert read(out.getvalue()) == expected + ([case] if case else [])


@given(st.binary())
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    for whole in (content, document({"MD5": MD5}).replace(b"0123", content)):
        with suppress(FormatRefused):
            read(whole)


@pytest.mark.parametrize("instead", [b"", b'"', b"}"])
def test_no_medium_is_lost_in_silence_whichever_byte_is_wrong(instead: bytes) -> None:
    content = document({"MD5": MD5, "MediaFiles": [{"FileName": "a"}]}, {"MD5": MD5}, holds="Cases")
    for place in range(len(content)):
        with suppress(FormatRefused):
            broken = content[:place] + instead + content[place + 1 :]
            assert len(media(broken)) == 2 or refused(broken)


def test_a_case_without_media_is_told() -> None:
    context = CONTEXT.format("US", "Cases")
    for case, problems in (({"CaseID": "1"}, 1), ({"CaseID": "1", "Media": None}, 0)):
        content = json.dumps({"@odata.context": context, "value": [case]}).encode()
        assert len(refused(content)) == problems


def test_a_namespace_that_is_no_name_is_not_written() -> None:
    with pytest.raises(FormatRefused, match="namespace"):
        vics.write(io.BytesIO(), [], namespace="a/b")


def test_a_value_that_json_cannot_hold_is_not_written() -> None:
    with pytest.raises(FormatRefused, match="JSON"):
        vics.write(io.BytesIO(), [Media(other={"x": float("nan")})])


def for_a_bank(content: bytes, **choice: Any) -> list[KnownHash | RefusedItem]:
    return list(vics.known_hashes(io.BytesIO(content), **choice))


def test_a_bank_gets_each_hash_with_its_category_and_which_belong_together() -> None:
    item = {"MediaID": 9, "Category": "1", "SHA1": SHA1, "MD5": MD5, "MediaSize": 5}
    md5, sha1 = for_a_bank(document(item))
    assert isinstance(md5, KnownHash)
    assert isinstance(sha1, KnownHash)
    assert (md5.kind, sha1.kind) == (HashKind.MD5, HashKind.SHA1)
    assert md5.category == sha1.category == "vics-us-1"
    assert md5.content == sha1.content != ""
    assert md5.metadata == {"media_id": 9, "size": 5}


def test_a_bank_does_not_get_what_may_say_who_a_child_is() -> None:
    item = {
        "Category": 1,
        "MD5": MD5,
        "Series": "s",
        "Tags": "t",
        "Comments": "c",
        "RelativeFilePath": "p",
        "MediaFiles": [{"FileName": "f"}],
        "Exifs": [{"PropertyName": "e"}],
    }
    [one] = for_a_bank(document(item))
    assert isinstance(one, KnownHash)
    assert one.metadata == {}


def test_what_nobody_judged_or_was_judged_harmless_does_not_enter_a_bank() -> None:
    content = document({"MD5": MD5}, {"MD5": MD5, "Category": 0}, {"MD5": MD5, "Category": 1})
    nobody, harmless, taken = for_a_bank(content)
    assert isinstance(nobody, RefusedItem)
    assert "nobody judged" in nobody.reason
    assert isinstance(harmless, RefusedItem)
    assert "not pertinent" in harmless.reason
    assert isinstance(taken, KnownHash)


def test_a_bank_gets_the_categories_that_were_asked_for() -> None:
    content = document({"MD5": MD5, "Category": 0}, {"MD5": MD5, "Category": 1})
    taken, other = for_a_bank(content, categories={0})
    assert isinstance(taken, KnownHash)
    assert other == RefusedItem("value[1]", "category 1 was not asked for")


def test_photodna_alone_is_nothing_for_a_bank() -> None:
    [problem] = for_a_bank(document({"PhotoDNA": "1,2", "Category": 1}))
    assert isinstance(problem, RefusedItem)
    assert "PhotoDNA" in problem.reason


def test_further_pdq_hashes_of_a_medium_are_kept_and_digests_are_not_confused() -> None:
    first, second = "ab" * 32, "cd" * 32
    pdq = [{"HashName": "PDQ", "HashValue": text} for text in (first, second, first, second)]
    other_md5 = {"HashName": "MD5", "HashValue": "ff" * 16}
    [medium] = media(document({"MD5": MD5, "AlternativeHashes": [other_md5, *pdq]}))
    assert medium.hashes == {
        HashKind.MD5: bytes.fromhex(MD5),
        HashKind.PDQ: bytes.fromhex(first),
    }
    assert medium.further_pdq == (bytes.fromhex(second),)
    out = io.BytesIO()
    vics.write(out, [medium])
    assert media(out.getvalue()) == [medium]


def test_a_case_without_measure_keeps_what_a_value_may_have_and_tells_of_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vics, "LONGEST_VALUE", 1000)
    case = {f"X{number}": "x" * 100 for number in range(20)}
    text = json.dumps({"value": [case | {"Media": [{"MD5": MD5}], "CaseID": "7"}]})
    found = list(vics.read(io.BytesIO(text.encode())))
    assert len([one for one in found if isinstance(one, Media)]) == 1
    told = [one for one in found if isinstance(one, RefusedItem)]
    assert {one.reason for one in told} == {"left out: there was too much"}
    [read_case] = [one for one in found if isinstance(one, Case)]
    assert len(read_case.other) + len(told) == 21


def test_a_context_that_comes_too_late_for_the_categories_is_told() -> None:
    medium = json.dumps({"MD5": MD5, "Category": 1})
    late = f'{{"value": [{medium}], "@odata.context": "{CONTEXT.format("US", "Media")}"}}'
    found, told = vics.known_hashes(io.BytesIO(late.encode()))
    assert isinstance(found, KnownHash)
    assert found.category == "vics-default-1"
    assert isinstance(told, RefusedItem)
    assert told.place == "@odata.context"
