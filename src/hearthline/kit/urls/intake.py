# SPDX-License-Identifier: Apache-2.0
"""Finding the addresses in what people paste.

A report is a sentence with an address in it, a list copied from a chat, a line of Chinese
without a single space, a Markdown link. What looks like an address is cut out, exactly as it
stands, and canonicalised; what looks like one but cannot be taken is returned with the reason,
so that nothing a person gave is lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from hearthline.kit.urls.canonical import AddressRefused, Canonical, Refusal, canonicalise


@dataclass(frozen=True, slots=True)
class Found:
    """An address in a text: ``text[start : start + len(raw)] == raw``.

    Exactly one of ``canonical`` and ``refusal`` is set.
    """

    raw: str
    start: int
    canonical: Canonical | None
    refusal: Refusal | None


# Characters that end an address wherever they stand: white space, angle brackets and double
# quotes of HTML and e-mail, quotation marks and the punctuation of Chinese, Japanese and Arabic.
_PIECE = re.compile(r"[^\s<>\"«»“”„‹›，、；！？…،؛؟「」『』【】（）《》〈〉〔〕]+")
_SCHEME_SEEN = (
    r"(?:h{1,2}[tx*_]{1,3}|t{1,2})ps?[\[({]?[:：][\])}]?[\[({]?[/\\／＼]"
    r"|[a-z][a-z0-9+.-]{1,20}://|www\d?(?:\.|[\[({](?:\.|dot)[\])}])"
)
_OPENING = re.compile(
    _SCHEME_SEEN + r"|(?:data|javascript|magnet|blob|file|ed2k|ｈｔｔｐｓ?)[:：]", re.IGNORECASE
)
# Where a further address begins inside a piece. Not after ``/``, ``=`` and their like: there it
# is part of the first address (an archive's copy, a redirect's target).
_FURTHER = re.compile(rf"(?<![A-Za-z0-9/\\=?&:@%#.+_-])(?:{_SCHEME_SEEN})", re.IGNORECASE)
# A full stop in Chinese ends a sentence, but between Latin letters it is the dot of a host name.
_FULL_STOP = re.compile(
    rf"。(?![A-Za-z0-9])|(?<![A-Za-z0-9])。|。(?={_SCHEME_SEEN})", re.IGNORECASE
)
_EAST_ASIAN = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Without one of these nothing in a text is an address, nor looks like one.
_SIGN = re.compile(r"[.:：。]|dot", re.IGNORECASE)
_LATIN_SITE = re.compile(
    r"(?<![A-Za-z0-9.@-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}"
    rf"(?![A-Za-z0-9.@-])(?:[:/?#][^{_EAST_ASIAN}]*)?"
)
_TOUCHES_EAST_ASIAN = re.compile(rf"[{_EAST_ASIAN}][A-Za-z0-9]|[A-Za-z0-9/][{_EAST_ASIAN}]")
_LEADING = "([{'`*_~-–—.,;:!?。·•"
_TRAILING = ".,;:!?'`*~。"
_PAIRS = {")": "(", "]": "[", "}": "{"}
# Names of files look like names of sites. Without scheme or path they are taken for files.
_FILE_NAME = re.compile(
    r"[^/\\?#:]*\.(?:avi|bmp|csv|docx?|exe|gif|heic|html?|jpe?g|json|mkv|mov|mp[34g]|od[st]|pdf|"
    r"php|png|pptx?|py|rar|rtf|svg|txt|wav|webp|xlsx?|xml|zip|7z)",
    re.IGNORECASE,
)
_CAPITALISED_END = re.compile(r"[^/\\?#:]*\.[A-Z][a-z]+")


def find_addresses(text: str) -> list[Found]:
    """Every address in ``text``, in order, repeats included. Plain words give an empty list.

    With a scheme (or ``www.``) a text counts as an address even when it must be refused; without
    one it counts only when it can be taken, is no file name and no missing space after a full
    stop. E-mail addresses are not addresses of pages and are passed over.
    """
    return [
        found
        for start, piece in _pieces(text)
        if (found := _taken(*_trimmed(start, piece))) is not None
    ]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Stretches of text that may be an address, with where they begin."""
    for match in _PIECE.finditer(text):
        start, piece = match.start(), match[0]
        if not _SIGN.search(piece):
            continue
        cuts = {0, len(piece)}
        cuts.update(further.start() for further in _FURTHER.finditer(piece))
        cuts.update(stop.end() for stop in _FULL_STOP.finditer(piece))
        places = sorted(cuts)
        for begin, end in pairwise(places):
            yield start + begin, piece[begin:end]


def _trimmed(start: int, piece: str) -> tuple[int, str]:
    """Without the punctuation around it. A closing bracket stays when its opening one is inside."""
    body = piece.lstrip(_LEADING)
    start += len(piece) - len(body)
    surplus = {close: body.count(close) - body.count(_PAIRS[close]) for close in _PAIRS}
    end = len(body)
    while end:
        last = body[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return start, body[:end]


def _taken(start: int, raw: str) -> Found | None:
    if _OPENING.match(raw):
        try:
            return Found(raw, start, canonicalise(raw), None)
        except AddressRefused as refused:
            return Found(raw, start, None, refused.code)
    if "." not in raw and "。" not in raw and "dot" not in raw.lower():
        return None
    if _TOUCHES_EAST_ASIAN.search(raw) and (site := _LATIN_SITE.search(raw)):
        start, raw = _trimmed(start + site.start(), site[0])
    if _FILE_NAME.fullmatch(raw) or _CAPITALISED_END.fullmatch(raw):
        return None
    try:
        return Found(raw, start, canonicalise(raw), None)
    except AddressRefused:
        return None
