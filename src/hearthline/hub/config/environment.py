# SPDX-License-Identifier: Apache-2.0
"""Typed reads of the environment. A secret may come as NAME or as a file named by NAME_FILE."""

import os
from collections.abc import Mapping
from pathlib import Path


class EnvironmentRefused(ValueError):
    """A variable cannot be used; the text names it and what to set."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The variable, or the content of the file that NAME_FILE names (never logged)."""
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvironmentRefused(f"{name}_FILE cannot be read: {error.strerror}.") from None


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


def mapping(name: str) -> dict[str, str]:
    """Pairs such as "a=1 b=2"."""
    pairs = {}
    for item in words(name):
        key, sign, value = item.partition("=")
        if not sign:
            raise EnvironmentRefused(f"{name} holds {item!r}; write it as name=value.")
        pairs[key] = value
    return pairs
