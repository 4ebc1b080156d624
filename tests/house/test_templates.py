# SPDX-License-Identifier: Apache-2.0
"""Every template compiles, every page has a title and one heading, every word is translatable."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Engine, engines

HUB = Path(__file__).resolve().parents[2] / "src" / "hearthline" / "hub"
TEMPLATES = sorted(HUB.glob("*/templates/**/*.html"))
PAGE_BASES = ("ui/public.html", "ui/desk.html", "ui/partners.html")

_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*block bench_class\s*%}.*?{%\s*endblock\s*%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->|<(script|style|code|kbd)\b.*?</\1>",
    re.S,
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
_MARKUP = re.compile(r"<[^>]*>", re.S)
_SPOKEN = re.compile(r"""\b(?:alt|title|placeholder|aria-label|summary)=["']([^"']*)["']""")
_ENTITY = re.compile(r"&#?\w+;")
# Signs and names that are the same in every language.
SAME_EVERYWHERE = {
    "CSV",
    "SDMX-CSV",
    "U0",
    "SHA-256",
    "Hearthline",
    "JSON",
    "HTTP",
    "TLS",
    "DNS",
    "Esc",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(HUB)).split("templates/", 1)[1]


# Bases of a room's own, which leave the heading to their pages.
ROOM_BASES = ("reports/page.html",)


def is_page(path: Path) -> bool:
    source = path.read_text(encoding="utf-8")
    return name_of(path) not in (*PAGE_BASES, *ROOM_BASES) and any(
        f'{{% extends "{base}" %}}' in source for base in PAGE_BASES
    )


def untranslated(source: str) -> list[str]:
    """Words a reader would see that no translator would."""
    bare = _BLOCK.sub(" ", source)
    spoken = list(_SPOKEN.findall(_TAG.sub(" ", bare)))
    text = _ENTITY.sub(" ", _MARKUP.sub("\n", _TAG.sub(" ", bare)))
    pieces = [piece.strip() for piece in [*text.split("\n"), *spoken]]
    return [p for p in pieces if re.search(r"[^\W\d_]{2}", p) and p not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_compiles(path: Path):
    engine = Engine(
        dirs=sorted(HUB.glob("*/templates")),
        builtins=settings.TEMPLATES[0]["OPTIONS"]["builtins"],
        libraries=engines["django"].get_templatetag_libraries({}),
    )
    engine.get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_no_untranslated_string(path: Path):
    assert untranslated(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [p for p in TEMPLATES if is_page(p)], ids=name_of)
def test_page_has_a_title_and_one_heading(path: Path):
    source = path.read_text(encoding="utf-8")
    assert "{% block title %}" in source or '"ui/public.html"' in source
    assert len(re.findall(r"<h1[ >]", source)) + source.count("page_heading") >= 1


def test_the_check_for_untranslated_strings_sees_one():
    assert untranslated("<p>Left in English</p>") == ["Left in English"]
    assert untranslated('<img alt="A picture">') == ["A picture"]
    assert untranslated("<p>{% translate 'Fine' %} · {{ name }}</p>") == []
