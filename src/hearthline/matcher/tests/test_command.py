# SPDX-License-Identifier: Apache-2.0
"""`hearthline matcher`: keys, webhooks, and what it does not start with."""

import asyncio
import os
from pathlib import Path

import pytest

from hearthline.matcher.command import main
from hearthline.matcher.door import Door
from hearthline.matcher.environment import WITHOUT_KEYS
from hearthline.matcher.keys import Keys, Scope
from hearthline.matcher.routes import ROUTES
from hearthline.matcher.service import Service
from hearthline.matcher.serving import NotStarted, held_for_serving, prepared


def test_a_key_is_shown_once_and_listed_without_itself(tmp_path: Path, capsys):
    folder = str(tmp_path / "state")
    assert (
        main(["--folder", folder, "key", "add", "up", "--scope", "hash", "--scope", "match"]) == 0
    )
    text = capsys.readouterr().out.strip()
    holder = Keys(tmp_path / "state" / "keys.json").holder(text)
    assert holder is not None
    assert holder.scopes == {Scope.HASH, Scope.MATCH}
    assert main(["--folder", folder, "key", "list"]) == 0
    listed = capsys.readouterr().out
    assert "up" in listed
    assert text not in listed
    assert main(["--folder", folder, "key", "remove", "up"]) == 0
    assert main(["--folder", folder, "key", "remove", "up"]) == 1
    assert "no key named" in capsys.readouterr().err


def test_a_webhook_is_added_listed_and_removed(tmp_path: Path, capsys):
    folder = ["--folder", str(tmp_path / "state"), "webhook"]
    assert main([*folder, "add", "desk", "https://hooks.example.org/in", "--bank", "A"]) == 0
    assert capsys.readouterr().out.startswith("whsec_")
    assert main([*folder, "list"]) == 0
    listed = capsys.readouterr().out
    assert "https://hooks.example.org/in  A" in listed
    assert "whsec_" not in listed
    assert main([*folder, "remove", "desk"]) == 0
    assert main([*folder, "add", "desk", "http://hooks.example.org/in"]) == 1
    assert "https only" in capsys.readouterr().err


def test_it_does_not_start_where_nobody_could_call(tmp_path: Path, capsys):
    assert main(["--folder", str(tmp_path), "serve"]) == 1
    assert "there is no key yet" in capsys.readouterr().err


def test_without_keys_it_serves_this_machine_only(tmp_path: Path):
    with pytest.raises(NotStarted, match=r"127\.0\.0\.1"):
        prepared(tmp_path, host="0.0.0.0", without_keys=True)  # noqa: S104
    assert prepared(tmp_path, host="127.0.0.1", without_keys=True)[WITHOUT_KEYS] == "yes"


def test_a_broken_setting_is_told_before_the_start(tmp_path: Path, capsys):
    (tmp_path / "matcher.toml").write_text("wish = 1\n")
    assert main(["--folder", str(tmp_path), "serve", "--without-keys"]) == 1
    assert "wish" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{"id": 1}]}', '[{"url": 1}]', "\udcff"])
@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("keys.json", (["key", "list"], ["key", "remove", "a"], ["serve"])),
        ("webhooks.json", (["webhook", "list"], ["webhook", "remove", "a"])),
    ],
)
def test_a_file_that_was_damaged_is_named(tmp_path: Path, capsys, name: str, calls, text: str):
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    for call in calls if (name, text) != ("webhooks.json", "[]") else ():
        assert main(["--folder", str(tmp_path), *call]) == 1
        said = capsys.readouterr().err
        assert f"{name} cannot be read" in said
    assert (tmp_path / name).read_bytes() == text.encode("utf-8", "surrogateescape")


def test_a_folder_is_served_once_at_a_time(tmp_path: Path, capsys):
    handle = held_for_serving(tmp_path)
    counters = tmp_path / "run" / "counter_1.db"
    counters.parent.mkdir()
    counters.touch()
    assert main(["--folder", str(tmp_path), "serve", "--without-keys"]) == 1
    assert "serves this folder already" in capsys.readouterr().err
    assert counters.exists()
    os.close(handle)
    os.close(held_for_serving(tmp_path))


def test_a_worker_that_cannot_open_its_folder_says_so_and_ends(tmp_path: Path):
    (tmp_path / "banks").write_text("no folder")
    said: list[dict] = []

    async def receive() -> dict:
        return {"type": "lifespan.startup"}

    async def send(message: dict) -> None:
        said.append(message)

    door = Door(ROUTES, lambda: Service.open(tmp_path))
    asyncio.run(door({"type": "lifespan"}, receive, send))
    assert [message["type"] for message in said] == ["lifespan.startup.failed"]
    assert "banks" in said[0]["message"]
