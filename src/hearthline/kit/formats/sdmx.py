# SPDX-License-Identifier: Apache-2.0
"""Observations as SDMX-CSV 2.0, the format statistical offices exchange.

Source: SDMX 3.0, SDMX-CSV 2.0 field guide; a missing number is written `NaN`. Written with the
standard library: pysdmx needs pandas for this, which no hotline should have to install, so
pysdmx only checks the result in our tests. The same observations as SDMX-ML, and the structure
they follow, are in `sdmx_ml`; both spell every key as `row` does here.

A withheld value has OBS_STATUS `Q` (missing value; suppressed, CL_OBS_STATUS 2.2) and
CONF_STATUS `C` (confidential statistical information, CL_CONF_STATUS 1.2). That list has codes
for small counts and for companion cells too (`A`, `D`); they are not used, because which of two
hidden cells is the small one is itself a disclosure (see `kit.disclosure`). The codes were
compared with published copies of the lists, not with the SDMX registry itself.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from typing import Literal, TypeGuard

from hearthline.kit.codelists import (
    age_bands,
    assessment_outcomes,
    channels,
    fourc,
    host_refusals,
    incident_types,
    reporter_kinds,
    sexes,
)
from hearthline.kit.formats.refused import FormatRefused

AGENCY, NAME, VERSION = "HEARTHLINE", "SPINE", "3.0"
STRUCTURE_ID = f"{AGENCY}:{NAME}({VERSION})"
TOTAL = "_T"
MISSING = "NaN"

# A normal value, a suppressed one, and one that was not measured.
ObsStatus = Literal["A", "Q", "O"]
# F is "free for publication", C "confidential statistical information".
_CONF_STATUS: Mapping[str, str] = {"A": "F", "Q": "C", "O": "F"}

_FRAME = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
# "Information": the rows say what is, without asking anybody to change a database.
_FRAME_VALUES = ("dataflow", STRUCTURE_ID, "I")
DIMENSIONS = (
    "REF_AREA",
    "INDICATOR",
    "FREQ",
    "TIME_PERIOD",
    "KIND",
    "FOURC",
    "CHANNEL",
    "AGE",
    "SEX",
    "OUTCOME",
    "AUDIENCE",
    "LANGUAGE",
    "STATISTIC",
    "CLOCK",
    "REFUSAL",
    "COMPLAINT",
    "COMPLAINT_ANSWER",
)
ATTRIBUTES = ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE")
COLUMNS = (*_FRAME, *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)

# Codes that are ours alone, with their English names.
STATISTICS: Mapping[str, str] = {"median": "Median", "p90": "90th percentile"}
CLOCKS: Mapping[str, str] = {
    "first_review": "First look by a person",
    "second_review": "Second review",
    "police": "Hand-over to police",
    "host_answer": "Answer of the hosting company",
}
COMPLAINTS: Mapping[str, str] = {
    "not_heard": "You did not listen to me",
    "slow": "It took too long",
    "wrong_decision": "Your decision was wrong",
    "unkind": "Somebody was not kind to me",
    "privacy": "Somebody learned what I told you",
    "staff_member": "It is about a person of your team",
    "other": "Something else",
}
COMPLAINT_ANSWERS: Mapping[str, str] = {
    "upheld": "You are right",
    "partly": "You are partly right",
    "not_upheld": "We see it differently",
    "out_of_scope": "It is not for us to decide",
}

_SHAPES = {
    "REF_AREA": re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?"),
    "INDICATOR": re.compile(r"[A-Za-z][A-Za-z0-9_]*"),
    "UNIT_MEASURE": re.compile(r"[A-Za-z][A-Za-z0-9_]*"),
    # A language tag of BCP 47 in small letters, or `_T`.
    "LANGUAGE": re.compile(r"_T|[a-z]{2,8}(-[a-z0-9]{1,8})*"),
}
_PERIODS = {
    "A": re.compile(r"[0-9]{4}"),
    "Q": re.compile(r"[0-9]{4}-Q[1-4]"),
    "M": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Obs:
    """One observation. Breakdowns are codes of `kit.codelists`, `_T` for all together.

    `ref_area` is ISO 3166 (`KE`, or `KE-110`), `freq` A, Q or M with a `time_period` to match
    (`2026`, `2026-Q3`, `2026-09`). `value` is None exactly when `status` is not `A`.
    """

    ref_area: str
    indicator: str
    freq: str
    time_period: str
    value: int | Decimal | None
    unit_measure: str
    kind: str = TOTAL
    fourc: str = TOTAL
    channel: str = TOTAL
    age: str = TOTAL
    sex: str = TOTAL
    outcome: str = TOTAL
    audience: str = TOTAL
    language: str = TOTAL
    statistic: str = TOTAL
    clock: str = TOTAL
    refusal: str = TOTAL
    complaint: str = TOTAL
    complaint_answer: str = TOTAL
    status: ObsStatus = "A"


_FIELD = {name: name.lower() for name in DIMENSIONS}


def write_csv(observations: Iterable[Obs]) -> str:
    """The observations as SDMX-CSV, rows sorted by their key, lines ended as RFC 4180 asks.

    Raises FormatRefused naming the column for a code that is on no list, a period that does not
    match its frequency, a value that is there although withheld, and a key that stands twice.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows((*_FRAME_VALUES, *row) for row in sorted_rows(observations))
    return text.getvalue()


def sorted_rows(observations: Iterable[Obs]) -> list[tuple[str, ...]]:
    """Each observation spelled as SDMX has it, in the order of DIMENSIONS, value, ATTRIBUTES.

    Sorted by key, so that the same observations always make the same file. Raises FormatRefused
    as `write_csv` says.
    """
    rows = sorted(_row(observation) for observation in observations)
    width = len(DIMENSIONS)
    for before, after in pairwise(rows):
        if before[:width] == after[:width]:
            raise FormatRefused("$", f"two observations have the key {'/'.join(after[:width])}")
    return rows


