# SPDX-License-Identifier: Apache-2.0
"""`hearthline keys`: a key changes while the site runs, and two people hold the backup."""

import stat
from contextlib import suppress

import pytest

from hearthline.hub.config import key_file
from hearthline.hub.config.commands import keys
from hearthline.hub.config.commands.keys import main, new_keys
from hearthline.hub.config.key_file import (
    AUDIT_PRIVATE,
    AUDIT_PUBLIC,
    DESK_PRIVATE,
    DESK_PUBLIC,
    LIST_PRIVATE,
    LIST_PUBLIC,
)
from hearthline.hub.sealing.actions import destroy, mint, open_as_desk
from hearthline.hub.sealing.models import DataKey


@pytest.fixture
def file(tmp_path, monkeypatch, settings):
    """A key file, and this process started with it; `file.again()` is a restart."""
    path = tmp_path / "keys.env"
    path.write_text("# ours\n" + "".join(f"{n}={v}\n" for n, v in new_keys().items()))
    monkeypatch.setattr(keys, "start_django", lambda program: None)

    def again() -> None:
        for name, value in key_file.values(path).items():
            monkeypatch.setenv(name, value)
            setattr(settings, name.removeprefix("HEARTHLINE_"), value)

    again()
    return path, again


@pytest.mark.django_db
def test_a_key_changes_step_by_step_and_everything_stays_readable(now, file, capsys) -> None:
    path, again = file
    before = key_file.values(path)
    row, key = mint(at=now)
    old = row.desk_key

    assert main(["rotate", "--file", str(path)]) == 0
    # Every program may be started anew in any order: nothing is sealed to the new key yet.
    assert key_file.values(path)[DESK_PUBLIC] == before[DESK_PUBLIC]
    again()
    assert main(["switch", "--file", str(path)]) == 0
    again()
    new_row, new_key = mint(at=now)
    assert new_row.desk_key != old
    assert (open_as_desk(row), open_as_desk(new_row)) == (key, new_key)

    capsys.readouterr()
    assert main(["status"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == [new_row.desk_key, "1", "rows", "current"]
    assert shown[1].split() == [old, "1", "rows", "older"]

    assert main(["retire", old, "--file", str(path)]) == 1
    assert "1 rows may still hang" in capsys.readouterr().err
    assert main(["rewrap", "--batch", "1"]) == 0
    assert main(["retire", old, "--file", str(path)]) == 0
    again()
    assert len(key_file.values(path)[DESK_PRIVATE].split()) == 1
    assert open_as_desk(DataKey.objects.get(pk=row.pk)) == key
    assert path.read_text().startswith("# ours\n")


@pytest.mark.django_db
def test_between_the_two_steps_every_mixture_of_programs_can_read(now, file, settings) -> None:
    path, again = file
    main(["rotate", "--file", str(path)])
    announced = key_file.values(path)
    again()
    main(["switch", "--file", str(path)])
    again()
    row, key = mint(at=now)
    settings.DESK_PRIVATE_KEY = announced[DESK_PRIVATE]
    assert open_as_desk(row) == key


@pytest.mark.django_db
def test_status_fails_when_rows_hang_on_a_key_nobody_holds(now, file, capsys) -> None:
    mint(at=now)
    DataKey.objects.update(desk_key="deadbeef")
    assert main(["status"]) == 1
    assert "NOT ON THE RING" in capsys.readouterr().out


@pytest.mark.django_db
def test_destroyed_rows_hold_no_key_back(now, file, capsys) -> None:
    path, again = file
    row, _ = mint(at=now)
    destroy(row, at=now)
    main(["rotate", "--file", str(path)])
    again()
    main(["switch", "--file", str(path)])
    again()
    assert main(["retire", row.desk_key, "--file", str(path)]) == 0


@pytest.mark.django_db
def test_the_current_key_and_a_strange_one_are_not_retired(now, file, capsys) -> None:
    path, _again = file
    row, _ = mint(at=now)
    assert main(["retire", row.desk_key, "--file", str(path)]) == 1
    assert "current" in capsys.readouterr().err
    assert main(["retire", "deadbeef", "--file", str(path)]) == 1
    assert "not on the ring" in capsys.readouterr().err


def test_there_is_nothing_to_switch_to_before_a_rotation(file, capsys) -> None:
    path, _again = file
    assert main(["switch", "--file", str(path)]) == 1
    assert "hearthline keys rotate" in capsys.readouterr().err


def test_the_logs_key_changes_and_the_old_public_one_stays(file) -> None:
    path, _again = file
    before = key_file.values(path)
    assert main(["rotate", "audit", "--file", str(path)]) == 0
    after = key_file.values(path)
    assert after[AUDIT_PRIVATE] != before[AUDIT_PRIVATE]
    assert after[AUDIT_PUBLIC].split()[1:] == [before[AUDIT_PUBLIC]]
    assert {n for n in before if before[n] != after[n]} == {AUDIT_PRIVATE, AUDIT_PUBLIC}


def test_the_block_lists_key_changes_and_the_old_public_one_stays(file) -> None:
    path, _again = file
    before = key_file.values(path)
    assert main(["rotate", "blocklist", "--file", str(path)]) == 0
    after = key_file.values(path)
    assert after[LIST_PUBLIC].split()[1:] == [before[LIST_PUBLIC]]
    assert {n for n in before if before[n] != after[n]} == {LIST_PRIVATE, LIST_PUBLIC}


def test_the_file_stays_the_services_own_and_nothing_is_left_beside_it(file) -> None:
    path, _again = file
    main(["rotate", "--file", str(path)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_write_that_fails_leaves_the_file_as_it_was(file) -> None:
    path, _again = file
    before = path.read_bytes()
    with suppress(ZeroDivisionError), key_file.placed(path) as place:
        place.write_bytes(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_keys_kept_elsewhere_are_printed_to_be_set_there(file, capsys, monkeypatch) -> None:
    path, _again = file
    path.write_text("HEARTHLINE_HOSTS=x\n")
    assert main(["rotate", "--file", str(path)]) == 0
    assert f"{DESK_PRIVATE}=hearthline-desk-private-1:" in capsys.readouterr().out
    assert path.read_text() == "HEARTHLINE_HOSTS=x\n"


def test_another_key_file_is_not_written_over(file, tmp_path, capsys) -> None:
    other = tmp_path / "other.env"
    other.write_text("".join(f"{n}={v}\n" for n, v in new_keys().items()))
    before = other.read_bytes()
    for act in (["rotate"], ["rotate", "audit"]):
        assert main([*act, "--file", str(other)]) == 1
        assert "than this command was started with" in capsys.readouterr().err
    assert other.read_bytes() == before


def test_a_ring_that_a_key_service_wraps_is_left_to_it(file, capsys, monkeypatch) -> None:
    monkeypatch.setenv("HEARTHLINE_DESK_UNWRAP_COMMAND", "echo hearthline-opened")
    assert main(["rotate"]) == 1
    assert "key service" in capsys.readouterr().err


def test_two_people_give_the_file_back_byte_for_byte(file, tmp_path) -> None:
    path, _again = file
    path.write_bytes(path.read_bytes() + "# ключ\r\n".encode())
    outs = [tmp_path / name for name in ("ana", "ben", "cleo")]
    assert main(["split", "--file", str(path), *_outs(outs)]) == 0
    assert all(stat.S_IMODE(out.stat().st_mode) == 0o600 for out in outs)
    back = tmp_path / "back"
    assert main(["join", str(outs[2]), str(outs[0]), "--to", str(back)]) == 0
    assert back.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(back.stat().st_mode) == 0o600


def test_one_share_alone_a_mistyped_one_and_an_existing_file_are_refused(
    file, tmp_path, capsys
) -> None:
    path, _again = file
    outs = [tmp_path / name for name in ("ana", "ben")]
    main(["split", "--file", str(path), *_outs(outs)])
    back = tmp_path / "back"
    assert main(["join", str(outs[0]), "--to", str(back)]) == 1
    assert "2 different shares" in capsys.readouterr().err
    words = outs[1].read_text()
    outs[1].write_text(words.replace("words:\n  ", "words:\n  academic ", 1))
    assert main(["join", *map(str, outs), "--to", str(back)]) == 1
    assert f"{outs[1]}: one of its words is mistyped" in capsys.readouterr().err
    assert not back.exists()
    outs[1].write_text(words)
    assert main(["join", *map(str, outs), "--to", str(path)]) == 1
    assert "File exists" in capsys.readouterr().err


def test_shares_are_not_written_over(file, tmp_path, capsys) -> None:
    path, _again = file
    (tmp_path / "ana").write_text("kept")
    assert main(["split", "--file", str(path), *_outs([tmp_path / "ana", tmp_path / "b"])]) == 1
    assert (tmp_path / "ana").read_text() == "kept"
    assert not (tmp_path / "b").exists()
    assert main(["split", "--file", str(path), "--out", str(tmp_path / "c")]) == 1
    assert "between 2 to 16" in capsys.readouterr().err


def test_alone_it_prints_new_keys(capsys) -> None:
    assert main([]) == 0
    printed = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert set(printed) == set(new_keys())


@pytest.mark.django_db
def test_a_process_without_keys_says_which_it_lacks(settings, file, capsys) -> None:
    settings.DESK_PRIVATE_KEY = ""
    for act in ("status", "rewrap"):
        assert main([act]) == 1
        assert "HEARTHLINE_DESK_PRIVATE_KEY" in capsys.readouterr().err


def _outs(paths) -> list[str]:
    return [part for path in paths for part in ("--out", str(path))]
