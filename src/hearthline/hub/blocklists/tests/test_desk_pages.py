# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Entry, LagAlarm, Subscriber
from hearthline.hub.blocklists.tests.make import make_entry, make_network, make_ordered, make_silent
from hearthline.hub.cases.actions import hold_notice

pytestmark = pytest.mark.django_db

REASON = "All of it is one offender's."


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now()


def page(user, name, *args, query=""):
    return signed_in(user).get(reverse(name, args=args) + query).content.decode()


def send(user, name, *args, follow=True, **data):
    return signed_in(user).post(reverse(name, args=args), data, follow=follow).content.decode()


@pytest.fixture
def guarded(ana, ben, now) -> Entry:
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    return make_entry(
        case, by=ana, at=now, scope="host", address="pastebin.com", against_guard=True
    )


def test_the_list_shows_who_waits_for_whom_and_no_address(sena, proposed) -> None:
    shown = page(sena, "blocklist")
    for words in (proposed.reference, "One page", "Ana", "Proposed"):
        assert words in shown
    assert "harbour" not in shown


def test_lanes_hold_what_they_say(mara, listed, now) -> None:
    assert listed.reference in page(mara, "blocklist", query="?lane=in_force")
    assert "No review is due" in page(mara, "blocklist", query="?lane=review")
    actions.mark_appealed(entry=listed, at=now)
    assert listed.reference in page(mara, "blocklist", query="?lane=appealed")
    actions.delist(entry=listed, because="gone", at=now)
    assert "The content is gone" in page(mara, "blocklist", query="?lane=delisted")
    assert "Nothing waits" in page(mara, "blocklist", query="?lane=nonsense")


def test_hosts_that_did_not_act_stand_for_a_proposal(ana, case, now) -> None:
    shown = page(ana, "blocklist")
    assert "Hosts that did not act" in shown
    assert reverse("blocklist_propose", args=[case.pk]) in shown
    make_entry(case, by=ana, at=now)
    assert "Hosts that did not act" not in page(ana, "blocklist")


def test_an_analyst_proposes_from_a_case(ana, case) -> None:
    shown = page(ana, "blocklist_propose", case.pk)
    assert "pages[.]harbour-host[.]test" in shown
    assert shown.index("One page") < shown.index("A domain with all its names")
    sent = send(ana, "blocklist_propose", case.pk, place="url:0", legal_basis="children_act_12")
    assert "A senior analyst decides" in sent
    assert Entry.objects.get().proposed_by == ana


def test_a_wider_proposal_without_a_reason_comes_back_with_a_word(ana, case) -> None:
    answers = {"place": "host:3", "legal_basis": "children_act_12"}
    assert "Say why a narrower" in send(ana, "blocklist_propose", case.pk, **answers)
    assert not Entry.objects.exists()


def test_a_wrongly_wide_proposal_says_what_speaks_against_it(ana, ben, now) -> None:
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    answers = {"place": "domain:3", "legal_basis": "children_act_12", "width_reason": "All of it."}
    shown = send(ana, "blocklist_propose", case.pk, **answers)
    assert "Many customers" in shown
    assert "ask two seniors" in shown
    assert not Entry.objects.exists()
    send(ana, "blocklist_propose", case.pk, against_guard="on", **answers)
    assert Entry.objects.get().guard == "shared_hosting"


def test_what_police_hold_back_cannot_be_proposed(ana, case, now) -> None:
    hold_notice(case=case, until=now + timedelta(hours=9), at=now, actor=Actor.worker())
    client = signed_in(ana)
    shown = client.get(reverse("blocklist_propose", args=[case.pk]), follow=True)
    assert "Police asked to wait" in shown.content.decode()


def test_what_police_hold_back_meanwhile_cannot_be_approved(sena, case, proposed, now) -> None:
    until = timezone.now() + timedelta(hours=9)
    hold_notice(case=case, until=until, at=now, actor=Actor.worker())
    assert "Police asked to wait" in send(sena, "blocklist_approve", proposed.pk)
    proposed.refresh_from_db()
    assert proposed.state == Entry.State.PROPOSED


def test_a_court_s_order_is_entered(ana) -> None:
    answers = {
        "scope": "host", "address": "Pages.Harbour-Host.test", "category": "baseline",
        "legal_basis": "children_act_12", "reason": "Order 7.", "width_reason": "It says so.",
    }  # fmt: skip
    assert "A senior analyst decides" in send(ana, "blocklist_order", **answers)
    assert Entry.objects.get().case is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"address": "co.uk", "scope": "domain"}, "It can never be listed"),
        ({"address": "pages.test/a"}, "Write only the name"),
        ({"address": "someone@example.org"}, "Check its spelling"),
        ({"reason": ""}, "This field is required"),
        ({"width_reason": ""}, "Say why a narrower"),
    ],
)
def test_an_order_that_cannot_be_comes_back_with_a_word(ana, change, words) -> None:
    answers = {
        "scope": "host", "address": "pages.test", "category": "baseline",
        "legal_basis": "children_act_12", "reason": "Order 7.", "width_reason": "It says so.",
    }  # fmt: skip
    shown = signed_in(ana).post(reverse("blocklist_order"), answers | change)
    assert shown.status_code == 422
    assert words in shown.content.decode()
    assert not Entry.objects.exists()


