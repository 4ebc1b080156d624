# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import claim, pull, read_case, subject_address, tell_reporters
from hearthline.hub.cases.actions.intake import _take_up
from hearthline.hub.cases.models import Case, Sighting, Subject
from hearthline.hub.cases.tests.make import ADDRESS, HARMFUL, confirmed, make_case, make_report
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.sealing import actions as sealing

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def steps(report):
    return set(report.steps.values_list("code", flat=True))


def test_a_report_becomes_a_case_with_the_clock_of_its_urgency(now):
    report = make_report(at=now, facts=["known_content"]).report

    (case,) = pull(at=now + MINUTE)

    report.refresh_from_db()
    assert report.taken_at == now + MINUTE
    assert report.state == Report.State.RECEIVED
    assert (case.state, case.level, case.kind) == ("awaiting_triage", "U3", "csam_url")
    assert case.level_reasons == ["type:csam_url", "fact:known_content"]
    assert case.review_due_at == now + timedelta(minutes=1440)
    assert case.subject.report_count == 1


def test_the_address_is_sealed_again_under_the_subjects_own_key(now, ana):
    case = make_case(at=now)
    subject = Subject.objects.get()
    report = Report.objects.get()

    assert subject.data_key_id != report.data_key_id
    assert b"example" not in bytes(subject.address)
    sealing.destroy(report.data_key, at=now)
    found = subject_address(case=case, actor=ana.actor, at=now, purpose="test")
    assert (found.url, found.host) == (ADDRESS, "pictures.example.org")
    assert Entry.objects.get(verb="cases.subject_address").reason == "test"


def test_pulling_twice_makes_nothing_twice(now):
    make_report(at=now)

    assert len(pull(at=now)) == 1
    assert pull(at=now) == []

    assert Subject.objects.count() == Case.objects.count() == Sighting.objects.count() == 1


def test_two_who_pull_at_once_take_a_report_up_once(now):
    report = make_report(at=now).report

    # Both have read the list of waiting reports before either has taken one up.
    assert len(_take_up(report.pk, now)) == 1
    assert _take_up(report.pk, now) == []

    assert Sighting.objects.count() == Entry.objects.filter(verb="cases.open").count() == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "http://pictures.example.org/album/7",
        "HTTPS://Pictures.Example.ORG:443/album/./7#top",
        "hxxps://pictures[.]example[.]org/album/7",
    ],
)
def test_one_address_in_other_spellings_is_one_case(now, spelling):
    first = make_case(at=now)
    make_report(at=now + HOUR, addresses=spelling)

    (joined,) = pull(at=now + HOUR)

    assert joined == first
    subject = Subject.objects.get()
    assert (subject.report_count, subject.first_seen, subject.last_seen) == (2, now, now + HOUR)


def test_a_more_urgent_report_makes_the_case_more_urgent(now):
    case = make_case(at=now)
    make_report(at=now + HOUR, facts=["danger_now"])

    pull(at=now + HOUR)

    case.refresh_from_db()
    assert (case.level, case.level_reasons) == ("U0", ["fact:danger_now"])
    assert case.review_due_at == now + HOUR + 15 * MINUTE


def test_a_less_urgent_report_changes_no_urgency(now):
    case = make_case(at=now, facts=["contact_now"])
    make_report(at=now + HOUR)

    pull(at=now + HOUR)

    case.refresh_from_db()
    assert (case.level, case.review_due_at) == ("U1", now + HOUR)


def test_a_report_without_a_place_is_a_subject_of_words_alone(now):
    make_report(at=now, addresses="", words="Somebody writes to my sister.")
    make_report(at=now, addresses="", words="Somebody writes to my sister.")

    cases = pull(at=now)

    assert [case.subject.kind for case in cases] == ["words", "words"]
    assert len({case.subject_id for case in cases}) == 2
    assert all(not case.subject.address for case in cases)


def test_what_cannot_be_read_as_a_place_stays_under_the_reports_key(now):
    make_report(at=now, addresses="ftp://files.example.org/a", words="")

    (case,) = pull(at=now)

    assert case.subject.kind == "words"
    assert not case.subject.address


def test_an_account_is_a_subject_whose_service_may_be_a_host(now, ana):
    make_report(at=now, addresses="", service="chat.example.org", account="@SomeOne", words="")

    (case,) = pull(at=now)

    found = subject_address(case=case, actor=ana.actor, at=now, purpose="test")
    assert (found.kind, found.url, found.host) == (
        "account", "chat.example.org/someone", "chat.example.org"
    )  # fmt: skip


