# SPDX-License-Identifier: Apache-2.0
"""The complaint's pages at both doors."""

from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.actions import record
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.complaints.tests.make import WORDS, make_complaint
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.tests.make import PICTURE, make_report
from hearthline.kit.sealing import new_receipt

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def browser() -> Client:
    guesses.forget()
    return Client()


def said(browser: Client, **answers: str) -> dict[str, str]:
    once = browser.get(reverse("complaint")).context["form"].initial["once"]
    return {"about": "slow", "words": WORDS, "once": once, **answers}


def test_anybody_complains_without_a_receipt_and_reads_the_answer(browser: Client):
    page = browser.post(reverse("complaint"), said(browser))
    receipt = page.context["receipt"]
    assert page["Cache-Control"] == "no-store"
    answer = browser.post(reverse("complaint_answer"), {"receipt": receipt})
    assert answer.context["complaint"] == Complaint.objects.get()
    assert WORDS not in answer.content.decode()
    assert not [name for name in browser.cookies if "csrf" not in name]


def test_pressing_send_twice_is_one_complaint_with_one_receipt(browser: Client):
    answers = said(browser)
    pages = [browser.post(reverse("complaint"), answers) for _again in range(2)]
    assert pages[0].context["receipt"] == pages[1].context["receipt"]
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize("once", ["", "nonsense", "\xe9" * 30])
def test_a_form_without_its_token_is_received_all_the_same(once: str, browser: Client):
    browser.post(reverse("complaint"), said(browser, once=once))
    assert Complaint.objects.count() == 1


def test_what_is_missing_or_wrong_is_said_and_the_words_stay(browser: Client):
    for wrong in ({"about": ""}, {"report_receipt": "1234"}, {"report_receipt": new_receipt()}):
        page = browser.post(reverse("complaint"), said(browser, **wrong)).content.decode()
        assert WORDS in page
    assert (
        PICTURE
        not in browser.post(reverse("complaint"), said(browser, words=PICTURE)).content.decode()
    )
    browser.post(reverse("complaint"), said(browser, words="  "))
    assert not Complaint.objects.exists()


def test_wrong_receipts_make_their_network_wait(browser: Client):
    here, now = network_of(RequestFactory().get("/")), timezone.now()
    while not guesses.wait(here, now):
        guesses.missed(here, now)
    answers = {"receipt": new_receipt()}
    assert browser.post(reverse("complaint_answer"), answers).status_code == 429
    linked = said(browser, report_receipt=new_receipt())
    assert browser.post(reverse("complaint"), linked).status_code == 429


def test_the_receipt_of_a_report_links_the_complaint(browser: Client):
    told = make_report(at=NOW)
    browser.post(reverse("complaint"), said(browser, report_receipt=told.receipt))
    assert Complaint.objects.get().report == told.report


def test_a_manager_takes_and_answers_it_at_the_desk(browser: Client):
    made = make_complaint(at=datetime.now(UTC))
    desk = signed_in(make_user("Max", Role.HOTLINE_MANAGER))
    assert made.complaint.reference in desk.get(reverse("complaints")).content.decode()
    assert WORDS in desk.get(reverse("complaint_desk", args=[made.complaint.pk])).content.decode()
    desk.post(reverse("complaint_take", args=[made.complaint.pk]))
    empty = desk.post(reverse("complaint_reply", args=[made.complaint.pk]), {})
    assert empty.status_code == 422
    answer = {"outcome": "partly", "words": "We were slow.", "change": "We added people."}
    desk.post(reverse("complaint_reply", args=[made.complaint.pk]), answer)
    page = browser.post(reverse("complaint_answer"), {"receipt": made.receipt}).content.decode()
    for text in ("You are partly right", "We were slow.", "We added people."):
        assert text in page


def test_whoever_worked_on_the_case_is_told_so_and_reads_nothing():
    told = make_report(at=NOW)
    max_ = make_user("Max", Role.HOTLINE_MANAGER)
    record(at=NOW, actor=max_.actor, verb="reports.answer", about=told.report)
    one = make_complaint(at=NOW, report_receipt=told.receipt).complaint
    desk = signed_in(max_)
    page = desk.get(reverse("complaint_desk", args=[one.pk])).content.decode()
    assert "Somebody else handles this" in page
    assert WORDS not in page
    desk.post(reverse("complaint_take", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == "received"
