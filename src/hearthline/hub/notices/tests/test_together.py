# SPDX-License-Identifier: Apache-2.0
"""Several addresses at one host: one letter, and each notice's own clock, state and answer."""

from datetime import timedelta

import pytest

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.cases.models import Case
from hearthline.hub.mail.actions import REPEAT_HEADER
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.actions import record_answer
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.hub.notices.sweeps import note_deliveries, open_notices, write_letters
from hearthline.hub.notices.tests.make import (
    MAILBOX,
    make_cleared,
    set_notice_clocks,
    sweep,
)
from hearthline.kit.formats import feedback

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def address(number: int) -> str:
    return f"http://pages.harbour-host.test/album/{number}"


@pytest.fixture
def clear(host, ana, ben):
    """Cases the host may hear about, by number."""

    def cleared(*numbers: int, at, **finding) -> list[Case]:
        return [make_cleared(address(n), ana=ana, ben=ben, at=at, **finding) for n in numbers]

    return cleared


def letters(inbox, recipient=MAILBOX):
    return [feedback.parse_all(mail) for mail in inbox.to(recipient)]


def notice_of(case) -> Notice:
    return Notice.objects.get(case=case)


def test_what_is_due_together_travels_together(inbox, clear, now):
    cases = clear(1, 2, 3, at=now)
    sweep(now)
    (letter,) = letters(inbox)
    assert {one.xarf["url"] for one in letter} == {address(1), address(2), address(3)}
    assert {one.xarf["report_id"] for one in letter} == {str(notice_of(c).pk) for c in cases}
    assert {notice_of(case).state for case in cases} == {Notice.State.SENT}
    assert Delivery.objects.values("letter").distinct().count() == 1


def test_people_read_one_list_with_a_reference_for_each(inbox, clear, now):
    cases = clear(1, 2, at=now)
    sweep(now)
    (mail,) = inbox.mails
    text = next(mail.iter_parts()).get_content()
    for number, case in enumerate(cases, start=1):
        assert f"hxxp://pages[.]harbour-host[.]test/album/{number}" in text
        assert notice_of(case).reference in text
    assert mail["Subject"].startswith("Several notices, the first ")


def test_a_notice_waits_for_others_as_long_as_the_pack_says(settings, inbox, clear, now):
    set_notice_clocks(settings, group_minutes=30)
    clear(1, at=now)
    sweep(now)
    clear(2, at=now + 20 * MINUTE)
    sweep(now + 20 * MINUTE)
    assert inbox.mails == []
    sweep(now + 30 * MINUTE)
    (letter,) = letters(inbox)
    assert len(letter) == 2


def test_what_is_urgent_goes_at_once_and_alone(settings, inbox, clear, now):
    set_notice_clocks(settings, group_minutes=30)
    clear(1, at=now)
    (urgent,) = clear(2, at=now)
    Case.objects.filter(pk=urgent.pk).update(level="U1")
    sweep(now)
    ((one,),) = letters(inbox)
    assert one.xarf["url"] == address(2)


def test_what_becomes_urgent_while_it_waits_waits_no_longer(settings, inbox, clear, now):
    set_notice_clocks(settings, group_minutes=30)
    (case,) = clear(1, at=now)
    sweep(now)
    Case.objects.filter(pk=case.pk).update(level="U0")
    sweep(now + MINUTE)
    assert len(inbox.mails) == 1


def test_a_letter_the_host_took_is_not_sent_again_for_a_new_address(inbox, clear, now):
    (first,) = clear(1, at=now)
    sweep(now)
    clear(2, at=now + HOUR)
    sweep(now + HOUR)
    assert [[one.xarf["url"] for one in letter] for letter in letters(inbox)] == [
        [address(1)],
        [address(2)],
    ]
    assert notice_of(first).deliveries.count() == 1


def test_a_letter_that_waits_for_the_mail_server_takes_no_more_on_board(settings, clear, now):
    clear(1, at=now)
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    clear(2, at=now + MINUTE)
    with mail_server(settings, Inbox()) as late:
        sweep(now + MINUTE)
    assert [len(letter) for letter in letters(late)] == [1, 1]


def test_no_letter_is_longer_than_the_pack_allows(settings, inbox, clear, now):
    set_notice_clocks(settings, group_largest=2)
    clear(1, 2, 3, at=now)
    sweep(now)
    assert sorted(len(letter) for letter in letters(inbox)) == [1, 2]


