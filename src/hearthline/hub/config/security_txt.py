# SPDX-License-Identifier: Apache-2.0
"""Where to report a weakness of this service: `/.well-known/security.txt` (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.config.readiness import deployed_at

PLACE = ".well-known/security.txt"


@public
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The page, where HEARTHLINE_SECURITY_CONTACT names somebody; else there is none.

    It is to be believed for some days after the last `hearthline setup` (section 2.5.5: less than
    a year), so a service nobody looks after does not promise to listen.
    """
    since = deployed_at()
    if not settings.SECURITY_CONTACTS or since is None:
        raise Http404
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACTS),
        f"Expires: {until(since):%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.PUBLIC_URL.rstrip('/')}/{PLACE}",
    ]
    return HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")


def until(since: datetime) -> datetime:
    return since.astimezone(UTC) + timedelta(days=settings.SECURITY_DAYS)


urlpatterns = [path(PLACE, security_txt, name="security_txt")]
