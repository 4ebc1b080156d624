# SPDX-License-Identifier: Apache-2.0
"""SDMX-CSV: written, read back by ourselves, and read by an independent library."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysdmx.io import read_sdmx

from hearthline.kit.codelists import (
    age_bands,
    assessment_outcomes,
    channels,
    fourc,
    incident_types,
    sexes,
)
from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.sdmx import COLUMNS, Obs, read_csv, write_csv

QUARTER = Obs("KE", "reports_received", "Q", "2026-Q3", 120, "COUNT")
GIRLS = replace(QUARTER, kind="grooming", fourc="4C.contact.sex", age="9_12", sex="female", value=9)
HIDDEN = replace(QUARTER, channel="phone", value=None, status="Q")
MEDIAN = Obs("KE", "median_hours", "M", "2026-09", Decimal("18.50"), "HOURS")


def test_a_row_names_its_dataflow_and_every_dimension() -> None:
    assert write_csv([QUARTER]) == (
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,FREQ,TIME_PERIOD,KIND,FOURC,CHANNEL,"
        "AGE,SEX,OUTCOME,AUDIENCE,LANGUAGE,STATISTIC,CLOCK,REFUSAL,COMPLAINT,"
        "COMPLAINT_ANSWER,OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MEASURE\r\n"
        "dataflow,HEARTHLINE:SPINE(3.0),I,KE,reports_received,Q,2026-Q3,"
        "_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,120,A,F,COUNT\r\n"
    )


def test_codes_are_spelled_the_sdmx_way() -> None:
    row = write_csv([GIRLS]).splitlines()[1]
    assert ",grooming,4C_contact_sex,_T,Y9T12,F,_T,_T,_T,_T,_T,_T,_T,_T,9,A,F,COUNT" in row


def test_a_withheld_value_is_marked_and_tells_nothing_of_why() -> None:
    assert write_csv([HIDDEN]).splitlines()[1].endswith(",NaN,Q,C,COUNT")


def test_rows_are_sorted_whatever_the_order() -> None:
    assert write_csv([QUARTER, GIRLS, MEDIAN]) == write_csv([MEDIAN, GIRLS, QUARTER])


def test_what_was_written_is_read_back() -> None:
    written = [QUARTER, GIRLS, HIDDEN, MEDIAN]
    assert sorted(read_csv(write_csv(written)), key=repr) == sorted(written, key=repr)


def test_an_independent_library_reads_the_same() -> None:
    dataset: Any
    (dataset,) = read_sdmx(write_csv([QUARTER, GIRLS, HIDDEN, MEDIAN])).get_datasets()
    assert dataset.short_urn == "Dataflow=HEARTHLINE:SPINE(3.0)"
    assert list(dataset.data.columns) == list(COLUMNS[3:])
    values = dict(
        zip(
            zip(dataset.data["INDICATOR"], dataset.data["CHANNEL"], dataset.data["AGE"],
                strict=True),
            dataset.data["OBS_VALUE"],
            strict=True,
        )
    )  # fmt: skip
    assert values["reports_received", "_T", "_T"] == "120"
    assert values["reports_received", "_T", "Y9T12"] == "9"
    assert values["reports_received", "phone", "_T"] == "NaN"
    assert Decimal(values["median_hours", "_T", "_T"]) == Decimal("18.5")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"ref_area": "Kenya"}, "REF_AREA"),
        ({"indicator": "=cmd()"}, "INDICATOR"),
        ({"unit_measure": ""}, "UNIT_MEASURE"),
        ({"freq": "W"}, "FREQ"),
        ({"time_period": "2026-13"}, "TIME_PERIOD"),
        ({"kind": "riddle"}, "KIND"),
        ({"fourc": "4C_contact_sex"}, "FOURC"),
        ({"channel": "pigeon"}, "CHANNEL"),
        ({"age": "Y9T12"}, "AGE"),
        ({"sex": "F"}, "SEX"),
        ({"outcome": "guilty"}, "OUTCOME"),
        ({"audience": "crowd"}, "AUDIENCE"),
        ({"language": "English"}, "LANGUAGE"),
        ({"statistic": "mean"}, "STATISTIC"),
        ({"clock": "cuckoo"}, "CLOCK"),
        ({"status": "Q"}, "OBS_VALUE"),
        ({"value": None}, "OBS_VALUE"),
        ({"value": 1.5}, "OBS_VALUE"),
        ({"value": True}, "OBS_VALUE"),
        ({"value": Decimal("NaN")}, "OBS_VALUE"),
        ({"status": "Z"}, "OBS_STATUS"),
    ],
)
def test_what_has_no_place_is_refused_by_column(change: dict[str, object], column: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        write_csv([replace(QUARTER, **change)])  # type: ignore[arg-type]
    assert refusal.value.field == column


def test_one_key_cannot_have_two_values() -> None:
    with pytest.raises(FormatRefused, match="two observations have the key KE/reports_received"):
        write_csv([QUARTER, replace(QUARTER, value=121)])


@pytest.mark.parametrize(
    ("find", "put", "column"),
    [
        ("SPINE(3.0)", "OTHER(1.0)", "STRUCTURE_ID"),
        ("OUTCOME,", "", "OUTCOME"),
        ("COUNT\r\n", "COUNT,more\r\n", "$"),
        (",120,", ",many,", "OBS_VALUE"),
        (",120,", ",NaN,", "OBS_VALUE"),
        (",120,", "," + "9" * 5000 + ",", "OBS_VALUE"),
        (",A,F,", ",Z,F,", "OBS_STATUS"),
        (",A,F,", ",A,C,", "CONF_STATUS"),
        (",Q,2026-Q3,", ",M,2026-Q3,", "TIME_PERIOD"),
        ("2026-Q3,_T", "2026-Q3,riddle", "KIND"),
    ],
)
def test_a_faulty_file_is_refused_by_column(find: str, put: str, column: str) -> None:
    text = write_csv([QUARTER])
    assert find in text
    with pytest.raises(FormatRefused) as refusal:
        read_csv(text.replace(find, put, 1))
    assert refusal.value.field == column


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FormatRefused, match="empty"):
        read_csv("")


def codes(entries: object) -> st.SearchStrategy[str]:
    return st.sampled_from(["_T", *(entry.code for entry in entries)])  # type: ignore[attr-defined]


@st.composite
def observations(draw: st.DrawFn) -> Obs:
    value = draw(st.none() | st.integers(0, 10**9) | st.decimals(0, 10**6, places=3))
    return Obs(
        ref_area=draw(st.sampled_from(["KE", "FR", "CN-11"])),
        indicator=draw(st.sampled_from(["reports_received", "MEDIAN_HOURS"])),
        freq="Q",
        time_period=f"{draw(st.integers(1990, 2100))}-Q{draw(st.integers(1, 4))}",
        value=value,
        unit_measure="COUNT",
        kind=draw(codes(incident_types())),
        fourc=draw(codes(fourc())),
        channel=draw(codes(channels())),
        age=draw(codes(age_bands())),
        sex=draw(codes(sexes())),
        outcome=draw(codes(assessment_outcomes())),
        status=draw(st.sampled_from(["Q", "O"])) if value is None else "A",
    )


@given(st.lists(observations(), unique_by=lambda one: repr(replace(one, value=None, status="Q"))))
def test_every_observation_survives_the_journey(written: list[Obs]) -> None:
    assert sorted(read_csv(write_csv(written)), key=repr) == sorted(written, key=repr)
