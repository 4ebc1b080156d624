# SPDX-License-Identifier: Apache-2.0
"""One address, one spelling: the form that is stored, compared and hashed.

Two published rules in this order:

1. The WHATWG URL Standard, because that is how browsers read an address: backslashes, user
   names, octal and hexadecimal IPv4, full-width letters, IDNA, dot segments, tabs.
2. The canonical form of Safe Browsing ("URLs and hashing", v4 and v5): percent escapes undone
   until none is left, dot segments again, runs of slashes made one, dots around and within the
   host name tidied, IPv4 inside IPv6 (mapped, NAT64) written as IPv4, then ``<= 0x20``,
   ``>= 0x7f``, ``#`` and ``%`` escaped. Fragment, user name and default port are dropped.

Where the two disagree the browser wins, because the list must name what a browser opens:

* ``http://a.test\\@b.test/`` is the host ``a.test``; Safe Browsing's text reads ``b.test``.
* Hosts holding a space, ``#``, ``%``, a control character, ``<``, ``>``, ``^`` or ``|`` are
  refused, since no browser opens them; Safe Browsing escapes them.
* An escaped ``?`` or ``\\`` in a path stays escaped. Undone, it would become a separator the next
  time the address is read, and the form would not be stable.

The parser is ada-url 4. can_ada 3 is three times faster (0.6 us against 1.8 us, a twelfth of the
work done here) but still refuses ASCII names with a broken ``xn--`` label, such as
``xn--a.test``. Browsers open those, and the URL Standard now says they should; an address that
opens and cannot be reported would be a way round the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

import ada_url

from hearthline.kit.urls.defang import refang, tidy

MAX_LENGTH: Final = 2_000
"""Characters an address may have, as given and in canonical form."""


class Refusal(StrEnum):
    """Why a text was not taken as an address. The value is a stable code for translations."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    SCHEME = "scheme"
    EMAIL = "email"
    NO_HOST = "no_host"
    NOT_AN_ADDRESS = "not_an_address"


_REASONS: Final = {
    Refusal.EMPTY: "There is no address here.",
    Refusal.TOO_LONG: f"The address is longer than {MAX_LENGTH} characters.",
    Refusal.SCHEME: "Only addresses that begin with http or https can be taken.",
    Refusal.EMAIL: "This is an e-mail address, not the address of a page.",
    Refusal.NO_HOST: "The name of the site is missing.",
    Refusal.NOT_AN_ADDRESS: "No browser would open this as an address.",
}


class AddressRefused(ValueError):
    """The text is not an address this system can hold. ``code`` and a plain ``reason``."""

    def __init__(self, code: Refusal) -> None:
        self.code = code
        self.reason = _REASONS[code]
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class Canonical:
    """An http or https address in canonical form. ``canonicalise(c.url) == c`` always holds.

    ``query`` is None without ``?`` and empty for a bare one. ``port`` is None when it is the
    scheme's own. IPv6 hosts keep their brackets. ``href`` is what a browser would request: it
    keeps the escapes that ``url`` undoes, so use ``url`` to compare and ``href`` to connect.
    """

    url: str
    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    is_ip: bool
    is_onion: bool
    href: str = field(compare=False)


_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PORT_FOLLOWS = re.compile(r"\d{1,5}(?:[/\\?#]|\Z)")
_EMAIL = re.compile(r"[^\s/\\@:?#]+@[^\s/\\@:?#]+\.[^\s/\\@:?#]+")
_NO_AUTHORITY = re.compile(r"https?:[/\\]*(?:[?#]|\Z)", re.IGNORECASE)
_HREF = re.compile(
    r"(?P<scheme>https?)://(?:[^/?#@]*@)?(?P<host>\[[^\]]*\]|[^/?#:]*)(?::(?P<port>\d+))?"
    r"(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
# Browsers allow a few more characters than DNS host names have. Brackets, quotes and braces are
# left out: no resolver answers for them, and brackets are how addresses are defanged.
_HOST = re.compile(r"[a-z0-9._~!$&'*+,;=-]+")
_DOTTED_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]+")
# What is canonical already, as most addresses are: nothing here for the parser to change. Anything
# rarer (a port, a user name, an escape, a capital in the host, punycode) is read in full.
_SEGMENT = r"(?!\.{1,2}(?:[/?]|\Z))[A-Za-z0-9._~!$&'()*+,;=:@-]+"
_PLAIN = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>(?:(?!xn--)[a-z0-9-]{1,63}\.)+(?!xn--)[a-z]{2,63})"
    rf"(?P<path>/(?:{_SEGMENT}/)*(?:{_SEGMENT})?)"
    r"(?:\?(?P<query>[A-Za-z0-9._~!$&()*+,;=:@/?-]*))?"
)
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNSAFE_IN_PATH = re.compile(rb"[\x00-\x20\x7f-\xff#%?\\]")
_UNSAFE_IN_QUERY = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_NAT64 = IPv6Address("64:ff9b::")


def canonicalise(text: str) -> Canonical:
    """The canonical form of what somebody typed or pasted as ONE address.

    Defanged spellings are read (see ``defang``); without a scheme http is assumed, provided the
    text looks like a site's name. Raises ``AddressRefused`` and nothing else.
    """
    plain = _PLAIN.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if plain is None or len(plain["host"]) > 253:
        return _read_in_full(text)
    scheme, host, path, query = plain.groups()
    return Canonical(text, scheme, host, None, path, query, False, host.endswith(".onion"), text)


