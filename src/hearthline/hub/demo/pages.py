# SPDX-License-Identifier: Apache-2.0
"""The demonstration's own pages: sign-ins, the mail that was sent, the host's pages."""

from email.message import Message
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import DEMO_SESSION, public
from hearthline.hub.accounts.models import User
from hearthline.hub.demo.cast import CAST
from hearthline.hub.demo.host import Pages
from hearthline.hub.demo.sink import Inbox

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
def demo(request: HttpRequest) -> HttpResponse:
    """Who can sign in with one click, and where everything is."""
    groups = [("desk", settings.DESK_URL), ("partners", settings.PARTNERS_URL)]
    doors = [(url, door, [p for p in CAST if p.door == door]) for door, url in groups]
    return _page(request, "demo/home.html", {"doors": doors})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    base = "ui/public.html" if settings.DOOR == "public" else "ui/desk.html"
    return render(request, template, {"base": base, **context})


@public
@require_POST
def sign_in(request: HttpRequest, who: str) -> HttpResponse:
    """One click in place of password and second factor. This route exists in the demo only."""
    person = next((p for p in CAST if p.key == who and p.door == settings.DOOR), None)
    if person is None:
        raise Http404
    login(request, get_object_or_404(User, email=person.email), backend=BACKEND)
    request.session[DEMO_SESSION] = True
    return redirect(person.first_page)


@public
def inbox(request: HttpRequest) -> HttpResponse:
    """Every letter the software has sent, newest first."""
    return _page(request, "demo/inbox.html", {"letters": Inbox(settings.DEMO_INBOX).letters()})


@public
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter, part by part, as text."""
    try:
        received = Inbox(settings.DEMO_INBOX).read(name)
    except FileNotFoundError:
        raise Http404 from None
    parts = [
        {"type": part.get_content_type(), "name": part.get_filename() or "", "text": _text(part)}
        for part in received.message.walk()
        if not part.is_multipart()
    ]
    return _page(request, "demo/letter.html", {"letter": received, "parts": parts})


def _text(part: Message) -> str:
    """A part as text; a sealed package only as its size."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload())
    if part.get_content_type() == "application/octet-stream":
        return _("%(count)s sealed bytes") % {"count": len(content)}
    return content.decode("utf-8", "replace")


@public
def host_pages(request: HttpRequest) -> HttpResponse:
    """The host's pages; a POST takes one down or puts it up."""
    pages = Pages(settings.HOME / "host")
    if request.method == "POST":
        name = request.POST.get("name", "")
        try:
            (pages.take_down if pages.has(name) else pages.put_up)(name)
        except ValueError:
            raise Http404 from None
        return redirect("demo_pages")
    known = sorted({*pages.names(), *(f"page-{n}" for n in range(1, 7))})
    rows = [{"name": name, "up": pages.has(name)} for name in known]
    host, address = next(iter(settings.PROBE_HOSTS.items()), ("harbour-host.test", "127.0.0.1:80"))
    port = address.rpartition(":")[2]
    return _page(request, "demo/pages.html", {"rows": rows, "address": f"http://{host}:{port}/"})
