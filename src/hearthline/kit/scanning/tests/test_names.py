# SPDX-License-Identifier: Apache-2.0
"""Names of files travel unharmed, and are shown harmlessly."""

import io
import os

from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.scanning import names

file_names = st.binary(min_size=1).filter(lambda raw: b"\0" not in raw).map(os.fsdecode)


@given(st.lists(file_names))
def test_any_names_come_back_as_they_were(given_names: list[str]):
    assert names.parted(names.joined(given_names)) == given_names
    assert list(names.read(io.BytesIO(names.joined(given_names)))) == given_names


def test_lines_end_in_either_way_and_empty_ones_are_stepped_over():
    lines = io.BytesIO(b"one\r\ntwo\n\n three \nlast")
    assert list(names.read(lines, end=b"\n")) == ["one", "two", " three ", "last"]


def test_a_name_in_utf_8_is_told_as_it_is():
    assert names.told("bücher/图.png") == {"path": "bücher/图.png"}


def test_a_name_that_is_not_utf_8_is_told_with_its_bytes():
    told = names.told(os.fsdecode(b"caf\xe9.png"))
    assert told == {"path": "caf�.png", "path_hex": "636166e92e706e67"}


@given(file_names)
def test_what_is_shown_is_one_line_that_steers_no_terminal(name: str):
    assert names.shown(name).isprintable()


def test_only_an_address_has_a_scheme():
    assert names.scheme_of("S3://bucket/key") == "s3"
    assert names.scheme_of("/srv/s3/file") == ""
    assert names.scheme_of("c:/file") == ""
