# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.notices.actions import (
    NotAsked,
    NotOpen,
    UnknownAnswer,
    UnknownRefusal,
    assign_host,
    queue_notice,
    record_answer,
)
from hearthline.hub.notices.models import Lane, Notice
from hearthline.hub.notices.tests.make import make_cleared, sweep

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def answer(notice, code, by, at, **more):
    record_answer(notice=notice, code=code, note="", by=by, at=at, **more)
    notice.refresh_from_db()
    return notice


def test_an_acknowledgement_is_kept_and_audited(notice, ana, now):
    answer(notice, "acknowledged", ana, now + HOUR)
    assert (notice.state, notice.acknowledged_at) == (Notice.State.ACKNOWLEDGED, now + HOUR)
    (entry,) = Entry.objects.filter(verb="notices.answer")
    assert entry.actor == f"staff:{ana.pk}"


def test_an_acknowledgement_does_not_end_the_hosts_time(notice, ana, now):
    answer(notice, "acknowledged", ana, now)
    sweep(now + 72 * HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED


def test_removed_brings_a_look_forward_and_closes_nothing(notice, ana, now):
    notice.watch.due_at = now + 99 * HOUR
    notice.watch.save()
    answer(notice, "removed", ana, now + HOUR)
    notice.watch.refresh_from_db()
    assert notice.watch.due_at == now + HOUR
    assert notice.state == Notice.State.ACKNOWLEDGED
    assert Case.objects.get().state == Case.State.CONFIRMED


def test_a_refusal_says_why_and_ends_reminders_but_not_the_clock(notice, ana, now):
    answer(notice, "refused", ana, now, refusal="order_required")
    assert notice.state == Notice.State.REFUSED
    sweep(now + 48 * HOUR)
    assert notice.deliveries.count() == 1
    sweep(now + 72 * HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED


def test_moved_stops_the_letters_and_looks_at_once(notice, ana, now):
    answer(notice, "moved", ana, now)
    assert (notice.state, notice.due_at) == (Notice.State.MOVED, None)
    notice.watch.refresh_from_db()
    assert notice.watch.due_at == now
    assert Notice.objects.open().exists()


def test_the_wrong_host_is_taken_off_and_the_right_one_found(notice, host, ana, now):
    answer(notice, "wrong_recipient", ana, now)
    assert (notice.state, notice.host, notice.contact) == (Notice.State.QUEUED, None, None)
    assert list(Notice.objects.in_lane(Lane.FIND_HOST, now)) == [notice]
    sweep(now + 100 * HOUR)
    assert notice.deliveries.count() == 1
    assign_host(notice=notice, host=host, by=ana, at=now + 100 * HOUR)
    sweep(now + 100 * HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.SENT
    assert notice.acknowledge_due_at == now + 124 * HOUR
    assert [one.number for one in notice.deliveries.all()] == [1, 2]


def test_somebody_without_the_permission_is_refused(notice, mara, now):
    with pytest.raises(NotAllowed):
        answer(notice, "acknowledged", mara, now)


def test_what_is_on_no_list_is_refused(notice, ana, now):
    with pytest.raises(UnknownAnswer):
        answer(notice, "maybe", ana, now)
    with pytest.raises(UnknownRefusal):
        answer(notice, "refused", ana, now, refusal="do_not_want")


def test_a_host_that_was_not_asked_has_no_answer(host, ana, ben, now):
    case = make_cleared("http://b.harbour-host.test/x", ana=ana, ben=ben, at=now)
    notice = queue_notice(case=case, at=now, actor=Actor.worker())
    with pytest.raises(NotAsked):
        answer(notice, "acknowledged", ana, now)


def test_a_notice_that_is_over_takes_no_answer(notice, ana, now):
    Notice.objects.update(state=Notice.State.REMOVED)
    with pytest.raises(NotOpen):
        answer(notice, "acknowledged", ana, now)
