# SPDX-License-Identifier: Apache-2.0
"""hearthline backup: save the database and its keys apart, encrypted to backup recipients.

Keep data files as long as you want. Keep only the newest keys file, here and wherever the folder
is copied to: it is what makes ended data stay ended.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from hearthline.hub.config.backup.folder import BackupRefused, recipients
from hearthline.hub.config.backup.saving import save
from hearthline.hub.config.environment import words


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline backup", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the folder of backups")
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        help="an age public key; by default those of HEARTHLINE_BACKUP_RECIPIENTS",
    )
    chosen = parser.parse_args(arguments)
    try:
        to = recipients(chosen.recipient or words("HEARTHLINE_BACKUP_RECIPIENTS"))
        manifest = save(chosen.to, to, at=timezone.now())
    except BackupRefused as error:
        sys.stderr.write(f"hearthline backup: {error}\n")
        return 1
    except DatabaseError as error:
        sys.stderr.write(f"hearthline backup: the database said: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"hearthline backup: {error.filename}: {error.strerror}.\n")
        return 1
    sys.stdout.write(
        f"{manifest.data_file}: {sum(manifest.counts.values())} rows, {manifest.audit_entries} "
        f"entries of the log. keys.age: {manifest.living_keys} living data keys.\n"
    )
    return 0
