# SPDX-License-Identifier: Apache-2.0
"""Letters against a real mail server on loopback."""

from datetime import timedelta

import pytest

from hearthline.hub.audit.models import Entry
from hearthline.hub.clocks.actions import LEASE, LeaseLost, lease
from hearthline.hub.mail import actions
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.sweeps import dial, send_letters
from hearthline.hub.mail.tests.make import Inbox, free_port, mail_server, make_letter

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def inbox(settings):
    with mail_server(settings, Inbox()) as inbox:
        yield inbox


def fresh(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def test_a_letter_is_sent_once(inbox, now):
    letter = make_letter(at=now)
    assert send_letters(holder="w1", at=now) == 1
    assert send_letters(holder="w1", at=now) == 0
    assert send_letters(holder="w1", at=now + timedelta(days=1)) == 0
    (mail,) = inbox.mails
    assert mail["Message-ID"] == letter.message_id
    assert actions.REPEAT_HEADER not in mail
    assert mail.get_content().strip() == "The lamp is lit."
    letter = fresh(letter)
    assert (letter.state, letter.sent_at, letter.due_at) == (Letter.State.SENT, now, None)
    assert Entry.objects.filter(verb="mail.sent", object_id=str(letter.pk)).count() == 1


def test_letters_go_oldest_first(inbox, now):
    make_letter(at=now, name="second")
    make_letter(at=now - MINUTE, name="first")
    assert send_letters(holder="w1", at=now) == 2
    assert [mail["Message-ID"].split("@")[0] for mail in inbox.mails] == ["<first", "<second"]


def test_a_server_that_is_down_gets_the_letter_when_it_is_up(settings, now):
    settings.SMTP_PORT = port = free_port()
    letter = make_letter(at=now)
    assert send_letters(holder="w1", at=now) == 0
    waiting = fresh(letter)
    assert waiting.state == Letter.State.QUEUED
    assert waiting.due_at == now + MINUTE
    assert "ConnectionRefusedError" in waiting.last_error
    with mail_server(settings, Inbox(), port) as inbox:
        assert send_letters(holder="w1", at=now) == 0
        assert send_letters(holder="w1", at=now + MINUTE) == 1
    (mail,) = inbox.mails
    assert actions.REPEAT_HEADER not in mail


def test_the_pause_grows_with_every_attempt(settings, now):
    settings.SMTP_PORT = free_port()
    letter = make_letter(at=now)
    pauses, at = [], now
    for _ in range(4):
        send_letters(holder="w1", at=at)
        due_at = fresh(letter).due_at
        pauses.append(due_at - at)
        at = due_at
    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]


@pytest.mark.parametrize("answer", ["answer_rcpt", "answer_data"])
def test_a_temporary_refusal_is_tried_again(settings, inbox, now, answer):
    letter = make_letter(at=now)
    setattr(inbox, answer, "451 Greylisted, come back")
    assert send_letters(holder="w1", at=now) == 0
    assert fresh(letter).state == Letter.State.QUEUED
    assert fresh(letter).last_error == "451 Greylisted, come back"
    setattr(inbox, answer, "250 Accepted")
    assert send_letters(holder="w1", at=now + MINUTE) == 1
    (mail,) = inbox.mails
    assert actions.REPEAT_HEADER not in mail
    assert fresh(letter).last_error == ""


@pytest.mark.parametrize("answer", ["answer_rcpt", "answer_data"])
def test_a_permanent_refusal_gives_up_at_once_in_the_servers_words(inbox, now, answer):
    letter = make_letter(at=now)
    setattr(inbox, answer, "550 No such mailbox here")
    assert send_letters(holder="w1", at=now) == 0
    given_up = fresh(letter)
    assert (given_up.state, given_up.given_up_at) == (Letter.State.GIVEN_UP, now)
    assert given_up.last_error == "550 No such mailbox here"
    assert send_letters(holder="w1", at=now + timedelta(days=1)) == 0
    assert Entry.objects.filter(verb="mail.give_up", object_id=str(letter.pk)).exists()


def test_one_refused_letter_does_not_hold_up_the_next(inbox, now):
    make_letter(at=now - MINUTE, name="refused", recipient="gone@example.org")
    make_letter(at=now, name="taken")
    refuse_first = iter(["550 No such mailbox here", "250 Accepted"])

    async def handle_RCPT(server, session, envelope, address, options):  # noqa: N802
        answer = next(refuse_first)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    inbox.handle_RCPT = handle_RCPT
    assert send_letters(holder="w1", at=now) == 1
    assert [mail["To"] for mail in inbox.mails] == ["abuse@harbour-host.test"]