def subject_key(c: Canonical) -> str:
    """``host[:port]/path[?query]``: the subject of a case, whichever scheme it was reported with.

    The same page over http and over https is one subject: nearly every site answers both alike,
    and two reports of one page must meet in one case. A port that is not the scheme's own is
    kept, because another port is another server.
    """
    port = f":{c.port}" if c.port is not None else ""
    return c.host + port + c.path + _with_question_mark(c.query)


def resolve_reference(base: str, reference: str) -> str:
    """The absolute address of a ``Location`` header read relative to ``base``.

    Raises ``AddressRefused`` when the two make no address. The scheme is not checked here.
    """
    try:
        return ada_url.join_url(tidy(base), tidy(reference))
    except ValueError as error:
        raise AddressRefused(Refusal.NOT_AN_ADDRESS) from error


def _read_in_full(text: str) -> Canonical:
    cleaned = tidy(text)
    if not cleaned:
        raise AddressRefused(Refusal.EMPTY)
    if len(cleaned) > MAX_LENGTH:
        raise AddressRefused(Refusal.TOO_LONG)
    spelled, scheme_given = _with_scheme(refang(cleaned))
    if _NO_AUTHORITY.match(spelled):
        raise AddressRefused(Refusal.NO_HOST)
    parts = _parse(spelled)
    host = _settle_host(parts["host"])
    is_ip = host.startswith("[") or _DOTTED_QUAD.fullmatch(host) is not None
    if not scheme_given and not _looks_like_a_site(host, spelled):
        raise AddressRefused(Refusal.NOT_AN_ADDRESS)

    origin = f"{parts['scheme']}://{host}" + (f":{parts['port']}" if parts["port"] else "")
    path = _canonical_path(parts["path"])
    query = None if parts["query"] is None else _canonical_query(parts["query"])
    url = origin + path + _with_question_mark(query)
    if len(url) > MAX_LENGTH:
        raise AddressRefused(Refusal.TOO_LONG)
    return Canonical(
        url=url,
        scheme=parts["scheme"],
        host=host,
        port=int(parts["port"]) if parts["port"] else None,
        path=path,
        query=query,
        is_ip=is_ip,
        is_onion=host.endswith(".onion"),
        href=origin + parts["path"] + _with_question_mark(parts["query"]),
    )


def _with_scheme(text: str) -> tuple[str, bool]:
    """The text with a scheme, and whether it had one of its own."""
    named = _SCHEME.match(text)
    if named and named[1].lower() in ("http", "https"):
        return text, True
    # ``example.org:8080`` begins like a scheme; a dot or a port number tells it is a host.
    if named and "." not in named[1] and not _PORT_FOLLOWS.match(text, named.end()):
        raise AddressRefused(Refusal.SCHEME)
    if _EMAIL.fullmatch(text):
        raise AddressRefused(Refusal.EMAIL)
    return "http://" + text.lstrip("/\\"), False


def _parse(spelled: str) -> dict[str, str]:
    try:
        href = ada_url.normalize_url(spelled)
    except ValueError as error:
        raise AddressRefused(Refusal.NOT_AN_ADDRESS) from error
    parts = _HREF.fullmatch(href)
    if parts is None:  # The parser only ever serialises this shape; refuse rather than guess.
        raise AddressRefused(Refusal.NOT_AN_ADDRESS)
    return parts.groupdict()


def _settle_host(host: str) -> str:
    """Dots tidied and IPv4 inside IPv6 written as IPv4, read again until nothing changes."""
    if host.startswith("["):
        inside = IPv6Address(host[1:-1])
        embedded = inside.ipv4_mapped
        if int(inside) >> 32 == int(_NAT64) >> 32:
            embedded = IPv4Address(int(inside) & 0xFFFF_FFFF)
        return host if embedded is None else str(embedded)
    tidied = re.sub(r"\.{2,}", ".", host).strip(".")
    if not tidied:
        raise AddressRefused(Refusal.NO_HOST)
    if tidied != host:
        # Without its outer dots the name may turn out to be an IPv4 address: ``0x7f.1..``
        return _settle_host(_parse(f"http://{tidied}/")["host"])
    if len(host) > 253 or max(map(len, host.split("."))) > 63 or not _HOST.fullmatch(host):
        raise AddressRefused(Refusal.NOT_AN_ADDRESS)
    return host


def _looks_like_a_site(host: str, spelled: str) -> bool:
    """Whether a text without a scheme names a site, and is not a word, a number or a date."""
    written = spelled.removeprefix("http://")
    if host.startswith("[") or _DOTTED_QUAD.fullmatch(host):
        return written.startswith("[") or _DOTTED_QUAD.match(written) is not None
    labels = host.split(".")
    return len(labels) > 1 and _TOP_LEVEL.fullmatch(labels[-1]) is not None


def _canonical_path(path: str) -> str:
    segments: list[bytes] = []
    pieces = _unescape(path).split(b"/")[1:]
    for number, piece in enumerate(pieces, start=1):
        dots = piece in (b".", b"..")
        if piece == b".." and segments:
            segments.pop()
        if not dots:
            segments.append(piece)
        elif number == len(pieces):
            segments.append(b"")
    joined = re.sub(rb"/{2,}", b"/", b"/" + b"/".join(segments))
    return _UNSAFE_IN_PATH.sub(_escaped, joined).decode("ascii")


def _canonical_query(query: str) -> str:
    return _UNSAFE_IN_QUERY.sub(_escaped, _unescape(query)).decode("ascii")


def _unescape(text: str) -> bytes:
    """Percent escapes undone until none is left. Each round shortens the text, so it ends."""
    raw = text.encode("ascii")
    while True:
        shorter = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), raw)
        if shorter == raw:
            return raw
        raw = shorter


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


def _with_question_mark(query: str | None) -> str:
    return "" if query is None else "?" + query
