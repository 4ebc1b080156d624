# SPDX-License-Identifier: Apache-2.0
"""The desk's pages of where a case is hosted, and of hotlines abroad."""

import pytest
from django.test import override_settings
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import step_back
from hearthline.hub.directory.actions import add_domain
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.hosting.models import HostingLookup
from hearthline.hub.hosting.sweeps import end_looks
from hearthline.hub.referrals.models import HandOver
from hearthline.hub.referrals.tests.make import ADDRESS
from hearthline.hub.referrals.tests.make_abroad import (
    cleared,
    looked_up,
    make_hand_over,
    make_hotline,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(ada, now):
    return make_hotline(ada=ada, at=now)


@pytest.fixture
def ready(case, now):
    looked_up(now)
    return cleared(case, at=now)


@pytest.fixture
def handed(ready, hotline, ana, now):
    return make_hand_over(ready, hotline, by=ana, at=now, channel="hand")


def make_host(*, ada, at) -> Organisation:
    """Harbour Hosting, which serves harbour-host.test."""
    host = make_organisation(by=ada, at=at, name="Harbour Hosting")
    add_domain(organisation=host, name="harbour-host.test", by=ada, at=at)
    return host


def read(user, name, *args):
    answer = signed_in(user).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def send(user, name, *args, follow=True, **data):
    return signed_in(user).post(reverse(name, args=args), data, follow=follow)


# Where it is hosted


def test_every_fact_stands_with_its_source_and_its_date(ana, ready):
    shown = read(ana, "case_hosting", ready.pk)
    for words in (
        "abuse@harbour-net.test", "rdap.register.test", "2026-03-04", "Public Suffix List",
        "Network", "Registrar", "Hosted abroad", "XN",
    ):  # fmt: skip
        assert words in shown
    assert reverse("hand_over_new", args=[ready.pk]) in shown
    assert ADDRESS not in shown


def test_the_case_and_the_referrals_lead_there(ana, ready):
    assert reverse("case_hosting", args=[ready.pk]) in read(ana, "case", ready.pk)
    assert reverse("hand_overs") in read(ana, "referrals")


def test_reading_it_is_kept(ana, ready):
    read(ana, "case_hosting", ready.pk)
    entry = Entry.objects.get(verb="hosting.read")
    assert (entry.actor, entry.reason) == (str(ana.actor), "case")


def test_what_nobody_looked_up_says_so(ana, case):
    shown = read(ana, "case_hosting", case.pk)
    assert "Nobody has looked it up yet." in shown
    assert "not known" in shown


def test_a_proxy_and_a_list_that_nobody_checked_are_said(ana, case, now):
    looked_up(now, proxy="Cloudflare")
    shown = read(ana, "case_hosting", case.pk)
    assert "Behind a proxy" in shown
    assert "Not checked" in shown
    assert "Hosted abroad" not in shown


def test_a_step_that_failed_says_why(ana, case, now):
    looked_up(now, ip="")
    assert "the name does not exist" in read(ana, "case_hosting", case.pk)


def test_a_host_that_changed_is_said(ana, case, now):
    looked_up(now)
    looked_up(now, ip="9.9.9.9")
    assert "The host changed" in read(ana, "case_hosting", case.pk)


def test_a_look_that_ended_is_gone(ana, ready, now):
    end_looks(holder="w", at=now.replace(year=now.year + 2))
    assert "Nobody has looked it up yet." in read(ana, "case_hosting", ready.pk)


def test_it_is_nobodys_who_stepped_back(ana, ready, now):
    step_back(case=ready, by=ana, at=now)
    answer = signed_in(ana).get(reverse("case_hosting", args=[ready.pk]))
    assert answer.status_code == 404


# Looking up


def test_an_analyst_has_it_looked_up(ana, ready):
    answer = send(ana, "case_look_up", ready.pk, origin="")
    assert "switched off" in answer.content.decode()
    assert HostingLookup.objects.get().due_at is not None


@override_settings(HOSTING_LOOKUPS=True)
def test_where_it_is_switched_on_the_worker_does_it(ana, ready):
    answer = send(ana, "case_look_up", ready.pk, origin="9.9.9.9")
    assert "in its next round" in answer.content.decode()


def test_nobody_outside_is_asked_before_police_have_it(ana, case):
    answer = send(ana, "case_look_up", case.pk, origin="")
    assert "before police have the case" in answer.content.decode()
    assert not HostingLookup.objects.exists()


def test_an_origin_that_is_no_host_is_refused_with_what_to_write(ana, ready):
    answer = send(ana, "case_look_up", ready.pk, origin="http://10.0.0.1/")
    assert answer.status_code == 422
    assert "Write a host name or an IP address" in answer.content.decode()
    assert not HostingLookup.objects.exists()


# Contacts


def test_an_abuse_contact_is_taken_into_the_directory_and_waits(ana, ada, ready, now):
    host = make_host(ada=ada, at=now)
    page = read(ana, "case_hosting", ready.pk)
    assert "Take into the directory" in page
    wanted = {"part": "host", "value": "abuse@harbour-net.test"}
    send(ana, "case_take_contact", ready.pk, **wanted)
    contact = host.contacts.found().get()
    assert (contact.scope, contact.value) == (Contact.Scope.NETWORK, "abuse@harbour-net.test")
    assert contact.source == "rdap.register.test"
    again = send(ana, "case_take_contact", ready.pk, **wanted)
    assert "listed already" in again.content.decode()
    assert "In the directory" in read(ana, "case_hosting", ready.pk)


def test_the_registrars_contact_keeps_its_scope(ana, ada, ready, now):
    host = make_host(ada=ada, at=now)
    send(ana, "case_take_contact", ready.pk, part="registrar", value="abuse@quay-names.test")
    assert host.contacts.found().get().scope == Contact.Scope.REGISTRAR


@pytest.mark.parametrize(
    "wanted",
    [
        {"part": "host", "value": "else@where.test"},
        {"part": "registrar", "value": "abuse@harbour-net.test"},
        {},
    ],
)
def test_only_what_the_newest_look_named_is_taken(ana, ada, ready, now, wanted):
    make_host(ada=ada, at=now)
    answer = send(ana, "case_take_contact", ready.pk, **wanted)
    assert "Nothing was taken" in answer.content.decode()
    assert not Contact.objects.filter(found_at__isnull=False).exists()


def test_without_the_host_in_the_directory_there_is_nowhere_to_take_it(ana, ready):
    assert "Take into the directory" not in read(ana, "case_hosting", ready.pk)
    answer = send(ana, "case_take_contact", ready.pk, part="host", value="abuse@harbour-net.test")
    assert "Nothing was taken" in answer.content.decode()


# Handing over


def test_an_analyst_hands_it_over_by_mail(ana, ready, hotline):
    page = read(ana, "hand_over_new", ready.pk)
    assert f'<option value="{hotline.pk}" selected>Northland Hotline (XN)</option>' in page
    answer = send(ana, "hand_over_new", ready.pk, hotline=hotline.pk, channel="mail", grounds="")
    assert "The hand-over is prepared." in answer.content.decode()
    assert HandOver.objects.get().letter is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mailbox": ""}, "has no e-mail address"),
        ({"key": False}, "has no key yet"),
    ],
)
def test_what_a_hotline_lacks_is_said(ana, ada, ready, now, change, words):
    hotline = make_hotline(ada=ada, at=now, **change)
    answer = send(ana, "hand_over_new", ready.pk, hotline=hotline.pk, channel="mail", grounds="")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HandOver.objects.exists()


