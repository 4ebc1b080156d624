# SPDX-License-Identifier: Apache-2.0
"""The banks of a place: created, found, renamed, retired."""

from pathlib import Path

import pytest

from hearthline.kit.matching.banks import (
    BankExists,
    HashKind,
    Library,
    NoSuchBank,
    RadiusRefused,
    SettingRefused,
    TimeRefused,
    What,
    take_in,
)

from .make import ADA, BO, MD5, NOW, PDQ, SENT, SHA1, digest, known


def test_a_bank_is_created_and_found(tmp_path: Path) -> None:
    library = Library(tmp_path)
    made = library.create_bank(
        "national", **ADA, source="Hotline", legal_basis="Act 7", category="a", radius=20
    )
    assert library.bank("national") is made
    assert made.settings.radius == 20
    assert made.settings.kinds == tuple(HashKind)
    [line] = made.journal()
    assert (line.what, line.by, line.at) == (What.CREATED, "Ada", NOW)
    assert line.after == made.settings.as_json()


def test_banks_are_there_when_the_library_is_opened_again(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.create_bank("b", **ADA).add([known(1)], **SENT)
        library.create_bank("a", **ADA, negative=True)
    with Library(tmp_path) as library:
        assert [bank.name for bank in library.banks()] == ["a", "b"]
        assert library.lookup(MD5, [digest(1)], at=NOW)[0].matches[0].bank == "b"


def test_a_bank_made_elsewhere_appears(tmp_path: Path) -> None:
    here, elsewhere = Library(tmp_path), Library(tmp_path)
    assert here.banks() == []
    elsewhere.create_bank("national", **ADA)
    assert [bank.name for bank in here.banks()] == ["national"]


def test_a_name_is_given_once_letter_case_aside(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create_bank("national", **ADA)
    with pytest.raises(BankExists, match="choose another name"):
        library.create_bank("National", **ADA)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a b", "a\n", "x" * 65, "é"])
def test_a_name_must_be_plain(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingRefused, match="name"):
        Library(tmp_path).create_bank(name, **ADA)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("radius", [-1, 65, 1.5, "31", True, None])
def test_a_radius_is_from_0_to_64(tmp_path: Path, radius: object) -> None:
    with pytest.raises(RadiusRefused, match="from 0 to 64"):
        Library(tmp_path).create_bank("national", **ADA, radius=radius)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enabled_share", 1.1),
        ("enabled_share", "1"),
        ("negative", "no"),
        ("kinds", ["md4"]),
        ("kinds", []),
        ("kinds", 7),
        ("category", "two words"),
        ("source", "a\nb"),
        ("legal_basis", 7),
        ("colour", "red"),
    ],
)
def test_a_faulty_setting_is_named(tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(SettingRefused) as refusal:
        Library(tmp_path).create_bank("national", **ADA, **{field: value})
    assert refusal.value.field == field


def test_whoever_creates_a_bank_has_a_name_and_a_time(tmp_path: Path) -> None:
    library = Library(tmp_path)
    with pytest.raises(SettingRefused, match="by"):
        library.create_bank("national", by=" ", at=NOW)
    with pytest.raises(TimeRefused, match="say which"):
        library.create_bank("national", by="Ada", at=NOW.replace(tzinfo=None))
    assert library.banks() == []


def test_a_bank_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    library = Library(tmp_path)
    with pytest.raises(NoSuchBank, match="'other'"):
        library.bank("other")
    with pytest.raises(NoSuchBank):
        library.lookup(MD5, [digest(1)], banks={"other"}, at=NOW)


def test_settings_are_changed_and_journaled(tmp_path: Path) -> None:
    library = Library(tmp_path)
    bank = library.create_bank("national", **ADA)
    bank.change(radius=10, negative=True, **BO)
    assert (bank.settings.radius, bank.settings.negative) == (10, True)
    *_, line = bank.journal()
    assert (line.what, line.by) == (What.SETTINGS, "Bo")
    assert line.before == {"radius": 31, "negative": False}
    assert line.after == {"radius": 10, "negative": True}


def test_settings_that_stay_as_they_are_are_not_journaled(tmp_path: Path) -> None:
    bank = Library(tmp_path).create_bank("national", **ADA)
    bank.change(radius=31, **BO)
    assert len(list(bank.journal())) == 1


def test_another_process_sees_a_changed_setting_at_once(tmp_path: Path) -> None:
    here, elsewhere = Library(tmp_path), Library(tmp_path)
    bank = here.create_bank("national", **ADA)
    assert elsewhere.bank("national").settings.radius == 31
    bank.change(radius=5, **BO)
    assert elsewhere.bank("national").settings.radius == 5


def test_what_somebody_changes_in_the_file_holds_and_is_journaled(tmp_path: Path) -> None:
    bank = Library(tmp_path).create_bank("national", **ADA)
    file = bank.folder / "bank.toml"
    file.write_text(file.read_text().replace("radius = 31", "radius = 9"))
    assert bank.settings.radius == 9
    bank.add([known(1)], **SENT)
    edited = [line for line in bank.journal() if line.what == What.SETTINGS]
    assert [(one.by, one.before, one.after) for one in edited] == [
        ("bank.toml", {"radius": 31}, {"radius": 9})
    ]


@pytest.mark.parametrize("text", ["radius = ", "radius = 99\nname = 'national'", "\x00"])
def test_while_the_file_cannot_be_read_the_settings_before_hold(tmp_path: Path, text: str) -> None:
    bank = Library(tmp_path).create_bank("national", **ADA, radius=7)
    (bank.folder / "bank.toml").write_text(text)
    assert bank.settings.radius == 7
    with pytest.raises(SettingRefused, match=r"bank\.toml"):
        bank.change(radius=8, **BO)


def test_a_bank_that_cannot_be_opened_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create_bank("broken", **ADA)
    library.create_bank("sound", **ADA).add([known(1)], **SENT)
    (tmp_path / "broken" / "ledger.sqlite3").write_bytes(b"no database" * 1000)
    opened = Library(tmp_path)
    assert [bank.name for bank in opened.banks()] == ["sound"]
    [fault] = opened.faults()
    assert fault.where == "broken"
    assert "bring the ledger back" in fault.problem
    assert opened.lookup(MD5, [digest(1)], at=NOW)[0].matches


def test_a_bank_is_renamed(tmp_path: Path) -> None:
    library = Library(tmp_path)
    bank = library.create_bank("national", **ADA)
    bank.add([known(1)], **SENT)
    library.rename_bank("national", "country", **BO)
    assert [one.name for one in library.banks()] == ["country"]
    assert library.lookup(MD5, [digest(1)], at=NOW)[0].matches[0].bank == "country"
    library.create_bank("national", **BO)
    assert [one.name for one in library.banks()] == ["country", "national"]


def test_a_bank_is_not_renamed_to_what_another_is_named(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create_bank("a", **ADA)
    bank = library.create_bank("b", **ADA)
    with pytest.raises(BankExists):
        library.rename_bank("b", "A", **BO)
    with pytest.raises(SettingRefused, match="library"):
        bank.change(name="a", **BO)
    assert bank.name == "b"


def test_a_retired_bank_matches_no_more_and_stays_as_a_record(tmp_path: Path) -> None:
    library = Library(tmp_path)
    old = library.create_bank("national", **ADA)
    old.add([known(1)], **SENT)
    library.retire_bank("national", **BO)
    assert library.banks() == []
    assert library.lookup(MD5, [digest(1)], at=NOW)[0].matches == ()
    assert [line.what for line in old.journal()][-1] == What.RETIRED
    new = library.create_bank("national", **BO)
    assert new.folder != old.folder
    assert new.stats(at=NOW).entries == 0
    assert [bank.name for bank in Library(tmp_path).banks()] == ["national"]
    with pytest.raises(NoSuchBank):
        library.retire_bank("other", **BO)


def test_a_bank_holds_the_kinds_it_is_for(tmp_path: Path) -> None:
    library = Library(tmp_path)
    bank = library.create_bank("national", **ADA, kinds=[MD5])
    assert bank.settings.kinds == (MD5,)
    assert library.lookup(PDQ, [digest(1, PDQ)], at=NOW)[0].matches == ()


def test_settings_that_are_away_for_a_moment_are_those_before(tmp_path: Path) -> None:
    library = Library(tmp_path)
    national = library.create_bank("national", radius=3, **ADA)
    national.add([known(1)], **SENT)
    file = national.folder / "bank.toml"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    assert library.lookup(MD5, [digest(1)], at=NOW)[0].matches
    file.write_text(text.replace("radius = 3", "radius = 4"), encoding="utf-8")
    assert national.settings.radius == 4


def test_a_bank_that_cannot_be_opened_does_not_stop_the_others(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for name in ("national", "second"):
        library.create_bank(name, **ADA).add([known(1)], **SENT)
    manifest = tmp_path / "second" / "md5" / "manifest.json"
    manifest.unlink()
    manifest.mkdir()
    again = Library(tmp_path)
    [answer] = again.lookup(MD5, [digest(1)], at=NOW)
    assert [one.bank for one in answer.matches] == ["national"]
    [finding] = again.faults()
    assert (finding.where, "manifest.json" in finding.problem) == ("second", True)


def test_a_new_library_is_for_its_owner_alone(tmp_path: Path) -> None:
    Library(tmp_path / "banks")
    assert (tmp_path / "banks").stat().st_mode & 0o077 == 0


def test_a_kind_that_somebody_else_has_just_allowed_is_taken(tmp_path: Path) -> None:
    mine = Library(tmp_path).create_bank("national", kinds=[PDQ], **ADA)
    Library(tmp_path).bank("national").change(kinds=[PDQ, MD5], **BO)
    assert take_in(mine, [known(1)], **SENT).new == 1
    Library(tmp_path).bank("national").change(kinds=[PDQ, MD5, SHA1], **BO)
    assert mine.add([known(1, SHA1)], **SENT).new == 1
