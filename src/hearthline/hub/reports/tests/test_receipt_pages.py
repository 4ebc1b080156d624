# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.reports import actions, sweeps
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.reports.public.guesses import WAITS, guesses
from hearthline.hub.reports.public.visit import RECEIPT, keep_receipt
from hearthline.hub.reports.tests.make import PICTURE, STORY, make_report, many
from hearthline.kit.sealing import format_receipt, new_receipt

pytestmark = pytest.mark.django_db
LETTER = "Can you tell me when it is gone?"
HERE = bytes([127, 0, 0, 1])


def over() -> str:
    """The digits are asked for again, and the page says that a visit ended."""
    return reverse("receipt") + "?over"


@pytest.fixture
def sent() -> actions.Submitted:
    return make_report(at=timezone.now())


def enter(browser: Client, receipt: str) -> HttpResponse:
    return browser.post(reverse("receipt"), {"receipt": receipt})


def page(browser: Client) -> str:
    return browser.get(reverse("receipt_status")).content.decode()


def write(browser: Client, **told: str) -> HttpResponse:
    return browser.post(reverse("receipt_message"), {"body": LETTER, **told})


def expire(browser: Client, receipt: str) -> None:
    response = HttpResponse()
    keep_receipt(response, receipt, timezone.now() - timedelta(minutes=21))
    browser.cookies[RECEIPT] = response.cookies[RECEIPT].value


def test_sixteen_digits_open_the_report(client: Client, sent: actions.Submitted) -> None:
    assert enter(client, sent.receipt).url == reverse("receipt_status")
    text = page(client)
    assert "We have what you told us." in text
    assert "Next: a person from our team reads it." in text
    # Whoever finds the receipt does not find the story.
    assert STORY not in text


def test_spaces_and_any_script_will_do(client: Client, sent: actions.Submitted) -> None:
    arabic = sent.receipt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for spelt in (
        f"  {format_receipt(sent.receipt)} ",
        arabic,
        sent.receipt[:8] + "-" + sent.receipt[8:],
    ):
        assert enter(client, spelt).status_code == 302


@pytest.mark.parametrize(
    ("digits", "said"),
    [("", "write the digits"), ("12345", "sixteen digits"), ("abcd", "only digits")],
)
def test_a_slip_is_named(digits: str, said: str, client: Client) -> None:
    assert said in enter(client, digits).content.decode()


def test_one_wrong_digit_is_noticed(client: Client, sent: actions.Submitted) -> None:
    slip = sent.receipt[:-1] + str((int(sent.receipt[-1]) + 1) % 10)
    text = enter(client, slip).content.decode()
    assert "One digit is not right" in text
    assert slip in text


def test_a_receipt_nobody_has_says_neither_more_nor_less(client: Client) -> None:
    answer = enter(client, new_receipt())
    assert "We found nothing with these digits" in answer.content.decode()
    assert RECEIPT not in answer.cookies


def test_guessing_is_slowed_down_for_a_moment(client: Client, sent: actions.Submitted) -> None:
    missed(HERE, 30, timezone.now())
    answer = enter(client, sent.receipt)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "5"
    assert "Please wait a moment" in answer.content.decode()
    assert "Try again in 10 seconds" in enter(client, sent.receipt).content.decode()


def test_guesses_of_one_network_keep_no_other_waiting(sent: actions.Submitted) -> None:
    missed(HERE, 30, timezone.now())
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    assert enter(elsewhere, sent.receipt).url == reverse("receipt_status")


def test_whoever_has_the_digits_right_takes_nothing(
    client: Client, sent: actions.Submitted
) -> None:
    for _ in range(40):
        assert enter(client, sent.receipt).status_code == 302


def test_waiting_grows_to_a_minute_and_no_further(now: datetime) -> None:
    missed(HERE, 30, now)
    told = [guesses.wait(HERE, now) for _ in range(7)]
    assert told == [*WAITS, 60, 60]
    # Coming too early costs nobody the next try.
    assert guesses.wait(HERE, now + timedelta(seconds=11)) == 0


def test_while_many_networks_guess_those_that_missed_nothing_are_let_in(now: datetime) -> None:
    for number in range(120):
        missed(bytes([192, 0, 2, number]), 1, now)
    assert guesses.wait(bytes([192, 0, 2, 7]), now) == 5
    assert guesses.wait(bytes([198, 51, 100, 7]), now) == 0
    assert guesses.wait(bytes([192, 0, 2, 7]), now + timedelta(seconds=2)) == 0


def missed(network: bytes, times: int, at: datetime) -> None:
    for _ in range(times):
        guesses.missed(network, at)


def test_the_cookie_of_one_reporter_never_opens_the_report_of_another(
    client: Client, sent: actions.Submitted
) -> None:
    other = make_report(at=timezone.now())
    actions.write(receipt=other.receipt, body="Only for the team.", at=timezone.now())
    enter(client, sent.receipt)
    assert "Only for the team." not in page(client)


@pytest.mark.parametrize("cookie", ["", "nonsense", "A" * 80])
def test_without_a_receipt_the_report_is_closed(cookie: str, client: Client) -> None:
    client.cookies[RECEIPT] = cookie
    for name in ("receipt_status", "receipt_withdraw"):
        assert client.get(reverse(name)).url == over()


def test_after_twenty_minutes_too(client: Client, sent: actions.Submitted) -> None:
    expire(client, sent.receipt)
    assert client.get(reverse("receipt_status")).url == over()


