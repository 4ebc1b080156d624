# SPDX-License-Identifier: Apache-2.0
"""What the primary answers, without any socket: bytes of a query in, bytes of messages out.

Only the zone's SOA and NS records and its transfers are answered, and only to those who sign or
are named as `keyless`: what is on the list is nobody else's business, not even how new it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from hearthline.kit.dns import tsig, wire
from hearthline.kit.dns.editions import Edition
from hearthline.kit.dns.rendering import Page
from hearthline.kit.dns.tsig import Key, SignatureRefused, Signer
from hearthline.kit.dns.wire import Code, Kind, Malformed, Opcode, Query

Network = IPv4Network | IPv6Network
FULLEST = 60_000  # bytes of records in a message of a transfer; 65,535 is the end
_IN = 1
# A server that can be asked over UDP says how much it takes, RFC 6891 section 6.1.2.
_EDNS = b"\0" + Kind.OPT.to_bytes(2, "big") + (1232).to_bytes(2, "big") + bytes(6)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: from `allowed` networks with a key, from `keyless` ones also without."""

    keys: Mapping[str, Key]
    allowed: Sequence[Network]
    keyless: Sequence[Network] = field(default_factory=tuple)

    def may_ask(self, address: str) -> bool:
        """Whether anything is answered to that address at all."""
        return _within(address, self.allowed) or _within(address, self.keyless)

    def may_ask_unsigned(self, address: str) -> bool:
        return _within(address, self.keyless)


class Answers:
    """Answers for one zone. `edition` gives what is served now, `clock` seconds since 1970."""

    def __init__(
        self,
        zone: str,
        edition: Callable[[], Edition | None],
        access: Access,
        clock: Callable[[], float],
    ) -> None:
        self._zone = wire.name(zone)
        self._edition, self.access, self._clock = edition, access, clock

    def to(self, message: bytes, address: str, *, over_tcp: bool) -> Iterator[bytes]:
        """The messages that answer, none for what deserves no answer. Never raises."""
        known = wire.identity(message)
        if known is None or not self.access.may_ask(address):
            return
        number, flags = known
        try:
            query = wire.read(message)
            yield from self._signed(message, query, address, over_tcp=over_tcp)
        except Malformed:
            yield wire.HEADER.pack(number, _flags(flags, Code.FORMERR), 0, 0, 0, 0)

    def _signed(
        self, message: bytes, query: Query, address: str, *, over_tcp: bool
    ) -> Iterator[bytes]:
        now = int(self._clock())
        if query.signature is None:
            if not self.access.may_ask_unsigned(address):
                yield _bare(query, Code.REFUSED)
                return
            yield from self._answer(query, over_tcp=over_tcp)
            return
        try:
            signed = tsig.verified(message, query.signature, self.access.keys, now)
        except SignatureRefused as refusal:
            answer = _bare(query, Code.NOTAUTH)
            if refusal.key is not None:
                signer = Signer(refusal.key, refusal.mac, now)
                yield signer.refuse_time(answer, refusal.signed_at)
            else:
                yield tsig.unsigned_refusal(answer, message, query.signature, refusal.code, now)
            return
        signer = Signer(signed.key, signed.mac, now)
        for answer in self._answer(query, over_tcp=over_tcp):
            signer.now = int(self._clock())
            yield signer.sign(answer)

    def _answer(self, query: Query, *, over_tcp: bool) -> Iterator[bytes]:
        edition = self._edition()
        if query.opcode != Opcode.QUERY:
            yield _bare(query, Code.NOTIMP)
        elif query.name != self._zone or query.class_ != _IN:
            yield _bare(query, Code.REFUSED)
        elif edition is None:
            yield _bare(query, Code.SERVFAIL)
        elif query.kind == Kind.AXFR and over_tcp:
            yield from packed(query, edition.whole())
        elif query.kind == Kind.IXFR:
            yield from packed(query, _incremental(query, edition, over_tcp=over_tcp))
        elif query.kind == Kind.SOA:
            yield from packed(query, [edition.soa])
        elif query.kind == Kind.NS:
            yield from packed(query, [edition.name_servers])
        else:
            yield _bare(query, Code.REFUSED)


def _incremental(query: Query, edition: Edition, *, over_tcp: bool) -> Iterable[Page]:
    """RFC 1995: over UDP, and for who is up to date, the SOA alone says all there is to say."""
    if query.serial is None:
        raise Malformed("an IXFR query without a serial")
    if not over_tcp or not _is_later(edition.serial, query.serial):
        return [edition.soa]
    return edition.since(query.serial) or edition.whole()


def _is_later(serial: int, other: int) -> bool:
    """RFC 1982: serials go round, and half the circle ahead is later."""
    return 0 < (serial - other) % 2**32 < 2**31


def packed(query: Query, pages: Iterable[Page]) -> Iterator[bytes]:
    """Pages as messages that are as full as may be; the question is in each, to be pointed to."""
    flags = _flags(query.flags, Code.NOERROR) | wire.AUTHORITATIVE
    edns = query.edns
    parts: list[bytes] = []
    size = count = 0

    def message() -> bytes:
        header = wire.HEADER.pack(query.id, flags, 1, count, 0, edns)
        return b"".join((header, query.question, *parts, _EDNS if edns else b""))

    for page in pages:
        if size + len(page.wire) > FULLEST and parts:
            yield message()
            parts, size, count, edns = [], 0, 0, False
        parts.append(page.wire)
        size += len(page.wire)
        count += page.records
    yield message()


def _bare(query: Query, code: Code) -> bytes:
    """An answer without records."""
    header = wire.HEADER.pack(query.id, _flags(query.flags, code), 1, 0, 0, query.edns)
    return header + query.question + (_EDNS if query.edns else b"")


def _flags(asked: int, code: Code) -> int:
    return wire.RESPONSE | asked & 0x7800 | asked & wire.RECURSION_DESIRED | code


def _within(address: str, networks: Sequence[Network]) -> bool:
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in networks if network.version == found.version)
