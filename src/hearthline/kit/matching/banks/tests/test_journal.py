# SPDX-License-Identifier: Apache-2.0
"""The journal of one entry, and what is asked of a ledger that it cannot have."""

from pathlib import Path

import pytest

from hearthline.kit.matching.banks import Bank, BankRefused, EntryUnknown, What

from .make import BO, SENT, bank, known


@pytest.fixture
def national(tmp_path: Path) -> Bank:
    return bank(tmp_path)


def test_the_journal_of_an_entry_is_all_that_happened_to_it_also_when_it_is_gone(
    national: Bank,
) -> None:
    [entry] = national.add([known(1, category="a")], **SENT).ids.tolist()
    national.add([known(2), known(1, category="b")], source="Hotline", **BO)
    national.remove([entry], source="Agency", **BO)
    national.remove([entry], **BO)
    lines = list(national.journal(entry=entry))
    assert [line.what for line in lines] == [What.ADDED, What.UNLISTED, What.REMOVED]
    assert lines[1].before == {"source": "Agency", "category": "a", "metadata": {}}
    assert lines[1].after == {"category": "b", "metadata": {}}


def test_the_journal_of_an_entry_tells_who_else_listed_it(national: Bank) -> None:
    [entry] = national.add([known(1)], **SENT).ids.tolist()
    [_, given] = national.add([known(1), known(2)], source="Hotline", **BO).ids.tolist()
    assert [line.what for line in national.journal(entry=entry)] == [What.ADDED, What.LISTED]
    assert [line.what for line in national.journal(entry=given)] == [What.ADDED]
    # An id that no entry ever had.
    assert list(national.journal(entry=given + 1)) == []


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30])
def test_a_number_no_ledger_holds_is_no_entry(national: Bank, number: int) -> None:
    for asked in (national.entry, national.content):
        with pytest.raises(EntryUnknown, match=str(number)):
            asked(number)
    assert national.opinions(number) == []
    assert list(national.journal(number)) == list(national.journal(entry=number)) == []


def test_a_closed_bank_says_so(national: Bank) -> None:
    national.close()
    with pytest.raises(BankRefused, match="open the bank again"):
        national.entry(1)
