# SPDX-License-Identifier: Apache-2.0
"""While the database is away people are asked to wait; anything else is our mistake."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from hearthline.hub.ui.outage import trouble


def answer_after(error: Exception) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/")
    try:
        raise error
    except Exception:
        return trouble(request)


def test_a_database_that_is_away_asks_for_a_minute_and_says_that_sending_again_is_safe() -> None:
    answer = answer_after(OperationalError("the server closed the connection unexpectedly"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "20"
    assert "nothing is sent twice" in answer.content.decode()
    assert "closed the connection" not in answer.content.decode()


def test_any_other_error_is_our_mistake_and_shows_nothing_of_it() -> None:
    answer = answer_after(RuntimeError("a secret in the message"))
    assert answer.status_code == 500
    assert "not your fault" in answer.content.decode()
    assert "secret" not in answer.content.decode()
