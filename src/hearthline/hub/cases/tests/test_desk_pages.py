# SPDX-License-Identifier: Apache-2.0
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Capture
from hearthline.hub.cases.models import Case, Disclosure, Lane
from hearthline.hub.cases.tests.make import (
    ADDRESS,
    HARMFUL,
    assessed,
    confirmed,
    make_case,
    make_finding,
    make_report,
)
from hearthline.hub.reports import actions as reports

pytestmark = pytest.mark.django_db

DEFANGED = "hxxps://pictures[.]example[.]org/album/7"
OUTSIDERS = ["stella", "omar", "paulo", "ada"]
JUDGED = {
    "outcome": "baseline",
    "legal_basis": "children_act_12",
    "incident_type": "csam_url",
    "fourc": ["4C.content.sex"],
    "age_band": "unknown",
    "sex": "unknown",
    "note": "Seen in words only.",
}


@pytest.fixture
def at():
    """Pages go by the real clock."""
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def case(at):
    return make_case(at=at)


@pytest.fixture
def held(case, ana, at):
    actions.claim(case=case, by=ana, at=at)
    return case


def url(name, case, **more):
    return reverse(name, kwargs={"pk": case.pk, **more})


def text(response):
    return unescape(response.content.decode())


def test_the_queue_takes_up_what_waits_and_shows_it_defanged(ana, at):
    make_report(at=at)

    page = signed_in(ana).get(reverse("queue"))

    assert "pictures[.]example[.]org/album/7" in text(page)
    assert ADDRESS not in text(page)
    assert Case.objects.count() == 1
    entry = Entry.objects.get(verb="cases.queue")
    assert '"count":1' in entry.detail
    assert '"lane":"new"' in entry.detail


def test_secrets_of_an_address_are_masked_in_the_queue(ana, at):
    make_report(at=at, addresses="https://a.example.org/x?token=hush")

    assert "hush" not in text(signed_in(ana).get(reverse("queue")))


def test_the_queue_opens_at_the_urgent_lane_when_something_is_urgent(ana, at):
    make_report(at=at)
    make_report(at=at, addresses="https://b.example.org/2", facts=["danger_now"])

    page = text(signed_in(ana).get(reverse("queue")))

    assert "<h1>Urgent</h1>" in page
    assert "Danger now" in page
    assert "Someone is in danger now" in page
    assert "pictures[.]example" not in page


@pytest.mark.parametrize("lane", Lane.values)
def test_an_empty_lane_says_something_kind(lane, ana):
    page = signed_in(ana).get(reverse("queue"), {"lane": lane})

    assert page.status_code == 200
    assert 'class="empty"' in text(page)


def test_forty_rows_a_page_and_unknown_ways_of_asking_are_harmless(ana, at):
    places = [f"https://a.example.org/{number}" for number in range(45)]
    make_report(at=at, addresses="\n".join(places[:25]))
    make_report(at=at, addresses="\n".join(places[25:]))
    client = signed_in(ana)

    def turned(page, way):
        href = re.search(rf'rel="{way}" href="([^"]*)"', page)
        return text(client.get(href[1])) if href else ""

    def cases(page):
        return re.findall(r"/cases/([0-9a-f-]{36})/\?", page)

    for sort in ("urgency", "age", "clock", "reports"):
        first = text(client.get(reverse("queue"), {"lane": "new", "sort": sort}))
        second = turned(first, "next")
        assert (first.count("data-row"), second.count("data-row")) == (40, 5)
        assert len({*cases(first), *cases(second)}) == 45
        assert cases(turned(second, "prev")) == cases(first)
        assert (turned(first, "prev"), turned(second, "next")) == ("", "")

    odd = client.get(reverse("queue"), {"lane": "x", "after": "²", "sort": "password"})
    assert odd.status_code == 200


def test_a_clock_that_ran_over_is_seen_and_counted(ana, at):
    case = make_case(at=at - timedelta(days=3))

    page = text(signed_in(ana).get(reverse("queue"), {"lane": "clocks"}))

    assert "1 clock has run over" in page
    assert str(case.pk) in page


def test_lanes_hold_what_is_theirs(ana, ben, at):
    mine = assessed(make_case(at=at), by=ana, at=at)
    other = make_case(at=at, addresses="https://b.example.org/2")
    actions.claim(case=other, by=ben, at=at)

    def shown(person, lane):
        page = text(signed_in(person).get(reverse("queue"), {"lane": lane}))
        return {case for case in (mine, other) if str(case.pk) in page}

    assert shown(ana, "second") == set()
    assert shown(ben, "second") == {mine}
    assert shown(ana, "waiting") == {mine}
    assert shown(ben, "mine") == {other}
    assert shown(ana, "mine") == set()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_others_see_neither_queue_nor_case(who, request, case):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(reverse("queue")).status_code == 403
    assert client.get(url("case", case)).status_code == 403
    assert client.post(url("case_claim", case)).status_code == 403


