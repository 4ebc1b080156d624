# SPDX-License-Identifier: Apache-2.0
"""Ask a source for pages: politely, again where that helps, and never anybody else.

HTTPS only, except to this machine itself. Redirects stay on the same origin. Texts of errors name
host and path, never the query, because some sources want their credential there.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from hearthline.matcher.exchanges.connection import Answer, Interrupted, Limits, Origin, exchange
from hearthline.matcher.exchanges.credentials import Secret
from hearthline.matcher.exchanges.feed import ExchangeFailed, Malformed

USER_AGENT: Final = "Hearthline hash list client"
REDIRECTS: Final = 3
_PORTS: Final = {"http": 80, "https": 443}
_AGAIN: Final = {408, 425, 429, 500, 502, 503, 504}
_SAFE: Final = "/-._~:@!$&'()*+,;=%"

Query = Sequence[tuple[str, str]]


class NotThere(ExchangeFailed):
    """400, 404 or 410: with a cursor in the request, the cursor has mostly expired."""


def origin_of(url: str) -> Origin:
    """The origin of an address a person configured.

    Raises `ValueError` with a remedy; the address itself is not repeated, because people put
    credentials into addresses.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not an address; write https://host/path") from None
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("holds a user name or a query; put credentials under `credential` keys")
    if not host or not url.isascii() or not url.isprintable():
        raise ValueError("is not an address; write https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise ValueError("must begin with https:// (http:// only to this machine)")
    return Origin(parts.scheme, host, port or _PORTS[parts.scheme])


def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address as a number. A name could lead anywhere."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Client:
    """A source's address, credentials and manners.

    `headers` and `secret_query` go with every request. `sleep` waits, in seconds. `roots` is PEM
    text of certificate authorities to trust besides the system's.
    """

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str | Secret] | None = None,
        secret_query: Mapping[str, Secret] | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        roots: str | None = None,
    ) -> None:
        try:
            self._origin = origin_of(base)
        except ValueError as error:
            raise ExchangeFailed("address", f"the address {error}") from None
        self._prefix = quote(urlsplit(base).path.rstrip("/"), safe=_SAFE)
        self._headers = dict(headers or {})
        self._secret_query = dict(secret_query or {})
        self._limits = limits or Limits()
        self._sleep = sleep
        self._trusted = _trusted(roots) if self._origin.scheme == "https" else None

    def get(self, path: str, query: Query, *, patient: bool = True) -> bytes:
        """The body at `path` below the base address.

        Tries again after 429 and 5xx, dropped connections and silence; without `patient` not after
        500, which a source says of a page it cannot write. Raises `ExchangeFailed`, `NotThere`,
        and `Malformed` for what is not a page: too large, or a 500 that stays.
        """
        pairs = [*query, *((name, secret.reveal()) for name, secret in self._secret_query.items())]
        target = self._prefix + quote(path, safe=_SAFE) + ("?" + urlencode(pairs) if pairs else "")
        tries = self._limits.tries
        for turn in range(1, tries + 1):
            wait = min(2.0 ** (turn - 1), self._limits.longest_wait)
            try:
                answer = self._follow(target)
            except Interrupted as interrupted:
                if turn == tries:
                    raise ExchangeFailed(
                        "unreachable", f"{self._origin.host}: {interrupted}"
                    ) from None
            else:
                if answer.status not in _AGAIN:
                    return self._page(answer, path)
                wait = max(wait, _asked_to_wait(answer.headers))
                hopeless = answer.status == 500 and not patient
                if turn == tries or hopeless or wait > self._limits.longest_wait:
                    raise self._gave_up(answer.status, wait)
            self._sleep(wait)
        raise AssertionError("unreachable")

    def without_secrets(self, raw: bytes) -> bytes:
        """`raw` with every credential of this client taken out."""
        for value in (*self._headers.values(), *self._secret_query.values()):
            if isinstance(value, Secret):
                raw = value.removed_from(raw)
        return raw

    def _follow(self, target: str) -> Answer:
        headers = {
            "User-Agent": USER_AGENT,
            **{k: v.reveal() if isinstance(v, Secret) else v for k, v in self._headers.items()},
        }
        for _ in range(REDIRECTS + 1):
            answer = exchange(
                self._origin, target, headers=headers, limits=self._limits, trusted=self._trusted
            )
            if not 300 <= answer.status < 400:
                return answer
            target = self._redirected(target, answer.headers.get("Location", ""))
        raise ExchangeFailed("redirect", f"{self._origin.host} redirects without end")

    def _redirected(self, target: str, location: str) -> str:
        try:
            absolute = urljoin(f"{self._origin}{target}", location)
            parts = urlsplit(absolute)
            origin = Origin(
                parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
            )
        except ValueError:
            origin = None
        if not location or origin != self._origin:
            raise ExchangeFailed(
                "redirect",
                f"{self._origin.host} redirects to another place, which is not followed; "
                "if the source has moved, change the address in the configuration",
            )
        query = f"?{parts.query}" if parts.query else ""
        return quote(parts.path or "/", safe=_SAFE) + quote(query, safe=_SAFE + "?")

    def _page(self, answer: Answer, path: str) -> bytes:
        where = f"{self._origin.host}{self._prefix}{path}"
        match answer.status:
            case 200:
                kind = answer.headers.get_content_type()
                if kind in {"text/html", "application/xhtml+xml"}:
                    raise ExchangeFailed(
                        "web_page", f"{where} answers with a web page; is the address right?"
                    )
                return answer.body
            case 401 | 403:
                raise ExchangeFailed(
                    "refused", f"{where} refuses the credential ({answer.status}); renew it"
                )
            case 400 | 404 | 410:
                raise NotThere("not_there", f"{where} answers {answer.status}")
        raise ExchangeFailed("status", f"{where} answers {answer.status}")

    def _gave_up(self, status: int, wait: float) -> ExchangeFailed:
        if wait > self._limits.longest_wait:
            return ExchangeFailed(
                "wait",
                f"{self._origin.host} asks to be left alone for {wait:.0f} seconds",
                wait=timedelta(seconds=wait),
            )
        if status == 500:
            return Malformed(f"{self._origin.host} fails at this page (500)", code="server_failed")
        return ExchangeFailed("unavailable", f"{self._origin.host} answers {status}")


def _trusted(roots: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if roots is not None:
        context.load_verify_locations(cadata=roots)
    return context


def _asked_to_wait(headers: Message) -> float:
    """Seconds of Retry-After (RFC 9110, 10.2.3), at most a week. A date is measured from the
    answer's own Date, so no clock of ours is needed; without one it is not heeded."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isdecimal() and len(text) < 10:
        return min(float(text), 7 * 86400.0)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date") or "")
    except ValueError:
        return 0.0
    seconds = (_aware(until) - _aware(now)).total_seconds()
    return min(max(seconds, 0.0), 7 * 86400.0)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
