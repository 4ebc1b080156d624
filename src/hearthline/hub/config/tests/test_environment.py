# SPDX-License-Identifier: Apache-2.0
"""Secrets from the environment, a file, a program, or a key service that unwraps them."""

import shlex
import sys

import pytest

from hearthline.hub.config.commands.keys import new_keys
from hearthline.hub.config.environment import EnvironmentRefused, desk_keys, secret
from hearthline.hub.config.start import environment_for


def command(source: str) -> str:
    return shlex.join([sys.executable, "-c", source])


def test_a_secret_is_what_the_program_prints() -> None:
    given = {"HEARTHLINE_PEPPER_COMMAND": command("print('from the program')")}
    assert secret("HEARTHLINE_PEPPER", given) == "from the program"


def test_a_secret_is_what_the_file_holds(tmp_path) -> None:
    (tmp_path / "pepper").write_text("from the file\n")
    given = {"HEARTHLINE_PEPPER_FILE": str(tmp_path / "pepper"), "HEARTHLINE_PEPPER": "no"}
    assert secret("HEARTHLINE_PEPPER", given) == "from the file"


def test_a_program_that_fails_is_named_by_its_setting_and_its_words_are_not_shown() -> None:
    source = "import sys; print('half a secret'); sys.exit('the other half')"
    with pytest.raises(EnvironmentRefused, match="HEARTHLINE_PEPPER_COMMAND") as refusal:
        secret("HEARTHLINE_PEPPER", {"HEARTHLINE_PEPPER_COMMAND": command(source)})
    assert "half" not in str(refusal.value)


def test_a_command_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(EnvironmentRefused, match="quotation mark"):
        secret("HEARTHLINE_PEPPER", {"HEARTHLINE_PEPPER_COMMAND": "kms 'open"})


def test_a_wrapped_ring_is_opened_by_the_program_and_handed_over_in_clear() -> None:
    keys = new_keys()
    ring = keys["HEARTHLINE_DESK_PRIVATE_KEY"]
    wrapped = {
        **keys,
        "HEARTHLINE_DESK_PRIVATE_KEY": ring[::-1],
        "HEARTHLINE_DESK_UNWRAP_COMMAND": command(
            "import sys; print(sys.stdin.read().strip()[::-1])"
        ),
    }
    assert desk_keys(wrapped) == ring
    given = environment_for("desk", wrapped)
    assert given["HEARTHLINE_DESK_PRIVATE_KEY"] == ring
    # What it was given in clear, it does not unwrap again.
    assert desk_keys(given) == ring


def test_no_program_but_the_first_is_told_where_keys_come_from() -> None:
    wrapped = {**new_keys(), "HEARTHLINE_DESK_PRIVATE_KEY_COMMAND": command("print(1)")}
    assert not [name for name in environment_for("public", wrapped) if name.endswith("_COMMAND")]


def test_a_key_service_that_is_down_stops_the_start_and_is_named(tmp_path) -> None:
    given = {
        "HEARTHLINE_DESK_PRIVATE_KEY": "wrapped",
        "HEARTHLINE_DESK_UNWRAP_SOCKET": str(tmp_path / "kms"),
    }
    with pytest.raises(EnvironmentRefused, match="HEARTHLINE_DESK_UNWRAP_SOCKET"):
        desk_keys(given)


def test_without_a_private_key_nothing_is_asked_to_unwrap_one() -> None:
    assert desk_keys({"HEARTHLINE_DESK_UNWRAP_COMMAND": command("print('x')")}) == ""