def test_letters_go_both_ways(client: Client, sent: actions.Submitted, ana: User) -> None:
    enter(client, sent.receipt)
    assert write(client).url == reverse("receipt_status")
    actions.answer(report=sent.report, body="Soon, we hope.", by=ana, at=timezone.now())
    text = page(client)
    assert LETTER in text
    assert "Soon, we hope." in text
    assert "The team" in text


def test_an_address_can_be_added(client: Client, sent: actions.Submitted) -> None:
    enter(client, sent.receipt)
    write(client, body="", addresses="https://new.example.org/2")
    assert sent.report.pointers.count() == 2


def test_an_empty_letter_is_asked_for(client: Client, sent: actions.Submitted) -> None:
    enter(client, sent.receipt)
    assert "Please write a few words first." in write(client, body=" ").content.decode()


def test_a_picture_in_a_letter_is_not_kept_and_not_shown(
    client: Client, sent: actions.Submitted
) -> None:
    enter(client, sent.receipt)
    text = write(client, addresses=PICTURE).content.decode()
    assert "That looks like a picture or a file" in text
    assert "iVBOR" not in text
    assert LETTER in text
    assert not sent.report.messages.exists()


def test_a_letter_outlives_the_visit(client: Client, sent: actions.Submitted) -> None:
    enter(client, sent.receipt)
    expire(client, sent.receipt)
    again = write(client)
    assert LETTER in again.content.decode()
    assert not sent.report.messages.exists()
    assert LETTER in write(client, receipt=new_receipt()).content.decode()
    assert write(client, receipt=sent.receipt).url == reverse("receipt_status")
    assert LETTER in page(client)


def test_taking_it_back_is_asked_once_and_done_once(
    client: Client, sent: actions.Submitted
) -> None:
    enter(client, sent.receipt)
    question = client.get(reverse("receipt_withdraw")).content.decode()
    assert "Nobody from our team will read it." in question
    assert not Report.objects.get().withdrawn_at
    for _ in range(2):
        assert client.post(reverse("receipt_withdraw")).url == reverse("receipt_status")
    text = page(client)
    assert "You took it back." in text
    assert "Write to us" not in text
    assert client.get(reverse("receipt_withdraw")).url == reverse("receipt_status")


def test_once_it_is_with_the_desk_it_says_what_cannot_stop(
    client: Client, sent: actions.Submitted
) -> None:
    actions.take(report=sent.report, at=timezone.now())
    enter(client, sent.receipt)
    question = client.get(reverse("receipt_withdraw")).content.decode()
    assert "What we cannot stop" in question
    assert "Nobody from our team will read it." not in question


def test_a_letter_to_a_withdrawn_report_is_given_back(
    client: Client, sent: actions.Submitted
) -> None:
    enter(client, sent.receipt)
    actions.withdraw(receipt=sent.receipt, at=timezone.now())
    text = write(client).content.decode()
    assert "This letter was not sent" in text
    assert LETTER in text


def test_the_timeline_tells_each_step_in_plain_words(
    client: Client, sent: actions.Submitted
) -> None:
    at = timezone.now()
    for code in (Step.Code.IN_REVIEW, Step.Code.JUDGED, Step.Code.POLICE_TOLD):
        actions.tell(report=sent.report, step=code, at=at, outcome="national")
    enter(client, sent.receipt)
    text = page(client)
    assert "What you told us about is against the law." in text
    assert "We told the police." in text
    assert "We are still working on this." in text


def test_being_late_is_said(client: Client) -> None:
    late = make_report(at=timezone.now() - timedelta(days=2))
    enter(client, late.receipt)
    assert "It takes longer than we said." in page(client)


def test_after_its_time_the_page_says_the_words_are_gone(
    client: Client, sent: actions.Submitted
) -> None:
    sweeps.keep_receipts(holder="worker", at=timezone.now())
    actions.end_retention(report=sent.report, at=timezone.now())
    enter(client, sent.receipt)
    text = page(client)
    assert "What you wrote has been deleted" in text
    assert "Write to us" not in text


def test_leaving_closes_the_report(client: Client, sent: actions.Submitted) -> None:
    enter(client, sent.receipt)
    assert client.post(reverse("receipt_leave")).url == reverse("home")
    assert client.get(reverse("receipt_status")).url == over()


def test_after_something_was_added_it_does_not_say_that_nobody_will_read(
    client: Client, sent: actions.Submitted
) -> None:
    actions.take(report=sent.report, at=timezone.now())
    enter(client, sent.receipt)
    write(client, addresses="https://new.example.org/2")
    question = client.get(reverse("receipt_withdraw")).content.decode()
    assert "What we cannot stop" in question
    assert "Nobody from our team will read it." not in question


@pytest.mark.parametrize("field", ["body", "addresses"])
def test_too_many_places_in_a_letter_are_given_back_with_the_way_on(
    field: str, client: Client, sent: actions.Submitted
) -> None:
    enter(client, sent.receipt)
    text = write(client, **{field: many(31)}).content.decode()
    assert "Please give the 30 most important ones." in text
    assert "chatter.example.org/u/30" in text
    assert (LETTER in text) == (field == "addresses")
    assert not sent.report.messages.exists()


def test_a_report_that_is_full_gives_the_letter_back_too(client: Client) -> None:
    sent = make_report(at=timezone.now(), addresses=many(30))
    for start in (30, 60):
        actions.add(receipt=sent.receipt, addresses=many(30, start), at=timezone.now())
    enter(client, sent.receipt)
    text = write(client, addresses=many(20, 90)).content.decode()
    assert "One report has room for 100 places." in text
    assert LETTER in text
    assert "chatter.example.org/u/109" in text
    assert sent.report.pointers.count() == 90
