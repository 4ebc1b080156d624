# SPDX-License-Identifier: Apache-2.0
"""What the papers on security name is there: every test, every file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ("docs/threat-model.md", "docs/asvs.md")
NAMED = re.compile(
    r"`([\w./-]+\.(?:py|md|toml|txt|html|css)|deploy/[\w.@/-]*|Makefile)(?:::(\w+))?`"
)
# The chapters of ASVS 4.0.3, and the sections of each.
SECTIONS = {
    1: 14, 2: 10, 3: 7, 4: 3, 5: 5, 6: 4, 7: 4, 8: 3, 9: 2, 10: 3, 11: 1, 12: 6, 13: 4, 14: 5,
}  # fmt: skip
STATES = {"met", "partly", "not met", "not applicable"}


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def place(path: str) -> Path:
    """A path is written from the root, or from the package."""
    found = ROOT / path
    return found if found.exists() else ROOT / "src" / "hearthline" / path


def named() -> list[tuple[str, str]]:
    return sorted({(path, test) for name in PAPERS for path, test in NAMED.findall(paper(name))})


@pytest.mark.parametrize(("path", "test"), named(), ids=lambda part: str(part)[-60:])
def test_what_is_named_is_there(path: str, test: str):
    file = place(path)
    assert file.exists(), path
    if test:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in tests, f"{path} has no {test}"


def test_every_threat_names_a_test_that_attacks_it_and_says_what_remains():
    rows = re.findall(r"^\| (T\d+) \|(.*)\|$", paper("docs/threat-model.md"), re.MULTILINE)
    assert [number for number, _ in rows] == [f"T{n}" for n in range(1, len(rows) + 1)]
    assert len(rows) > 30
    for number, row in rows:
        wants, stops, attacked, remains = (cell.strip() for cell in row.split("|"))
        assert "::test_" in attacked, number
        assert all([wants, stops, remains]), number


def test_every_section_of_the_standard_has_a_state():
    rows = re.findall(r"^\| V(\d+)\.(\d+) \|(.*)\|$", paper("docs/asvs.md"), re.MULTILINE)
    expected = [(str(v), str(s)) for v, last in SECTIONS.items() for s in range(1, last + 1)]
    assert [(chapter, section) for chapter, section, _ in rows] == expected
    for chapter, section, row in rows:
        about, state, evidence, missing = (cell.strip() for cell in row.split("|"))
        where = f"V{chapter}.{section}"
        assert about, where
        assert state in STATES, where
        # No tick without a place to look at, and nothing half done without saying what is missing.
        assert state in {"not applicable", "not met"} or NAMED.search(evidence), where
        assert state in {"met", "not applicable"} or missing, where
