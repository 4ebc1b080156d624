# SPDX-License-Identifier: Apache-2.0
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from hearthline.hub.audit.verify import verify
from hearthline.hub.config.backup import keys
from hearthline.hub.config.backup.engines import FRESH, KEYS, refuse_filled, restore_postgres
from hearthline.hub.config.backup.folder import (
    KEYS_FILE,
    KEYS_MANIFEST,
    BackupRefused,
    Manifest,
    decrypt,
    digest,
    read_json,
)
from hearthline.hub.config.backup.saving import counted
from hearthline.hub.sealing.actions import KeyMissing, open_as_desk
from hearthline.hub.sealing.models import DataKey
from hearthline.kit.sealing import KeyRefused, SealBroken


def refuse_damaged(folder: Path, manifest: Manifest) -> None:
    """Raise BackupRefused unless both files are those their manifests speak of."""
    sums = {
        manifest.data_file: manifest.data_sha256,
        KEYS_FILE: read_json(folder / KEYS_MANIFEST)["sha256"],
    }
    for name, stated in sums.items():
        if not (folder / name).exists():
            raise BackupRefused(f"{name} is missing in {folder}.")
        if digest(folder / name) != stated:
            raise BackupRefused(f"{name} is not the file its manifest speaks of.")


def bring_back(folder: Path, manifest: Manifest, by: list[Any], *, at: datetime) -> int:
    """The database of this installation, which is empty, from a backup; living keys."""
    if manifest.engine != connection.vendor:
        raise BackupRefused(
            f"this backup is of {manifest.engine}, and the database here is {connection.vendor}. "
            "Set DATABASE_URL for PostgreSQL, or leave it out for SQLite."
        )
    postgres = connection.vendor == "postgresql"
    target = Path(str(connection.settings_dict["NAME"]))
    if postgres:
        refuse_filled()
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".work-") as place:
        work = Path(place)
        decrypt(folder / KEYS_FILE, work / "keys", by)
        if postgres:
            decrypt(folder / manifest.data_file, work / "data", by)
            return restore_postgres(
                work / "data", lambda: keys.fill(work / "keys", at=at, rows_are_there=False)
            )
        decrypt(folder / manifest.data_file, target, by)
        target.chmod(0o600)
        return keys.fill(work / "keys", at=at, rows_are_there=True)


def proof(manifest: Manifest) -> Iterator[tuple[bool, str]]:
    """One sentence a check, with whether it holds."""
    found = counted()
    keys_there = found.pop(KEYS)
    # PostgreSQL's data file leaves out receipts in their first seconds, see `engines`.
    apart = {KEYS, FRESH} if connection.vendor == "postgresql" else {KEYS}
    stated = {name: rows for name, rows in manifest.counts.items() if name not in apart}
    wrong = sorted(name for name in stated if stated[name] != found.get(name))
    yield (
        not wrong and keys_there >= manifest.keys,
        f"{sum(found.values())} rows in {len(found)} tables, as the manifest says."
        if not wrong
        else f"These tables do not have the rows the manifest says: {', '.join(wrong)}.",
    )
    kept = [manifest.checkpoint] if manifest.checkpoint else []
    try:
        report = verify(public_key_text=settings.AUDIT_PUBLIC_KEY, kept=kept)
        yield report.ok, report.sentence
    except KeyRefused as error:
        yield False, f"The audit log was not proven: {error}"
    yield _openable()


def _openable() -> tuple[bool, str]:
    opened = broken = 0
    living = DataKey.objects.living()
    try:
        for row in living.iterator(chunk_size=keys.CHUNK):
            try:
                open_as_desk(row)
                opened += 1
            except SealBroken:
                broken += 1
    except (KeyMissing, KeyRefused) as error:
        return False, f"Not every key opens. {error}"
    ended = DataKey.objects.exclude(pk__in=living).count()
    if broken:
        return False, f"{broken} of {broken + opened} data keys do not open."
    return True, f"{opened} data keys open; {ended} have ended and open nothing."
