# SPDX-License-Identifier: Apache-2.0
"""Hash lists that others share: fetched, remembered, and given to a bank.

Four sources behind one interface: a local file, and three shapes of feed over HTTPS as they are
known from public documentation (`VERIFIED` in each module is false: none was tried against a live
endpoint, and none is endorsed). A page that does not read is quarantined and reported; the rest of
the list goes on. `banking` puts what comes into the library's banks; import it by name, as it loads
the engine. Only hashes and words about them are handled here, never content.
"""

from hearthline.matcher.exchanges.configuration import (
    Configuration,
    ConfigurationRefused,
    Settings,
    Surroundings,
    read_configuration,
)
from hearthline.matcher.exchanges.connection import Limits
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    Exchange,
    ExchangeFailed,
    Gap,
    Malformed,
    Opinion,
    Page,
    Receiver,
    Rejected,
    Signal,
    Unread,
)
from hearthline.matcher.exchanges.fetching import Outcome, fetch
from hearthline.matcher.exchanges.rounds import Standing, due_at, fetch_all, standings
from hearthline.matcher.exchanges.store import Busy, Status, Store

__all__ = [
    "Busy",
    "Checkpoint",
    "Configuration",
    "ConfigurationRefused",
    "Exchange",
    "ExchangeFailed",
    "Gap",
    "Limits",
    "Malformed",
    "Opinion",
    "Outcome",
    "Page",
    "Receiver",
    "Rejected",
    "Settings",
    "Signal",
    "Standing",
    "Status",
    "Store",
    "Surroundings",
    "Unread",
    "due_at",
    "fetch",
    "fetch_all",
    "read_configuration",
    "standings",
]
