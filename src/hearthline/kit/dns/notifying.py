# SPDX-License-Identifier: Apache-2.0
"""Telling resolvers that there is a new version: NOTIFY, RFC 1996.

A message is repeated until it is answered, or until there is something newer to tell.
"""

import secrets
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from hearthline.kit.dns import tsig, wire
from hearthline.kit.dns.tsig import Key, Signer
from hearthline.kit.dns.wire import Kind, Opcode

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds to wait for an answer, in turn
_IN = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Who is told. With a key the message is signed, and only a signed answer counts."""

    address: str
    port: int = 53
    key: Key | None = None

    def __str__(self) -> str:
        return f"{self.address}@{self.port}"


class Notifier:
    """Tells all targets of the newest serial, each on a thread of its own.

    Resolvers listen to the address they transfer from, so `source` is where the primary listens.
    """

    def __init__(
        self,
        zone: str,
        targets: Sequence[Target],
        clock: Callable[[], float],
        tell: Callable[[str], None],
        *,
        source: str = "0.0.0.0",  # noqa: S104 - any address, for sending
    ) -> None:
        self._source = ip_address(source)
        self._zone, self._targets = wire.name(zone), targets
        self._clock, self._tell = clock, tell
        self._newest = 0
        self._over = threading.Event()

    def announce(self, serial: int, soa: bytes) -> None:
        """Starts telling. `soa` is the zone's SOA record behind a question about the zone."""
        self._newest = serial
        for target in self._targets:
            threading.Thread(
                target=self._announce, args=(target, serial, soa), name="notify", daemon=True
            ).start()

    def close(self) -> None:
        """Stops telling within the pause a thread is in."""
        self._over.set()

    def _announce(self, target: Target, serial: int, soa: bytes) -> None:
        version = ip_address(target.address).version
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            try:
                if version == self._source.version:
                    channel.bind((str(self._source), 0))
                channel.connect((target.address, target.port))
            except OSError as fault:
                self._tell(f"{target} cannot be notified: {fault.strerror}.")
                return
            for pause in PAUSES:
                if self._over.is_set() or serial != self._newest:
                    return
                if self._answered(channel, target, soa, pause):
                    return
        self._tell(f"{target} did not answer to the notice of serial {serial}.")

    def _answered(self, channel: socket.socket, target: Target, soa: bytes, pause: float) -> bool:
        now = int(self._clock())
        message = notice(self._zone, soa, secrets.randbits(16))
        mac = b""
        if target.key is not None:
            signer = Signer(target.key, b"", now)
            message = signer.sign(message)
            mac = signer.mac
        try:
            channel.settimeout(pause)
            channel.send(message)
            answer = channel.recv(4096)
        except TimeoutError:
            return False
        except OSError:  # nobody listens there: yet
            self._over.wait(pause)
            return False
        if len(answer) < wire.HEADER.size or answer[:2] != message[:2]:
            return False
        flags = wire.HEADER.unpack_from(answer)[1]
        if not flags & wire.RESPONSE or flags >> 11 & 15 != Opcode.NOTIFY:
            return False
        return target.key is None or tsig.answer_holds(answer, target.key, mac, now)


def notice(zone: bytes, soa: bytes, number: int) -> bytes:
    """RFC 1996 section 3: the question is the zone's SOA record, which the answer hints at."""
    flags = Opcode.NOTIFY << 11 | wire.AUTHORITATIVE
    question = zone + struct.pack(">HH", Kind.SOA, _IN)
    return wire.HEADER.pack(number, flags, 1, 1, 0, 0) + question + soa
