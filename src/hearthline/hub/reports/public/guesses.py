# SPDX-License-Identifier: Apache-2.0
"""Slowing down whoever tries receipts, without a trace of who it was.

Each receipt that no report has takes a token from its network's bucket and one from everybody's.
A network that has none left waits, a little longer each time it comes too early, at most a
minute. While everybody's bucket is empty, only networks that missed nothing lately are let in.
The arithmetic is in docs/decisions.md.
"""

import threading
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from hearthline.hub.reports.public.networks import Bucket, Networks

WAITS: Final = (5, 10, 20, 40, 60)  # seconds


class Guesses:
    """Buckets of unknown receipts. Safe between threads; nothing of it is kept."""

    def __init__(self) -> None:
        policy = settings.PACK.flood
        self._network = Networks(
            policy.network_guesses, policy.network_guesses * _seconds(policy.network_guess_seconds)
        )
        self._all = Bucket.full(
            policy.process_guesses, policy.process_guesses * _seconds(policy.process_guess_seconds)
        )
        # How often a network came too early: a bucket that is emptied by impatience.
        self._patience = Networks(len(WAITS), timedelta(minutes=5))
        self._most = policy.network_guesses
        self._lock = threading.Lock()

    def wait(self, network: bytes, at: datetime) -> int:
        """Seconds whoever asks now is told to wait, right or wrong; 0 to go ahead."""
        with self._lock:
            left = self._network.left(network, at)
            if left >= 1 and (self._all.at(at) >= 1 or left >= self._most):
                return 0
            early = len(WAITS) - int(self._patience.left(network, at))
            self._patience.take(network, at)
        return WAITS[min(early, len(WAITS) - 1)]

    def missed(self, network: bytes, at: datetime) -> None:
        """Somebody gave a receipt that no report has."""
        with self._lock:
            self._network.take(network, at)
            self._all.take(at)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._network.forget()
            self._patience.forget()
            self._all.fill()


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


guesses = Guesses()
