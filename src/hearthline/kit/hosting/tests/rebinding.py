# SPDX-License-Identifier: Apache-2.0
"""A DNS server on the loopback that changes its mind: each question gets the next answer."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

from hearthline.kit.hosting import Ask, ask_of
from hearthline.kit.hosting.names import addresses

LOOPBACK = "127.0.0.1"


class Rebinding:
    """Answers A questions from `turns`, one turn a question, the last for ever; nothing else."""

    def __init__(self, turns: Sequence[Sequence[str]]) -> None:
        self.turns = list(turns)
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self._socket.settimeout(0.1)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def ask(self) -> Ask:
        """The resolver of the kit, asking this server and no other."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [LOOPBACK]
        resolver.port = self._socket.getsockname()[1]
        return ask_of(resolver)

    def resolve(self, name: str) -> Sequence[str]:
        return addresses(self.ask, name)

    def close(self) -> None:
        self._closing.set()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                wire, visitor = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(wire), visitor)

    def _answer(self, wire: bytes) -> bytes:
        question = dns.message.from_wire(wire)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        (asked,) = question.question
        if dns.rdatatype.to_text(asked.rdtype) == "A":
            turn = self.turns[min(self.asked, len(self.turns) - 1)]
            self.asked += 1
            reply.answer.append(dns.rrset.from_text(asked.name, 0, "IN", "A", *turn))
        return reply.to_wire()


@contextlib.contextmanager
def rebinding(*turns: Sequence[str]) -> Iterator[Rebinding]:
    server = Rebinding(turns)
    try:
        yield server
    finally:
        server.close()
