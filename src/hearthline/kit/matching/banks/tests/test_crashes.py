# SPDX-License-Identifier: Apache-2.0
"""Processes that are killed, that work at once, and files that are lost or damaged."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hearthline.kit.matching.banks import (
    Bank,
    IndexDamaged,
    IndexUnwritable,
    LedgerUnwritable,
    Library,
    What,
    indexes,
)

from . import working
from .make import ADA, BO, MD5, NOW, PDQ, SENT, SHA1, bank, digest, known, many


@contextmanager
def process(folder: Path, task: str, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Another process at the bank; it is ended when the test is."""
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, working.__file__, str(folder), task, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        try:
            yield running
        finally:
            running.kill()


def found(library: Library, number: int) -> tuple[bool, bool]:
    """Whether the PDQ hash and the MD5 of a number match."""
    [pdq] = library.lookup(PDQ, [digest(number, PDQ)], at=NOW)
    [md5] = library.lookup(MD5, [digest(number)], at=NOW)
    return bool([one for one in pdq.matches if one.distance == 0]), bool(md5.matches)


def test_killed_between_ledger_and_index_nothing_is_lost(tmp_path: Path) -> None:
    bank(tmp_path).close()
    with process(tmp_path, "die_between_ledger_and_index") as running:
        assert running.wait(60) == -9
    library = Library(tmp_path)
    assert library.bank("national").verify() == []
    assert found(library, 1) == (True, True)


def test_killed_at_any_moment_nothing_that_was_answered_for_is_lost(tmp_path: Path) -> None:
    bank(tmp_path).close()
    last = 0
    for lines in (2, 8):
        with process(tmp_path, "add_until_killed") as running:
            assert running.stdout is not None
            for _ in range(lines):
                last = max(last, int(running.stdout.readline()))
        library = Library(tmp_path)
        assert library.bank("national").verify() == []
    assert last >= 8
    for number in range(1, last + 1):
        assert found(library, number) == ((True, True) if number % 3 else (False, False))


def test_two_processes_may_add_at_once(tmp_path: Path) -> None:
    bank(tmp_path).close()
    with (
        process(tmp_path, "add_twenty", "1") as one,
        process(tmp_path, "add_twenty", "11") as other,
    ):
        assert (one.wait(60), other.wait(60)) == (0, 0)
    national = Library(tmp_path).bank("national")
    assert national.stats(at=NOW).entries == 30
    assert len([each for each in national.all() if len(each.sources) == 2]) == 10
    assert national.verify() == []


def test_a_reader_in_another_process_sees_a_change_when_it_was_answered_for(
    tmp_path: Path,
) -> None:
    national = bank(tmp_path)
    with process(tmp_path, "answer") as reader:

        def asked() -> int:
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write(digest(5, PDQ).hex() + "\n")
            reader.stdin.flush()
            return int(reader.stdout.readline())

        assert asked() == 0
        [entry] = national.add([known(5, PDQ)], **SENT).ids.tolist()
        assert asked() == 1
        national.disable([entry], until=NOW.replace(year=2030), **BO)
        assert asked() == 0
        national.enable([entry], **BO)
        assert asked() == 1
        bank(tmp_path, "second").add([known(5, PDQ)], **SENT)
        assert asked() == 2
        national.rebuild(**ADA)
        assert asked() == 2
        national.remove([entry], **BO)
        assert asked() == 1


@pytest.fixture
def filled(tmp_path: Path) -> Bank:
    made = bank(tmp_path)
    made.add_array(PDQ, many(3000), **SENT)
    made.add([known(1), known(2)], **SENT)
    made.close()
    return made


def test_a_sound_bank_is_found_sound(filled: Bank) -> None:
    assert Bank(filled.folder).verify() == []


def test_a_lost_index_is_made_anew_when_the_bank_is_opened(filled: Bank) -> None:
    shutil.rmtree(filled.folder / "pdq")
    again = Bank(filled.folder)
    assert again.verify() == []
    assert len(again.matches(PDQ, many(3000))) == 3000


def test_a_damaged_index_is_named_and_rebuilt(filled: Bank) -> None:
    [segment] = (filled.folder / "pdq").glob("*.hls")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    opened = Bank(filled.folder)
    [finding] = opened.verify()
    assert finding.where == "pdq"
    assert "rebuild" in finding.advice
    opened.rebuild(**ADA)
    assert opened.verify() == []
    assert len(opened.matches(PDQ, many(3000))) == 3000
    assert [line.what for line in opened.journal()][-1] == What.REBUILT


def test_a_bank_whose_index_cannot_be_opened_says_what_to_do(filled: Bank) -> None:
    for file in (filled.folder / "md5").iterdir():
        file.write_bytes(b"")
    opened = Bank(filled.folder)
    with pytest.raises(IndexDamaged, match="rebuild"):
        opened.matches(MD5, many(1, MD5))
    with pytest.raises(IndexDamaged, match="rebuild"):
        opened.add([known(7)], **SENT)
    assert opened.find(MD5, digest(7)) is None
    [finding] = opened.verify()
    assert finding.where == "md5"
    opened.rebuild(**ADA)
    assert opened.verify() == []
    assert opened.add([known(7)], **SENT).new == 1