def read_csv(text: str) -> list[Obs]:
    """The observations in SDMX-CSV of our own dataflow, in the order they stand.

    Columns may come in any order. Raises FormatRefused naming the column and the line.
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    if not rows:
        raise FormatRefused("$", "the file is empty")
    header = rows[0]
    for name in COLUMNS:
        if header.count(name) != 1:
            raise FormatRefused(name, "the column must be there exactly once")
    if len(header) != len(COLUMNS):
        raise FormatRefused("$", "there are columns this dataflow does not have")
    found: list[Obs] = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise FormatRefused("$", f"line {line} has {len(row)} columns, not {len(header)}")
        found.append(_observation(dict(zip(header, row, strict=True)), line))
    return found


@cache
def coded() -> dict[str, dict[str, str]]:
    """For each dimension with a code list, our codes and how SDMX spells them.

    An SDMX identifier has no dots, so the 4Cs are spelled with underscores.
    """
    lists = {
        "KIND": {entry.code: entry.code for entry in incident_types()},
        "FOURC": {entry.code: entry.code.replace(".", "_") for entry in fourc()},
        "CHANNEL": {entry.code: entry.code for entry in channels()},
        "AGE": {entry.code: entry.sdmx for entry in age_bands()},
        "SEX": {entry.code: entry.sdmx for entry in sexes()},
        "OUTCOME": {entry.code: entry.code for entry in assessment_outcomes()},
        "AUDIENCE": {entry.code: entry.code for entry in reporter_kinds()},
        "STATISTIC": {code: code for code in STATISTICS},
        "CLOCK": {code: code for code in CLOCKS},
        "REFUSAL": {entry.code: entry.code for entry in host_refusals()},
        "COMPLAINT": {code: code for code in COMPLAINTS},
        "COMPLAINT_ANSWER": {code: code for code in COMPLAINT_ANSWERS},
    }
    return {name: {**codes, TOTAL: TOTAL} for name, codes in lists.items()}


def _row(observation: Obs) -> tuple[str, ...]:
    key: list[str] = []
    for name in DIMENSIONS:
        value: str = getattr(observation, _FIELD[name])
        _check_shape(name, value)
        codes = coded().get(name)
        if codes is not None and value not in codes:
            raise FormatRefused(name, f"{value!r} is on no list; known: {', '.join(codes)}")
        key.append(codes[value] if codes is not None else value)
    _check_period(observation.freq, observation.time_period)
    _check_shape("UNIT_MEASURE", observation.unit_measure)
    return (
        *key,
        _value_text(observation),
        observation.status,
        _CONF_STATUS[observation.status],
        observation.unit_measure,
    )


def _value_text(observation: Obs) -> str:
    value = observation.value
    if observation.status not in _CONF_STATUS:
        raise FormatRefused("OBS_STATUS", f"{observation.status!r} is not one of A, Q, O")
    if (value is None) == (observation.status == "A"):
        raise FormatRefused("OBS_VALUE", "a normal value has a number, any other has none")
    if value is None:
        return MISSING
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise FormatRefused("OBS_VALUE", "a whole number or a Decimal is needed")
    if isinstance(value, Decimal) and not value.is_finite():
        raise FormatRefused("OBS_VALUE", "the number is not finite")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _observation(row: Mapping[str, str], line: int) -> Obs:
    for name, expected in zip(_FRAME, _FRAME_VALUES, strict=True):
        if row[name] != expected:
            raise FormatRefused(name, f"line {line}: {row[name]!r} is not {expected!r}")
    key: dict[str, str] = {}
    for name in DIMENSIONS:
        value = row[name]
        codes = coded().get(name)
        if codes is not None:
            ours = [code for code, spelled in codes.items() if spelled == value]
            if not ours:
                raise FormatRefused(name, f"line {line}: {value!r} is on no list")
            value = ours[0]
        key[_FIELD[name]] = value
    status = row["OBS_STATUS"]
    if not _is_status(status):
        raise FormatRefused("OBS_STATUS", f"line {line}: {status!r} is not one of A, Q, O")
    if row["CONF_STATUS"] != _CONF_STATUS[status]:
        raise FormatRefused("CONF_STATUS", f"line {line}: does not go with status {status}")
    observation = Obs(
        **key,
        value=_number(row["OBS_VALUE"], line),
        unit_measure=row["UNIT_MEASURE"],
        status=status,
    )
    # Writing it checks everything else, by the very same rules.
    _row(observation)
    return observation


def _is_status(text: str) -> TypeGuard[ObsStatus]:
    return text in _CONF_STATUS


def _number(text: str, line: int) -> int | Decimal | None:
    if text == MISSING:
        return None
    if not _NUMBER.fullmatch(text):
        raise FormatRefused("OBS_VALUE", f"line {line}: {text!r} is not a number")
    try:
        return Decimal(text) if "." in text else int(text)
    except (InvalidOperation, ValueError) as fault:
        raise FormatRefused("OBS_VALUE", f"line {line}: the number is too long") from fault


def _check_shape(name: str, value: str) -> None:
    shape = _SHAPES.get(name)
    if shape is not None and not shape.fullmatch(value):
        raise FormatRefused(name, f"{value!r} is not in the form {shape.pattern}")


def _check_period(freq: str, period: str) -> None:
    shape = _PERIODS.get(freq)
    if shape is None:
        raise FormatRefused("FREQ", f"{freq!r} is not one of {', '.join(_PERIODS)}")
    if not shape.fullmatch(period):
        raise FormatRefused("TIME_PERIOD", f"{period!r} does not match the frequency {freq}")
