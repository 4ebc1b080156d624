# SPDX-License-Identifier: Apache-2.0
"""A report walks to its end. Before, its markers open; after, nothing can be read with all keys at
hand: not by the application, not in the database's files, the logs, the audit export, or a backup
that was made while it was open."""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
import pytest

from hearthline.hub.config.commands.keys import new_keys
from tests.retention.markers import MARKERS

ROOT = Path(__file__).parents[2]
WALK = "tests.retention.walk"
# What a unit wrote as its own reference stands in clear while it is kept; see the data-protection
# document. Everything else is sealed from its first moment.
CLEAR_WHILE_KEPT = {"unit reference"}


@dataclass
class World:
    """An installation of its own, every word its programs said, and the person with the backup."""

    home: Path
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    def run(self, *arguments: str, home: Path | None = None) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, "HEARTHLINE_HOME": str(home or self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += [done.stderr] if arguments[1] == WALK else [done.stdout, done.stderr]
        return done

    def hearthline(self, *arguments: str, home: Path | None = None) -> str:
        done = self.run("-m", "hearthline.cli", *arguments, home=home)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def walk(self, act: str, home: Path | None = None) -> dict[str, str]:
        done = self.run("-m", WALK, act, str(self.notes), home=home)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else {}

    @property
    def notes(self) -> Path:
        return self.home.parent / "notes.json"

    @property
    def known(self) -> dict[str, str]:
        return json.loads(self.notes.read_text())

    def files(self, home: Path | None = None) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (home or self.home).glob("*.sqlite3*")}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The whole life, once: begun, saved, ended, saved again."""
    place = tmp_path_factory.mktemp("end")
    identity = pyrage.x25519.Identity.generate()
    (place / "identity").write_text(f"{identity}\n")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("HEARTHLINE_", "DATABASE"))}
    environment = {
        **kept,
        **new_keys(),
        "HEARTHLINE_COUNTRY": "solmere",
        "PYTHONHASHSEED": "0",  # sets are written in one order, so figures compare as text
        "HEARTHLINE_BACKUP_RECIPIENTS": str(identity.to_public()),
    }
    home = place / "home"
    home.mkdir()
    world = World(home, environment)
    world.walk("begin")
    world.hearthline("backup", "--to", str(place / "backups"))
    # A thief's copy of the whole folder, the keys file with it.
    shutil.copytree(place / "backups", place / "stale")
    world.ended = world.walk("end")
    world.hearthline("audit", "export", str(place / "log"))
    world.hearthline("backup", "--to", str(place / "backups"))
    return world


def found_in(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [name for name, marker in MARKERS.items() if marker.encode() in data]


def restored(world: World, folder: str, into: str, *more: str) -> Path:
    """A home made of a backup folder."""
    home = world.home.parent / into
    place = world.home.parent
    done = world.run(
        "-m", "hearthline.cli", "restore", "--from", str(place / folder), "--into", str(home),
        "--identity", str(place / "identity"), *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home


def oldest(world: World) -> str:
    return min(path.name for path in (world.home.parent / "backups").glob("data-*.age"))


def test_before_the_end_every_marker_opens(world: World) -> None:
    assert set(found_in(world.known["opened"])) == set(MARKERS)


def test_before_the_end_a_restored_backup_reads_all_of_it(world: World) -> None:
    home = restored(world, "stale", "as-it-was")
    assert set(found_in(world.walk("look", home=home)["opened"])) == set(MARKERS)
    assert set(found_in(b"".join(world.files(home).values()))) <= CLEAR_WHILE_KEPT


def test_after_the_end_the_application_reads_nothing_with_all_keys_at_hand(world: World) -> None:
    assert found_in(world.ended["opened"]) == []
    assert world.ended["opened"].count("ended") > 5


def test_nothing_stands_in_the_databases_files(world: World) -> None:
    files = world.files()
    assert "hearthline.sqlite3" in files
    assert {name: found_in(content) for name, content in files.items() if found_in(content)} == {}


def test_no_wrapped_key_of_it_is_left_in_the_databases_files(world: World) -> None:
    """The keys of the first backup are the bytes to look for."""
    place = world.home.parent
    identity = pyrage.x25519.Identity.from_str((place / "identity").read_text().strip())
    before, after = (
        [
            json.loads(line)
            for line in pyrage.decrypt((folder / "keys.age").read_bytes(), [identity]).splitlines()
        ]
        for folder in (place / "stale", place / "backups")
    )
    living = {line["id"] for line in after if line["destroyed_at"] is None}
    known = [line for line in before if line["destroyed_at"] is None]
    ended = [line for line in known if line["id"] not in living]
    assert len(ended) > 10
    content = b"".join(world.files().values())
    for line in ended:
        wrapped = b64decode(line["desk"])
        assert wrapped[-32:] not in content


def test_nothing_stands_in_what_the_programs_said_or_in_the_audit_export(world: World) -> None:
    assert found_in("\n".join(world.said)) == []
    assert found_in((world.home.parent / "log").read_bytes()) == []


def test_the_log_is_whole_and_the_export_proves_itself(world: World) -> None:
    assert "The log is whole" in world.hearthline("audit", "verify")
    log = str(world.home.parent / "log")
    assert "The log is whole" in world.hearthline("audit", "verify", "--export", log)


def test_the_figures_are_what_they_were(world: World) -> None:
    assert world.ended["figures"] == world.known["figures"]


def test_an_old_data_file_with_the_newest_keys_file_reads_nothing(world: World) -> None:
    home = restored(world, "backups", "later", "--data", oldest(world))
    opened = world.walk("look", home=home)["opened"]
    assert set(found_in(opened)) <= CLEAR_WHILE_KEPT
    assert set(found_in(b"".join(world.files(home).values()))) <= CLEAR_WHILE_KEPT
    assert "The log is whole" in world.hearthline("audit", "verify", home=home)


def test_the_folder_of_backups_keeps_one_keys_file(world: World) -> None:
    names = sorted(path.name for path in (world.home.parent / "backups").iterdir())
    assert [name for name in names if name.startswith("keys")] == ["keys.age", "keys.json"]
    assert len([name for name in names if name.startswith("data-")]) == 4


def refused(world: World, folder: str, into: str, identity: str = "identity") -> str:
    """What a restore says that changes nothing."""
    place = world.home.parent
    done = world.run(
        "-m", "hearthline.cli", "restore", "--from", str(place / folder),
        "--into", str(place / into), "--identity", str(place / identity),
    )  # fmt: skip
    assert done.returncode == 2, done.stdout
    return done.stderr


def test_a_restore_refuses_a_home_in_use_a_changed_file_and_a_strangers_identity(
    world: World,
) -> None:
    place = world.home.parent
    assert "not empty" in refused(world, "backups", "home")
    shutil.copytree(place / "backups", place / "changed")
    (place / "changed" / "keys.age").write_bytes(b"age-encryption.org/v1")
    assert "keys.age is not the file" in refused(world, "changed", "new-1")
    (place / "stranger").write_text(str(pyrage.x25519.Identity.generate()))
    assert "does not open" in refused(world, "backups", "new-2", identity="stranger")


def test_a_restore_that_cannot_open_every_key_says_so_by_its_exit_code(world: World) -> None:
    place = world.home.parent
    lost = World(world.home, {**world.environment, "HEARTHLINE_DESK_PRIVATE_KEY": ""})
    done = lost.run(
        "-m", "hearthline.cli", "restore", "--from", str(place / "stale"),
        "--into", str(place / "lost"), "--identity", str(place / "identity"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "HEARTHLINE_DESK_PRIVATE_KEY" in done.stderr
