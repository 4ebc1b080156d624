# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pyrage
import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory.actions import (
    AlreadyListed,
    NoLongerCurrent,
    NotPolice,
    NotReachable,
    OwnMembership,
    ReasonMissing,
    RecipientRefused,
    WrongDay,
    add_contact,
    add_domain,
    add_organisation,
    change_organisation,
    confirm_age_recipient,
    confirm_member,
    drop_domain,
    join,
    part,
    retire,
    set_age_recipient,
)
from hearthline.hub.directory.models import Domain, Organisation, units_of
from hearthline.hub.directory.tests.make import facts, make_organisation, make_unit, way

pytestmark = pytest.mark.django_db


def test_a_manager_enters_an_organisation(mara, now) -> None:
    host = add_organisation(facts=facts(languages=["en", "ar"]), by=mara, at=now)
    assert Organisation.objects.current().get() == host
    assert host.languages == ["en", "ar"]
    entry = Entry.objects.get(verb="directory.add")
    assert (entry.object_id, entry.actor) == (str(host.pk), str(mara.actor))


def test_a_second_of_the_same_name_and_kind_is_refused(mara, now) -> None:
    make_organisation(by=mara, at=now)
    with pytest.raises(AlreadyListed):
        make_organisation(by=mara, at=now)
    make_organisation(by=mara, at=now, kind=Organisation.Kind.HOTLINE)


def test_a_day_of_checking_in_the_future_is_refused(mara, now) -> None:
    with pytest.raises(WrongDay):
        make_organisation(by=mara, at=now, verified_on=now.date() + timedelta(days=1))


