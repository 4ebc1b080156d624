# SPDX-License-Identifier: Apache-2.0
"""Where an address is hosted: registered domain, DNS, network, registrar, proxy, country.

Every fact says who told it and when; every step that failed says why. Nothing is asked outside
the guard of ``kit.urls``, and nothing of a page is ever read.
"""

from hearthline.kit.hosting.bootstrap import (
    Bootstrap,
    BootstrapRefused,
    Registry,
    from_folder,
    shipped,
)
from hearthline.kit.hosting.facts import (
    Fact,
    Failure,
    Hosting,
    Kind,
    Part,
    Step,
    Way,
    What,
    read,
)
from hearthline.kit.hosting.fetch import Line, NotFetched
from hearthline.kit.hosting.finding import HostRefused, find, is_host, kind_of, registered_domain
from hearthline.kit.hosting.names import Ask, ask_of, system_ask

__all__ = [
    "Ask",
    "Bootstrap",
    "BootstrapRefused",
    "Fact",
    "Failure",
    "HostRefused",
    "Hosting",
    "Kind",
    "Line",
    "NotFetched",
    "Part",
    "Registry",
    "Step",
    "Way",
    "What",
    "ask_of",
    "find",
    "from_folder",
    "is_host",
    "kind_of",
    "read",
    "registered_domain",
    "shipped",
    "system_ask",
]
