# SPDX-License-Identifier: Apache-2.0
"""How often a key may call: one allowance for all worker processes, in a small shared file.

The generic cell rate algorithm needs one number a key: the moment up to which its calls are
spoken for. A call moves it on by its share of a second; a key may be a second of calls ahead.
"""

import fcntl
import mmap
import os
import struct
from pathlib import Path

FILE = "allowances"
_NUMBER = struct.Struct("<d")


class Allowance:
    """The allowances of all keys. `slot` is the key's place."""

    def __init__(self, path: Path, slots: int) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = (slots + 1) * _NUMBER.size
        if os.fstat(self._handle).st_size < size:
            os.ftruncate(self._handle, size)
        self._memory = mmap.mmap(self._handle, size)

    def close(self) -> None:
        """Lets go of the file."""
        self._memory.close()
        os.close(self._handle)

    def wait(self, slot: int, rate: float, *, now: float, ahead: float = 1.0) -> float:
        """Takes one call of `rate` a second; or the seconds to wait, and nothing is taken.

        `now` is of a clock that all processes share and that never goes back.
        """
        place = slot * _NUMBER.size
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            (spoken_for,) = _NUMBER.unpack_from(self._memory, place)
            # Further ahead than any call can go: left over from before the machine started anew.
            start = now if spoken_for > now + ahead + 1 else max(spoken_for, now)
            over = start + 1 / rate - now - max(ahead, 1 / rate)
            if over > 1e-9:
                return float(over)
            _NUMBER.pack_into(self._memory, place, start + 1 / rate)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        return 0.0
