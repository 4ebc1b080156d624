# SPDX-License-Identifier: Apache-2.0
"""What `hearthline doctor` looks at. Nothing is changed, and nothing about anybody is read."""

import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from hearthline.hub.audit.keys import ORIGIN, public_key, signing_key
from hearthline.hub.blocklists import keys as list_keys
from hearthline.hub.blocklists.keys import public_text
from hearthline.hub.blocklists.models import Entry as BlockEntry
from hearthline.hub.config.environment import EnvironmentRefused, desk_keys
from hearthline.hub.config.readiness import NotReady, refuse_unprepared
from hearthline.hub.config.state import state
from hearthline.hub.mail.sweeps import dial
from hearthline.kit import ledger, sealing

WORST = ("well", "soon", "broken")
LITTLE_DISK = 2 * 2**30  # bytes
LEAST_DISK = 256 * 2**20
CLOCK_SECONDS = 5
IDLE_MINUTES = 15
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Finding:
    """`state` is "well", "soon" (look at it soon) or "broken"; the sentence says what to do."""

    about: str
    state: str
    sentence: str


Part = Callable[[datetime], Iterator[Finding]]


def examine(*, at: datetime, mail: bool = True) -> list[Finding]:
    """Every finding. A part that is well says so in one."""
    parts: dict[str, Part] = {
        "keys": keys, "database": database, "clock": clock, "disk": disk, "pack": pack,
        "worker": worker, **({"mail": letters} if mail else {}),
    }  # fmt: skip
    found: list[Finding] = []
    for about, part in parts.items():
        own = list(part(at))
        found += own or [Finding(about, "well", _WELL[about])]
    return found


_WELL = {
    "keys": "Every key is there and can be read.",
    "database": "The database answers and fits this version.",
    "clock": "This machine and the database agree on the time.",
    "disk": "There is room.",
    "pack": "The country's pack is whole and was checked within a year.",
    "worker": "Nothing that is due waits.",
    "mail": "The mail server takes our letters.",
}


def keys(at: datetime) -> Iterator[Finding]:
    """Keys that are missing, cannot be read, or do not belong together."""
    checks: dict[str, Callable[[], object]] = {
        "HEARTHLINE_PEPPER": lambda: sealing.secret_from_text(settings.PEPPER, name="it"),
        "HEARTHLINE_VISIT_SECRET": lambda: sealing.secret_from_text(
            settings.VISIT_SECRET, name="it"
        ),
        "HEARTHLINE_DESK_PUBLIC_KEY": lambda: sealing.desk_public_from_text(
            settings.DESK_PUBLIC_KEY, name="it"
        ),
        "HEARTHLINE_DESK_PRIVATE_KEY": _desk_pair,
        "HEARTHLINE_AUDIT_PRIVATE_KEY": _audit_pair,
        "HEARTHLINE_BLOCKLIST_PRIVATE_KEY": _list_pair,
    }
    for name, check in checks.items():
        try:
            check()
        except (sealing.KeyRefused, EnvironmentRefused, ValueError) as error:
            yield Finding(
                "keys",
                "broken",
                f"{name} cannot be used: {error} Set it from the place where your keys are kept; "
                "`hearthline keys` makes keys for a new installation only.",
            )


def _desk_pair() -> None:
    for line in desk_keys().split():
        private = sealing.desk_private_from_text(line, name="it")
        if sealing.desk_public_to_text(private.public_key()) == settings.DESK_PUBLIC_KEY:
            return
    raise ValueError("it does not belong to HEARTHLINE_DESK_PUBLIC_KEY.")


def _audit_pair() -> None:
    private = signing_key(settings.AUDIT_PRIVATE_KEY)
    said = settings.AUDIT_PUBLIC_KEY
    own = ledger.verifier_key(ORIGIN, private.public_key())
    if said:
        public_key(said)
        if own not in said.split():
            raise ValueError("it does not belong to HEARTHLINE_AUDIT_PUBLIC_KEY.")


def _list_pair() -> None:
    """Where no law allows blocking there need not be a key."""
    if not settings.BLOCKLIST_PRIVATE_KEY:
        if any(basis.allows_blocking for basis in settings.PACK.legal_bases):
            raise ValueError("it is not set, so what is listed or lifted reaches no network.")
        return
    own = public_text(list_keys.signing_key(settings.BLOCKLIST_PRIVATE_KEY).public_key())
    said = [public_text(each) for each in list_keys.public_keys(settings.BLOCKLIST_PUBLIC_KEY)]
    if said and own not in said:
        raise ValueError("it does not belong to HEARTHLINE_BLOCKLIST_PUBLIC_KEY.")


