# SPDX-License-Identifier: Apache-2.0
"""One act for several cases: each is checked on its own, and each is kept."""

import json

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(now):
    return [make_case(at=now, addresses=f"https://a.example.org/{n}") for n in range(3)]


def act(do, cases, by, at, **more):
    return actions.act_on_several(do=do, cases=[case.pk for case in cases], by=by, at=at, **more)


def test_several_are_claimed_and_each_is_kept(three, ana, now):
    outcomes = act("claim", three, ana, now)

    assert [outcome.refused for outcome in outcomes] == [None] * 3
    assert all(outcome.case.holder_at(now) == ana for outcome in outcomes)
    assert Entry.objects.of_verb("cases.claim").count() == 3
    bulk = Entry.objects.get(verb="cases.bulk")
    assert json.loads(bulk.detail) == {"act": "claim", "done": 3, "level": "", "refused": 0}


def test_one_that_is_refused_stops_no_other(three, ana, ben, now):
    actions.claim(case=three[1], by=ben, at=now)

    outcomes = act("claim", three, ana, now)

    refused = {outcome.case.pk: outcome.refused for outcome in outcomes}
    assert isinstance(refused[three[1].pk], actions.AlreadyClaimed)
    assert refused[three[0].pk] is None
    three[1].refresh_from_db()
    assert three[1].holder_at(now) == ben


def test_several_are_given_back(three, ana, now):
    act("claim", three[:2], ana, now)

    outcomes = act("release", three, ana, now)

    assert sum(outcome.refused is None for outcome in outcomes) == 2
    assert any(isinstance(outcome.refused, actions.NotHolder) for outcome in outcomes)


def test_urgency_is_set_up_and_down_with_a_reason(three, ana, now):
    actions.raise_level(case=three[0], level="U0", by=ana, at=now)

    with pytest.raises(ReasonNeeded):
        act("level", three, ana, now, level="U1", reason=" ")
    with pytest.raises(FileContentRefused):
        act("level", three, ana, now, level="U1", reason="data:image/png;base64,iVBORw0KGgo=")
    act("level", three, ana, now, level="U1", reason="One school, one wave.")

    for case in three:
        case.refresh_from_db()
        assert case.level == "U1"


def test_closing_several_is_asked_for_and_closes_none(now, ana, ben, sena):
    cases = [
        confirmed(
            make_case(at=now, addresses=f"https://a.example.org/{n}"), by=ana, second=ben, at=now
        )
        for n in range(2)
    ]

    act("ask_to_close", cases, sena, now, reason="The host is gone.")

    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.closing_asked_by) == ("confirmed", sena)


def test_others_do_nothing_in_bulk(three, stella, mara, ana, now):
    with pytest.raises(NotAllowed):
        act("claim", three, stella, now)
    with pytest.raises(NotAllowed):
        act("claim", three, mara, now)
    with pytest.raises(NotAllowed):
        act("ask_to_close", three, ana, now, reason="Why not.")


def test_the_page_lists_what_became_of_each(three, ana, ben, now):
    browser = signed_in(ana)
    chosen = [str(case.pk) for case in three]
    signed_in(ben).post(reverse("bulk"), {"case": chosen[0], "do": "claim"})

    page = browser.post(f"{reverse('bulk')}?lane=new", {"case": chosen, "do": "claim"})

    told = page.content.decode()
    assert "2 cases done." in told
    assert "1 case was left as it is." in told
    assert "Ben has this case until" in told
    assert f"/cases/{chosen[0]}/?lane=new" in told


def test_a_slip_in_the_form_loses_no_choice(three, ana):
    chosen = [str(case.pk) for case in three]
    page = signed_in(ana).post(reverse("bulk"), {"case": chosen, "do": "level", "level": "U1"})

    told = page.content.decode()
    assert page.status_code == 422
    assert "Say in a few words why" in told
    assert all(f'value="{pk}"' in told for pk in chosen)


def test_nothing_chosen_says_how_to_choose_and_keeps_what_was_typed(three, ana):
    typed = {"do": "level", "level": "U1", "reason": "One school, one wave."}
    page = signed_in(ana).post(f"{reverse('bulk')}?lane=new", typed)

    told = page.content.decode()
    assert page.status_code == 422
    assert "No case was chosen" in told
    assert 'value="One school, one wave."' in told
    assert '<option value="level" selected>' in told
    assert '<option value="U1" selected>' in told
    # The lane stands there again, to choose from.
    assert told.count('form="bulk" name="case"') == 3


def test_a_choice_of_what_is_not_there_keeps_what_was_typed_too(three, ana):
    typed = {"case": str(ana.pk), "do": "claim", "reason": "One school, one wave."}
    page = signed_in(ana).post(f"{reverse('bulk')}?lane=new", typed)

    assert page.status_code == 422
    assert 'value="One school, one wave."' in page.content.decode()


def test_the_lane_after_a_slip_leads_on_to_the_queue(three, ana):
    told = signed_in(ana).post(f"{reverse('bulk')}?lane=new", {"do": "claim"}).content.decode()

    assert f'href="{reverse("queue")}?lane=new&amp;sort=age' in told
    assert 'href="?' not in told


def test_every_row_of_a_page_can_be_ticked_without_a_script(three, ana):
    page = signed_in(ana).get(reverse("queue"), {"lane": "new", "marked": "all"}).content.decode()

    assert page.count(" checked aria-label") == 3
