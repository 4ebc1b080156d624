# SPDX-License-Identifier: Apache-2.0
"""Filled-in forms, made by the hub's own code, so that Send can be measured by itself."""

from pathlib import Path

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from benchmarks.client import ANSWERS
from hearthline.hub.reports.actions import save_draft
from hearthline.hub.reports.public.visit import VISIT, Visit, new_secret


@transaction.atomic
def fill(number: int, path: str) -> None:
    """Keep that many drafts and write a line for each: its visit and a form token."""
    lines = []
    for n in range(number):
        secret = new_secret()
        answers = {
            **ANSWERS,
            "audience": "public",
            "facts": [ANSWERS["facts"]],
            "addresses": f"https://example.org/page/{n}",
        }
        draft = save_draft(draft=None, secret=secret, answers=answers, at=timezone.now())
        response = HttpResponse()
        Visit(draft.pk, secret, draft.expires_at).keep(response)
        lines.append(f"{response.cookies[VISIT].value} {get_random_string(32)}\n")
    Path(path).write_text("".join(lines), encoding="ascii")
