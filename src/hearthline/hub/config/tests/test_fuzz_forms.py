# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, to any form or page: never a fault of ours, never an echo that runs.

The forms are those that the pages show to people who may use them. A seed makes every run the
same; HEARTHLINE_FUZZ_SEED sets another. A run lets each form and page meet a share of what is
hostile, spread so that everything meets something; HEARTHLINE_FUZZ=whole lets all meet all, and
on PostgreSQL too.
"""

import html
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.urls import resolve, reverse
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from hearthline.hub.config.tests.asking import ANONYMOUS, DOORS, PEOPLE, Asking, address, asking
from hearthline.hub.config.tests.test_access import EVERYBODY, ROWS, SIGNED_IN, TABLE
from hearthline.hub.reports.public.flood import door as flood
from hearthline.hub.reports.public.guesses import guesses

WHOLE = os.environ.get("HEARTHLINE_FUZZ") == "whole"
SHARE = 1 if WHOLE else 12
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor == "postgresql" and not WHOLE, reason="HEARTHLINE_FUZZ=whole runs it"
    ),
]

SEED = int(os.environ.get("HEARTHLINE_FUZZ_SEED", "20261122"))
# Signing out ends the browser that is used; the people of these tests have no secret to prove.
LEFT_OUT = {"account_logout", "mfa_reauthenticate"}
RUNS = '<script>alert("q7")</script><img src=x onerror=alert(7)>'
HOSTILE = [
    "nothing\0here",
    "\ud800 half a pair \udfff",
    "w" * 30_000,
    "\u202eretuo edisni\u2066\u200f",
    RUNS,
    "' OR 1=1; DROP TABLE cases_case; --",
    "٣٤٥²",
    "9" * 400,
    "-1",
    "1e309",
    "0000-00-00",
    "9999-12-31T23:59",
    "http://bücher.example.org:99999/ü?\u2028" + "a" * 5_000,
    "http://[::1",
    "{{ 7*7 }}{% now %} %s %(x)s {0}",
    "\r\nSet-Cookie: a=b",
    "",
]
TYPES = [
    "application/json", "text/plain", "application/xml", "", "multipart/form-data",
    "multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=nonsense", "image/png",
]  # fmt: skip
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="words"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n"
)
ASKED = (
    "page", "after", "before", "lane", "sort", "level", "state", "kind", "language", "hands",
    "older", "since", "host", "view", "like", "by", "role", "first", "last", "actor", "verb",
    "record", "next", "marked", "reports", "period", "change",
)  # fmt: skip
PLACES = {
    "home", "queue", "packages", "report_step", "receipt_status", "account_login", "api_codes",
    "case", "report_go_on", "account_sessions", "report_sent",
}  # fmt: skip
HEADERS: list[dict[str, str]] = [
    {"Accept-Language": "x" * 9_000},
    {"Accept-Language": "en;q=nonsense, \x7f, *;q=-1, zh-Hans-Hant-AA"},
    {"Host": "evil.example.org"},
    {"Host": "a b\x00"},
    {"X-Forwarded-For": "not, an, address, ::ffff:999.1.1.1, [::1]"},
    {"X-Forwarded-Proto": "gopher"},
    {"Referer": "\x00://" + "r" * 9_000},
    {"Cookie": "a=" + "c" * 60_000},
    {"Cookie": "hearthline_all=nonsense; hearthline_all_csrf=short"},
    {"Cookie": "hearthline_public_visit=nonsense; hearthline_public_receipt=%00%ff"},
    {"Cookie": "hearthline_all_language=../../etc; =; ;;; é=ü"},
    {"Accept": "\x00"},
]
QUERIES = [*HOSTILE[:2], *HOSTILE[3:12], "a" * 8_000]
Each = TypeVar("Each")


def share(all_of_them: Iterable[Each], number: int) -> list[Each]:
    """The share that meets the hostile thing of this number; all in a whole run."""
    return list(all_of_them)[number % SHARE :: SHARE]


@dataclass
class Form:
    """A form as one person sees it: where it goes, its fields, and what they began with."""

    actor: str
    url: str
    kinds: dict[str, str] = field(default_factory=dict)
    filled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(resolve(urlsplit(self.url).path).url_name)


class Forms(HTMLParser):
    """The forms of a page that are sent with POST."""

    def __init__(self, actor: str, url: str) -> None:
        super().__init__()
        self.actor, self.url = actor, url
        self.found: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(self.actor, urljoin(self.url, given.get("action") or self.url))
            if given.get("method", "get").lower() == "post":
                self.found.append(self._open)
        elif tag == "/form":
            self._open = None
        elif self._open and given.get("name") and tag in ("input", "select", "textarea", "button"):
            kind = given.get("type", "text") if tag == "input" else tag
            self._open.kinds[given["name"]] = kind
            self._open.filled.setdefault(given["name"], []).append(given.get("value", ""))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asking]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = asking()
        for browser, _cookies in made.browsers.values():
            browser.raise_request_exception = False
        yield made
        transaction.set_rollback(True)
        print(f"\nseed {SEED}, {made.counted.total()} requests")  # noqa: T201


def pages() -> Iterator[tuple[str, str, str, str]]:
    """Each page that somebody may read: door, route, who, scope; one reader and record for each."""
    for door, name in ROWS:
        for who, scopes in TABLE[door][name].get("GET", {}).items():
            actor = {EVERYBODY: ANONYMOUS, SIGNED_IN: "analyst"}.get(who, who)
            if scopes and actor in (*PEOPLE, ANONYMOUS):
                yield door, name, actor, scopes[0]
                break


@pytest.fixture(scope="module")
def forms(world: Asking) -> list[Form]:
    """Each form once, whoever is shown it first; and those that no page of this world shows."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for door, name, actor, scope in pages():
        target = world.place(name, scope, actor)
        assert target
        url = address(door, name, target.args)
        reader = Forms(actor, url)
        reader.feed(world.ask(actor, "GET", url).text)
        for form in reader.found:
            found.setdefault((form.name, tuple(form.kinds)), form)
    shown = {form.name for form in found.values()}
    for door, name in ROWS:
        for who, scopes in TABLE[door][name].get("POST", {}).items():
            actor = {EVERYBODY: ANONYMOUS, SIGNED_IN: "analyst"}.get(who, who)
            target = world.place(name, scopes[0], actor)
            if target and name not in shown and actor in (*PEOPLE, ANONYMOUS):
                filled = {
                    key: [str(one) for one in (value if isinstance(value, list) else [value])]
                    for key, value in target.data.items()
                }
                url = address(door, name, target.args)
                kinds = dict.fromkeys(filled, "text")
                found[name, tuple(kinds)] = Form(actor, url, kinds, filled)
                break
    return [form for form in found.values() if form.name not in LEFT_OUT]


