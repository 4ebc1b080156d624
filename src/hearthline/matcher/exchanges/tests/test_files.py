# SPDX-License-Identifier: Apache-2.0
"""Lists in local files: CSV and JSON Lines; the file is the whole list."""

import json

import pytest

from hearthline.matcher.exchanges import Kind, Opinion, fetch
from hearthline.matcher.exchanges.files import LONGEST_LINE, PAGE_LINES, File
from hearthline.matcher.exchanges.tests.source import AT, md5, pdq


@pytest.fixture
def path(tmp_path):
    return tmp_path / "list"


def csv(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return File(path, "csv")


def jsonl(path, *rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return File(path, "jsonl")


def test_csv_with_all_columns(path, store, bank):
    exchange = csv(
        path,
        "Kind,Value,Key,Tags,Opinion,Reported_by",
        f"PDQ,{pdq(1).upper()},a-7,one;two,confirm,Example Hotline",
        f"sha-256,{'b' * 64},Z,,,",
    )
    assert fetch(exchange, store, bank, at=AT).problem == ""
    first, second = (bank.entries[key][0] for key in sorted(bank.entries, reverse=True))
    assert (first.kind, first.value) == (Kind.PDQ, pdq(1))
    assert first.key == f"a-7/pdq/{pdq(1)}"
    assert (first.tags, first.opinion, first.reported_by) == (
        ("one", "two"),
        Opinion.CONFIRM,
        ("Example Hotline",),
    )
    assert (second.kind, second.opinion) == (Kind.SHA256, Opinion.UNSTATED)


@pytest.mark.parametrize("kind", list(Kind))
def test_csv_with_one_column_named_for_its_kind(path, store, bank, kind):
    value = {"pdq": "a" * 64, "md5": "a" * 32, "sha1": "a" * 40, "sha256": "a" * 64}[kind]
    fetch(csv(path, kind, value), store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert (signal.kind, signal.value) == (kind, value)


def test_csv_with_a_byte_order_mark_and_other_line_ends(path, store, bank):
    path.write_bytes(b"\xef\xbb\xbfmd5\r\n" + md5(1).encode() + b"\r\n\r\n" + md5(2).encode())
    fetch(File(path, "csv"), store, bank, at=AT)
    assert bank.values == sorted([md5(1), md5(2)])


def test_json_lines(path, store, bank):
    exchange = jsonl(
        path,
        {"kind": "md5", "value": md5(1), "tags": ["x"], "reported_by": "Example"},
        {"sha1": "a" * 40},
        {"kind": "md5", "value": md5(2)},
        {"kind": "md5", "value": md5(2), "removed": True},
    )
    fetch(exchange, store, bank, at=AT)
    assert bank.values == sorted([md5(1), "a" * 40])


def test_lines_that_share_a_key_do_not_replace_each_other(path, store, bank):
    fetch(csv(path, "kind,value,key", f"md5,{md5(1)},a", f"md5,{md5(2)},a"), store, bank, at=AT)
    assert len(bank.entries) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("md5,abc,k", "32 hex"),
        (f"md5,{md5(1)},k,too,many", "more fields"),
        (f",{md5(1)},k", "without its kind"),
        ("md5,,k", "no hash"),
        (f"md5,{'0' * 32},k", "empty content"),
        (f"md5,{md5(1)},k\x07", "printable"),
        (f'md5,"{md5(1)}', "md5"),
        ("x" * (LONGEST_LINE * 3), "octets"),
    ],
)
def test_a_bad_line_is_reported_and_the_others_come(path, store, bank, line, reason):
    exchange = csv(path, "kind,value,key", f"md5,{md5(7)},a", line, f"md5,{md5(8)},a")
    outcome = fetch(exchange, store, bank, at=AT)
    if line.startswith('md5,"'):
        assert outcome.rejected == 0  # an open quote is forgiven at the end of a line
        return
    assert (outcome.problem, outcome.rejected) == ("", 1)
    assert bank.values == sorted([md5(7), md5(8)])
    assert reason in store.status().rejected[0].reason


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"\xff",
        b"null",
        b"[" * 5000,
        b'{"kind": 1}',
        b'{"value": {}}',
        b'{"kind": "md5", "value": "x", "tags": {"a": 1}}',
        b'{"md5": "x", "sha1": "y"}',
        b'{"md5": "11111111111111111111111111111111", "opinion": "so"}',
    ],
)
def test_a_bad_json_line_is_reported(path, store, bank, line):
    path.write_bytes(line + b"\n" + json.dumps({"md5": md5(1)}).encode())
    outcome = fetch(File(path, "jsonl"), store, bank, at=AT)
    assert (outcome.problem, outcome.rejected, bank.values) == ("", 1, [md5(1)])


def test_kinds_nobody_here_matches_are_counted(path, store, bank):
    fetch(csv(path, "kind,value", "photodna,1 2 3", f"md5,{md5(1)}"), store, bank, at=AT)
    assert store.status().counts["unsupported:photodna"] == 1


def test_an_unchanged_file_is_not_read_again(path, store, bank):
    exchange = csv(path, "md5", md5(1))
    fetch(exchange, store, bank, at=AT)
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.updates, bank.added) == ("", 0, 1)


def test_a_changed_file_is_the_new_list(path, store, bank):
    fetch(csv(path, "md5", md5(1), md5(2)), store, bank, at=AT)
    fetch(csv(path, "md5", md5(2), md5(3)), store, bank, at=AT)
    assert bank.values == sorted([md5(2), md5(3)])
    assert bank.added == 3


def test_a_long_file_goes_on_where_it_was_left(path, store, bank):
    values = [md5(n) for n in range(3 * PAGE_LINES)]
    exchange = csv(path, "md5", *values)

    class Full:
        calls = 0

        def add(self, signals, *, at):
            self.calls += 1
            if self.calls == 2:
                raise OSError
            bank.add(signals, at=at)

    with pytest.raises(OSError):
        fetch(exchange, store, Full(), at=AT)
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.updates, bank.values) == (2 * PAGE_LINES, sorted(values))
    assert bank.added == len(values)


def test_a_file_that_is_being_written_is_left_for_the_next_fetch(path, store, bank):
    exchange = csv(path, "md5", *(md5(n) for n in range(PAGE_LINES + 10)))

    class Writing:
        def add(self, signals, *, at):
            bank.add(signals, at=at)
            with path.open("a") as file:
                file.write(md5(99_999) + "\n")

    assert fetch(exchange, store, Writing(), at=AT).problem_code == "changing"
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert md5(99_999) in bank.values


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        (b"", "no column"),
        (b"name,size\n", "no column"),
        (b"\xff\n", "UTF-8"),
    ],
)
def test_a_file_that_is_no_list(path, store, bank, content, reason):
    if content is not None:
        path.write_bytes(content)
    outcome = fetch(File(path, "csv"), store, bank, at=AT)
    assert (outcome.problem_code, store.checkpoint()) == ("file", None)
    assert reason in outcome.problem
