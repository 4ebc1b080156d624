# SPDX-License-Identifier: Apache-2.0
"""A log names an address without its query and without a secret in its path."""

import json
import logging

import pytest

from hearthline.hub.config.logs import JsonLines

SECRET = "a" * 20 + "-_" + "B" * 21
NUMBER = "0b9c6a1e-9f43-4c11-8a3b-2f6f1f8c0d11"


def message(text: str, *parts: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, text, parts, None)
    return str(json.loads(JsonLines().format(record))["message"])


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        (f"/notices/{SECRET}/", "/notices/…/"),
        (f"/notices/{SECRET}/{NUMBER}/", f"/notices/…/{NUMBER}/"),
        (f"/notices/{SECRET}", "/notices/…"),
        (f"/cases/{NUMBER}/?q=words", f"/cases/{NUMBER}/"),
    ],
)
def test_an_address_is_logged_without_what_opens_it(address: str, logged: str) -> None:
    assert message("Not Found: %s", address) == f"Not Found: {logged}"
