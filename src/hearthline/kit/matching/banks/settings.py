# SPDX-License-Identifier: Apache-2.0
"""The settings of a bank, `bank.toml`: written by a person or by `Bank.change`, read by all."""

import json
import os
import re
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from hearthline.kit.formats.known_hash import HashKind, checked_category
from hearthline.kit.matching.banks.refusals import RadiusRefused, SettingRefused
from hearthline.kit.matching.files import fsync_folder

DEFAULT_RADIUS = 31
LARGEST_RADIUS = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """What a bank is and how it matches.

    `radius`: PDQ hashes match within so many bits of 256 (0 to 64; the others match when equal).
    `enabled_share`: the share of queries the bank takes part in (0 to 1), to try a bank out.
    `negative`: the bank holds what is known to be harmless; its matches suppress those of others.
    `category` is that of entries that have none. `legal_basis` says why the bank may be held.
    """

    name: str
    source: str = ""
    category: str = ""
    legal_basis: str = ""
    radius: int = DEFAULT_RADIUS
    enabled_share: float = 1.0
    negative: bool = False
    kinds: tuple[HashKind, ...] = tuple(HashKind)
    retired: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or _NAME.fullmatch(self.name) is None:
            raise SettingRefused("name", "1 to 64 letters, digits and _ . -, the first no sign")
        for name in ("source", "category", "legal_basis"):
            text = getattr(self, name)
            if not isinstance(text, str) or len(text) > _LONGEST_TEXT or not text.isprintable():
                raise SettingRefused(name, f"one line of text, up to {_LONGEST_TEXT} characters")
        try:
            checked_category(self.category)
        except ValueError as fault:
            raise SettingRefused("category", str(fault)) from fault
        if type(self.radius) is not int or not 0 <= self.radius <= LARGEST_RADIUS:
            raise RadiusRefused(self.radius)
        share = self.enabled_share
        if type(share) not in (int, float) or not 0 <= share <= 1:
            raise SettingRefused("enabled_share", "a number from 0 to 1")
        for name in ("negative", "retired"):
            if type(getattr(self, name)) is not bool:
                raise SettingRefused(name, "true or false")
        self._take_kinds()

    def _take_kinds(self) -> None:
        try:
            kinds = tuple(dict.fromkeys(HashKind(kind) for kind in self.kinds))
        except (ValueError, TypeError) as fault:
            raise SettingRefused("kinds", f"of {', '.join(HashKind)}") from fault
        if not kinds:
            raise SettingRefused("kinds", "at least one kind of hash")
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "enabled_share", float(self.enabled_share))

    def changed(self, **changes: Any) -> "Settings":
        """The same with some settings changed. Raises SettingRefused."""
        unknown = set(changes) - {one.name for one in fields(self)}
        if unknown:
            raise SettingRefused(min(unknown), "no such setting")
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """The settings as plain values."""
        return asdict(self) | {"kinds": [str(kind) for kind in self.kinds]}


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises SettingRefused, which names the file and the setting."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings(name="x").changed(**values)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SettingRefused(str(path), f"cannot be read: {fault}") from fault
    except SettingRefused as fault:
        raise SettingRefused(f"{path}: {fault.field}", str(fault)) from fault


def write_settings(path: Path, settings: Settings) -> None:
    """Writes the file whole or not at all. It is on the disk when this returns."""
    # A JSON text without control characters, which settings have not, is a TOML text.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in settings.as_json().items()
    ]
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    fsync_folder(path.parent)
