# SPDX-License-Identifier: Apache-2.0
"""From a host to everything known about where it is: domain, DNS, networks, registrar, country."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from typing import Final

from publicsuffixlist import PublicSuffixList

from hearthline.kit.hosting import names, rdap
from hearthline.kit.hosting.bootstrap import Bootstrap, shipped
from hearthline.kit.hosting.facts import Fact, Failure, Hosting, Kind, Part, Step, What
from hearthline.kit.hosting.fetch import Line, NotFetched
from hearthline.kit.hosting.proxies import Proxy, proxies, proxy_at, stores
from hearthline.kit.urls import AddressRefused, NameNotFound, ResolutionFailed, canonicalise

MOST_NETWORKS: Final = 4
"""Registers are asked so often about one host at most, and so often about its origin."""
_DNS: Final = "DNS"


class HostRefused(ValueError):
    """The text is no host name and no IP address."""


def kind_of(host: str) -> Kind:
    """What sort of place ``host`` (canonical, as of ``Canonical.host``) is."""
    if host.endswith(".onion"):
        return Kind.ONION
    if host in stores():
        return Kind.APP_STORE
    return Kind.IP if _ip(host) else Kind.SITE


def is_host(text: str) -> bool:
    """Whether ``text`` is a canonical host name or IP address and nothing else."""
    try:
        return _canonical(text) == text
    except HostRefused:
        return False


def registered_domain(host: str) -> str:
    """What a registrar registered, by the registries' part of the list; "" for a bare suffix."""
    return _registries().privatesuffix(host) or ""


def find(
    host: str,
    *,
    at: datetime,
    ask: names.Ask = names.system_ask,
    servers: Bootstrap | None = None,
    line: Line | None = None,
    origin: str = "",
) -> Hosting:
    """Look up ``host``, a canonical host name or IP address. What went wrong is in the result.

    ``origin`` is the host or IP address behind a proxy, where somebody told us. ``at`` is when
    this is, for every fact. An onion address and a store's are not looked up at all: nothing
    about them is sent to anybody. Raises ``HostRefused``.
    """
    host = _canonical(host)
    look = _Look(host, at, ask, servers or shipped(), line or Line())
    kind = kind_of(host)
    if kind == Kind.APP_STORE:
        store = stores()[host]
        look.say(What.NAME, store.name, Part.STORE, host, store.source, verified=store.verified)
    elif kind != Kind.ONION:
        look.at_host(_canonical(origin) if origin else "")
    return Hosting(host, kind, at, tuple(look.facts), tuple(look.failures))


