# SPDX-License-Identifier: Apache-2.0
"""The last hand a response passes: nothing is kept by the browser, no file ever comes in."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Every power a page could ask the browser for, closed (W3C Permissions Policy, section 5).
POWERS = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get",
    "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
CLOSED = ", ".join(f"{power}=()" for power in POWERS)
# The few pages on which staff use a passkey open those two powers to themselves; see `close`.
PASSKEYS = CLOSED.replace("publickey-credentials-create=()", "publickey-credentials-create=(self)")
PASSKEYS = PASSKEYS.replace("publickey-credentials-get=()", "publickey-credentials-get=(self)")

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
# A part that names a file (RFC 7578, section 4.2). Our own pages never send multipart bodies,
# so a text that merely looks like this header costs nobody anything.
PART_HEADER = b"content-disposition:"
FILE_NAME = re.compile(rb";filename\*?\s*=")
_GAP = re.compile(rb";\s+")


class PrivacyMiddleware:
    """Closes each response and turns away every body that is not a plain form.

    It stands innermost, so it decides before anything has read the body: on the public door by
    the content type alone, elsewhere by looking for a part that names a file.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if carries_a_file(request):
            response = render(request, "ui/no_files.html", status=415)
        else:
            response = self.get_response(request)
        return close(response)


def carries_a_file(request: HttpRequest) -> bool:
    """True when the body is, or may be, a file. On the public door no byte of it is read."""
    kind = request.content_type
    if request.method in {"GET", "HEAD", "OPTIONS"} or kind == FORM:
        return False
    if settings.DOOR == "public":
        # An empty body without a type is a button press by an old browser.
        return bool(kind) or request.headers.get("Content-Length", "0") not in {"", "0"}
    return kind == MULTIPART and names_a_file(request.body)


def names_a_file(body: bytes) -> bool:
    """True when a part's header gives a file name. Each byte is looked at a few times at most.

    One expression for all of it would look at a line once for every time the header stands in it,
    and a body made for that would keep a server busy for minutes.
    """
    for line in re.split(rb"[\r\n]", _GAP.sub(b";", body.lower())):
        _before, header, after = line.partition(PART_HEADER)
        if header and FILE_NAME.search(after):
            return True
    return False


def close(response: HttpResponse) -> HttpResponse:
    """Sets the headers that keep a page out of caches, other sites and device features.

    A view that needs a power says so itself beforehand, as the passkey pages do.
    """
    if response.get("Content-Type", "").startswith("text/html"):
        response["Cache-Control"] = "no-store"
    response.headers.setdefault("Permissions-Policy", CLOSED)
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # "no-referrer" would make browsers send "Origin: null" with our own forms (Fetch standard,
    # "append a request Origin header") and Django would refuse each of them.
    response["Referrer-Policy"] = "same-origin"
    return response