@pytest.mark.parametrize("who", ["ana", "omar", "stella", "paulo"])
def test_other_roles_change_nothing(who, now, mara, request) -> None:
    person, host = request.getfixturevalue(who), make_organisation(by=mara, at=now)
    for act in (
        lambda: add_organisation(facts=facts(name="Other"), by=person, at=now),
        lambda: change_organisation(organisation=host, facts=facts(), by=person, at=now),
        lambda: retire(organisation=host, reason="x", by=person, at=now),
        lambda: add_contact(organisation=host, way=way(), by=person, at=now),
        lambda: add_domain(organisation=host, name="quay.test", by=person, at=now),
        lambda: set_age_recipient(organisation=host, recipient="", by=person, at=now),
        lambda: join(user=person, organisation=host, by=person, at=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Entry.objects.filter(actor=str(person.actor)).count() == 0


def test_facts_are_corrected_and_the_kind_stays(mara, now) -> None:
    host = make_organisation(by=mara, at=now)
    new = facts(kind="police", country="XS", verified_on=date(2026, 10, 1))
    change_organisation(organisation=host, facts=new, by=mara, at=now)
    host.refresh_from_db()
    assert (host.kind, host.country, host.verified_on) == ("host", "XS", date(2026, 10, 1))
    assert '"fields":["country","verified_on"]' in Entry.objects.newest_first()[0].detail


def test_a_retired_organisation_takes_nothing_more(mara, now) -> None:
    host = make_organisation(by=mara, at=now)
    retire(organisation=host, reason="closed down", by=mara, at=now)
    assert not Organisation.objects.current().exists()
    assert Entry.objects.get(verb="directory.retire").reason == "closed down"
    for act in (
        lambda: retire(organisation=host, reason="again", by=mara, at=now),
        lambda: change_organisation(organisation=host, facts=facts(), by=mara, at=now),
        lambda: add_contact(organisation=host, way=way(), by=mara, at=now),
        lambda: add_domain(organisation=host, name="quay.test", by=mara, at=now),
    ):
        with pytest.raises(NoLongerCurrent):
            act()


def test_retiring_needs_a_reason(mara, now) -> None:
    host = make_organisation(by=mara, at=now)
    with pytest.raises(ReasonMissing):
        retire(organisation=host, reason="  ", by=mara, at=now)


def test_the_host_of_an_address_is_the_closest_domain(mara, now) -> None:
    quay = make_organisation(by=mara, at=now)
    pier = make_organisation(by=mara, at=now, name="Pier Hosting")
    add_domain(organisation=quay, name="Quay.TEST.", by=mara, at=now)
    add_domain(organisation=pier, name="pier.quay.test", by=mara, at=now)
    assert Organisation.objects.host_of("a.b.quay.test") == quay
    assert Organisation.objects.host_of("www.pier.quay.test") == pier
    assert Organisation.objects.host_of("notquay.test") is None


def test_a_domain_has_one_host(mara, now) -> None:
    quay = make_organisation(by=mara, at=now)
    pier = make_organisation(by=mara, at=now, name="Pier Hosting")
    domain = add_domain(organisation=quay, name="quay.test", by=mara, at=now)
    with pytest.raises(AlreadyListed, match="Quay Hosting"):
        add_domain(organisation=pier, name="quay.test", by=mara, at=now)
    drop_domain(domain=domain, by=mara, at=now)
    add_domain(organisation=pier, name="quay.test", by=mara, at=now)
    assert Domain.objects.get().organisation == pier


def test_the_domain_of_a_retired_host_is_free(mara, now) -> None:
    quay = make_organisation(by=mara, at=now)
    pier = make_organisation(by=mara, at=now, name="Pier Hosting")
    add_domain(organisation=quay, name="quay.test", by=mara, at=now)
    retire(organisation=quay, reason="closed", by=mara, at=now)
    assert Organisation.objects.host_of("quay.test") is None
    add_domain(organisation=pier, name="quay.test", by=mara, at=now)
    assert Organisation.objects.host_of("quay.test") == pier


@pytest.mark.parametrize(
    "name", ["", "quay", "https://quay.test/", "quay.test/path", "me@quay.test", "a b.test",
             "quay.test:8080", "127.0.0.1", "quay.test?x=1"],
)  # fmt: skip
def test_what_is_not_one_domain_is_refused(name, mara, now) -> None:
    host = make_organisation(by=mara, at=now)
    with pytest.raises(NotReachable):
        add_domain(organisation=host, name=name, by=mara, at=now)


def test_a_units_age_key_is_set_confirmed_and_removed(mara, ada, now) -> None:
    unit = make_unit(by=mara, at=now)
    key = str(pyrage.x25519.Identity.generate().to_public())
    set_age_recipient(organisation=unit, recipient=f" {key}\n", by=mara, at=now)
    assert confirm_age_recipient(
        organisation=unit, recipient=key, by=ada, at=now
    ).age_recipient == key  # fmt: skip
    set_age_recipient(organisation=unit, recipient="", by=mara, at=now)
    unit.refresh_from_db()
    assert unit.age_recipient == ""


def test_a_mistyped_age_key_is_refused(mara, now) -> None:
    unit = make_unit(by=mara, at=now)
    key = str(pyrage.x25519.Identity.generate().to_public())
    wrong = key[:-1] + ("q" if key[-1] != "q" else "p")
    for text in (wrong, key[:-1], "age1", "hello"):
        with pytest.raises(RecipientRefused, match="age1"):
            set_age_recipient(organisation=unit, recipient=text, by=mara, at=now)


def test_a_secret_key_is_refused_and_kept_nowhere(mara, now) -> None:
    unit = make_unit(by=mara, at=now)
    secret = str(pyrage.x25519.Identity.generate())
    with pytest.raises(RecipientRefused, match="secret key") as refusal:
        set_age_recipient(organisation=unit, recipient=secret, by=mara, at=now)
    assert secret not in str(refusal.value)
    assert not Entry.objects.filter(detail__contains=secret).exists()


def test_only_police_have_an_age_key_and_members(mara, paulo, now) -> None:
    host = make_organisation(by=mara, at=now)
    with pytest.raises(NotPolice):
        set_age_recipient(organisation=host, recipient="", by=mara, at=now)
    with pytest.raises(NotPolice):
        join(user=paulo, organisation=host, by=mara, at=now)


def test_a_liaison_joins_a_unit_and_leaves_it(mara, ada, paulo, now) -> None:
    unit = make_unit(by=mara, at=now)
    membership = join(user=paulo, organisation=unit, by=mara, at=now)
    assert join(user=paulo, organisation=unit, by=mara, at=now) == membership
    assert Entry.objects.filter(verb="directory.join").count() == 1
    assert not units_of(paulo).exists()
    confirm_member(membership=membership, by=ada, at=now)
    assert list(units_of(paulo)) == [unit]
    with pytest.raises(ReasonMissing):
        part(membership=membership, reason="", by=mara, at=now)
    part(membership=membership, reason="moved on", by=mara, at=now)
    assert not units_of(paulo).exists()


def test_nobody_makes_themselves_a_member(mara, now) -> None:
    unit = make_unit(by=mara, at=now)
    with pytest.raises(OwnMembership):
        join(user=mara, organisation=unit, by=mara, at=now)
