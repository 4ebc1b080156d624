# SPDX-License-Identifier: Apache-2.0
"""Catalogues of messages: `gather` new strings (needs GNU gettext), `compile` the translated.

`tidy` drops the translations of strings that are gone, and `missing` counts what is left to do.

Gathering happens in a copy: gettext leaves half-made files beside the templates while it works,
and nobody else should meet them. The labels of the code lists live in the library as data; they
are handed to gettext through a file that exists only in that copy. No message is ever matched by
likeness: a guessed translation on a child's page is worse than English.
"""

import contextlib
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import polib
from debian import install
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

from hearthline.kit.codelists import source_strings

HUB = Path(__file__).resolve().parent.parent / "src" / "hearthline" / "hub"
LANGUAGES = ("ar", "es", "fr", "ru", "zh_Hans")
UNFOLDED = 1_000_000  # one message, one line: a change of a word is a change of a line


class Gather(makemessages.Command):
    """Django's makemessages, exact matches only."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def place(language: str, hub: Path = HUB) -> Path:
    """Where the catalogue of a language is kept."""
    return hub / "locale" / language / "LC_MESSAGES" / "django.po"


def codelist_module() -> str:
    """The code lists as Python that gettext can read, with a note on who reads each string."""
    readers = defaultdict(set)
    for string in source_strings():
        readers[string.text].add(f"{string.list_name} {string.field}")
    return "".join(
        f"# Translators: {', '.join(sorted(where))}\n_({text!r})\n"
        for text, where in sorted(readers.items())
    )


def header_of(catalogue: polib.POFile, language: str) -> None:
    """Say what does not change from run to run, and name nobody."""
    plural = catalogue.metadata["Plural-Forms"]
    catalogue.header = "SPDX-License-Identifier: Apache-2.0"
    catalogue.metadata_is_fuzzy = False
    catalogue.metadata = {
        "Project-Id-Version": "Hearthline",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural,
    }


def gather() -> int:
    """Bring new strings of the hub and the code lists into every catalogue."""
    if shutil.which("xgettext") is None:
        install("gettext")
    if shutil.which("xgettext") is None:
        print("GNU gettext is needed to gather messages. Install it and repeat.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        hub = Path(scratch) / "hub"
        shutil.copytree(
            HUB, hub, ignore=shutil.ignore_patterns("tests", "migrations", "__pycache__", "*.mo")
        )
        (hub / "config" / "codelist_strings.py").write_text(codelist_module(), encoding="utf-8")
        before = {
            language: place(language).read_bytes() if place(language).exists() else b""
            for language in LANGUAGES
        }
        settings.configure(LOCALE_PATHS=[hub / "locale"])
        with contextlib.chdir(hub):
            call_command(
                Gather(), locale=list(LANGUAGES), no_wrap=True, add_location="file", verbosity=0
            )
        for language in LANGUAGES:
            catalogue = polib.pofile(str(place(language, hub)), wrapwidth=UNFOLDED)
            header_of(catalogue, language)
            target = place(language)
            if target.exists() and target.read_bytes() != before[language]:
                print(f"{language}: somebody changed it meanwhile and nothing is lost; run again.")
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(target))
    return missing()


def tidy() -> int:
    """Drop translations kept for strings that no longer exist."""
    for language in LANGUAGES:
        catalogue = polib.pofile(str(place(language)), wrapwidth=UNFOLDED)
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
        catalogue.save()
    return 0


def missing() -> int:
    """Say how many strings of each language still want a translator."""
    for language in LANGUAGES:
        catalogue = polib.pofile(str(place(language)))
        strings = [entry for entry in catalogue if not entry.obsolete]
        print(f"{language}: {len(catalogue.untranslated_entries())} of {len(strings)} missing")
    return 0


def compile_all() -> int:
    """Write a .mo beside every .po; no gettext needed."""
    for catalogue in sorted(HUB.glob("locale/*/LC_MESSAGES/django.po")):
        polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
    return 0


COMMANDS = {"gather": gather, "tidy": tidy, "missing": missing, "compile": compile_all}

if __name__ == "__main__":
    raise SystemExit(COMMANDS[sys.argv[1]]())
