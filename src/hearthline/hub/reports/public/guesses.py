# SPDX-License-Identifier: Apache-2.0
"""Slowing down whoever tries receipts. Nobody's address is looked at or kept.

One bucket for the whole process: each wrong receipt takes a token, one comes back every second.
With 9 * 10^14 receipts a guesser needs millions of years; a person with a slip of the pen waits a
moment at worst.
"""

import threading
from datetime import UTC, datetime, timedelta


class Guesses:
    """A bucket of `most` tokens that refills by one every `each`."""

    def __init__(self, *, most: int, each: timedelta) -> None:
        self._most, self._each = most, each
        self._left, self._since = float(most), datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def too_many(self, at: datetime) -> bool:
        """Whether whoever asks now has to wait a moment, right or wrong."""
        with self._lock:
            self._refill(at)
            return self._left < 1

    def missed(self, at: datetime) -> None:
        """Somebody gave a receipt that no report has."""
        with self._lock:
            self._refill(at)
            self._left = max(0.0, self._left - 1)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._left = float(self._most)

    def _refill(self, at: datetime) -> None:
        if at > self._since:
            came = (at - self._since) / self._each
            self._left = min(float(self._most), self._left + came)
            self._since = at


guesses = Guesses(most=30, each=timedelta(seconds=1))
