# SPDX-License-Identifier: Apache-2.0
"""Catalogues of messages: `gather` new strings (needs GNU gettext), `compile` the translated.

`tidy` drops the translations of strings that are gone, `missing` counts what is left to do, `left
LANGUAGE` prints it, and `mark LANGUAGE STATE` says how far every translated string has come:

    draft     written by one hand; so is a string that says nothing of it
    checked   read again, beside the English, by another than who wrote it
    reviewed  read by a native speaker who works in child protection

The state stands with each string as the comment `state: checked`; a string whose English changes
is a new string and a draft. A country's pack says which state its public door asks for
(`[country] public_texts`); what has not come so far is shown in the country's first language, or
else in English. So `compile` writes a catalogue of all strings, and one for each state asked for.

Gathering happens in a copy: gettext leaves half-made files beside the templates while it works,
and nobody else should meet them. The labels of the code lists and the texts of the family set live
in the library as data; they are handed to gettext through a file that exists only in that copy. No
message is ever matched by likeness: a guessed translation on a child's page is worse than English.
"""

import contextlib
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import polib
from debian import install
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

from hearthline.kit import codelists, family

HUB = Path(__file__).resolve().parent.parent / "src" / "hearthline" / "hub"
LANGUAGES = ("ar", "es", "fr", "ru", "zh_Hans")
WHOLE = "zh_Hans"  # the language in which the desk is whole too
STATES = ("draft", "checked", "reviewed")
# Where strings stand that the public, a host or a unit reads: pages of the public door, letters.
READ_OUTSIDE = (
    "appeals/actions/telling", "appeals/forms", "appeals/models", "appeals/public",
    "appeals/sentences",
    "appeals/templates/appeals/appeal", "appeals/templates/appeals/blocking",
    "appeals/templates/appeals/count", "appeals/templates/appeals/decision",
    "appeals/templates/appeals/enter", "appeals/templates/appeals/line",
    "appeals/templates/appeals/received", "appeals/templates/appeals/stopped",
    "blocklists/models/entry", "complaints/forms", "complaints/models", "complaints/public",
    "config/codelist_strings",
    "complaints/templates/complaints/answer", "complaints/templates/complaints/complaint",
    "complaints/templates/complaints/enter", "complaints/templates/complaints/received",
    "demo/templates/demo/home", "directory/hours", "directory/templates/directory/help",
    "directory/templates/directory/line", "directory/templates/directory/removal",
    "evidence/models", "notices/actions/steps", "notices/actions/wording", "notices/wording",
    "notices/forms", "notices/models/answering", "notices/models/ladder",
    "notices/models/notice", "notices/partners",
    "notices/templates/notices/door", "referrals/actions/abroad", "referrals/hosted",
    "referrals/actions/content",
    "referrals/actions/prepare",
    "reports/", "sealing/words", "statistics/definitions", "statistics/figures",
    "statistics/labels", "statistics/models", "statistics/public",
    "statistics/templates/statistics/carried", "statistics/templates/statistics/chart",
    "statistics/templates/statistics/definitions",
    "statistics/templates/statistics/figures", "statistics/templates/statistics/history",
    "statistics/templates/statistics/meaning", "statistics/templates/statistics/sheet",
    "statistics/templates/statistics/source", "statistics/templates/statistics/span",
    "statistics/templates/statistics/withdrawn", "ui/fields", "ui/templates/4", "ui/templates/5",
    "ui/templates/django", "ui/templates/ui/base", "ui/templates/ui/buttons",
    "ui/templates/ui/definition_list", "ui/templates/ui/demo_banner",
    "ui/templates/ui/emergency", "ui/templates/ui/empty", "ui/templates/ui/error_summary",
    "ui/templates/ui/exercise",
    "ui/templates/ui/form_expired", "ui/templates/ui/helpline", "ui/templates/ui/languages",
    "ui/templates/ui/no_files", "ui/templates/ui/pager", "ui/templates/ui/plain",
    "ui/templates/ui/progress", "ui/templates/ui/public", "ui/templates/ui/timeline",
    "ui/templatetags/face",
)  # fmt: skip
_STATE = re.compile(r"^state: (\w+)$", re.MULTILINE)
UNFOLDED = 1_000_000  # one message, one line: a change of a word is a change of a line


