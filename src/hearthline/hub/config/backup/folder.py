# SPDX-License-Identifier: Apache-2.0
"""The folder of backups: names, manifests, and the age files in it."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage

from hearthline.hub.config import key_file

KEYS_FILE = "keys.age"
KEYS_MANIFEST = "keys.json"
FORM = "hearthline-backup-1"


class BackupRefused(ValueError):
    """A backup cannot be made or used; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself, beside the files and not encrypted: numbers only.

    `counts` are rows by table. `keys` and `living_keys` are rows of the ledger of data keys, all
    and those not destroyed. `checkpoint` is the log's last signed note, "" when there is none.
    """

    taken_at: str
    engine: str
    data_file: str
    data_sha256: str
    counts: dict[str, int]
    keys: int
    living_keys: int
    audit_entries: int
    audit_leaves: int
    checkpoint: str
    form: str = FORM

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        key_file.replace(folder / Path(self.data_file).with_suffix(".json"), text.encode())


def stamp(at: datetime) -> str:
    """The moment as it stands in names: they sort by time."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")


def manifest_of(folder: Path, data_file: str = "") -> Manifest:
    """The manifest of one data file, by default of the newest whole backup."""
    named = Path(data_file).with_suffix(".json").name if data_file else "data-*.json"
    found = sorted(folder.glob(named))
    if not found:
        raise BackupRefused(f"{folder} holds no backup" + (f" {data_file}." if data_file else "."))
    return Manifest(**read_json(found[-1]))


def read_json(path: Path) -> dict[str, Any]:
    """A manifest. Raises BackupRefused on anything else."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupRefused(f"{path} cannot be read.") from None
    if not isinstance(read, dict) or read.get("form") != FORM:
        raise BackupRefused(f"{path} is not the manifest of a backup of this form.")
    return read


def recipients(texts: list[str]) -> list[Any]:
    """The age public keys backups are encrypted to."""
    if not texts:
        raise BackupRefused(
            "nobody is named who can open the backup. Give --recipient, or set "
            "HEARTHLINE_BACKUP_RECIPIENTS to age public keys (age1…)."
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError:
        raise BackupRefused("a recipient is not an age public key (age1…).") from None


def identities(path: Path) -> list[Any]:
    """The age private keys in a file as age-keygen writes it."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        found = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BackupRefused(f"{path} holds no age identity (AGE-SECRET-KEY-…).")
    return found


def encrypt(source: Path, target: Path, to: list[Any]) -> str:
    """Write `source` encrypted to `target`, whole or not at all; the SHA-256 of the result."""
    with key_file.placed(target) as place:
        pyrage.encrypt_file(str(source), str(place), to)
        return digest(place)


def decrypt(source: Path, target: Path, by: list[Any]) -> None:
    """The clear file. Raises BackupRefused when none of the identities opens it."""
    try:
        pyrage.decrypt_file(str(source), str(target), by)
    except pyrage.DecryptError:
        raise BackupRefused(f"{source.name} does not open with this identity.") from None


def digest(path: Path) -> str:
    with path.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
