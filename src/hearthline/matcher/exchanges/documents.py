# SPDX-License-Identifier: Apache-2.0
"""Reading JSON and XML that a stranger wrote: shallow, strict, and without surprises.

XML is read with the standard library's expat and a document type declaration is refused, so there
are no entities to expand and nothing to fetch; depth is bounded. Namespaces are dropped: names are
unique without them in the lists read here.
"""

import json
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from hearthline.matcher.exchanges.feed import Malformed, NotASignal

DEEPEST: Final = 32


def read_json(body: bytes) -> dict[str, Any]:
    """The object that `body` is. Raises `Malformed`."""
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("not JSON, or cut short", body) from None
    if not isinstance(document, dict):
        raise Malformed("not a JSON object", body)
    return document


def array(document: dict[str, Any], name: str) -> list[Any]:
    """The array under `name`. Raises `Malformed`."""
    value = document.get(name)
    if not isinstance(value, list):
        raise Malformed(f"no array `{name}`")
    return value


def object_of(value: Any) -> dict[str, Any]:
    """`value` if it is an object. Raises `NotASignal`."""
    if not isinstance(value, dict):
        raise NotASignal("an object is expected, and there is none")
    return value


def listed(value: Any) -> list[Any]:
    """An array inside an item, plain or wrapped as {"data": [...]}; null stands for none. Raises
    `NotASignal`."""
    inner = value.get("data") if isinstance(value, dict) else value
    if inner is None:
        return []
    if not isinstance(inner, list):
        raise NotASignal("an array is expected, and there is none")
    return inner


def whole_number(value: Any) -> int:
    """A second of time as number or digits. Raises `NotASignal`."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 13:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**12:
        raise NotASignal("no usable time of update")
    return value


def read_xml(body: bytes) -> Element:
    """The root element of `body`, all names without their namespace. Raises `Malformed`."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Malformed(f"elements nested more than {DEEPEST} deep", body)
        builder.start(name.rpartition("}")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition("}")[2])

    def doctype(*_: object) -> None:
        raise Malformed("a document type declaration, which is refused", body)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise Malformed("not XML, or cut short", body) from None
    return builder.close()


def _no_constant(name: str) -> None:
    raise ValueError(name)
