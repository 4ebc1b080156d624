# SPDX-License-Identifier: Apache-2.0
"""A confirmed case ends without further action only when two people want it."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import (
    AlreadyRequested,
    NotAsked,
    SamePerson,
    WrongState,
    agree_to_close,
    ask_to_close,
    conclude,
    keep_open,
    reopen,
)
from hearthline.hub.cases.models import Case, Lane
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.sealing.words import words_of
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WHY = "The host has vanished."
FILE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def case(ana, ben, now):
    return confirmed(make_case(at=now), by=ana, second=ben, at=now)


@pytest.fixture
def asked(case, sena, now):
    ask_to_close(case=case, reason=f" {WHY} ", by=sena, at=now)
    return case


def closing(case):
    case.refresh_from_db()
    return case.closing_asked_by, case.closing_asked_at, words_of(case.closing_reason)


def lane(name, user, at):
    return list(Case.objects.in_lane(name, user, at))


def url(name, case):
    return reverse(name, kwargs={"pk": case.pk})


def text(response):
    return unescape(response.content.decode())


def test_one_person_asks_and_the_case_stays_open_until_another_agrees(asked, sena, ana, now):
    assert closing(asked) == (sena, now, WHY)
    assert asked.state == Case.State.CONFIRMED
    assert not Step.objects.filter(code=Step.Code.CLOSED).exists()
    entry = Entry.objects.get(verb="cases.ask_to_close")
    assert (entry.actor, words_of(entry.reason)) == (str(sena.actor), WHY)

    agree_to_close(case=asked, by=ana, at=now + HOUR)

    assert closing(asked) == (None, None, "")
    assert (asked.state, asked.closed_at, asked.closed_because) == (
        "closed", now + HOUR, "nothing_more"
    )  # fmt: skip
    entry = Entry.objects.get(verb="cases.conclude")
    assert (entry.actor, words_of(entry.reason)) == (str(ana.actor), WHY)
    assert Report.objects.get().state == Report.State.CLOSED
    assert Step.objects.filter(code=Step.Code.CLOSED).count() == 1


def test_another_senior_may_agree(asked, now):
    agree_to_close(case=asked, by=make_user("Noor", Role.SENIOR_ANALYST), at=now)

    assert asked.state == Case.State.CLOSED


def test_whoever_asked_does_not_agree(asked, sena, now):
    with pytest.raises(SamePerson):
        agree_to_close(case=asked, by=sena, at=now)

    assert closing(asked) == (sena, now, WHY)


def test_nobody_who_judged_asks(ana, sena, now):
    case = confirmed(make_case(at=now), by=ana, second=sena, at=now)

    with pytest.raises(SamePerson):
        ask_to_close(case=case, reason=WHY, by=sena, at=now)


def test_roles_without_the_permission_are_refused(case, ana, sena, mara, stella, now):
    with pytest.raises(NotAllowed):
        ask_to_close(case=case, reason=WHY, by=ana, at=now)
    ask_to_close(case=case, reason=WHY, by=sena, at=now)
    for outsider in (mara, stella):
        with pytest.raises(NotAllowed):
            agree_to_close(case=case, by=outsider, at=now)
        with pytest.raises(NotAllowed):
            keep_open(case=case, reason=WHY, by=outsider, at=now)


@pytest.mark.parametrize(("reason", "refused"), [(" ", ReasonNeeded), (FILE, FileContentRefused)])
def test_a_reason_is_words(case, ana, sena, now, reason, refused):
    with pytest.raises(refused):
        ask_to_close(case=case, reason=reason, by=sena, at=now)
    ask_to_close(case=case, reason=WHY, by=sena, at=now)
    with pytest.raises(refused):
        keep_open(case=case, reason=reason, by=ana, at=now)

    assert closing(case) == (sena, now, WHY)


def test_only_a_confirmed_case_is_asked_about(ana, sena, now):
    case = make_case(at=now)

    with pytest.raises(WrongState):
        ask_to_close(case=case, reason=WHY, by=sena, at=now)
    with pytest.raises(WrongState):
        agree_to_close(case=case, by=ana, at=now)
    with pytest.raises(WrongState):
        keep_open(case=case, reason=WHY, by=ana, at=now)


def test_there_is_nothing_to_decide_before_somebody_asks(case, ana, now):
    with pytest.raises(NotAsked):
        agree_to_close(case=case, by=ana, at=now)
    with pytest.raises(NotAsked):
        keep_open(case=case, reason=WHY, by=ana, at=now)


def test_nothing_is_asked_or_agreed_twice(asked, ana, sena, now):
    with pytest.raises(AlreadyRequested):
        ask_to_close(case=asked, reason="Again.", by=sena, at=now + HOUR)
    assert closing(asked) == (sena, now, WHY)

    agree_to_close(case=asked, by=ana, at=now)
    with pytest.raises(WrongState):
        agree_to_close(case=asked, by=ana, at=now)


def test_a_case_kept_open_can_be_asked_about_again(asked, ana, sena, now):
    keep_open(case=asked, reason="The host is back.", by=ana, at=now)

    assert closing(asked) == (None, None, "")
    assert asked.state == Case.State.CONFIRMED
    assert words_of(Entry.objects.get(verb="cases.keep_open").reason) == "The host is back."
    with pytest.raises(NotAsked):
        agree_to_close(case=asked, by=ana, at=now)
    ask_to_close(case=asked, reason="Gone for good.", by=sena, at=now + HOUR)
    assert closing(asked) == (sena, now + HOUR, "Gone for good.")


def test_whoever_asked_may_take_it_back(asked, sena, now):
    keep_open(case=asked, reason="I was too quick.", by=sena, at=now)

    assert closing(asked) == (None, None, "")


def test_content_removed_meanwhile_settles_the_asking_for_good(asked, ana, now):
    conclude(case=asked, because="removed", at=now, actor=Actor.worker())
    assert closing(asked) == (None, None, "")

    reopen(case=asked, at=now, actor=Actor.worker())
    with pytest.raises(NotAsked):
        agree_to_close(case=asked, by=ana, at=now)


def test_the_case_waits_in_the_second_lane_of_everybody_else(case, ana, sena, mara, now):
    assert lane(Lane.SECOND, ana, now) == []
    assert lane(Lane.WAITING, ana, now) == [case]

    ask_to_close(case=case, reason=WHY, by=sena, at=now)

    assert lane(Lane.SECOND, ana, now) == [case]
    assert lane(Lane.WAITING, ana, now) == []
    for other in (sena, mara):
        assert lane(Lane.SECOND, other, now) == []
        assert lane(Lane.WAITING, other, now) == [case]
    assert "Closing asked for" in text(signed_in(ana).get(reverse("queue"), {"lane": "second"}))
    agree_to_close(case=case, by=ana, at=now)
    assert lane(Lane.SECOND, ana, now) == []


def test_a_senior_asks_and_an_analyst_closes_on_the_page(case, ana, sena):
    senior, second = signed_in(sena), signed_in(ana)
    assert senior.post(url("case_ask_to_close", case), {"reason": ""}).status_code == 422

    shown = text(senior.post(url("case_ask_to_close", case), {"reason": WHY}, follow=True))
    assert WHY in shown
    assert "A second person decides." in shown
    assert url("case_agree_to_close", case) not in shown
    assert "Keep it open" in shown
    shown = text(second.get(url("case", case)))
    assert "Sena asked on" in shown
    assert WHY in shown
    assert url("case_agree_to_close", case) in shown
    assert "Close the case" in shown

    refused = senior.post(url("case_agree_to_close", case), follow=True)
    assert "for somebody else" in text(refused)
    second.post(url("case_agree_to_close", case))
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED
    assert "The case has moved on" in text(
        second.post(url("case_agree_to_close", case), follow=True)
    )


def test_the_second_person_keeps_it_open_on_the_page(asked, ana, sena):
    second = signed_in(ana)
    assert second.post(url("case_keep_open", asked), {"reason": ""}).status_code == 422

    shown = text(second.post(url("case_keep_open", asked), {"reason": "Not yet."}, follow=True))

    assert "The case stays open." in shown
    assert "Kept open" in shown
    late = second.post(url("case_keep_open", asked), {"reason": "Not yet, again."})
    assert late.status_code == 422
    assert "Nobody asks to close this case any more" in text(late)
    assert "Not yet, again." in text(late)
    assert "Ask to close the case" in text(signed_in(sena).get(url("case", asked)))


def test_a_second_asking_on_the_page_says_that_it_waits(asked, sena):
    late = signed_in(sena).post(url("case_ask_to_close", asked), {"reason": "Me too."})

    assert late.status_code == 422
    assert "waits for a decision" in text(late)
    assert "Me too." in text(late)


def test_whoever_may_not_decide_only_reads_the_asking(asked, mara):
    shown = text(signed_in(mara).get(url("case", asked)))

    assert WHY in shown
    assert "A second person decides." in shown
    assert url("case_keep_open", asked) not in shown
    assert signed_in(mara).post(url("case_agree_to_close", asked)).status_code == 403
