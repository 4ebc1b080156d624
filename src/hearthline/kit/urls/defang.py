# SPDX-License-Identifier: Apache-2.0
"""Addresses made safe to show, and made whole again.

People who pass on a dangerous address often break it on purpose (``hxxp://example[.]org``) so
that nobody opens it by accident. ``defang`` writes that form, ``refang`` reads it. There is no
standard; the spellings read here are those in common use in threat reports, plus the ``ttp://``
of Japanese boards and the full-width characters an East Asian keyboard puts in by itself.

Only the scheme and the authority (the part before the first slash) are ever changed. In a path
or a query ``[.]`` may be part of the address, and changing it would name another page.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

# Characters that cannot be seen and that no host name may hold: zero-width space, soft hyphen,
# byte order mark, marks and overrides of writing direction. The zero-width (non-)joiners are not
# among them: Persian and several Indian scripts need them inside words.
INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"

_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_INVISIBLE_ENDS = re.compile(rf"\A[\s{INVISIBLE}]+|[\s{INVISIBLE}]+\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Tab, line feed and carriage return vanish wherever they stand (WHATWG URL, basic URL parser).
_LINE_BREAKS = str.maketrans("", "", "\t\n\r")
_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {0x3002: 0x2E, 0xFF61: 0x2E}

_HEAD = re.compile(
    r"(?:h{1,2}[tx*_]{1,3}|t{1,2})p(?P<s>s?)"
    r"\s*[\[({]?\s*:\s*[\])}]?\s*"
    r"(?:[\[({]?[/\\]+[\])}]?)?",
    re.IGNORECASE,
)
_EXACT_HEAD = re.compile(r"https?\W", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/\\?#／＼？＃]")
_DOT = re.compile(r"\s*[\[({]\s*(?:\.|dot|点|點)\s*[\])}]\s*", re.IGNORECASE)
_COLON = re.compile(r"[\[({]:[\])}]")
_BRACKETED_SLASH = re.compile(r"[/\\][\])}]")

MASK = "***"
_USERINFO = re.compile(r"\A([a-z][a-z0-9+.-]*:[/\\]*)?[^/\\?#\s]*@", re.IGNORECASE)
_PARAMETER = re.compile(r"(?P<lead>[?&;#])(?P<name>[^=&;#?]+)=(?P<value>[^&;#]+)")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SECRET_WORD = re.compile(
    r"auth|code|cred|hmac|jwt|key|nonce|otp|pass|passphrase|passwd|pin|pwd|sid|sig|ticket"
)
_SECRET_PART = re.compile(
    r"accesskey|apikey|authkey|credential|password|privatekey|secret|sess(?:ion|id)|signature|token"
)


def tidy(text: str) -> str:
    """The pasted text without invisible ends and line breaks, in characters that can be encoded.

    Lone surrogates become U+FFFD, as in every string a browser hands to its URL parser.
    """
    if text.isascii():  # Nothing below can occur, and most addresses are.
        return text.strip().translate(_LINE_BREAKS)
    whole = _SURROGATE.sub("\ufffd", text)
    return _INVISIBLE_ENDS.sub("", whole).translate(_LINE_BREAKS)


def refang(text: str) -> str:
    """Undo the usual ways of breaking an address; text that is not broken comes back as it was.

    Schemes other than (a spelling of) http and https, and a missing scheme, are left alone.
    """
    text = tidy(text)
    # Scheme and colon may be typed full-width; look at a folded copy of the first few characters.
    opening = _visible(text[:40])
    head = _HEAD.match(opening)
    scheme = ""
    if head and ("/" in head[0] or "\\" in head[0] or _EXACT_HEAD.match(head[0])):
        scheme = "https://" if head["s"] else "http://"
        text = _after(text, len(head[0]))
    authority, rest = _split(text)
    return scheme + _COLON.sub(":", _DOT.sub(".", _visible(authority))) + rest


def defang(url: str) -> str:
    """``https://example.org/a.b`` as ``hxxps://example[.]org/a.b``: readable, not clickable.

    Takes any text and never fails. Defanging twice is the same as once, and
    ``refang(defang(url))`` names the same address as ``url``.
    """
    whole = refang(url)
    # A name with a dot before a colon is a host with a port, any other is a scheme.
    head = re.match(r"https?://|[a-z][a-z0-9+-]*:", whole, re.IGNORECASE)
    start = head[0] if head else ""
    authority, rest = _split(whole[len(start) :])
    if start[:4].lower() == "http" and start.endswith("//"):
        start = "hxxp" + start[4:]
    elif start:
        start = start[:-1] + "[:]"
        authority, rest = "", authority + rest
    return start + authority.replace(".", "[.]") + rest


def mask_secrets(url: str) -> str:
    """The address with user name, password and values that look like secrets replaced by ``***``.

    Values of query (and fragment) parameters go when their NAME says token, key, signature,
    session, password and the like; everything else stays, so the address can be recognised.
    For display and logs only: a masked address is not an address any more.
    """

    def masked(found: re.Match[str]) -> str:
        if not _names_a_secret(found["name"]):
            return found[0]
        return f"{found['lead']}{found['name']}={MASK}"

    shown = _USERINFO.sub(lambda found: f"{found[1] or ''}{MASK}@", url, count=1)
    return _PARAMETER.sub(masked, shown)


def shorten_middle(url: str, n: int) -> str:
    """At most ``n`` characters, with one ``…`` in place of the middle.

    The beginning names the host and the end names the page, so the middle is what a table can
    spare. ``ValueError`` when ``n`` is below 3.
    """
    if n < 3:
        raise ValueError("an address cannot be shortened to fewer than 3 characters")
    if len(url) <= n:
        return url
    tail = max(1, (n - 1) * 2 // 5)
    return url[: n - 1 - tail] + "…" + url[len(url) - tail :]


def _visible(text: str) -> str:
    """What can be seen, with full-width characters made ordinary."""
    return text if text.isascii() else _INVISIBLE.sub("", text).translate(_FULL_WIDTH)


def _after(text: str, visible: int) -> str:
    """The text behind its first ``visible`` characters that can be seen."""
    seen = 0
    for place, character in enumerate(text):
        if seen == visible:
            return text[place:]
        seen += _INVISIBLE.match(character) is None
    return ""


def _split(text: str) -> tuple[str, str]:
    """Authority and the rest. A full-width slash means the whole was typed full-width."""
    end = _AUTHORITY_END.search(text)
    if end is None:
        return text, ""
    authority, rest = text[: end.start()], text[end.start() :]
    if ord(rest[0]) > 0xFF:
        rest = rest.translate(_FULL_WIDTH)
    if authority[-1:] in ("[", "(", "{") and _BRACKETED_SLASH.match(rest):
        authority, rest = authority[:-1], rest[0] + rest[2:]
    return authority, rest


def _names_a_secret(name: str) -> bool:
    plain = unquote(name)
    if any(_SECRET_WORD.fullmatch(word.lower()) for word in _NAME_WORD.findall(plain)):
        return True
    return _SECRET_PART.search(re.sub(r"[^a-z0-9]", "", plain.lower())) is not None
