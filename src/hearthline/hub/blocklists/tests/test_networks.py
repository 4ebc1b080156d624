# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.blocklists import actions, sweeps
from hearthline.hub.blocklists.models import Acknowledgement, CanaryTest, LagAlarm, Subscriber
from hearthline.hub.blocklists.tests.make import make_network, make_ordered
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.mail.models import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def quay(network) -> Subscriber:
    return network.subscriber


def standing(at) -> actions.Standing:
    (one,) = actions.standings(at)
    return one


def tell(quay, at, *, blocked=True, free=True, days=0) -> CanaryTest:
    return actions.note_test(
        subscriber=quay, serial=1, tested_on=at.date() + timedelta(days=days),
        blocked=blocked, free=free, at=at,
    )  # fmt: skip


def test_a_network_s_key_is_shown_once_and_kept_as_a_digest(network) -> None:
    assert actions.recognise(text=network.text) == network.subscriber
    row = Subscriber.objects.values_list("key_digest", "prefix").get()
    assert network.text.encode() not in bytes(row[0])
    assert network.text.startswith(f"hlb_{row[1]}_")


@pytest.mark.parametrize("who", ["ana", "sena", "omar", "ada"])
def test_only_the_manager_looks_after_networks(network, ada, now, who, request) -> None:
    by = request.getfixturevalue(who)
    other = make_organisation(by=ada, at=now, name="Other Net", kind="service")
    with pytest.raises(NotAllowed):
        actions.add_subscriber(organisation=other, by=by, at=now)
    with pytest.raises(NotAllowed):
        actions.replace_key(subscriber=network.subscriber, by=by, at=now)
    with pytest.raises(NotAllowed):
        actions.end_subscriber(subscriber=network.subscriber, reason="Left.", by=by, at=now)


def test_an_organisation_subscribes_once(quay, mara, now) -> None:
    with pytest.raises(actions.AlreadySubscribed):
        actions.add_subscriber(organisation=quay.organisation, by=mara, at=now)


def test_an_organisation_out_of_service_gets_no_key(quay, mara, now) -> None:
    quay.organisation.retired_at = now
    quay.organisation.save()
    with pytest.raises(actions.Retired):
        actions.add_subscriber(organisation=quay.organisation, by=mara, at=now)
    with pytest.raises(actions.Retired):
        actions.replace_key(subscriber=quay, by=mara, at=now)


def test_a_new_key_stops_the_old_one_at_once(network, mara, now) -> None:
    new = actions.replace_key(subscriber=network.subscriber, by=mara, at=now)
    assert actions.recognise(text=new.text) == network.subscriber
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=network.text)


def test_an_ended_key_opens_nothing_and_ending_says_why(network, mara, now) -> None:
    with pytest.raises(ReasonNeeded):
        actions.end_subscriber(subscriber=network.subscriber, reason=" ", by=mara, at=now)
    actions.end_subscriber(subscriber=network.subscriber, reason="Merged.", by=mara, at=now)
    actions.end_subscriber(subscriber=network.subscriber, reason="Merged.", by=mara, at=now)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=network.text)
    assert actions.standings(now) == []


@pytest.mark.parametrize("text", ["", "hlb_", "hlk_abcdefgh_" + "a" * 43])
def test_what_is_no_key_is_refused(network, text) -> None:
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=text)


def test_a_key_with_one_sign_changed_is_refused(network) -> None:
    last = "A" if network.text[-1] != "A" else "B"
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=network.text[:-1] + last)


def test_a_version_is_acknowledged_once(quay, published, now) -> None:
    later = now + timedelta(minutes=2)
    assert standing(later).behind == 1
    actions.acknowledge(subscriber=quay, serial=1, at=later)
    actions.acknowledge(subscriber=quay, serial=1, at=later + timedelta(hours=1))
    one = standing(later)
    assert (one.acknowledged, one.acknowledged_at, one.behind) == (1, later, 0)
    assert Acknowledgement.objects.count() == 1


def test_a_version_there_is_not_cannot_be_acknowledged(quay, published, now) -> None:
    with pytest.raises(actions.VersionUnknown):
        actions.acknowledge(subscriber=quay, serial=2, at=now)


