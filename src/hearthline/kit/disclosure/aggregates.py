# SPDX-License-Identifier: Apache-2.0
"""Figures worked out of counts: series, rates and quantiles, or None where they must wait."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from hearthline.kit.disclosure.suppression import suppress
from hearthline.kit.disclosure.table import Table


def suppress_series(
    counts: Mapping[str, int], threshold: int, *, hide_zeros: bool = False
) -> dict[str, int | None]:
    """A series of counts and its total `_T`; None where a count is withheld.

    For months of a year, or for any breakdown whose parts add up to a published total.
    """
    table = Table.from_counts(("SERIES",), {(name,): count for name, count in counts.items()})
    return {
        cell.key[0]: cell.value for cell in suppress(table, threshold, hide_zeros=hide_zeros).cells
    }


def publishable_rate(
    numerator: int, denominator: int, threshold: int, *, base: int = 30, per: int = 100
) -> float | None:
    """`numerator` per `per` of `denominator`, or None where the rate would disclose a count.

    Withheld when the denominator is below `base` (30 is a common floor for percentages) or below
    the threshold, and when the numerator or what it leaves over is from 1 to `threshold - 1`:
    who knows the denominator could work that count out. Raises ValueError unless
    0 <= numerator <= denominator.
    """
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} of {denominator} is not a share")
    if denominator < max(base, threshold, 1):
        return None
    if 0 < numerator < threshold or 0 < denominator - numerator < threshold:
        return None
    return numerator * per / denominator


def publishable_quantile(
    values: Iterable[float] | Mapping[int, int], q: float, threshold: int
) -> float | None:
    """The quantile `q` of the values, or None when it would tell of too few.

    A mapping says how often each value stands, so that millions need not be held. Withheld below
    `threshold` values, and when less than one value would lie beyond the quantile
    (a 90th percentile of five values is close to the one longest case). Interpolates between
    neighbours as spreadsheets do (Hyndman and Fan, type 7). Raises ValueError unless 0 < q < 1.
    """
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
    often: Mapping[float, int] = (
        {float(value): number for value, number in values.items()}
        if isinstance(values, Mapping)
        else Counter(values)
    )
    ordered = sorted(often)
    ends = list(accumulate(often[value] for value in ordered))
    total = ends[-1] if ends else 0
    # Rounded, since 10 * (1 - 0.9) is a hair below 1 in binary fractions.
    if not total or total < threshold or round(total * min(q, 1 - q), 9) < 1:
        return None
    place = (total - 1) * q
    below = math.floor(place)
    low = ordered[bisect_right(ends, below)]
    high = ordered[bisect_right(ends, min(below + 1, total - 1))]
    return low + (high - low) * (place - below)
