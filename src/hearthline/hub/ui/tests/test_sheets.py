# SPDX-License-Identifier: Apache-2.0
"""Rules for every style sheet, script and template of the hub, whichever room it lies in."""

import re

import pytest

from hearthline.hub.ui.tests.sheets import HUB, TOKENS, name, sheets, templates

PHYSICAL = re.compile(
    r"""^\s*(
        (?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right|top|bottom)[\w-]*
        | left | right | top | bottom
        | (?:min-|max-)?(?:width|height)
        | border-(?:top|bottom)-(?:left|right)-radius
    )\s*:
    | (?:text-align|float|clear)\s*:\s*(?:left|right)\b""",
    re.VERBOSE | re.MULTILINE,
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(")
INLINE = re.compile(
    r"""\sstyle\s*= | <style\b | javascript:
    | <script(?![^>]*\ssrc=)[^>]*> | \son[a-z]+\s*=\s*["']""",
    re.VERBOSE | re.IGNORECASE,
)
OTHER_HOSTS = re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("sheet", sheets(), ids=name)
def test_sheets_use_logical_properties_only(sheet):
    assert PHYSICAL.findall(sheet.read_text(encoding="utf-8")) == []


def test_the_rule_sees_a_physical_property():
    assert PHYSICAL.search("a {\n  margin-left: 1px;\n}")
    assert PHYSICAL.search("a {\n  max-width: 1px;\n}")
    assert PHYSICAL.search("a {\n  text-align: right;\n}")
    assert not PHYSICAL.search("@media (max-width: 30rem) {\n  a {\n    margin-inline: 0;\n  }\n}")


@pytest.mark.parametrize("sheet", [s for s in sheets() if s != TOKENS], ids=name)
def test_colours_come_from_the_tokens(sheet):
    words = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert COLOUR.findall(words) == []


@pytest.mark.parametrize("sheet", sheets(), ids=name)
def test_every_role_a_sheet_uses_is_a_token(sheet):
    known = set(re.findall(r"(--[\w-]+):", TOKENS.read_text(encoding="utf-8")))
    assert set(re.findall(r"var\((--[\w-]+)", sheet.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("template", templates(), ids=name)
def test_templates_hold_nothing_inline(template):
    markup = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"))
    assert INLINE.findall(markup) == []
    assert OTHER_HOSTS.findall(markup) == []


def test_the_rule_sees_what_is_inline():
    for bad in ('<p style="x">', "<style>", "<script>x()</script>", '<a onclick="x()">'):
        assert INLINE.search(bad)
    assert not INLINE.search('<script src="a.js" defer></script>')


def test_a_public_page_stays_light():
    static = HUB / "ui" / "static" / "ui"
    public = ["tokens.css", "base.css", "public.css", "exit.js", "icon.svg"]
    assert sum((static / file).stat().st_size for file in public) < 32 * 1024
    assert (static / "desk.js").stat().st_size < 4 * 1024
