# SPDX-License-Identifier: Apache-2.0
"""A browser stripped to what a measurement needs, and the numbers of a timed run."""

import http.client
import re
import time
import urllib.parse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles

CLIENTS = 8
# Enough that the clients are never what is waited for.
_MOST_AT_ONCE = 128
_TOKEN_COOKIE = "hearthline_public_csrf"
ANSWERS = {
    "kind": "csam_url",
    "addresses": "https://example.org/page",
    "facts": "hosting",
    "words": "I saw this page and it worries me.",
    "age_band": "13_15",
    "sex": "unknown",
    "safe_contact": "receipt",
}


class Refused(Exception):
    """The site answered otherwise than a working form does."""


@dataclass(frozen=True)
class Form:
    """A form whose questions are answered: the visit's cookie, and a token to send it with."""

    visit: str
    token: str


@dataclass
class Timed:
    """What one phase came to: seconds each, refusals, and how long all took."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    took: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took if self.took else 0.0

    def line(self, name: str) -> str:
        cuts = quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return (
            f"{name:34}{len(self.seconds):8}{self.per_second:10.1f}"
            f"{cuts[49] * 1000:10.1f}{cuts[98] * 1000:10.1f}{len(self.errors):8}"
        )


HEADER = f"{'':34}{'done':>8}{'a second':>10}{'p50 ms':>10}{'p99 ms':>10}{'errors':>8}"


class Browser:
    """One kept-open connection, its cookies, and where the last answer led."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.at = ""
        self.body = b""

    def fill(self) -> None:
        """Answer every question; what is left is to press Send."""
        page = self.ask("GET", "/report/start/public/", {}, 200)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        self._token = found.group(1) if found else ""
        self.ask("POST", "/report/start/public/", ANSWERS, 302)
        while not self.at.endswith("/send/"):
            before = self.at
            self.ask("POST", self.at, ANSWERS, 302)
            if self.at == before:
                raise Refused(f"{before} asked again")

    def take(self, form: Form) -> None:
        """Go on with a form that was filled in before."""
        self._cookies = {"hearthline_public_visit": form.visit, _TOKEN_COOKIE: form.token}
        self._token, self.at = form.token, "/report/send/"

    def press_send(self) -> None:
        self.ask("POST", self.at, {}, 302)
        if not self.at.endswith("/sent/"):
            raise Refused(f"sending led to {self.at}")

    def insert(self) -> None:
        """The bare site: the same words in one request."""
        self.ask("POST", "/", ANSWERS, 200)

    def close(self) -> None:
        self._line.close()

    def ask(self, method: str, path: str, values: dict[str, str], expected: int) -> str:
        """The page; cookies and redirections are kept. Raises Refused, OSError, HTTPException."""
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": self._token})
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._line.request(method, path, body if method == "POST" else None, headers)
        answer = self._line.getresponse()
        self.body = answer.read()
        text = self.body.decode("utf-8", "replace")
        if answer.status != expected:
            raise Refused(f"{path} answered {answer.status}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        self.at = answer.headers.get("Location") or path
        return text


def timed(seconds: float, work: Callable[[], bool]) -> Timed:
    """Run `work` in CLIENTS threads until the time is over or it returns False."""
    found = Timed()
    until = time.monotonic() + seconds

    def client() -> None:
        while time.monotonic() < until:
            started = time.monotonic()
            try:
                if not work():
                    return
            except (OSError, http.client.HTTPException, Refused) as error:
                found.errors.append(f"{type(error).__name__}: {error}")
            else:
                found.seconds.append(time.monotonic() - started)

    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client) for _ in range(CLIENTS)]:
            done.result()
    found.took = time.monotonic() - started
    return found


def at_a_rate(per_second: float, works: Sequence[Callable[[], None]]) -> Timed:
    """Begin one work after the other at this rate, whether those before have ended or not.

    Each counts from the moment it was due, so that a queue shows as what it is: waiting.
    """
    found = Timed()
    started = time.monotonic() + 0.5

    def one(number: int) -> None:
        due = started + number / per_second
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            works[number]()
        except (OSError, http.client.HTTPException, Refused) as error:
            found.errors.append(f"{type(error).__name__}: {error}")
        else:
            found.seconds.append(time.monotonic() - due)

    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        for done in [pool.submit(one, number) for number in range(len(works))]:
            done.result()
    found.took = time.monotonic() - started
    return found
