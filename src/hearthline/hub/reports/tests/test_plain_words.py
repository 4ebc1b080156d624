# SPDX-License-Identifier: Apache-2.0
"""Every page a child meets, read as a ten-year-old reads it: short sentences, everyday words."""

import re
from html.parser import HTMLParser
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.directory.removal import removal_for
from hearthline.hub.reports.first_words import FIRST_WORDS
from hearthline.hub.reports.tests.make import begin, say, send, tell
from hearthline.kit import codelists

pytestmark = pytest.mark.django_db
LONGEST: Final = 12
# Words of the field, of offices and of the law, which a child need not know.
HARD: Final = frozenset(
    {
        "incident", "incidents", "victim", "victims", "submit", "submitted", "sexual", "abuse",
        "csam", "grooming", "extortion", "perpetrator", "offender", "confidential",
        "confidentiality",
        "anonymous", "retention", "assessment", "triage", "referral", "notice", "jurisdiction",
        "legislation", "pursuant", "illegal", "criminal", "authority", "authorities",
        "verification",
        "authenticate", "browser", "cookie", "cookies", "session", "encrypted", "encryption",
    }
)  # fmt: skip
BREAKS: Final = frozenset(
    {
        "p", "li", "h1", "h2", "h3", "dt", "dd", "div", "section", "article", "label", "legend",
        "button", "a", "summary", "td", "tr", "br", "span", "strong", "ul",
    }
)  # fmt: skip


class Visible(HTMLParser):
    """The words of the main part and of the head of a page, a piece for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = [""]
        self.inside = False
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "main" or ("class", "dusk") in attrs
        self.unseen += tag in {"svg", "textarea", "noscript", "script", "bdi", "time"}
        if tag in BREAKS:
            self.pieces.append("")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in {"svg", "textarea", "noscript", "script", "bdi", "time"}
        if tag in BREAKS:
            self.pieces.append("")
        self.inside &= tag != "main"

    def handle_data(self, data: str) -> None:
        if self.inside and not self.unseen:
            self.pieces[-1] += data


def sentences(html: str) -> list[str]:
    """What stands on a page, sentence by sentence."""
    reader = Visible()
    reader.feed(html)
    whole = [" ".join(piece.split()) for piece in reader.pieces]
    return [part for piece in whole for part in re.split(r"(?<=[.!?:])\s+", piece) if part]


def hard_to_read(said: list[str]) -> list[str]:
    return [
        one
        for one in said
        if len(one.split()) > LONGEST or HARD.intersection(re.findall(r"[a-z]+", one.lower()))
    ]


def read(answer: object) -> list[str]:
    said = sentences(answer.content.decode())  # type: ignore[attr-defined]
    assert len(said) > 3
    return hard_to_read(said)


def test_what_is_hard_is_found() -> None:
    long = "<main><p>" + "word " * 13 + ".</p><p>A victim.</p><p>Fine.</p></main>"
    assert len(hard_to_read(sentences(long))) == 2


def test_before_anything_is_told(client: Client) -> None:
    pages = ["home", "help", "report_go_on", "receipt"]
    found = {name: read(client.get(reverse(name))) for name in pages}
    found["first question"] = read(client.get(reverse("report_start", args=["child"])))
    found["over"] = read(client.get(reverse("report_step", args=["words"])))
    found["receipt over"] = read(client.get(reverse("report_sent")))
    found["nothing found"] = read(
        client.post(reverse("report_go_on"), {"number": "1234 5678 9012 3456"})
    )
    assert {name: hard for name, hard in found.items() if hard} == {}


def test_every_question(client: Client) -> None:
    begin(client)
    steps = ("what", "where", "now", "words", "child", "contact", "send")
    found = {step: read(client.get(reverse("report_step", args=[step]))) for step in steps}
    found["danger"] = read(say(client, "now", follow=True, facts=["danger_now"]))
    found["keep"] = read(client.get(reverse("report_keep", args=["words"])))
    found["kept"] = read(client.post(reverse("report_keep", args=["words"])))
    assert {name: hard for name, hard in found.items() if hard} == {}


def test_after_sending_and_coming_back(client: Client) -> None:
    tell(client)
    receipt = send(client)
    found = {"sent": read(client.get(reverse("report_sent")))}
    client.post(reverse("receipt"), {"receipt": receipt})
    found["status"] = read(client.get(reverse("receipt_status")))
    found["withdraw"] = read(client.get(reverse("receipt_withdraw")))
    found["withdrawn"] = read(client.post(reverse("receipt_withdraw"), follow=True))
    assert {name: hard for name, hard in found.items() if hard} == {}


def test_the_first_words_about_each_kind() -> None:
    for kind, words in FIRST_WORDS.items():
        said = [str(line) for part in words[1:] for line in part] + [str(words.title)]
        assert not hard_to_read([part for line in said for part in re.split(r"(?<=[.!?])\s", line)])
        assert codelists.find(codelists.incident_types(), kind).shown_to_children


def test_what_removal_services_do() -> None:
    for one in (*removal_for("under_18", child=True), *removal_for("adult", child=True)):
        assert not hard_to_read(re.split(r"(?<=[.!?])\s", one.text))


def test_are_you_safe_means_the_same_everywhere(client: Client) -> None:
    """The same question with the same number, wherever it stands."""
    asked = []
    for name in ("home", "help"):
        page = client.get(reverse(name)).content.decode()
        (found,) = re.findall(r'<section class="emergency".*?</section>', page, re.S)
        asked.append(found)
    assert asked[0] == asked[1]
    assert "Are you safe right now?" in asked[0]
    assert "If you are in danger, call now." in asked[0]