def test_two_removed_and_one_not(inbox, clear, ana, now):
    one, two, three = (notice_of(case) for case in (clear(1, 2, 3, at=now), sweep(now))[0])
    for notice, code in ((one, "removed"), (two, "removed"), (three, "refused")):
        record_answer(notice=notice, code=code, note="", by=ana, at=now + HOUR)
    states = [Notice.objects.get(pk=each.pk).state for each in (one, two, three)]
    assert states == [Notice.State.ACKNOWLEDGED, Notice.State.ACKNOWLEDGED, Notice.State.REFUSED]
    assert [each.answers.get().code for each in (one, two, three)] == [
        "removed",
        "removed",
        "refused",
    ]


def test_a_reminder_names_what_is_unanswered_and_nothing_else(inbox, clear, ana, now):
    answered, *open_ones = (notice_of(case) for case in (clear(1, 2, 3, at=now), sweep(now))[0])
    record_answer(notice=answered, code="refused", note="", by=ana, at=now + HOUR)
    sweep(now + 24 * HOUR)
    _, reminder = inbox.mails
    text = reminder.get_content()
    assert all(each.reference in text for each in open_ones)
    assert answered.reference not in text
    assert "It was sent on Oct. 5, 2026." in text or "5 October 2026" in text
    for each in open_ones:
        each.refresh_from_db()
        assert (each.reminders, each.state) == (1, Notice.State.NO_RESPONSE)
        assert [d.kind for d in each.deliveries.all()] == ["first", "reminder"]


def test_one_of_them_held_back_by_police_stays_out(inbox, clear, now):
    held, _ = clear(1, 2, at=now)
    open_notices(holder="w1", at=now)
    hold_notice(case=held, until=now + HOUR, at=now, actor=Actor.worker())
    sweep(now)
    ((one,),) = letters(inbox)
    assert one.xarf["url"] == address(2)
    sweep(now + HOUR)
    assert [len(letter) for letter in letters(inbox)] == [1, 1]


def test_a_hold_stops_the_whole_letter_that_has_not_left_yet(settings, clear, now):
    held, other = clear(1, 2, at=now)
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    hold_notice(case=held, until=now + 2 * HOUR, at=now, actor=Actor.worker())
    hold_notice(case=other, until=now + HOUR, at=now, actor=Actor.worker())
    hold_notice(case=other, until=None, at=now, actor=Actor.worker())
    with mail_server(settings, Inbox()) as inbox:
        assert send_letters(holder="w1", at=now + HOUR) == 0
        assert send_letters(holder="w1", at=now + 2 * HOUR) == 1
    assert len(inbox.mails) == 1


def test_what_no_code_is_true_of_stands_in_the_list_alone(inbox, clear, now):
    clear(1, at=now)
    clear(2, at=now, outcome="national", peer=True)
    sweep(now)
    (letter,) = letters(inbox)
    assert [one.xarf["url"] for one in letter] == [address(1)]
    assert "album/2" in next(inbox.mails[0].iter_parts()).get_content()


def test_a_mailbox_that_refuses_the_letter_sends_a_person_to_find_each_host(settings, clear, now):
    clear(1, 2, at=now)
    with mail_server(settings, Inbox(answer_rcpt="550 No such mailbox")):
        sweep(now)
    assert all(notice.needs_host for notice in Notice.objects.all())


def test_after_a_crash_the_letter_of_several_goes_again_with_the_mark(settings, clear, now):
    clear(1, 2, at=now)
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    with mail_server(settings, Inbox()) as inbox:
        Letter.objects.update(state=Letter.State.SENDING)
        send_letters(holder="w2", at=now + HOUR)
        note_deliveries(holder="w2", at=now + HOUR)
    (mail,) = inbox.mails
    assert REPEAT_HEADER in mail
    assert {notice.state for notice in Notice.objects.all()} == {Notice.State.SENT}


def test_one_in_trouble_does_not_hold_up_the_others(inbox, clear, now):
    _, broken, _ = clear(1, 2, 3, at=now)
    open_notices(holder="w1", at=now)
    broken.subject.address = b"not an envelope"
    broken.subject.save()
    sweep(now)
    (letter,) = letters(inbox)
    assert {one.xarf["url"] for one in letter} == {address(1), address(3)}
    assert notice_of(broken).state == Notice.State.QUEUED
