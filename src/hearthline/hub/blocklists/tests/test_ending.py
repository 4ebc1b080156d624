# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Act, Entry, Lane
from hearthline.hub.blocklists.tests.make import make_entry, make_ordered

pytestmark = pytest.mark.django_db

Because = Entry.Because


def test_the_manager_renews_when_the_review_is_due(listed, mara, now) -> None:
    then = listed.review_at - timedelta(days=2)
    entry = actions.renew(entry=listed, reason="Still there, host silent.", by=mara, at=then)
    assert entry.review_at == then + timedelta(days=90)
    assert entry.expires_at == then + timedelta(days=180)
    assert entry.acts.last().code == Act.Code.RENEWED


def test_a_review_is_not_pushed_away_early(listed, mara, now) -> None:
    with pytest.raises(actions.NotDue):
        actions.renew(entry=listed, reason="To be sure.", by=mara, at=now)


def test_a_renewal_says_why(listed, mara) -> None:
    with pytest.raises(ReasonNeeded):
        actions.renew(entry=listed, reason="", by=mara, at=listed.review_at)


@pytest.mark.parametrize("who", ["ana", "sena", "omar"])
def test_only_the_manager_reviews(listed, who, request) -> None:
    with pytest.raises(NotAllowed):
        actions.renew(
            entry=listed, reason="Needed.", by=request.getfixturevalue(who), at=listed.review_at
        )


def test_a_review_can_be_set_sooner_but_not_after_the_end(listed, mara, now) -> None:
    sooner = (now + timedelta(days=10)).date()
    assert actions.set_review(entry=listed, on=sooner, by=mara, at=now).review_at.date() == sooner
    for wrong in (now.date(), (now + timedelta(days=181)).date()):
        with pytest.raises(actions.OutOfBounds):
            actions.set_review(entry=listed, on=wrong, by=mara, at=now)


def test_one_senior_lifts_what_two_people_listed(listed, sol, now) -> None:
    entry = actions.delist(
        entry=listed, because=Because.WITHDRAWN, by=sol, at=now, reason="Wrong page."
    )
    assert (entry.state, entry.delisted_because) == ("delisted", "withdrawn")
    again = actions.delist(
        entry=listed, because=Because.REVIEW, by=sol, at=now, reason="Once more."
    )
    assert again.delisted_because == "withdrawn"


def test_whoever_lifts_it_says_why(listed, mara, now) -> None:
    with pytest.raises(ReasonNeeded):
        actions.delist(entry=listed, because=Because.REVIEW, by=mara, at=now)


@pytest.mark.parametrize("who", ["ana", "omar", "ada"])
def test_others_do_not_lift(listed, now, who, request) -> None:
    with pytest.raises(NotAllowed):
        actions.delist(
            entry=listed, because=Because.REVIEW, by=request.getfixturevalue(who), at=now,
            reason="No need.",
        )  # fmt: skip


def test_the_worker_lifts_only_for_what_it_can_know(listed, now) -> None:
    for because in (Because.REVIEW, Because.APPEAL):
        with pytest.raises(NotAllowed):
            actions.delist(entry=listed, because=because, at=now)
    assert actions.delist(entry=listed, because=Because.GONE, at=now).delisted_because == "gone"


def test_a_proposal_cannot_be_delisted(proposed, sena, now) -> None:
    with pytest.raises(actions.WrongState):
        actions.delist(entry=proposed, because=Because.REVIEW, by=sena, at=now, reason="No.")


def test_what_was_delisted_can_be_proposed_anew(listed, case, ana, now) -> None:
    actions.delist(entry=listed, because=Because.EXPIRED, at=now)
    assert make_entry(case, by=ana, at=now).pk != listed.pk


def test_an_appealed_entry_stays_until_it_is_decided(listed, mara, now) -> None:
    actions.mark_appealed(entry=listed, at=now)
    actions.mark_appealed(entry=listed, at=now + timedelta(hours=1))
    assert (listed.is_appealed, listed.appealed_at) == (True, now)
    assert Entry.objects.in_lane(Lane.APPEALED, now).get() == listed
    entry = actions.uphold(entry=listed, by=mara, at=now)
    assert (entry.state, entry.is_appealed) == ("listed", False)
    assert [act.code for act in entry.acts.all()][-2:] == [Act.Code.APPEALED, Act.Code.UPHELD]


def test_a_second_appeal_begins_anew(listed, mara, now) -> None:
    actions.mark_appealed(entry=listed, at=now)
    actions.uphold(entry=listed, by=mara, at=now)
    later = now + timedelta(days=9)
    assert actions.mark_appealed(entry=listed, at=later).is_appealed


def test_an_appeal_that_is_right_lifts_it_and_says_so(listed, mara, now) -> None:
    actions.mark_appealed(entry=listed, at=now)
    later = now + timedelta(hours=3)
    entry = actions.overturn(entry=listed, by=mara, at=later)
    assert (entry.state, entry.delisted_because) == ("delisted", "appeal")
    assert (entry.overturned_at, entry.is_appealed) == (later, False)
    actions.overturn(entry=entry, by=mara, at=later)
    assert Logged.objects.of_verb("blocklists.overturn").count() == 1


def test_who_listed_it_decides_no_appeal(listed, sena, now) -> None:
    for act in (actions.uphold, actions.overturn):
        with pytest.raises(actions.SamePerson):
            act(entry=listed, by=sena, at=now)


@pytest.mark.parametrize("who", ["ben", "omar", "ada"])
def test_others_decide_no_appeal(listed, now, who, request) -> None:
    for act in (actions.uphold, actions.overturn):
        with pytest.raises(NotAllowed):
            act(entry=listed, by=request.getfixturevalue(who), at=now)


def test_what_is_only_proposed_cannot_be_appealed(proposed, now) -> None:
    with pytest.raises(actions.WrongState):
        actions.mark_appealed(entry=proposed, at=now)


def test_the_stop_page_finds_what_blocks_a_host_by_digest(ana, sena, now) -> None:
    host = make_ordered("pages.harbour.test", by=ana, at=now)
    wide = make_ordered("lantern.test", by=ana, at=now, scope="domain")
    for entry in (host, wide):
        actions.approve(entry=entry, by=sena, at=now)
    blocking = Entry.objects.blocking
    assert blocking("Pages.Harbour.test.").get() == host
    assert blocking("a.b.lantern.test").get() == wide
    for free in ("harbour.test", "a.pages.harbour.test", "antern.test", "test", ""):
        assert not blocking(free).exists()
    actions.delist(entry=host, because=Because.GONE, at=now)
    assert not blocking("pages.harbour.test").exists()


def test_oversight_reads_an_entry_and_the_log_says_so(listed, omar, stella, now) -> None:
    assert actions.read_entry(entry=listed, by=omar, at=now).startswith("pages.")
    assert Logged.objects.of_verb("blocklists.read").get().actor == str(omar.actor)
    with pytest.raises(NotAllowed):
        actions.read_entry(entry=listed, by=stella, at=now)


def test_an_address_is_forgotten_and_its_history_stays(listed, omar, now) -> None:
    actions.delist(entry=listed, because=Because.GONE, at=now)
    actions.end_address(entry=listed, at=now)
    actions.end_address(entry=listed, at=now)
    entry = Entry.objects.get(pk=listed.pk)
    assert actions.read_entry(entry=entry, by=omar, at=now) == ""
    assert entry.data_key.destroyed_at == now
    assert (bytes(entry.digest), bytes(entry.host_digest)) == (b"", b"")
    assert entry.acts.count() == 3