@dataclass
class _Look:
    """One look under way."""

    host: str
    at: datetime
    ask: names.Ask
    servers: Bootstrap
    line: Line
    facts: list[Fact] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def say(
        self,
        what: What,
        value: str,
        part: Part,
        of: str,
        source: str,
        *,
        dated: str = "",
        verified: bool = True,
    ) -> None:
        if value:
            self.facts.append(Fact(what, value, part, of, source, self.at, dated, verified))

    def fail(self, step: Step, code: str, of: str, source: str) -> None:
        self.failures.append(Failure(step, code, of, source, self.at))

    def at_host(self, origin: str) -> None:
        """Everything about a site or an IP address."""
        domain = "" if _ip(self.host) else self.domain()
        addresses, chain = self.addresses(self.host, Part.HOST)
        nameservers = self.nameservers(domain) if domain else ()
        self.networks(addresses, chain, Part.HOST)
        if origin:
            behind, _chain = self.addresses(origin, Part.ORIGIN)
            self.networks(behind, (), Part.ORIGIN)
        if domain:
            self.registrar(domain)
        self.country(nameservers)

    def domain(self) -> str:
        source, dated = _suffix_list()
        found = registered_domain(self.host)
        if not found:
            self.fail(Step.DOMAIN, "public_suffix", self.host, source)
        self.say(What.DOMAIN, found, Part.SITE, self.host, source, dated=dated)
        # A platform that gives names to its customers: the platform is the host to write to.
        shared = _everybody().publicsuffix(self.host) or ""
        if found and len(shared) >= len(found):
            self.say(What.SHARED, shared, Part.HOST, self.host, source, dated=dated)
        return found

    def addresses(self, host: str, part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """IP addresses of ``host``, and the names that led to them."""
        if _ip(host):
            source = "entered by a person" if part == Part.ORIGIN else "the address itself"
            self.say(What.ADDRESS, host.strip("[]"), part, host, source)
            return (host.strip("[]"),), ()
        chain: tuple[str, ...] = ()
        found: tuple[str, ...] = ()
        try:
            chain = names.aliases(self.ask, host)
        except (NameNotFound, ResolutionFailed) as error:
            self.fail(Step.ALIASES, _dns_code(error), host, _DNS)
        try:
            found = tuple(filter(_ip, names.addresses(self.ask, host)))
        except (NameNotFound, ResolutionFailed) as error:
            self.fail(Step.ADDRESSES, _dns_code(error), host, _DNS)
        else:
            if not found:
                self.fail(Step.ADDRESSES, "no_address", host, _DNS)
        for name in chain:
            self.say(What.ALIAS, name, part, host, _DNS)
        for ip in found:
            self.say(What.ADDRESS, ip, part, host, _DNS)
        return found, chain

    def nameservers(self, domain: str) -> tuple[str, ...]:
        try:
            found = tuple(self.ask(domain, "NS"))
        except (NameNotFound, ResolutionFailed) as error:
            self.fail(Step.NAMESERVERS, _dns_code(error), domain, _DNS)
            return ()
        for name in found:
            self.say(What.NAMESERVER, name, Part.SITE, domain, _DNS)
        return found

    def networks(self, addresses: tuple[str, ...], chain: tuple[str, ...], part: Part) -> None:
        """The networks of ``addresses``, each asked for once.

        A question that failed counts too: it may have taken all the time a document may take.
        """
        known: list[rdap.Network] = []
        asked = 0
        for ip in addresses:
            if any(_inside(ip, network) for network in known):
                continue
            if asked >= MOST_NETWORKS:
                self.fail(Step.NETWORK, "too_many", ip, self.servers.source)
                break
            network, asked = self.network(ip), asked + 1
            if network is not None:
                known.append(network)
            autnums = network.autnums if network else ()
            proxy = proxy_at(ip, aliases=chain, autnums=autnums) if part == Part.HOST else None
            if proxy is not None:
                self.proxy(proxy, ip)
            if network is not None:
                self.tell(network, ip, Part.PROXY if proxy else part)

    def network(self, ip: str) -> rdap.Network | None:
        if not self.line.allow(ip, 443):
            # A name that leads inside: nobody out there is asked about our own machines.
            self.fail(Step.NETWORK, "not_public", ip, self.servers.source)
            return None
        try:
            return rdap.network_of(ip, servers=self.servers, line=self.line)
        except NotFetched as failed:
            self.fail(Step.NETWORK, failed.code, ip, self.servers.source)
            return None

    def proxy(self, proxy: Proxy, ip: str) -> None:
        said = {(fact.what, fact.value) for fact in self.facts if fact.part == Part.PROXY}
        for what, value in ((What.NAME, proxy.name), (What.ABUSE, proxy.abuse)):
            if (what, value) not in said:
                self.say(what, value, Part.PROXY, ip, proxy.source, dated=proxy.checked_on,
                         verified=proxy.verified)  # fmt: skip

    def tell(self, network: rdap.Network, ip: str, part: Part) -> None:
        block = f"{network.first} - {network.last}"
        rows = [(What.NETWORK, block), (What.COUNTRY, network.country)]
        # What a network calls itself is no recognised proxy's name.
        if part != Part.PROXY:
            rows.append((What.NAME, network.name))
        rows += [(What.ABUSE, email) for email in network.abuse]
        rows += [(What.AUTNUM, str(number)) for number in network.autnums]
        for what, value in rows:
            self.say(what, value, part, ip, network.server, dated=network.dated)
        if not network.abuse:
            self.fail(Step.NETWORK, "no_abuse_contact", ip, network.server)

    def registrar(self, domain: str) -> None:
        try:
            found = rdap.registration_of(domain, servers=self.servers, line=self.line)
        except NotFetched as failed:
            self.fail(Step.REGISTRAR, failed.code, domain, self.servers.source)
            return
        rows = [(What.NAME, found.registrar)] + [(What.ABUSE, email) for email in found.abuse]
        for what, value in rows:
            self.say(what, value, Part.REGISTRAR, domain, found.server, dated=found.dated)
        if not found.abuse:
            self.fail(Step.REGISTRAR, "no_abuse_contact", domain, found.server)

    def country(self, nameservers: tuple[str, ...]) -> None:
        """Whether the country is known; if not, why."""
        so_far = Hosting(self.host, Kind.SITE, self.at, tuple(self.facts))
        if so_far.country is not None:
            return
        countries = so_far.values(What.COUNTRY, Part.HOST, Part.ORIGIN)
        code = "unknown"
        if so_far.proxied and not so_far.of(What.ADDRESS, Part.ORIGIN):
            code = "behind_proxy"
        elif len(countries) > 1:
            code = "several_countries"
        elif any(proxy.answers_for(nameservers) for proxy in proxies()):
            code = "perhaps_behind_proxy"
        self.fail(Step.COUNTRY, code, self.host, self.servers.source)


def _canonical(host: str) -> str:
    try:
        found = canonicalise(f"http://{host}/")
    except AddressRefused as refused:
        raise HostRefused(host) from refused
    if found.path != "/" or found.query is not None or found.port is not None:
        raise HostRefused(host)
    return found.host


def _ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _inside(ip: str, network: rdap.Network) -> bool:
    first, last, asked = (ip_address(one) for one in (network.first, network.last, ip))
    return first.version == asked.version and int(first) <= int(asked) <= int(last)


def _dns_code(error: Exception) -> str:
    return "name_not_found" if isinstance(error, NameNotFound) else "resolution_failed"


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _everybody() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _suffix_list() -> tuple[str, str]:
    """The list's name and day: the package carries its day as the last part of its version."""
    day = version("publicsuffixlist").rpartition(".")[2]
    dated = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isdigit() else ""
    return "Public Suffix List", dated