def test_an_index_ahead_of_the_ledger_is_found(filled: Bank) -> None:
    opened = Bank(filled.folder)
    with opened._indexes._writer(filled.folder / "md5", MD5) as index:
        index.add(many(1, MD5), many(1, MD5)[0, :8].view("u8"))
    [finding] = opened.verify()
    assert finding.problem == "the index holds 3 entries, the ledger 2"
    opened.rebuild(**ADA)
    assert opened.verify() == []


def test_an_index_that_misses_an_entry_is_found(filled: Bank) -> None:
    opened = Bank(filled.folder)
    [entry] = [one.id for one in opened.all(MD5) if one.value == digest(1)]
    with opened._indexes._writer(filled.folder / "md5", MD5) as index:
        index.remove([entry])
    [finding] = opened.verify()
    assert finding.problem == "1 of 2 entries are not in the index"


def test_where_the_disk_is_full_nothing_is_changed_and_it_is_said(filled: Bank) -> None:
    opened = Bank(filled.folder)
    before = opened.stats(at=NOW)
    database = opened._ledger._writing
    size = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {size}")
    with pytest.raises(LedgerUnwritable, match="disk"):
        opened.add_array(PDQ, many(3000, seed=5), **SENT)
    assert opened.stats(at=NOW) == before
    assert opened.verify() == []
    database.execute("PRAGMA max_page_count = 1000000")
    assert opened.add_array(PDQ, many(3000, seed=5), **SENT).new == 3000


def test_wrong_counts_are_found(filled: Bank) -> None:
    opened = Bank(filled.folder)
    opened._ledger._writing.execute("UPDATE tally SET count = 7")
    [finding] = opened.verify()
    assert (finding.where, finding.problem) == ("ledger", "the counts are not those of the entries")


def test_killed_before_a_first_index_had_its_manifest_the_bank_goes_on(tmp_path: Path) -> None:
    national = bank(tmp_path)
    (national.folder / "md5").mkdir()
    (national.folder / "md5" / "lock").touch()
    assert len(national.matches(MD5, many(1, MD5))) == 0
    assert national.add([known(7)], **SENT).new == 1
    assert national.verify() == []
    shutil.rmtree(national.folder / "md5")
    (national.folder / "md5").mkdir()
    assert Bank(national.folder).verify() == []


def test_an_index_that_cannot_be_written_waits_and_follows(filled: Bank) -> None:
    opened = Bank(filled.folder)
    shutil.rmtree(filled.folder / "sha1", ignore_errors=True)
    (filled.folder / "sha1").write_text("in the way")
    with pytest.raises(IndexUnwritable, match="ledger is whole"):
        opened.add([known(9, SHA1)], **SENT)
    # Opening it again is possible; so is matching what can be matched.
    again = Library(filled.folder.parent)
    assert again.faults() == []
    assert found(again, 1)[1]
    (filled.folder / "sha1").unlink()
    assert opened.add([known(9, SHA1)], **SENT).known == 1
    assert opened.verify() == []


def test_a_bank_that_somebody_changes_for_long_can_be_opened(
    filled: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "_TRIES", 2)
    opened = Bank(filled.folder)
    shutil.rmtree(filled.folder / "md5")
    with opened._indexes.held():
        library = Library(filled.folder.parent)
        assert library.faults() == []
        assert [one.name for one in library.banks()] == ["national"]
    assert opened.verify() == []


def test_a_sound_bank_is_found_sound_while_others_add_to_it(filled: Bank) -> None:
    opened = Bank(filled.folder)
    done = threading.Event()

    def add() -> None:
        own = Bank(filled.folder)
        number = 10_000
        while not done.wait(0.01):
            number += 1
            own.add([known(number), known(number, PDQ)], **SENT)

    adding = threading.Thread(target=add)
    adding.start()
    try:
        assert [opened.verify() for _ in range(4)] == [[]] * 4
    finally:
        done.set()
        adding.join()


def test_threads_that_search_first_at_once_open_an_index_once(filled: Bank) -> None:
    opened = Bank(filled.folder)
    opened._indexes.close()
    together = threading.Barrier(8)
    seen = []

    def look() -> None:
        together.wait()
        seen.append(opened._indexes._reader(PDQ))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in seen}) == 1


def test_who_changes_a_bank_without_a_pause_lets_others_have_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    national = bank(tmp_path)
    monkeypatch.setattr(indexes, "_TRIES", 400)
    with process(tmp_path, "add_until_killed") as other:
        assert other.stdout is not None
        other.stdout.readline()
        added = [national.add([known(number, SHA1)], **SENT) for number in range(1, 21)]
        assert other.poll() is None
    assert [one.new for one in added] == [1] * 20
