# SPDX-License-Identifier: Apache-2.0
"""hearthline setup: prepare the database, the pages' files and the directory. Safe to repeat."""

import argparse
import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from hearthline.hub.directory.actions import seed_from_pack


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="hearthline setup", description=__doc__).parse_args(arguments)
    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    added = seed_from_pack(pack=settings.PACK, by=None, at=timezone.now())
    sys.stdout.write(
        f"Ready: database and pages are prepared for {settings.PACK.country.name}; "
        f"{added} organisations of the country pack were added to the directory.\n"
    )
    return 0
