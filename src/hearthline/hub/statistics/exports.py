# SPDX-License-Identifier: Apache-2.0
"""A release as files for other programs. Reads observations and definitions only.

No file tells a small count from its companion: both are withheld, and which of two hidden cells
is the small one is nobody's to know.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from django.utils import translation

from hearthline.hub.statistics.definitions import INDICATORS, UNITS, breakdown
from hearthline.hub.statistics.models import Observation, PublishedFile, Release
from hearthline.kit.formats import sdmx, sdmx_ml

COLUMNS = (
    "ref_area", "period", "revision", "indicator", "dimension", "code", "value", "unit", "status",
)  # fmt: skip
Format = PublishedFile.Format
CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.SDMX_CSV: "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
    Format.SDMX_ML: sdmx_ml.DATA_TYPE,
}
# When the structure's wording last changed; part of its header, so that it stays the same file.
STRUCTURE_OF = datetime.fromisoformat("2026-11-22T00:00:00+00:00")


def files(release: Release, *, ref_area: str) -> dict[str, str]:
    """Every file of a release, by format."""
    return {
        Format.CSV: as_csv(release, ref_area=ref_area),
        Format.SDMX_CSV: as_sdmx(release, ref_area=ref_area),
        Format.SDMX_ML: as_sdmx_ml(release, ref_area=ref_area),
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
    return sdmx.write_csv(_observations(release, ref_area))


def as_sdmx_ml(release: Release, *, ref_area: str) -> str:
    """An SDMX-ML 3.0 data message, monthly."""
    return sdmx_ml.write_data(
        _observations(release, ref_area),
        message=f"{sdmx.NAME}-{release.period}-{release.revision}",
        prepared=release.compiled_at,
    )


def structure() -> str:
    """The SDMX-ML 3.0 structure message all data files follow, in English."""
    with translation.override("en"):
        names = {one.code: str(one.title) for one in INDICATORS}
    return sdmx_ml.write_structure(names, message=sdmx.NAME, prepared=STRUCTURE_OF)


def _observations(release: Release, ref_area: str) -> Iterator[sdmx.Obs]:
    return (_observation(row, release, ref_area) for row in release.observations.all())


def _observation(row: Observation, release: Release, ref_area: str) -> sdmx.Obs:
    place = {} if row.dimension == "total" else {breakdown(row.dimension).sdmx: row.code}
    return sdmx.Obs(
        ref_area=ref_area,
        indicator=row.indicator,
        freq="M",
        time_period=release.period,
        value=row.value,
        unit_measure=UNITS[row.unit][0],
        status="Q" if row.value is None else "A",
        **place,
    )
