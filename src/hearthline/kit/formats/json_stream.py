# SPDX-License-Identifier: Apache-2.0
"""Reads a large JSON document piece by piece, and goes on behind a piece that is broken.

Hash sets come as one document of a hundred megabytes and more, and real ones hold broken pieces
(a path with single backslashes, a cut end). A streaming parser stops at the first; here a broken
value is stepped over by its brackets, so one bad item costs one item. Values are decoded by the
standard library's C scanner, which measured faster than a streaming parser (182 against
131 MB/s). Memory is bounded by the longest single value.

    stream = JsonStream(file)
    for key in stream.members():
        if key == "value":
            for number in stream.elements():
                item = stream.value()
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

LONGEST_VALUE = 8_000_000
# How much, in longest values, is searched for the ends of values that have none. Each search reads
# all that waits, so that a small document made of nothing else would take hours.
_MOST_SEARCHED = 32
_CHUNK = 1 << 18
_FAR = 1 << 12
_SPACE = re.compile(r"[ \t\n\r]*")
# Strings (which end at a line's end if nobody closed them), and brackets outside of them.
# What was matched is never given back (`++`, `*+`): a way back would take 100 bytes a character.
_STRUCTURE = re.compile(r'"(?:[^"\\\n]++|\\[\s\S])*+(["\n]?)|[][{}]')
_AFTER_BARE = re.compile(r"[,\]}\n]")
_FIRST_KEY = re.compile(r'\{\s*("[^"\\\n]*")\s*:')
_LONGEST_BOM = 3
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BrokenValue(ValueError):
    """One value was not readable and has been stepped over; the next can be read."""


class BrokenDocument(ValueError):
    """The document cannot be read from here on."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class JsonStream:
    """A position in a document. Each member and element must be taken before the next one.

    UTF-8 with or without a byte order mark, or UTF-16 with one. Bytes that are no text become
    U+FFFD: a file name in an old encoding must not cost the hash beside it.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        start = source.read(_CHUNK)
        while 0 < len(start) < _LONGEST_BOM and (more := source.read(_CHUNK)):
            start += more
        encoding = "utf-16" if start.startswith(_UTF16) else "utf-8-sig"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._scan = json.JSONDecoder(strict=False, parse_constant=_no_constant).raw_decode
        self._text = self._decoder.decode(start)
        self._at = 0
        self._before = 0
        self._ended = False
        self._searched = 0

    @property
    def position(self) -> int:
        """Characters read so far."""
        return self._before + self._at

    def next_is(self, character: str) -> bool:
        """Whether the next value begins with this character, `{` or `[`."""
        return self._peek() == character

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; take each value before asking for the next.

        Raises BrokenDocument where there is no object or its punctuation is broken.
        """
        self._expect("{")
        while self._peek() != "}":
            try:
                key = self.value()
            except BrokenValue as fault:
                raise BrokenDocument(str(fault)) from fault
            if not isinstance(key, str):
                raise self._broken("a key was expected")
            self._expect(":")
            yield key
            self._comma("}")
        self._at += 1

    def elements(self) -> Iterator[int]:
        """The numbers (from 0) of the elements of the array that begins here."""
        self._expect("[")
        number = 0
        while self._peek() != "]":
            yield number
            number += 1
            self._comma("]")
        self._at += 1

    def value(self) -> Any:
        """The next value, whole. Raises BrokenValue (stepped over) or BrokenDocument."""
        self._peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except (ValueError, RecursionError) as fault:
                self._step_over(fault)
                continue
            # A number at the edge of what was read may go on: `1`, `1.`, `1e+`.
            if len(self._text) - end < 3 and not self._ended:
                self._fill()
                continue
            self._at = end
            return value

    def at_end(self) -> bool:
        """Whether nothing follows."""
        return self._peek() == ""

    def _step_over(self, fault: Exception) -> None:
        """After a failed value: reads more if it is not complete, else leaves it behind."""
        if self._at > _FAR:
            # A fault is told by its line and column, counted from where the text begins.
            self._let_go()
        end = self._end_of_value()
        if end is None and len(self._text) - self._at <= LONGEST_VALUE and self._fill():
            return
        if end is None:
            self._searched += len(self._text) - self._at
            if self._searched <= _MOST_SEARCHED * LONGEST_VALUE:
                end = self._next_alike()
        if end is None:
            raise self._broken("a value does not end: the file was cut, or a quote is missing")
        first, self._at = self.position, end
        reason = getattr(fault, "msg", "nested too deeply, or not JSON")
        raise BrokenValue(
            f"not JSON ({reason}); characters {first} to {self.position} were left out"
        ) from fault

    def _end_of_value(self) -> int | None:
        """Behind the brackets or quotes that close what opens here, None if not read yet."""
        opening = self._text[self._at : self._at + 1]
        if opening not in ("[", "{", '"'):
            found = _AFTER_BARE.search(self._text, self._at)
            # Never stand still: a stray comma is one character long.
            return max(found.start(), self._at + 1) if found else None
        depth = 0
        for match in _STRUCTURE.finditer(self._text, self._at):
            mark = match.group()
            if mark[0] == '"' and not match.group(1):
                return None
            if mark in "[{":
                depth += 1
            elif mark in "]}":
                depth -= 1
            if depth == 0:
                return match.end()
        return None

    def _next_alike(self) -> int | None:
        """Where the next object begins with the same key as the one here.

        A missing quote turns the text around it inside out, so that no bracket can be trusted.
        """
        opening = _FIRST_KEY.match(self._text, self._at)
        if opening is None:
            return None
        alike = re.compile(r"\{\s*" + re.escape(opening.group(1)) + r"\s*:")
        found = alike.search(self._text, self._at + 1)
        return found.start() if found else None

    def _peek(self) -> str:
        """The next character that is no space, empty at the end; what was read before is let go."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _fill(self) -> bool:
        """Reads on, at least as much again as is waiting, so that retries stay linear."""
        if self._ended:
            return False
        self._let_go()
        rest = self._text
        chunk = self._source.read(max(_CHUNK, len(rest)))
        self._ended = not chunk
        self._text = rest + self._decoder.decode(chunk, final=self._ended)
        return len(self._text) > len(rest) or not self._ended

    def _let_go(self) -> None:
        """Forgets what was read."""
        self._before += self._at
        self._text, self._at = self._text[self._at :], 0

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise self._broken(f"{character} was expected")
        self._at += 1

    def _comma(self, closing: str) -> None:
        """Steps over the comma between two; where one is missing before `{` it is forgiven."""
        following = self._peek()
        if following == ",":
            self._at += 1
        elif following not in (closing, "{") or not following:
            what = "the file ends too early" if not following else f", or {closing} was expected"
            raise self._broken(what)

    def _broken(self, reason: str) -> BrokenDocument:
        return BrokenDocument(f"{reason}, at character {self.position}")
