# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from hearthline.hub.reports.models import Draft, Report
from hearthline.hub.reports.public.visit import VISIT, Visit
from hearthline.hub.reports.tests.make import (
    ADDRESS,
    PICTURE,
    STORY,
    begin,
    many,
    say,
    send,
    tell,
)

pytestmark = pytest.mark.django_db
STEPS = ["what", "where", "now", "words", "child", "contact", "send"]


def at(step: str) -> str:
    return reverse("report_step", args=[step])


def page(browser: Client, step: str) -> str:
    return browser.get(at(step)).content.decode()


@pytest.mark.parametrize("audience", ["child", "public", "professional"])
def test_each_audience_tells_all_the_way(audience: str, client: Client) -> None:
    tell(client, audience)
    assert len(send(client)) == 16
    report = Report.objects.get()
    assert (report.audience, report.kind, report.level) == (audience, "extortion_money", "U1")
    assert (report.facts, report.age_band, report.sex) == (["threat_deadline"], "13_15", "female")
    assert (report.safe_contact, report.language) == ("email", "en")
    assert report.pointers.count() == 2


def test_looking_at_the_first_question_keeps_nothing(client: Client) -> None:
    assert client.get(reverse("report_start", args=["child"])).status_code == 200
    assert not Draft.objects.exists()
    assert VISIT not in client.cookies


def test_every_step_can_be_skipped_but_for_a_few_words(client: Client) -> None:
    client.post(reverse("report_start", args=["child"]), {"skip": "1"})
    for step, following in pairwise(STEPS[1:]):
        assert say(client, step, skip="1").url == at(following)
    assert "One thing is still missing" in page(client, "send")
    say(client, "words", words=STORY)
    send(client)
    report = Report.objects.get()
    assert (report.kind, report.age_band, report.sex) == ("", "unknown", "unknown")


def test_next_without_an_answer_goes_on_too(client: Client) -> None:
    client.post(reverse("report_start", args=["child"]), {})
    for step, following in pairwise(STEPS[1:]):
        assert say(client, step).url == at(following)


def test_back_shows_what_was_saved(client: Client) -> None:
    tell(client)
    assert 'value="extortion_money"' in page(client, "what").split("checked")[0][-400:]
    assert ADDRESS in page(client, "where")
    assert STORY in page(client, "words")
    assert "blue kite" in page(client, "contact")


def test_skipping_leaves_a_saved_answer_as_it_was(client: Client) -> None:
    tell(client)
    say(client, "words", words="Something else", skip="1")
    assert STORY in page(client, "words")


def test_each_audience_is_asked_in_its_own_words(client: Client) -> None:
    begin(client, "child")
    child = page(client, "what")
    begin(client, "professional")
    professional = page(client, "what")
    assert "It is not your fault" in child
    assert "People are mean to me online." in child
    assert "A child is being bullied online" in professional
    # Facts only a professional can know are not asked of a child.
    assert "not been seen before" in page(client, "now")


def test_a_child_is_never_called_a_victim_and_nothing_is_submitted(client: Client) -> None:
    tell(client)
    pages = [page(client, step) for step in STEPS]
    pages.append(client.get(reverse("report_danger")).content.decode())
    pages.append(say(client, "send", follow=True).content.decode())
    for text in pages:
        for word in ("incident", "victim", "submit"):
            assert word not in text.lower()


def test_pictures_are_asked_for_nowhere_and_refused_where_one_might_think_of_them(
    client: Client,
) -> None:
    begin(client)
    for step in ("what", "where", "words"):
        assert "Please never send us pictures or videos." in page(client, step)
    for step in STEPS:
        assert 'type="file"' not in page(client, step)
        assert "multipart" not in page(client, step)


def test_a_pasted_picture_is_not_kept_and_not_shown_again(client: Client) -> None:
    tell(client)
    answer = say(client, "where", addresses=PICTURE, service="Another", account="@kite_99")
    text = answer.content.decode()
    assert "That looks like a picture or a file" in text
    assert "iVBOR" not in text
    # What was typed beside it is still there, and so is what was saved before.
    assert 'value="Another"' in text
    assert ADDRESS in text
    assert ADDRESS in page(client, "where")


def test_text_that_is_too_long_is_given_back_whole(client: Client) -> None:
    begin(client)
    long = "word " * 2_001
    text = say(client, "words", words=long).content.decode()
    assert "longer than 10,000 characters" in text
    assert long.strip() in text


def test_a_mail_address_is_asked_for_when_mail_was_chosen(client: Client) -> None:
    begin(client)
    answer = say(client, "contact", safe_contact="email", contact="", code_word="blue kite")
    text = answer.content.decode()
    assert "Please write your e-mail address here" in text
    assert "blue kite" in text


def test_who_chooses_the_receipt_leaves_no_contact(client: Client) -> None:
    tell(client)
    say(client, "contact", safe_contact="receipt", contact="kim@example.org", code_word="blue kite")
    assert "kim@example.org" not in page(client, "contact")
    assert "kim@example.org" not in page(client, "send")


