# SPDX-License-Identifier: Apache-2.0
"""Each program holds only the keys its door may hold."""

import os
import subprocess
import sys

import pytest

from hearthline.hub.config.commands.keys import new_keys
from hearthline.hub.config.start import KEYS, KeysMissing, environment_for


@pytest.fixture
def all_keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    keys = new_keys()
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    return keys


@pytest.mark.parametrize("door", KEYS)
def test_a_program_is_given_its_keys_and_no_others(door: str, all_keys: dict[str, str]):
    given = environment_for(door)
    for name in all_keys:
        short = name.removeprefix("HEARTHLINE_")
        assert (name in given) == (short in KEYS[door]), name


def test_the_public_program_cannot_read_back(all_keys: dict[str, str]):
    given = environment_for("public")
    assert "HEARTHLINE_DESK_PRIVATE_KEY" not in given
    assert all_keys["HEARTHLINE_DESK_PRIVATE_KEY"] not in given.values()


def test_one_doors_signatures_mean_nothing_to_another(all_keys: dict[str, str]):
    secrets = {environment_for(door)["HEARTHLINE_SECRET_KEY"] for door in KEYS}
    assert len(secrets) == len(KEYS)
    assert all_keys["HEARTHLINE_SECRET_KEY"] not in secrets


def test_a_missing_key_is_named(all_keys: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HEARTHLINE_PEPPER")
    with pytest.raises(KeysMissing, match="HEARTHLINE_PEPPER"):
        environment_for("public")


def hearthline(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "hearthline.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_there_is():
    listed = hearthline("--help")
    assert listed.returncode == 0
    assert "worker" in listed.stdout


def test_an_unknown_command_is_a_sentence():
    refused = hearthline("destroy")
    assert refused.returncode == 2
    assert "there is no command 'destroy'" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", [("serve", "public"), ("serve", "all"), ("worker", "--once")])
def test_nothing_starts_before_the_installation_is_prepared(command, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    refused = hearthline(*command, HEARTHLINE_HOME=str(home), DATABASE_URL="")
    assert refused.returncode == 1
    assert "hearthline setup" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_pack_that_cannot_be_used_stops_start_up_with_a_sentence(tmp_path):
    pack = tmp_path / "broken.toml"
    pack.write_text("[country]\nnmae = 'x'\n")
    refused = hearthline("worker", "--once", HEARTHLINE_COUNTRY=str(pack))
    assert refused.returncode == 1
    assert "broken.toml" in refused.stderr
    assert "Traceback" not in refused.stderr
