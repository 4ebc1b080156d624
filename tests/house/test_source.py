# SPDX-License-Identifier: Apache-2.0
"""Rules about the code itself: sizes, names, imports, and what no file may say."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [p for p in sorted((ROOT / "src").rglob("*.py")) if "migrations" not in p.parts]
BANNED = {
    "utils",
    "helpers",
    "common",
    "core",
    "services",
    "managers",
    "signals",
    "handlers",
    "misc",
}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_module_is_too_long():
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert len(lengths) > 50
    assert {str(p): n for p, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_too_long():
    long = {
        f"{p}:{f.name}": f.end_lineno - f.lineno + 1
        for p in SOURCES
        for f in functions(p)
        if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_no_drawer_names():
    names = {part for p in SOURCES for part in (*p.relative_to(ROOT).parent.parts, p.stem)}
    assert names & BANNED == set()


def test_no_import_is_hidden_in_a_function():
    hidden = [
        f"{p}:{node.lineno}"
        for p in SOURCES
        for f in functions(p)
        for node in ast.walk(f)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_every_file_names_its_licence():
    missing = [
        str(p)
        for p in SOURCES
        if p.read_text(encoding="utf-8").strip()
        and "SPDX-License-Identifier: Apache-2.0" not in p.read_text(encoding="utf-8")
    ]
    assert missing == []


def test_no_signals():
    receivers = [
        str(p) for p in SOURCES if re.search(r"@receiver|\.connect\(.*sender", p.read_text())
    ]
    assert receivers == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_file_names_a_registry_or_a_machine():
    """Where a dependency or a developer lives is nobody's business but theirs."""
    words = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org"]
    paths = ["/" + "work/", "/" + "root/", "bash_" + "jobs"]
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    found = []
    for name in listed:
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".mo"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {word}" for word in (*words, *paths) if word in text]
    assert listed
    assert found == []