def encoded(values: list[tuple[str, str]]) -> bytes:
    """A form's body, with whatever no browser would send: NUL, halves of pairs."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in values
    ).encode("ascii")


def sent(world: Asking, form: Form, values: list[tuple[str, str]]) -> Any:
    flood.forget()
    guesses.forget()
    kind = "application/x-www-form-urlencoded"
    return world.ask(form.actor, "POST", form.url, encoded(values), content_type=kind)


def faults(what: str, seen: Any) -> list[str]:
    """What no answer may be."""
    if seen.status >= 500 and not what.endswith("/health/ready/"):
        error = getattr(seen.response, "exc_info", None)
        return [f"{what}: {seen.status} {error and error[1]!r}"]
    found = []
    if "Traceback (most recent call last)" in seen.text:
        found.append(f"{what}: a stack trace")
    if '<script>alert("q7")' in seen.text or "<img src=x onerror" in seen.text:
        found.append(f"{what}: an echo that runs")
    if "Set-Cookie: a=b" in str(seen.response.headers):
        found.append(f"{what}: a header of theirs")
    return found


def test_every_form_is_found(forms: list[Form]) -> None:
    posted = {name for door, name in ROWS if TABLE[door][name].get("POST")}
    keyed = {name for name in posted if name.startswith("api_")}
    assert posted - keyed - {form.name for form in forms} <= LEFT_OUT
    assert len(forms) > 90


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_value_in_every_field(value: str, world: Asking, forms: list[Form]) -> None:
    wrong = []
    for form in share(forms, HOSTILE.index(value)):
        seen = sent(world, form, [(name, value) for name in form.kinds])
        wrong += faults(f"{form.name} {form.url}", seen)
    assert not wrong, "\n".join(wrong)


def test_what_was_typed_stays_and_is_escaped(world: Asking, forms: list[Form]) -> None:
    """A refused form comes back with all that was written in it."""
    typed = "Kept words & <b>more</b>"
    wrong = []
    for form in forms:
        texts = [name for name, kind in form.kinds.items() if kind in ("text", "textarea")]
        values = [(name, typed if name in texts else "nonsense") for name in form.kinds]
        seen = sent(world, form, values)
        wrong += faults(form.name, seen)
        # Several cases at once with none ticked have nothing to give a reason for.
        lost = (
            seen.status == 422
            and form.name != "bulk"
            and texts
            and html.escape(typed) not in seen.text
        )
        if lost:
            wrong.append(f"{form.name}: {texts} did not come back")
        if "<b>more</b>" in seen.text:
            wrong.append(f"{form.name}: not escaped")
    assert not wrong, "\n".join(wrong)


TEXTS = st.one_of(
    st.sampled_from([one for one in HOSTILE if len(one) < 10_000]),
    st.text(st.characters(), max_size=60),
    st.integers().map(str),
    st.datetimes().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.from_regex(r"[<>\"'&%;\\/\x00-\x1f]{1,20}"),
)


def test_some_fields_right_and_some_not(world: Asking, forms: list[Form]) -> None:
    @seed(SEED)
    @settings(
        max_examples=400 if WHOLE else 60, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def run(data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(forms), label="form")
        values: list[tuple[str, str]] = []
        for name, filled in form.filled.items():
            match data.draw(st.sampled_from(("as it was", "other", "twice", "none")), label=name):
                case "as it was":
                    values.append((name, data.draw(st.sampled_from(filled))))
                case "other":
                    values.append((name, data.draw(TEXTS)))
                case "twice":
                    values += [(name, data.draw(TEXTS)), (name, data.draw(TEXTS))]
        note(f"{form.name} {values!r:.500}")
        assert not faults(form.name, sent(world, form, values))

    run()


def test_bodies_that_are_no_form(world: Asking, forms: list[Form]) -> None:
    wrong = []
    for number, form in enumerate(share(forms, 0)):
        # Each form meets three of the kinds, and all forms together meet each many times.
        for kind in (TYPES[(3 * number + each) % len(TYPES)] for each in range(3)):
            seen = world.ask(form.actor, "POST", form.url, b'{"a": [\xff', content_type=kind)
            wrong += faults(f"{form.name} as {kind!r}", seen)
        kind = "multipart/form-data; boundary=b"
        wrong += faults(
            f"{form.name} with a file",
            world.ask(form.actor, "POST", form.url, FILE, content_type=kind),
        )
    assert not wrong, "\n".join(wrong)


def test_too_many_fields_and_none(world: Asking, forms: list[Form]) -> None:
    wrong = []
    for form in forms[::4]:
        for values in ([(f"f{n}", "") for n in range(500)], []):
            wrong += faults(form.name, sent(world, form, values))
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_its_token(world: Asking, forms: list[Form]) -> None:
    """But the way out, which takes none, and programs, which bring a key."""
    taken = set()
    for form in forms:
        browser, _cookies = world.browsers[form.actor, False]
        browser.handler.enforce_csrf_checks = True
        try:
            values = [(name, filled[0]) for name, filled in form.filled.items()]
            values = [(name, value) for name, value in values if name != "csrfmiddlewaretoken"]
            seen = sent(world, form, values)
        finally:
            browser.handler.enforce_csrf_checks = False
        assert not faults(form.name, seen)
        if seen.status != 403 or seen.changed:
            taken.add(form.name)
    assert taken <= {"leave"}


@pytest.mark.parametrize("value", QUERIES, ids=range(len(QUERIES)))
def test_hostile_queries_on_every_page(value: str, world: Asking) -> None:
    wrong = []
    text = quote(value, errors="surrogatepass")
    query = "&".join(f"{name}={text}" for name in ASKED)
    for door, name, actor, scope in share(pages(), QUERIES.index(value)):
        target = world.place(name, scope, actor)
        assert target
        url = address(door, name, target.args)
        wrong += faults(f"{name} {url}", world.ask(actor, "GET", f"{url}?{query}"))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ASKED)
def test_one_hostile_parameter_at_the_lists(name: str, world: Asking) -> None:
    """One at a time, as a wrong first filter hides what a later one does."""
    lists = {"queue", "search", "held", "views", "exports", "export_new", "view_new", "notices",
             "referrals", "complaints", "appeals", "directory", "staff", "audit_log", "packages",
             "figures", "case", "home", "help", "report_start"}  # fmt: skip
    wrong = []
    for door, page, actor, scope in share(
        (one for one in pages() if one[1] in lists), ASKED.index(name)
    ):
        target = world.place(page, scope, actor)
        assert target
        url = address(door, page, target.args)
        for value in ("\0", "9" * 30, RUNS, "\ud800", "-1"):
            text = quote(value, errors="surrogatepass")
            seen = world.ask(actor, "GET", f"{url}?{name}={text}")
            wrong += faults(f"{page}?{name}={value!r}", seen)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda one: next(iter(one)))
def test_hostile_headers_and_cookies(headers: dict[str, str], world: Asking) -> None:
    wrong = []
    for door, name, actor, scope in pages():
        if name not in PLACES:
            continue
        target = world.place(name, scope, actor)
        assert target
        url = address(door, name, target.args)
        more = {f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()}
        for method in ("GET", "POST"):
            wrong += faults(f"{method} {url}", world.ask(actor, method, url, **more))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", DOORS)
def test_each_door_alone(door: str, world: Asking) -> None:
    """The same by the addresses each door is served under, and addresses that lead nowhere."""
    conf = f"hearthline.hub.config.urls.{door}"
    wrong = []
    with override_settings(ROOT_URLCONF=conf):
        for its, name, actor, scope in pages():
            target = world.place(name, scope, actor)
            if its == door and target:
                url = reverse(name, kwargs=target.args)
                query = f"?page={quote(RUNS)}&lane=%00&next=//evil.example.org"
                wrong += faults(url, world.ask(actor, "GET", url + query))
                wrong += faults(url, world.ask(actor, "POST", url, {"words": RUNS}))
        for path in ("/%00", "/../../etc/passwd", "/" + "a" * 9_000, "/%ff%fe", "/<script>", "//x"):
            wrong += faults(path[:60], world.ask(ANONYMOUS, "GET", path))
    assert not wrong, "\n".join(wrong)
