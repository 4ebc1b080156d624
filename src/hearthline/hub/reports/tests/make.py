# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests. Everything told is invented, on example.org."""

from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from hearthline.hub.reports.actions import Answers, Submitted, submit

ADDRESS = "https://chatter.example.org/u/kite_99"
STORY = "They say they will show it to my class on Friday."
# The first bytes of a picture as base64, with nothing to see in them.
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5E"
)


def make_answers(**told: Any) -> Answers:
    """What a child told; `told` replaces answers."""
    whole: dict[str, Any] = {
        "audience": "child",
        "kind": "extortion_money",
        "addresses": ADDRESS,
        "facts": ["threat_deadline"],
        "words": STORY,
        "age_band": "13_15",
        "sex": "female",
    }
    return Answers(**(whole | told))


def make_report(*, at: datetime, **told: Any) -> Submitted:
    """A report that was received, with its receipt."""
    return submit(answers=make_answers(**told), language="en", at=at)


def say(browser: Client, step: str, follow: bool = False, **answers: Any) -> Any:
    """Answer one step of the form."""
    return browser.post(reverse("report_step", args=[step]), answers, follow=follow)


def begin(browser: Client, audience: str = "child", **answers: Any) -> Any:
    """Answer the first question."""
    answers = answers or {"kind": "extortion_money"}
    return browser.post(reverse("report_start", args=[audience]), answers)


def tell(browser: Client, audience: str = "child") -> None:
    """Everything up to the last page, not sent yet."""
    begin(browser, audience)
    say(browser, "where", addresses=ADDRESS, service="Chatter", account="@kite_99")
    say(browser, "now", facts=["threat_deadline"])
    say(browser, "words", words=STORY)
    say(browser, "child", age_band="13_15", sex="female")
    say(browser, "contact", safe_contact="email", contact="kim@example.org", code_word="blue kite")


def send(browser: Client) -> str:
    """Send, and read the receipt from the page."""
    page = say(browser, "send", follow=True)
    return str(page.context["receipt"])


def many(count: int, start: int = 0) -> str:
    """That many addresses, a line each."""
    return "\n".join(f"https://chatter.example.org/u/{n}" for n in range(start, start + count))
