# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest

from hearthline.hub.audit.models import Entry
from hearthline.hub.reports import actions
from hearthline.hub.reports.actions import Answers, submit
from hearthline.hub.reports.models import Draft, Pointer, Report
from hearthline.hub.reports.tests.make import (
    ADDRESS,
    PICTURE,
    STORY,
    make_answers,
    make_report,
    many,
)
from hearthline.hub.sealing import actions as sealing

pytestmark = pytest.mark.django_db
SECRET = b"k" * 32


def pointers(report: Report) -> list[tuple[str, str, str]]:
    """(raw, canonical, refusal) of each, as the desk reads them."""
    key = sealing.open_as_desk(report.data_key)
    return sorted(
        (each.unseal(key, "raw"), each.unseal(key, "canonical"), each.refusal)
        for each in report.pointers.all()
    )


def test_a_report_is_received_with_its_codes_and_its_urgency(now: datetime) -> None:
    sent = make_report(at=now)
    report = Report.objects.get()
    assert len(sent.receipt) == 16
    assert (report.audience, report.kind, report.level) == ("child", "extortion_money", "U1")
    assert report.level_reasons == ["type:extortion_money", "fact:threat_deadline"]
    assert report.fourc == ["4C.contact.sex", "4C.contract.agg"]
    assert (report.age_band, report.sex, report.received_at) == ("13_15", "female", now)
    assert [step.code for step in report.steps.all()] == ["received"]
    assert list(Report.objects.awaiting_triage()) == [report]


def test_it_is_written_down_as_the_reporters_own_act(now: datetime) -> None:
    report = make_report(at=now).report
    entry = Entry.objects.get(verb="reports.submit")
    assert entry.actor == f"reporter:{report.pk}"
    assert STORY not in entry.detail


def test_words_alone_are_enough(now: datetime) -> None:
    told = Answers(audience="public", words="Somebody writes to my sister.")
    report = submit(answers=told, language="en", at=now).report
    assert (report.kind, report.age_band, report.level) == ("", "unknown", "U3")
    assert not report.pointers.exists()


@pytest.mark.parametrize("told", [{"addresses": ADDRESS}, {"service": "Chatter", "account": "x"}])
def test_a_place_alone_is_enough(told: dict[str, str], now: datetime) -> None:
    report = submit(answers=Answers(audience="public", **told), language="en", at=now).report
    assert report.pointers.count() == 1


def test_a_kind_alone_is_not(now: datetime) -> None:
    with pytest.raises(actions.NothingTold):
        submit(answers=Answers(audience="child", kind="grooming"), language="en", at=now)
    assert not Report.objects.exists()


def test_an_address_is_canonical_and_the_line_it_stood_in_is_kept(now: datetime) -> None:
    report = make_report(
        at=now, addresses=f"seen here: HXXPS://Chatter[.]example.org/u/kite_99#x\n{ADDRESS}"
    ).report
    # The same subject twice is one pointer.
    assert pointers(report) == [
        ("seen here: HXXPS://Chatter[.]example.org/u/kite_99#x", ADDRESS, "")
    ]


def test_two_reports_of_one_page_meet(now: datetime) -> None:
    make_report(at=now)
    make_report(at=now, addresses=ADDRESS.replace("https", "http"))
    one, two = Pointer.objects.all()
    assert (one.digest, one.host_digest) == (two.digest, two.host_digest)


def test_an_address_that_cannot_be_read_is_kept_with_the_reason_and_meets_nothing(
    now: datetime,
) -> None:
    first = make_report(at=now, addresses="ftp://files.example.org/a\nthat other app").report
    make_report(at=now, addresses="that other app")
    assert pointers(first) == [
        ("ftp://files.example.org/a", "", "scheme"),
        ("that other app", "", "not_an_address"),
    ]
    digests = [bytes(each.digest) for each in Pointer.objects.all()]
    assert len(set(digests)) == len(digests)