class Gather(makemessages.Command):
    """Django's makemessages, exact matches only."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def place(language: str, hub: Path = HUB) -> Path:
    """Where the catalogue of a language is kept."""
    return hub / "locale" / language / "LC_MESSAGES" / "django.po"


def codelist_module() -> str:
    """The library's strings as Python that gettext can read, with a note on who reads each."""
    readers = defaultdict(set)
    for string in codelists.source_strings():
        readers[string.text].add(f"{string.list_name} {string.field}")
    for text in family.source_strings():
        readers[text].add("steps to set a device up; menus are named as the device names them")
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
    """Bring new strings of the hub and the library into every catalogue."""
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


def read_outside(entry: polib.POEntry) -> bool:
    """Whether somebody outside the desk reads the string: each language needs these."""
    return any(place.startswith(READ_OUTSIDE) for place, _line in entry.occurrences)


def left(language: str) -> int:
    """Print what a language still wants, as a catalogue; `zh_Hans` wants all there is."""
    catalogue = polib.pofile(str(place(language)))
    for entry in catalogue.untranslated_entries():
        if language == WHOLE or read_outside(entry):
            print(entry)
    return 0


def missing() -> int:
    """Say how many strings of each language want a translator, and how far the others are."""
    for language in LANGUAGES:
        catalogue = polib.pofile(str(place(language)))
        strings = [entry for entry in catalogue if not entry.obsolete]
        outside = sum(map(read_outside, catalogue.untranslated_entries()))
        states = Counter(state_of(entry) for entry in catalogue.translated_entries())
        told = ", ".join(f"{states[state]} {state}" for state in STATES)
        empty = len(catalogue.untranslated_entries())
        print(f"{language}: {empty} of {len(strings)} missing, {outside} read outside; {told}")
    return 0


def state_of(entry: polib.POEntry) -> str:
    """How far the translation of a string has come."""
    said = _STATE.search(entry.tcomment)
    return said.group(1) if said else STATES[0]


def mark(language: str, state: str) -> int:
    """Put every translated string of a language that has not come so far into `state`."""
    catalogue = polib.pofile(str(place(language)), wrapwidth=UNFOLDED)
    for entry in catalogue.translated_entries():
        if STATES.index(state_of(entry)) < STATES.index(state):
            rest = _STATE.sub("", entry.tcomment).strip()
            entry.tcomment = f"{rest}\nstate: {state}".strip()
    catalogue.save()
    return 0


def compile_all() -> int:
    """Write the catalogues that programs read; no gettext needed."""
    for source in sorted(HUB.glob("locale/*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(source))
        catalogue.save_as_mofile(str(source.with_suffix(".mo")))
        for state in STATES[1:]:
            target = HUB / "locale_public" / state / source.relative_to(HUB / "locale")
            target.parent.mkdir(parents=True, exist_ok=True)
            advanced(catalogue, state).save_as_mofile(str(target.with_suffix(".mo")))
    return 0


def advanced(catalogue: polib.POFile, state: str) -> polib.POFile:
    """The strings of a catalogue that have come to `state` or further."""
    kept = polib.POFile()
    kept.metadata = catalogue.metadata
    needed = STATES.index(state)
    kept.extend(e for e in catalogue if STATES.index(state_of(e)) >= needed)
    return kept


COMMANDS = {
    "gather": gather,
    "tidy": tidy,
    "missing": missing,
    "left": left,
    "mark": mark,
    "compile": compile_all,
}

if __name__ == "__main__":
    raise SystemExit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
