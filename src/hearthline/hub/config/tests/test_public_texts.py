# SPDX-License-Identifier: Apache-2.0
"""What the public reads: texts whose translation has come as far as the country asks for.

The public door is a program of its own with settings of its own, so it is started as one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

HUB = Path(__file__).resolve().parents[2]
GENERIC = HUB / "config" / "countries" / "generic.toml"
# One sentence of the public's pages for each state that a string may have come to.
ASK = """
import json, sys, django
django.setup()
from django.utils.translation import gettext, override
with override(sys.argv[1]):
    print(json.dumps([gettext(text) for text in sys.argv[2:]]))
"""


def said_in(language: str, *texts: str, needs: str, tmp_path: Path, first: str = "en") -> list[str]:
    """What the public door says for `texts` where the pack needs a state of translation."""
    pack = GENERIC.read_text(encoding="utf-8")
    languages = [first, *(code for code in ("en", language) if code != first)]
    pack = pack.replace(
        'languages = ["en", "zh-hans", "ar", "es", "fr", "ru"]',
        f"languages = {json.dumps(languages)}",
    ).replace('public_texts = "checked"', f'public_texts = "{needs}"')
    path = tmp_path / f"{needs}.toml"
    path.write_text(pack, encoding="utf-8")
    environment = {**os.environ, "HEARTHLINE_DOOR": "public", "HEARTHLINE_COUNTRY": str(path)}
    done = subprocess.run(  # noqa: S603  # our own fixed command
        [sys.executable, "-c", ASK, language, *texts],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said: list[str] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def one_of_each() -> dict[str, str]:
    """A Chinese string of each state that any string has come to, by state."""
    catalogue = polib.pofile(str(HUB / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    found: dict[str, str] = {}
    for entry in catalogue.translated_entries():
        if not entry.msgid_plural and not entry.msgctxt and entry.msgid.isascii():
            state = entry.tcomment.rpartition("state: ")[2] or "draft"
            found.setdefault(state, entry.msgid)
    return found


@pytest.mark.parametrize("needs", ["draft", "checked", "reviewed"])
def test_a_text_is_shown_from_the_state_the_country_asks_for(
    needs: str, one_of_each: dict[str, str], tmp_path: Path
) -> None:
    states = ["draft", "checked", "reviewed"]
    texts = list(one_of_each.values())
    said = said_in("zh-hans", *texts, needs=needs, tmp_path=tmp_path)
    for state, text, shown in zip(one_of_each, texts, said, strict=True):
        translated = states.index(state) >= states.index(needs)
        assert (shown != text) == translated, (state, text, shown)


def test_what_is_not_there_yet_is_said_in_the_countrys_first_language(tmp_path: Path) -> None:
    # No string is reviewed in any language, so all of these stand in the source's English.
    (said,) = said_in("ar", "Leave now", needs="reviewed", tmp_path=tmp_path, first="zh-hans")
    assert said == "Leave now"


def test_the_desk_reads_every_translation() -> None:
    assert settings.LOCALE_PATHS == [HUB / "locale"]
