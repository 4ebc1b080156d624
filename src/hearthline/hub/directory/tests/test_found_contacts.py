# SPDX-License-Identifier: Apache-2.0
"""A contact that a program found is used once a person confirmed it, and not before."""

from datetime import date

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory.actions import (
    AlreadyListed,
    FoundContact,
    NoLongerCurrent,
    NotConfirmed,
    NothingWaits,
    NotReachable,
    ReasonMissing,
    WrongDay,
    confirm_found,
    end_contact,
    refuse_found,
    retire,
    supersede_contact,
    take_in,
    verify_contact,
)
from hearthline.hub.directory.models import Contact
from hearthline.hub.directory.tests.make import make_contact, make_organisation

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 5)


@pytest.fixture
def host(mara, now):
    return make_organisation(by=mara, at=now)


def found(**overrides) -> FoundContact:
    plain = {
        "scope": Contact.Scope.NETWORK,
        "channel": Contact.Channel.EMAIL,
        "value": "abuse@harbour-net.test",
        "source": "RDAP of rdap.register.test",
        "found_on": DAY,
    }
    return FoundContact(**{**plain, **overrides})


@pytest.fixture
def contact(host, now) -> Contact:
    return take_in(organisation=host, found=found(), by=None, at=now)


def confirm(contact, by, at, **options) -> Contact:
    return confirm_found(contact=contact, source="a call", verified_on=DAY, by=by, at=at, **options)


def test_a_found_contact_is_noted_with_its_source_and_not_used(host, contact) -> None:
    assert (contact.source, contact.verified_on) == ("RDAP of rdap.register.test", DAY)
    assert host.contact("email") is None
    assert not host.contacts.usable().exists()
    assert list(host.contacts.found()) == [contact]
    entry = Entry.objects.get(verb="directory.take_in")
    assert entry.actor == "worker:worker"
    assert "harbour-net" not in entry.detail


def test_a_person_confirms_it_and_letters_may_go_there(host, contact, mara, now) -> None:
    confirm(contact, mara, now)
    assert host.contact("email") == contact
    contact.refresh_from_db()
    assert (contact.confirmed_by, contact.source) == (mara, "a call")
    assert not host.contacts.found().exists()


def test_what_it_replaces_is_superseded_and_not_overwritten(host, contact, mara, now) -> None:
    old = make_contact(host, by=mara, at=now, scope=Contact.Scope.NETWORK)
    confirm(contact, mara, now, instead_of=old)
    old.refresh_from_db()
    assert (old.value, old.superseded_at) == ("abuse@quay.test", now)
    assert list(host.contacts.current()) == [contact]


def test_it_replaces_no_other_organisations_contact(contact, mara, now) -> None:
    other = make_organisation(by=mara, at=now, name="Other")
    theirs = make_contact(other, by=mara, at=now)
    with pytest.raises(NothingWaits):
        confirm(contact, mara, now, instead_of=theirs)
    assert list(other.contacts.current()) == [theirs]
    assert list(contact.organisation.contacts.found()) == [contact]


def test_a_person_refuses_it_and_it_stays_on_record(host, contact, mara, now) -> None:
    refuse_found(contact=contact, reason="Not theirs.", by=mara, at=now)
    assert not host.contacts.found().exists()
    assert host.contact("email") is None
    assert list(host.contacts.superseded()) == [contact]


def test_scopes_stand_beside_each_other(host, contact, now) -> None:
    registrar = found(scope=Contact.Scope.REGISTRAR)
    take_in(organisation=host, found=registrar, by=None, at=now)
    assert host.contacts.found().count() == 2


def test_an_analyst_takes_in_and_cannot_confirm(host, ana, now) -> None:
    contact = take_in(organisation=host, found=found(), by=ana, at=now)
    with pytest.raises(NotAllowed):
        confirm(contact, ana, now)
    with pytest.raises(NotAllowed):
        refuse_found(contact=contact, reason="Not theirs.", by=ana, at=now)


def test_an_administrator_does_not_take_in(host, ada, now) -> None:
    with pytest.raises(NotAllowed):
        take_in(organisation=host, found=found(), by=ada, at=now)


def test_what_is_listed_or_waits_is_not_taken_in_again(host, contact, mara, now) -> None:
    with pytest.raises(AlreadyListed):
        take_in(organisation=host, found=found(), by=None, at=now)
    confirm(contact, mara, now)
    with pytest.raises(AlreadyListed):
        take_in(organisation=host, found=found(), by=None, at=now)


def test_what_was_refused_may_be_found_again(host, contact, mara, now) -> None:
    refuse_found(contact=contact, reason="Not theirs.", by=mara, at=now)
    assert take_in(organisation=host, found=found(), by=None, at=now).pk != contact.pk


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"value": "no address"}, NotReachable),
        ({"value": "a@b.test\nBcc: c@d.test"}, NotReachable),
        ({"channel": "web", "value": "javascript:alert(1)"}, NotReachable),
        ({"found_on": date(2027, 1, 1)}, WrongDay),
    ],
)
def test_what_cannot_be_a_contact_is_refused(host, now, wrong, refusal) -> None:
    with pytest.raises(refusal):
        take_in(organisation=host, found=found(**wrong), by=None, at=now)
    assert not host.contacts.exists()


def test_a_retired_organisation_takes_none_in(host, contact, mara, now) -> None:
    retire(organisation=host, reason="Closed.", by=mara, at=now)
    with pytest.raises(NoLongerCurrent):
        take_in(organisation=host, found=found(value="b@c.test"), by=None, at=now)
    with pytest.raises(NoLongerCurrent):
        confirm(contact, mara, now)


def test_it_is_decided_once(contact, mara, now) -> None:
    confirm(contact, mara, now)
    with pytest.raises(NothingWaits):
        confirm(contact, mara, now)
    with pytest.raises(NothingWaits):
        refuse_found(contact=contact, reason="Late.", by=mara, at=now)


def test_a_reason_and_a_day_that_is_past_are_needed(contact, mara, now) -> None:
    with pytest.raises(ReasonMissing):
        refuse_found(contact=contact, reason=" ", by=mara, at=now)
    with pytest.raises(WrongDay):
        confirm_found(
            contact=contact, source="a call", verified_on=date(2027, 1, 1), by=mara, at=now
        )


def test_it_cannot_be_confirmed_by_another_door(contact, mara, now) -> None:
    with pytest.raises(NotConfirmed):
        verify_contact(contact=contact, source="a call", verified_on=DAY, by=mara, at=now)
    with pytest.raises(NotConfirmed):
        supersede_contact(
            contact=contact, value="x@y.test", source="a call", verified_on=DAY, by=mara, at=now
        )
    with pytest.raises(NotConfirmed):
        end_contact(contact=contact, reason="Wrong.", by=mara, at=now)


def test_the_desk_shows_it_apart_and_a_manager_confirms_it(client, host, contact, mara) -> None:
    client.force_login(mara)
    page = client.get(reverse("organisation", args=[host.pk])).content.decode()
    assert "Found, not confirmed" in page
    assert "Operator of the network" in page
    answer = client.post(
        reverse("contact_confirm", args=[contact.pk]),
        {"source": "a call", "verified_on": "2026-10-05"},
    )
    assert answer.status_code == 302
    assert host.contact("email") == contact


def test_the_desk_refuses_it_with_a_reason(client, host, contact, mara) -> None:
    client.force_login(mara)
    address = reverse("contact_refuse", args=[contact.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Not theirs."}).status_code == 302
    again = client.post(address, {"reason": "Not theirs."})
    assert again.status_code == 422
    assert "waits for nobody any more" in again.content.decode()
