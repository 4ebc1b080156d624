# SPDX-License-Identifier: Apache-2.0
"""Three screens for professionals, from the first page to the receipt."""

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.reports.actions import read_report
from hearthline.hub.reports.models import Profession, Report
from hearthline.hub.reports.tests.make import ADDRESS, PICTURE, STORY

pytestmark = pytest.mark.django_db
REACH = {"safe_contact": "phone", "contact": "555-0199", "code_word": "blue kite"}


def begin(browser: Client, **answers: str) -> str:
    told = {"profession": "teacher", "safe_now": "yes", **answers}
    return browser.post(reverse("report_work"), told, follow=True).content.decode()


def screen(browser: Client, name: str, **answers: str) -> str:
    address = reverse("report_work_screen", args=[name])
    return browser.post(address, answers, follow=True).content.decode()


def test_the_first_page_leads_here_and_the_number_to_call_stands_first(client: Client):
    assert reverse("report_work") in client.get(reverse("home")).content.decode()
    page = client.get(reverse("report_work")).content.decode()
    assert page.index("555-0100") < page.index("Is the child safe now?")
    assert not client.cookies.get("hearthline_public_visit")


def test_three_screens_make_a_report_with_role_receipt_and_a_safe_way(client: Client):
    begin(client)
    screen(client, "matter", kind="grooming", words=STORY, addresses=ADDRESS, child_knows="no")
    page = screen(client, "reach", **REACH)
    assert "This is your receipt" in page
    report = Report.objects.get()
    assert (report.profession, report.child_knows) == ("teacher", "no")
    assert (report.audience, report.safe_contact) == ("professional", "phone")
    assert STORY.encode() not in bytes(report.narrative)
    analyst = make_user("Anna", Role.ANALYST)
    assert read_report(report=report, by=analyst, at=report.received_at).narrative == STORY


def test_a_child_who_is_not_safe_raises_urgency_and_shows_whom_to_call_first(client: Client):
    page = begin(client, safe_now="no")
    assert "Call <bdi>555-0100</bdi> first." in page
    screen(client, "matter", words=STORY)
    screen(client, "reach")
    assert Report.objects.get().level == "U0"


@pytest.mark.parametrize("profession", Profession.values)
def test_each_work_reads_its_own_duty_and_what_to_leave_out(profession: str, client: Client):
    page = begin(client, profession=profession)
    assert "Your duty" in page
    assert "What you may leave out" in page
    # Only the pack states a law; elsewhere nothing is claimed.
    assert ("Children Act of Solmere, section 30" in page) == (profession == "teacher")


def test_the_last_screen_says_what_happens_with_the_packs_times(client: Client):
    begin(client)
    page = screen(client, "matter", words=STORY)
    assert "A person from our team reads it. Within 24 hours." in page
    assert "A second person checks. Nobody decides alone. Within 12 hours after that." in page
    assert "If a law was broken, we act. The police are told within 12 hours." in page
    assert "Who reads it" in page


def test_what_is_missing_is_asked_for_and_nothing_is_lost(client: Client):
    assert "Please choose what fits best." in begin(client, profession="")
    begin(client)
    page = screen(client, "matter", kind="grooming", child_knows="yes")
    assert "Please write a few words, or give a web address." in page
    kept = client.get(reverse("report_work_screen", args=["matter"])).content.decode()
    assert 'value="grooming" selected' in kept
    screen(client, "matter", words=STORY)
    assert "how we reach you" in screen(client, "reach", safe_contact="email", contact="nobody")
    assert PICTURE not in screen(client, "matter", words=PICTURE)
    assert not Report.objects.exists()


def test_sending_before_anything_was_told_goes_back_to_the_matter(client: Client):
    begin(client)
    assert "What did you learn?" in screen(client, "reach")
    assert not Report.objects.exists()


def test_without_a_visit_or_from_another_form_it_begins_again(client: Client):
    assert "Let us begin again" in screen(client, "matter", words=STORY)
    client.post(reverse("report_start", args=["child"]), {"kind": "extortion_money"})
    assert "Is the child safe now?" in screen(client, "matter", words=STORY)
    assert client.get(reverse("report_work_screen", args=["nothing"])).status_code == 404
