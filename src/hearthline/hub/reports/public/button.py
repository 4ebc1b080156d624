# SPDX-License-Identifier: Apache-2.0
"""A report button that schools and sites copy into their own pages.

It is a plain link with its picture drawn in the page, so nothing is asked of us before a child
presses it, and then we learn neither the page nor the site. For the same reason it carries no
code that says which site it stands on: few press, and a school's code would name the school.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public


@public
@require_safe
def button(request: HttpRequest) -> HttpResponse:
    """What to copy, in every language, and how it looks."""
    snippets = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            snippets.append({"code": code, "name": name, "html": snippet(code)})
    style = render_to_string("reports/button.css").strip()
    return render(request, "reports/button_page.html", {"snippets": snippets, "style": style})


def snippet(language: str) -> str:
    """The HTML of one language; the button's words are in the active language."""
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    context = {
        "address": settings.PUBLIC_URL.rstrip("/") + _front(), "code": language,
        "direction": direction,
    }  # fmt: skip
    return render_to_string("reports/button_snippet.html", context).strip()


def _front() -> str:
    return reverse("home")
