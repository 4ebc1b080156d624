# SPDX-License-Identifier: Apache-2.0
"""Other spellings of an address that browsers open all the same: ways round a careless list.

Made of addresses in canonical form, by chance with a fixed beginning, so always the same ones.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TypeAlias
from urllib.parse import unquote

from hearthline.kit.urls import canonicalise

INVISIBLE = "\u200b\u00ad\u2060\ufeff"

Parts: TypeAlias = dict[str, str]
Way: TypeAlias = Callable[[Parts, random.Random], None]


def spellings(listed: Sequence[str], how_many: int) -> Iterator[tuple[str, str]]:
    """Pairs of a listed address and another spelling of it, no spelling twice.

    Each takes one to five ways at once and, every other time, white space that browsers drop.
    """
    chance = random.Random(451)
    seen = set(listed)
    for turn in count():
        address = listed[turn % len(listed)]
        spelling = respelled(address, chance.sample(WAYS, chance.randint(1, 5)), chance)
        spelling = spaced(spelling, chance) if turn % 2 else spelling
        if spelling not in seen:
            seen.add(spelling)
            yield address, spelling
        if len(seen) == how_many + len(listed):
            return


def respelled(address: str, ways: Sequence[Way], chance: random.Random) -> str:
    """The canonical address in the given ways, part by part and in the order of `WAYS`."""
    c = canonicalise(address)
    query = "" if c.query is None else "?" + c.query
    parts = {"head": c.scheme + "://", "user": "", "host": c.host, "port": "", "path": c.path}
    parts |= {"query": query, "fragment": ""}
    for way in WAYS:
        if way in ways:
            way(parts, chance)
    return "".join(parts.values())


def spaced(whole: str, chance: random.Random) -> str:
    """Tabs and line breaks anywhere, spaces around."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(whole))
        whole = whole[:at] + chance.choice("\t\n\r") + whole[at:]
    return chance.choice(["", " ", "\u3000"]) + whole + chance.choice(["", " ", "\n"])


def userinfo(parts: Parts, chance: random.Random) -> None:
    parts["user"] = chance.choice(
        ["user@", "user:pass@", "www.example.org@", "www.example.org:80@", "%41:%40@", "a@b@", "@"]
    )


def backslash(parts: Parts, chance: random.Random) -> None:
    parts["path"] = parts["path"].replace("/", "\\")


def slashes(parts: Parts, chance: random.Random) -> None:
    scheme = parts["head"].partition(":")[0]
    parts["head"] = scheme + ":" + chance.choice(["", "/", "\\\\", "\\/", "///", "/\\/\\"])


def scheme_case(parts: Parts, chance: random.Random) -> None:
    scheme, colon, rest = parts["head"].partition(":")
    parts["head"] = chance.choice([scheme.upper(), scheme.title()]) + colon + rest


def other_scheme(parts: Parts, chance: random.Random) -> None:
    parts["head"] = "https://" if parts["head"] == "http://" else "http://"


def case(parts: Parts, chance: random.Random) -> None:
    # Only of ASCII letters: the capital of ß is SS, which is another name.
    parts["host"] = "".join(
        each.upper() if each.isascii() and chance.random() < 0.5 else each for each in parts["host"]
    )


def number(parts: Parts, chance: random.Random) -> None:
    """An IPv4 address in octal, hexadecimal, one number, fewer parts, or inside IPv6."""
    octets = parts["host"].split(".")
    if len(octets) != 4 or not all(each.isdecimal() for each in octets):
        return
    a, b, c, d = map(int, octets)
    value = (a << 24) + (b << 16) + (c << 8) + d
    parts["host"] = chance.choice(
        [
            f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
            f"0x{a:x}.0X{b:x}.0x{c:x}.0x{d:x}",
            str(value),
            f"0x{value:X}",
            f"0{value:o}",
            f"{a}.{(b << 16) + (c << 8) + d}",
            f"{a}.0x{b:x}.{(c << 8) + d}",
            f"[::ffff:{a}.{b}.{c}.{d}]",
            f"[::FFFF:{value >> 16:x}:{value & 0xFFFF:x}]",
            f"[64:ff9b::{value >> 16:x}:{value & 0xFFFF:x}]",
        ]
    )


def unicode_host(parts: Parts, chance: random.Random) -> None:
    """Punycode back in letters."""
    labels = parts["host"].split(".")
    parts["host"] = ".".join(
        each[4:].encode().decode("punycode") if each.startswith("xn--") else each for each in labels
    )


def full_width(parts: Parts, chance: random.Random) -> None:
    if not parts["host"].startswith("["):
        dot = chance.choice(".。．｡")
        parts["host"] = "".join(
            dot if each == "." else chr(ord(each) + 0xFEE0) if each.isascii() else each
            for each in parts["host"]
        )


def zero_width(parts: Parts, chance: random.Random) -> None:
    if not parts["host"].startswith("["):
        at = chance.randrange(len(parts["host"]))
        parts["host"] = parts["host"][:at] + chance.choice(INVISIBLE) + parts["host"][at:]


def escaped_host(parts: Parts, chance: random.Random) -> None:
    if parts["host"].isascii() and not parts["host"].startswith("["):
        parts["host"] = "".join(
            f"%{ord(each):02x}" if chance.random() < 0.4 else each for each in parts["host"]
        )


def dots(parts: Parts, chance: random.Random) -> None:
    if not parts["host"].startswith("["):
        parts["host"] += chance.choice([".", "..", "..."])


def port(parts: Parts, chance: random.Random) -> None:
    parts["port"] = chance.choice([":", ":80", ":443", ":8080", ":00080"])


def dot_segments(parts: Parts, chance: random.Random) -> None:
    detour = chance.choice(
        ["./", "x/../", "x/y/../../", "%2e/", "x/%2E%2e/", "x/.%2e/", "../", "/"]
    )
    parts["path"] = "/" + detour + parts["path"][1:]


def escapes(parts: Parts, chance: random.Random) -> None:
    """Characters of path and query as percent escapes, nested up to five deep."""

    def escape(character: str) -> str:
        if not character.isalnum() and character not in "./":
            return character
        if chance.random() < 0.6:
            return character
        depth = chance.randint(0, 5)
        return "".join("%" + "25" * depth + f"{byte:02X}" for byte in character.encode())

    for part in ("path", "query"):
        # What is escaped already stays: its letters are no characters of their own.
        if "%" not in parts[part]:
            parts[part] = parts[part][:1] + "".join(map(escape, parts[part][1:]))


def unescaped(parts: Parts, chance: random.Random) -> None:
    """Escaped letters of other scripts written as themselves."""
    plain = unquote(parts["path"], errors="strict")
    if not set(plain) & set("%#?\\ \t\n"):
        parts["path"] = plain


def fragment(parts: Parts, chance: random.Random) -> None:
    parts["fragment"] = chance.choice(["#", "#top", "#/other/page?x", "##", "#@b.test/"])


# In this order, because later ways change what earlier ones wrote.
WAYS: Sequence[Way] = (
    unicode_host,
    number,
    zero_width,
    full_width,
    case,
    escaped_host,
    dots,
    other_scheme,
    scheme_case,
    slashes,
    userinfo,
    port,
    unescaped,
    escapes,
    dot_segments,
    backslash,
    fragment,
)
