# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: looks that found what they are told, with nobody asked."""

from collections.abc import Callable
from datetime import datetime

from hearthline.kit.hosting import Fact, Failure, Hosting, Kind, Part, Step, What, kind_of

HOST = "pages.harbour-host.test"
REGISTER = "rdap.register.test"
IP, OTHER_IP = "8.8.4.4", "9.9.9.9"


def make_hosting(
    at: datetime,
    *,
    host: str = HOST,
    ip: str = IP,
    country: str = "XS",
    abuse: str = "abuse@harbour-net.test",
    proxy: str = "",
) -> Hosting:
    """What a look at `host` found; without `ip` the name led nowhere."""
    kind = kind_of(host)
    if kind not in {Kind.SITE, Kind.IP}:
        return Hosting(host, kind, at)
    facts = [
        Fact(
            What.DOMAIN,
            "harbour-host.test",
            Part.SITE,
            host,
            "Public Suffix List",
            at,
            "2026-10-23",
        ),
        Fact(
            What.NAME, "Quay Names", Part.REGISTRAR, "harbour-host.test", REGISTER, at, "2020-02-03"
        ),
        Fact(
            What.ABUSE, "abuse@quay-names.test", Part.REGISTRAR, "harbour-host.test", REGISTER, at
        ),
    ]
    if not ip:
        failure = Failure(Step.ADDRESSES, "name_not_found", host, "DNS", at)
        return Hosting(host, kind, at, tuple(facts), (failure,))
    part = Part.PROXY if proxy else Part.HOST
    facts += [
        Fact(What.ADDRESS, ip, Part.HOST, host, "DNS", at),
        Fact(What.NETWORK, f"{ip} - {ip}", part, ip, REGISTER, at, "2026-03-04"),
        Fact(What.COUNTRY, country, part, ip, REGISTER, at, "2026-03-04"),
        Fact(What.ABUSE, abuse, part, ip, REGISTER, at, "2026-03-04"),
    ]
    name = proxy or "Harbour Networks"
    facts.append(Fact(What.NAME, name, part, ip, REGISTER, at, verified=not proxy))
    return Hosting(host, kind, at, tuple(facts))


def finding(**options: str) -> Callable[..., Hosting]:
    """Stands in for `kit.hosting.find`."""

    def find(host: str, *, at: datetime, origin: str = "") -> Hosting:
        return make_hosting(at, host=host, **options)

    return find
