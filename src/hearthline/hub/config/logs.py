# SPDX-License-Identifier: Apache-2.0
"""Log lines for machines, one JSON object a line, without a word anybody wrote.

The message of an exception may quote what was typed or stored (a database names the row it
refuses), so of an exception only its kind and the places it passed are written. The query of an
address never is, nor a part of its path that is long enough to be a secret, such as the link in a
letter to a provider.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path

# A link's secret is 43 signs; the numbers of our records have 36.
_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{40,}")
_HUB = Path(__file__).resolve().parents[3]


class JsonLines(logging.Formatter):
    """`{"time", "level", "logger", "message"}`, and `error` and `where` after an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _SECRET.sub("…", record.getMessage().split("?", 1)[0]),
        }
        if (status := getattr(record, "status_code", None)) is not None:
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            line["error"] = f"{record.exc_info[0].__module__}.{record.exc_info[0].__qualname__}"
            line["where"] = [
                f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


def _short(filename: str) -> str:
    """A file by its place in the program, not on this machine."""
    path = Path(filename)
    return str(path.relative_to(_HUB)) if path.is_relative_to(_HUB) else path.name
