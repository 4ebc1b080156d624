# SPDX-License-Identifier: Apache-2.0
"""Catalogues of messages: `gather` new strings (needs GNU gettext), `compile` the translated.

The labels of the code lists live in the library as data; they are handed to gettext through a
file that exists only while gathering.
"""

import os
import subprocess
import sys
from pathlib import Path

import polib

from hearthline.kit.codelists import source_strings

ROOT = Path(__file__).resolve().parent.parent
HUB = ROOT / "src" / "hearthline" / "hub"
LANGUAGES = ("ar", "es", "fr", "ru", "zh_Hans")


def gather() -> int:
    """Run makemessages over the hub and the code lists."""
    strings = HUB / "config" / "codelist_strings.py"
    lines = sorted({string.text for string in source_strings()})
    strings.write_text(
        "from django.utils.translation import gettext_noop as _\n\n"
        + "".join(f"_({text!r})\n" for text in lines),
        encoding="utf-8",
    )
    try:
        return subprocess.run(
            [
                sys.executable, "-m", "django", "makemessages", "--no-obsolete", "--no-wrap",
                "--add-location", "file", "--ignore", "*/tests/*",
                *(f"--locale={language}" for language in LANGUAGES),
            ],
            cwd=HUB,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "hearthline.hub.config.settings"},
            check=False,
        ).returncode  # fmt: skip
    finally:
        strings.unlink()


def compile_all() -> int:
    """Write a .mo beside every .po; no gettext needed."""
    for catalogue in sorted(HUB.glob("locale/*/LC_MESSAGES/django.po")):
        polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
    return 0


if __name__ == "__main__":
    raise SystemExit({"gather": gather, "compile": compile_all}[sys.argv[1]]())
