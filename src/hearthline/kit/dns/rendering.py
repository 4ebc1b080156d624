# SPDX-License-Identifier: Apache-2.0
"""The records of a list as the bytes of a transfer, rendered once and shared by all transfers.

A rendering is a tuple of pages of some hundred records, each the names and their records, in the
order of names. The next version shares every page in which nothing changed, so a change costs as
much as the change, and a transfer under way keeps the version it began with.
"""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from typing import NamedTuple

from hearthline.kit.dns import wire
from hearthline.kit.dns.versions import VersionBroken
from hearthline.kit.dns.wire import Kind
from hearthline.kit.formats import rpz

_LINES = 128  # names on a page
_BYTES = 16_384  # of records on a page, as far as its names allow
_PAGE = re.compile(rb"(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+\t[01]\n)+")


class Page(NamedTuple):
    """Lines of names.tsv and, for a message whose question is the zone, their records."""

    names: bytes
    wire: bytes
    records: int


class Renderer:
    """Records as the policy has them."""

    def __init__(self, policy: rpz.Policy) -> None:
        self.policy = policy
        tails = [wire.tail(kind, policy.ttl, data) for kind, data in _data(rpz.answers(policy))]
        self._records = len(tails)
        # `owner.join(parts)` sets the owner before each part but the first.
        self._once = (b"", *tails)
        *most, last = tails
        star = b"\1*"
        self._wide = (b"", *most, last + star, *(tail + star for tail in most), last)

    def soa(self, serial: int) -> bytes:
        """The record a transfer begins and ends with; the owner is the name asked for."""
        local, *domain = self.policy.mailbox
        mailbox = wire.name(".".join(["x", *domain]))[2:]
        mailbox = bytes([len(local)]) + local.encode() + mailbox
        numbers = (serial, rpz.REFRESH, rpz.RETRY, rpz.EXPIRE, self.policy.ttl)
        data = wire.name(self.policy.primary) + mailbox
        data += b"".join(number.to_bytes(4, "big") for number in numbers)
        return b"\xc0\x0c" + wire.tail(Kind.SOA, self.policy.ttl, data)

    def name_servers(self) -> bytes:
        """The NS record every zone must have."""
        return b"\xc0\x0c" + wire.tail(Kind.NS, self.policy.ttl, wire.name(self.policy.primary))

    def canary_text(self, serial: int) -> bytes:
        """The record that tells which serial a resolver applies."""
        return self._canary(rpz.canary_answers(self.policy, serial)[:1])

    def canary(self, serial: int) -> Page:
        """All records of the canary."""
        said = rpz.canary_answers(self.policy, serial)
        return Page(b"", self._canary(said), len(said))

    def pages(self, lines: Sequence[bytes]) -> Iterator[Page]:
        """Lines of names.tsv, as pages of like size. Raises VersionBroken for what is no name."""
        # A page that became too large is halved, so that both halves have room to grow.
        count = -(-len(lines) // _LINES)
        step = -(-len(lines) // max(1, count))
        for start in range(0, len(lines), max(1, step)):
            yield from self._page(lines[start : start + step])

    def _page(self, lines: Sequence[bytes]) -> Iterator[Page]:
        names = b"".join(lines)
        if not _PAGE.fullmatch(names):
            raise VersionBroken("the list has lines that are no names.")
        once, wide, pointed = self._once, self._wide, wire.below_question
        rendered = [pointed(line[:-3]).join(wide if line[-2] == 49 else once) for line in lines]
        whole = b"".join(rendered)
        if len(whole) > _BYTES and len(lines) > 1:
            half = len(lines) // 2
            yield from self._page(lines[:half])
            yield from self._page(lines[half:])
            return
        yield Page(names, whole, self._records * (len(lines) + names.count(b"\t1\n")))

    def _canary(self, said: Iterable[tuple[str, str]]) -> bytes:
        owner = wire.below_question(self.policy.canary.encode())
        tails = (wire.tail(kind, self.policy.ttl, data) for kind, data in _data(said))
        return b"".join(owner + tail for tail in tails)


class Rendering:
    """A version of the list, rendered. Never changes."""

    def __init__(self, renderer: Renderer, pages: tuple[Page, ...]) -> None:
        self._renderer = renderer
        self.pages = pages
        self.size = sum(len(page.wire) for page in pages)
        self.records = sum(page.records for page in pages)

    @classmethod
    def of(cls, content: bytes, renderer: Renderer) -> "Rendering":
        """Renders the bytes of a names.tsv. Raises VersionBroken."""
        pages: list[Page] = []
        start = 0
        while start < len(content):
            # A slice at a time: a list of a million lines would take more room than their records.
            end = content.find(b"\n", start + (1 << 20)) + 1 or len(content)
            pages += renderer.pages(content[start:end].splitlines(keepends=True))
            start = end
        return cls(renderer, tuple(pages))

    @property
    def sha256(self) -> str:
        """The digest of the names.tsv this is a rendering of."""
        digest = hashlib.sha256()
        for page in self.pages:
            digest.update(page.names)
        return digest.hexdigest()

    def changed(self, removed: Iterable[bytes], added: Iterable[bytes]) -> "Rendering":
        """The rendering with lines taken away and added. Raises VersionBroken."""
        firsts = self._firsts()
        out: dict[int, list[bytes]] = defaultdict(list)
        into: dict[int, list[bytes]] = defaultdict(list)
        for lines, by_page in ((removed, out), (added, into)):
            for line in lines:
                by_page[max(0, bisect_right(firsts, line) - 1)].append(line)
        pages: list[Page] = []
        kept = 0
        for number in sorted(out.keys() | into.keys()):
            pages += self.pages[kept:number]
            here = self.pages[number].names if number < len(self.pages) else b""
            lines_here = set(here.splitlines(keepends=True)) - set(out[number])
            pages += self._renderer.pages(sorted(lines_here | set(into[number])))
            kept = number + 1
        return Rendering(self._renderer, (*pages, *self.pages[kept:]))

    def covers(self, name: str) -> bool:
        """Whether the name, or a name above it with all below, is on the list."""
        host = name.encode()
        wanted = [host + b"\t0\n", host + b"\t1\n"]
        while host := host.partition(b".")[2]:
            wanted.append(host + b"\t1\n")
        firsts = self._firsts()
        places = [max(0, bisect_right(firsts, line) - 1) for line in wanted]
        return any(
            b"\n" + line in b"\n" + self.pages[place].names
            for line, place in zip(wanted, places, strict=True)
            if self.pages
        )

    def _firsts(self) -> list[bytes]:
        """The first line of each page."""
        return [page.names[: page.names.index(b"\n") + 1] for page in self.pages]


def _data(said: Iterable[tuple[str, str]]) -> Iterator[tuple[Kind, bytes]]:
    for kind, text in said:
        if kind == "TXT":
            yield Kind.TXT, bytes([len(text)]) + text.encode()
        elif kind == "CNAME":
            yield Kind.CNAME, b"\0"
        else:
            yield Kind[kind], ip_address(text).packed
