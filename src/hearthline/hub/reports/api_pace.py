# SPDX-License-Identifier: Apache-2.0
"""How often one key may ask. Kept in memory by key, never by where the request came from."""

import math
import threading
import uuid
from datetime import UTC, datetime, timedelta

from django.conf import settings

MINUTE = timedelta(minutes=1)


class Pace:
    """For each key a bucket that holds a minute's requests and refills evenly."""

    def __init__(self) -> None:
        self._buckets: dict[uuid.UUID, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, key: uuid.UUID, at: datetime) -> int:
        """Take one request of `key`; 0, or the seconds until there is one again."""
        most = settings.PACK.partners.requests_per_minute
        with self._lock:
            left, since = self._buckets.get(key, (float(most), datetime.min.replace(tzinfo=UTC)))
            left = min(float(most), left + (at - since) / MINUTE * most)
            if left < 1:
                return math.ceil((1 - left) * MINUTE.total_seconds() / most)
            self._buckets[key] = (left - 1, at)
            return 0

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._buckets.clear()


pace = Pace()
