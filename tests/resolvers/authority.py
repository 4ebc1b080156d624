# SPDX-License-Identifier: Apache-2.0
"""The rest of the internet, on loopback: a server with the same two addresses for every name."""

import socketserver
import struct
import threading
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.opcode
import dns.rrset

ORDINARY = {"A": "198.51.100.1", "AAAA": "2001:db8:ffff::1"}
_SOA = "ns.example. hostmaster.example. 1 3600 600 86400 5"


class Authority:
    """`asked` has every name it was asked for, in lower case."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        authority = self

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                message, channel = self.request
                if answer := authority.answer(message):
                    channel.sendto(answer, self.client_address)

        class Stream(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while head := self.rfile.read(2):
                    message = self.rfile.read(struct.unpack(">H", head)[0])
                    answer = authority.answer(message) or b""
                    self.wfile.write(struct.pack(">H", len(answer)) + answer)

        self._tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stream)
        self._tcp.daemon_threads = True
        self.port: int = self._tcp.server_address[1]
        self._udp = socketserver.UDPServer(("127.0.0.1", self.port), Datagram)

    def __enter__(self) -> Self:
        for server in (self._tcp, self._udp):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for server in (self._tcp, self._udp):
            server.shutdown()
            server.server_close()

    def answer(self, message: bytes) -> bytes | None:
        try:
            asked = dns.message.from_wire(message)
        except dns.exception.DNSException:
            return None
        if asked.opcode() != dns.opcode.QUERY or not asked.question:
            return None
        answer = dns.message.make_response(asked, recursion_available=True)
        answer.flags |= dns.flags.AA
        name, kind = asked.question[0].name, asked.question[0].rdtype
        self.asked.add(str(name).lower().rstrip("."))
        data = ORDINARY.get(dns.rdatatype.to_text(kind))
        if data:
            answer.answer.append(dns.rrset.from_text(name, 300, "IN", kind, data))
        else:
            answer.authority.append(dns.rrset.from_text(name, 5, "IN", "SOA", _SOA))
        return answer.to_wire()
