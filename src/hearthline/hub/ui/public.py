# SPDX-License-Identifier: Apache-2.0
"""Views anybody may open: leave at once, change the language, start a form again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: forget this visit and go to the country's harmless page.

    Works by link, by form and by the Escape key. It takes no token, because the only thing a
    stranger could make it do is to forget.
    """
    response = HttpResponseRedirect(settings.PACK.quick_exit.url)
    # Cookies of neighbouring sites come along too, and some have names that cannot be written
    # back; they are not ours to forget, and must not keep anybody here.
    for name in request.COOKIES:
        if name.startswith("hearthline_") and name.isascii() and name.isidentifier():
            response.delete_cookie(name, samesite="Strict")
    # Cookies of the form and of the receipt are sent to their own paths only.
    for name, path in (("visit", "/report/"), ("receipt", "/receipt/")):
        response.delete_cookie(f"hearthline_public_{name}", path=path, samesite="Strict")
    # Not "cache": pages are never stored, and clearing it makes some browsers wait for seconds.
    response["Clear-Site-Data"] = '"cookies", "storage"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language until the browser closes and go back to the same page."""
    way_back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(way_back, allowed_hosts=None):
        way_back = "/"
    response = HttpResponseRedirect(way_back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Strict",
        )
    return response


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form whose token is old or missing (`CSRF_FAILURE_VIEW`).

    `reason` is Django's technical sentence; it helps nobody who reads the page and is not shown.
    """
    return render(request, "ui/form_expired.html", {"way_back": request.path}, status=403)