def test_after_five_days_of_silence_a_letter_is_given_up(settings, now):
    settings.SMTP_PORT = free_port()
    letter = make_letter(at=now)
    almost = now + actions.GIVE_UP_AFTER - MINUTE
    send_letters(holder="w1", at=almost)
    assert fresh(letter).state == Letter.State.QUEUED
    send_letters(holder="w1", at=almost + MINUTE)
    assert fresh(letter).state == Letter.State.GIVEN_UP


def test_after_a_crash_the_letter_goes_again_with_a_mark(inbox, now):
    """The steps are run apart: the server takes the letter, and nobody is left to write it down."""
    letter = make_letter(at=now)
    (leased,) = lease(Letter.objects.due(now), holder="w1", at=now)
    wire = actions.start_sending(letter=leased, holder="w1", at=now)
    with dial() as server:
        server.sendmail("hotline@hearthline.invalid", [letter.recipient], wire)
    # The worker dies here. While its lease runs nobody touches the letter.
    assert send_letters(holder="w2", at=now + MINUTE) == 0
    assert send_letters(holder="w2", at=now + LEASE) == 1
    first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"] == letter.message_id
    assert actions.REPEAT_HEADER not in first
    assert second[actions.REPEAT_HEADER] == f"possible duplicate of {letter.message_id}"
    assert fresh(letter).marked_repeat
    assert fresh(letter).state == Letter.State.SENT
    assert Entry.objects.filter(verb="mail.repeat", object_id=str(letter.pk)).count() == 1


def test_the_two_copies_differ_in_the_mark_alone(inbox, now):
    make_letter(at=now)
    (leased,) = lease(Letter.objects.due(now), holder="w1", at=now)
    wire = actions.start_sending(letter=leased, holder="w1", at=now)
    again = actions.start_sending(letter=leased, holder="w1", at=now)
    mark, _, rest = again.partition(b"\r\n")
    assert mark.startswith(actions.REPEAT_HEADER.encode())
    assert rest == wire


def test_a_line_that_breaks_after_the_letter_was_said_leaves_a_mark_on_the_next(settings, now):
    class Vanishing(Inbox):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            await super().handle_DATA(server, session, envelope)
            server.transport.abort()

    letter = make_letter(at=now)
    with mail_server(settings, Vanishing()) as inbox:
        assert send_letters(holder="w1", at=now) == 0
        assert fresh(letter).state == Letter.State.SENDING
        assert len(inbox.mails) == 1
    with mail_server(settings, Inbox()) as inbox:
        assert send_letters(holder="w1", at=now + MINUTE) == 1
    (mail,) = inbox.mails
    assert mail[actions.REPEAT_HEADER]


def test_a_mark_once_earned_stays_through_later_refusals(settings, inbox, now):
    make_letter(at=now)
    (leased,) = lease(Letter.objects.due(now), holder="w1", at=now)
    actions.start_sending(letter=leased, holder="w1", at=now)
    inbox.answer_rcpt = "451 Not now"
    assert send_letters(holder="w2", at=now + LEASE) == 0
    inbox.answer_rcpt = "250 Accepted"
    assert send_letters(holder="w2", at=now + LEASE + timedelta(hours=1)) == 1
    (mail,) = inbox.mails
    assert mail[actions.REPEAT_HEADER]


def test_two_workers_never_send_the_same_letter(inbox, now):
    """The second worker sweeps in the middle of the first one's dialogue."""
    make_letter(at=now)
    taken_by_second = []

    def dial_while_another_works():
        taken_by_second.append(send_letters(holder="w2", at=now))
        return dial()

    assert send_letters(holder="w1", at=now, connect=dial_while_another_works) == 1
    assert taken_by_second == [0]
    assert len(inbox.mails) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(now):
    letter = make_letter(at=now)
    (leased,) = lease(Letter.objects.due(now), holder="w1", at=now)
    lease(Letter.objects.due(now + LEASE), holder="w2", at=now + LEASE)
    with pytest.raises(LeaseLost):
        actions.start_sending(letter=leased, holder="w1", at=now)
    with pytest.raises(LeaseLost):
        actions.note_sent(letter=leased, holder="w1", at=now)
    assert fresh(letter).state == Letter.State.QUEUED


def test_a_letter_that_cannot_be_opened_does_not_hold_up_the_next(inbox, now):
    broken = make_letter(at=now - MINUTE, name="broken")
    Letter.objects.filter(pk=broken.pk).update(message=b"not an envelope")
    make_letter(at=now, name="whole")
    assert send_letters(holder="w1", at=now) == 1
    assert [mail["Message-ID"].split("@")[0] for mail in inbox.mails] == ["<whole"]


def test_what_the_server_says_is_kept_without_signs_a_database_refuses(inbox, now):
    inbox.answer_rcpt = "450 Try\x00 later\x1b"
    letter = make_letter(at=now)
    send_letters(holder="w1", at=now)
    assert fresh(letter).last_error == "450 Try  later "