def test_a_case_shows_its_words_defanged_without_any_link_and_keeps_who_read(ana, at):
    case = make_case(at=at, addresses="https://pictures.example.org/album/7", words="See it.")

    page = text(signed_in(ana).get(url("case", case)))

    assert DEFANGED in page
    assert "See it." in page
    assert "https://pictures" not in page
    assert Entry.objects.filter(verb="cases.read", actor=str(ana.actor)).count() == 1
    assert Entry.objects.filter(verb="reports.read", actor=str(ana.actor)).count() == 1


def test_a_place_judged_before_says_so(ana, ben, at):
    confirmed(make_case(at=at), by=ana, second=ben, at=at, **HARMFUL)

    page = text(signed_in(ana).get(url("case", make_case(at=at))))

    assert "Assessed before" in page
    assert "Harmful, not illegal" in page


def test_claiming_from_the_page_and_giving_back(case, ana, ben):
    client = signed_in(ana)

    client.post(url("case_claim", case))
    case.refresh_from_db()
    assert case.holder == ana
    refused = signed_in(ben).post(url("case_claim", case), follow=True)
    assert "Ana has this case until" in text(refused)
    client.post(url("case_release", case))
    case.refresh_from_db()
    assert case.holder is None


def test_an_assessment_and_its_review_by_their_forms(held, ana, ben):
    kept = signed_in(ana).post(url("case_assess", held), JUDGED, follow=True)
    assert "A second person reviews it" in text(kept)

    again = signed_in(ana).post(url("case_confirm", held), {"agrees": "yes", "note": ""})
    assert again.status_code == 422
    assert "somebody else" in text(again)
    agreed = signed_in(ben).post(
        url("case_confirm", held), {"agrees": "yes", "note": "Same."}, follow=True
    )

    assert "Confirmed by two people" in text(agreed)
    held.refresh_from_db()
    assert held.state == Case.State.CONFIRMED


def test_an_illegal_finding_without_law_keeps_what_was_typed(held, ana):
    page = signed_in(ana).post(url("case_assess", held), {**JUDGED, "legal_basis": ""})

    assert page.status_code == 422
    assert "Choose the legal basis" in text(page)
    assert "Seen in words only." in text(page)
    held.refresh_from_db()
    assert held.state == Case.State.IN_ASSESSMENT


def test_an_assessment_after_a_take_over_keeps_what_was_typed(held, ana, ben, at):
    actions.claim(case=held, by=ben, at=at + timedelta(minutes=31))

    page = signed_in(ana).post(url("case_assess", held), JUDGED)

    assert page.status_code == 422
    assert "not in your hands any more" in text(page)
    assert "Seen in words only." in text(page)


def test_of_a_child_first_case_the_desk_does_not_say_that_police_come_next(case, ana, ben, at):
    assessed(case, by=ana, at=at, peer=True)
    agreed = signed_in(ben).post(
        url("case_confirm", case), {"agrees": "yes", "note": ""}, follow=True
    )
    assert "Police and host come next" not in text(agreed)
    assert "Your decision is kept" in text(agreed)


def test_a_disagreement_needs_words_and_goes_to_a_senior(case, ana, ben, sena, at):
    assessed(case, by=ana, at=at)
    client = signed_in(ben)
    other = {**JUDGED, "agrees": "no", "outcome": "harmful", "legal_basis": "", "note": ""}

    wordless = client.post(url("case_confirm", case), other)
    assert wordless.status_code == 422
    assert "Say in a few words why" in text(wordless)
    client.post(url("case_confirm", case), {**other, "note": "No child is described."})
    signed_in(sena).post(url("case_decide", case), {**JUDGED, "note": "Section 12."})

    case.refresh_from_db()
    assert (case.state, case.outcome) == (Case.State.CONFIRMED, "baseline")
    assert signed_in(ben).post(url("case_decide", case), JUDGED).status_code == 403


def test_urgency_by_its_form(case, ana):
    client = signed_in(ana)

    client.post(url("case_urgency", case), {"level": "U1", "reason": ""})
    case.refresh_from_db()
    assert case.level == "U1"
    refused = client.post(url("case_urgency", case), {"level": "U4", "reason": ""})
    assert refused.status_code == 422
    assert "Say in a few words why" in text(refused)
    client.post(url("case_urgency", case), {"level": "U4", "reason": "Advice only."})
    case.refresh_from_db()
    assert case.level == "U4"
    assert "Advice only." in text(client.get(url("case", case)))


