# SPDX-License-Identifier: Apache-2.0
"""How much one network has sent lately: in this process's memory, for minutes, and nowhere else.

An address is looked at while its request is answered. What stays is a count under the HMAC of its
network's prefix, with a random key that is thrown away, with every count, each twenty minutes.
Nothing of it is written, logged or audited; nobody can tell afterwards who was here.
"""

import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

KEY_LIVES: Final = timedelta(minutes=20)
# Some four megabytes. Networks beyond it share one bucket until the key is changed.
MOST_NETWORKS: Final = 20_000
_IPV6_PREFIX: Final = 7  # bytes: a /56, the usual share of one household or school
_SHARED: Final = b""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def network_of(request: HttpRequest) -> bytes:
    """The prefix of the network a request comes from; b"" where it cannot be told.

    Without trusted proxies it is the connection's own address, whatever the headers say. With n
    of them it is the n-th address from the right of X-Forwarded-For: the one the outermost
    trusted proxy saw itself. What stands left of it anybody can write.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(passed) >= proxies:
            address = passed[-proxies]
    return _prefix(address)


def _prefix(address: str) -> bytes:
    try:
        found = ip_address(_without_port(address.strip()))
    except ValueError:
        return _SHARED
    if isinstance(found, IPv6Address):
        mapped: IPv4Address | None = found.ipv4_mapped
        return mapped.packed if mapped else found.packed[:_IPV6_PREFIX]
    return found.packed


def _without_port(address: str) -> str:
    """The address alone: some proxies write "192.0.2.1:4711" or "[2001:db8::1]:4711"."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


@dataclass(slots=True)
class Bucket:
    """A number of tokens that comes back steadily, to at most `most` after `whole`."""

    most: int
    whole: timedelta
    left: float
    since: datetime

    @classmethod
    def full(cls, most: int, whole: timedelta) -> "Bucket":
        return cls(most, whole, float(most), _LONG_AGO)

    def at(self, at: datetime) -> float:
        """Tokens there are now."""
        if at > self.since:
            came = self.most * ((at - self.since) / self.whole)
            self.left = min(float(self.most), self.left + came)
            self.since = at
        return self.left

    def take(self, at: datetime) -> None:
        self.left = max(0.0, self.at(at) - 1)

    def fill(self) -> None:
        """Begin anew."""
        self.left, self.since = float(self.most), _LONG_AGO


class Networks:
    """A bucket for each network, bounded in number and forgotten with the key."""

    def __init__(self, most: int, whole: timedelta, *, networks: int = MOST_NETWORKS) -> None:
        self._most, self._whole, self._networks = most, whole, networks
        self._lock = threading.Lock()
        self.forget()

    def __len__(self) -> int:
        return len(self._buckets)

    def left(self, network: bytes, at: datetime) -> float:
        """Tokens this network has now. Looking keeps nothing."""
        with self._lock:
            self._renew(at)
            bucket = self._found(network)
            return bucket.at(at) if bucket else float(self._most)

    def take(self, network: bytes, at: datetime) -> None:
        with self._lock:
            self._renew(at)
            bucket = self._found(network)
            if bucket is None:
                bucket = self._buckets[self._name(network)] = Bucket.full(self._most, self._whole)
            bucket.take(at)

    def forget(self) -> None:
        """Throw the key away, and every count with it."""
        self._key = secrets.token_bytes(32)
        self._buckets: dict[bytes, Bucket] = {}
        self._overflow = Bucket.full(self._most, self._whole)
        self._until = _LONG_AGO

    def _found(self, network: bytes) -> Bucket | None:
        bucket = self._buckets.get(self._name(network))
        if bucket is None and len(self._buckets) >= self._networks:
            return self._overflow
        return bucket

    def _renew(self, at: datetime) -> None:
        if at >= self._until:
            self.forget()
            self._until = at + KEY_LIVES

    def _name(self, network: bytes) -> bytes:
        return hmac.digest(self._key, network, sha256)[:16]
