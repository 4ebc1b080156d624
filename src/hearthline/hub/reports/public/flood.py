# SPDX-License-Identifier: Apache-2.0
"""Many reports at once: who sends more than the pack's measure proves some work, or waits apart.

Never a refusal. A report that comes in above the measure without a proof is received like every
other and held in the quarantine lane, where people look through it.
"""

import threading
from datetime import datetime, timedelta

from django.conf import settings

from hearthline.hub.reports.models import Report
from hearthline.hub.reports.public.networks import Bucket, Networks

# A page opened below this share of a measure carries a challenge already: it may be needed by the
# time somebody presses Send.
_SOON = 0.5


class Door:
    """The measure of one server process. Safe between its threads; nothing of it is kept."""

    def __init__(self) -> None:
        policy = settings.PACK.flood
        self._whole = timedelta(minutes=policy.network_minutes)
        self._all = Bucket.full(policy.process_reports, timedelta(minutes=policy.process_minutes))
        self._networks = Networks(policy.network_reports, self._whole)
        # Work buys room, as much again, and not without end.
        self._proven = Networks(policy.network_reports, self._whole)
        self._soon = (policy.network_reports * _SOON, policy.process_reports * _SOON)
        self._lock = threading.Lock()

    def is_busy(self, network: bytes, at: datetime) -> bool:
        """Whether a page opened now should carry a challenge."""
        with self._lock:
            mine, whole = self._networks.left(network, at), self._all.at(at)
        return mine < self._soon[0] or whole < self._soon[1]

    def receive(self, network: bytes, at: datetime, *, proven: bool) -> str:
        """Count one report; why it is held, "" where it is not.

        A network beyond its own measure takes nothing from everybody's.
        """
        with self._lock:
            mine, whole = self._networks.left(network, at), self._all.at(at)
            if mine >= 1 and whole >= 1:
                self._networks.take(network, at)
                self._all.take(at)
                return ""
            if proven and self._proven.left(network, at) >= 1:
                self._proven.take(network, at)
                return ""
        return Report.HeldBecause.NETWORK if mine < 1 else Report.HeldBecause.RUSH

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._all.fill()
            self._networks.forget()
            self._proven.forget()


door = Door()
