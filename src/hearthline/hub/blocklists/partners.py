# SPDX-License-Identifier: Apache-2.0
"""The networks' own door: fetch a version, say that it is in use, tell what a test saw.

A program with its network's key, no session and no page; refusals are problems (RFC 9457). Who
looked up which prefix is kept nowhere.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
)
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from hearthline.hub.accounts.doors import by_key
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.actions.publishing import (
    HASH_SCOPES,
    HASHES,
    MANIFEST,
    PREFIXES,
    ZONE,
    place,
)
from hearthline.hub.blocklists.models import Subscriber, Version
from hearthline.hub.reports.api_pace import Pace
from hearthline.hub.reports.api_problems import Problem
from hearthline.kit.formats.canonical import read_json
from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.urls.prefix_messages import MOST_SEARCHED, Coding, delta, search
from hearthline.kit.urls.prefixes import Prefixes, PrefixList, from_bytes, version_of

KINDS: Final = {
    MANIFEST: "application/json",
    ZONE: "text/dns",
    PREFIXES: "application/octet-stream",
}
BODY_BYTES: Final = 4 * 1024
# How long a reader may keep an answer: what is lifted must be free soon.
CACHE_SECONDS: Final = 300

View = Callable[..., HttpResponse]
pace = Pace()
_PREFIX = re.compile(r"[0-9a-f]{8}")


def subscribed(*methods: str) -> Callable[[View], View]:
    """Open to a network whose key is in force; the view gets it as `subscriber`."""

    def mark(view: View) -> View:
        @csrf_exempt
        @by_key
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
                shown = text.strip() if scheme.lower() == "bearer" else ""
                subscriber = actions.recognise(text=shown)
                if request.method not in methods:
                    raise Problem(405, "method", headers={"Allow": ", ".join(methods)})
                wait = pace.wait(subscriber.pk, timezone.now())
                if wait:
                    raise Problem(429, "too_often", headers={"Retry-After": str(wait)})
                response = view(request, *args, subscriber=subscriber, **kwargs)
            except actions.KeyRefused:
                bearer = {"WWW-Authenticate": "Bearer"}
                response = Problem(401, "key_refused", headers=bearer).response()
            except Problem as problem:
                response = problem.response()
            if "Cache-Control" not in response:
                response["Cache-Control"] = "no-store"
            return response

        return door

    return mark


@subscribed("GET", "HEAD")
def status(request: HttpRequest, *, subscriber: Subscriber) -> HttpResponse:
    """The newest version, what it is checked with, and how to test."""
    newest, canary = Version.objects.newest(), settings.PACK.blocking.canary
    return JsonResponse(
        {
            "newest": newest.serial if newest else 0,
            "files": sorted(KINDS),
            "public_keys": settings.BLOCKLIST_PUBLIC_KEY.split(),
            "canary": {"blocked": canary, "free": f"{subscriber.canary}.{canary}"},
        }
    )


@subscribed("GET", "HEAD")
def output(request: HttpRequest, serial: int, name: str, *, subscriber: Subscriber) -> HttpResponse:
    """One file of one version. Its ETag is the SHA-256 that the manifest names."""
    version = Version.objects.filter(serial=serial).first()
    if version is None or name not in KINDS:
        raise Problem(404, "not_found")
    etag = f'"{_sha256(version, name)}"'
    if etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif name == MANIFEST:
        response = HttpResponse(version.manifest.encode(), content_type=KINDS[name])
    else:
        try:
            file = (place(serial) / name).open("rb")
        except FileNotFoundError:
            raise Problem(410 if _is_old(serial) else 404, "not_kept") from None
        response = FileResponse(file, content_type=KINDS[name])  # type: ignore[assignment]
        del response["Content-Disposition"]
    response["ETag"] = etag
    # A version never changes; whoever holds it need not ask again.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@subscribed("GET", "HEAD")
def prefixes(request: HttpRequest, *, subscriber: Subscriber) -> HttpResponse:
    """The prefix list, or what changed since the version a reader holds (`version`, base64)."""
    newest = _newest()
    try:
        coding = Coding(request.GET.get("coding", Coding.RICE))
    except ValueError:
        raise Problem(422, "shape", errors=[("coding", "unknown")]) from None
    held = _held(request.GET.get("version", ""))
    token = b64encode(held.version).decode() if held else ""
    return _cached(difference(str(place(newest)), newest, token, coding))


@subscribed("GET", "HEAD")
def hashes(request: HttpRequest, *, subscriber: Subscriber) -> HttpResponse:
    """The full hashes behind some prefixes (`prefix`, eight hexadecimal digits, repeated)."""
    asked = request.GET.getlist("prefix")
    if not 0 < len(asked) <= MOST_SEARCHED or not all(map(_PREFIX.fullmatch, asked)):
        raise Problem(422, "shape", errors=[("prefix", "1 to 1000 times eight digits")])
    newest = _newest()
    found = _published(str(place(newest)), newest)
    wanted = [bytes.fromhex(prefix) for prefix in asked]
    return _cached(search(found, wanted, cache_seconds=CACHE_SECONDS))


@subscribed("POST")
def acknowledge(request: HttpRequest, serial: int, *, subscriber: Subscriber) -> HttpResponse:
    """The network works with this version."""
    try:
        made = actions.acknowledge(subscriber=subscriber, serial=serial, at=timezone.now())
    except actions.VersionUnknown:
        raise Problem(404, "not_found") from None
    return JsonResponse({"serial": serial, "acknowledged_at": made.at.isoformat()})


@subscribed("POST")
def test(request: HttpRequest, *, subscriber: Subscriber) -> HttpResponse:
    """What the network saw when it tried its canaries."""
    told = _told(request)
    try:
        made = actions.note_test(subscriber=subscriber, **told, at=timezone.now())
    except actions.VersionUnknown:
        raise Problem(422, "shape", errors=[("serial", "unknown")]) from None
    except actions.TestRefused:
        raise Problem(422, "shape", errors=[("tested_on", "in the future")]) from None
    return JsonResponse({"result": made.result}, status=201)


def _told(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Problem(415, "media_type")
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > BODY_BYTES:
        raise Problem(413, "body_too_large")
    try:
        body = read_json(request.read(BODY_BYTES))
    except FormatRefused:
        raise Problem(400, "unreadable") from None
    if not isinstance(body, dict) or len(body) != 4:
        raise Problem(422, "shape")
    match body:
        case {
            "serial": int(serial),
            "tested_on": str(day),
            "blocked": bool(blocked),
            "free": bool(free),
        } if not isinstance(serial, bool):
            pass
        case _:
            raise Problem(422, "shape")
    try:
        tested_on = date.fromisoformat(day)
    except ValueError:
        raise Problem(422, "shape", errors=[("tested_on", "not a day")]) from None
    return {"serial": serial, "tested_on": tested_on, "blocked": blocked, "free": free}


def _sha256(version: Version, name: str) -> str:
    body = json.loads(version.manifest)
    if name == MANIFEST:
        return str(body["signature"]).replace('"', "")
    return str(body["outputs"][name]["sha256"])


def _is_old(serial: int) -> bool:
    newest = Version.objects.newest()
    return newest is not None and serial < newest.serial


def _newest() -> int:
    """The newest version whose files are all there: the manifest is written last."""
    for serial in Version.objects.order_by("-serial").values_list("serial", flat=True)[:3]:
        if (place(serial) / MANIFEST).exists():
            return int(serial)
    raise Problem(404, "not_found")


def _held(token: str) -> Prefixes | None:
    """The list behind a reader's token, if it is one of ours and still kept."""
    try:
        version = b64decode(token, validate=True)
    except ValueError:
        raise Problem(422, "shape", errors=[("version", "not base64")]) from None
    if len(version) < 8:
        return None
    serial = int.from_bytes(version[:8], "big")
    try:
        values = from_bytes((place(serial) / PREFIXES).read_bytes())
    except (OSError, OverflowError):
        return None
    return Prefixes(values, version) if version_of(serial, values) == version else None


@lru_cache(maxsize=8)
def difference(folder: str, newest: int, token: str, coding: Coding) -> bytes:
    """What leads from a reader's version to the newest, worked out once for all who ask.

    A million prefixes take more than a second, and thousands of browsers may share one key.
    """
    return delta(_held(token), _published(folder, newest).prefixes, coding=coding)


@lru_cache(maxsize=2)
def _published(folder: str, serial: int) -> PrefixList:
    here = Path(folder)
    values = from_bytes((here / PREFIXES).read_bytes())
    return PrefixList(
        prefixes=Prefixes(values, version_of(serial, values)),
        hashes=(here / HASHES).read_bytes(),
        scopes=(here / HASH_SCOPES).read_bytes(),
    )


def _cached(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = f"private, max-age={CACHE_SECONDS}"
    return response


urlpatterns = [
    path("", status, name="blocklist_status"),
    path("prefixes/", prefixes, name="blocklist_prefixes"),
    path("hashes/", hashes, name="blocklist_hashes"),
    path("tests/", test, name="blocklist_test"),
    path("<int:serial>/acknowledgement/", acknowledge, name="blocklist_acknowledge"),
    path("<int:serial>/<str:name>", output, name="blocklist_output"),
]
