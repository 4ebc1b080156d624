# SPDX-License-Identifier: Apache-2.0
"""Lists shared in the manner of StopNCII: JSON, page tokens, hashes people made of their own
pictures, each with the cases it belongs to.

Shape from memory and public code; `VERIFIED` is false: no live endpoint was asked, and nobody
there endorses this. A record is a snapshot of one hash: a later one replaces it. A person who
withdraws is heeded at once: a hash whose every case is withdrawn goes, whatever its own state says.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges.client import Client, Query
from hearthline.matcher.exchanges.documents import array, listed, object_of, read_json, whole_number
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    Gap,
    Malformed,
    NotASignal,
    Opinion,
    Page,
    Signal,
    checked_key,
    combined,
    tidy,
)
from hearthline.matcher.exchanges.walk import Place, Reading, older_than, walk

VERIFIED: Final = False

PAGE_SIZE: Final = 800
STALE_AFTER: Final = timedelta(days=25)

_KINDS: Final = {"ImagePDQ": HashKind.PDQ, "VideoMD5": HashKind.MD5}
_GONE: Final = frozenset({"Withdrawn", "Deleted"})
_FEEDBACK: Final = {"Blocked": Opinion.CONFIRM, "NotBlocked": Opinion.DENY}
_TOKEN: Final = re.compile(rb'"nextPageToken"\s*:\s*"([^"\\\s]{1,4000})"')


class StopNcii:
    """The hashes of one partner's subscription."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shape = _Shape()

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        return older_than(STALE_AFTER, since, at)

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        place = Place.of(since, self._shape.first(), at)
        return walk(self._shape, self._client, place, at=at)

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        place = Place(gap.start, size=PAGE_SIZE)
        return walk(self._shape, self._client, place, at=at, until=gap.end)


class _Shape:
    path = "/FetchHashes"

    def first(self) -> Place:
        return Place(start=0, size=PAGE_SIZE)

    def query(self, place: Place, until: int) -> Query:
        asked = [("startTimestamp", str(place.start)), ("pageSize", str(place.size))]
        return [*asked, ("nextPageToken", place.cursor)] if place.cursor else asked

    def narrowed(self, place: Place, until: int) -> Place:
        return replace(place, size=place.size // 2)

    def reach(self, place: Place, until: int) -> int:
        return until

    def cursor_in(self, raw: bytes) -> str:
        found = _TOKEN.search(raw)
        return found[1].decode("ascii", errors="ignore") if found else ""

    def read(self, body: bytes, place: Place, until: int) -> Reading:
        document = read_json(body)
        records = array(document, "hashRecords")
        more = document.get("hasMoreRecords")
        token = document.get("nextPageToken") or ""
        if not isinstance(more, bool) or not isinstance(token, str):
            raise Malformed("no readable word on whether there are more records")
        if more and not token:
            raise Malformed("more records, and no token to ask for them")
        reading = Reading(next=place, last=not more)
        times = [_take(record, reading) for record in records]
        reached = _moved_on(place.reached, [t for t in times if t])
        if not more:
            reached = max(reached, whole_number(document.get("nextSetTimestamp")))
        start = place.start if more else reached
        size = min(place.size * 2, PAGE_SIZE)
        reading.next = Place(start, token if more else "", size, reached)
        return reading


def _moved_on(reached: int, times: list[int]) -> int:
    """How far a page came: to its last record's time if the records came in order of time, else
    no further than `reached`, because one that was not given yet could be earlier."""
    in_order = times == sorted(times) and (not times or times[0] >= reached)
    return times[-1] if times and in_order else reached


def _take(record: Any, reading: Reading) -> int:
    """Put one record into `reading`; its time of change, 0 where it has none."""
    key = ""
    try:
        record = object_of(record)
        changed = whole_number(record.get("lastModtimestamp"))
        source_kind = str(record.get("signalType"))
        kind = _KINDS.get(source_kind)
        if kind is None:
            reading.unknown(source_kind)
            return changed
        value = str(record.get("hashValue") or "").strip().lower()
        key = checked_key(f"{source_kind}:{value}")
        cases = _cases(record)
        withdrawn = bool(cases) and set(cases.values()) <= _GONE
        if record.get("hashStatus") in _GONE or withdrawn:
            reading.put(key, ())
        else:
            reading.put(key, (_signal(record, kind, value, key, cases),))
    except NotASignal as reason:
        reading.reject(reason, key)
        return 0
    return changed


def _signal(
    record: dict[str, Any], kind: HashKind, value: str, key: str, cases: dict[str, str]
) -> Signal:
    # A value this version does not know is no opinion; it is no reason to drop the hash.
    answers = [object_of(one) for one in listed(record.get("CSPFeedbacks"))]
    return Signal(
        kind=kind,
        value=value,
        key=key,
        tags=tidy(tag for one in answers for tag in listed(one.get("tags"))),
        opinion=combined(
            _FEEDBACK.get(str(one.get("feedbackValue")), Opinion.UNSTATED) for one in answers
        ),
        reported_by=tidy(one.get("source") for one in answers),
        cases=tidy(case for case, state in cases.items() if state not in _GONE),
    )


def _cases(record: dict[str, Any]) -> dict[str, str]:
    """Case numbers and their states. The source writes "none" as an empty array."""
    cases = record.get("caseNumbers") or {}
    if not isinstance(cases, dict):
        raise NotASignal("the case numbers are not an object")
    return {str(case): str(state) for case, state in cases.items()}
