# SPDX-License-Identifier: Apache-2.0
"""A provider's table: text of comma or semicolon separated values (RFC 4180), read row by row.

Columns: reference, answer, ground, address, note. The first line may name them, in any order;
without names they stand in this order, and the last three may be left out.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

from hearthline.hub.notices.actions.answers import Said
from hearthline.hub.notices.actions.providing import ROWS, Row, TooManyRows

COLUMNS: Final = ("reference", "answer", "ground", "address", "note")
# Room for 500 addresses of the greatest length that is looked at.
CHARACTERS: Final = 1_500_000


class NotATable(ValueError):
    """The text is empty, or its quotes do not close."""


def read_table(text: str) -> list[Row]:
    """The rows of a table; what they say is looked at one by one later.

    Raises NotATable and TooManyRows.
    """
    if len(text) > CHARACTERS:
        raise TooManyRows
    text = text.removeprefix("\ufeff")
    head = text.lstrip().partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else "\t" if "\t" in head else ","
    rows: list[Row] = []
    names: Sequence[str] = COLUMNS
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not rows and "reference" in [cell.lower() for cell in cells]:
                names = [cell.lower() for cell in cells]
                continue
            rows.append(_row(reader.line_num, dict(zip(names, cells, strict=False))))
            if len(rows) > ROWS:
                raise TooManyRows
    except csv.Error as broken:
        raise NotATable from broken
    if not rows:
        raise NotATable
    return rows


def write_table(rows: Sequence[Row]) -> str:
    """The rows as a table again, so that what was refused can be put right and sent anew."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        said = row.said
        writer.writerow([row.reference, said.code, said.refusal, said.place, said.note])
    return out.getvalue()


def _row(line: int, cells: dict[str, str]) -> Row:
    said = Said(
        code=cells.get("answer", "").lower().replace(" ", "_"),
        refusal=cells.get("ground", "").lower(),
        place=cells.get("address", ""),
        note=cells.get("note", "")[:500],
    )
    return Row(line, cells.get("reference", ""), said)
