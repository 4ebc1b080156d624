# SPDX-License-Identifier: Apache-2.0
"""Lists in local files: CSV, JSON and VICS; the file is the whole list."""

import json

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges import fetch
from hearthline.matcher.exchanges.files import PAGE_ITEMS, File
from hearthline.matcher.exchanges.tests.source import AT, md5, pdq


@pytest.fixture
def path(tmp_path):
    return tmp_path / "list"


def csv(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return File(path, "csv")


def json_lines(path, *rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return File(path, "json")


def test_csv(path, store, bank):
    exchange = csv(path, "kind,hash,category,content", f"PDQ,{pdq(1).upper()},A1,picture-7")
    assert fetch(exchange, store, bank, at=AT).problem == ""
    [(key, [signal])] = bank.entries.items()
    assert (signal.kind, signal.value) == (HashKind.PDQ, pdq(1))
    assert (signal.category, signal.content) == ("A1", "picture-7")
    assert key == f"pdq/{pdq(1)}"


def test_json_lines_with_one_taken_back(path, store, bank):
    exchange = json_lines(
        path,
        {"type": "HASH_MD5", "indicator": md5(1), "tags": ["x"], "owner": {"id": 7}},
        {"type": "HASH_MD5", "indicator": md5(2)},
        {"type": "HASH_MD5", "indicator": md5(2), "should_delete": True},
    )
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert (signal.value, signal.tags, signal.reported_by) == (md5(1), ("x",), ("7",))


def test_vics(path, store, bank):
    context = "http://example.org/DataModels/2.0.xml/Default/$metadata#Media"
    media = [
        {"MediaID": 1, "Category": 1, "MD5": md5(1), "SHA1": "a" * 40},
        {"MediaID": 2, "Category": 0, "MD5": md5(2)},
    ]
    path.write_text(json.dumps({"@odata.context": context, "value": media}))
    outcome = fetch(File(path, "vics"), store, bank, at=AT)
    assert (outcome.problem, outcome.rejected) == ("", 1)  # judged not pertinent
    assert bank.values == sorted([md5(1), "a" * 40])
    assert len({s.content for [s] in bank.entries.values()}) == 1


def test_lines_about_one_content_do_not_replace_each_other(path, store, bank):
    lines = [f"md5,{md5(n)},one-content" for n in range(PAGE_ITEMS + 1)]
    fetch(csv(path, "kind,hash,content", *lines), store, bank, at=AT)
    assert len(bank.entries) == PAGE_ITEMS + 1


@pytest.mark.parametrize("line", ["abc", "0" * 32, "a" * 33, '"' + md5(3)[:-1]])
def test_a_bad_line_is_reported_with_its_number_and_the_others_come(path, store, bank, line):
    outcome = fetch(csv(path, "md5", md5(7), line, md5(8)), store, bank, at=AT)
    assert (outcome.problem, outcome.rejected) == ("", 1)
    assert bank.values == sorted([md5(7), md5(8)])
    assert store.status().rejected[0].reason.startswith("line 3: ")


def test_an_unchanged_file_is_not_given_again(path, store, bank):
    exchange = csv(path, "md5", md5(1))
    fetch(exchange, store, bank, at=AT)
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.updates, bank.added) == ("", 0, 1)


def test_a_changed_file_is_the_new_list(path, store, bank):
    fetch(csv(path, "md5", md5(1), md5(2)), store, bank, at=AT)
    fetch(csv(path, "md5", md5(2), md5(3)), store, bank, at=AT)
    assert bank.values == sorted([md5(2), md5(3)])
    assert bank.added == 3


def test_an_emptied_file_is_an_empty_list(path, store, bank):
    fetch(csv(path, "md5", md5(1)), store, bank, at=AT)
    fetch(csv(path, "md5"), store, bank, at=AT)
    assert (bank.entries, store.status().entries) == ({}, 0)


def test_a_long_file_goes_on_where_it_was_left(path, store, bank):
    values = [md5(n) for n in range(3 * PAGE_ITEMS)]
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
    assert (outcome.updates, bank.values) == (2 * PAGE_ITEMS, sorted(values))
    assert bank.added == len(values)


def test_a_file_that_is_being_written_is_left_for_the_next_fetch(path, store, bank):
    exchange = csv(path, "md5", *(md5(n) for n in range(PAGE_ITEMS + 10)))

    class Writing:
        def add(self, signals, *, at):
            bank.add(signals, at=at)
            with path.open("a") as file:
                file.write(md5(99_999) + "\n")

    assert fetch(exchange, store, Writing(), at=AT).problem_code == "changing"
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert md5(99_999) in bank.values


@pytest.mark.parametrize(
    ("content", "name"), [(None, "csv"), (b"", "json"), (b"{}", "vics"), (b"\xff{", "vics")]
)
def test_a_file_that_is_no_list(path, store, bank, content, name):
    if content is not None:
        path.write_bytes(content)
    outcome = fetch(File(path, name), store, bank, at=AT)
    assert (outcome.problem_code, store.checkpoint()) == ("file", None)
    assert "list" in outcome.problem
