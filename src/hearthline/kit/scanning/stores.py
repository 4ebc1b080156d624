# SPDX-License-Identifier: Apache-2.0
"""Object storage: what a bucket holds, and reading it. Needs `obstore`; only asked-for addresses.

Credentials come from where each provider's own tools look for them (environment, instance), and
are never written anywhere.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from hearthline.kit.hashing import NotHashable, Why
from hearthline.kit.scanning.names import scheme_of
from hearthline.kit.scanning.place import Place, PlaceRefused

FAULTS = (BaseError, OSError, ValueError)
_RETRIES = 4
_BEHIND_ADDRESS = re.compile(r"\?[^\s)]*")
_SMALL = 8 * 1024 * 1024
_PLAIN = "/!$&'()*+,;=:@~-._"
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class _Split:
    scheme: str
    bucket: str
    key: str


def listing(address: str, place: Place) -> Iterator[str]:
    """The address of every object under a prefix, `s3://bucket/prefix`, in the store's order.

    Raises PlaceRefused where the store cannot be listed.
    """
    split = _split(address)
    prefix = split.key.rstrip("/")
    try:
        for page in obstore.list(_store(split, place), prefix or None, chunk_size=_PAGE):
            for each in page:
                yield f"{split.scheme}://{split.bucket}/{quote(each['path'], safe=_PLAIN)}"
    except FAULTS as error:
        raise PlaceRefused(f"{address} cannot be listed: {_reason(error)}") from error


class StoredObject:
    """One object, as `Content` asks for it. Raises NotHashable where it cannot be read."""

    def __init__(self, address: str, place: Place) -> None:
        self._split = _split(address)
        self._whole: bytes | None = None
        try:
            self._store = _store(self._split, place)
            self._got = obstore.get(self._store, self._split.key)
        except FAULTS as error:
            raise _unreadable(error) from None
        self.size = int(self._got.meta["size"])
        # Small ones come at once, so that many may be under way together.
        if self.size <= _SMALL:
            self._whole = self.whole()

    def whole(self) -> bytes:
        if self._whole is not None:
            return self._whole
        try:
            return bytes(self._got.bytes())
        except FAULTS as error:
            raise _unreadable(error) from None

    def pieces(self) -> Iterator[bytes]:
        if self._whole is not None:
            yield self._whole
            return
        try:
            for piece in self._got.stream():
                yield bytes(piece)
        except FAULTS as error:
            raise _unreadable(error) from None

    def seekable(self) -> BinaryIO:
        """Read by ranges, as a decoder asks for them."""
        return io.BufferedReader(_Ranges(obstore.open_reader(self._store, self._split.key)))

    def close(self) -> None:
        """Nothing is held open."""


class _Ranges(io.RawIOBase):
    """A reader of the store as a file of the language."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            data = bytes(self._reader.read(len(into)))
        except FAULTS as error:
            raise OSError(_reason(error)) from error
        into[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))


def _split(address: str) -> _Split:
    """Bucket and key. What stands behind the bucket is percent-encoded, as `listing` writes it."""
    scheme = scheme_of(address)
    bucket, _, key = address[len(scheme) + 3 :].partition("/")
    if not bucket:
        raise PlaceRefused(f"{address} names no bucket; write {scheme}://BUCKET/PREFIX.")
    return _Split(scheme, bucket, unquote(key))


def _store(split: _Split, place: Place) -> Any:
    return _opened(split.scheme, split.bucket, place)


@cache
def _opened(scheme: str, bucket: str, place: Place) -> Any:
    address = f"{scheme}://{bucket}"
    config: dict[str, Any] = {}
    if place.endpoint:
        config["endpoint"] = place.endpoint
    if place.region:
        config["region"] = place.region
    if place.anonymous:
        config["skip_signature"] = True
    options: Mapping[str, Any] = {
        # Plain HTTP only where somebody wrote it out.
        "allow_http": place.endpoint.startswith("http://"),
        "timeout": "120s",
    }
    try:
        return from_url(
            address,
            config=cast("Any", config),
            client_options=cast("Any", options),
            retry_config={"max_retries": _RETRIES},
        )
    except FAULTS as error:
        raise PlaceRefused(f"{address} cannot be opened: {_reason(error)}") from error


def _unreadable(error: Exception) -> NotHashable:
    return NotHashable(Why.UNREADABLE, f"The object cannot be read: {_reason(error)}")


def _reason(error: Exception) -> str:
    """The first line of what the store says, short; an address in it may carry a key."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return _BEHIND_ADDRESS.sub("?…", lines[0])[:300]
