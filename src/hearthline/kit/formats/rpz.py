# SPDX-License-Identifier: Apache-2.0
"""A response policy zone: the names a resolver shall not answer as usual, as a zone file.

After draft-vixie-dnsop-dns-rpz-00 section 4: the owner of a record is the listed name below the
zone's own, an address record is what is answered instead, and `CNAME .` stands for NXDOMAIN. The
text is RFC 1035 section 5. The same list and policy always give the same bytes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from hearthline.kit.formats.refused import FormatRefused

Names = Iterable[tuple[str, bool]]
Address = IPv4Address | IPv6Address
LARGEST_SERIAL = 2**31 - 1  # half the circle of RFC 1982, so that later is always larger
REFRESH, RETRY, EXPIRE = 60, 30, 7 * 86400  # seconds, of the SOA record
SERIAL_MARK = "hearthline-serial="
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
_LAST = re.compile(r"\.(\d+|0x[0-9a-f]*|rpz-[a-z0-9_-]*)$")
# A name has 255 octets on the wire at most (RFC 1035 section 2.3.4), of which `*`, the zone and the
# lengths of labels take their share. One rule for every zone: what one ISP can block, all can.
LONGEST_ZONE, LONGEST_HOST, MOST_ADDRESSES = 40, 210, 8


@dataclass(frozen=True, slots=True)
class Policy:
    """How the zone is called, and what is answered for a listed name.

    `zone` is the zone's name, `canary` a name of ours that is always in it. `stop_addresses` are
    where the stop page is; without any, a listed name does not exist (NXDOMAIN). `primary` is the
    server that has the zone first, `contact` an e-mail address, `ttl` in seconds says how long
    an answer may be kept after an entry was lifted. Raises FormatRefused.
    """

    zone: str
    canary: str
    stop_addresses: tuple[Address, ...] = ()
    primary: str = "localhost"
    contact: str = "hostmaster@localhost"
    ttl: int = 60

    def __post_init__(self) -> None:
        for field in ("zone", "canary", "primary"):
            name = getattr(self, field)
            if not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", name):
                raise FormatRefused(field, f"{name!r} is no name in lower case without a last dot.")
        if len(self.zone) > LONGEST_ZONE:
            raise FormatRefused("zone", f"{LONGEST_ZONE} characters at most, for long host names.")
        if len(self.stop_addresses) > MOST_ADDRESSES:
            raise FormatRefused("stop_addresses", f"{MOST_ADDRESSES} at most.")
        if not 0 < self.ttl <= 86400:
            raise FormatRefused("ttl", "1 to 86400 seconds.")
        local, sign, domain = self.contact.partition("@")
        if not sign or not re.fullmatch(r"[A-Za-z0-9._+-]{1,63}", local) or not domain:
            raise FormatRefused("contact", "an e-mail address, as hostmaster@example.org.")
        checked_name(self.canary)

    @property
    def mailbox(self) -> tuple[str, ...]:
        """The labels of the contact as the SOA record has it: the first is before the @."""
        local, _, domain = self.contact.partition("@")
        return (local, *domain.lower().split("."))


def policy(
    *,
    zone: str,
    canary: str,
    stop_addresses: Sequence[str | Address] | None = None,
    primary: str = "localhost",
    contact: str = "hostmaster@localhost",
    ttl: int = 60,
) -> Policy:
    """The policy those words describe: names in any case, addresses as text. FormatRefused."""
    try:
        addresses = tuple(ip_address(each) for each in stop_addresses or ())
    except ValueError:
        raise FormatRefused("stop_addresses", "IPv4 or IPv6 addresses, as 192.0.2.80.") from None
    names = (name.lower().rstrip(".") for name in (zone, canary, primary))
    zone, canary, primary = names
    return Policy(zone, canary, addresses, primary, contact, ttl)


def checked_name(name: str) -> str:
    """The host as it can stand in a zone: lower case, no last dot. Raises FormatRefused.

    Not taken is what names no host of the DNS (an IP address), what would block a whole top-level
    domain, what a resolver would read as another kind of rule, and what is too long. What the
    refusal says ends in logs, so it never repeats the name.
    """
    host = name.lower().rstrip(".")
    if not _LABELS.fullmatch(host):
        raise FormatRefused("name", "no host name of two or more labels in ASCII.")
    if _LAST.search(host):
        raise FormatRefused("name", "an address or a rule of another kind, no host.")
    if len(host) > LONGEST_HOST:
        raise FormatRefused("name", f"{LONGEST_HOST} characters at most.")
    return host


def in_order(names: Names, *, canary: str = "") -> list[tuple[str, bool]]:
    """The list as every output has it: checked, sorted by name, each name once.

    `wildcard` says that all names below count too. Names below such a name are left out: they are
    blocked already, and to resolvers a name that exists below a wildcard is a hole in it (RFC 4592
    section 2.2.2). Raises FormatRefused for a name that cannot be listed or that hides the canary.
    """
    found: dict[str, bool] = {}
    for name, wildcard in names:
        host = checked_name(name)
        found[host] = wildcard or found.get(host, False)
    wide = {host for host, wildcard in found.items() if wildcard}
    if canary in found or covered(canary, wide):
        raise FormatRefused("canary", f"{canary} is on the list itself; take another name.")
    return [(host, found[host]) for host in sorted(found) if not covered(host, wide)]


def covered(host: str, wide: set[str]) -> bool:
    """Whether a name above the host is among those that count with all names below."""
    dot = host.find(".")
    while dot >= 0:
        if host[dot + 1 :] in wide:
            return True
        dot = host.find(".", dot + 1)
    return False


def checked_serial(serial: int) -> int:
    """Raises FormatRefused for a serial that could not be compared everywhere."""
    if not 0 < serial <= LARGEST_SERIAL:
        raise FormatRefused("serial", f"1 to {LARGEST_SERIAL}.")
    return serial


def answers(policy: Policy) -> tuple[tuple[str, str], ...]:
    """What is said of a listed name: type and data of each record."""
    if not policy.stop_addresses:
        return (("CNAME", "."),)
    return tuple((_type(address), str(address)) for address in policy.stop_addresses)


def canary_answers(policy: Policy, serial: int) -> tuple[tuple[str, str], ...]:
    """What is said of the canary. Its text tells which serial a resolver applies."""
    text = ("TXT", f"{SERIAL_MARK}{serial}")
    return (text, *(answers(policy) if policy.stop_addresses else ()))


def zone_file(
    names: Names,
    *,
    zone: str,
    serial: int,
    canary: str,
    stop_addresses: Sequence[str | Address] | None = None,
    primary: str = "localhost",
    contact: str = "hostmaster@localhost",
    ttl: int = 60,
) -> bytes:
    """The zone file, byte for byte the same for the same list. Raises FormatRefused."""
    described = policy(
        zone=zone,
        canary=canary,
        stop_addresses=stop_addresses,
        primary=primary,
        contact=contact,
        ttl=ttl,
    )
    return b"".join(lines(in_order(names, canary=described.canary), described, serial))


def lines(
    names: Names, policy: Policy, serial: int, *, soa_serial: int | None = None
) -> Iterator[bytes]:
    """The zone file of a list that is `in_order`, a few lines at a time.

    `soa_serial` is for a primary that counts by itself; the canary tells `serial` all the same.
    """
    local, *domain = policy.mailbox
    mailbox = ".".join([local.replace(".", "\\."), *domain])
    yield (
        f"$ORIGIN {policy.zone}.\n$TTL {policy.ttl}\n"
        f"@ SOA {policy.primary}. {mailbox}. {checked_serial(soa_serial or serial)} "
        f"{REFRESH} {RETRY} {EXPIRE} {policy.ttl}\n@ NS {policy.primary}.\n"
    ).encode()
    for kind, data in canary_answers(policy, serial):
        # Some readers want text in quotes even where it has no spaces.
        text = f'"{data}"' if kind == "TXT" else data
        yield f"{policy.canary} {kind} {text}\n".encode()
    said = answers(policy)
    once = "".join(f"%s {kind} {data}\n" for kind, data in said)
    wide = once.replace("%s", "*.%s")
    for name, wildcard in names:
        text = once.replace("%s", name)
        yield (text + wide.replace("%s", name) if wildcard else text).encode()


def _type(address: Address) -> str:
    return "A" if address.version == 4 else "AAAA"
