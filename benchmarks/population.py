# SPDX-License-Identifier: Apache-2.0
"""A country after years of work: a million subjects and a desk with a hundred thousand open cases.

`populate()` fills the configured database in bulk. Everything is invented, with a fixed seed, on
example.org. Addresses open as in life (sealed under their row's data key), but the rows share a
few hundred data keys and desk wraps: a million of those would take longer than the measurement.
Numbers of records ascend, where life draws them at random, so that they are quickly written.
Constraints and triggers are those of the ledgers; nothing is switched off. The audit log stays
empty: what is measured is the ledgers' own reading.

By hand, on an installation that `hearthline setup` has prepared:

    python manage.py shell -c "from benchmarks.population import populate; populate()"
"""

import itertools
import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from hearthline.hub.accounts.actions import enrol
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.cases.models import Assessment, Case, Sighting, Subject
from hearthline.hub.reports.models import Pointer, Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import codelists
from hearthline.kit import sealing as kit

SEED = 11
DATA_KEYS = 500
BATCH = 10_000
HOSTS = 4_000
# How many of a hundred open cases stand in each state.
STATES = {
    Case.State.AWAITING_TRIAGE: 60,
    Case.State.IN_ASSESSMENT: 8,
    Case.State.AWAITING_SECOND: 15,
    Case.State.DISAGREED: 2,
    Case.State.CONFIRMED: 15,
}
LEVELS = {"U0": 1, "U1": 4, "U2": 25, "U3": 70}
KINDS = {"csam_url": 70, "extortion_money": 5, "grooming": 10, "cyberbullying": 15}
# Every ninth closed subject was reported twice, so that a million subjects with a hundred
# thousand open cases come to a million reports in the month that is over.
TWICE = 9
WORDS = "I saw this page and it worries me."


@dataclass(frozen=True)
class Population:
    """What is there now. `month` is the period, such as "2026-10", of nearly all reports."""

    staff: list[uuid.UUID]
    month: str
    subjects: int
    open_cases: int
    reports: int


class _Table:
    """Rows of one model on their way to its table, past the ORM: it would take eight times as long.

    A row is given by column; what is not given is the field's default.
    """

    def __init__(self, model: type[models.Model]) -> None:
        fields = [
            f
            for f in model._meta.concrete_fields
            if not isinstance(f, models.AutoField) and not f.generated
        ]
        self.name = model._meta.db_table
        self._columns = [str(f.column) for f in fields]
        self._defaults: list[Any] = [_default(f) for f in fields]
        self._places = {column: place for place, column in enumerate(self._columns)}
        self._rows: list[list[Any]] = []

    def add(self, **values: Any) -> None:
        row = self._defaults.copy()
        for column, value in values.items():
            row[self._places[column]] = value
        self._rows.append(row)

    def write(self) -> int:
        """Insert what was added; how many."""
        rows, self._rows = self._rows, []
        columns = ", ".join(map(connection.ops.quote_name, self._columns))
        table = connection.ops.quote_name(self.name)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self._columns))
                cursor.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({marks})",
                    [[_for_sqlite(value) for value in row] for row in rows],
                )
        return len(rows)


def populate(
    *,
    subjects: int = 1_000_000,
    open_cases: int = 100_000,
    analysts: int = 12,
    at: datetime | None = None,
) -> Population:
    """Add so many subjects, `open_cases` of them with an open case; the others closed last month.

    `at` is the moment it is all seen from, by default now. Call it once, on a database that has
    been migrated.
    """
    world = _World(at or timezone.now(), analysts)
    reports = 0
    with _large_cache():
        for start in range(0, subjects, BATCH):
            for number in range(start, min(start + BATCH, subjects)):
                world.add(number, still_open=number < open_cases)
            reports += world.write()
        # Give the query planner the tables' new sizes, as time does in life.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Population(
        world.staff, f"{world.month:%Y-%m}", subjects, min(subjects, open_cases), reports
    )


@dataclass
class _Matter:
    """What the rows about one subject share."""

    subject: uuid.UUID
    key_row: uuid.UUID
    key: kit.DataKey
    address: str
    digest: bytes
    host_digest: bytes
    kind: str
    level: str
    at: datetime

    def seal(self, table: str, row: uuid.UUID, field: str, text: str) -> bytes:
        return self.key.seal(text, table=table, row=str(row), field=field)


