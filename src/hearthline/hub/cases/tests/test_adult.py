# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import AlreadyRequested, SamePerson, WrongState
from hearthline.hub.cases.actions.adult import (
    NobodySaysSo,
    NotChildFirst,
    agree_on_adult,
    find_adult,
    turn_down_adult,
)
from hearthline.hub.cases.models import AdultFinding, Case
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.hub.sealing.words import words_of
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db
WHY = "The account asked for more and gave the telephone number of an adult."


@pytest.fixture
def peers(ana, ben, now):
    """A confirmed case on the child-first track."""
    case = make_case(at=now, kind="ncii_peer", audience="child")
    return confirmed(case, by=ana, second=ben, at=now, outcome="national", peer=True)


def test_two_people_find_an_adult_and_the_case_leaves_the_track(peers, ana, ben, now):
    find_adult(case=peers, reason=WHY, by=ana, at=now)
    assert peers.track == Case.Track.CHILD_FIRST
    agree_on_adult(case=peers, by=ben, at=now)
    peers.refresh_from_db()
    assert peers.track == Case.Track.STANDARD
    verbs = Entry.objects.filter(verb__in=["cases.find_adult", "cases.agree_on_adult"])
    assert [entry.actor for entry in verbs.order_by("id")] == [f"staff:{ana.pk}", f"staff:{ben.pk}"]
    assert not any(WHY in entry.reason for entry in verbs)
    assert words_of(verbs[0].reason) == WHY


def test_the_same_person_never_agrees(peers, ana, ben, now):
    find_adult(case=peers, reason=WHY, by=ana, at=now)
    with pytest.raises(SamePerson):
        agree_on_adult(case=peers, by=ana, at=now)
    assert Case.objects.get().track == Case.Track.CHILD_FIRST


def test_turned_down_it_stays_child_first_and_may_be_said_again(peers, ana, ben, now):
    find_adult(case=peers, reason=WHY, by=ana, at=now)
    turn_down_adult(case=peers, reason="The number is a school friend's.", by=ben, at=now)
    assert not AdultFinding.objects.exists()
    assert Case.objects.get().track == Case.Track.CHILD_FIRST
    assert find_adult(case=peers, reason=WHY, by=ben, at=now)


def test_nobody_said_so(peers, ben, now):
    with pytest.raises(NobodySaysSo):
        agree_on_adult(case=peers, by=ben, at=now)
    with pytest.raises(NobodySaysSo):
        turn_down_adult(case=peers, reason=WHY, by=ben, at=now)


def test_twice_is_refused(peers, ana, ben, now):
    find_adult(case=peers, reason=WHY, by=ana, at=now)
    with pytest.raises(AlreadyRequested):
        find_adult(case=peers, reason=WHY, by=ben, at=now)
    agree_on_adult(case=peers, by=ben, at=now)
    with pytest.raises(NobodySaysSo):
        agree_on_adult(case=peers, by=ben, at=now)
    with pytest.raises(NotChildFirst):
        find_adult(case=peers, reason=WHY, by=ana, at=now)


def test_a_reason_in_words_is_needed(peers, ana, now):
    with pytest.raises(ReasonNeeded):
        find_adult(case=peers, reason="  ", by=ana, at=now)
    with pytest.raises(FileContentRefused):
        find_adult(case=peers, reason="data:image/png;base64," + "A" * 80, by=ana, at=now)


def test_only_on_a_confirmed_child_first_case(ana, ben, now):
    waiting = make_case(at=now, kind="ncii_peer")
    with pytest.raises(WrongState):
        find_adult(case=waiting, reason=WHY, by=ana, at=now)
    standard = confirmed(waiting, by=ana, second=ben, at=now, incident_type="csam_url")
    with pytest.raises(NotChildFirst):
        find_adult(case=standard, reason=WHY, by=ana, at=now)


def test_who_does_not_judge_has_no_say(peers, ana, mara, now):
    with pytest.raises(NotAllowed):
        find_adult(case=peers, reason=WHY, by=mara, at=now)


def test_the_desk_asks_says_and_agrees(peers, ana, ben, client):
    page = reverse("case", args=[peers.pk])
    client.force_login(ana)
    assert "Is an adult behind it?" in client.get(page).content.decode()
    client.post(reverse("case_adult", args=[peers.pk]), {"reason": WHY})
    assert WHY in client.get(page).content.decode()
    assert "Agree: police come next" not in client.get(page).content.decode()
    refused = client.post(reverse("case_adult_agree", args=[peers.pk]), follow=True)
    assert "The next one is for somebody else" in refused.content.decode()
    client.force_login(ben)
    assert "Agree: police come next" in client.get(page).content.decode()
    done = client.post(reverse("case_adult_agree", args=[peers.pk]), follow=True)
    assert "Two people found an adult" in done.content.decode()


def test_the_desk_keeps_it_child_first(peers, ana, ben, client, now):
    find_adult(case=peers, reason=WHY, by=ana, at=now)
    client.force_login(ben)
    empty = client.post(reverse("case_adult_turn_down", args=[peers.pk]), {"reason": ""})
    assert "Say in a few words why" in empty.content.decode()
    client.post(reverse("case_adult_turn_down", args=[peers.pk]), {"reason": "A friend."})
    assert not AdultFinding.objects.exists()
