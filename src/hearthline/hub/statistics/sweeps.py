# SPDX-License-Identifier: Apache-2.0
"""Timed work: each day that is over is counted once for the overview of promises."""

from collections.abc import Callable
from datetime import datetime

from hearthline.hub.statistics import actions


def count_days(*, holder: str, at: datetime) -> int:
    """Count days that are over and not counted yet; how many."""
    return actions.count_days(at)


SWEEPS: tuple[Callable[..., int], ...] = (count_days,)
