# SPDX-License-Identifier: Apache-2.0
"""DNS messages as bytes: names, records, and reading a query that may be hostile.

After RFC 1035 section 4. Everything is big-endian. Of a query as much is read as a primary needs:
one question, the serial an incremental transfer starts from, and where a TSIG record begins.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">HHHHHH")  # id, flags, and how many records each section has
_FIXED = struct.Struct(">HHIH")  # type, class, ttl, length of the data
_IN, _ANY_CLASS = 1, 255
_POINTER_TO_QUESTION = b"\xc0\x0c"  # the name asked for stands right behind the header
_LONGEST = 255  # octets of a name
_LENGTHS = tuple(bytes([length]) for length in range(64))
RESPONSE, AUTHORITATIVE, TRUNCATED, RECURSION_DESIRED = 0x8000, 0x0400, 0x0200, 0x0100


class Kind(IntEnum):
    """Types of record, RFC 1035 section 3.2.2 and the documents that came after."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    TXT = 16
    AAAA = 28
    OPT = 41
    TSIG = 250
    IXFR = 251
    AXFR = 252


class Opcode(IntEnum):
    """What a message is for."""

    QUERY = 0
    NOTIFY = 4
    UPDATE = 5


class Code(IntEnum):
    """How a message was answered. From 16 on only inside TSIG records."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    NXRRSET = 8
    NOTAUTH = 9
    BADSIG = 16
    BADKEY = 17
    BADTIME = 18


class Malformed(ValueError):
    """The bytes are no DNS message, or one this primary need not understand."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in a message: `data` from `start` of the record's data on."""

    owner: int
    kind: int
    class_: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A query. `name` is the name asked for, in lower case and wire form.

    `serial` is that of the SOA record an IXFR query carries. `signature` is the record of a TSIG,
    the last of the message, or None. `edns` says whether the asker speaks it.
    """

    id: int
    flags: int
    name: bytes
    kind: int
    class_: int
    question: bytes
    serial: int | None
    signature: Record | None
    edns: bool

    @property
    def opcode(self) -> int:
        return self.flags >> 11 & 15


def labels(host: bytes) -> bytes:
    """The labels of a host in lower case, without the root. A label has 1 to 63 bytes."""
    return b"".join([_LENGTHS[len(label)] + label for label in host.split(b".")])


def name(text: str) -> bytes:
    """A whole name on the wire."""
    return labels(text.encode("ascii")) + b"\0"


def record(owner: bytes, kind: Kind, ttl: int, data: bytes) -> bytes:
    """A record of class IN."""
    return owner + _FIXED.pack(kind, _IN, ttl, len(data)) + data


def tail(kind: int, ttl: int, data: bytes, *, class_: int = _IN) -> bytes:
    """What follows the owner of a record."""
    return _FIXED.pack(kind, class_, ttl, len(data)) + data


def below_question(host: bytes) -> bytes:
    """The host below the name asked for, which is pointed to."""
    return labels(host) + _POINTER_TO_QUESTION


def read(message: bytes) -> Query:
    """A query from the net. Raises Malformed, and nothing else, whatever the bytes are."""
    try:
        return _read(message)
    except (struct.error, IndexError) as fault:
        raise Malformed("cut short") from fault


def identity(message: bytes) -> tuple[int, int] | None:
    """Id and flags of what is at least a query with a header, so that it can be answered."""
    if len(message) < HEADER.size:
        return None
    number, flags, *_ = HEADER.unpack_from(message)
    return None if flags & RESPONSE else (number, flags)


def records(message: bytes, place: int, count: int) -> list[Record]:
    """So many records from a place on. Raises Malformed, struct.error or IndexError."""
    found = []
    for _ in range(count):
        start = end_of_name(message, place)
        kind, class_, _ttl, length = _FIXED.unpack_from(message, start)
        start += _FIXED.size
        if start + length > len(message):
            raise Malformed("a record is cut short")
        found.append(Record(place, kind, class_, start, start + length))
        place = start + length
    return found


def end_of_name(message: bytes, place: int) -> int:
    """Where a name ends that may end in a pointer. Raises Malformed or IndexError."""
    while True:
        length = message[place]
        if length >= 0xC0:
            return place + 2
        if length > 63:
            raise Malformed("a label of an unknown kind")
        place += 1 + length
        if not length:
            return place


def full_name(message: bytes, place: int) -> bytes:
    """A name in lower case with all pointers followed. Raises Malformed or IndexError."""
    found, size, limit = [], 1, place
    while length := message[place]:
        if length >= 0xC0:
            pointed = (length & 0x3F) << 8 | message[place + 1]
            if pointed >= limit:  # pointers lead back, so that no name is without end
                raise Malformed("a pointer that leads nowhere")
            place = limit = pointed
            continue
        size += 1 + length
        if length > 63 or size > _LONGEST:
            raise Malformed("a label or a name too long")
        found.append(message[place : place + 1 + length])
        place += 1 + length
    return b"".join(found).lower() + b"\0"


def _read(message: bytes) -> Query:
    number, flags, questions, answers, authorities, additional = HEADER.unpack_from(message)
    if flags & RESPONSE or questions != 1 or answers or authorities > 1 or additional > 2:
        raise Malformed("no query with one question")
    end = end_of_name(message, HEADER.size)
    asked = full_name(message, HEADER.size)
    if asked != message[HEADER.size : end].lower():
        raise Malformed("a question that points elsewhere")
    kind, class_ = struct.unpack_from(">HH", message, end)
    found = records(message, end + 4, authorities + additional)
    if (found[-1].end if found else end + 4) != len(message):
        raise Malformed("bytes after the last record")
    serial, signature, edns = None, None, False
    for each in found[:authorities]:
        if each.kind == Kind.SOA and each.end - each.start >= 22:
            (serial,) = struct.unpack_from(">I", message, each.end - 20)
    for each in found[authorities:]:
        if each.kind == Kind.TSIG:
            if each is not found[-1] or each.class_ != _ANY_CLASS:
                raise Malformed("a TSIG record that is not the last")
            signature = each
        edns = edns or each.kind == Kind.OPT
    question = message[HEADER.size : end + 4]
    return Query(number, flags, asked, kind, class_, question, serial, signature, edns)
