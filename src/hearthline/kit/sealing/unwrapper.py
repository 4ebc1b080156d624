# SPDX-License-Identifier: Apache-2.0
"""Where a desk key ring comes from in clear: the setting itself, or a key service that opens it.

Asked once when a program starts, never per row: a key service that is slow or down then stops a
start and not a page. What is asked and answered is never logged.
"""

import socket
import subprocess
from collections.abc import Sequence
from typing import Protocol

TIMEOUT = 20.0
_LONGEST = 64 * 1024


class UnwrapFailed(Exception):
    """The key service gave nothing that can be used. The text says why and shows no key."""


class Unwrapper(Protocol):
    """Opens a wrapped text."""

    def unwrap(self, wrapped: str) -> str:
        """The clear text. Raises UnwrapFailed."""


class Local:
    """The setting holds the text in clear."""

    def unwrap(self, wrapped: str) -> str:
        return wrapped


class Program:
    """A program that reads the wrapped text on its standard input and prints it in clear."""

    def __init__(self, command: Sequence[str], *, timeout: float = TIMEOUT) -> None:
        self._command, self._timeout = list(command), timeout

    def unwrap(self, wrapped: str) -> str:
        return run(self._command, given=wrapped, timeout=self._timeout)


class UnixSocket:
    """A service on a Unix socket: it is sent the wrapped text, then answers until it hangs up."""

    def __init__(self, path: str, *, timeout: float = TIMEOUT) -> None:
        self._path, self._timeout = path, timeout

    def unwrap(self, wrapped: str) -> str:
        answer = b""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(self._timeout)
                line.connect(self._path)
                line.sendall(wrapped.encode())
                line.shutdown(socket.SHUT_WR)
                while (part := line.recv(4096)) and len(answer) <= _LONGEST:
                    answer += part
        except OSError as error:
            raise UnwrapFailed(f"the key service does not answer: {error}") from None
        return _text(answer, "the key service")


def run(command: Sequence[str], *, given: str = "", timeout: float = TIMEOUT) -> str:
    """What a program prints, without the spaces around it. No shell. Raises UnwrapFailed.

    Its standard error goes nowhere, because it may quote what it was given.
    """
    if not command:
        raise UnwrapFailed("the command is empty")
    name = command[0]
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own program, by its argument list
            command, input=given.encode(), capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnwrapFailed(f"{name} did not end within {timeout:g} seconds") from None
    except OSError as error:
        raise UnwrapFailed(f"{name} cannot be run: {error.strerror}") from None
    if done.returncode:
        raise UnwrapFailed(f"{name} ended with {done.returncode}")
    return _text(done.stdout, name)


def _text(answer: bytes, name: str) -> str:
    try:
        text = answer.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(answer) > _LONGEST:
        raise UnwrapFailed(f"{name} gave nothing that can be a key")
    return text