class _World:
    """What all rows draw from, and the tables they go to."""

    def __init__(self, at: datetime, analysts: int) -> None:
        self.at = at
        self.chance = random.Random(SEED)
        self.last_id = self.chance.getrandbits(64) << 64
        self.staff = list(_staff(analysts, at))
        self.keys = _keys(at)
        self.pepper = sealing.pepper()
        first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        self.month = (first - timedelta(days=1)).replace(day=1)
        self.month_seconds = int((first - self.month).total_seconds()) - 86_400
        self.kinds, self.levels = list(_drawn(KINDS)), list(_drawn(LEVELS))
        self.states = list(_drawn(STATES))
        self.fourc = {
            k: json.dumps(codelists.find(codelists.incident_types(), k).fourc) for k in KINDS
        }
        self.bands = [entry.code for entry in codelists.age_bands()]
        self.sexes = [entry.code for entry in codelists.sexes()]
        self.languages = [code for code, _ in settings.LANGUAGES]
        self.hosts = [f"host{n}.example.org" for n in range(HOSTS)]
        self.host_digests = [kit.digest(h, self.pepper, purpose="host") for h in self.hosts]
        self.subjects, self.reports, self.cases = _Table(Subject), _Table(Report), _Table(Case)
        self.sightings, self.assessments = _Table(Sighting), _Table(Assessment)
        self.pointers, self.steps = _Table(Pointer), _Table(Step)

    @transaction.atomic
    def write(self) -> int:
        """Write what was added, in the order the tables depend on each other; how many reports."""
        self.subjects.write()
        reports = self.reports.write()
        for table in (self.sightings, self.cases, self.assessments, self.pointers, self.steps):
            table.write()
        return reports

    def add(self, number: int, *, still_open: bool) -> None:
        """One subject, its reports and its case."""
        matter = self._matter(number, still_open=still_open)
        times = 2 if not still_open and number % TWICE == 0 else 1
        host = matter.address.split("/")[2]
        table = self.subjects.name
        self.subjects.add(
            id=matter.subject, data_key_id=matter.key_row, kind=Subject.Kind.URL.value,
            digest=matter.digest, host_digest=matter.host_digest,
            address=matter.seal(table, matter.subject, "address", matter.address),
            host=matter.seal(table, matter.subject, "host", host),
            first_seen=matter.at, last_seen=matter.at, report_count=times,
        )  # fmt: skip
        if still_open:
            self._open(matter)
        else:
            self._closed(matter, times)
        for _ in range(times):
            self._report(matter, still_open=still_open)

    def _matter(self, number: int, *, still_open: bool) -> _Matter:
        chance = self.chance
        (row, key), host = chance.choice(self.keys), int(chance.random() * HOSTS)
        address = f"https://{self.hosts[host]}/page/{number}"
        return _Matter(
            self._id(), row, key, address,
            kit.digest(address, self.pepper, purpose="subject"), self.host_digests[host],
            chance.choice(self.kinds), chance.choice(self.levels),
            self._within_days(6) if still_open else self._last_month(),
        )  # fmt: skip

    def _report(self, matter: _Matter, *, still_open: bool) -> None:
        chance, report = self.chance, self._id()
        closed_at = None if still_open else matter.at + timedelta(hours=8)
        state = Report.State.IN_REVIEW if still_open else Report.State.CLOSED
        narrative = b""
        if still_open:
            narrative = matter.seal(self.reports.name, report, "narrative", WORDS)
            self._pointer(matter, report)
            self.steps.add(report_id=report, code=Step.Code.RECEIVED.value, at=matter.at)
        self.reports.add(
            id=report, data_key_id=matter.key_row, receipt_digest=chance.randbytes(32),
            audience=chance.choice(("child", "public", "public", "professional")),
            language=chance.choice(self.languages), received_at=matter.at, kind=matter.kind,
            fourc=self.fourc[matter.kind], age_band=chance.choice(self.bands),
            sex=chance.choice(self.sexes), level=matter.level, narrative=narrative,
            state=state.value, outcome="" if still_open else "not_illegal",
            taken_at=matter.at, first_taken_at=matter.at, closed_at=closed_at,
            retain_until=closed_at + timedelta(days=365) if closed_at else None,
        )  # fmt: skip
        self.sightings.add(subject_id=matter.subject, report_id=report, at=matter.at)

    def _pointer(self, matter: _Matter, report: uuid.UUID) -> None:
        pointer, table = self._id(), self.pointers.name
        self.pointers.add(
            id=pointer, report_id=report, data_key_id=matter.key_row, kind=Pointer.Kind.URL.value,
            digest=matter.digest, host_digest=matter.host_digest,
            raw=matter.seal(table, pointer, "raw", matter.address),
            canonical=matter.seal(table, pointer, "canonical", matter.address),
        )  # fmt: skip

    def _closed(self, matter: _Matter, times: int) -> None:
        at, case = matter.at, self._id()
        looked = at + timedelta(minutes=20)
        self.cases.add(
            id=case, subject_id=matter.subject, kind=matter.kind, level=matter.level,
            state=Case.State.CLOSED.value, opened_at=at, review_due_at=at + timedelta(minutes=60),
            first_reviewed_at=looked, second_due_at=at + timedelta(hours=5),
            second_reviewed_at=at + timedelta(hours=2),
            closed_at=at + timedelta(hours=8), closed_because="not_illegal",
            outcome="not_illegal", report_count=times, host_digest=matter.host_digest,
            language=self.chance.choice(self.languages),
        )  # fmt: skip
        first, second = self.chance.sample(self.staff, 2)
        judged = self._judged(matter, case, first, looked, outcome="not_illegal")
        self._judged(
            matter, case, second, at + timedelta(hours=2), judged, agrees=True,
            outcome="not_illegal",
        )  # fmt: skip

    def _open(self, matter: _Matter) -> None:
        chance, at, case = self.chance, matter.at, self._id()
        state = chance.choice(self.states)
        values: dict[str, Any] = {
            "review_due_at": at + settings.PACK.clocks.first_review.of(matter.level)
        }
        if state == Case.State.IN_ASSESSMENT:
            values |= {"holder_id": chance.choice(self.staff)}
            values |= {"claim_until": self.at + timedelta(hours=1)}
        if state not in Case.TRIAGE:
            looked, confirmed = at + timedelta(minutes=5), at + timedelta(minutes=30)
            first, second = chance.sample(self.staff, 2)
            judged = self._judged(matter, case, first, looked, outcome="baseline")
            values |= {"first_reviewed_at": looked, "second_due_at": at + timedelta(days=3)}
            if state != Case.State.AWAITING_SECOND:
                values |= {"second_reviewed_at": confirmed}
                agrees = state == Case.State.CONFIRMED
                outcome = "baseline" if agrees else "harmful"
                self._judged(
                    matter, case, second, confirmed, judged, agrees=agrees, outcome=outcome
                )
            if state == Case.State.CONFIRMED:
                values |= {"confirmed_at": confirmed, "outcome": "baseline"}
        self.cases.add(
            id=case, subject_id=matter.subject, kind=matter.kind, level=matter.level,
            state=state.value, opened_at=at, report_count=1, host_digest=matter.host_digest,
            language=chance.choice(self.languages), **values,
        )  # fmt: skip

    def _judged(
        self,
        matter: _Matter,
        case: uuid.UUID,
        by: uuid.UUID,
        at: datetime,
        before: uuid.UUID | None = None,
        *,
        outcome: str,
        agrees: bool | None = None,
    ) -> uuid.UUID:
        one = self._id()
        stage = Assessment.Stage.SECOND if before else Assessment.Stage.FIRST
        self.assessments.add(
            id=one, data_key_id=matter.key_row, case_id=case, by_id=by, at=at, stage=stage.value,
            supersedes_id=before, agrees=agrees, outcome=outcome, incident_type=matter.kind,
            fourc=self.fourc[matter.kind],
        )  # fmt: skip
        return one

    def _within_days(self, days: int) -> datetime:
        return self.at - timedelta(seconds=60 + int(self.chance.random() * days * 86_400))

    def _last_month(self) -> datetime:
        """Not on its last day, so that the case was closed within the month as well."""
        return self.month + timedelta(seconds=int(self.chance.random() * self.month_seconds))

    def _id(self) -> uuid.UUID:
        self.last_id += 1
        return uuid.UUID(int=self.last_id)


