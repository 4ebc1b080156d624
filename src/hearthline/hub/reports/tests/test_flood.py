# SPDX-License-Identifier: Apache-2.0
"""A flood at the public door: nobody is refused, and a school class notices nothing."""

import uuid
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.audit.models import Actor
from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Report
from hearthline.hub.reports.public.challenge import (
    BITS,
    GOOD_FOR,
    PUZZLES,
    Challenge,
    is_proven,
    solves,
)
from hearthline.hub.reports.public.flood import Door, door
from hearthline.hub.reports.tests.make import STORY, begin, make_answers, say, send, tell

pytestmark = pytest.mark.django_db
HERE = bytes([127, 0, 0, 1])
SCRIPT = "proof.js"
MEASURE = settings.PACK.flood.network_reports


def flood(network: bytes = HERE) -> None:
    """As many reports from one network as it may send."""
    while not door.receive(network, timezone.now(), proven=False):
        pass


def solve(challenge: Challenge) -> str:
    """What the page's script does."""
    counters = []
    for puzzle in range(PUZZLES):
        counter = 0
        while not solves(challenge.seed, puzzle, counter):
            counter += 1
        counters.append(str(counter))
    return ".".join(counters)


def last_page(browser: Client) -> HttpResponse:
    return browser.get(reverse("report_step", args=["send"]))


def a_few_words(browser: Client) -> None:
    begin(browser)
    say(browser, "words", words=STORY)


@pytest.mark.parametrize("network", ["192.0.2.77", "2001:db8::77"])
def test_thirty_pupils_behind_one_address_notice_nothing(network: str) -> None:
    for _ in range(30):
        pupil = Client(REMOTE_ADDR=network)
        a_few_words(pupil)
        assert SCRIPT not in last_page(pupil).content.decode()
        receipt = send(pupil)
        back = pupil.post(reverse("receipt"), {"receipt": receipt}, follow=True)
        assert "We have what you told us." in back.content.decode()
    assert Report.objects.awaiting_triage().count() == 30


def test_in_quiet_times_no_page_knows_of_it(client: Client) -> None:
    tell(client)
    text = last_page(client).content.decode()
    for trace in (SCRIPT, "challenge", "proof", "noscript"):
        assert trace not in text


def test_without_a_script_a_report_is_received_all_the_same(client: Client) -> None:
    flood()
    tell(client)
    text = last_page(client).content.decode()
    assert SCRIPT in text
    assert "Just press Send. We will get it." in text
    assert len(send(client)) == 16
    report = Report.objects.get()
    assert (report.lane, report.held_because) == ("quarantine", "network")
    assert not Report.objects.awaiting_triage().exists()
    assert list(Report.objects.held()) == [report]


def test_with_a_proof_it_goes_the_usual_way(client: Client) -> None:
    flood()
    tell(client)
    challenge = last_page(client).context["challenge"]
    say(client, "send", challenge=challenge.token, proof=solve(challenge))
    report = Report.objects.get()
    assert (report.lane, report.held_because, report.words_digest) == ("main", "", None)


def test_another_network_notices_nothing_of_one_that_floods() -> None:
    flood(bytes([192, 0, 2, 77]))
    calm = Client(REMOTE_ADDR="198.51.100.7")
    tell(calm)
    assert SCRIPT not in last_page(calm).content.decode()
    send(calm)
    assert Report.objects.awaiting_triage().count() == 1


def test_a_network_beyond_its_measure_takes_nothing_from_everybodys(now: datetime) -> None:
    measured = Door()
    took = sum(not measured.receive(HERE, now, proven=False) for _ in range(5_000))
    assert took == MEASURE
    assert measured.receive(HERE, now, proven=False) == "network"


def test_many_networks_together_are_a_rush(now: datetime) -> None:
    measured = Door()
    held = [measured.receive(n.to_bytes(4), now, proven=False) for n in range(2_000)]
    assert held.count("") == settings.PACK.flood.process_reports
    assert held[-1] == "rush"
    assert measured.is_busy((9_999).to_bytes(4), now)
    assert not measured.is_busy(HERE, now + timedelta(minutes=10))


