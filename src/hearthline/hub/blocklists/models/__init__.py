# SPDX-License-Identifier: Apache-2.0
"""The tables: entries and their history, versions, and the networks that fetch them."""

from hearthline.hub.blocklists.models.entry import (
    Act,
    Entry,
    EntryQuerySet,
    Lane,
    address_digest,
    cases_with_silent_hosts,
    host_digest,
)
from hearthline.hub.blocklists.models.network import (
    Acknowledgement,
    CanaryTest,
    LagAlarm,
    Subscriber,
)
from hearthline.hub.blocklists.models.version import Change, Version

__all__ = [
    "Acknowledgement",
    "Act",
    "CanaryTest",
    "Change",
    "Entry",
    "EntryQuerySet",
    "LagAlarm",
    "Lane",
    "Subscriber",
    "Version",
    "address_digest",
    "cases_with_silent_hosts",
    "host_digest",
]