def test_a_network_that_falls_behind_is_seen_and_written_to_once(
    quay, published, now, mara
) -> None:
    in_time, late = now + timedelta(minutes=59), now + timedelta(minutes=60)
    assert sweeps.warn_behind(holder="w1", at=in_time) == 0
    assert not standing(in_time).late
    assert sweeps.warn_behind(holder="w1", at=late) == 1
    assert sweeps.warn_behind(holder="w1", at=late + timedelta(minutes=5)) == 0
    assert standing(late).late
    alarm = LagAlarm.objects.get()
    assert (alarm.version, alarm.letter.recipient) == (published, "duty@quay-net.test")
    actions.acknowledge(subscriber=quay, serial=1, at=late + timedelta(minutes=9))
    assert sweeps.warn_behind(holder="w1", at=late + timedelta(minutes=10)) == 1
    assert not LagAlarm.objects.open().exists()


def test_a_second_lag_is_told_again(quay, published, site, mara, now) -> None:
    late = now + timedelta(minutes=60)
    sweeps.warn_behind(holder="w1", at=late)
    actions.acknowledge(subscriber=quay, serial=1, at=late)
    actions.delist(entry=site, because="withdrawn", by=mara, at=late, reason="Wrong.")
    actions.make_version(at=late)
    again = late + timedelta(minutes=61)
    assert sweeps.warn_behind(holder="w1", at=again) == 2
    assert Letter.objects.for_purpose("blocklists.behind").count() == 2


def test_a_network_without_a_mailbox_is_marked_all_the_same(quay, published, now) -> None:
    quay.organisation.contacts.update(superseded_at=now)
    sweeps.warn_behind(holder="w1", at=now + timedelta(hours=2))
    assert LagAlarm.objects.get().letter is None


def test_a_new_network_has_its_time_from_the_day_it_was_added(published, mara, ada, now) -> None:
    later = now + timedelta(days=30)
    make_network(mara=mara, ada=ada, at=later)
    assert standing(later + timedelta(minutes=59)).late is False
    assert standing(later + timedelta(minutes=60)).late is True


def test_the_longest_behind_stand_first(quay, published, mara, ada, sena, ana, now) -> None:
    other = make_network(mara=mara, ada=ada, at=now, name="Anchor Net").subscriber
    actions.acknowledge(subscriber=other, serial=1, at=now)
    rows = actions.standings(now + timedelta(hours=2))
    assert [one.subscriber for one in rows] == [quay, other]


@pytest.mark.parametrize(
    ("blocked", "free", "result"),
    [
        (True, True, "passed"),
        (False, True, "not_blocked"),
        (True, False, "over_blocked"),
        (False, False, "not_blocked"),
    ],
)
def test_a_network_tests_that_the_canary_is_blocked_and_its_own_name_is_not(
    quay, published, now, blocked, free, result
) -> None:
    assert tell(quay, now, blocked=blocked, free=free).result == result
    assert standing(now).test_failed is (result != "passed")


def test_a_test_is_of_a_version_there_is_and_of_a_day_that_has_come(quay, published, now) -> None:
    with pytest.raises(actions.VersionUnknown):
        actions.note_test(
            subscriber=quay, serial=9, tested_on=now.date(), blocked=True, free=True, at=now
        )
    with pytest.raises(actions.TestRefused):
        tell(quay, now, days=2)


def test_a_quarter_without_a_test_is_shown(quay, published, now) -> None:
    tell(quay, now)
    assert not standing(now + timedelta(days=92)).test_overdue
    assert standing(now + timedelta(days=93)).test_overdue


def test_the_database_keeps_what_networks_said(quay, published, now) -> None:
    actions.acknowledge(subscriber=quay, serial=1, at=now)
    tell(quay, now)
    for rows in (Acknowledgement.objects.all(), CanaryTest.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(at=now)


def test_an_isp_s_key_is_of_no_use_to_another(published, network, mara, ada, now) -> None:
    other = make_network(mara=mara, ada=ada, at=now, name="Anchor Net")
    assert actions.recognise(text=other.text) != network.subscriber
    assert other.subscriber.canary != network.subscriber.canary


def test_an_empty_list_leaves_nobody_behind(quay, now) -> None:
    one = standing(now + timedelta(days=9))
    assert (one.behind, one.late, one.due_at) == (0, False, None)


def test_an_entry_that_is_only_proposed_moves_no_serial(ana, home, now) -> None:
    make_ordered("pages.harbour-host.test", by=ana, at=now)
    assert actions.make_version(at=now) is None
