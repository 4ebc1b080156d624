# SPDX-License-Identifier: Apache-2.0
"""The providers' door in a browser without an account: its own notices, one answer or many."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.notices.models import Answer, Notice, Reader
from hearthline.hub.notices.tests.make import MAILBOX, link_in, make_sent
from hearthline.kit.formats import feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(notice, inbox) -> str:
    return link_in(feedback.parse(inbox.to(MAILBOX)[-1]).plain_text)


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    """The link opens now, whatever day it is."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def at(name, secret, **more):
    return reverse(name, kwargs={"secret": secret, **more})


def page(url, **data):
    answer = Client().post(url, data, follow=True) if data else Client().get(url)
    return answer.status_code, answer.content.decode()


def test_the_letters_link_opens_the_list_and_the_notice(notice, secret):
    status, shown = page(at("door", secret))
    assert status == 200
    assert notice.reference in shown
    assert "Harbour Hosting" in shown
    assert "harbour-host[.]test" not in shown, "the list holds no address"
    status, shown = page(at("door_notice", secret, pk=notice.pk))
    assert status == 200
    assert "hxxp://pages[.]harbour-host[.]test/album/7" in shown
    assert "http://pages.harbour-host.test" not in shown


def test_the_pages_are_kept_in_no_cache_and_set_no_session(notice, secret):
    client = Client()
    answer = client.get(at("door_notice", secret, pk=notice.pk))
    assert "no-store" in answer["Cache-Control"]
    assert "sessionid" not in client.cookies


def test_an_answer_is_recorded_and_said_so(notice, secret):
    status, shown = page(at("door_notice", secret, pk=notice.pk), code="removed", note="Done.")
    assert status == 200
    assert "Your answer is recorded" in shown
    assert Answer.objects.get().contact == notice.contact


def test_sent_twice_it_is_recorded_once(notice, secret):
    page(at("door_notice", secret, pk=notice.pk), code="removed")
    _, shown = page(at("door_notice", secret, pk=notice.pk), code="removed")
    assert "We have this answer already" in shown
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": ""}, "Choose what you did."),
        ({"code": "refused"}, "Say why, so that we know what comes next."),
        ({"code": "moved"}, "Write the address where it stands now."),
        ({"code": "moved", "place": "nowhere at all"}, "Write one web address"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lost(notice, secret, data, words):
    _, shown = page(at("door_notice", secret, pk=notice.pk), **data, note="Ticket 77")
    assert words in shown
    assert "Ticket 77" in shown
    assert not Answer.objects.exists()


def test_after_a_wrong_recipient_the_notice_is_theirs_no_more(notice, secret):
    _, shown = page(at("door_notice", secret, pk=notice.pk), code="wrong_recipient")
    assert "You are asked no more." in shown
    status, _ = page(at("door_notice", secret, pk=notice.pk))
    assert status == 404


def test_what_is_over_takes_no_answer(notice, secret, now):
    Notice.objects.update(state=Notice.State.REMOVED, removed_at=now)
    _, shown = page(at("door_notice", secret, pk=notice.pk), code="removed")
    assert "It needs no answer" in shown
    assert "Send the answer" not in shown
    assert not Answer.objects.exists()


@pytest.mark.parametrize("data", [{}, {"code": "removed"}])
def test_anybody_elses_notice_is_not_there(secret, data):
    status, shown = page(at("door_notice", secret, pk=uuid.uuid4()), **data)
    assert status == 404
    assert "No such notice" in shown


@pytest.mark.parametrize("name", ["door", "door_table"])
def test_a_link_that_opens_nothing_says_what_to_do(notice, secret, now, name):
    status, shown = page(at(name, "A" * 43))
    assert status == 404
    assert "Our next letter to you holds a new link." in shown
    Reader.objects.update(expires_at=now - timedelta(seconds=1))
    assert page(at(name, secret))[0] == 404


def test_a_table_of_answers_says_what_became_of_each_line(notice, secret):
    table = f"reference,answer,ground\n{notice.reference},refused,other\nFFFFFFFF,removed\n"
    _, shown = page(at("door_table", secret), table=table)
    assert "1 answer recorded" in shown
    assert "1 line needs another look" in shown
    assert "No notice of yours has this reference." in shown
    assert "FFFFFFFF,removed" in shown, "what was refused stands there to be mended"
    assert Answer.objects.get().way == Answer.Way.CSV


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "Paste your lines here first."),
        ('"never closed', "This is no table."),
        ("AAAAAAAA,removed\n" * 501, "A table has 500 lines at most."),
        ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA", "contents of a file"),
    ],
)
def test_what_is_no_table_is_refused_whole(secret, table, words):
    answer = Client().post(at("door_table", secret), {"table": table})
    assert words in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_provider_answers_five_hundred_notices_by_a_table(
    settings, inbox, host, secret, notice, ana, ben, now
):
    """Ten real notices among five hundred lines; each line has its own result."""
    more = [
        make_sent(f"http://pages.harbour-host.test/album/{n}", ana=ana, ben=ben, at=now)
        for n in range(20, 29)
    ]
    real = [notice, *more]
    lines = [f"{one.reference},removed" for one in real]
    lines += [f"{number:08X},removed" for number in range(490)]
    _, shown = page(at("door_table", secret), table="\n".join(lines))
    assert "10 answers recorded" in shown
    assert "490 lines need another look" in shown
    assert Answer.objects.filter(code="removed").count() == 10
    assert {one.state for one in Notice.objects.all()} == {Notice.State.ACKNOWLEDGED}
