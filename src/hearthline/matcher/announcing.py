# SPDX-License-Identifier: Apache-2.0
"""Telling receivers of matches: kept first, sent by one worker, again and again until taken.

A message holds an id and a link. What matched is told at the link, to holders of a key.
"""

import fcntl
import http.client
import logging
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hearthline.kit.formats import webhook
from hearthline.kit.matching.banks import Match
from hearthline.kit.urls import Allow, NotDelivered, deliver, public_only
from hearthline.matcher import metrics, outbox, webhooks
from hearthline.matcher.configuration import Configuration
from hearthline.matcher.outbox import Message, Outbox
from hearthline.matcher.web import as_json
from hearthline.matcher.webhooks import Hook, Hooks, is_loopback

logger = logging.getLogger(__name__)

TYPE = "match.found"
MOST_KEPT = 1_000
"""Matches of one call that are kept for the link; more are counted."""
_PAUSE = 1.0
_SECONDS = 15.0
_ANSWERED = "http_"


@dataclass(frozen=True, slots=True)
class Found:
    """A match and the place of its query in the call."""

    query: int
    match: Match


class Announcing:
    """Keeps what was found, and sends what is due."""

    def __init__(
        self,
        folder: Path,
        settings: Configuration,
        *,
        allow: Allow = public_only,
        roots: str | None = None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._allow = allow
        self._roots = roots
        self._hooks = Hooks(folder / webhooks.FILE)
        self._outbox: Outbox | None = None
        self._opening = threading.Lock()
        self._stop = threading.Event()
        self._sender: threading.Thread | None = None

    def wanted(self) -> bool:
        """Whether anybody is to be told."""
        return bool(self._hooks.all())

    def keep(self, found: Sequence[Found], *, reference: str, at: datetime) -> str:
        """Keeps what was found; its id, or empty if nobody wants to know. Durable on return."""
        hooks = [
            hook.id
            for hook in self._hooks.all()
            if any(hook.wants(one.match.bank) for one in found)
        ]
        if not hooks:
            return ""
        identity = "mat_" + secrets.token_urlsafe(18)
        what = {
            "id": identity,
            "at": at.isoformat(),
            "reference": reference,
            "matches": [as_kept(one) for one in found[:MOST_KEPT]],
            "more": max(0, len(found) - MOST_KEPT),
        }
        self.box().put(identity, what, hooks, at)
        return identity

    def box(self) -> Outbox:
        """The outbox, opened when it is first needed."""
        with self._opening:
            if self._outbox is None:
                self._outbox = Outbox(self._folder / outbox.FILE)
            return self._outbox

    def found(self, identity: str) -> dict[str, Any] | None:
        """What was found under an id."""
        return self.box().found(identity)

    def start(self) -> None:
        """Begins to send, in a thread, once no other worker does."""
        self._sender = threading.Thread(target=self._send_always, name="webhooks", daemon=True)
        self._sender.start()

    def close(self) -> None:
        """Ends sending; what is left is sent after the next start."""
        self._stop.set()
        if self._sender is not None:
            self._sender.join(_SECONDS + 5)
        if self._outbox is not None:
            self._outbox.close()

    def send_due(self, at: datetime) -> int:
        """Sends what is due now, to each receiver in turn; how many messages were taken."""
        hooks = {hook.id: hook for hook in self._hooks.all()}
        taken = 0
        for identity in self.box().hooks():
            hook = hooks.get(identity)
            if hook is None:
                self.box().drop(identity)
            else:
                taken += self._send_to(hook, at)
        return taken

    def _send_to(self, hook: Hook, at: datetime) -> int:
        """Sends a receiver what is due, for as long as one message may take: then it is the turn
        of the others, however many wait or how slowly this one answers."""
        taken, end = 0, time.monotonic() + _SECONDS
        for message in self.box().due(at, hook.id):
            if self._stop.is_set() or time.monotonic() > end:
                break
            problem = self._problem(hook, message, datetime.now(UTC))
            if not problem:
                self.box().done(message)
                taken += 1
                metrics.WEBHOOKS.labels("taken").inc()
                continue
            self._not_taken(hook, message, problem, at)
            if not problem.startswith(_ANSWERED):
                break
        return taken

    def _not_taken(self, hook: Hook, message: Message, problem: str, at: datetime) -> None:
        metrics.WEBHOOKS.labels("failed").inc()
        if problem.startswith(_ANSWERED):
            given_up = 0 if self.box().failed(message, problem, at) else 1
        else:
            given_up = self.box().away(hook.id, problem, at)
        if given_up:
            metrics.WEBHOOKS.labels("given_up").inc(given_up)
            logger.warning("webhook %s: messages given up: %s (%s)", hook.name, given_up, problem)

    def _send_always(self) -> None:
        handle = os.open(self._folder / "sending.lock", os.O_RDWR | os.O_CREAT, 0o600)
        held, forgot = False, datetime.min.replace(tzinfo=UTC)
        try:
            while not self._stop.wait(_PAUSE):
                at = datetime.now(UTC)
                try:
                    if not held:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        held = True
                    if not self.wanted() and not (self._folder / outbox.FILE).exists():
                        continue
                    self.send_due(at)
                    if at - forgot > timedelta(hours=1):
                        self.box().forget(at - timedelta(days=self._settings.keep_matches_days))
                        forgot = at
                except BlockingIOError:
                    continue
                except Exception as fault:  # a full disk, say: it may have room again later
                    logger.error("webhooks: %s; tried again", type(fault).__name__)
        finally:
            os.close(handle)

    def _problem(self, hook: Hook, message: Message, at: datetime) -> str:
        """Sends a message; why it was not taken, or empty."""
        link = f"{self._settings.public_url}/v1/matches/{message.found}"
        body = as_json(
            {
                "type": TYPE,
                "timestamp": message.at.isoformat(),
                "data": {"id": message.found, "link": link},
            }
        )
        headers = webhook.headers(
            secret=hook.secret, message_id=message.found, at=at, body=body
        ) | {"Content-Type": "application/json"}
        try:
            if is_loopback(hook.url) and urlsplit(hook.url).scheme == "http":
                status = _to_this_machine(hook.url, headers, body)
            else:
                status = deliver(
                    hook.url,
                    headers=headers,
                    body=body,
                    allow=_anywhere if hook.private or is_loopback(hook.url) else self._allow,
                    timeout=_SECONDS,
                    roots=self._roots,
                )
        except NotDelivered as fault:
            return fault.code
        except (OSError, http.client.HTTPException) as fault:
            return type(fault).__name__
        return "" if 200 <= status < 300 else f"{_ANSWERED}{status}"


def as_kept(found: Found) -> dict[str, Any]:
    """A match as plain values, without the hash that was asked for."""
    match = found.match
    return {
        "query": found.query,
        "kind": str(match.kind),
        "bank": match.bank,
        "entry": match.entry,
        "distance": match.distance,
        "radius": match.radius,
        "disputed": match.disputed,
    }


def _anywhere(_address: str, _port: int) -> bool:
    return True


def _to_this_machine(url: str, headers: dict[str, str], body: bytes) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
