# SPDX-License-Identifier: Apache-2.0
"""A socket read within one deadline, however slowly its other end sends."""

import io
import socket
from collections.abc import Callable


class Timed(io.RawIOBase):
    """A socket's octets, each read within what is `left()` of the deadline, in seconds.

    `makefile` is all that `HTTPResponse` wants of a socket.
    """

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self._connection, self._left = connection, left

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(self._left())
        return self._connection.recv_into(buffer)