def test_work_buys_room_but_not_without_end(now: datetime) -> None:
    measured = Door()
    took = [measured.receive(HERE, now, proven=True) for _ in range(3 * MEASURE)]
    assert took.count("") == 2 * MEASURE


def test_a_proof_is_for_one_draft_and_half_an_hour(now: datetime) -> None:
    draft = uuid.uuid4()
    challenge = Challenge.new(draft, now)
    proof = solve(challenge)
    assert is_proven(challenge.token, proof, draft=draft, at=now)
    assert not is_proven(challenge.token, proof, draft=uuid.uuid4(), at=now)
    assert not is_proven(challenge.token, proof, draft=draft, at=now + GOOD_FOR)
    assert not is_proven(Challenge.new(draft, now).token, proof, draft=draft, at=now)


@pytest.mark.parametrize(
    "proof", ["", "0", "x.1.2.3.4.5.6.7", "-1.1.1.1.1.1.1.1", "٣.1.1.1.1.1.1.1"]
)
def test_what_is_no_proof_is_none(proof: str, now: datetime) -> None:
    draft = uuid.uuid4()
    assert not is_proven(Challenge.new(draft, now).token, proof, draft=draft, at=now)
    assert not is_proven("rubbish", "0.0.0.0.0.0.0.0", draft=draft, at=now)


def test_a_puzzle_fits_one_block_of_the_hash(now: datetime) -> None:
    seed = Challenge.new(uuid.uuid4(), now).seed
    assert len(f"{seed}.{PUZZLES - 1}.{'9' * 10}") <= 55
    assert solves(seed, 0, 1) == (
        int(sha256(f"{seed}.0.1".encode()).hexdigest(), 16) < 2 ** (256 - BITS)
    )


def test_one_draft_is_one_report_however_often_its_proof_is_sent(client: Client) -> None:
    flood()
    tell(client)
    challenge = last_page(client).context["challenge"]
    solved = {"challenge": challenge.token, "proof": solve(challenge)}
    for _ in range(3):
        say(client, "send", **solved)
    assert Report.objects.count() == 1


def test_what_a_held_reporter_reads_is_true_and_promises_no_time(client: Client) -> None:
    flood()
    tell(client)
    page = say(client, "send", follow=True)
    receipt = page.context["receipt"]
    assert "It may take longer than usual." in page.content.decode()
    client.post(reverse("receipt"), {"receipt": receipt})
    text = client.get(reverse("receipt_status")).content.decode()
    assert "It may take longer than usual." in text
    assert "at the latest" not in text


def held(at: datetime) -> actions.Submitted:
    return actions.submit(answers=make_answers(), language="en", at=at, held_because="rush")


def close(report: Report) -> None:
    actions.close_as_flood(
        reports=[report], actor=Actor.worker(), at=timezone.now(), reason="Junk of last night"
    )


def test_whoever_was_closed_with_a_flood_is_told_so_kindly(client: Client) -> None:
    sent = held(timezone.now())
    close(sent.report)
    client.post(reverse("receipt"), {"receipt": sent.receipt})
    text = client.get(reverse("receipt_status")).content.decode()
    assert "We could not read each message" in text
    assert "You did nothing wrong." in text
    # Nobody worked on it, so nobody says so.
    assert "Our work on this is done." not in text


def test_a_letter_brings_it_back_to_people(client: Client) -> None:
    sent = held(timezone.now())
    close(sent.report)
    client.post(reverse("receipt"), {"receipt": sent.receipt})
    client.post(reverse("receipt_message"), {"body": "This is real."})
    assert list(Report.objects.awaiting_triage()) == [sent.report]
    sent.report.refresh_from_db()
    assert (sent.report.state, sent.report.closed_at) == ("received", None)


def test_in_another_flood_a_letter_brings_it_back_to_the_lane(client: Client) -> None:
    sent = held(timezone.now())
    close(sent.report)
    flood()
    client.post(reverse("receipt"), {"receipt": sent.receipt})
    client.post(reverse("receipt_message"), {"body": "This is real."})
    assert list(Report.objects.held()) == [sent.report]
