# SPDX-License-Identifier: Apache-2.0
"""What the public door leaves behind: nothing readable, nothing that lasts, no trace of a line."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from hearthline.hub.reports.models import Report
from hearthline.hub.reports.tests.make import STORY, begin, say, send, tell

pytestmark = pytest.mark.django_db
LARGEST = 50_000
STEPS = ["what", "where", "now", "words", "child", "contact", "send"]


def everything() -> bytes:
    """Each value of each row of the database, as the file holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                found += [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                ]
    return b"\n".join(found)


def whole_visit(browser: Client) -> str:
    tell(browser)
    receipt = send(browser)
    browser.post(reverse("receipt"), {"receipt": receipt})
    browser.post(reverse("receipt_message"), {"body": "Can you tell me when it is gone?"})
    return receipt


def test_no_word_of_a_report_can_be_read_from_the_database(client: Client) -> None:
    receipt = whole_visit(client)
    stored = everything()
    secrets = [STORY, "kite_99", "chatter.example.org", "kim@example.org", "blue kite", receipt]
    for secret in [*secrets, "when it is gone"]:
        assert secret.encode() not in stored
    # The check can find what is there.
    assert str(Report.objects.get().pk).replace("-", "").encode() in stored.replace(b"-", b"")


def test_nothing_of_a_draft_can_be_read_either(client: Client) -> None:
    tell(client)
    for secret in (STORY, "kite_99", "kim@example.org", "extortion_money"):
        assert secret.encode() not in everything()


def test_no_address_of_a_computer_is_kept() -> None:
    browser = Client(
        REMOTE_ADDR="203.0.113.77",
        HTTP_X_FORWARDED_FOR="198.51.100.23",
        HTTP_USER_AGENT="SomeBrowser/7",
    )
    whole_visit(browser)
    stored = everything()
    for trace in (b"203.0.113.77", b"198.51.100.23", b"SomeBrowser"):
        assert trace not in stored


def test_no_cookie_outlives_the_browser_or_is_read_by_a_script(client: Client) -> None:
    whole_visit(client)
    assert {"hearthline_public_visit", "hearthline_public_receipt"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert (cookie["max-age"], cookie["expires"]) == ("", ""), name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Strict", name


def test_each_cookie_goes_to_its_own_pages_only(client: Client) -> None:
    whole_visit(client)
    start = reverse("report_start", args=["child"])
    assert start.startswith(client.cookies["hearthline_public_visit"]["path"])
    assert client.cookies["hearthline_public_receipt"]["path"] == reverse("receipt")
    assert not reverse("home").startswith(client.cookies["hearthline_public_visit"]["path"])


def test_the_cookie_does_not_say_what_it_holds(client: Client) -> None:
    receipt = whole_visit(client)
    assert receipt not in client.cookies["hearthline_public_receipt"].value


@pytest.mark.parametrize("audience", ["child", "public", "professional"])
def test_pages_are_small_untold_by_their_title_and_never_stored(
    audience: str, client: Client
) -> None:
    answers = [client.get(reverse(name)) for name in ("home", "about", "receipt")]
    answers.append(client.get(reverse("report_start", args=[audience])))
    tell(client, audience)
    answers += [client.get(reverse("report_step", args=[step])) for step in STEPS]
    answers.append(client.get(reverse("report_danger")))
    answers.append(say(client, "send", follow=True))
    receipt = answers[-1].context["receipt"]
    client.post(reverse("receipt"), {"receipt": receipt})
    answers += [client.get(reverse(name)) for name in ("receipt_status", "receipt_withdraw")]
    for answer in answers:
        assert answer.status_code == 200
        assert len(answer.content) < LARGEST
        assert b"<title>Weather</title>" in answer.content
        assert answer["Cache-Control"] == "no-store"


def test_a_form_that_carries_a_file_is_turned_away(client: Client) -> None:
    begin(client)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="words"; filename="a.txt"\r\n\r\nhello\r\n'
        b"--x--\r\n"
    )
    answer = client.post(
        reverse("report_step", args=["words"]), body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 415
