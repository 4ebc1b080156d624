# SPDX-License-Identifier: Apache-2.0
"""Typed reads of the environment. A secret may come as NAME, from a file named by NAME_FILE, or
from a program named by NAME_COMMAND."""

import os
import shlex
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from hearthline.kit.sealing import Program, UnixSocket, UnwrapFailed, Unwrapper, run

UNWRAP = "HEARTHLINE_DESK_UNWRAP"


class EnvironmentRefused(ValueError):
    """A variable cannot be used; the text names it and what to set."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The variable, or what NAME_COMMAND prints, or the content of the file NAME_FILE names.

    The command is an argument list and no shell reads it. None of it is ever logged.
    """
    if command := environment.get(f"{name}_COMMAND", "").strip():
        return _printed(f"{name}_COMMAND", command)
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvironmentRefused(f"{name}_FILE cannot be read: {error.strerror}.") from None


def desk_keys(environment: Mapping[str, str] = os.environ) -> str:
    """The desk's private keys in clear, the current one first.

    With HEARTHLINE_DESK_UNWRAP_COMMAND or HEARTHLINE_DESK_UNWRAP_SOCKET the setting holds them
    wrapped, and that program or service opens them: once, when a program starts.
    """
    wrapped = secret("HEARTHLINE_DESK_PRIVATE_KEY", environment)
    command = environment.get(f"{UNWRAP}_COMMAND", "").strip()
    path = environment.get(f"{UNWRAP}_SOCKET", "").strip()
    if not wrapped or not (command or path):
        return wrapped
    return _opened(wrapped, command, path)


@lru_cache(maxsize=4)
def _opened(wrapped: str, command: str, path: str) -> str:
    unwrapper: Unwrapper
    if command:
        name, unwrapper = f"{UNWRAP}_COMMAND", Program(_arguments(f"{UNWRAP}_COMMAND", command))
    else:
        name, unwrapper = f"{UNWRAP}_SOCKET", UnixSocket(path)
    try:
        return unwrapper.unwrap(wrapped)
    except UnwrapFailed as error:
        raise EnvironmentRefused(f"{name}: {error}.") from None


@lru_cache(maxsize=32)
def _printed(name: str, command: str) -> str:
    """What the command prints, asked once a process."""
    try:
        return run(_arguments(name, command))
    except UnwrapFailed as error:
        raise EnvironmentRefused(f"{name}: {error}.") from None


def _arguments(name: str, command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        raise EnvironmentRefused(f"{name} has a quotation mark that is not closed.") from None


def flag(name: str) -> bool:
    value = text(name).lower()
    if value in {"", "0", "no", "false", "off"}:
        return False
    if value in {"1", "yes", "true", "on"}:
        return True
    raise EnvironmentRefused(f"{name} is {value!r}; set it to 1 or 0.")


def count(name: str, *, most: int) -> int:
    """A whole number from 0, which it is where nothing is set, to `most`."""
    value = text(name, "0")
    if not (value.isascii() and value.isdecimal() and int(value) <= most):
        raise EnvironmentRefused(f"{name} is {value!r}; set it to a number from 0 to {most}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def contacts(name: str) -> list[str]:
    """Addresses as `Contact` of RFC 9116 takes them: mailto:, tel: or https: URIs."""
    found = words(name)
    for one in found:
        if not (one.startswith(("mailto:", "tel:", "https://")) and one.isascii()):
            raise EnvironmentRefused(
                f"{name} has {one!r}; write mailto:, tel: or https:// before each."
            )
    return found


def mapping(name: str) -> dict[str, str]:
    """Pairs such as "a=1 b=2"."""
    pairs = {}
    for item in words(name):
        key, sign, value = item.partition("=")
        if not sign:
            raise EnvironmentRefused(f"{name} holds {item!r}; write it as name=value.")
        pairs[key] = value
    return pairs
