# SPDX-License-Identifier: Apache-2.0
"""The button other sites copy: a link, and nothing that tells us where it stands."""

import re

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hearthline.hub.reports.public.button import snippet


def test_the_button_is_a_link_that_keeps_its_page_to_itself():
    with translation.override("en"):
        html = snippet("en")
    assert html.startswith("<a ")
    assert 'rel="noopener noreferrer"' in html
    assert 'referrerpolicy="no-referrer"' in html
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == [settings.PUBLIC_URL + reverse("home")]
    for word in ("<script", "<img", "<iframe", "style=", "url(", "onclick"):
        assert word not in html


def test_the_button_is_there_in_every_language_with_its_direction(client: Client):
    page = client.get(reverse("button"))
    shown = {each["code"]: each["html"] for each in page.context["snippets"]}
    assert set(shown) == {code for code, _name in settings.LANGUAGES}
    assert 'dir="rtl"' in shown["ar"]
    assert len(page.content) < 50_000
