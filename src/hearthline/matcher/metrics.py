# SPDX-License-Identifier: Apache-2.0
"""Counters for Prometheus: how much, how long, which bank. Never what.

Worker processes share them through files in the folder that PROMETHEUS_MULTIPROC_DIR names, which
`hearthline matcher serve` makes afresh.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from hearthline.matcher.environment import COUNTERS

CALLS = Counter(
    "hearthline_matcher_calls", "Calls answered", ["method", "route", "status"], registry=None
)
SECONDS = Histogram(
    "hearthline_matcher_call_seconds",
    "Time to answer a call",
    ["route"],
    registry=None,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0),
)
LOOKED_UP = Counter("hearthline_matcher_hashes_looked_up", "Hashes", ["kind"], registry=None)
MATCHED = Counter(
    "hearthline_matcher_hashes_matched", "Hashes with a match", ["kind", "bank"], registry=None
)
SUPPRESSED = Counter(
    "hearthline_matcher_hashes_suppressed", "Hashes known to be harmless", ["kind"], registry=None
)
FILES = Counter("hearthline_matcher_files", "Files by what became of them", ["as"], registry=None)
WEBHOOKS = Counter("hearthline_matcher_webhooks", "Webhook attempts", ["outcome"], registry=None)

_ALL = (CALLS, SECONDS, LOOKED_UP, MATCHED, SUPPRESSED, FILES, WEBHOOKS)


def exposition() -> tuple[str, bytes]:
    """The content type and the counters of all workers."""
    registry = CollectorRegistry()
    if os.environ.get(COUNTERS):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for one in _ALL:
            registry.register(one)
    return CONTENT_TYPE_LATEST, generate_latest(registry)
