# SPDX-License-Identifier: Apache-2.0
"""The living style page: every component in every state, for whoever writes the next page."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.ui.charts import bars
from hearthline.hub.ui.forms import SampleForm

CHIPS = [
    {"tone": "danger", "code": "U0", "label": _("Danger now"), "reason": _("Said: not safe now.")},
    {"tone": "warn", "code": "U1", "label": _("Happening now"), "reason": _("A threat runs.")},
    {"tone": "calm", "code": "U2", "label": _("Child may be identified")},
    {"tone": "plain", "code": "U3", "label": _("Content to remove")},
    {"tone": "ok", "label": _("Gone")},
]

NOTICES = [
    {"tone": "calm", "title": _("Good to know"), "text": _("You can stop at any time.")},
    {"tone": "warn", "title": _("Please look"), "text": _("The host has not answered yet.")},
    {"tone": "danger", "title": _("Life in danger"), "text": _("Call emergency services first.")},
    {"tone": "ok", "title": _("Done"), "text": _("The page is gone.")},
]

ROWS = [
    ("danger", "U0", _("Danger now"), "https://chat.example.org/room/7", 1, 12, 15),
    ("warn", "U1", _("Happening now"), "https://harbour-host.test/p/a1b2", 3, 70, 60),
    ("calm", "U2", _("Child may be identified"), "https://lantern.test/v/9931", 1, 95, 720),
    ("plain", "U3", _("Content to remove"), "https://img.example.org/gallery?id=4", 12, 400, 1440),
    ("plain", "U4", _("Advice"), "https://forum.example.org/t/55", 1, 700, 4320),
]

ICONS = [
    "back", "clock", "forward", "image", "key", "lock", "message", "people", "phone", "print",
    "question", "screen", "threat", "work", "young",
]  # fmt: skip

HELPLINES = [
    {"name": _("Children's line"), "number": "555-0111", "hours": "24/7", "free": True,
     "under_age_only": True, "website": "https://childrensline.example.org/"},
    {"name": _("Family support"), "number": "555-0122", "hours": "Mo-Fr 08:00-20:00"},
]  # fmt: skip

# The same lines in three scripts, to judge type and direction by eye.
SPECIMENS = [
    ("en", "ltr", "Are you safe right now?", "Tell us what happened. You are not in trouble."),
    ("zh-hans", "ltr", "你现在安全吗?", "告诉我们发生了什么。这不是你的错。"),
    ("ar", "rtl", "هل أنت بأمان الآن؟", "أخبرنا بما حدث. لست في ورطة."),
]


def queue_rows() -> list[dict[str, Any]]:
    """Rows as the queue would show them, received some minutes ago and due after some."""
    now = timezone.now()
    return [
        {
            "tone": tone,
            "code": code,
            "label": label,
            "subject": subject,
            "reports": reports,
            "received_at": now - timedelta(minutes=age),
            "due_at": now + timedelta(minutes=allowed - age),
        }
        for tone, code, label, subject, reports, age, allowed in ROWS
    ]


def timeline() -> list[dict[str, Any]]:
    """A story of a report, half told."""
    now = timezone.now()
    return [
        {"title": _("You told us"), "state": "done", "at": now - timedelta(hours=5)},
        {"title": _("A person read it"), "state": "done", "at": now - timedelta(hours=4)},
        {
            "title": _("We are working on it"),
            "state": "current",
            "text": _("We asked the site to take the page down."),
        },
        {"title": _("You hear how it ended"), "state": "todo"},
    ]


def style(request: HttpRequest) -> HttpResponse:
    """Show the face to those who build with it."""
    wrong = SampleForm({"where": "", "address": "", "level": "U1"}, prefix="wrong")
    wrong.is_valid()
    return render(
        request,
        "ui/style.html",
        {
            "chips": CHIPS,
            "notices": NOTICES,
            "rows": queue_rows(),
            "heads": [
                {"label": _("Urgency"), "url": "?sort=urgency", "sorted": "descending"},
                {"label": _("Subject")},
                {"label": _("Reports"), "number": True},
                {"label": _("Waiting for"), "url": "?sort=age"},
                {"label": _("First look")},
            ],
            "steps": timeline(),
            "form": SampleForm(prefix="new"),
            "wrong": wrong,
            "helplines": HELPLINES,
            "emergency_unknown": {"known": False},
            "receipt": "4071882300596314",
            "bars": bars([(_("Removed"), 1284), (_("Waiting"), 312), (_("Contested"), None)]),
            "page": Paginator(range(90), 40).get_page(2),
            "icons": [f"{name}.svg" for name in ICONS],
            "pairs": [(_("Received"), _("by the public form")), (_("Contact"), "")],
            "letter_at": timezone.now() - timedelta(hours=2),
            "specimens": SPECIMENS,
        },
    )
