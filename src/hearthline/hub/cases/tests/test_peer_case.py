# SPDX-License-Identifier: Apache-2.0
"""A child of thirteen tells us that a peer shared a picture: each page, from form to closing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.sweeps import shred_old_exhibits
from hearthline.hub.cases.tests.make import make_finding
from hearthline.hub.evidence.tests.make import make_capture
from hearthline.hub.reports.actions import end_retention
from hearthline.hub.reports.models import Report, Step

pytestmark = pytest.mark.django_db
PLACE = "https://chatter.example.org/group/blue"
# What no child of such a case is to read anywhere.
NEVER = ("against the law", "crime", "illegal", "offence", "victim", "incident", "submit")
PEERS = {"outcome": "national", "incident_type": "ncii_peer", "peer": True}


def read(answer) -> str:
    """The page's main part, without what every page carries."""
    text = answer.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert not [word for word in NEVER if word in main.lower()]
    return main


def told(browser: Client, kind: str = "ncii_peer") -> str:
    """Walk the form, reading each page; the receipt."""
    first = read(browser.get(reverse("report_start", args=["child"])))
    assert "It is not your fault. You are not in trouble." in first
    browser.post(reverse("report_start", args=["child"]), {"kind": kind})
    where = read(browser.get(reverse("report_step", args=["where"])))
    assert "It is not your fault." in where
    assert "Did somebody your age do it? Then we help first." in where
    assert "Please never send us pictures or videos." in where
    browser.post(reverse("report_step", args=["where"]), {"addresses": PLACE})
    browser.post(reverse("report_step", args=["now"]), {})
    assert "Please never send us" in read(browser.get(reverse("report_step", args=["words"])))
    browser.post(reverse("report_step", args=["words"]), {"words": "It went round a group."})
    browser.post(reverse("report_step", args=["child"]), {"age_band": "13_15", "sex": "unknown"})
    browser.post(reverse("report_step", args=["contact"]), {"safe_contact": "receipt"})
    assert (
        "We do not tell your parents."
        in browser.get(reverse("report_step", args=["send"])).content.decode()
    )
    page = browser.post(reverse("report_step", args=["send"]), follow=True)
    sent = read(page)
    for line in (
        "We never report you to the police.",
        "We do not ask to see any picture.",
        "Ask people not to pass it on.",
        "Take It Down",
        "Nobody has to see the picture",
        "No account needed",
    ):
        assert line in sent
    assert "police, within" not in sent
    # Its own way in asks for an account, and it serves another country.
    assert "Report Remove" not in sent
    # For pictures of adults.
    assert "StopNCII" not in sent
    return str(page.context["receipt"])


def status(receipt: str) -> str:
    browser = Client()
    browser.post(reverse("receipt"), {"receipt": receipt})
    return read(browser.get(reverse("receipt_status")))


@pytest.fixture
def at():
    """The public pages keep their own clock."""
    return timezone.now() + timedelta(minutes=1)


def test_from_the_form_to_the_end(client, ana, ben, at):
    receipt = told(client)
    (case,) = actions.pull(at=at)
    assert case.track == Case.Track.CHILD_FIRST

    actions.claim(case=case, by=ana, at=at)
    actions.assess(case=case, finding=make_finding(**PEERS), by=ana, at=at)
    actions.confirm(case=case, agrees=True, by=ben, at=at)
    page = status(receipt)
    assert "Two people looked at it." in page
    assert "You did nothing wrong. We are working to have it taken down." in page
    assert "There is help for you." in page
    assert "We told the police." not in page

    # The host may hear at once; nobody else does by itself.
    assert case in Case.objects.cleared_for_notice(at)
    actions.tell_reporters(case=case, step=Step.Code.REMOVED, at=at)
    actions.conclude(case=case, because="removed", at=at, actor=ana.actor)
    page = status(receipt)
    assert "It has been taken down." in page
    assert "Our work on this is done." in page
    steps = set(Report.objects.get().steps.values_list("code", flat=True))
    assert Step.Code.POLICE_TOLD not in steps


def test_not_illegal_is_told_as_kindly(client, ana, ben, at):
    receipt = told(client)
    (case,) = actions.pull(at=at)
    actions.claim(case=case, by=ana, at=at)
    found = make_finding(**{**PEERS, "outcome": "harmful", "legal_basis": ""})
    actions.assess(case=case, finding=found, by=ana, at=at)
    actions.confirm(case=case, agrees=True, by=ben, at=at)
    page = status(receipt)
    assert "you were right to tell us" in page
    assert "There is help for you." in page
    assert Case.objects.get().state == Case.State.CLOSED


def test_everything_of_it_is_kept_for_less_long(client, ana, ben, at):
    told(client)
    (case,) = actions.pull(at=at)
    actions.claim(case=case, by=ana, at=at)
    actions.seal_exhibit(
        case=case, capture=make_capture(), captured_at=at, time_source="analyst", by=ana, at=at
    )
    found = make_finding(**{**PEERS, "outcome": "harmful", "legal_basis": ""})
    actions.assess(case=case, finding=found, by=ana, at=at)
    actions.confirm(case=case, agrees=True, by=ben, at=at)
    policy = settings.PACK.retention
    assert policy.child_first_evidence_days < policy.evidence_days
    report = Report.objects.get()
    assert report.retain_until == at + timedelta(days=policy.child_first_days)
    end_retention(report=report, at=report.retain_until)
    sooner = timedelta(days=policy.child_first_evidence_days, seconds=1)
    assert shred_old_exhibits(holder="worker", at=at + sooner - timedelta(days=1)) == 0
    assert shred_old_exhibits(holder="worker", at=at + sooner) == 1
    assert list(Case.objects.last_past_retention(
        at + timedelta(days=policy.child_first_case_days), policy
    )) == [Case.objects.get()]  # fmt: skip


def test_what_is_read_and_done_stands_in_the_log(client, ana, ben, at):
    told(client)
    (case,) = actions.pull(at=at)
    actions.claim(case=case, by=ana, at=at)
    actions.assess(case=case, finding=make_finding(**PEERS), by=ana, at=at)
    actions.confirm(case=case, agrees=True, by=ben, at=at)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"reports.submit", "cases.assess", "cases.confirm"} <= verbs
    assert "referrals.prepare" not in verbs


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("self_generated", "This happens to many young people."),
        ("extortion_sexual", "Do not pay. Do not send more pictures."),
        ("extortion_money", "Stop answering them. Block them if you can."),
        ("synthetic", "A fake picture can hurt like a real one."),
    ],
)
def test_each_kind_about_a_picture_has_its_first_words(kind, line, client):
    client.post(reverse("report_start", args=["child"]), {"kind": kind})
    page = read(client.get(reverse("report_step", args=["where"])))
    assert line in page
    assert "not your fault" in page or "not in trouble" in page


def test_grown_ups_and_other_kinds_are_not_spoken_to_like_this(client):
    client.post(reverse("report_start", args=["public"]), {"kind": "extortion_money"})
    page = client.get(reverse("report_step", args=["where"])).content.decode()
    assert "first-words" not in page
    client.post(reverse("report_start", args=["child"]), {"kind": "cyberbullying"})
    page = client.get(reverse("report_step", args=["where"])).content.decode()
    assert "first-words" not in page
