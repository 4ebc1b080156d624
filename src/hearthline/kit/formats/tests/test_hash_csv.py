# SPDX-License-Identifier: Apache-2.0
"""Lists of hashes as agencies and tools hand them out. All hashes are invented."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.formats import hash_csv
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem

A16, A20, A32 = "ab" * 16, "ab" * 20, "ab" * 32
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KNOWN = st.sampled_from(list(HashKind)).flatmap(
    lambda kind: st.builds(
        KnownHash,
        kind=st.just(kind),
        value=st.binary(min_size=kind.width, max_size=kind.width),
        category=st.from_regex(r"([A-Za-z0-9][A-Za-z0-9._:-]{0,5})?", fullmatch=True),
        content=st.from_regex(r"[a-z0-9]{0,5}", fullmatch=True),
        metadata=st.dictionaries(TEXT, TEXT | st.integers() | st.booleans(), max_size=2),
    )
)


def read(text: str | bytes, kind: HashKind | None = None) -> list[KnownHash | RefusedItem]:
    content = text.encode() if isinstance(text, str) else text
    return list(hash_csv.read(io.BytesIO(content), kind=kind))


def known(text: str | bytes, kind: HashKind | None = None) -> list[KnownHash]:
    found = read(text, kind)
    assert [one for one in found if isinstance(one, RefusedItem)] == []
    return [one for one in found if isinstance(one, KnownHash)]


def test_columns_are_found_by_their_names() -> None:
    [one] = known(f"MD5,Category,Status\n{A16.upper()},A1,hello\n")
    assert one == KnownHash(HashKind.MD5, bytes.fromhex(A16), "A1", metadata={"Status": "hello"})
    assert one.place == "line 2"


@pytest.mark.parametrize("name", ["SHA-1", "sha1", "SHA1 hash", "HASH_SHA1", "Sha_1"])
def test_names_are_read_as_people_write_them(name: str) -> None:
    assert known(f"{name}\n{A20}")[0].kind == HashKind.SHA1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_understood(delimiter: str) -> None:
    [one] = known(f"hash{delimiter}category\n{A16}{delimiter}A1")
    assert one.category == "A1"


def test_hashes_of_one_line_are_of_one_content() -> None:
    md5, sha1 = known(f"md5,sha1\n{A16},{A20}")
    assert md5.content == sha1.content == "line 2"
    [alone] = known(f"md5,sha1\n{A16},")
    assert alone.content == ""


@pytest.mark.parametrize(
    ("kind", "found"), [("sha256", HashKind.SHA256), ("PDQ", HashKind.PDQ), ("HASH_PDQ", "pdq")]
)
def test_the_kind_stands_in_a_column_of_its_own(kind: str, found: HashKind) -> None:
    assert known(f"type,hash\n{kind},{A32}")[0].kind == found


def test_a_plain_list_is_read_by_the_length_of_its_lines() -> None:
    assert [one.kind for one in known(f"{A16}\n{A20}\n")] == [HashKind.MD5, HashKind.SHA1]


def test_of_the_output_of_md5sum_names_of_files_stay_behind() -> None:
    [one] = known(f"{A16}  holiday picture.jpg")
    assert one == KnownHash(HashKind.MD5, bytes.fromhex(A16))


def test_64_digits_need_to_be_told_what_they_are() -> None:
    assert known(A32, HashKind.PDQ)[0].kind == HashKind.PDQ
    assert known(f"sha256\n{A32}")[0].kind == HashKind.SHA256
    [problem] = read(A32)
    assert problem == RefusedItem("line 1", "64 digits may be SHA-256 or PDQ; say which")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_line_are_all_alike(encoding: str, end: str) -> None:
    text = end.join([f"md5{',':s}status", f"{A16},é", f"{A16},\u2028"])
    first, second = known(text.encode(encoding))
    assert (first.place, second.place) == ("line 2", "line 3")
    assert first.metadata == {"status": "é"}


def test_empty_lines_and_remarks_are_stepped_over_and_counted() -> None:
    [one] = known(f"# from an agency\n\n{A16}\n")
    assert one.place == "line 3"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("zz" * 16, "not hexadecimal"),
        ("ab" * 15, "30 digits"),
        ("ab" * 64, "128 digits"),
        ("1.2E+31", "not hexadecimal"),
        (",,", "empty"),
    ],
)
def test_a_line_without_a_hash_is_told_and_the_rest_goes_on(line: str, reason: str) -> None:
    first, problem, last = read(f"{A16}\n{line}\n{A16}")
    assert isinstance(problem, RefusedItem)
    assert problem.place == "line 2"
    assert reason in problem.reason
    assert first == last == KnownHash(HashKind.MD5, bytes.fromhex(A16))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{A20},", "40 digits, md5 has 32"),
        (f"{A16},two words", "no plain code"),
        (",A1", "no hash in this line"),
    ],
)
def test_a_faulty_record_is_told(line: str, reason: str) -> None:
    [problem] = read(f"md5,category\n{line}")
    assert isinstance(problem, RefusedItem)
    assert reason in problem.reason


def test_a_kind_that_is_not_kept_is_told() -> None:
    [problem] = read(f"type,hash\ntlsh,{A32}")
    assert problem == RefusedItem("line 2", "a kind of hash that is not kept here")


def test_a_quote_that_nobody_closed_costs_no_other_line() -> None:
    found = read(f'md5,note\n{A16},"open\n{A16},fine\n"{A16},x\n{A16},last')
    assert [type(one) for one in found] == [KnownHash, KnownHash, RefusedItem, KnownHash]


def test_a_line_without_end_is_not_read_into_memory() -> None:
    [problem, one] = read("a" * 3_000_000 + f"\n{A16}")
    assert isinstance(problem, RefusedItem)
    assert problem.reason.startswith("longer than")
    assert isinstance(one, KnownHash)


def test_an_empty_list_is_empty() -> None:
    assert read("") == read("\ufeff\n") == read("md5,category\n") == []


@settings(max_examples=40)
@given(st.lists(KNOWN, max_size=6))
def test_what_is_written_is_read_back(written: list[KnownHash]) -> None:
    out = io.BytesIO()
    assert hash_csv.write(out, written) == len(written)
    assert known(out.getvalue()) == written


@given(st.lists(st.binary(min_size=16, max_size=16)))
def test_a_plain_list_is_read_back(values: list[bytes]) -> None:
    out = io.BytesIO()
    assert hash_csv.write_plain(out, (KnownHash(HashKind.MD5, one) for one in values)) == len(
        values
    )
    assert [one.value for one in known(out.getvalue())] == values


@given(st.binary())
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    read(content)
    read(b"hash,metadata\n" + A16.encode() + b"," + content)


@pytest.mark.parametrize(
    "name",
    [
        "File Name",
        "filename",
        "RelativeFilePath",
        "URL",
        "e-mail",
        "Series",
        "Remarks",
        "Victim_Name",
    ],
)
def test_what_may_say_who_a_child_is_stays_behind(name: str) -> None:
    [one] = known(f"md5,{name},status\n{A16},invented,open")
    assert one.metadata == {"status": "open"}
