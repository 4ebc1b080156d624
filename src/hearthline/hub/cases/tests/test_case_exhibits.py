# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import (
    Capture,
    CaptureRefused,
    ExhibitShredded,
    NotInCase,
    open_exhibit,
    seal_exhibit,
)
from hearthline.hub.cases.sweeps import shred_old_exhibits
from hearthline.hub.cases.tests.make import ADDRESS, HARMFUL, confirmed, make_case

pytestmark = pytest.mark.django_db


def sealed(case, *, by, at, **facts):
    return seal_exhibit(
        case=case,
        capture=Capture(**(facts or {"note": "An album of twelve entries."})),
        captured_at=at,
        time_source="analyst",
        by=by,
        at=at,
    )


def test_an_exhibit_carries_the_address_of_its_case(ana, ben, now):
    case = make_case(at=now)
    exhibit = sealed(case, by=ana, at=now).exhibit

    opened = open_exhibit(case=case, exhibit=exhibit, reason="second review", by=ben, at=now)

    assert opened["canonical"] == ADDRESS
    about_case = Entry.objects.about("cases.case", case.pk).values_list("verb", flat=True)
    assert {"cases.seal_exhibit", "cases.open_exhibit"} <= set(about_case)


def test_an_empty_capture_seals_nothing(ana, now):
    case = make_case(at=now)

    with pytest.raises(CaptureRefused):
        sealed(case, by=ana, at=now, note=" ")

    assert case.exhibits.count() == 0


def test_no_reason_and_no_other_case_opens_an_exhibit(ana, now):
    case = make_case(at=now)
    other = make_case(at=now, addresses="https://b.example.org/2")
    exhibit = sealed(case, by=ana, at=now).exhibit

    with pytest.raises(ReasonNeeded):
        open_exhibit(case=case, exhibit=exhibit, reason="", by=ana, at=now)
    with pytest.raises(NotInCase):
        open_exhibit(case=other, exhibit=exhibit, reason="review", by=ana, at=now)


@pytest.mark.parametrize("who", ["stella", "omar", "paulo", "ada", "mara"])
def test_others_neither_seal_nor_open(who, request, ana, now):
    case = make_case(at=now)
    exhibit = sealed(case, by=ana, at=now).exhibit
    person = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        sealed(case, by=person, at=now)
    with pytest.raises(NotAllowed):
        open_exhibit(case=case, exhibit=exhibit, reason="curious", by=person, at=now)


def test_exhibits_outlive_their_case_by_the_packs_days_and_no_longer(ana, ben, now):
    case = make_case(at=now)
    exhibit = sealed(case, by=ana, at=now).exhibit
    confirmed(case, by=ana, second=ben, at=now, **HARMFUL)
    year = timedelta(days=365)

    assert shred_old_exhibits(holder="worker", at=now + year) == 0
    later = now + year + timedelta(minutes=1)
    assert shred_old_exhibits(holder="worker", at=later) == 1
    assert shred_old_exhibits(holder="worker", at=later) == 0

    exhibit.refresh_from_db()
    with pytest.raises(ExhibitShredded):
        open_exhibit(case=case, exhibit=exhibit, reason="review", by=ana, at=later)
