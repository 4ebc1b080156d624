# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.reports.models import Draft, Report
from hearthline.hub.reports.public.visit import VISIT
from hearthline.hub.reports.tests.make import begin, say, send, tell
from hearthline.kit.sealing import format_receipt

pytestmark = pytest.mark.django_db


def page(browser: Client) -> str:
    return browser.get(reverse("report_sent")).content.decode()


def test_the_receipt_is_shown_in_groups_with_the_road_ahead(client: Client) -> None:
    tell(client)
    receipt = send(client)
    text = page(client)
    assert format_receipt(receipt) in text
    assert "It is not your fault." in text
    # The clock of the pack for what is happening now.
    assert "Within 1 hour." in text
    assert "Within 12 hours after that." in text


def test_until_it_was_kept_and_never_again(client: Client) -> None:
    tell(client)
    receipt = send(client)
    answer = client.post(reverse("report_sent"))
    assert answer.url == reverse("home")
    assert answer.cookies[VISIT].value == ""
    assert not Draft.objects.exists()
    assert format_receipt(receipt) not in page(client)
    assert Report.objects.count() == 1


def test_not_longer_than_ten_minutes(client: Client) -> None:
    tell(client)
    receipt = send(client)
    Draft.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    text = page(client)
    assert format_receipt(receipt) not in text
    assert "The receipt is not shown here any more" in text


def test_not_in_another_browser(client: Client) -> None:
    tell(client)
    receipt = send(client)
    assert format_receipt(receipt) not in page(Client())


def test_before_sending_there_is_none(client: Client) -> None:
    begin(client)
    assert client.get(reverse("report_sent")).url == reverse("report_step", args=["send"])


@pytest.mark.parametrize("kind", ["ncii_peer", "self_generated"])
def test_of_pictures_among_young_people_police_are_not_said_to_hear(client: Client, kind) -> None:
    begin(client, "public", kind=kind)
    say(client, "words", words="A picture of a pupil goes round.")
    send(client)
    text = page(client)
    assert "The police are told" not in text
    assert "We can tell the police" in text
