# SPDX-License-Identifier: Apache-2.0
"""The page that stands where something is blocked: one page, whatever was asked for.

It says that something is blocked, under which law, how to appeal and who helps. It never learns or
says what: a proxy of ours answers for every blocked host with this page (docs/stop-page.md). Of
who saw it only a count per day is kept. Source: RFC 7725 (451, and the `blocked-by` relation).
"""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.appeals import actions
from hearthline.hub.directory.hours import in_words
from hearthline.hub.directory.models import helplines_for

LINES_SHOWN: Final = 2
KEPT_FOR: Final = timedelta(minutes=1)


class Shown:
    """How often this process showed the page since it last wrote it down. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: dict[date, int] = {}
        self._since: datetime | None = None

    def note(self, at: datetime) -> dict[date, int]:
        """Count one; by day, what is to be written down now: once a minute, and nothing between."""
        with self._lock:
            day = timezone.localdate(at)
            self._days[day] = self._days.get(day, 0) + 1
            self._since = self._since or at
            if at - self._since < KEPT_FOR:
                return {}
            due, self._days, self._since = self._days, {}, at
            return due

    def forget(self) -> None:
        """Begin anew."""
        self._days, self._since = {}, None


@dataclass(frozen=True)
class _Page:
    until: datetime
    content: bytes


shown = Shown()
# The page in each language, as long as it is fresh: it is the same for everybody.
_pages: dict[str, _Page] = {}


@public
@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """The stop page, in the browser's language or the one chosen by `?language=`."""
    at = timezone.now()
    if request.method == "GET" and (due := shown.note(at)):
        actions.count_shown(days=due)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    page = _pages.get(language)
    if page is None or page.until <= at:
        with translation.override(language):
            page = _Page(at + KEPT_FOR, _content(request, language, at))
        _pages[language] = page
    response = HttpResponse(page.content, status=451)
    response["Link"] = f'<{settings.PUBLIC_URL}>; rel="blocked-by"'
    response["Content-Language"] = language
    # Django writes a line for every answer above 400, once: for this one never, as the line would
    # say when somebody was here.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def forget_pages() -> None:
    """Make each page anew when it is next asked for."""
    _pages.clear()


def _content(request: HttpRequest, language: str, at: datetime) -> bytes:
    lines = helplines_for(language=language, child=True, at=at)
    # Lines for children alone first, as the young reader needs them.
    young = sorted(lines, key=lambda line: not line.under_age_only)[:LINES_SHOWN]
    context = {
        "young": [{"line": line, "hours": in_words(line.hours)} for line in young],
        "worried": [
            {"line": line, "hours": in_words(line.hours)} for line in settings.PACK.prevention
        ],
        "bases": [basis for basis in settings.PACK.legal_bases if basis.allows_blocking],
        "chosen": language,
    }
    return render(request, "appeals/stopped.html", context).content
