# SPDX-License-Identifier: Apache-2.0
"""What reaches a door before Django can look at it."""

from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory

from hearthline.hub.config.wsgi import application


def answer(content_type: str) -> str:
    seen: list[str] = []
    environ: dict[str, Any] = RequestFactory().post("/nowhere/").environ
    environ |= {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(b"a=1"), "CONTENT_LENGTH": "3"}
    list(application(environ, lambda status, headers, *_: seen.append(status)))
    return seen[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    ["", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"],
)
def test_ordinary_requests_pass(content_type: str):
    assert not answer(content_type).startswith("5")


@pytest.mark.parametrize(
    "content_type", ["text/plain; charset=hex", "text/plain; charset=zip", "a/b; charset=no-such"]
)
def test_a_character_set_that_is_none_is_refused(content_type: str):
    assert answer(content_type).startswith("400")
