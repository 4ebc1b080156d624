# SPDX-License-Identifier: Apache-2.0
"""Somebody who put a page up asks the public door: is it reported, and by whom?"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.hub.reports.tests.make import begin, say, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.public")]

KNOWN = "https://pictures.example.org/album/7"
UNKNOWN = "https://elsewhere.example.org/album/7"
# Different on every page by design: the form's token, the receipt, a clock.
CHANGING = re.compile(
    r'value="[\w.:-]{20,}"|datetime="[^"]+"|\b\d{4}\b|\d{1,2}:\d{2}(?: [ap]\.m\.)?'
)
SAVEPOINT = re.compile(r'"s\d+_x\d+"')


def plain(page) -> str:
    return CHANGING.sub("", page.content.decode())


def public_pages() -> list[str]:
    found = []
    for part in get_resolver("hearthline.hub.config.urls.public").url_patterns:
        for route in getattr(part, "url_patterns", [part]):
            if route.name and not route.pattern.converters and route.name not in {"metrics"}:
                found.append(reverse(route.name))
    return sorted(set(found))


def test_no_public_page_changes_when_an_address_is_reported_and_found_illegal(now, ana, ben):
    asked = {"url": KNOWN, "q": KNOWN, "address": KNOWN, "addresses": KNOWN}
    pages = public_pages()
    assert len(pages) > 12
    before = {page: plain(Client().get(page, asked)) for page in pages}
    confirmed(make_case(at=now, addresses=KNOWN), by=ana, second=ben, at=now)
    assert {page: plain(Client().get(page, asked)) for page in pages} == before


def told(address: str) -> tuple[list[str], list[str]]:
    """What somebody who reports `address` reads, and what the database is asked meanwhile."""
    browser = Client()
    begin(browser, "public", kind="csam_url")
    asked: list[str] = []

    def count(execute, sql, params, many, context):
        asked.append(SAVEPOINT.sub("", sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        pages = [say(browser, "where", addresses=address, follow=True)]
        say(browser, "words", words="I came across this page.")
        pages.append(browser.get(reverse("report_step", args=["send"])))
        receipt = send(browser)
    pages.append(browser.post(reverse("receipt"), {"receipt": receipt}, follow=True))
    read = [plain(page).replace("elsewhere.", "pictures.") for page in pages]
    return read, asked


def test_reporting_a_known_address_reads_and_works_like_reporting_a_new_one(now, ana, ben):
    confirmed(make_case(at=now, addresses=KNOWN), by=ana, second=ben, at=now)
    assert told(KNOWN) == told(UNKNOWN)


def test_the_receipt_of_a_later_report_shows_no_finding_that_stood_before(now, ana, ben):
    case = confirmed(make_case(at=now, addresses=KNOWN), by=ana, second=ben, at=now)
    browser = Client()
    begin(browser, "public", kind="csam_url")
    say(browser, "where", addresses=KNOWN)
    say(browser, "words", words="Mine, in truth.")
    receipt = send(browser)
    assert pull(at=now) == [case]
    page = browser.post(reverse("receipt"), {"receipt": receipt}, follow=True).content.decode()
    for told_too_early in ("illegal", "police", "decided", "two people"):
        assert told_too_early not in page.lower().split("<main")[1].split("</main")[0]
