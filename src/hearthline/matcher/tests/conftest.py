# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthline.matcher.tests.caller import Caller


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "matcher"


@pytest.fixture
def caller(folder: Path) -> Iterator[Caller]:
    caller = Caller(folder)
    yield caller
    caller.close()


@pytest.fixture
def bank(caller: Caller) -> str:
    assert caller.post("/c/banks", json={"name": "KNOWN"}).status_code == 201
    return "KNOWN"
