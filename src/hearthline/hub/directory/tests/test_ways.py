# SPDX-License-Identifier: Apache-2.0
"""How a contact is written to: language, hours, time zone; an endpoint and its secret."""

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.directory.actions import (
    HoursUnreadable,
    NotAnEndpoint,
    NotReachable,
    new_secret,
    park_contact,
    secret_of,
    set_ways,
    supersede_contact,
)
from hearthline.hub.directory.models import Contact, Endpoint
from hearthline.hub.directory.tests.make import make_contact, make_organisation

pytestmark = pytest.mark.django_db

URL = "https://abuse.quay.test/xarf"
WAYS = {"language": "fr", "hours": "Mo-Fr 09:00-17:00", "timezone": "Europe/Paris"}


@pytest.fixture
def quay(ada, now):
    return make_organisation(by=ada, at=now)


@pytest.fixture
def mailbox(quay, ada, now):
    return make_contact(quay, by=ada, at=now)


@pytest.fixture
def endpoint(quay, ada, now):
    return make_contact(quay, by=ada, at=now, channel="post", value=URL)


def test_language_hours_and_zone_are_set_and_audited(mailbox, ada, now):
    contact = set_ways(contact=mailbox, **WAYS, by=ada, at=now)
    assert (contact.language, contact.hours, contact.timezone) == tuple(WAYS.values())
    assert Entry.objects.filter(verb="directory.set_ways").count() == 1


def test_they_stay_when_the_value_is_replaced(mailbox, ada, now):
    set_ways(contact=mailbox, **WAYS, by=ada, at=now)
    new = supersede_contact(
        contact=mailbox, value="new@quay.test", source="a call", verified_on=now.date(),
        by=ada, at=now,
    )  # fmt: skip
    assert (new.language, new.hours, new.timezone) == tuple(WAYS.values())


@pytest.mark.parametrize("wrong", [{"hours": "now and then"}, {"timezone": "Paris"}])
def test_what_nobody_could_keep_to_is_refused(mailbox, ada, now, wrong):
    with pytest.raises(HoursUnreadable):
        set_ways(contact=mailbox, **{**WAYS, **wrong}, by=ada, at=now)


def test_only_editors_set_them(mailbox, ana, now):
    with pytest.raises(NotAllowed):
        set_ways(contact=mailbox, **WAYS, by=ana, at=now)


@pytest.mark.parametrize(
    "value", ["http://abuse.quay.test/", "abuse.quay.test", "https://me:pw@quay.test/", "mail@q.t"]
)
def test_an_endpoint_is_an_https_address(quay, ada, now, value):
    with pytest.raises(NotReachable):
        make_contact(quay, by=ada, at=now, channel="post", value=value)


def test_a_secret_is_given_once_and_kept_sealed(endpoint, ada, now):
    secret = new_secret(contact=endpoint, by=ada, at=now)
    assert secret_of(endpoint) == secret
    assert secret.encode() not in bytes(Endpoint.objects.get().secret)
    assert list(Contact.objects.endpoints()) == [endpoint]


def test_a_new_secret_ends_the_one_before(endpoint, ada, now):
    first = new_secret(contact=endpoint, by=ada, at=now)
    old = Endpoint.objects.get().data_key
    assert new_secret(contact=endpoint, by=ada, at=now) != first
    old.refresh_from_db()
    assert old.destroyed_at == now


def test_without_a_secret_nothing_goes_there(endpoint):
    assert not Contact.objects.endpoints().exists()


def test_a_mailbox_has_no_secret(mailbox, ada, now):
    with pytest.raises(NotAnEndpoint):
        new_secret(contact=mailbox, by=ada, at=now)


def test_only_editors_make_secrets(endpoint, ana, now):
    with pytest.raises(NotAllowed):
        new_secret(contact=endpoint, by=ana, at=now)


def test_a_parked_contact_is_current_but_not_used_and_parking_twice_is_once(endpoint, ada, now):
    new_secret(contact=endpoint, by=ada, at=now)
    for _ in range(2):
        park_contact(contact=endpoint, because="HTTP 410", at=now, actor=Actor.worker())
    assert Contact.objects.current().exists()
    assert not Contact.objects.endpoints().exists()
    assert Entry.objects.filter(verb="directory.park_contact").count() == 1


def test_the_page_shows_the_secret_this_once(endpoint, ada):
    page, client = reverse("contact_secret", args=[endpoint.pk]), signed_in(ada)
    assert "whsec_" not in client.get(page).content.decode()
    assert secret_of_page(client.post(page)) == secret_of(endpoint)
    assert "whsec_" not in client.get(page).content.decode()


def secret_of_page(answer) -> str:
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode().partition("whsec_")[2].join(["whsec_", ""]).partition("<")[0]


def test_the_form_keeps_what_was_set(mailbox, ada):
    page = reverse("contact_ways", args=[mailbox.pk])
    client = signed_in(ada)
    assert client.post(page, WAYS).status_code == 302
    assert "Europe/Paris" in client.get(page).content.decode()
    wrong = client.post(page, {**WAYS, "hours": "sometimes"})
    assert "We cannot read these hours" in wrong.content.decode()
