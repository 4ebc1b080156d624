# SPDX-License-Identifier: Apache-2.0
"""Numbers for the bar chart component: pure arithmetic, no drawing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Bar:
    """One bar. `value` is None where the count is suppressed; `percent` is 0 to 100."""

    label: str | Promise
    value: int | None
    percent: int


def bars(counts: Iterable[tuple[str | Promise, int | None]]) -> list[Bar]:
    """Scale counts to the largest; a bar that stands for something is at least 1 % long.

    A suppressed count (None) has no length: a bar would give away what the words hide.
    """
    counts = list(counts)
    largest = max((value for _, value in counts if value), default=0)
    return [
        Bar(label, value, max(1, round(100 * value / largest)) if value else 0)
        for label, value in counts
    ]
