# SPDX-License-Identifier: Apache-2.0
"""A visitor without JavaScript: opens pages, fills in the forms it finds there, sends them."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class FormNotFound(LookupError):
    """The page has no form like the one asked for."""


@dataclass
class Form:
    """One form of a page with the values a browser would send if nothing were touched."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Page:
    """What came back: where from, with which status, and its text."""

    url: str
    status: int
    text: str
    forms: list[Form]

    def form(self, *names: str, action: str = "") -> Form:
        """The first form that has all `names` as fields and `action` within its address."""
        for form in self.forms:
            if set(names) <= form.names and action in form.action:
                return form
        raise FormNotFound(f"{self.url}: no form with {names} {action}")


class Visitor:
    """One browser with its own cookies and language."""

    def __init__(self, language: str = "en") -> None:
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._language = language

    def get(self, url: str) -> Page:
        return self._open(urllib.request.Request(url))  # noqa: S310  # loopback addresses only

    def get_bytes(self, url: str) -> bytes:
        with self._opener.open(url, timeout=30) as answer:
            return bytes(answer.read())

    def send(self, page: Page, form: Form, **values: str | list[str]) -> Page:
        """Send `form` of `page` with `values` put in; a list gives several values of one name.

        `press="name=value"` says which button was pressed.
        """
        press = str(values.pop("press", ""))
        pairs = [(n, v) for n, v in form.fields if n not in values]
        for name, value in values.items():
            pairs += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        if press:
            name, _, value = press.partition("=")
            pairs.append((name, value))
        url = urllib.parse.urljoin(page.url, form.action)
        body = urllib.parse.urlencode(pairs)
        if form.method == "get":
            return self.get(f"{url}?{body}")
        request = urllib.request.Request(url, data=body.encode(), method="POST")  # noqa: S310
        request.add_header("Referer", page.url)
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept-Language", self._language)
        try:
            answer = self._opener.open(request, timeout=30)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read().decode("utf-8", "replace")
            reader = _Reader()
            reader.feed(text)
            return Page(answer.geturl(), answer.status or 0, text, reader.forms)


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""
        self._text: list[str] = []
        self._select = ""
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if not self.forms:
            return
        form, name = self.forms[-1], given.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input":
            self._input(form, name, given)
        elif tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = name, []
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.forms[-1].fields.append((self._area, "".join(self._text).lstrip("\n")))
            self._area = ""
        elif tag == "select" and self._select:
            self.forms[-1].fields.append((self._select, self._chosen or ""))
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    @staticmethod
    def _input(form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if not name or kind in {"submit", "button", "image"}:
            if name:
                form.buttons.append((name, given.get("value", "")))
            return
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        form.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))
