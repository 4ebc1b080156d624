# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pyrage
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.directory.actions import add_domain, retire
from hearthline.hub.directory.models import Contact, Organisation, units_of
from hearthline.hub.directory.tests.make import (
    CHECKED,
    make_contact,
    make_line,
    make_organisation,
    make_unit,
)

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "Pier Hosting",
    "kind": "host",
    "country": "xs",
    "languages": "en, AR",
    "source": "a call",
    "verified_on": "2026-09-01",
}


@pytest.fixture(autouse=True)
def today(monkeypatch, now) -> None:
    """Pages read the clock; here it stands at `now`."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def host(mara, now):
    return make_organisation(by=mara, at=now)


def text(response) -> str:
    return response.content.decode()


def test_the_directory_lists_organisations_and_filters_by_kind(host, mara, ana, now) -> None:
    make_contact(host, by=mara, at=now)
    make_unit(by=mara, at=now)
    browser = signed_in(ana)
    page = text(browser.get(reverse("directory")))
    assert "Quay Hosting" in page
    assert "abuse@quay.test" in page
    assert "Quay Police" in page
    page = text(browser.get(reverse("directory"), {"kind": "police"}))
    assert "Quay Hosting" not in page
    assert "Quay Police" in page


def test_contacts_unchecked_for_half_a_year_are_marked(host, mara, ana, now) -> None:
    make_contact(host, by=mara, at=now)
    browser = signed_in(ana)
    assert "Check again" not in text(browser.get(reverse("directory")))
    make_contact(host, by=mara, at=now, value="old@quay.test", verified_on=date(2026, 4, 1))
    for url in (reverse("directory"), reverse("organisation", args=[host.pk])):
        assert "Check again" in text(browser.get(url))


def test_an_analyst_reads_and_is_offered_no_change(host, mara, ana, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    page = text(signed_in(ana).get(reverse("organisation", args=[host.pk])))
    assert "abuse@quay.test" in page
    assert reverse("contact_check", args=[contact.pk]) not in page
    assert reverse("contact_add", args=[host.pk]) not in page


@pytest.mark.parametrize(
    "name",
    ["organisation_add", "organisation_change", "organisation_retire", "organisation_key",
     "contact_add", "domain_add", "member_add"],
)  # fmt: skip
def test_an_analyst_may_not_open_a_form(name, host, ana) -> None:
    url = reverse(name, args=[] if name == "organisation_add" else [host.pk])
    assert signed_in(ana).get(url).status_code == 403
    assert signed_in(ana).post(url, FACTS).status_code == 403
    assert Client().get(url).status_code == 302


def test_oversight_and_police_do_not_read_the_directory(omar, paulo) -> None:
    assert signed_in(omar).get(reverse("directory")).status_code == 403
    assert signed_in(paulo).get(reverse("directory")).status_code == 403


def test_a_manager_adds_an_organisation(mara) -> None:
    browser = signed_in(mara)
    assert browser.get(reverse("organisation_add")).status_code == 200
    response = browser.post(reverse("organisation_add"), FACTS)
    one = Organisation.objects.get(name="Pier Hosting")
    assert response["Location"] == reverse("organisation", args=[one.pk])
    assert (one.country, one.languages) == ("XS", ["en", "ar"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "Quay Hosting"}, "already has this name"),
        ({"verified_on": "2026-12-01"}, "lies ahead"),
        ({"hours": "weekdays"}, "cannot read these hours"),
        ({"country": "France"}, "two letters"),
        ({"languages": "English; French"}, "language codes"),
        ({"website": "not an address"}, "valid URL"),
    ],
)
def test_every_refusal_says_what_to_do_and_loses_nothing(change, sentence, host, mara) -> None:
    response = signed_in(mara).post(reverse("organisation_add"), {**FACTS, **change})
    assert response.status_code == 422
    assert sentence in text(response)
    assert 'value="a call"' in text(response)
    assert Organisation.objects.count() == 1


def test_a_manager_corrects_the_facts(host, mara) -> None:
    browser, url = signed_in(mara), reverse("organisation_change", args=[host.pk])
    page = text(browser.get(url))
    assert 'value="Quay Hosting"' in page
    assert 'name="kind"' not in page
    browser.post(url, {**FACTS, "hours": "24/7"})
    host.refresh_from_db()
    assert (host.name, host.hours, host.kind) == ("Pier Hosting", "24/7", "host")


def test_a_manager_retires_an_organisation_with_a_reason(host, mara) -> None:
    browser, url = signed_in(mara), reverse("organisation_retire", args=[host.pk])
    assert browser.post(url, {"reason": " "}).status_code == 422
    assert browser.post(url, {"reason": "closed"}).status_code == 302
    page = text(browser.get(reverse("organisation", args=[host.pk])))
    assert "Retired" in page
    assert reverse("contact_add", args=[host.pk]) not in page
    again = browser.post(url, {"reason": "closed"})
    assert again.status_code == 422
    assert "was retired" in text(again)


def test_contacts_are_added_checked_replaced_and_ended(host, mara) -> None:
    browser = signed_in(mara)
    way = {"scope": "abuse", "channel": "email", "value": "a@quay.test", "source": "imprint",
           "verified_on": "2026-09-01"}  # fmt: skip
    browser.post(reverse("contact_add", args=[host.pk]), way)
    contact = Contact.objects.get()
    check = {"source": "a call", "verified_on": "2026-10-01"}
    browser.post(reverse("contact_check", args=[contact.pk]), check)
    contact.refresh_from_db()
    assert contact.verified_on == date(2026, 10, 1)
    browser.post(reverse("contact_replace", args=[contact.pk]), {**check, "value": "b@quay.test"})
    new = host.contact("email")
    assert new.value == "b@quay.test"
    assert "a@quay.test" in text(browser.get(reverse("organisation", args=[host.pk])))
    browser.post(reverse("contact_end", args=[new.pk]), {"reason": "bounces"})
    assert host.contact("email") is None


def test_a_wrong_contact_is_refused_clearly(host, mara, now) -> None:
    browser = signed_in(mara)
    way = {"scope": "abuse", "channel": "email", "value": "nobody", "source": "imprint",
           "verified_on": "2026-09-01"}  # fmt: skip
    page = browser.post(reverse("contact_add", args=[host.pk]), way)
    assert "Write an e-mail address such as" in text(page)
    old = make_contact(host, by=mara, at=now)
    stale = {"source": "a call", "verified_on": "2026-01-01"}
    page = browser.post(reverse("contact_check", args=[old.pk]), stale)
    assert "checked after that day already" in text(page)


def test_domains_are_added_and_taken_off(host, mara) -> None:
    browser = signed_in(mara)
    browser.post(reverse("domain_add", args=[host.pk]), {"name": "Quay.test"})
    domain = host.domains.get()
    page = text(browser.get(reverse("organisation", args=[host.pk])))
    assert "quay.test" in page
    assert browser.get(reverse("domain_drop", args=[domain.pk])).status_code == 405
    browser.post(reverse("domain_drop", args=[domain.pk]))
    assert not host.domains.exists()


def test_a_units_key_and_members_are_kept(mara, paulo, ana, ada, now) -> None:
    unit, browser = make_unit(by=mara, at=now), signed_in(mara)
    page = text(browser.get(reverse("organisation", args=[unit.pk])))
    assert "No key yet" in page
    key = str(pyrage.x25519.Identity.generate().to_public())
    url = reverse("organisation_key", args=[unit.pk])
    assert "not an age public key" in text(browser.post(url, {"recipient": "age1x"}))
    browser.post(url, {"recipient": key})
    url = reverse("member_add", args=[unit.pk])
    assert "Paulo" in text(browser.get(url))
    assert "Ana" not in text(browser.get(url))
    assert browser.post(url, {"user": str(ana.pk)}).status_code == 422
    browser.post(url, {"user": str(paulo.pk)})
    page = text(browser.get(reverse("organisation", args=[unit.pk])))
    assert key in page
    assert "Paulo" in page
    member = unit.members.get()
    signed_in(ada).post(reverse("member_confirm", args=[member.pk]))
    assert list(units_of(paulo)) == [unit]
    browser.post(reverse("member_end", args=[member.pk]), {"reason": "moved on"})
    assert not units_of(paulo).exists()


def test_the_public_page_shows_lines_with_hours_languages_and_day_of_checking(mara, now) -> None:
    make_line("A children's line", by=mara, at=now, number="555-0101", under_age_only=True,
              free=True, languages=["en", "zh-hans", "xx"])  # fmt: skip
    make_line("B family line", by=mara, at=now, number="555-0102", hours="Sa 10:00-12:00")
    page = text(Client().get(reverse("help")))
    assert page.index("A children") < page.index("B family line")
    for shown in (
        'href="tel:555-0101"',
        "Open now",
        "Closed now",
        "Day and night",
        "简体中文",
        "Free to call",
        "Sat 10:00-12:00",
        "1 September 2026",
        "Are you safe right now?",
    ):
        assert shown in page, shown
    assert len(page.encode()) < 50_000


def test_without_a_helpline_the_public_page_says_so(mara, now) -> None:
    make_line("Internal", by=mara, at=now, number="555-0103", public=False)
    page = text(Client().get(reverse("help")))
    assert "We have no helpline to show you yet" in page
    assert "Internal" not in page


def test_hours_that_cannot_be_read_are_shown_as_they_are(mara, now) -> None:
    make_line("A line", by=mara, at=now, number="555-0104", hours="most evenings")
    page = text(Client().get(reverse("help")))
    assert "most evenings" in page
    assert "Open now" not in page
    assert "Closed now" not in page


def test_what_belongs_to_a_retired_organisation_is_refused_clearly(host, mara, now) -> None:
    contact = make_contact(host, by=mara, at=now)
    domain = add_domain(organisation=host, name="quay.test", by=mara, at=now)
    retire(organisation=host, reason="closed", by=mara, at=now)
    browser = signed_in(mara)
    check = {"source": "a call", "verified_on": str(CHECKED)}
    assert "was retired" in text(browser.post(reverse("contact_check", args=[contact.pk]), check))
    assert browser.post(reverse("domain_drop", args=[domain.pk])).status_code == 302
