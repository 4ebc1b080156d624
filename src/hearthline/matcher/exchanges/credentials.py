# SPDX-License-Identifier: Apache-2.0
"""Passwords and keys for a source: named in the configuration, read when used, shown nowhere."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, ConfigDict, model_validator

from hearthline.matcher.exchanges.feed import ExchangeFailed


class Secret:
    """A value that prints as a mark. `reveal()` is called where a request is written."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "[credential]"

    __str__ = __repr__

    def removed_from(self, raw: bytes) -> bytes:
        """`raw` with the value gone, as it is or as an address would carry it. Some sources
        repeat the credential in the address of the next page."""
        value = self._value
        written = {value, quote(value), quote(value, safe=""), quote_plus(value)}
        forms = written | {form.replace("/", "\\/") for form in written}
        for form in sorted(forms, key=len, reverse=True):
            raw = raw.replace(form.encode(), b"[credential]")
        return raw


class Credential(BaseModel):
    """Where a credential is found: an environment variable or a file, exactly one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError('say either { env = "NAME" } or { file = "path" }')
        return self

    def read(
        self, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Secret:
        """The value as it is now; a path is read from `folder`. Raises `ExchangeFailed` naming
        the place, never the value."""
        if self.env is not None:
            value = (os.environ if environment is None else environment).get(self.env, "")
            place = f"the environment variable {self.env}"
        else:
            place = f"the file {self.file}"
            try:
                value = ((folder or Path()) / str(self.file)).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                raise ExchangeFailed("credential", f"{place} cannot be read") from None
        value = value.strip()
        if not value:
            raise ExchangeFailed("credential", f"{place} is empty; put the credential there")
        if not (value.isascii() and value.isprintable()):
            raise ExchangeFailed("credential", f"{place} holds more than one line of plain text")
        return Secret(value)
