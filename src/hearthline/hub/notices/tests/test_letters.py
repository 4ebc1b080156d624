# SPDX-License-Identifier: Apache-2.0
"""The letters of a notice, received by a real mail server and read back."""

from datetime import timedelta

import pytest

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import agree_to_close, ask_to_close, hold_notice
from hearthline.hub.directory.actions import supersede_contact
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.models import Delivery, Lane, Notice
from hearthline.hub.notices.sweeps import note_deliveries, open_notices, write_letters
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import (
    LAWYERS,
    MAILBOX,
    REGULATOR,
    add_lawyers,
    make_cleared,
    make_host,
    make_regulator,
    make_sent,
    sweep,
)
from hearthline.hub.reports.models import Step
from hearthline.kit.formats import feedback

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def kinds(notice: Notice) -> list[tuple[str, int]]:
    return list(notice.deliveries.values_list("kind", "number"))


def read(inbox, recipient=MAILBOX):
    return [feedback.parse(mail) for mail in inbox.to(recipient)]


def test_the_host_receives_xarf_and_plain_words(notice, inbox, now):
    (letter,) = read(inbox)
    assert letter.xarf["report_id"] == str(notice.pk)
    assert letter.xarf["url"] == ADDRESS
    assert letter.xarf["domain"] == "pages.harbour-host.test"
    assert (letter.xarf["type"], letter.xarf["classification"]) == ("csam", "baseline")
    assert letter.fields["Feedback-Type"] == "xarf"
    assert "hxxp://pages[.]harbour-host[.]test/album/7" in letter.plain_text
    assert ADDRESS not in letter.plain_text
    assert "within 24 hours" in letter.plain_text
    assert letter.headers["Auto-Submitted"] == "auto-generated"


def test_the_subject_line_gives_nothing_away(notice, inbox):
    (letter,) = read(inbox)
    assert letter.headers["Subject"] == f"Notice {notice.reference}: please read within 24 hours"


def test_once_sent_the_clocks_run_and_reporters_hear(notice, now):
    assert (notice.state, notice.sent_at) == (Notice.State.SENT, now)
    assert notice.acknowledge_due_at == now + 24 * HOUR
    assert notice.escalate_at == now + 72 * HOUR
    assert notice.watch.due_at == now
    assert Step.objects.filter(code=Step.Code.HOST_TOLD).count() == 1


def test_swept_twice_is_swept_once(notice, inbox, now):
    for _ in range(3):
        sweep(now)
    assert len(inbox.mails) == 1


def test_two_workers_write_one_letter(inbox, host, ana, ben, now):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    assert write_letters(holder="w1", at=now) == 1
    assert write_letters(holder="w2", at=now) == 0


def test_the_letter_speaks_the_hosts_language_where_we_do(inbox, ana, ben, ada, now):
    make_host(ada=ada, at=now, languages=["tlh", "en"])
    make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    (letter,) = read(inbox)
    assert "Thank you for protecting children." in letter.plain_text


@pytest.mark.parametrize(
    "finding",
    [
        {"outcome": "national", "incident_type": "cyberbullying"},
        {"outcome": "national", "self_generated": True},
        {"outcome": "national", "peer": True},
    ],
)
def test_where_no_code_is_honest_the_notice_is_in_plain_words(inbox, host, ana, ben, now, finding):
    make_sent(ADDRESS, ana=ana, ben=ben, at=now, **finding)
    (letter,) = read(inbox)
    assert letter.xarf is None
    assert "hxxp://pages[.]harbour-host[.]test/album/7" in letter.plain_text


def test_nationally_illegal_material_is_exploitation_and_not_given_a_class(
    inbox, host, ana, ben, now
):
    make_sent(ADDRESS, ana=ana, ben=ben, at=now, outcome="national")
    (letter,) = read(inbox)
    assert letter.xarf["type"] == "csem"
    assert "classification" not in letter.xarf