def test_an_address_within_the_story_is_found_and_a_bare_name_is_not(now: datetime) -> None:
    words = "On chatter.example.org there is https://chatter.example.org/room/7 and more."
    report = make_report(at=now, addresses="", words=words).report
    assert [canonical for _, canonical, _ in pointers(report)] == [
        "https://chatter.example.org/room/7"
    ]


def test_an_account_is_the_same_in_any_spelling(now: datetime) -> None:
    make_report(at=now, addresses="", service="Chatter", account="@Kite_99")
    make_report(at=now, addresses="", service=" CHATTER", account="kite_99")
    one, two = Pointer.objects.all()
    assert one.digest == two.digest
    assert pointers(one.report) == [("Chatter @Kite_99", "chatter/kite_99", "")]


def test_an_account_without_its_service_is_kept_and_meets_nothing(now: datetime) -> None:
    report = make_report(at=now, addresses="", account="kite_99").report
    assert pointers(report) == [("kite_99", "", "incomplete")]


def test_the_contact_is_kept_only_when_we_may_use_it(now: datetime) -> None:
    told = {"contact": "kim@example.org", "code_word": "blue kite"}
    silent = make_report(at=now, **told).report
    open_to_mail = make_report(at=now, safe_contact="email", **told).report
    assert not silent.contact
    assert not silent.code_word
    assert open_to_mail.contact
    assert open_to_mail.code_word


@pytest.mark.parametrize("field", ["addresses", "service", "account", "words", "contact"])
def test_a_file_is_refused_wherever_it_stands(field: str, now: datetime) -> None:
    with pytest.raises(ValueError) as refused:
        make_report(at=now, **{field: PICTURE})
    assert "iVBOR" not in str(refused.value)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"words": "a" * 10_001}, "words", "too_long"),
        ({"kind": "weather"}, "kind", "unknown"),
        ({"facts": ["sunshine"]}, "facts", "unknown"),
        ({"age_band": "90"}, "age_band", "unknown"),
        ({"sex": "cat"}, "sex", "unknown"),
        ({"audience": "press"}, "audience", "unknown"),
        ({"safe_contact": "pigeon"}, "safe_contact", "unknown"),
        ({"safe_contact": "email", "contact": "kim"}, "contact", "unreadable"),
        ({"safe_contact": "phone", "contact": "no"}, "contact", "unreadable"),
    ],
)
def test_an_answer_that_cannot_be_kept_names_its_field(
    told: dict[str, object], field: str, code: str, now: datetime
) -> None:
    with pytest.raises(actions.AnswerRefused) as refused:
        make_report(at=now, **told)
    assert (refused.value.field, refused.value.code) == (field, code)


def draft_of(now: datetime) -> Draft:
    return actions.save_draft(draft=None, secret=SECRET, answers={"audience": "child"}, at=now)


def test_sending_twice_gives_the_same_report_and_the_same_receipt(now: datetime) -> None:
    draft = draft_of(now)
    told = make_answers()
    first, second = (
        submit(answers=told, language="en", draft=draft.pk, secret=SECRET, at=now) for _ in range(2)
    )
    assert first == second
    assert Report.objects.count() == 1


def test_a_refused_report_leaves_its_draft_as_it_was(now: datetime) -> None:
    draft = draft_of(now)
    with pytest.raises(actions.NothingTold):
        submit(
            answers=Answers(audience="child"), language="en", draft=draft.pk, secret=SECRET, at=now
        )
    assert actions.open_draft(draft=draft.pk, secret=SECRET, at=now)[1] == {"audience": "child"}


def test_a_draft_that_expired_is_not_sent(now: datetime) -> None:
    draft = draft_of(now)
    with pytest.raises(actions.DraftGone):
        submit(
            answers=make_answers(), language="en", draft=draft.pk, secret=SECRET,
            at=now + timedelta(hours=25),
        )  # fmt: skip
    assert not Report.objects.exists()


def test_more_places_than_one_takes_in_at_once_are_refused(now: datetime) -> None:
    with pytest.raises(actions.AnswerRefused) as refused:
        make_report(at=now, addresses=many(31))
    assert (refused.value.field, refused.value.code) == ("addresses", "too_many")
    assert not Report.objects.exists()