def test_before_police_have_it_the_form_says_so(ana, case, hotline, now):
    looked_up(now)
    answer = send(ana, "hand_over_new", case.pk, hotline=hotline.pk, channel="mail", grounds="")
    assert answer.status_code == 422
    assert "Nobody abroad is told before police" in answer.content.decode()


def test_grounds_are_asked_for_where_the_look_shows_no_country(ana, case, hotline, now):
    cleared(case, at=now)
    answer = send(ana, "hand_over_new", case.pk, hotline=hotline.pk, channel="mail", grounds="")
    assert answer.status_code == 422
    assert "Write how you know it." in answer.content.decode()


def test_without_a_choice_the_form_says_what_to_choose(ana, ready, hotline):
    answer = send(ana, "hand_over_new", ready.pk, hotline="", channel="mail", grounds="")
    assert "Choose the hotline of the country" in answer.content.decode()


def test_with_no_hotline_abroad_the_page_says_what_to_do(ana, ready):
    assert "No hotline abroad to hand it to" in read(ana, "hand_over_new", ready.pk)


# Tracking


def test_the_list_shows_what_is_where_and_what_is_late(ana, handed, now):
    assert "No hotline abroad has" not in read(ana, "hand_overs")
    send(ana, "hand_over_sent", handed.pk)
    HandOver.objects.update(receive_due_at=now)
    shown = read(ana, "hand_overs")
    for words in ("Northland Hotline", "Sent", "past its clock", handed.case.reference):
        assert words in shown
    assert ADDRESS not in shown


def test_an_empty_list_says_something_true(ana):
    assert "No hotline abroad has a case of ours" in read(ana, "hand_overs")


def test_a_hand_over_goes_its_way_at_the_desk(ana, handed):
    assert "I have entered it" in read(ana, "hand_over", handed.pk)
    send(ana, "hand_over_sent", handed.pk)
    send(ana, "hand_over_received", handed.pk, reference="N-77")
    shown = read(ana, "hand_over", handed.pk)
    assert "N-77" in shown
    assert "I have entered it" not in shown
    send(ana, "hand_over_acted", handed.pk)
    shown = read(ana, "hand_over", handed.pk)
    assert "Acted on" in shown
    assert "What the hotline said" not in shown
    late = send(ana, "hand_over_returned", handed.pk, because="other")
    assert "Nothing was changed" in late.content.decode()


def test_a_return_is_asked_for_its_reason(ana, handed):
    answer = send(ana, "hand_over_returned", handed.pk, because="")
    assert answer.status_code == 422
    assert "Choose why they returned it." in answer.content.decode()
    send(ana, "hand_over_returned", handed.pk, because="not_illegal")
    assert "It is not illegal there" in read(ana, "hand_over", handed.pk)


def test_a_letter_is_not_said_to_be_entered_by_hand(ana, ready, hotline, now):
    row = make_hand_over(ready, hotline, by=ana, at=now)
    answer = send(ana, "hand_over_sent", row.pk)
    assert "A letter says itself when it arrived" in answer.content.decode()


def test_a_manager_reads_and_does_not_act(mara, handed):
    shown = read(mara, "hand_over", handed.pk)
    assert "What the hotline said" not in shown
    assert send(mara, "hand_over_acted", handed.pk).status_code == 403
