# SPDX-License-Identifier: Apache-2.0
"""What is kept about a place ends when its last case has been closed for the pack's time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import sweeps
from hearthline.hub.cases.actions import (
    Capture,
    conclude,
    end_flood_closing,
    end_retention,
    pull,
    raise_level,
    read_case,
    seal_exhibit,
    subject_address,
)
from hearthline.hub.cases.actions.quarantine import agree_to_close_flood, keep_held
from hearthline.hub.cases.models import Case, FloodClosing, Subject
from hearthline.hub.cases.tests.make import confirmed, make_case, make_report
from hearthline.hub.cases.tests.test_quarantine import ask, make_held
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.actions import KeyDestroyed
from hearthline.hub.sealing.words import ENDED, words_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = "The neighbour called."


def ended(at) -> int:
    return sweeps.end_subjects(holder="w", at=at)


@pytest.fixture
def closed(ana, ben, now) -> Case:
    """Judged by two, closed now; one reason was given."""
    return close(make_case(at=now), ana, ben, now)


def close(case: Case, ana, ben, at, **finding) -> Case:
    raise_level(case=case, level="U0", by=ana, at=at, reason=WHY)
    confirmed(case, by=ana, second=ben, at=at, note="Two albums.", **finding)
    conclude(case=case, because="removed", at=at, actor=ana.actor)
    case.refresh_from_db()
    return case


def test_it_ends_on_the_day_and_not_before(closed, now, settings) -> None:
    days = settings.PACK.retention.case_days
    assert ended(now + days * DAY - timedelta(seconds=1)) == 0
    assert ended(now + days * DAY) == 1
    assert ended(now + days * DAY) == 0
    closed.refresh_from_db()
    assert closed.ended_at == now + days * DAY
    assert Entry.objects.filter(verb="cases.end_retention").count() == 1


def test_address_notes_and_reasons_are_gone_and_the_codes_stay(closed, ana, now, settings) -> None:
    later = now + settings.PACK.retention.case_days * DAY
    before = Case.objects.values("kind", "level", "outcome", "closed_because").get()
    ended(later)
    case = Case.objects.select_related("subject__data_key").get()
    with pytest.raises(KeyDestroyed):
        subject_address(case=case, actor=ana.actor, at=later, purpose="test")
    read = read_case(case=case, by=ana, at=later)
    assert (read.subject, read.host) == ("", "")
    assert [noted.note for noted in read.findings] == ["", ""]
    assert words_of(case.level_changes.get().reason) == str(ENDED)
    assert words_of(Entry.objects.get(verb="cases.level").reason) == str(ENDED)
    assert Case.objects.values("kind", "level", "outcome", "closed_because").get() == before


def test_the_child_first_track_ends_sooner(ana, ben, now, settings) -> None:
    policy = settings.PACK.retention
    assert policy.child_first_case_days < policy.case_days
    case = make_case(at=now, kind="ncii_peer")
    assert case.track == Case.Track.CHILD_FIRST
    judged = {"outcome": "harmful", "legal_basis": "", "incident_type": "ncii_peer"}
    close(case, ana, ben, now, **judged)
    assert ended(now + policy.child_first_case_days * DAY) == 1


def test_an_open_case_about_the_same_place_keeps_it(closed, now, settings) -> None:
    make_report(at=now + DAY)
    pull(at=now + DAY)
    assert ended(now + settings.PACK.retention.case_days * DAY) == 0


def test_a_case_closed_later_keeps_it_until_its_own_time(closed, ana, ben, now, settings) -> None:
    make_report(at=now + DAY)
    (again,) = pull(at=now + DAY)
    close(again, ana, ben, now + 9 * DAY)
    days = settings.PACK.retention.case_days
    assert ended(now + days * DAY) == 0
    assert ended(now + (9 + days) * DAY) == 1
    assert Case.objects.filter(ended_at__isnull=True).count() == 0


def test_work_that_began_again_meanwhile_is_not_ended(closed, now, settings) -> None:
    make_report(at=now + DAY)
    pull(at=now + DAY)
    later = now + settings.PACK.retention.case_days * DAY
    assert end_retention(subject=closed.subject, at=later) is False


def test_a_place_reported_after_its_end_is_a_new_subject_without_a_past(
    closed, ana, now, settings
) -> None:
    later = now + settings.PACK.retention.case_days * DAY
    ended(later)
    make_report(at=later)
    (again,) = pull(at=later)
    assert again.subject_id != closed.subject_id
    assert Subject.objects.count() == 2
    read = read_case(case=again, by=ana, at=later)
    assert read.earlier == []
    assert "album" in read.subject


def test_the_old_subject_cannot_be_found_by_its_address_again(closed, now, settings) -> None:
    digest, host = bytes(closed.subject.digest), bytes(closed.subject.host_digest)
    ended(now + settings.PACK.retention.case_days * DAY)
    assert not Subject.objects.filter(digest=digest).exists()
    assert not Subject.objects.filter(host_digest=host).exists()
    assert not Case.objects.filter(host_digest=host).exists()


def test_the_page_says_so_and_nothing_new_is_sealed(closed, ana, now, settings) -> None:
    later = now + settings.PACK.retention.case_days * DAY
    ended(later)
    page = signed_in(ana).get(reverse("case", kwargs={"pk": closed.pk}))
    assert page.status_code == 200
    shown = page.content.decode()
    assert "Deleted at the end of its retention" in shown
    assert WHY not in shown
    with pytest.raises(KeyDestroyed):
        seal_exhibit(
            case=Case.objects.get(), capture=Capture(note="late"), captured_at=later,
            time_source="analyst", by=ana, at=later,
        )  # fmt: skip


@pytest.fixture
def agreed(ana, ben, now) -> FloodClosing:
    """Asked for by one, agreed to by another, carried out now."""
    closing = ask(make_held(at=now), ana, now)
    agree_to_close_flood(closing=closing, by=ben, at=now)
    return closing


def floods_ended(at) -> int:
    return sweeps.end_flood_closings(holder="w", at=at)


def test_a_closed_flood_ends_when_the_longest_kept_of_its_reports_does(
    agreed, now, settings
) -> None:
    policy = settings.PACK.retention
    later = now + max(policy.report_days, policy.child_first_days) * DAY
    assert Report.objects.get().retain_until <= later
    assert floods_ended(later - timedelta(seconds=1)) == 0
    assert floods_ended(later) == 1
    assert floods_ended(later) == 0
    assert not FloodClosing.objects.exists()
    entry = Entry.objects.get(verb="cases.end_flood_closing")
    assert entry.object_id == str(agreed.pk)
    closed = Entry.objects.get(verb="reports.close_as_flood")
    assert words_of(closed.reason) == str(ENDED)


def test_one_that_was_kept_or_left_ends_too_and_one_under_way_does_not(
    ana, ben, now, settings
) -> None:
    kept = ask(make_held(at=now), ana, now)
    keep_held(closing=kept, by=ben, at=now)
    left = ask(make_held(at=now, words="Other words."), ana, now)
    going = ask(make_held(at=now, words="Others again."), ana, now)
    FloodClosing.objects.filter(pk=going.pk).update(agreed_by=ben, agreed_at=now)
    later = now + settings.PACK.retention.report_days * DAY
    assert floods_ended(later) == 2
    assert FloodClosing.objects.get() == going
    assert end_flood_closing(closing=left, at=later) is False
