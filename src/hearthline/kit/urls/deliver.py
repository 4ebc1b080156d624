# SPDX-License-Identifier: Apache-2.0
"""A message to an address that somebody entered, under the same guard as a check.

The name is resolved once, EVERY answer is judged, and one of the judged addresses is connected
to. No redirect is followed: whoever wants the message elsewhere says so in the directory.
"""

from __future__ import annotations

from collections.abc import Mapping

from hearthline.kit.urls.canonical import AddressRefused, canonicalise
from hearthline.kit.urls.exchange import ExchangeFailed, port_of, post
from hearthline.kit.urls.guard import public_only
from hearthline.kit.urls.probe import (
    Allow,
    NameNotFound,
    ResolutionFailed,
    Resolver,
    system_resolve,
)

TRIES = 3


class NotDelivered(Exception):
    """No answer came. ``code``: those of ``ExchangeFailed``, and not_an_address, onion,
    name_not_found, resolution_failed, not_allowed. ``arrived``: the other side may have it."""

    def __init__(self, code: str, *, arrived: bool = False) -> None:
        self.code = code
        self.arrived = arrived
        super().__init__(code)


def deliver(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    resolve: Resolver = system_resolve,
    allow: Allow = public_only,
    timeout: float = 20.0,
    roots: str | None = None,
) -> int:
    """POST ``body`` to ``url`` over verified TLS; the status answered, whatever it is.

    Addresses are tried in turn only while nothing was sent to any. ``timeout`` is in seconds, for
    each. ``roots`` is PEM text of certificate authorities to trust besides the system's. Raises
    ``NotDelivered``.
    """
    try:
        target = canonicalise(url)
    except AddressRefused as refused:
        raise NotDelivered("not_an_address") from refused
    if target.is_onion:
        raise NotDelivered("onion")
    addresses = _resolved(target.host.strip("[]") if target.is_ip else "", target.host, resolve)
    if not all(allow(address, port_of(target)) for address in addresses):
        raise NotDelivered("not_allowed")
    code = "name_not_found"
    for ip in addresses[:TRIES]:
        try:
            return post(target, ip, headers=headers, body=body, timeout=timeout, roots=roots)
        except ExchangeFailed as failed:
            if failed.arrived:
                raise NotDelivered(failed.code, arrived=True) from failed
            code = failed.code
    raise NotDelivered(code)


def _resolved(ip: str, host: str, resolve: Resolver) -> tuple[str, ...]:
    if ip:
        return (ip,)
    try:
        return tuple(resolve(host))
    except NameNotFound as error:
        raise NotDelivered("name_not_found") from error
    except ResolutionFailed as error:
        raise NotDelivered("resolution_failed") from error
