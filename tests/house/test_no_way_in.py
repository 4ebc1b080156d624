# SPDX-License-Identifier: Apache-2.0
"""Ways in that are not in the code at all: each is looked for in every file."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from hearthline.hub.config.commands.serve import server, worker

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "src" / "hearthline"
# Modules that turn bytes of a stranger into objects, and calls that turn text into programs.
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "ctypes"}
XML = ("xml.", "lxml", "defusedxml")


def sources() -> list[Path]:
    return [
        path
        for path in HUB.rglob("*.py")
        if not {"tests", "migrations"} & set(path.relative_to(HUB).parts)
    ]


@cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def test_nothing_is_unpickled_and_no_text_becomes_a_program():
    for path in sources():
        for node in walked(path):
            for name in imported(node):
                assert name.split(".")[0] not in FORBIDDEN_MODULES, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert called(node) not in {"eval", "exec", "compile", "__import__"}, path


def test_xml_is_read_in_one_place_that_refuses_document_types_so_no_entity_is_ever_resolved():
    """One module writes SDMX-ML. One reads the lists of hashes of a source, by expat alone."""
    readers = {"parse", "iterparse", "fromstring", "fromstringlist", "XMLParser", "XML"}
    for path in sources():
        names = [name for node in walked(path) for name in imported(node) if name.startswith(XML)]
        if not names:
            continue
        assert not {called(node) for node in walked(path)} & readers, path
        if "xml.parsers" in names:
            assert path.name == "documents.py", path
            assert "StartDoctypeDeclHandler" in path.read_text(encoding="utf-8"), path
        else:
            # Elements to write, or to look through once they were read there.
            assert path.name in {"sdmx_ml.py", "ncmec.py"}, path


def test_no_shell_reads_what_we_start():
    for path in sources():
        for node in walked(path):
            if isinstance(node, ast.Call):
                assert not any(one.arg == "shell" for one in node.keywords), path
            assert called(node) not in {"system", "popen", "getoutput"}, path


def test_nothing_is_declared_safe_for_a_page():
    for path in sources():
        assert not {called(node) for node in walked(path)} & {"mark_safe", "SafeString"}, path
    for path in HUB.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*(safe|safeseq)\b|autoescape off", text), path


def test_a_form_without_its_token_is_taken_by_the_way_out_and_where_programs_show_a_key_alone():
    """A key comes in a header of its own, which no other site can make a browser send."""
    exempt = [path for path in sources() if "csrf_exempt" in path.read_text(encoding="utf-8")]
    named = {f"{path.parent.name}/{path.name}" for path in exempt}
    assert named == {"ui/public.py", "blocklists/partners.py"}


def test_a_certificate_is_left_unchecked_in_one_place_that_sends_nothing():
    """A look notes that a certificate is bad and goes on; what is sent is never sent there."""
    loose = [path for path in sources() if "CERT_NONE" in path.read_text(encoding="utf-8")]
    assert [path.name for path in loose] == ["exchange.py"]
    assert "_create_unverified" not in "".join(path.read_text("utf-8") for path in sources())


def test_debugging_cannot_be_switched_on():
    settings = (HUB / "hub" / "config" / "settings.py").read_text(encoding="utf-8")
    assert re.findall(r"^DEBUG = (.*)$", settings, re.MULTILINE) == ["False"]


@pytest.mark.parametrize("name", ["hub.txt", "dev.txt", "peers.txt"])
def test_every_dependency_is_one_version_with_its_hashes(name: str):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) > 20
    for line in lines:
        assert re.match(r"[A-Za-z0-9_.\[\]-]+==\S+", line), line
        assert "--hash=sha256:" in line, line


def test_no_key_stands_in_a_command_line():
    """Everybody on the machine may read the arguments of a running program."""
    for command in (server("127.0.0.1", 8000, 1), worker()):
        assert not [part for part in command if re.search(r"key|secret|pepper|token", part, re.I)]


def test_an_address_somebody_reported_is_a_link_in_no_template_of_the_desk():
    """Addresses are shown defanged. A link would be one slip away from opening the page."""
    for path in (HUB / "hub").rglob("templates/**/*.html"):
        for href in re.findall(r'(?:href|src|action)="([^"]*)"', path.read_text(encoding="utf-8")):
            assert not re.search(r"\b(canonical|raw|subject|pointer)\b", href), (path, href)
