# SPDX-License-Identifier: Apache-2.0
"""A faulty file is refused with the name of the file and of the fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hearthline.kit.codelists import CodeListError, Route, reading

Write = Callable[[str], int]
GOOD = '[list]\nsource = "here"\nverified = false\n[[entry]]\ncode = "a"\nlabel = "A"\n'


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setattr(reading, "_LISTS", tmp_path)
    return lambda text: (tmp_path / "routes.toml").write_text(text, encoding="utf-8")


def test_what_a_list_shares_every_entry_has(write: Write) -> None:
    write(GOOD)
    assert reading._read("routes", Route) == (
        Route(code="a", label="A", source="here", verified=False),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("entry = [", "routes.toml: not TOML"),
        ("", "routes.toml: the list is empty"),
        (GOOD + '[[entry]]\ncode = "a"\nlabel = "Again"\n', "the code 'a' stands twice"),
        (GOOD + '[[entry]]\ncode = "b"\n', "entry 'b'"),
        (GOOD + '[[entry]]\ncode = "b"\nlabel = "B"\ncolour = "red"\n', "colour"),
        (GOOD + '[[entry]]\ncode = "b c"\nlabel = "B"\n', "code"),
    ],
)
def test_a_faulty_file_is_refused(write: Write, text: str, fault: str) -> None:
    write(text)
    with pytest.raises(CodeListError, match=fault):
        reading._read("routes", Route)
