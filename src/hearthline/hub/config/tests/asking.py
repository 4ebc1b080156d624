# SPDX-License-Identifier: Apache-2.0
"""One request of one person in the world, undone afterwards, and all that it did."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.config.tests.objects import OBJECTS, Target, targets
from hearthline.hub.config.tests.world import ACTORS, World, make_world

DOORS = ("public", "desk", "partners")
# A liaison of another unit, somebody whose roles have ended, a visitor who has not signed in.
OTHER_UNIT, NO_ROLE, ANONYMOUS = "other_unit", "no_role", "anonymous"
PEOPLE = {str(role): name for role, name in ACTORS.items()} | {
    OTHER_UNIT: "Pia",
    NO_ROLE: "Nobody",
}
# What a request may write though nothing was done: that one is here, and that one looked.
PRESENCE = {"django_session", "accounts_sitting"}
LOG = {"audit_entry", "audit_leaf", "audit_checkpoint"}
_WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


def routes(door: str) -> dict[str, URLPattern]:
    """Every route of one door by name."""

    def walk(patterns: Any) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    found = walk(get_resolver(f"hearthline.hub.config.urls.{door}").url_patterns)
    return {str(pattern.name): pattern for pattern in found}


def address(door: str, name: str, args: dict[str, Any]) -> str:
    """Where a route lies when every door is served under a prefix of its own."""
    return f"/{door}" + reverse(name, urlconf=f"hearthline.hub.config.urls.{door}", kwargs=args)


@dataclass
class Seen:
    """What came of a request: the answer, the tables that are not as before, the new entries."""

    response: Any
    changed: set[str]
    entries: list[Entry]

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def location(self) -> str:
        return str(self.response.headers.get("Location", ""))

    @property
    def text(self) -> str:
        return bytes(self.response.content).decode("utf-8", "replace")

    @property
    def to_sign_in(self) -> bool:
        return self.status == 302 and "/account/login/" in self.location

    @property
    def to_prove(self) -> bool:
        """Sent to prove a second factor; a form is answered with a page that asks for it."""
        asked = self.status == 403 and "/account/prove/" in self.text
        return asked or (self.status == 302 and "/account/prove/" in self.location)

    @property
    def refused(self) -> bool:
        return self.to_sign_in or self.to_prove or self.status in (403, 404, 405, 409)

    def did(self, method: str, *, changes: bool = True) -> bool:
        """Whether the person got through: read the page, or did what the form is for.

        With `changes` False, what the form is for writes nothing, and any answer will do.
        """
        if self.refused or self.status >= 400:
            return False
        as_file = "Content-Disposition" in self.response.headers
        return method == "GET" or not changes or as_file or bool(self.changed)


@dataclass
class Asking:
    """The world with a browser for each person, and how its tables look before anything."""

    world: World
    places: dict[tuple[str, str, str], Target | None]
    browsers: dict[tuple[str, bool], tuple[Client, str]] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    # The headers of each answer so far: what is asked again is answered the same.
    headers: dict[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)

    def place(self, route: str, scope: str, actor: str) -> Target | None:
        """Where a route leads for this person; None where nothing of the kind can be theirs."""
        if route not in OBJECTS:
            return Target()
        return self.places[route, scope, PEOPLE.get(actor, "Nobody")]

    @property
    def actors(self) -> set[str]:
        return {actor for actor, _stale in self.browsers}

    def ask(
        self,
        actor: str,
        method: str,
        url: str,
        data: Any = None,
        *,
        stale: bool = False,
        **more: Any,
    ) -> Seen:
        """Send one request; afterwards everything is as it was."""
        browser, cookies = self.browsers[actor, stale]
        browser.cookies = SimpleCookie(cookies)
        self.counted[method] += 1
        send = browser.get if method == "GET" else browser.post
        written: set[str] = set()
        with undone():
            newest = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
            with connection.execute_wrapper(_recorder(written)):
                if isinstance(data, bytes):
                    response = browser.generic(method, url, data, **more)
                else:
                    response = send(url, (data or {}) if method == "POST" else {}, **more)
            changed = {
                one for one in written - PRESENCE - LOG if self._digest(one) != self._before(one)
            }
            entries = list(Entry.objects.filter(id__gt=newest)) if written & LOG else []
        if not stale and not more:
            self.headers[actor, method, url, repr(data)] = response.headers
        return Seen(response, changed, entries)

    def headers_of(self, actor: str, method: str, url: str, data: Any) -> Mapping[str, str]:
        """The headers of the answer, asked for if nobody asked yet."""
        asked = (actor, method, url, repr(data))
        if asked not in self.headers:
            self.ask(actor, method, url, data)
        return self.headers[asked]

    def _before(self, table: str) -> bytes:
        return self.digests[table]

    @staticmethod
    def _digest(table: str) -> bytes:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = sorted(repr(row) for row in cursor.fetchall())
        return hashlib.sha256("\n".join(rows).encode()).digest()


def asking() -> Asking:
    """The whole world, made inside the caller's transaction."""
    world = make_world()
    people = PEOPLE.values()
    # A case that is withdrawn or closed by what is made later would not be as it is called.
    places = {
        (route, scope, who): find(world, who)
        for route in OBJECTS
        for scope, find in targets(route).items()
        for who in people
    }
    made = Asking(world, places)
    for actor, who in PEOPLE.items():
        for stale in (False, True):
            browser = signed_in(world.people[who], proved=600 if stale else 0)
            made.browsers[actor, stale] = (browser, browser.cookies.output(header="", sep=";"))
    made.browsers[ANONYMOUS, False] = made.browsers[ANONYMOUS, True] = (Client(), "")
    made.digests = {one: made._digest(one) for one in connection.introspection.table_names()}
    return made


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _recorder(written: set[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := _WRITE.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    return note
