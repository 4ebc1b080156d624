# SPDX-License-Identifier: Apache-2.0
"""A release as files for other programs. Reads observations only.

Neither file tells a small count from its companion: both are withheld, and which of two hidden
cells is the small one is nobody's to know.
"""

import csv
import io

from hearthline.hub.statistics.models import Observation, Release
from hearthline.kit.formats import sdmx

COLUMNS = (
    "ref_area", "period", "revision", "indicator", "dimension", "code", "value", "unit", "status",
)  # fmt: skip

_UNITS = {"count": "COUNT", "percent": "PERCENT", "minutes": "MIN"}
# Breakdowns that are dimensions of the dataflow, and their names there.
_DIMENSIONS = {
    "kind": "kind",
    "fourc": "fourc",
    "channel": "channel",
    "age_band": "age",
    "sex": "sex",
    "outcome": "outcome",
}


def as_csv(release: Release, *, ref_area: str) -> str:
    """One row a figure, codes as in the code lists (RFC 4180). Withheld values are empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in release.observations.all():
        status = "withheld" if row.value is None else "published"
        value = "" if row.value is None else row.value
        writer.writerow(
            [
                ref_area,
                release.period,
                release.revision,
                row.indicator,
                row.dimension,
                row.code,
                value,
                row.unit,
                status,
            ]
        )
    return text.getvalue()


def as_sdmx(release: Release, *, ref_area: str) -> str:
    """SDMX-CSV 2.0, monthly."""
    return sdmx.write_csv(
        _observation(row, release, ref_area) for row in release.observations.all()
    )


def _observation(row: Observation, release: Release, ref_area: str) -> sdmx.Obs:
    """A breakdown the dataflow has no dimension for becomes part of the indicator's name."""
    indicator, place = row.indicator, {}
    if row.dimension in _DIMENSIONS:
        place = {_DIMENSIONS[row.dimension]: row.code}
    elif row.dimension != "total":
        indicator = "_".join((row.indicator, row.dimension, row.code)).replace("-", "_")
    return sdmx.Obs(
        ref_area=ref_area,
        indicator=indicator,
        freq="M",
        time_period=release.period,
        value=row.value,
        unit_measure=_UNITS[row.unit],
        status="Q" if row.value is None else "A",
        **place,
    )
