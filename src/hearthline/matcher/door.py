# SPDX-License-Identifier: Apache-2.0
"""The door of the service: the ASGI application. Key, allowance, body, endpoint, answer.

Nothing of a call is written anywhere: not its address, which may hold a hash or a URL, not its
body, and of a fault only what kind it is and where in this program it arose.
"""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from hearthline.matcher import metrics
from hearthline.matcher.keys import EVERYBODY, Key, presented
from hearthline.matcher.service import Service
from hearthline.matcher.web import (
    Answer,
    Call,
    Form,
    Refusal,
    Route,
    Routes,
    as_json,
    header_of,
    scope_missing,
)

logger = logging.getLogger(__name__)

Scope_ = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_ALWAYS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


class Door:
    """The application. `open_service` is called when the server starts the worker."""

    def __init__(self, routes: Routes, open_service: Callable[[], Service]) -> None:
        self.routes = routes
        self._open = open_service
        self._service: Service | None = None
        self._held = 0

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.start()
                except Exception as fault:
                    # Left to itself the server would go on, and answer every call with 503.
                    told = f"the service cannot start: {type(fault).__name__}: {fault}"
                    await send({"type": "lifespan.startup.failed", "message": told})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> Service:
        """Opens everything, and loads what is compiled."""
        self._service = self._open()
        # A bank that cannot be asked is told by /status and by every look-up; it may be mended.
        with contextlib.suppress(Refusal):
            self._service.recognition.warm()
        self._service.announcing.start()
        return self._service

    def close(self) -> None:
        """Lets go of everything."""
        if self._service is not None:
            self._service.close()
            self._service = None

    async def _http(self, scope: Scope_, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        path, label = str(scope["path"]), "none"
        form = self.routes.form_of(path)
        try:
            route, names = self.routes.find(scope["method"], path)
            form, label = route.form, route.path
            answer = await self._answered(route, names, scope, receive)
        except Refusal as refusal:
            answer = _refused(refusal, form)
        except Exception as fault:
            answer = _refused(_unexpected(fault), form)
        await _send(send, answer, with_body=scope["method"] != "HEAD")
        metrics.SECONDS.labels(label).observe(time.perf_counter() - begun)
        method = scope["method"] if label != "none" else "any"
        metrics.CALLS.labels(method, label, str(answer.status)).inc()

    async def _answered(
        self, route: Route, names: Mapping[str, str], scope: Scope_, receive: Receive
    ) -> Answer:
        service = self._service
        if service is None:
            raise Refusal(503, "not_ready", "the service is starting; try again", retry_after=1)
        key = EVERYBODY if route.open or service.without_keys else _key(service, scope)
        if not route.open:
            _admit(service, route, key)
        call = Call(scope, key, service, names)
        if not route.takes:
            return await self._in_time(route, call, service)
        call.body, held = await self._body(scope, receive, service, _most(route, service))
        try:
            return await self._in_time(route, call, service)
        finally:
            call.body = b""
            self._held -= held

    async def _in_time(self, route: Route, call: Call, service: Service) -> Answer:
        try:
            async with asyncio.timeout(service.configuration.seconds):
                return await route.endpoint(call)
        except TimeoutError:
            raise Refusal(504, "timeout", "it took too long; send less, or try again") from None

    async def _body(
        self, scope: Scope_, receive: Receive, service: Service, most: int
    ) -> tuple[bytes, int]:
        """The body, of `most` bytes, and how much memory is held for it.

        Raises Refusal (408, 413, 503).
        """
        settings = service.configuration
        declared = header_of(scope, b"content-length")
        expected = int(declared) if declared.isdigit() else 0
        if expected > most:
            raise _too_large(most)
        held, pieces, complete = 0, [], False
        try:
            async with asyncio.timeout(settings.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refusal(400, "cut_short", "the body ended early")
                    piece = message.get("body", b"")
                    if held + len(piece) > most:
                        raise _too_large(most)
                    if self._held + len(piece) > settings.memory:
                        raise Refusal(503, "busy", "too much is held already", retry_after=1)
                    self._held += len(piece)
                    held += len(piece)
                    pieces.append(piece)
                    more = message.get("more_body", False)
            complete = True
        except TimeoutError:
            raise Refusal(408, "slow", "the body did not come in time") from None
        finally:
            if not complete:
                self._held -= held
        return (pieces[0] if len(pieces) == 1 else b"".join(pieces)), held


def _key(service: Service, scope: Scope_) -> Key:
    """The holder of the key that was presented. Raises Refusal (401)."""
    header = header_of(scope, b"authorization")
    text = presented(header) if header else header_of(scope, b"x-api-key").decode("latin-1")
    key = service.keys.holder(text) if text else None
    if key is None:
        raise Refusal(401, "key_needed", "send a valid key: Authorization: Bearer hlm_…")
    return key


def _admit(service: Service, route: Route, key: Key) -> None:
    """Raises Refusal: 403 where the scopes are not enough, 429 where the allowance is used up."""
    if not route.allows(key):
        needed = " and ".join(sorted(route.scopes)) or " or ".join(sorted(route.any_of))
        raise scope_missing(needed)
    wait = service.allowance.wait(key.slot, key.rate, now=time.monotonic())
    if wait:
        raise Refusal(429, "too_many", "more calls than this key may make", retry_after=wait)


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    headers = [
        (b"content-type", answer.type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        *_ALWAYS,
    ]
    for name, value in answer.headers.items():
        headers.append((name.encode(), value.encode("latin-1", "replace")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def _refused(refusal: Refusal, form: Form) -> Answer:
    headers = {}
    if refusal.retry_after:
        headers["retry-after"] = str(math.ceil(refusal.retry_after))
    if refusal.status == 401:
        headers["www-authenticate"] = 'Bearer realm="matcher", Basic realm="matcher"'
    if form is Form.MESSAGE:
        body, kind = as_json({"message": refusal.text}), "application/json"
    else:
        told = {
            "type": f"tag:hearthline,2026:matcher:{refusal.code}",
            "title": refusal.code.replace("_", " ").capitalize(),
            "status": refusal.status,
            "detail": refusal.text,
            "code": refusal.code,
        }
        body, kind = as_json(told), "application/problem+json"
    return Answer(body, refusal.status, kind, headers)


def _unexpected(fault: Exception) -> Refusal:
    """A fault of ours. Its text may quote what was sent, so only kind and place are logged."""
    place, trace = "", fault.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    reference = secrets.token_hex(4)
    logger.error("fault %s: %s at %s", reference, type(fault).__name__, place)
    return Refusal(500, "fault", f"a fault of the service; its log names it {reference}")


def _most(route: Route, service: Service) -> int:
    """The bytes of a body: what a file may have, or what the largest batch of hashes can need.

    JSON is read while other calls wait, so it must not be as long as a file.
    """
    settings = service.configuration
    if route.takes_files:
        return settings.largest_file
    return min(settings.largest_file, 64 * 1024 + 128 * settings.largest_batch)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too_large", f"more than {most:,} bytes, which is the limit here")