def test_a_silent_host_is_reminded_and_then_escalated(notice, inbox, host, ada, now):
    add_lawyers(host, ada=ada, at=now)
    make_regulator(ada=ada, at=now)
    sweep(now + 23 * HOUR)
    assert kinds(notice) == [("first", 1)]
    sweep(now + 24 * HOUR)
    assert fresh(notice).state == Notice.State.NO_RESPONSE
    assert list(Notice.objects.in_lane(Lane.LATE, now + 24 * HOUR)) == [notice]
    sweep(now + 24 * HOUR)
    sweep(now + 48 * HOUR)
    assert kinds(notice) == [("first", 1), ("reminder", 1), ("reminder", 2)]
    sweep(now + 72 * HOUR)
    sweep(now + 1000 * HOUR)
    assert kinds(notice)[3:] == [("escalation", 1), ("escalation", 2)]
    assert fresh(notice).state == Notice.State.ESCALATED
    (lawyers,) = read(inbox, LAWYERS)
    (regulator,) = read(inbox, REGULATOR)
    for letter in (lawyers, regulator):
        assert "pages" not in letter.plain_text, "the address stays in the notice"
        assert notice.reference in letter.plain_text


def test_reminders_stand_in_the_thread_of_the_notice(notice, inbox, now):
    sweep(now + 24 * HOUR)
    first, reminder = read(inbox)
    assert reminder.headers["In-Reply-To"].strip() == first.message_id
    assert reminder.headers["Subject"] == f"Reminder of notice {notice.reference}"


def test_a_worker_that_was_away_writes_the_latest_reminder_alone(notice, now):
    sweep(now + 50 * HOUR)
    assert kinds(notice) == [("first", 1), ("reminder", 1)]
    assert fresh(notice).reminders == 2
    sweep(now + 60 * HOUR)
    assert kinds(notice) == [("first", 1), ("reminder", 1)]


def test_without_lawyers_or_regulator_the_managers_lane_has_it(notice, now):
    sweep(now + 72 * HOUR)
    assert kinds(notice) == [("first", 1)]
    assert list(Notice.objects.in_lane(Lane.ESCALATED, now)) == [notice]


def test_a_hold_asked_later_stops_reminders_until_it_ends(notice, now):
    hold_notice(case=notice.case, until=now + 30 * HOUR, at=now, actor=Actor.worker())
    sweep(now + 24 * HOUR)
    assert kinds(notice) == [("first", 1)]
    sweep(now + 30 * HOUR)
    assert kinds(notice) == [("first", 1), ("reminder", 1)]


def test_a_hold_asked_before_the_letter_is_written_stops_it(inbox, host, ana, ben, now):
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    hold_notice(case=case, until=now + HOUR, at=now, actor=Actor.worker())
    sweep(now)
    assert inbox.mails == []
    sweep(now + HOUR)
    assert len(inbox.mails) == 1


def test_a_case_closed_by_two_people_gets_no_more_letters(notice, ana, sena, now):
    ask_to_close(case=notice.case, reason="Nothing more can be done.", by=sena, at=now)
    agree_to_close(case=notice.case, by=ana, at=now)
    sweep(now + 100 * HOUR)
    assert kinds(notice) == [("first", 1)]
    assert fresh(notice).due_at is None


def test_a_mailbox_that_refuses_sends_a_person_to_find_the_host(settings, host, ana, ben, now):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    with mail_server(settings, Inbox(answer_rcpt="550 No such mailbox")):
        sweep(now)
    notice = Notice.objects.get()
    assert notice.needs_host
    assert notice.sent_at is None
    assert list(Notice.objects.in_lane(Lane.FIND_HOST, now)) == [notice]


def test_a_server_that_is_down_starts_no_clock(settings, host, ana, ben, now):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    assert note_deliveries(holder="w1", at=now) == 0
    assert Notice.objects.get().acknowledge_due_at is None
    with mail_server(settings, Inbox()):
        send_letters(holder="w1", at=now + 5 * HOUR)
    note_deliveries(holder="w1", at=now + 5 * HOUR)
    assert Notice.objects.get().acknowledge_due_at == now + 29 * HOUR


def test_a_contact_that_was_corrected_gets_the_reminder(notice, inbox, ada, now):
    supersede_contact(
        contact=notice.contact,
        value="new-abuse@harbour-host.test",
        source="their letter",
        verified_on=now.date(),
        by=ada,
        at=now,
    )
    sweep(now + 24 * HOUR)
    assert len(inbox.to("new-abuse@harbour-host.test")) == 1


def test_every_letter_is_a_delivery(notice, now):
    sweep(now + 24 * HOUR)
    assert [one.kind for one in Delivery.objects.all()] == ["first", "reminder"]


def test_one_notice_in_trouble_does_not_hold_up_the_next(inbox, host, ana, ben, now):
    broken = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    make_cleared("http://b.harbour-host.test/x", ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    broken.subject.address = b"not an envelope"
    broken.subject.save()
    assert write_letters(holder="w1", at=now) == 1
    assert Delivery.objects.get().notice.case != broken
