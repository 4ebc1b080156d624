# SPDX-License-Identifier: Apache-2.0
"""Forms: what went in comes out, and nothing but NotMultipart is raised."""

import contextlib
import tracemalloc

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.matcher.multipart import NotMultipart, files_of

FORM = 'multipart/form-data; boundary="b"'


@given(st.lists(st.tuples(st.sampled_from(["photo", "video"]), st.binary(max_size=300)), min_size=1,
                max_size=8))  # fmt: skip
def test_files_come_out_as_they_went_in(files):
    request = httpx.Request(
        "POST", "http://a.test", files=[(name, ("x", content)) for name, content in files]
    )
    found = files_of(request.read(), request.headers["content-type"])
    assert [(one.name, one.content) for one in found] == files


@given(st.binary(max_size=400))
def test_whatever_comes_is_files_or_refused(body):
    with contextlib.suppress(NotMultipart):
        assert isinstance(files_of(body, FORM), list)


def test_plain_fields_are_passed_over():
    body = (
        b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\nxyz\r\n--b--\r\n'
    )
    assert [(one.name, one.content) for one in files_of(body, FORM)] == [("photo", b"xyz")]


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"--b\r\n\r\n--b--", "multipart/form-data", "no boundary"),
        (b"", FORM, "no part"),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', FORM, "ends before"),
        (b"--b\r\nno name\r\n\r\nx\r\n--b--", FORM, "no name"),
        (b"--b\r\n" * 30 + b"--b--", FORM, "more than 16"),
        (b"--b\r\n" * 30, FORM, "more than 16"),
    ],
)
def test_what_is_no_form_says_why(body: bytes, kind: str, reason: str):
    with pytest.raises(NotMultipart, match=reason):
        files_of(body, kind)


def test_a_form_of_very_many_parts_costs_no_more_than_its_length():
    body = b"--b\r\n" * 500_000
    tracemalloc.start()
    with pytest.raises(NotMultipart, match="more than 16"):
        files_of(body, FORM)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * len(body)
