# SPDX-License-Identifier: Apache-2.0
"""Making versions: the ledger's state, signed, and every output of it in one folder.

The ledger comes first: a version's row and manifest are committed, then its files are written,
the manifest last. Killed in between, the next round writes the same bytes again from the ledger.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice, zip_longest
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.keys import signing_key
from hearthline.hub.blocklists.models import Change, Entry, Version
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.models import DataKey
from hearthline.kit import blocking, dns
from hearthline.kit.formats import rpz
from hearthline.kit.urls.prefixes import build, hashes_of, in_bytes

MANIFEST = "manifest.json"
ZONE = "rpz.zone"
PREFIXES = "prefixes.bin"
# For look-ups behind a key only: nobody downloads the full hashes, which can be tried out.
HASHES, HASH_SCOPES = "hashes.bin", "scopes.bin"
OUTPUTS = (ZONE, PREFIXES, HASHES, HASH_SCOPES)
# Versions whose files are kept; of older ones the signed manifest stays in the ledger.
KEPT = 10

# Numbers as the database writes them: making a million of them objects takes seconds.
_COLUMNS = (
    Cast("pk", CharField()), "scope", "address", "category", "legal_basis", "listed_at",
    "state", "added_in_id", "delisted_because", Cast("data_key_id", CharField()),
)  # fmt: skip
_AT_ONCE = 5_000

# Opens the address of one row: envelope and number to text.
Open = Callable[[bytes, str], str]


@dataclass(frozen=True)
class Draft:
    """A version that is not in the ledger yet."""

    content: blocking.ListVersion
    added: list[str]
    removed: list[tuple[str, str]]
    outputs: dict[str, bytes]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        return [(each, Change.Kind.ADD.value, "") for each in self.added] + [
            (each, Change.Kind.REMOVE.value, because) for each, because in self.removed
        ]


def folder() -> Path:
    """Where versions lie, each under its serial; the DNS primary reads it too."""
    return Path(settings.HOME) / "blocklist"


def place(serial: int) -> Path:
    return folder() / "versions" / str(serial)


def make_version(*, at: datetime) -> Version | None:
    """A new version when something was listed or lifted since the last; None when nothing was.

    Raises `kit.sealing.KeyRefused` where the signing key is not set, and KeyMissing outside the
    worker.
    """
    if not (Entry.objects.to_add().exists() or Entry.objects.to_remove().exists()):
        return None
    before = Version.objects.newest()
    # After a restored backup the networks may be ahead of the ledger: never a serial twice.
    serial = max(before.serial if before else 0, _last_written()) + 1
    with _no_collecting():
        draft = _draft(serial, at)
    if not draft.added and not draft.removed:
        return None
    changes = blocking.changes_digest(draft.changes)
    manifest = blocking.manifest(
        draft.content,
        draft.outputs,
        signing_key(settings.BLOCKLIST_PRIVATE_KEY),
        changes=changes,
        before=before.manifest.encode() if before else None,
    )
    try:
        version = _enter(draft, changes, manifest, at)
    except IntegrityError:
        return None  # another worker was quicker; what is left is in the next round
    _write(version, draft.content, draft.outputs)
    return version


def restore_newest() -> bool:
    """Write the newest version's files again where they are missing; whether they were.

    From the ledger alone, and only if they are what its manifest says.
    """
    version = Version.objects.newest()
    if version is None or (place(version.serial) / MANIFEST).exists():
        return False
    if _last_written() > version.serial:
        return False  # a restored backup: the next version goes past what was written
    held = Q(removed_in__isnull=True) | Q(removed_in__gt=version.serial)
    rows = Entry.objects.filter(held, added_in__lte=version.serial)
    entries = [_entry(row, key) for row, key in _rows(rows)]
    content = blocking.ListVersion(version.serial, version.made_at, entries)
    if content.digest != bytes(version.digest):
        raise LedgerBroken(version.serial)
    _write(version, content, _outputs(content))
    return True


def forget_files(*, before: datetime) -> None:
    """Remove what names, in clear, addresses that were lifted before a time.

    The files of versions that were no longer the newest by then, and what the versions made by
    then took away. Their manifests and descriptions stay. Networks that far behind get the list
    as a whole.
    """
    kept = Version.objects.filter(serial__in=_written()).order_by("serial")
    made = dict(kept.values_list("serial", "made_at"))
    for serial, following in zip_longest(made, list(made)[1:]):
        if made[serial] > before:
            break
        names = ["changes.tsv"]
        if following is not None and made[following] <= before:
            names += [*OUTPUTS, "names.tsv"]
        for name in names:
            (place(serial) / name).unlink(missing_ok=True)


class LedgerBroken(Exception):
    """The entries are not those that the version was signed over."""


def _draft(serial: int, at: datetime) -> Draft:
    entries, added, removed = [], [], []
    lifted = Q(state=Entry.State.DELISTED, added_in__isnull=False, removed_in__isnull=True)
    # One statement, so that what is listed and what is lifted are of the same moment.
    for row, key in _rows(Entry.objects.filter(Q(state=Entry.State.LISTED) | lifted)):
        number, state, added_in, because = row[0], row[6], row[7], row[8]
        if state == Entry.State.DELISTED:
            removed.append((number, because))
            continue
        entries.append(_entry(row, key))
        if added_in is None:
            added.append(number)
    content = blocking.ListVersion(serial, at, entries)
    return Draft(content, added, removed, _outputs(content))


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of small values without a cycle are not searched for cycles again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rows(found: "QuerySet[Entry]") -> Iterator[tuple[tuple, Open]]:  # type: ignore[type-arg]
    keys: dict[str, Open] = {}
    table = Entry._meta.db_table
    for row in found.order_by().values_list(*_COLUMNS).iterator(chunk_size=_AT_ONCE):
        if row[9] not in keys:
            key = sealing.open_as_desk(DataKey.objects.get(pk=row[9]))
            keys[row[9]] = key.opener(table=table, field="address")
        yield (_dashed(row[0]), *row[1:]), keys[row[9]]


def _entry(row: Sequence, opened: Open) -> blocking.Entry:  # type: ignore[type-arg]
    number, scope, envelope, category, basis, listed_at = row[:6]
    return blocking.Entry(
        number, _scope(scope), opened(envelope, number), category, basis, listed_at
    )


def _dashed(number: str) -> str:
    """A UUID as everybody writes it; SQLite keeps 32 digits."""
    if len(number) != 32:
        return number
    return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"


@lru_cache(maxsize=8)
def _scope(code: str) -> blocking.Scope:
    return blocking.Scope(code)


def _outputs(content: blocking.ListVersion) -> dict[str, bytes]:
    policy = settings.PACK.blocking
    stop = [address for address in (policy.stop_ipv4, policy.stop_ipv6) if address]
    listed = build(hashes_of(content.entries), serial=content.serial)
    return {
        ZONE: rpz.zone_file(
            blocking.hosts_for_dns(content),
            zone=policy.zone,
            serial=content.serial,
            canary=policy.canary,
            stop_addresses=stop,
        ),
        PREFIXES: in_bytes(listed.prefixes.values),
        HASHES: listed.hashes,
        HASH_SCOPES: listed.scopes,
    }


@transaction.atomic
def _enter(draft: Draft, changes: bytes, manifest: bytes, at: datetime) -> Version:
    """Into the ledger. Raises IntegrityError where another worker took the serial."""
    version = Version.objects.create(
        serial=draft.content.serial,
        made_at=at,
        entries=len(draft.content.entries),
        added=len(draft.added),
        removed=len(draft.removed),
        digest=draft.content.digest,
        changes_digest=changes,
        manifest=manifest.decode(),
    )
    added = [(number, "") for number in draft.added]
    for kind, field, numbers in (
        (Change.Kind.ADD, "added_in", added),
        (Change.Kind.REMOVE, "removed_in", draft.removed),
    ):
        rows = iter(numbers)
        while some := list(islice(rows, _AT_ONCE)):
            Change.objects.bulk_create(
                Change(version=version, entry_id=number, kind=kind, because=because, at=at)
                for number, because in some
            )
            chosen = Entry.objects.filter(pk__in=[number for number, _because in some])
            chosen.update(**{field: version})
    record(
        at=at, actor=Actor.worker(), verb="blocklists.make_version", about=version,
        entries=version.entries, added=version.added, removed=version.removed,
    )  # fmt: skip
    return version


def _write(version: Version, content: blocking.ListVersion, outputs: dict[str, bytes]) -> None:
    """The files of a version, each whole or not at all, the manifest last of all."""
    made_at = version.made_at.astimezone(UTC)
    dns.write_version(folder(), version.serial, blocking.hosts_for_dns(content), made_at)
    here = place(version.serial)
    for name, data in {**outputs, MANIFEST: version.manifest.encode()}.items():
        part = here / f".{name}.{os.getpid()}"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(here / name)
    _tidy(version.serial)


def _last_written() -> int:
    """The largest serial that has a folder."""
    return max(_written(), default=0)


def _written() -> list[int]:
    """The serials that have a folder."""
    names = [each.name for each in folder().glob("versions/*")]
    return [int(name) for name in names if name.isdecimal()]


def _tidy(newest: int) -> None:
    """Large files of old versions go; their manifests stay."""
    for serial in _written():
        if serial <= newest - KEPT:
            for name in OUTPUTS:
                (place(serial) / name).unlink(missing_ok=True)
