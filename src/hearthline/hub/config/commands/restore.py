# SPDX-License-Identifier: Apache-2.0
"""hearthline restore: bring a backup back into an empty home, and prove it.

Ends with 0 when everything is proven: the rows are those of the manifest, the audit log is whole,
every living data key opens. 1: restored, but not proven. 2: not restored.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hearthline.hub.config.start import start_django

PROVEN, NOT_PROVEN, REFUSED = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline restore", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, required=True, help="of backups")
    parser.add_argument("--into", type=Path, required=True, help="a new home, empty")
    parser.add_argument("--identity", type=Path, required=True, help="file of the age identity")
    parser.add_argument("--data", default="", help="an older data file; by default the newest")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.into.exists() and any(chosen.into.iterdir()):
            return _refuse(f"{chosen.into} is not empty. Choose a new folder.")
        chosen.into.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The database is found by the home, so Django starts only once the new home is known.
        os.environ["HEARTHLINE_HOME"] = str(chosen.into)
        start_django("restore")
        act = importlib.import_module("hearthline.hub.config.backup.act")
        proven: bool = act.restore(chosen.folder, chosen.identity, chosen.data)
    except ValueError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}.")
    return PROVEN if proven else NOT_PROVEN


def _refuse(why: str) -> int:
    sys.stderr.write(f"hearthline restore: {why}\n")
    return REFUSED
