# SPDX-License-Identifier: Apache-2.0
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections

from hearthline.hub.audit.models import Checkpoint, Entry, Leaf
from hearthline.hub.config import key_file
from hearthline.hub.config.backup import keys
from hearthline.hub.config.backup.engines import moment
from hearthline.hub.config.backup.folder import (
    KEYS_FILE,
    KEYS_MANIFEST,
    Manifest,
    encrypt,
    stamp,
)
from hearthline.hub.sealing.models import DataKey


def save(folder: Path, to: list[Any], *, at: datetime) -> Manifest:
    """One backup into `folder`: data file, keys file in place of the last, then the manifest.

    Killed halfway it leaves the last backup whole: a data file counts once its manifest stands
    beside it. What is clear for a moment lies in the folder under mode 700 and is deleted; it
    holds no wrapped key once it is a file of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".work-") as place,
        moment(Path(place)) as (alias, write_data),
    ):
        work = Path(place)
        rows = DataKey.objects.using(alias).order_by("pk").iterator(chunk_size=keys.CHUNK)
        count, living = keys.write(rows, work / "keys")
        counts = counted(alias)
        audit = _audit(alias)
        write_data(work / "data")
        data_file = f"data-{stamp(at)}.age"
        data_sha256 = encrypt(work / "data", folder / data_file, to)
        _save_keys(folder, work / "keys", to, at)
    manifest = Manifest(
        taken_at=at.isoformat(),
        engine=connections["default"].vendor,
        data_file=data_file,
        data_sha256=data_sha256,
        counts=counts,
        keys=count,
        living_keys=living,
        **audit,
    )
    manifest.write(folder)
    return manifest


def counted(alias: str = "default") -> dict[str, int]:
    """Rows by table."""
    return {
        model._meta.db_table: model._default_manager.using(alias).count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _save_keys(folder: Path, clear: Path, to: list[Any], at: datetime) -> None:
    """In place of the last keys file: an older one would open what has ended since."""
    sha256 = encrypt(clear, folder / KEYS_FILE, to)
    text = (
        f'{{"form": "hearthline-backup-1", "taken_at": "{at.isoformat()}", "sha256": "{sha256}"}}\n'
    )
    key_file.replace(folder / KEYS_MANIFEST, text.encode())


def _audit(alias: str) -> dict[str, Any]:
    last = Checkpoint.objects.using(alias).newest()
    return {
        "audit_entries": Entry.objects.using(alias).count(),
        "audit_leaves": Leaf.objects.using(alias).count(),
        "checkpoint": last.note if last else "",
    }