def test_a_letter_by_its_form(ana, at):
    sent = make_report(at=at)
    (case,) = actions.pull(at=at)
    client = signed_in(ana)
    to = url("case_message", case, report=sent.report.pk)

    assert client.post(to, {"body": ""}).status_code == 422
    client.post(to, {"body": "When was it?"})

    (letter,) = reports.come_back(receipt=sent.receipt, at=at).messages
    assert letter.body == "When was it?"
    refused = client.post(to, {"body": "data:image/png;base64,AAAA"})
    assert "Describe it in words instead" in text(refused)


def test_an_exhibit_is_sealed_and_opened_with_a_reason(case, ana):
    client = signed_in(ana)
    facts = {"captured_at": "2026-01-05T10:00", "time_source": "analyst", "note": "Twelve entries."}

    wrong = client.post(url("case_exhibit", case), {**facts, "sha256": "12"})
    assert wrong.status_code == 422
    assert "count its digits" in text(wrong)
    assert "Twelve entries." in text(wrong)
    whole = {**facts, "ips": "192.0.2.7\n192.0.2.8", "raw": DEFANGED}
    client.post(url("case_exhibit", case), whole)
    exhibit = case.exhibits.get().exhibit
    page = url("exhibit_open", case, exhibit=exhibit.pk)

    assert "Twelve entries." not in text(client.get(page))
    assert client.post(page, {"reason": ""}).status_code == 422
    opened = text(client.post(page, {"reason": "second review"}))
    assert "Twelve entries." in opened
    assert DEFANGED in opened
    assert ADDRESS not in opened
    assert "192.0.2.8" in opened
    at = timezone.now()
    record = actions.open_exhibit(case=case, exhibit=exhibit, reason="test", by=ana, at=at)
    assert record["raw"] == ADDRESS


def test_an_exhibit_of_another_case_is_not_found(case, ana, at):
    other = make_case(at=at, addresses="https://b.example.org/2")
    exhibit = actions.seal_exhibit(
        case=case,
        capture=Capture(note="Seen."),
        captured_at=at,
        time_source="analyst",
        by=ana,
        at=at,
    ).exhibit

    page = signed_in(ana).get(url("exhibit_open", other, exhibit=exhibit.pk))

    assert page.status_code == 404


def test_the_contact_is_asked_for_allowed_and_shown_once(ana, sena, at):
    report = make_report(at=at, safe_contact="email", contact="w@example.org").report
    (case,) = actions.pull(at=at)
    client, senior = signed_in(ana), signed_in(sena)
    assert "w@example.org" not in text(client.get(url("case", case)))

    ask = url("case_disclosure", case, report=report.pk)
    assert client.post(ask, {"reason": ""}).status_code == 422
    client.post(ask, {"reason": "Police need the witness."})
    asked = Disclosure.objects.get()
    decide = url("disclosure_decide", case, disclosure=asked.pk)
    show = url("disclosure_open", case, disclosure=asked.pk)
    assert "Nobody has allowed" in text(client.post(show, follow=True))
    assert client.post(decide, {"approve": "yes"}).status_code == 403
    senior.post(decide, {"approve": "yes"})

    assert "Only the person who asked" in text(senior.post(show, follow=True))
    assert "w@example.org" in text(client.post(show))
    second = client.post(show, follow=True)
    assert "shown once" in text(second)
    assert "w@example.org" not in text(second)


def test_the_timeline_says_who_did_what_and_who_has_read(case, ana, ben, mara, at):
    confirmed(case, by=ana, second=ben, at=at)

    page = text(signed_in(mara).get(url("case", case)))

    assert "Ben · agrees · Illegal by the international baseline" in page
    assert "Mara · 1 time" in page
    assert "Claim</button>" not in page
    assert "Write to the reporter" not in page


def test_every_act_is_by_post_only(case, sena):
    client = signed_in(sena)
    names = ["case_claim", "case_release", "case_urgency", "case_assess", "case_confirm"]
    names += ["case_decide", "case_ask_to_close", "case_agree_to_close", "case_keep_open"]
    for name in [*names, "case_exhibit"]:
        assert client.get(url(name, case)).status_code == 405, name


def test_the_second_reviewer_is_shown_the_first_finding_and_its_note(case, ana, ben, at):
    actions.claim(case=case, by=ana, at=at)
    actions.assess(case=case, finding=make_finding(note="Twelve entries."), by=ana, at=at)

    page = text(signed_in(ben).get(url("case", case)))

    assert "Twelve entries." in page
    assert "I agree" in page
    assert "I agree" not in text(signed_in(ana).get(url("case", case)))