def database(at: datetime) -> Iterator[Finding]:
    """A database that is away, behind, damaged, or careless of what it was told."""
    try:
        refuse_unprepared()
    except NotReady as error:
        yield Finding("database", "broken", str(error))
        return
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            return
        damage = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            yield Finding(
                "database",
                "broken",
                "The database file is damaged. Stop all programs, keep a copy of the file, and "
                "restore the last backup with `hearthline restore`.",
            )
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal":
            yield Finding(
                "database",
                "soon",
                f"The database's journal is {mode!r} and not WAL, so readers and writers wait for "
                "each other. Keep HEARTHLINE_HOME on a disk of this machine, not on the network.",
            )


def clock(at: datetime) -> Iterator[Finding]:
    """A clock that differs from the database's, or runs behind what was signed."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT clock_timestamp()")
                theirs = cursor.fetchone()[0]
                apart = abs((datetime.now(UTC) - theirs).total_seconds())
                if apart > CLOCK_SECONDS:
                    yield Finding(
                        "clock",
                        "soon",
                        f"This machine and the database are {apart:.0f} seconds apart. Let both "
                        "follow the same time server.",
                    )
        age = state(at).checkpoint_seconds
    except DatabaseError:
        return
    if age is not None and age < -CLOCK_SECONDS:
        yield Finding(
            "clock",
            "broken",
            "The last checkpoint of the audit log was signed in the future: this machine's clock "
            "was set back. Set it right before anything else is signed.",
        )


def disk(at: datetime) -> Iterator[Finding]:
    """Too little room for the database to grow."""
    home = settings.HOME
    if not home.exists():
        yield Finding(
            "disk",
            "broken",
            f"HEARTHLINE_HOME is {home}, which is not there. Run `hearthline setup`.",
        )
        return
    free = shutil.disk_usage(home).free
    if free < LITTLE_DISK:
        yield Finding(
            "disk",
            "broken" if free < LEAST_DISK else "soon",
            f"Only {free // 2**20} MiB are free where HEARTHLINE_HOME is. Make room: without it no "
            "report can be received.",
        )


def pack(at: datetime) -> Iterator[Finding]:
    """Facts about the country that nobody confirmed, or not for long."""
    unverified = [basis.key for basis in settings.PACK.legal_bases if not basis.verified]
    if unverified:
        yield Finding(
            "pack",
            "soon",
            f"Counsel has not confirmed the legal bases {', '.join(unverified)}. Let counsel check "
            "them, then set verified = true.",
        )
    stale = [name for name, checked in _checked() if at.date() - checked > YEAR]
    if stale:
        yield Finding(
            "pack",
            "soon",
            f"Not checked for more than a year: {', '.join(stale)}. Call each, then set "
            "verified_on to the day.",
        )
    if not settings.PACK.emergency.known:
        yield Finding(
            "pack",
            "soon",
            "The pack names no emergency number, so children are shown none. Fill in [emergency].",
        )


def _checked() -> Iterator[tuple[str, date]]:
    emergency = settings.PACK.emergency
    if emergency.verified_on:
        yield emergency.number, emergency.verified_on
    pack = settings.PACK
    for line in (*pack.helplines, *pack.care.support):
        yield line.name, line.verified_on
    for agency in pack.agencies:
        yield agency.name, agency.verified_on


def worker(at: datetime) -> Iterator[Finding]:
    """Timed work that nobody does."""
    try:
        now = state(at)
    except DatabaseError:
        return
    late = [work for work in now.work if work.oldest_seconds > IDLE_MINUTES * 60]
    for work in late:
        yield Finding(
            "worker",
            "broken",
            f"{work.due} rows of {work.ledger} are due, the first since "
            f"{work.oldest_seconds / 60:.0f} minutes. Start `hearthline worker`, or read its log.",
        )
    age = now.checkpoint_seconds
    if now.unlogged and (age is None or age > IDLE_MINUTES * 60):
        yield Finding(
            "worker",
            "broken",
            f"{now.unlogged} entries of the audit log wait for a checkpoint. "
            "Start `hearthline worker`, or read its log.",
        )
    if unpublished := BlockEntry.objects.unpublished(at - timedelta(minutes=IDLE_MINUTES)).count():
        yield Finding(
            "worker",
            "broken",
            f"{unpublished} entries of the block list were listed or lifted and are in no version "
            "yet. Start `hearthline worker`, or read its log.",
        )


def letters(at: datetime) -> Iterator[Finding]:
    """A mail server that does not take our letters. Nothing is sent."""
    try:
        server = dial()
        with suppress(smtplib.SMTPException):
            server.quit()
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        yield Finding(
            "mail",
            "broken",
            f"The mail server {settings.SMTP_HOST}:{settings.SMTP_PORT} does not take our letters "
            f"({type(error).__name__}). Check HEARTHLINE_SMTP_HOST, _PORT, _USER, _PASSWORD and "
            "_STARTTLS.",
        )