def _staff(number: int, at: datetime) -> Iterator[uuid.UUID]:
    for n in range(number):
        user = enrol(
            email=f"analyst{n}@example.org", name=f"Analyst {n}", password="",
            roles=[Role.ANALYST], by=None, at=at,
        )  # fmt: skip
        yield user.pk


@transaction.atomic
def _keys(at: datetime) -> list[tuple[uuid.UUID, kit.DataKey]]:
    made = [sealing.mint(at=at) for _ in range(DATA_KEYS)]
    return [(row.pk, key) for row, key in made]


def _drawn(weights: dict[Any, int]) -> Iterator[Any]:
    for name, weight in weights.items():
        yield from itertools.repeat(name, weight)


def _default(field: "models.Field[Any, Any]") -> Any:
    """What the column holds where a row says nothing of it."""
    if field.primary_key:
        return None
    if not field.has_default() and field.has_db_default():
        return getattr(field.db_default, "value", field.db_default)
    default = field.get_default()
    return json.dumps(default) if isinstance(default, list | dict) else default


def _for_sqlite(value: Any) -> Any:
    """A value as Django writes it to SQLite: times in UTC without a zone, numbers as 32 digits."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.hex if isinstance(value, uuid.UUID) else value


@contextmanager
def _large_cache() -> Iterator[None]:
    """Half a gigabyte for SQLite's pages while rows come in no order; as before afterwards.

    Each page is written to the file seldom, and nothing waits for the disk: what a crash would
    lose is filled again.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        now = {"cache_size": -500_000, "wal_autocheckpoint": 100_000}
        # It cannot be changed inside a transaction, such as a test's.
        now |= {} if connection.in_atomic_block else {"synchronous": 0}
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in now}
        for name, value in now.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        yield
        for name, value in before.items():
            cursor.execute(f"PRAGMA {name} = {value}")
