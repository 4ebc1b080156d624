# SPDX-License-Identifier: Apache-2.0
"""JSON with one spelling only, so that the same values always have the same bytes and hash.

Source: RFC 8785 (JSON Canonicalization Scheme). Narrower than it in one point: numbers are whole,
because fractions are where implementations differ; write a decimal as a string.
"""

import json
import re
from typing import NoReturn, TypeAlias

from hearthline.kit.formats.refused import FormatRefused

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# RFC 7493 (I-JSON), section 2.2: beyond this, readers may lose digits.
LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_json(value: object) -> bytes:
    """The canonical UTF-8 bytes of a value made of dict, list, tuple, str, int, bool and None.

    Keys are sorted by UTF-16 code units (RFC 8785, section 3.2.3); no white space. Raises
    FormatRefused naming the place of a fraction, a too large integer, a lone surrogate, a key
    that is no string, any other type, or nesting deeper than 64.
    """
    ordered = _ordered(value, "$", 0, fractions=False)
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def read_json(data: bytes | str, *, fractions: bool = False) -> Json:
    """A JSON document, read strictly: UTF-8, no repeated key, no NaN, nesting up to 64.

    Fractions are refused unless `fractions` says that the format has them. Raises FormatRefused.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        value: Json = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_float=float if fractions else _no_fraction,
            parse_constant=_no_fraction,
        )
    except UnicodeDecodeError as fault:
        raise FormatRefused("$", "the document is not UTF-8") from fault
    except RecursionError as fault:
        raise FormatRefused("$", f"nested deeper than {DEEPEST}") from fault
    except FormatRefused:
        raise
    except ValueError as fault:
        raise FormatRefused("$", f"not JSON: {fault}") from fault
    return _ordered(value, "$", 0, fractions=fractions)


def _ordered(value: object, place: str, depth: int, *, fractions: bool) -> Json:
    if depth > DEEPEST:
        raise FormatRefused("$", f"nested deeper than {DEEPEST}")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise FormatRefused(place, "a whole number beyond 2^53 - 1; write it as text")
        return int(value)
    if isinstance(value, float) and fractions:
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, list | tuple):
        return [
            _ordered(part, f"{place}[{at}]", depth + 1, fractions=fractions)
            for at, part in enumerate(value)
        ]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise FormatRefused(place, f"the key {key!r} is not text")
            _text(key, place)
        return {
            key: _ordered(value[key], f"{place}.{key}", depth + 1, fractions=fractions)
            for key in sorted(value, key=lambda key: key.encode("utf-16-be"))
        }
    raise FormatRefused(place, f"{type(value).__name__} has no place here; write it as text")


def _text(value: str, place: str) -> str:
    if _LONE_SURROGATE.search(value):
        raise FormatRefused(place, "half of a surrogate pair is not text")
    return str(value)


def _without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise FormatRefused(key, "the key stands twice in one object")
        found[key] = value
    return found


def _no_fraction(literal: str) -> NoReturn:
    raise FormatRefused("$", f"the number {literal} is not whole; write it as text")
