# SPDX-License-Identifier: Apache-2.0
"""SDMX-ML 3.0: valid by the published schemas, and read alike by an independent library."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.io.xml.doc_validation import validate_doc

from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.sdmx import ATTRIBUTES, DIMENSIONS, Obs, sorted_rows
from hearthline.kit.formats.sdmx_ml import code_lists, write_data, write_structure

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
INDICATORS = {"reports": "Reports received", "minutes_to_police": "Until police had it"}
REPORTS = Obs("KE", "reports", "M", "2026-09", 120, "COUNT")
GIRLS = replace(REPORTS, kind="grooming", fourc="4C.contact.sex", age="9_12", sex="female", value=9)
ARABIC = replace(REPORTS, audience="child", language="zh-hans", value=30)
HIDDEN = replace(REPORTS, channel="phone", value=None, status="Q")
HALF = replace(
    REPORTS, indicator="minutes_to_police", statistic="median", value=Decimal("18.5"),
    unit_measure="MIN",
)  # fmt: skip
LATE = replace(REPORTS, clock="police", value=0)
ALL = [REPORTS, GIRLS, ARABIC, HIDDEN, HALF, LATE]


def data(observations: list[Obs]) -> str:
    return write_data(observations, message="SPINE-2026-09-1", prepared=NOON)


def structure() -> str:
    return write_structure(INDICATORS, message="SPINE", prepared=NOON)


def test_the_structure_is_valid_by_the_published_schemas() -> None:
    validate_doc(structure())


def test_the_data_is_valid_by_the_published_schemas() -> None:
    validate_doc(data(ALL))
    validate_doc(data([]))


def test_a_message_that_breaks_the_schemas_would_be_noticed() -> None:
    broken = structure().replace("DimensionList", "DimensionHeap")
    with pytest.raises(Exception, match="DimensionHeap"):
        validate_doc(broken)


def test_an_independent_library_reads_the_structure() -> None:
    (definition,) = read_sdmx(structure(), validate=True).get_data_structure_definitions()
    components = definition.components
    assert {one.id for one in components.dimensions} == set(DIMENSIONS)
    assert {one.id for one in components.attributes} == set(ATTRIBUTES)
    assert [one.id for one in components.measures] == ["OBS_VALUE"]
    for name, codes in code_lists(INDICATORS).items():
        found = next(one for one in components if one.id == name)
        assert {code.id: code.name for code in found.enumeration} == codes


def test_an_independent_library_joins_data_and_structure() -> None:
    dataset: Any
    (dataset,) = get_datasets(data(ALL), structure(), validate=True)
    read = {
        tuple(str(row[name]) for name in DIMENSIONS): (
            "NaN" if row["OBS_STATUS"] == "Q" else Decimal(str(row["OBS_VALUE"])),
            row["OBS_STATUS"], row["CONF_STATUS"], row["UNIT_MEASURE"],
        )
        for row in dataset.data.to_dict("records")
    }  # fmt: skip
    width = len(DIMENSIONS)
    assert read == {
        row[:width]: ("NaN" if row[width] == "NaN" else Decimal(row[width]), *row[width + 1 :])
        for row in sorted_rows(ALL)
    }


def test_a_withheld_value_is_not_written_at_all() -> None:
    text = data([HIDDEN])
    assert "OBS_VALUE" not in text
    assert 'OBS_STATUS="Q"' in text
    assert 'CONF_STATUS="C"' in text


def test_every_code_in_the_data_is_in_the_structure() -> None:
    lists = code_lists(INDICATORS)
    for row in sorted_rows(ALL):
        values = dict(zip((*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES), row, strict=True))
        assert all(values[name] in codes for name, codes in lists.items())


def test_what_csv_refuses_is_refused_here_too() -> None:
    with pytest.raises(FormatRefused):
        data([REPORTS, REPORTS])


def test_names_are_escaped() -> None:
    text = write_structure({"reports": 'Reports & "more" <b>'}, message="SPINE", prepared=NOON)
    validate_doc(text)
    (definition,) = read_sdmx(text).get_data_structure_definitions()
    indicator = next(one for one in definition.components if one.id == "INDICATOR")
    assert [code.name for code in indicator.enumeration] == ['Reports & "more" <b>']
