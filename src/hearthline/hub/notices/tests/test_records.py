# SPDX-License-Identifier: Apache-2.0
"""How a provider responded, as figures of the organisation, and the links it holds."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.directory.actions import add_domain
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.notices import desk_providers
from hearthline.hub.notices.actions import Said, Visit, answer_as_provider, record_answer
from hearthline.hub.notices.models import Answer, Notice, Reader
from hearthline.hub.notices.models.record import providers_told, record_of
from hearthline.hub.notices.tests.make import add_lawyers, make_sent, set_ladder, sweep

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + 100 * HOUR)


@pytest.fixture
def three(notice, ana, ben, now) -> list[Notice]:
    more = [
        make_sent(f"http://pages.harbour-host.test/album/{n}", ana=ana, ben=ben, at=now)
        for n in (8, 9)
    ]
    return [notice, *more]


def test_counts_and_medians(three, host, ana, ada, now):
    add_lawyers(host, ada=ada, at=now)
    first, second, third = three
    record_answer(notice=first, code="acknowledged", note="", by=ana, at=now + 2 * HOUR)
    record_answer(notice=second, code="acknowledged", note="", by=ana, at=now + 4 * HOUR)
    record_answer(
        notice=second, code="refused", refusal="other", note="", by=ana, at=now + 5 * HOUR
    )
    Notice.objects.filter(pk=first.pk).update(
        state=Notice.State.REMOVED, removed_at=now + 10 * HOUR
    )
    sweep(now + 72 * HOUR)
    found = record_of(host, now + 80 * HOUR)
    assert (found.told, found.open, found.removed, found.acknowledged) == (3, 2, 1, 2)
    assert found.answers == {"acknowledged": 2, "refused": 1}
    assert found.grounds == {"other": 1}
    assert (found.to_acknowledge, found.to_remove) == (3 * HOUR, 10 * HOUR)
    assert found.escalated == 0, "its own lawyers are the same provider"
    assert third.reference


def test_a_network_that_is_told_is_an_escalation_and_its_word_is_its_own(
    settings, notice, host, ada, now
):
    set_ladder(settings, ("network", 0))
    network = make_contact(host, by=ada, at=now, scope="network", value="desk@carrier.test")
    later = now + 72 * HOUR
    sweep(later)
    reader = Reader.objects.get(contact=network)
    answer_as_provider(
        visit=Visit(reader, ""),
        notice=notice.pk,
        said=Said("removed"),
        way=Answer.Way.DOOR,
        at=later,
    )
    found = record_of(host, now + 80 * HOUR)
    assert (found.escalated, found.answers) == (1, {})


def test_the_list_of_providers_comes_by_the_page(notice, ana, ben, ada, now, monkeypatch):
    monkeypatch.setattr(desk_providers, "ON_A_PAGE", 1)
    other = make_organisation(by=ada, at=now, name="Other Hosting", country="XS")
    make_contact(other, by=ada, at=now, value="abuse@other-host.test")
    add_domain(organisation=other, name="other-host.test", by=ada, at=now)
    make_sent("http://pages.other-host.test/x", ana=ana, ben=ben, at=now)
    browser = signed_in(ana)
    first = browser.get(reverse("providers")).content.decode()
    second = browser.get(reverse("providers"), {"page": 2}).content.decode()
    assert ("Harbour Hosting" in first, "Other Hosting" in first) == (True, False)
    assert ("Harbour Hosting" in second, "Other Hosting" in second) == (False, True)


def test_nothing_told_has_no_medians(ada, now):
    other = make_organisation(by=ada, at=now, name="Other Hosting")
    found = record_of(other, now)
    assert (found.told, found.to_remove, found.to_acknowledge) == (0, None, None)


def test_what_was_not_its_service_counts_as_told_and_as_wrong_but_not_as_late(
    notice, host, ana, now
):
    record_answer(notice=notice, code="wrong_recipient", note="", by=ana, at=now + HOUR)
    found = record_of(host, now + 80 * HOUR)
    assert (found.told, found.open, found.escalated) == (1, 0, 0)


def test_after_a_year_it_is_forgotten(notice, host, now):
    assert list(providers_told(now)) == [host]
    assert not providers_told(now + YEAR)
    assert record_of(host, now + YEAR).told == 0


def test_the_pages_show_them(three, host, ana, now):
    record_answer(notice=three[0], code="acknowledged", note="", by=ana, at=now + 2 * HOUR)
    browser = signed_in(ana)
    listed = browser.get(reverse("providers")).content.decode()
    assert "Harbour Hosting" in listed
    assert "2 hours" in listed
    page = browser.get(reverse("provider", args=[host.pk])).content.decode()
    assert "Half acknowledged within" in page
    assert "abuse@harbour-host.test" in page


def test_a_link_is_revoked_on_the_page_once(notice, host, ana, monkeypatch):
    monkeypatch.undo()  # what a page says once is kept by the browser's own clock
    Reader.objects.update(expires_at=timezone.now() + HOUR)
    url = reverse("provider_revoke", args=[host.pk, notice.contact_id])
    said = signed_in(ana).post(url, follow=True).content.decode()
    assert "The link opens nothing any more." in said
    assert Reader.objects.get().revoked_by == ana
    again = signed_in(ana).post(url, follow=True).content.decode()
    assert "no link that opens anything" in again


def test_the_contact_of_another_organisation_is_not_found(notice, ana, ada, now):
    other = make_organisation(by=ada, at=now, name="Other Hosting")
    url = reverse("provider_revoke", args=[other.pk, notice.contact_id])
    assert signed_in(ana).post(url).status_code == 404
    assert Reader.objects.get().revoked_at is None


@pytest.mark.parametrize("name", ["providers", "provider"])
def test_they_are_not_for_everybody(notice, host, stella, name):
    args = [host.pk] if name == "provider" else []
    assert signed_in(stella).get(reverse(name, args=args)).status_code == 403
