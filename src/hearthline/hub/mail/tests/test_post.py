# SPDX-License-Identifier: Apache-2.0
from email.message import EmailMessage

import pytest

from hearthline.hub.mail.actions import NoMessageId, RecipientRefused, message_id, post
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.tests.make import make_letter, make_message
from hearthline.hub.sealing.actions import open_as_desk

pytestmark = pytest.mark.django_db


def test_a_posted_letter_is_sealed_and_due_at_once(now):
    letter = make_letter(at=now)
    assert letter.state == Letter.State.QUEUED
    assert list(Letter.objects.due(now)) == [letter]
    assert b"lamp" not in bytes(letter.message)
    text = letter.unseal(open_as_desk(letter.data_key), "message")
    assert "The lamp is lit." in text
    assert "To: abuse@harbour-host.test" in text
    assert "Date: Mon, 05 Oct 2026 09:00:00 +0000" in text
    assert "Auto-Submitted: auto-generated" in text


def test_words_in_any_script_travel_in_seven_bits(now):
    message = make_message(body="Ключ, 钥匙, مفتاح")
    letter = post(recipient="a@example.org", message=message, purpose="test", at=now)
    text = letter.unseal(open_as_desk(letter.data_key), "message")
    assert text.isascii()


def test_the_same_message_id_is_the_same_letter(now):
    assert make_letter(at=now) == make_letter(at=now)
    assert Letter.objects.count() == 1


def test_a_message_id_stands_under_our_own_domain(settings):
    settings.MAIL_FROM = "hotline@solmere.test"
    assert message_id("notice-1") == "<notice-1@solmere.test>"


def test_a_letter_without_message_id_is_refused(now):
    with pytest.raises(NoMessageId):
        post(recipient="a@example.org", message=EmailMessage(), purpose="test", at=now)


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@example.org, b@example.org",
        "a@example.org\r\nRCPT TO:<b@x>",
        "a@pörtal.test",
    ],
)
def test_what_is_not_one_plain_address_is_refused(now, recipient):
    with pytest.raises(RecipientRefused):
        make_letter(at=now, recipient=recipient)
    assert not Letter.objects.exists()
