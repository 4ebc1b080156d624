# SPDX-License-Identifier: Apache-2.0
"""Country packs: the policy of one country as one TOML file.

A pack holds what a ministry decides (languages, numbers to call, clocks, retention, legal
bases, agencies); an operator's environment holds what a machine needs (keys, addresses).
"""

from hearthline.kit.packs.notice import LadderStep, NoticeClocks
from hearthline.kit.packs.pack import (
    Agency,
    Clocks,
    LegalBasis,
    Pack,
    PhoneNumber,
    QuickExit,
    Retention,
    ReviewClocks,
)
from hearthline.kit.packs.reader import PackRefused, read_pack

__all__ = [
    "Agency",
    "Clocks",
    "LadderStep",
    "LegalBasis",
    "NoticeClocks",
    "Pack",
    "PackRefused",
    "PhoneNumber",
    "QuickExit",
    "Retention",
    "ReviewClocks",
    "read_pack",
]
