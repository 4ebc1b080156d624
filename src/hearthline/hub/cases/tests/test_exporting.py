# SPDX-License-Identifier: Apache-2.0
"""A view leaves as a file only when two people want it to: once, in time, without words."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Place, exporting
from hearthline.hub.cases.models import Case, Export, Narrowing
from hearthline.hub.cases.tests.make import make_case

pytestmark = pytest.mark.django_db

WHY = "Figures for the council of the school district."
NEW = Place(lane="new", narrowing=Narrowing(kind="grooming"))


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now()


@pytest.fixture
def case(now):
    make_case(at=now)
    return make_case(at=now, addresses="https://secret.example.org/page", kind="grooming")


@pytest.fixture
def asked(case, sena, now):
    return actions.request_export(place=NEW, reason=WHY, by=sena, at=now)


@pytest.fixture
def allowed(asked, mara, now):
    actions.decide_export(export=asked, approve=True, by=mara, at=now)
    return asked


def test_one_asks_another_allows_and_it_is_fetched_once(asked, sena, mara, case, now):
    assert (asked.row_count, asked.narrowing) == (1, {"kind": "grooming"})
    actions.decide_export(export=asked, approve=True, by=mara, at=now)

    rows = list(csv.reader(actions.download_export(export=asked, by=sena, at=now).splitlines()))

    assert rows[0] == list(exporting.COLUMNS)
    assert [row[0] for row in rows[1:]] == [case.reference]
    with pytest.raises(actions.AlreadyDownloaded):
        actions.download_export(export=asked, by=sena, at=now)
    verbs = Entry.objects.filter(object_id=str(asked.pk)).order_by("id")
    assert [entry.verb for entry in verbs] == [
        "cases.request_export",
        "cases.decide_export",
        "cases.download_export",
    ]


def test_the_file_holds_no_words_places_or_names(allowed, sena, case, now):
    actions.claim(case=case, by=sena, at=now)
    actions.release(case=case, by=sena, at=now)
    text = actions.download_export(export=allowed, by=sena, at=now)

    for secret in ("example", "secret", "came across", "Sena", str(case.subject_id)):
        assert secret not in text


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"])
def test_no_cell_is_a_formula(start, case, sena, mara, now):
    Case.objects.filter(pk=case.pk).update(kind=start)
    asked = actions.request_export(place=Place(lane="new"), reason=WHY, by=sena, at=now)
    actions.decide_export(export=asked, approve=True, by=mara, at=now)

    rows = csv.reader(actions.download_export(export=asked, by=sena, at=now).splitlines())

    assert f"'{start}" in {row[2] for row in rows}


def test_whoever_asked_does_not_allow_it(asked, sena, now):
    with pytest.raises(actions.SamePerson):
        actions.decide_export(export=asked, approve=True, by=sena, at=now)


def test_it_is_decided_once(allowed, mara, now):
    with pytest.raises(actions.AlreadyDecided):
        actions.decide_export(export=allowed, approve=False, by=mara, at=now)


def test_what_is_refused_or_undecided_is_not_fetched(asked, sena, mara, now):
    with pytest.raises(actions.NotApproved):
        actions.download_export(export=asked, by=sena, at=now)
    actions.decide_export(export=asked, approve=False, by=mara, at=now)
    with pytest.raises(actions.NotApproved):
        actions.download_export(export=asked, by=sena, at=now)


def test_the_time_to_fetch_it_ends(allowed, sena, now, settings):
    late = now + timedelta(hours=settings.PACK.desk.export_hours)
    with pytest.raises(actions.ExportExpired):
        actions.download_export(export=allowed, by=sena, at=late)


def test_nobody_else_fetches_it(allowed, mara, now):
    with pytest.raises(NotAllowed):
        actions.download_export(export=allowed, by=mara, at=now)


def test_a_large_view_is_refused_at_the_request_and_at_the_end(asked, sena, mara, now, settings):
    desk = settings.PACK.desk.model_copy(update={"export_rows": 1})
    settings.PACK = settings.PACK.model_copy(update={"desk": desk})
    make_case(at=now, addresses="https://b.example.org/2", kind="grooming")

    with pytest.raises(actions.TooManyRows):
        actions.request_export(place=Place(lane="new"), reason=WHY, by=sena, at=now)
    actions.decide_export(export=asked, approve=True, by=mara, at=now)
    with pytest.raises(actions.TooManyRows):
        actions.download_export(export=asked, by=sena, at=now)
    asked.refresh_from_db()
    assert asked.downloaded_at is None


def test_it_is_asked_with_a_reason_and_once_at_a_time(asked, sena, now):
    with pytest.raises(ReasonNeeded):
        actions.request_export(place=NEW, reason=" ", by=sena, at=now)
    with pytest.raises(actions.AlreadyRequested):
        actions.request_export(place=NEW, reason=WHY, by=sena, at=now)


def test_others_neither_ask_nor_allow(asked, ana, stella, now):
    for person in (ana, stella):
        with pytest.raises(NotAllowed):
            actions.request_export(place=NEW, reason=WHY, by=person, at=now)
        with pytest.raises(NotAllowed):
            actions.decide_export(export=asked, approve=True, by=person, at=now)


def test_the_pages_from_the_question_to_the_file(case, sena, mara):
    browser, manager = signed_in(sena), signed_in(mara)
    new = f"{reverse('export_new')}?lane=new&kind=grooming"
    assert "A second person decides." in browser.get(new).content.decode()
    assert browser.post(new, {"reason": " "}).status_code == 422
    browser.post(new, {"reason": WHY})
    asked = Export.objects.get()
    fetch = reverse("export_fetch", args=[asked.pk])
    assert browser.get(fetch).status_code == 404

    assert WHY in manager.get(reverse("exports")).content.decode()
    manager.post(reverse("export_decide", args=[asked.pk]), {"approve": "yes"})
    assert fetch in browser.get(reverse("exports")).content.decode()

    file = browser.post(fetch)
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"].startswith('attachment; filename="cases-new-')
    assert "no-store" in file["Cache-Control"]
    again = browser.post(fetch, follow=True).content.decode()
    assert "The file was fetched once." in again


def test_the_file_asks_for_a_fresh_second_factor(allowed, sena):
    browser = signed_in(sena, proved=60 * 24)

    answer = browser.post(reverse("export_fetch", args=[allowed.pk]))

    assert answer.status_code != 200
    allowed.refresh_from_db()
    assert allowed.downloaded_at is None
