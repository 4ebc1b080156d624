# SPDX-License-Identifier: Apache-2.0
"""An exercise by its pages: begun, played and read by the manager; seen as such by everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed, make_report
from hearthline.hub.drills.tests.make import make_drill, work
from hearthline.hub.notices.actions import assign_host
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import make_host
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.sweeps import refer_confirmed
from hearthline.hub.referrals.tests.make import make_keyed_unit
from hearthline.hub.reports.models import Drill

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

MARK = 'class="exercise-mark"'


def text(page: Any) -> str:
    return str(page.content.decode())


def test_the_manager_walks_an_exercise_by_pages(
    mara: User, ana: User, ben: User, ada: User
) -> None:
    at = timezone.now()
    host = make_host(ada=ada, at=at)
    make_keyed_unit(ada=ada, at=at)
    desk, analyst = signed_in(mara), signed_in(ana)
    assert reverse("drills") in text(desk.get(reverse("queue")))
    begun = desk.post(reverse("drill_new"), {"template": "page", "reason": "The quarter's"})
    assert "shown once" in text(begun)
    drill = Drill.objects.get()
    assert MARK in text(analyst.get(reverse("queue") + "?lane=new"))
    case = Case.objects.get()
    assert MARK in text(analyst.get(reverse("case", args=[case.pk])))
    confirmed(case, by=ana, second=ben, at=timezone.now())
    work(timezone.now())
    referral = Referral.objects.get()
    assert MARK in text(analyst.get(reverse("referral", args=[referral.pk])))
    assert MARK in text(analyst.get(reverse("referrals")))
    assert "acknowledges" in text(desk.get(reverse("drill", args=[drill.pk])))
    desk.post(reverse("drill_police", args=[drill.pk, referral.pk]))
    referral.refresh_from_db()
    assert referral.acknowledged_at is not None
    notice = Notice.objects.get()
    assign_host(notice=notice, host=host, by=ana, at=timezone.now())
    work(timezone.now())
    work(timezone.now() + timedelta(days=4))
    assert MARK in text(analyst.get(reverse("notice", args=[notice.pk])))
    assert MARK in text(analyst.get(reverse("notices")))
    desk.post(reverse("drill_gone", args=[drill.pk]))
    again = desk.post(reverse("drill_gone", args=[drill.pk]), follow=True)
    assert "removed before" in text(again)
    page = text(desk.get(reverse("drill", args=[drill.pk])))
    assert "Second person" in page
    assert "Notice sent" in page
    outbox = text(desk.get(reverse("drill_outbox", args=[drill.pk])))
    assert "abuse@harbour-host.test" in outbox
    assert "Kept here" in outbox
    assert "EXERCISE" in outbox


def test_starting_asks_for_a_fresh_proof_and_a_reason(mara: User) -> None:
    late = signed_in(mara, proved=60).post(
        reverse("drill_new"), {"template": "page", "reason": "x"}
    )
    assert late.status_code == 403
    empty = signed_in(mara).post(reverse("drill_new"), {"template": "page", "reason": " "})
    assert empty.status_code == 422
    assert not Drill.objects.exists()


@pytest.mark.parametrize("name", ["drills", "drill_new"])
def test_the_pages_are_the_managers(name: str, ana: User) -> None:
    assert signed_in(ana).get(reverse(name)).status_code == 403


def test_police_of_another_case_cannot_be_played(
    mara: User, ana: User, ben: User, ada: User
) -> None:
    at = timezone.now()
    make_keyed_unit(ada=ada, at=at)
    make_report(at=at)
    (case,) = pull(at=at)
    confirmed(case, by=ana, second=ben, at=at)
    work_at = timezone.now()
    made = make_drill(mara=mara, at=at)
    refer_confirmed(holder="w1", at=work_at)
    real = Referral.objects.get()
    answer = signed_in(mara).post(reverse("drill_police", args=[made.report.pk, real.pk]))
    assert answer.status_code == 404


def test_real_work_stands_before_an_exercise_of_its_level(mara: User, ana: User) -> None:
    at = timezone.now()
    make_drill(mara=mara, at=at - timedelta(hours=5))
    pull(at=at)
    make_report(at=at)
    pull(at=at)
    rows = Case.objects.in_lane("new", ana, at).by_urgency()
    assert [row.exercise for row in rows] == [False, True]
    desk = signed_in(ana)
    only = text(desk.get(reverse("queue") + "?lane=new&practice=only"))
    assert only.count('name="case"') == 0 or MARK in only
    without = text(desk.get(reverse("queue") + "?lane=new&practice=without"))
    assert MARK not in without
    assert "example" in without


@pytest.mark.urls("hearthline.hub.config.urls.public")
def test_the_reporters_page_says_it_is_practice(mara: User, client: Client) -> None:
    made = make_drill(mara=mara, at=timezone.now())
    client.post(reverse("receipt"), {"receipt": made.receipt})
    page = text(client.get(reverse("receipt_status")))
    assert "for practice" in page
    assert MARK in page
