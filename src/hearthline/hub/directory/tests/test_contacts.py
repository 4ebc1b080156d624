# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory.actions import (
    AlreadyListed,
    NoLongerCurrent,
    NotReachable,
    ReasonMissing,
    WrongDay,
    end_contact,
    retire,
    supersede_contact,
    verify_contact,
)
from hearthline.hub.directory.models import STALE
from hearthline.hub.directory.tests.make import CHECKED, make_contact, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(mara, now):
    return make_organisation(by=mara, at=now)


def supersede(contact, by, at, value="new@quay.test"):
    day = date(2026, 10, 2)
    return supersede_contact(
        contact=contact, value=value, source="a call", verified_on=day, by=by, at=at
    )


def test_a_contact_is_recorded(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    assert host.contact("email") == contact
    assert host.contact("phone") is None
    assert Entry.objects.get(verb="directory.add_contact").object_id == str(host.pk)


def test_the_contact_checked_last_is_used(host, mara, now) -> None:
    make_contact(host, by=mara, at=now, value="old@quay.test", verified_on=date(2026, 1, 1))
    fresh = make_contact(host, by=mara, at=now, value="fresh@quay.test")
    make_contact(host, by=mara, at=now, value="older@quay.test", verified_on=date(2025, 1, 1))
    assert host.contact("email") == fresh


def test_a_contact_is_superseded_never_overwritten(host, mara, now) -> None:
    old = make_contact(host, by=mara, at=now)
    new = supersede(old, mara, now)
    old.refresh_from_db()
    assert (old.value, old.superseded_at) == ("abuse@quay.test", now)
    assert (new.value, new.scope, new.channel) == ("new@quay.test", "abuse", "email")
    assert host.contact("email") == new


def test_a_contact_is_superseded_once(host, mara, now) -> None:
    old = make_contact(host, by=mara, at=now)
    supersede(old, mara, now)
    for act in (
        lambda: supersede(old, mara, now, value="third@quay.test"),
        lambda: end_contact(contact=old, reason="x", by=mara, at=now),
        lambda: verify_contact(contact=old, source="a call", verified_on=CHECKED, by=mara, at=now),
    ):
        with pytest.raises(NoLongerCurrent):
            act()


def test_the_same_contact_twice_is_refused(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    with pytest.raises(AlreadyListed):
        make_contact(host, by=mara, at=now)
    with pytest.raises(AlreadyListed):
        supersede(contact, mara, now, value="abuse@quay.test")


def test_a_contact_that_leads_nowhere_is_ended(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    with pytest.raises(ReasonMissing):
        end_contact(contact=contact, reason="", by=mara, at=now)
    end_contact(contact=contact, reason="mail bounces", by=mara, at=now)
    assert host.contact("email") is None
    assert Entry.objects.get(verb="directory.end_contact").reason == "mail bounces"


def test_a_contact_is_checked_again(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    verify_contact(contact=contact, source="a call", verified_on=now.date(), by=mara, at=now)
    contact.refresh_from_db()
    assert (contact.verified_on, contact.source) == (now.date(), "a call")
    assert "2026-09-01" in Entry.objects.get(verb="directory.verify_contact").detail


@pytest.mark.parametrize("day", [date(2026, 10, 6), date(2026, 8, 31)])
def test_a_day_ahead_or_before_the_last_check_is_refused(day, host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    with pytest.raises(WrongDay):
        verify_contact(contact=contact, source="a call", verified_on=day, by=mara, at=now)


def test_the_contact_of_a_retired_organisation_is_not_touched(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    retire(organisation=host, reason="closed", by=mara, at=now)
    with pytest.raises(NoLongerCurrent):
        supersede(contact, mara, now)


def test_an_analyst_changes_no_contact(host, mara, ana, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    for act in (
        lambda: supersede(contact, ana, now),
        lambda: end_contact(contact=contact, reason="x", by=ana, at=now),
        lambda: verify_contact(contact=contact, source="x", verified_on=CHECKED, by=ana, at=now),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("email", "abuse"),
        ("email", ""),
        ("email", "abuse@quay.test\nBcc: a@b.test"),
        ("phone", "call us"),
        ("phone", ""),
        ("phone", "1;phone-context=x"),
        ("web", "javascript:alert(1)"),
        ("web", "quay.test"),
        ("web", "ftp://quay.test/"),
    ],
)
def test_a_value_that_does_not_fit_its_channel_is_refused(channel, value, host, mara, now) -> None:
    with pytest.raises(NotReachable):
        make_contact(host, by=mara, at=now, channel=channel, value=value)


@pytest.mark.parametrize(
    ("channel", "value"),
    [("phone", "+44 (0)20 555-0100"), ("phone", "116"), ("web", "https://quay.test/report"),
     ("door", "")],
)  # fmt: skip
def test_values_that_fit_are_taken(channel, value, host, mara, now) -> None:
    assert make_contact(host, by=mara, at=now, channel=channel, value=value).value == value


def test_a_contact_goes_stale_after_half_a_year(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    last_day = CHECKED + STALE
    assert not contact.is_stale(last_day)
    assert contact.is_stale(last_day + timedelta(days=1))
    supersede(contact, mara, now)
    contact.refresh_from_db()
    assert not contact.is_stale(last_day + timedelta(days=1))
