# SPDX-License-Identifier: Apache-2.0
"""The variables by which `hearthline matcher serve` tells its worker processes what to open.

They stand apart, so that commands which only need the names load no engine.
"""

FOLDER = "HEARTHLINE_MATCHER"
WITHOUT_KEYS = "HEARTHLINE_MATCHER_WITHOUT_KEYS"
COUNTERS = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus' own name for the folder through which processes share their counters."""
