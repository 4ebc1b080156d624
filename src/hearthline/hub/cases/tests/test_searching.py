# SPDX-License-Identifier: Apache-2.0
"""One box finds cases by receipt, reference, address, account and host, and writes none down."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import ADDRESS, make_case, make_report
from hearthline.kit.sealing import ReceiptMistyped, format_receipt, new_receipt

pytestmark = pytest.mark.django_db

CALL = "A caller asks how far it is."


def looked(text, by, at, reason=""):
    found = actions.search(text=text, by=by, at=at, reason=reason)
    return found.kind, [row.case for row in found.rows]


def test_a_receipt_read_out_on_the_telephone_finds_its_cases(ana, now):
    sent = make_report(at=now, addresses=f"{ADDRESS}\nhttps://b.example.org/2")

    kind, cases = looked(format_receipt(sent.receipt), ana, now, CALL)

    assert kind == "receipt"
    assert len(cases) == 2
    assert sent.report.pk in {
        one.report_id for case in cases for one in case.subject.sightings.all()
    }


def test_a_receipt_needs_a_reason_and_a_slip_is_told(ana, now):
    sent = make_report(at=now)
    wrong = sent.receipt[:-1] + str((int(sent.receipt[-1]) + 1) % 10)

    with pytest.raises(ReasonNeeded):
        looked(sent.receipt, ana, now, " ")
    with pytest.raises(ReceiptMistyped):
        looked(wrong, ana, now, CALL)
    with pytest.raises(ReceiptMistyped):
        looked(sent.receipt[:-1], ana, now, CALL)


@pytest.mark.parametrize(
    "typed",
    [
        ADDRESS,
        "hxxps://pictures[.]example[.]org/album/7",
        "pictures.example.org/album/7",
        " HTTP://Pictures.Example.ORG/album/./7#top ",
    ],
)
def test_an_address_is_found_in_every_spelling(typed, ana, now):
    case = make_case(at=now)

    assert looked(typed, ana, now) == ("subject", [case])


@pytest.mark.parametrize("typed", ["chatapp/sunny_77", "ChatApp / @Sunny_77", "chatapp @sunny_77"])
def test_an_account_is_found_by_service_and_name(typed, ana, now):
    case = make_case(at=now, addresses="", service="ChatApp", account="@sunny_77")

    assert looked(typed, ana, now) == ("subject", [case])


@pytest.mark.parametrize(
    "typed", ["pictures.example.org", "pictures[.]example[.]org", "https://pictures.example.org/"]
)
def test_a_host_finds_everything_on_it_the_newest_first(typed, ana, now):
    older = make_case(at=now)
    newer = make_case(at=now.replace(hour=10), addresses="https://pictures.example.org/album/8")
    make_case(at=now, addresses="https://other.example.org/1")

    assert looked(typed, ana, now) == ("host", [newer, older])


def test_a_case_is_found_by_its_reference(ana, now):
    case = make_case(at=now)
    make_case(at=now, addresses="https://b.example.org/2")

    assert looked(case.reference, ana, now) == ("reference", [case])
    assert looked(str(case.pk), ana, now) == ("reference", [case])


def test_what_is_none_of_these_is_said(ana, now):
    with pytest.raises(actions.NotSearchable):
        looked("what is this about, please?", ana, now)


def test_every_search_is_kept_by_kind_and_never_by_its_text(ana, now):
    make_case(at=now)
    sent = make_report(at=now, addresses="https://b.example.org/2")
    for typed in (ADDRESS, "pictures.example.org", "chatapp/sunny_77", sent.receipt):
        actions.search(text=typed, by=ana, at=now, reason=CALL)

    entries = list(Entry.objects.of_verb("cases.search").order_by("id"))

    assert [json.loads(entry.detail)["kind"] for entry in entries] == [
        "subject",
        "host",
        "subject",
        "receipt",
    ]
    kept = " ".join(f"{entry.detail} {entry.object_id} {entry.reason}" for entry in entries)
    for secret in ("example.org", "sunny", sent.receipt):
        assert secret not in kept


def test_who_may_not_read_cases_searches_nothing(stella, omar, paulo, ada, now):
    for person in (stella, omar, paulo, ada):
        assert signed_in(person).post(reverse("search"), {"text": ADDRESS}).status_code == 403


def test_the_page_finds_and_says_how(ana, now):
    case = make_case(at=now)
    page = signed_in(ana).post(reverse("search"), {"text": ADDRESS})

    assert str(case.pk) in page.content.decode()
    assert "Looked for by address or account" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Write what you look for."),
        (new_receipt(), "Say in a few words why"),
        ("1234 5678 9012 3456", "has a slip"),
        ("what is this?", "no receipt number"),
    ],
)
def test_a_refused_search_keeps_what_was_typed(typed, told, ana):
    page = signed_in(ana).post(reverse("search"), {"text": typed})

    assert page.status_code == 422
    assert told in page.content.decode()
    assert f'value="{typed}"' in page.content.decode() or not typed


@pytest.mark.parametrize(
    "typed", [new_receipt(), "00000000", "https://nowhere.example.org/1", "nowhere.example.org"]
)
def test_nothing_found_says_what_was_looked_for(typed, ana):
    page = signed_in(ana).post(reverse("search"), {"text": typed, "reason": CALL})

    assert page.status_code == 200
    assert "Nothing was found" in page.content.decode()
    assert "Looked for by" in page.content.decode()


@pytest.mark.parametrize("typed", [ADDRESS, "pictures.example.org", "00000000"])
def test_a_search_reads_by_index(typed, ana, now):
    make_case(at=now)
    with CaptureQueriesContext(
        connection,
    ) as read:
        actions.search(text=typed, by=ana, at=now)
    selects = [each["sql"] for each in read if each["sql"].startswith("SELECT")]

    assert Case.objects.count() == 1
    assert len(selects) < 8
