# SPDX-License-Identifier: Apache-2.0
"""WCAG 2.2, success criteria 1.4.3 (text, 4.5:1) and 1.4.11 (edges of controls, 3:1)."""

import re

import pytest

from hearthline.hub.ui.tests.sheets import TOKENS

DARK = "@media screen and (prefers-color-scheme: dark)"
GROUNDS = ("paper", "surface", "sunk")
TONES = ("calm", "warn", "danger", "ok")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link") for ground in GROUNDS),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("dusk-ink", "dusk"),
    ("dusk-ink", "dusk-raised"),
    ("dusk", "dusk-ink"),
    ("dusk", "glow"),
    *((tone, f"{tone}-wash") for tone in TONES),
    *((tone, ground) for tone in TONES for ground in ("paper", "surface")),
    *(("ink", f"{tone}-wash") for tone in TONES),
    ("ink-soft", "calm-wash"),
    ("link", "calm-wash"),
    ("accent", "warn-wash"),
]
EDGES = [
    *(("line-strong", ground) for ground in GROUNDS),
    *(("focus", ground) for ground in GROUNDS),
    ("glow", "dusk"),
    ("calm", "line"),
    ("warn", "line"),
    ("accent", "paper"),
]


def halves() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.read_text(encoding="utf-8").split(DARK)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", half)) for half in (light, dark)]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("half", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read(half, ink, ground):
    colours = halves()[half]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("half", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(half, edge, ground):
    colours = halves()[half]
    assert contrast(colours[edge], colours[ground]) >= 3


def test_both_halves_name_every_colour():
    light, dark = TOKENS.read_text(encoding="utf-8").split(DARK)
    named = [set(re.findall(r"--([\w-]+): (?:#|rgb)", half)) for half in (light, dark)]
    assert named[0] - named[1] <= {"veil", "scan"}
    assert named[1] <= named[0] | {"shadow"}
