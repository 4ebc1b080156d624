# SPDX-License-Identifier: Apache-2.0
"""The appeal's pages at both doors."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.appeals.tests.make import ARTICLE, NEWSPAPER, WORDS, make_appeal, taken
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.tests.make import PICTURE
from hearthline.kit.sealing import new_receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client()


def said(browser: Client, **answers: str) -> dict[str, str]:
    once = browser.get(reverse("appeal")).context["form"].initial["once"]
    return {"address": ARTICLE, "who": "owner", "words": WORDS, "once": once, **answers}


def chosen(one: Appeal, result: str = "lifted", **parts: object) -> dict[str, object]:
    """The decision form, filled in for every open measure."""
    results = {f"result-{each.pk}": result for each in one.measures.filter(done_at=None)}
    return {**results, "reasons": ["not_unlawful"], "apology": "mistake", "words": "", **parts}


def test_anybody_appeals_in_three_answers_and_comes_back(browser: Client):
    page = browser.post(reverse("appeal"), said(browser))
    receipt = page.context["receipt"]
    assert page["Cache-Control"] == "no-store"
    answer = browser.post(reverse("appeal_decision"), {"receipt": receipt})
    assert answer.context["appeal"] == Appeal.objects.get()
    shown = answer.content.decode()
    assert "Next: a person reads it." in shown
    assert NEWSPAPER not in shown
    assert not [name for name in browser.cookies if "csrf" not in name]


def test_the_answer_to_sending_is_the_same_whether_or_not_anything_is_blocked(
    browser: Client, block: Entry
):
    pages = [
        browser.post(reverse("appeal"), said(browser, address=address))
        for address in (ARTICLE, "http://nothing.example.org/")
    ]
    # But for the receipt and the form's own token.
    bare = [
        re.sub(r'csrfmiddlewaretoken" value="\w+"|\d', "", page.content.decode()) for page in pages
    ]
    assert bare[0] == bare[1]


def test_pressing_send_twice_is_one_appeal_with_one_receipt(browser: Client):
    answers = said(browser)
    pages = [browser.post(reverse("appeal"), answers) for _again in range(2)]
    assert pages[0].context["receipt"] == pages[1].context["receipt"]
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("once", ["", "nonsense", "\xe9" * 30])
def test_a_form_without_its_token_is_received_all_the_same(once: str, browser: Client):
    browser.post(reverse("appeal"), said(browser, once=once))
    assert Appeal.objects.count() == 1


def test_what_is_missing_or_wrong_is_said_and_the_words_stay(browser: Client):
    for wrong in ({"who": ""}, {"address": " "}, {"contact": "x" * 300}):
        page = browser.post(reverse("appeal"), said(browser, **wrong)).content.decode()
        assert WORDS in page
    for field in ("address", "words", "contact"):
        page = browser.post(reverse("appeal"), said(browser, **{field: PICTURE}))
        assert PICTURE not in page.content.decode()
    browser.post(reverse("appeal"), said(browser, words="  "))
    assert not Appeal.objects.exists()


def test_wrong_receipts_make_their_network_wait(browser: Client):
    page = browser.post(reverse("appeal_decision"), {"receipt": new_receipt()})
    assert "no appeal with these digits" in page.content.decode()
    here, now = network_of(RequestFactory().get("/")), timezone.now()
    while not guesses.wait(here, now):
        guesses.missed(here, now)
    asked = browser.post(reverse("appeal_decision"), {"receipt": new_receipt()})
    assert asked.status_code == 429


def test_two_people_at_the_desk_decide_and_the_newspaper_reads_it(
    browser: Client, block: Entry, mara: User, stan: User
):
    made = make_appeal(at=datetime.now(UTC))
    pk = [made.appeal.pk]
    desk, second = signed_in(mara), signed_in(stan)
    assert made.appeal.reference in desk.get(reverse("appeals")).content.decode()
    page = desk.get(reverse("appeal_desk", args=pk)).content.decode()
    assert WORDS in page
    assert "hxxp://morning-tide[.]harbour-host[.]test" in page
    assert ARTICLE not in page
    desk.post(reverse("appeal_take", args=pk))
    decide = reverse("appeal_decide", args=pk)
    assert desk.post(decide, {}).status_code == 422
    assert desk.post(decide, chosen(made.appeal, "narrowed")).status_code == 422
    desk.post(decide, chosen(made.appeal))
    block.refresh_from_db()
    assert block.state == "delisted"
    lane = second.get(reverse("appeals"), {"lane": "second"}).content.decode()
    assert made.appeal.reference in lane
    assert second.post(reverse("appeal_disagree", args=pk), {}).status_code == 422
    second.post(reverse("appeal_agree", args=pk))
    answer = browser.post(reverse("appeal_decision"), {"receipt": made.receipt}).content.decode()
    for text in ("The measure is lifted", "should not have been blocked", "We made a mistake"):
        assert text in answer


def test_whoever_took_part_is_told_so_and_reads_nothing(block: Entry, sena: User):
    one = make_appeal(at=datetime.now(UTC)).appeal
    desk = signed_in(sena)
    page = desk.get(reverse("appeal_desk", args=[one.pk]))
    assert page.status_code == 403
    assert "Somebody else decides this" in page.content.decode()
    assert WORDS not in page.content.decode()
    for act in ("appeal_take", "appeal_decide", "appeal_agree"):
        desk.post(reverse(act, args=[one.pk]), chosen(one))
    one.refresh_from_db()
    assert one.state == "received"


def test_what_comes_too_late_or_from_another_is_said_and_changes_nothing(
    block: Entry, mara: User, stan: User
):
    at = datetime.now(UTC)
    one = taken(make_appeal(at=at), by=mara, at=at)
    other, pk = signed_in(stan), [one.pk]
    for act in ("appeal_take", "appeal_give_back", "appeal_agree"):
        page = other.post(reverse(act, args=pk), follow=True)
        assert page.status_code == 200
        assert 'class="message' in page.content.decode() or page.context["messages"]
    assert other.post(reverse("appeal_decide", args=pk), chosen(one)).status_code == 422
    late = other.post(reverse("appeal_disagree", args=pk), {"reason": "No."}, follow=True)
    assert late.status_code == 200
    one.refresh_from_db()
    assert (one.state, one.handler) == ("acknowledged", mara)
    signed_in(mara).post(reverse("appeal_give_back", args=pk))
    one.refresh_from_db()
    assert (one.state, one.handler) == ("received", None)


def test_every_lane_opens_and_an_unknown_one_is_the_first(mara: User):
    make_appeal(at=datetime(2026, 1, 5, tzinfo=UTC))
    desk = signed_in(mara)
    for lane in ("new", "mine", "second", "late", "decided", "no-such-lane"):
        page = desk.get(reverse("appeals"), {"lane": lane})
        assert page.status_code == 200
    assert "Late" in desk.get(reverse("appeals"), {"lane": "late"}).content.decode()
