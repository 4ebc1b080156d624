# SPDX-License-Identifier: Apache-2.0
"""Commands called as from a shell: arguments and standard input in, code, output and errors out."""

import importlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning.tests import make


@dataclass
class Said:
    """What a command did."""

    code: int
    out: str
    errors: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> dict[str, Any]:
        (row,) = self.rows
        return row


Call = Callable[..., Said]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """call("hash", path, stdin=b"…")"""

    def called(name: str, *arguments: object, stdin: bytes = b"") -> Said:
        pipe = io.BufferedReader(io.BytesIO(stdin))  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
        command = importlib.import_module(f"hearthline.commands.{name}")
        try:
            code = command.main([str(each) for each in arguments])
        except SystemExit as ended:  # by argparse
            code = int(ended.code or 0)
        sys.stdout.flush()
        out, errors = capfdbinary.readouterr()
        return Said(code, out.decode(), errors.decode())

    return called


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    """The folder of a library that knows pictures 0 and 3."""
    folder = tmp_path / "banks"
    with Library(folder) as library:
        make.bank_of(library, "known", [make.jpeg(0), make.jpeg(3)], category="test")
    return folder
