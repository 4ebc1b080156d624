# SPDX-License-Identifier: Apache-2.0
"""What a withdrawal stops, at each point of a report's way, and what it cannot."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases import sweeps as cases
from hearthline.hub.cases.actions import (
    Finding,
    assess,
    claim,
    clear_for_notice,
    confirm,
    pull,
    withdrawn,
)
from hearthline.hub.cases.models import Case, Withdrawal
from hearthline.hub.directory.actions import add_domain
from hearthline.hub.directory.models import Organisation
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices import sweeps as notices
from hearthline.hub.notices.models import cases_awaiting_notice
from hearthline.hub.referrals import sweeps as referrals
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import make_keyed_unit
from hearthline.hub.reports.actions import tell, withdraw
from hearthline.hub.reports.models import Step
from hearthline.hub.reports.tests.make import ADDRESS, make_report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def senior() -> User:
    return make_user("Sara", Role.SENIOR_ANALYST)


def reported(**told: Any) -> Any:
    plain = {"audience": "public", "kind": "csam_url", "facts": [], "words": ""}
    return make_report(at=NOW, **{**plain, **told})


def confirmed(**told: Any) -> tuple[Case, str]:
    """A case two people confirmed, reported once."""
    sent = reported(**told)
    pull(at=NOW)
    case = Case.objects.of_report(sent.report).get()
    ana, ben = make_user("Ana", Role.ANALYST), make_user("Ben", Role.ANALYST)
    claim(case=case, by=ana, at=NOW)
    finding = Finding(
        outcome="baseline", incident_type="csam_url", legal_basis="children_act_12",
        age_band="9_12",
    )  # fmt: skip
    assess(case=case, finding=finding, by=ana, at=NOW)
    confirm(case=case, agrees=True, by=ben, at=NOW)
    case.refresh_from_db()
    return case, sent.receipt


def swept(at: datetime) -> None:
    cases.stop_withdrawn(holder="w", at=at)
    referrals.stop_withdrawn(holder="w", at=at)
    referrals.refer_confirmed(holder="w", at=at)


def test_before_anybody_read_it_nobody_will():
    withdraw(receipt=reported().receipt, at=NOW)
    assert pull(at=NOW) == []
    assert not Case.objects.exists()


def test_a_case_nobody_judged_stays_for_people_and_is_marked():
    sent = reported()
    (case,) = pull(at=NOW)
    withdraw(receipt=sent.receipt, at=NOW)
    swept(NOW)
    assert Withdrawal.objects.in_force().get().case == case
    assert Case.objects.open().get().news_at == NOW
    assert [cases.stop_withdrawn(holder="w", at=NOW) for _again in range(2)] == [0, 0]


def test_no_package_is_prepared_and_no_notice_begins(senior: User):
    make_keyed_unit(ada=make_user("Ada", Role.ADMINISTRATOR), at=NOW)
    case, receipt = confirmed()
    withdraw(receipt=receipt, at=NOW)
    swept(NOW)
    assert not Referral.objects.exists()
    clear_for_notice(case=case, at=NOW, actor=Actor.worker())
    assert not cases_awaiting_notice(NOW).exists()


def test_a_package_that_has_not_left_waits_and_goes_when_a_senior_says_why(senior: User):
    make_keyed_unit(ada=make_user("Ada", Role.ADMINISTRATOR), at=NOW)
    case, receipt = confirmed()
    swept(NOW)
    withdraw(receipt=receipt, at=NOW)
    swept(NOW)
    assert not Letter.objects.due(NOW + timedelta(days=400)).exists()
    with pytest.raises(ReasonNeeded):
        withdrawn.go_on(case=case, reason=" ", by=senior, at=NOW)
    with pytest.raises(NotAllowed):
        withdrawn.go_on(case=case, reason="x", by=make_user("Max", Role.HOTLINE_MANAGER), at=NOW)
    withdrawn.go_on(case=case, reason="others are in the picture", by=senior, at=NOW)
    swept(NOW)
    assert Letter.objects.due(NOW).exists()
    with pytest.raises(withdrawn.NotWithdrawn):
        withdrawn.go_on(case=case, reason="again", by=senior, at=NOW)
    # Once a senior decided, the same withdrawal stops nothing again.
    assert cases.stop_withdrawn(holder="w", at=NOW) == 0
    assert "others" not in Entry.objects.of_verb("cases.go_on").get().detail


def test_work_goes_on_while_somebody_else_reported_the_same():
    first, _second = reported(addresses=ADDRESS), reported(addresses=ADDRESS)
    pull(at=NOW)
    withdraw(receipt=first.receipt, at=NOW)
    swept(NOW)
    assert not Withdrawal.objects.exists()


def test_a_new_report_of_the_same_sets_it_going_again():
    sent = reported(addresses=ADDRESS)
    pull(at=NOW)
    withdraw(receipt=sent.receipt, at=NOW)
    swept(NOW)
    reported(addresses=ADDRESS)
    pull(at=NOW)
    swept(NOW)
    assert not Withdrawal.objects.in_force().exists()


def test_in_danger_nothing_stops_by_itself():
    sent = reported(facts=["danger_now"])
    pull(at=NOW)
    withdraw(receipt=sent.receipt, at=NOW)
    swept(NOW)
    assert not Withdrawal.objects.exists()


def test_the_page_lists_what_went_out_before_and_after(client: Client):
    sent = make_report(at=timezone.now())
    pull(at=timezone.now())
    client.post(reverse("receipt"), {"receipt": sent.receipt})
    assert "Nothing has left us yet." in client.get(reverse("receipt_withdraw")).content.decode()
    for step in (Step.Code.POLICE_TOLD, Step.Code.HOST_TOLD):
        tell(report=sent.report, step=step, at=NOW)
    before = client.get(reverse("receipt_withdraw")).content.decode()
    after = client.post(reverse("receipt_withdraw"), follow=True).content.decode()
    for page in (before, after):
        assert "We told the police on" in page
        assert "we asked the site to take it down" in page
    assert "We cannot call that back." in after


def test_the_desk_shows_it_and_a_senior_goes_on_there(senior: User):
    sent = reported()
    (case,) = pull(at=NOW)
    withdraw(receipt=sent.receipt, at=NOW)
    swept(NOW)
    desk = signed_in(senior)
    page = desk.get(reverse("case", args=[case.pk])).content.decode()
    assert "Everybody who reported this took it back" in page
    desk.post(reverse("case_go_on", args=[case.pk]), {"reason": "a child may be found"})
    assert not Withdrawal.objects.in_force().exists()


def test_a_package_at_the_partners_door_waits_too(senior: User):
    ada = make_user("Ada", Role.ADMINISTRATOR)
    unit = make_keyed_unit(ada=ada, at=NOW, mailbox="")
    case, receipt = confirmed()
    swept(NOW)
    there = Referral.objects.for_units(Organisation.objects.filter(pk=unit.pk))
    assert there.count() == 1
    withdraw(receipt=receipt, at=NOW)
    swept(NOW)
    assert there.all().count() == 0
    withdrawn.go_on(case=case, reason="others are in the picture", by=senior, at=NOW)
    assert there.all().count() == 1


def test_a_notice_that_is_queued_is_not_written(senior: User):
    ada = make_user("Ada", Role.ADMINISTRATOR)
    host = make_organisation(by=ada, at=NOW)
    make_contact(host, by=ada, at=NOW)
    add_domain(organisation=host, name="chatter.example.org", by=ada, at=NOW)
    case, receipt = confirmed()
    clear_for_notice(case=case, at=NOW, actor=Actor.worker())
    assert notices.open_notices(holder="w", at=NOW) == 1
    withdraw(receipt=receipt, at=NOW)
    swept(NOW)
    assert notices.write_letters(holder="w", at=NOW + timedelta(days=5)) == 0
    assert not Letter.objects.exists()
    withdrawn.go_on(case=case, reason="others are in the picture", by=senior, at=NOW)
    assert notices.write_letters(holder="w", at=NOW + timedelta(days=5)) == 1
