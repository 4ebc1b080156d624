# SPDX-License-Identifier: Apache-2.0
"""Why a host refuses, and what each reason leads to."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases.actions import SamePerson
from hearthline.hub.notices.actions import NothingWaits, record_answer, settle_wait
from hearthline.hub.notices.models import Answer, Lane, Notice
from hearthline.hub.notices.tests.make import LAWYERS, add_lawyers, sweep
from hearthline.kit.codelists import host_refusals

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def refuse(notice, ground, by, at) -> Notice:
    record_answer(notice=notice, code="refused", refusal=ground, note="", by=by, at=at)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize("ground", ["not_illegal_there", "order_required", "cannot_remove"])
def test_where_waiting_changes_nothing_others_hear_at_once(
    notice, inbox, host, ana, ada, now, ground
):
    add_lawyers(host, ada=ada, at=now)
    refuse(notice, ground, ana, now + HOUR)
    sweep(now + HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED
    assert len(inbox.to(LAWYERS)) == 1
    sweep(now + 100 * HOUR)
    assert len(inbox.to(LAWYERS)) == 1


def test_not_their_content_goes_to_whoever_has_it(notice, ana, now):
    refuse(notice, "not_hosted_here", ana, now)
    assert notice.needs_host
    assert notice.answers.get().refusal == "not_hosted_here"


@pytest.mark.parametrize("ground", ["not_found", "already_removed"])
def test_gone_in_their_eyes_is_looked_at_now_and_closes_nothing(notice, ana, now, ground):
    notice.watch.due_at = now + 99 * HOUR
    notice.watch.save()
    refuse(notice, ground, ana, now + HOUR)
    notice.watch.refresh_from_db()
    assert notice.watch.due_at == now + HOUR
    assert notice.state == Notice.State.REFUSED


@pytest.mark.parametrize("ground", ["other", "sender_not_recognised", "notice_incomplete"])
def test_what_a_person_has_to_settle_waits_in_a_lane_and_the_clock_runs(notice, ana, now, ground):
    refuse(notice, ground, ana, now)
    assert list(Notice.objects.in_lane(Lane.PERSON, now)) == [notice]
    settle_wait(notice=notice, by=ana, at=now + HOUR)
    notice.refresh_from_db()
    assert (notice.state, notice.waits_for) == (Notice.State.ACKNOWLEDGED, "")
    sweep(now + 24 * HOUR)
    assert [one.kind for one in notice.deliveries.all()] == ["first", "reminder"]


def test_the_host_time_ends_though_a_person_is_waited_for(notice, ana, now):
    refuse(notice, "other", ana, now)
    sweep(now + 72 * HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED


def test_a_disputed_finding_is_looked_at_by_somebody_who_did_not_make_it(
    notice, ana, ben, sena, now
):
    refuse(notice, "content_disputed", ana, now)
    assert notice.waits_for == Notice.Waits.SECOND_LOOK
    for judge in (ana, ben):
        with pytest.raises(SamePerson):
            settle_wait(notice=notice, by=judge, at=now)
    settle_wait(notice=notice, by=sena, at=now)
    notice.refresh_from_db()
    assert notice.waits_for == ""


def test_nothing_is_settled_twice_or_by_somebody_else(notice, ana, mara, now):
    with pytest.raises(NothingWaits):
        settle_wait(notice=notice, by=ana, at=now)
    refuse(notice, "other", ana, now)
    with pytest.raises(NotAllowed):
        settle_wait(notice=notice, by=mara, at=now)


def test_refusals_are_counted_by_their_ground(notice, ana, now):
    refuse(notice, "order_required", ana, now)
    refuse(notice, "order_required", ana, now + HOUR)
    refuse(notice, "", ana, now + HOUR)
    counted = Answer.objects.counted_by_refusal(now, now + 2 * HOUR)
    assert counted == {"order_required": 1, "": 1}
    assert Answer.objects.counted_by_refusal(now + 2 * HOUR, now + 3 * HOUR) == {}


def test_the_desk_reads_one_sentence_for_each_reason(notice, ana):
    shown = signed_in(ana).get(reverse("notice", args=[notice.pk])).content.decode()
    for entry in host_refusals():
        assert f'value="{entry.code}"' in shown
    assert "A court or authority order is required. Ask police or the authority" in shown


def test_a_person_settles_it_on_the_page(notice, ana, ben, now):
    refuse(notice, "other", ana, now)
    page = reverse("notice", args=[notice.pk])
    assert "Done: go on with the host" in signed_in(ben).get(page).content.decode()
    signed_in(ben).post(reverse("notice_settle", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.waits_for == ""