def test_a_senior_reads_an_entry_defanged_and_approves_it(sena, proposed) -> None:
    shown = page(sena, "blocklist_entry", proposed.pk)
    assert "pages[.]harbour-host[.]test/album/7/index.html" in shown
    assert "Children Act of Solmere, section 12" in shown
    assert "In force" in send(sena, "blocklist_approve", proposed.pk)
    assert "Nothing was changed" in send(sena, "blocklist_approve", proposed.pk)


def test_who_proposed_it_is_not_offered_to_approve_it(ana, sena, case, now) -> None:
    entry = make_entry(case, by=sena, at=now)
    shown = page(sena, "blocklist_entry", entry.pk)
    assert reverse("blocklist_approve", args=[entry.pk]) not in shown
    assert "Take the proposal back" in shown
    assert "Somebody else approves it" in send(sena, "blocklist_approve", entry.pk)


def test_who_listed_what_an_appeal_lifted_is_told_that_others_decide(
    ana, sena, mara, case, listed, now
) -> None:
    actions.overturn(entry=listed, by=mara, at=now)
    again = make_entry(case, by=ana, at=now)
    assert "You took part in listing it" in send(sena, "blocklist_approve", again.pk)


def test_two_seniors_override_one_after_the_other(sena, sol, guarded) -> None:
    assert "Many customers" in page(sena, "blocklist_entry", guarded.pk)
    first = send(sena, "blocklist_override", guarded.pk, **{"override-reason": REASON})
    assert "A second senior decides" in first
    again = send(sena, "blocklist_override", guarded.pk, **{"override-reason": REASON})
    assert "two other seniors" in again
    assert "Say why." in send(sol, "blocklist_override", guarded.pk)
    last = send(sol, "blocklist_override", guarded.pk, **{"override-reason": REASON})
    assert "next version of the list" in last


def test_a_refusal_needs_a_reason_and_stays_in_the_history(sena, proposed) -> None:
    assert "Say why." in send(sena, "blocklist_refuse", proposed.pk)
    shown = send(sena, "blocklist_refuse", proposed.pk, **{"refuse-reason": "The page is gone."})
    assert "The page is gone." in shown
    again = send(sena, "blocklist_refuse", proposed.pk, **{"refuse-reason": "Once more."})
    assert "decided already" in again


def test_the_manager_sets_a_review_and_keeps_the_entry(mara, listed, now) -> None:
    soon = (timezone.localdate(now) + timedelta(days=1)).isoformat()
    assert "The review is set" in send(mara, "blocklist_review_date", listed.pk, on=soon)
    assert "not after the entry" in send(mara, "blocklist_review_date", listed.pk, on="2999-01-01")
    kept = send(mara, "blocklist_renew", listed.pk, **{"renew-reason": "Still there."})
    assert "its time begins anew" in kept
    again = send(mara, "blocklist_renew", listed.pk, **{"renew-reason": "Still there."})
    assert "not due" in again


def test_the_manager_takes_an_entry_off(mara, listed) -> None:
    assert "Choose why." in send(mara, "blocklist_delist", listed.pk)
    answers = {"delist-because": "review", "delist-reason": "No longer needed."}
    assert "It is lifted" in send(mara, "blocklist_delist", listed.pk, **answers)


def test_oversight_reads_and_is_offered_nothing_to_do(omar, listed) -> None:
    shown = page(omar, "blocklist_entry", listed.pk)
    assert "harbour-host" in shown
    assert "blocklist/" in shown
    assert "Take it off the list" not in shown


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("ben", "approve"), ("ben", "override"), ("mara", "approve"), ("ana", "delist"),
        ("sena", "renew"), ("sena", "review_date"), ("omar", "refuse"), ("omar", "delist"),
    ],
)  # fmt: skip
def test_others_are_refused(who, name, proposed, request) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.post(reverse(f"blocklist_{name}", args=[proposed.pk])).status_code == 403


def test_the_board_shows_who_is_behind(mara, omar, network, home, ana, sena, now) -> None:
    assert "Up to date" in page(mara, "blocklist_networks")
    entry = make_ordered("pages.harbour-host.test", by=ana, at=now)
    actions.approve(entry=entry, by=sena, at=now)
    actions.make_version(at=now - timedelta(hours=2))
    Subscriber.objects.update(added_at=now - timedelta(hours=3))
    (one,) = actions.standings(now)
    actions.warn(standing=one, at=now)
    shown = page(omar, "blocklist_networks")
    for words in ("Quay Net", "Behind", "written to on"):
        assert words in shown
    assert "Make its key" not in shown
    assert LagAlarm.objects.count() == 1
    assert "1 behind" in page(omar, "blocklist")


def test_the_manager_adds_a_network_and_sees_its_key_once(mara, ada, now) -> None:
    made = make_network(mara=mara, ada=ada, at=now)
    organisation = made.subscriber.organisation
    assert "already" in send(mara, "blocklist_network_add", organisation=organisation.pk)
    assert "Choose the network" in send(mara, "blocklist_network_add")
    shown = send(mara, "blocklist_network_key", made.subscriber.pk)
    prefix = Subscriber.objects.get().prefix
    assert f"hlb_{prefix}_" in shown
    assert f"hlb_{prefix}_" not in page(mara, "blocklist_networks")


def test_the_manager_ends_a_key_with_a_reason(mara, network) -> None:
    assert "Say why" in send(mara, "blocklist_network_end", network.subscriber.pk)
    ended = send(mara, "blocklist_network_end", network.subscriber.pk, reason="Merged.")
    assert "opens nothing" in ended
    assert "No network fetches" in page(mara, "blocklist_networks")
