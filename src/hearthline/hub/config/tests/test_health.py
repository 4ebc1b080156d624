# SPDX-License-Identifier: Apache-2.0
"""What supervisors may ask any door, and that it says nothing about anybody."""

import json
import logging
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.test import Client

from hearthline.hub.cases.tests.make import ADDRESS, make_case
from hearthline.hub.config.logs import JsonLines

pytestmark = pytest.mark.django_db

TOKEN = "a-long-token-for-prometheus"
DOORS = ("public", "desk", "partners")


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_that_it_lives(door: str, client: Client) -> None:
    assert client.get(f"/{door}/health/live/").json() == {"status": "live"}
    assert client.post(f"/{door}/health/live/").status_code == 405


def test_a_door_is_ready_when_database_and_pages_fit(
    client: Client, settings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    assert client.get("/public/health/ready/").status_code == 503
    (tmp_path / "staticfiles.json").touch()
    assert client.get("/public/health/ready/").json() == {"status": "ready"}


def test_numbers_are_there_for_whoever_brings_the_token(client: Client, settings, now) -> None:
    settings.METRICS_TOKEN = TOKEN
    case = make_case(at=now)
    answer = client.get("/desk/metrics/", headers={"Authorization": f"Bearer {TOKEN}"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'hearthline_open_cases{{level="{case.level}"}} 1.0' in text
    assert 'hearthline_due_rows{ledger="mail.letter"} 0.0' in text
    for personal in (ADDRESS, str(case.pk), "example.org"):
        assert personal not in text


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer ", f"Basic {TOKEN}"])
def test_without_the_token_there_is_no_such_page(header: str, client: Client, settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/desk/metrics/", headers={"Authorization": header}).status_code == 404


def test_an_installation_without_a_token_has_no_such_page(client: Client) -> None:
    assert client.get("/desk/metrics/", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_log_line_is_json_and_repeats_nothing_that_an_exception_quotes() -> None:
    try:
        raise IntegrityError("DETAIL: Key (email)=(someone@example.org) already exists.")
    except IntegrityError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s",
            ("/report/words/?text=secret",), sys.exc_info(),
        )  # fmt: skip
    line = JsonLines().format(record)
    told = json.loads(line)
    assert told["message"] == "Internal Server Error: /report/words/"
    assert told["error"] == "django.db.utils.IntegrityError"
    assert any("test_health.py" in place for place in told["where"])
    assert "someone" not in line
    assert "secret" not in line
    assert "\n" not in line
