# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_first_page_asks_for_safety_first_and_has_three_ways_in(client: Client) -> None:
    page = client.get(reverse("home")).content.decode()
    assert 'href="tel:555-0100"' in page
    ways = [
        page.index(reverse("report_start", args=["child"])),
        page.index(reverse("report_start", args=["public"])),
        page.index(reverse("report_work")),
    ]
    assert [page.index("Are you safe right now?"), *ways] == sorted(
        [page.index("Are you safe right now?"), *ways]
    )
    assert reverse("receipt") in page
    assert "العربية" in page


def test_a_country_without_a_number_says_so_in_words(
    client: Client, settings: LazySettings
) -> None:
    unknown = settings.PACK.emergency.model_copy(update={"known": False, "number": ""})
    settings.PACK = settings.PACK.model_copy(update={"emergency": unknown})
    page = client.get(reverse("home")).content.decode()
    assert "tel:" not in page
    assert "call the police or an ambulance" in page


def test_the_page_about_reading_promises_what_the_pack_keeps(client: Client) -> None:
    page = client.get(reverse("about")).content.decode()
    assert "we must tell the police or child protection" in page
    for length in ("24 hours", "90 days", "30 days", "365 days"):
        assert length in page


@pytest.mark.parametrize("name", ["home", "about"])
def test_the_title_gives_nothing_away(name: str, client: Client) -> None:
    page = client.get(reverse(name)).content.decode()
    assert re.search("<title>(.*)</title>", page)[1] == "Weather"


@pytest.mark.parametrize("name", ["home", "about"])
def test_reading_a_page_leaves_no_visit_behind(name: str, client: Client) -> None:
    client.get(reverse(name))
    assert {
        cookie for cookie in client.cookies if "visit" in cookie or "receipt" in cookie
    } == set()
