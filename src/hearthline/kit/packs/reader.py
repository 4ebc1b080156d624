# SPDX-License-Identifier: Apache-2.0
"""Read a pack, or say in one sentence which file, which key and what to do."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hearthline.kit.packs.pack import Pack


class PackRefused(ValueError):
    """The pack cannot be used. The text names file, key and remedy."""

    def __init__(self, file: str, key: str, remedy: str) -> None:
        self.file, self.key, self.remedy = file, key, remedy
        super().__init__(f"Country pack {file}: {key}: {remedy}")


def read_pack(path: Path) -> Pack:
    """The pack in `path`; raises `PackRefused` for the first thing that is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        others = ", ".join(sorted(p.stem for p in path.parent.glob("*.toml"))) or "none"
        raise PackRefused(
            path.name, "file", f"not found; choose one of: {others}, or give a full path."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackRefused(path.name, "file", f"not readable as TOML ({error}).") from None
    try:
        return Pack.model_validate(data)
    except ValidationError as error:
        raise _refusal(path.name, error.errors()[0]) from None


def _refusal(file: str, error: ErrorDetails) -> PackRefused:
    key = ".".join(str(part) for part in error["loc"]) or "file"
    meaning = _description(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            remedy = "is not a key this version knows; remove it or correct its spelling."
        case "missing":
            remedy = "is missing; add it" + (f" ({meaning})." if meaning else ".")
        case "value_error":
            remedy = f"{error['msg'].removeprefix('Value error, ')}."
        case _:
            found = error["input"]
            remedy = f"has {found!r}, which does not fit: {error['msg'].lower()}" + (
                f"; it should be {meaning}." if meaning else "."
            )
    return PackRefused(file, key, remedy)


def _description(loc: tuple[int | str, ...]) -> str:
    """What the model says of the key at `loc`, if it is a key of a table."""
    model: type[BaseModel] | None = Pack
    text = ""
    for part in loc:
        if isinstance(part, int) or model is None:
            continue
        field = model.model_fields.get(part)
        if field is None:
            return ""
        text = field.description or ""
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        model = next((a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)), None)
    return text
