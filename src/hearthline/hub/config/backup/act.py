# SPDX-License-Identifier: Apache-2.0
"""The act of `hearthline restore`, imported once Django knows the new home."""

import sys
from pathlib import Path

from django.utils import timezone

from hearthline.hub.config.backup.folder import identities, manifest_of
from hearthline.hub.config.backup.restoring import bring_back, proof, refuse_damaged


def restore(folder: Path, identity: Path, data_file: str) -> bool:
    """Restore and prove; True when every check holds. Raises BackupRefused and OSError."""
    manifest = manifest_of(folder, data_file)
    refuse_damaged(folder, manifest)
    bring_back(folder, manifest, identities(identity), at=timezone.now())
    sys.stdout.write(f"{manifest.data_file} is restored.\n")
    whole = True
    for holds, sentence in proof(manifest):
        (sys.stdout if holds else sys.stderr).write(f"{sentence}\n")
        whole = whole and holds
    sys.stdout.write("Run `hearthline setup`, then start the site.\n")
    return whole
