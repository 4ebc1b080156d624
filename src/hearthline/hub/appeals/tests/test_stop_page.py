# SPDX-License-Identifier: Apache-2.0
"""The stop page: the same for everybody, helpful, small, and without a memory of anybody."""

import gzip
import logging
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals.models import StopDay
from hearthline.hub.appeals.public import stop_page as room
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact, make_organisation

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans", "ar", "es", "fr", "ru")
# Spelt so that nothing else in a database or a log looks like them.
VISITOR = "203.0.113.187"
AGENT = "Quillfeather/7.3"
BLOCKED = "blocked-marigold.test"


@pytest.fixture
def line(ada: User, now: datetime) -> Organisation:
    made = make_organisation(
        by=ada, at=now, name="Children's Line", kind=Organisation.Kind.HELPLINE, public=True,
        under_age_only=True, hours="24/7", languages=["en"],
    )  # fmt: skip
    make_contact(
        made, by=ada, at=now, channel=Contact.Channel.PHONE, scope=Contact.Scope.HELP,
        value="555-0111",
    )  # fmt: skip
    return made


def page(**headers: str) -> Any:
    return Client().get(reverse("stopped"), headers=headers)


def test_it_is_451_and_names_who_blocks():
    answer = page()
    assert answer.status_code == 451
    assert answer["Link"] == f'<{settings.PUBLIC_URL}>; rel="blocked-by"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Language"] == "en"


def test_it_says_why_under_which_law_how_to_appeal_and_who_helps(line: Organisation):
    text = page().content.decode()
    law = next(basis for basis in settings.PACK.legal_bases if basis.allows_blocking)
    assert law.citation in text
    assert f"{settings.PUBLIC_URL}{reverse('appeal')}" in text
    assert f"{settings.PUBLIC_URL}{reverse('blocking')}" in text
    young, worried = text.index("Are you under 18?"), text.index("Worried about what you look at")
    # Help for the young and help for the worried are apart.
    assert young < text.index("555-0111") < worried < text.index("555-0144")


def test_without_lines_it_still_leads_to_help(settings: Any):
    settings.PACK = settings.PACK.model_copy(update={"prevention": []})
    text = page().content.decode()
    assert "A doctor or a counsellor can help you" in text
    assert reverse("help") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_six_languages_by_the_browser_or_by_a_link(language: str):
    asked = page(accept_language=language)
    chosen = Client().get(reverse("stopped"), {"language": language})
    for answer in (asked, chosen):
        assert answer["Content-Language"] == language
        text = answer.content.decode()
        direction = "rtl" if language == "ar" else "ltr"
        assert f'dir="{direction}"' in text
        assert text.count('href="?language=') == len(LANGUAGES)
        assert answer["Link"]


def test_a_language_nobody_speaks_is_the_countrys_first():
    for value in ("xx", "../en", "en\r\nX: y"):
        answer = Client().get(reverse("stopped"), {"language": value})
        assert answer["Content-Language"] == "en"


def test_its_title_says_nothing_to_whoever_looks_at_the_history():
    for language in LANGUAGES:
        text = Client().get(reverse("stopped"), {"language": language}).content.decode()
        assert f"<title>{settings.PACK.quick_exit.title_in(language)}</title>" in text


def test_it_has_no_script_no_form_no_cookie_and_asks_nobody_else():
    answer = page()
    text = answer.content.decode()
    assert not re.search(r"<script|<form|<img|onload=|style=", text)
    assert not answer.cookies
    loaded = re.findall(r'<link[^>]+href="([^"]+)"', text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


def test_it_is_small_with_its_sheets(line: Organisation):
    for language in LANGUAGES:
        text = Client().get(reverse("stopped"), {"language": language}).content
        sheets = re.findall(r'href="/static/([^"]+\.css)"', text.decode())
        assert sheets
        names = [re.sub(r"\.[0-9a-f]{12}\.css$", ".css", name) for name in sheets]
        # Sheets travel compressed; the page does not.
        whole = [Path(str(finders.find(name))).read_bytes() for name in names]
        assert len(text) + sum(len(gzip.compress(each)) for each in whole) < 50 * 1024


def test_it_is_the_same_whatever_was_asked_for():
    plain = page().content
    for path in ("?a=1", f"?address=http://{BLOCKED}/x", "?next=http://evil.test"):
        assert Client().get(reverse("stopped") + path).content == plain
    assert page(referer=f"http://{BLOCKED}/x").content == plain
    assert page(x_forwarded_host=BLOCKED).content == plain


def test_only_reading_is_allowed():
    client = Client()
    for act in (client.post, client.put, client.delete):
        assert act(reverse("stopped")).status_code == 405


def test_another_host_than_ours_is_answered_by_the_proxy_only():
    """Django refuses a foreign Host; docs/stop-page.md tells the proxy to say ours."""
    assert page(host=BLOCKED).status_code == 400


def test_days_are_counted_in_memory_and_written_once_a_minute():
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    counts = room.Shown()
    assert [counts.note(at) for _each in range(3)] == [{}, {}, {}]
    assert counts.note(at + timedelta(seconds=59)) == {}
    assert counts.note(at + timedelta(seconds=60)) == {date(2026, 11, 1): 5}
    assert counts.note(at + timedelta(seconds=61)) == {}


def test_a_minute_over_midnight_is_two_days():
    counts = room.Shown()
    before = datetime(2026, 11, 1, 23, 59, 30, tzinfo=UTC)
    counts.note(before)
    due = counts.note(before + timedelta(seconds=60))
    assert due == {date(2026, 11, 1): 1, date(2026, 11, 2): 1}


def test_what_is_written_is_a_day_and_a_number(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "KEPT_FOR", timedelta(0))
    for _each in range(3):
        page()
    Client().head(reverse("stopped"))
    assert [each.name for each in StopDay._meta.get_fields()] == ["day", "shown"]
    today = timezone.localdate()
    assert list(StopDay.objects.values_list("day", "shown")) == [(today, 3)]


def test_nothing_of_a_visitor_is_in_the_database_or_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(room, "KEPT_FOR", timedelta(0))
    caplog.set_level(logging.DEBUG)
    before = Logged.objects.count()
    client = Client(REMOTE_ADDR=VISITOR, headers={"user-agent": AGENT})
    client.get(
        reverse("stopped"), {"address": f"http://{BLOCKED}/x"},
        headers={"referer": f"http://{BLOCKED}/x", "x-forwarded-for": VISITOR},
    )  # fmt: skip
    assert StopDay.objects.get().shown == 1
    assert Logged.objects.count() == before
    traces = (VISITOR, AGENT, BLOCKED)
    for model in apps.get_models():
        rows = repr(list(model._base_manager.values()))
        assert not [trace for trace in traces if trace in rows], model
    # Not even that somebody was here, and when. (Of statements of the database tests alone know.)
    said = [record for record in caplog.records if record.name != "django.db.backends"]
    assert not [record for record in said if "stopped" in record.getMessage()]
    assert not [record for record in said if record.name == "django.request"]
    assert not [trace for trace in traces if trace in repr([each.__dict__ for each in said])]