def test_several_places_make_several_cases_and_the_reporter_waits_for_all(now, ana, ben):
    report = make_report(
        at=now, addresses="https://a.example.org/1\nhttps://b.example.org/2"
    ).report

    one, other = pull(at=now)
    confirmed(one, by=ana, second=ben, at=now, **HARMFUL)

    assert Step.Code.JUDGED in steps(report)
    assert Step.Code.CLOSED not in steps(report)
    confirmed(other, by=ana, second=ben, at=now, **HARMFUL)
    assert Step.Code.CLOSED in steps(report)


def test_a_place_judged_before_is_opened_anew_and_shows_the_earlier_finding(now, ana, ben):
    before = confirmed(make_case(at=now), by=ana, second=ben, at=now, **HARMFUL)

    again = make_case(at=now + HOUR)

    assert again != before
    assert again.subject == before.subject
    opened = read_case(case=again, by=ana, at=now + HOUR)
    assert [(case.pk, case.outcome) for case in opened.earlier] == [(before.pk, "harmful")]


def test_who_reports_a_place_under_work_hears_only_that_somebody_looks(now, ana, ben):
    """A finding at once would tell whoever put the page up that somebody reported it before."""
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now)
    tell_reporters(case=case, step=Step.Code.POLICE_TOLD, at=now)
    late = make_report(at=now + HOUR).report

    assert pull(at=now + HOUR) == [case]

    late.refresh_from_db()
    assert steps(late) == {"received", "in_review"}
    assert late.outcome == ""


def test_once_the_host_is_told_they_hear_how_far_it_is(now, ana, ben):
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now)
    before = make_report(at=now + HOUR).report
    pull(at=now + HOUR)
    tell_reporters(case=case, step=Step.Code.HOST_TOLD, at=now + 2 * HOUR)
    after = make_report(at=now + 3 * HOUR).report
    pull(at=now + 3 * HOUR)

    for late in (before, after):
        late.refresh_from_db()
        assert steps(late) == {"received", "in_review", "judged", "host_told"}
        assert late.outcome == "baseline"


def test_a_report_that_comes_after_the_first_look_is_news(now, ana, mara):
    case = make_case(at=now)
    claim(case=case, by=ana, at=now)
    make_report(at=now + HOUR, facts=["danger_now"])

    pull(at=now + HOUR)

    case.refresh_from_db()
    assert case.news_at == now + HOUR
    assert case.review_due_at == now + timedelta(minutes=1440)
    read_case(case=case, by=mara, at=now + HOUR)
    assert case in Case.objects.urgent()
    read_case(case=case, by=ana, at=now + HOUR)
    assert case.news_at is None


def test_a_letter_brings_even_a_closed_case_back_to_sight(now, ana, ben):
    sent = make_report(at=now)
    (case,) = pull(at=now)
    confirmed(case, by=ana, second=ben, at=now, **HARMFUL)
    reports.write(receipt=sent.receipt, body="They wrote again.", at=now + HOUR)

    pull(at=now + HOUR)

    assert case in Case.objects.new(now + HOUR)
    read_case(case=case, by=ana, at=now + HOUR)
    pull(at=now + HOUR)
    assert case not in Case.objects.new(now + HOUR)


def test_a_place_added_later_is_a_new_case_and_leaves_the_old_one_closed(now, ana, ben):
    sent = make_report(at=now)
    (case,) = pull(at=now)
    confirmed(case, by=ana, second=ben, at=now, **HARMFUL)
    reports.add(receipt=sent.receipt, addresses="https://b.example.org/2", at=now + HOUR)

    (added,) = pull(at=now + HOUR)

    assert added.subject != case.subject
    assert case.subject.cases.open().count() == 0


def test_a_report_withdrawn_before_it_was_taken_up_is_never_seen(now):
    sent = make_report(at=now)
    reports.withdraw(receipt=sent.receipt, at=now)

    assert pull(at=now) == []


def test_a_report_that_does_not_open_is_still_a_case(now, ana):
    report = make_report(at=now).report
    sealing.destroy(report.data_key, at=now)

    (case,) = pull(at=now)

    opened = read_case(case=case, by=ana, at=now)
    assert case.subject.kind == "words"
    assert opened.reported[0].text is None


def test_the_most_urgent_is_taken_up_first(now):
    make_report(at=now)
    make_report(at=now + HOUR, addresses="https://b.example.org/2", facts=["danger_now"])

    (first,) = pull(at=now + HOUR, limit=1)

    assert first.level == "U0"


def test_a_peer_kind_is_child_first_from_the_start(now):
    case = make_case(at=now, kind="self_generated", audience="child")

    assert case.track == Case.Track.CHILD_FIRST
