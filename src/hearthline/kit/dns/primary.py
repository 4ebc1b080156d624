# SPDX-License-Identifier: Apache-2.0
"""The primary itself: sockets and threads around `answering`, and a look into the folder.

What comes from the net is bounded before anything is done with it: connections in all and for
each address, the time for a query and for each message of an answer, and the size of a query.
"""

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from hearthline.kit.dns.answering import Answers
from hearthline.kit.dns.editions import Editions
from hearthline.kit.dns.notifying import Notifier

_LARGEST_QUERY = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what a stranger can hold. Times in seconds."""

    connections: int = 64
    connections_each: int = 8
    queries_each: int = 100  # on one connection
    wait_for_query: float = 10.0
    send_message: float = 30.0  # 64 KiB at most: 2 KiB/s is slow enough
    look: float = 0.25  # between looks into the folder


class Primary:
    """Serves one zone on one address, UDP and TCP. `tell` takes sentences for the operator."""

    def __init__(
        self,
        editions: Editions,
        answers: Answers,
        notifier: Notifier,
        *,
        address: tuple[str, int],
        tell: Callable[[str], None],
        limits: Limits | None = None,
    ) -> None:
        self._editions, self._answers, self._notifier = editions, answers, notifier
        self._tell, self._limits = tell, limits or Limits()
        self._host, self.port = address
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._said = ""
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def start(self) -> None:
        """Opens the sockets, takes in the newest version and serves. Raises OSError.

        Raises WentBack or VersionBroken where the folder cannot be served; afterwards, a version
        that cannot be served is told, and the one before stays.
        """
        self._editions.refresh()
        family = socket.AF_INET if ip_address(self._host).version == 4 else socket.AF_INET6
        tcp = socket.socket(family, socket.SOCK_STREAM)
        self._sockets.append(tcp)
        udp = socket.socket(family, socket.SOCK_DGRAM)
        self._sockets.append(udp)
        try:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind((self._host, self.port))
            self.port = tcp.getsockname()[1]
            udp.bind((self._host, self.port))
            tcp.listen(128)
        except OSError:
            self.close()
            raise
        self._announce()
        for work in (lambda: self._accept(tcp), lambda: self._receive(udp), self._follow):
            threading.Thread(target=work, name="primary", daemon=True).start()

    def close(self) -> None:
        """Stops. A transfer under way ends where it is."""
        self._over.set()
        self._notifier.close()
        for each in self._sockets:
            # Wakes a thread that waits in accept or recvfrom; closing alone would not.
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _announce(self) -> None:
        edition = self._editions.current
        if edition is not None:
            self._tell(f"serves serial {edition.serial}, {edition.version.names} names.")
            self._notifier.announce(edition.serial, edition.soa.wire)

    def _follow(self) -> None:
        while not self._over.wait(self._limits.look):
            try:
                if self._editions.refresh():
                    self._said = ""
                    self._announce()
            except Exception as fault:  # whatever it is, what is served goes on
                # Said once, not four times a second.
                if str(fault) != self._said:
                    self._said = str(fault)
                    self._tell(f"{fault} What was served before is served on.")

    def _receive(self, channel: socket.socket) -> None:
        while not self._over.is_set():
            try:
                message, sender = channel.recvfrom(_LARGEST_QUERY)
                if sender is None:  # woken by close
                    continue
                for answer in self._answers.to(message, sender[0], over_tcp=False):
                    channel.sendto(answer, sender)
            except OSError:
                self._over.wait(0.01)  # a sender that is gone; or all is over
            except Exception as fault:  # one packet must not end the service
                self._tell(f"a packet was not answered: {type(fault).__name__}.")

    def _accept(self, listening: socket.socket) -> None:
        while not self._over.is_set():
            try:
                channel, sender = listening.accept()
            except OSError:
                self._over.wait(0.05)  # no descriptors left; or all is over
                continue
            address = sender[0]
            if not self._enters(address):
                channel.close()
                continue
            try:
                threading.Thread(
                    target=self._converse, args=(channel, address), name="transfer", daemon=True
                ).start()
            except RuntimeError:  # no thread can be had
                channel.close()
                self._leaves(address)

    def _enters(self, address: str) -> bool:
        with self._lock:
            full = self._open.total() >= self._limits.connections
            if full or self._open[address] >= self._limits.connections_each:
                return False
            if not self._answers.access.may_ask(address):
                return False
            self._open[address] += 1
            return True

    def _leaves(self, address: str) -> None:
        with self._lock:
            self._open[address] -= 1
            if self._open[address] <= 0:
                del self._open[address]

    def _converse(self, channel: socket.socket, address: str) -> None:
        try:
            with channel:
                channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for _ in range(self._limits.queries_each):
                    query = self._query(channel)
                    if query is None:
                        return
                    for answer in self._answers.to(query, address, over_tcp=True):
                        if self._over.is_set():
                            return
                        channel.settimeout(self._limits.send_message)
                        channel.sendall(struct.pack(">H", len(answer)) + answer)
        except OSError:
            pass  # the other side went away, or was too slow
        finally:
            self._leaves(address)

    def _query(self, channel: socket.socket) -> bytes | None:
        """The next query of a connection, None at its end or where none comes in time."""
        until = time.monotonic() + self._limits.wait_for_query
        head = _exactly(channel, 2, until)
        size = struct.unpack(">H", head)[0] if head else 0
        return _exactly(channel, size, until) if 0 < size <= _LARGEST_QUERY else None


def _exactly(channel: socket.socket, size: int, until: float) -> bytes | None:
    found = b""
    while len(found) < size:
        left = until - time.monotonic()
        if left <= 0:
            return None
        channel.settimeout(left)
        part = channel.recv(size - len(found))
        if not part:
            return None
        found += part
    return found
