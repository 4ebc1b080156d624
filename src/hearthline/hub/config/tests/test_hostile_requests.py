# SPDX-License-Identifier: Apache-2.0
"""Requests no browser of ours sends."""

import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.config.logs import JsonLines

pytestmark = pytest.mark.django_db

EVIL = "evil.test"
PAGES = [
    *(f"/public/{page}" for page in ("", "receipt/", "figures/", "help/", "no-such-page/")),
    "/desk/account/login/",
    "/partners/account/login/",
]
SPELLINGS = ("../keys.env", "%2e%2e/keys.env", "..%2fkeys.env", "....//keys.env", "..\\keys.env",
             "/etc/passwd", "%00../keys.env")  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_host_that_is_not_ours_gets_no_page(page):
    answer = Client().get(page, headers={"Host": EVIL})
    assert answer.status_code == 400
    assert EVIL not in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
def test_no_header_puts_another_host_into_a_page(page, header):
    """A cache would hand the poisoned page to the next visitor."""
    answer = Client().get(page, headers={header: EVIL})
    assert EVIL not in answer.content.decode()
    assert EVIL not in str(answer.headers)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_closed_to_frames_caches_and_strange_scripts(page):
    headers = Client().get(page).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    for loose in ("unsafe-inline", "unsafe-eval", "*", "http:"):
        assert loose not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "way", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)",
            "https:evil.test", "\thttps://evil.test/", "http:///evil.test"],
)  # fmt: skip
def test_no_door_sends_anybody_out_of_the_house(way, ada):
    answers = [
        Client().post("/public/language/", {"language": "en", "next": way}),
        Client().post("/desk/language/", {"language": "en", "next": way}),
        signed_in(ada).get("/desk/account/prove/", {"next": way}),
    ]
    for answer in answers:
        assert EVIL not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("way", SPELLINGS)
def test_no_spelling_of_a_path_leaves_the_folder_of_page_files(way, settings, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text('{"version": "1.1", "paths": {}}')
    (tmp_path / "static" / "there.css").write_text("p {}")
    (tmp_path / "keys.env").write_text("a secret")
    settings.STATIC_ROOT = tmp_path / "static"
    browser = Client()
    assert b"p {}" in b"".join(browser.get("/static/there.css"))
    answer = browser.get(f"/static/{way}")
    assert answer.status_code in {400, 404}
    assert b"secret" not in answer.content


def test_a_line_break_in_an_address_makes_no_second_line_in_the_log():
    forged = 'x\n{"level": "info", "message": "all is well"}\r\n\x1b[31m'
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", (forged,),
                               None)  # fmt: skip
    line = JsonLines().format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert json.loads(line)["level"] == "warning"


def test_an_error_page_says_nothing_of_its_cause(ana, settings):
    settings.DEBUG = False
    browser = signed_in(ana)
    browser.raise_request_exception = False
    for page in ("/desk/cases/no-number/", "/public/receipt/%00", "/desk/?lane='; DROP TABLE x"):
        seen = browser.get(page).content.decode()
        for inner in ("Traceback", "django", "site-packages", "SELECT", "settings"):
            assert inner not in seen


def test_an_account_page_is_not_opened_by_a_verb_it_does_not_know(ana):
    for verb in ("put", "delete", "patch", "trace"):
        answer = getattr(signed_in(ana), verb)(reverse("queue"))
        assert answer.status_code in {200, 403, 405}
        assert "ana@example.org" not in answer.content.decode()