@pytest.mark.parametrize("fact", ["danger_now", "self_harm_risk"])
def test_danger_shows_whom_to_call_and_then_goes_on(fact: str, client: Client) -> None:
    begin(client)
    answer = say(client, "now", facts=[fact])
    assert answer.url == reverse("report_danger")
    text = client.get(answer.url).content.decode()
    assert 'href="tel:555-0100"' in text
    assert f'href="{at("words")}"' in text
    say(client, "words", words=STORY)
    send(client)
    assert Report.objects.get().level == "U0"


def test_changing_one_answer_leads_back_to_the_summary(client: Client) -> None:
    tell(client)
    assert at("words") + "?back=send" in page(client, "send")
    answer = client.post(at("words") + "?back=send", {"words": "In short."})
    assert answer.url == at("send")
    assert "In short." in page(client, "send")


def test_before_sending_it_says_who_reads_and_where_confidence_ends(client: Client) -> None:
    tell(client)
    text = page(client, "send")
    assert "We do not tell your parents." in text
    assert "Then we must tell the police or child protection." in text
    assert text.count(">Send</button>") == 1


def test_sending_nothing_keeps_everything_and_names_the_way_on(client: Client) -> None:
    begin(client, kind="cyberbullying")
    answer = say(client, "send")
    text = answer.content.decode()
    assert "One thing is still missing" in text
    assert "People are mean to me online." in text
    assert not Report.objects.exists()


def test_sending_twice_makes_one_report_with_one_receipt(client: Client) -> None:
    tell(client)
    assert send(client) == send(client)
    assert Report.objects.count() == 1


def test_going_back_after_sending_leads_to_the_receipt(client: Client) -> None:
    tell(client)
    send(client)
    assert client.get(at("words")).url == reverse("report_sent")
    assert say(client, "words", words="Changed").url == reverse("report_sent")


def test_beginning_anew_never_shows_what_somebody_else_began(client: Client) -> None:
    tell(client)
    begin(client, "public")
    assert STORY not in page(client, "words")
    assert Draft.objects.count() == 1


def test_without_a_visit_there_is_a_way_to_begin_again(client: Client) -> None:
    for step in STEPS:
        answer = client.get(at(step))
        assert answer.status_code == 200
        assert "Let us begin again" in answer.content.decode()


@pytest.mark.parametrize("cookie", ["", "nonsense", "A" * 80])
def test_a_broken_visit_begins_again(cookie: str, client: Client) -> None:
    begin(client)
    client.cookies[VISIT] = cookie
    assert "Let us begin again" in page(client, "words")


def test_an_expired_visit_begins_again_and_is_forgotten(client: Client) -> None:
    tell(client)
    Draft.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    answer = say(client, "words", words="Late")
    assert "Let us begin again" in answer.content.decode()
    assert answer.cookies[VISIT].value == ""


def test_a_visit_says_itself_when_it_ends(client: Client) -> None:
    begin(client)
    past = datetime.now(UTC) - timedelta(seconds=2)
    response = HttpResponse()
    Visit(Draft.objects.get().pk, b"k" * 32, past).keep(response)
    client.cookies[VISIT] = response.cookies[VISIT].value
    assert "Let us begin again" in page(client, "words")


def test_a_visit_to_somebody_elses_draft_does_not_open_it(client: Client) -> None:
    tell(client)
    response = HttpResponse()
    later = datetime.now(UTC) + timedelta(hours=1)
    for draft in (Draft.objects.get().pk, uuid.uuid4()):
        Visit(draft, b"k" * 32, later).keep(response)
        client.cookies[VISIT] = response.cookies[VISIT].value
        assert "Let us begin again" in page(client, "words")


@pytest.mark.parametrize("name", ["press", "sent-by", "child1"])
def test_other_audiences_and_steps_are_no_pages(name: str, client: Client) -> None:
    assert client.get(reverse("report_start", args=[name])).status_code == 404
    assert client.get(at(name)).status_code == 404


def test_an_answer_that_is_no_choice_is_asked_again(client: Client) -> None:
    answer = begin(client, kind="weather")
    assert answer.status_code == 200
    assert not Draft.objects.exists()


def test_too_many_places_are_given_back_with_the_way_on(client: Client) -> None:
    tell(client)
    text = say(client, "where", addresses=many(31), service="Another").content.decode()
    assert "That is more than 30 places." in text
    assert "You can add more with your receipt." in text
    assert "chatter.example.org/u/30" in text
    assert 'value="Another"' in text
    assert ADDRESS in page(client, "where")
    assert say(client, "where", addresses=many(30)).url == at("now")


def test_places_in_the_story_count_with_those_named_before(client: Client) -> None:
    begin(client)
    say(client, "where", addresses=many(30))
    text = say(client, "words", words=f"{STORY} {many(1, 30)}").content.decode()
    assert "That is more than 30 places." in text
    assert STORY in text
    assert say(client, "words", words=f"{STORY} {many(1)}").url == at("child")
    send(client)
    assert Report.objects.get().pointers.count() == 30
