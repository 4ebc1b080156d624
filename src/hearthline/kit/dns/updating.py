# SPDX-License-Identifier: Apache-2.0
"""Feeding the list to a primary that others run, as Knot DNS: dynamic updates, RFC 2136.

The canary's text tells which serial the server has, so nothing is remembered here: what is missing
is sent in messages of bounded size, and the last one of all changes the canary. Every message asks
that the canary still says what it said, so that two feeders cannot mix. A feed that was cut short
is sent again from its beginning, which changes nothing that is there already.
"""

import secrets
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hearthline.kit.dns import tsig, versions, wire
from hearthline.kit.dns.rendering import Renderer
from hearthline.kit.dns.tsig import Key, Signer
from hearthline.kit.dns.versions import Changes, Version
from hearthline.kit.dns.wire import HEADER, Code, Kind, Malformed, Opcode
from hearthline.kit.formats import rpz

_BYTES = 32_000  # of updates in a message; 65,535 is the end
_SECONDS = 60.0
_IN, _ANY = 1, 255


class UpdateRefused(Exception):
    """The server did not take an update, or did not say which serial it has."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the zone is fed to, and the key it knows us by."""

    address: str
    port: int
    key: Key


class Feeder:
    """Feeds one zone. `clock` gives seconds since 1970."""

    def __init__(self, policy: rpz.Policy, server: Server, clock: Callable[[], float]) -> None:
        self._policy, self._server, self._clock = policy, server, clock
        self._zone = wire.name(policy.zone)
        self._renderer = Renderer(policy)

    def serial(self) -> int:
        """The serial the server has. Raises UpdateRefused or OSError."""
        name = wire.labels(self._policy.canary.encode()) + self._zone
        question = name + struct.pack(">HH", Kind.TXT, _IN)
        header = HEADER.pack(secrets.randbits(16), 0, 1, 0, 0, 0)
        answer = self._exchange(header + question)
        try:
            count = HEADER.unpack_from(answer)[3]
            place = wire.end_of_name(answer, HEADER.size) + 4
            texts = [
                answer[each.start + 1 : each.end].decode("ascii", "replace")
                for each in wire.records(answer, place, count)
                if each.kind == Kind.TXT
            ]
        except (Malformed, struct.error, IndexError):
            texts = []
        for text in texts:
            mark, number = text[: len(rpz.SERIAL_MARK)], text[len(rpz.SERIAL_MARK) :]
            if mark == rpz.SERIAL_MARK and number.isdecimal():
                return int(number)
        raise UpdateRefused(
            f"{self._policy.canary} below {self._policy.zone} tells no serial; load the zone once "
            "from `hearthline blocklist zone-file`."
        )

    def feed(self, folder: Path) -> Version | None:
        """Brings the server to the newest version; None where it was there already.

        Raises UpdateRefused, VersionBroken or OSError.
        """
        newest, held = versions.newest(folder), self.serial()
        if newest is None or newest.serial == held:
            return None
        if newest.serial < held:
            raise UpdateRefused(
                f"the server has serial {held} already, and the folder holds {newest.serial}; "
                f"write a version above {held}."
            )
        steps: list[Changes] = []
        for changes in versions.chain(folder, newest):
            steps.insert(0, changes)
            if changes.previous <= held:
                break
        if not steps or steps[0].previous != held:
            raise UpdateRefused(
                f"what changed since serial {held} is not kept any more; load the zone anew from "
                "`hearthline blocklist zone-file`."
            )
        for message in self.messages(held, newest.serial, steps):
            self._exchange(message)
        return newest

    def messages(self, held: int, serial: int, steps: Iterable[Changes]) -> Iterator[bytes]:
        """The updates from one serial to another, unsigned."""
        wanted = self._renderer.canary_text(held)
        # A prerequisite has no time to live: RFC 2136 section 2.4.2.
        owner = wire.below_question(self._policy.canary.encode())
        prerequisite = wanted[: len(owner) + 4] + bytes(4) + wanted[len(owner) + 8 :]
        parts: list[bytes] = []
        size = count = 0
        for part, records in self._updates(steps):
            if size + len(part) > _BYTES and parts:
                yield self._message(prerequisite, parts, count)
                parts, size, count = [], 0, 0
            parts.append(part)
            size += len(part)
            count += records
        parts += [
            owner + wire.tail(Kind.TXT, 0, b"", class_=_ANY),
            self._renderer.canary_text(serial),
        ]
        yield self._message(prerequisite, parts, count + 2)

    def _updates(self, steps: Iterable[Changes]) -> Iterator[tuple[bytes, int]]:
        everything = wire.tail(_ANY, 0, b"", class_=_ANY)  # RFC 2136 section 2.5.3
        for step in steps:
            for line in step.removed:
                owner = wire.below_question(line[:-3])
                part = owner + everything
                wide = line.endswith(b"1\n")
                yield (part + b"\1*" + part, 2) if wide else (part, 1)
            for page in self._renderer.pages(step.added):
                yield page.wire, page.records

    def _message(self, prerequisite: bytes, parts: list[bytes], count: int) -> bytes:
        header = HEADER.pack(secrets.randbits(16), Opcode.UPDATE << 11, 1, 1, count, 0)
        zone = self._zone + struct.pack(">HH", Kind.SOA, _IN)
        return b"".join((header, zone, prerequisite, *parts))

    def _exchange(self, message: bytes) -> bytes:
        """The server's signed answer. Raises UpdateRefused or OSError."""
        now = int(self._clock())
        signer = Signer(self._server.key, b"", now)
        signed = signer.sign(message)
        place = (self._server.address, self._server.port)
        with socket.create_connection(place, timeout=_SECONDS) as channel:
            channel.sendall(struct.pack(">H", len(signed)) + signed)
            with channel.makefile("rb") as file:
                (size,) = struct.unpack(">H", file.read(2) or b"\0\0")
                answer = file.read(size)
        if len(answer) < HEADER.size or answer[:2] != message[:2]:
            raise UpdateRefused("the server ended the connection without an answer.")
        code = HEADER.unpack_from(answer)[1] & 15
        if code != Code.NOERROR:
            named = next((each.name for each in Code if each == code), f"code {code}")
            raise UpdateRefused(f"the server refused: {named}.")
        if not tsig.answer_holds(answer, self._server.key, signer.mac, now):
            raise UpdateRefused("the answer was not signed with the key.")
        return answer
