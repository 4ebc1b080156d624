# SPDX-License-Identifier: Apache-2.0
"""The few words the service's endpoints are written in: a call, an answer, a route, a refusal.

No web framework stands behind them: a lookup costs the index a few dozen microseconds, and a
framework's request and response objects cost more than that again (docs/decisions.md).
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from hearthline.matcher.keys import Key, Scope
from hearthline.matcher.multipart import File, NotMultipart, files_of

if TYPE_CHECKING:
    from hearthline.matcher.service import Service

JSON = "application/json"
OCTETS = "application/octet-stream"
FORM = "multipart/form-data"


class Form(Enum):
    """How a route tells errors: RFC 9457 problems, or the plain message of HMA's clients."""

    PROBLEM = "problem"
    MESSAGE = "message"


class Refusal(Exception):
    """A call that is not answered: the status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, text: str, *, retry_after: float = 0.0) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.retry_after = retry_after


def scope_missing(needed: str) -> Refusal:
    """The refusal of a key whose scopes are not enough."""
    return Refusal(403, "scope_missing", f"this key may not: it needs {needed}")


@dataclass(slots=True)
class Answer:
    """What is sent back. `headers` come besides the type and length of the body."""

    body: bytes = b""
    status: int = 200
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> "Answer":
        """An answer of JSON values."""
        return cls(as_json(value), status)

    @classmethod
    def text(cls, text: str, status: int = 200) -> "Answer":
        """An answer of plain text."""
        return cls(text.encode(), status, "text/plain; charset=utf-8")


@dataclass
class Call:
    """One request: everything of it is in memory, and gone once it is answered."""

    scope: Mapping[str, Any]
    key: Key
    service: "Service"
    names: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the address; the last one wins where a name stands twice."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), True))

    def header(self, name: bytes) -> str:
        """A header by its name in lower case; empty if there is none."""
        return header_of(self.scope, name).decode("latin-1")

    @property
    def content_type(self) -> str:
        """The type of the body without its parameters."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    def needs(self, *any_of: Scope) -> None:
        """Goes on if the key has one of these scopes. Raises Refusal."""
        if not self.key.scopes & set(any_of):
            raise scope_missing(" or ".join(sorted(any_of)))

    def required(self, name: str) -> str:
        """A parameter that has to be there. Raises Refusal."""
        value = self.query.get(name)
        if not value:
            raise Refusal(400, "parameter_missing", f"{name} is required")
        return value

    def flag(self, name: str) -> bool:
        """A parameter that is true or false. Raises Refusal."""
        value = self.query.get(name, "false").lower()
        if value not in {"true", "1", "false", "0"}:
            raise Refusal(400, "parameter_refused", f"{name} must be true or false")
        return value in {"true", "1"}

    def names_in(self, name: str) -> list[str] | None:
        """A parameter that lists names with commas between them; None if there is none."""
        value = self.query.get(name)
        if not value:
            return None
        return [one for part in value.split(",") if (one := part.strip())]

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Refusal."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Refusal(400, "not_json", "the body must be a JSON object")
        return value

    @cached_property
    def files(self) -> list[File]:
        """The files of a multipart form, which take the place of its body; empty for any other.

        Raises Refusal.
        """
        if self.content_type != FORM:
            return []
        try:
            found = files_of(self.body, self.header(b"content-type"))
        except NotMultipart as fault:
            raise Refusal(400, "not_multipart", str(fault)) from None
        self.body = b""
        return found


Endpoint = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the address, for the OpenAPI document."""

    name: str
    text: str
    required: bool = False
    kind: str = "string"


@dataclass(frozen=True, slots=True)
class Route:
    """One call the service answers, who may make it, and what the OpenAPI document says of it.

    `scopes`: the key needs all of them; `any_of`: or one of these. `takes` is the type of the
    body; `accepts` a model of its JSON; `gives` a model of the answer's.
    """

    method: str
    path: str
    endpoint: Endpoint
    summary: str
    scopes: frozenset[Scope] = frozenset()
    any_of: frozenset[Scope] = frozenset()
    open: bool = False
    form: Form = Form.PROBLEM
    group: str = ""
    parameters: tuple[Parameter, ...] = ()
    takes: tuple[str, ...] = ()
    accepts: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    gives_type: str = JSON
    status: int = 200

    @property
    def takes_files(self) -> bool:
        """Whether the body may be a file."""
        return FORM in self.takes

    def allows(self, key: Key) -> bool:
        """Whether the key's scopes are enough."""
        return self.scopes <= key.scopes and (not self.any_of or bool(self.any_of & key.scopes))


class Routes:
    """All routes, found by method and path."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self.all = routes
        self._plain: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Route]]] = []
        named: dict[str, dict[str, Route]] = {}
        for route in routes:
            place = named if "{" in route.path else self._plain
            place.setdefault(route.path, {})[route.method] = route
        for path, methods in named.items():
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
            self._patterns.append((pattern, methods))

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route and the names in its path. Raises Refusal (404, 405)."""
        methods, names = self._plain.get(path), {}
        if methods is None:
            for pattern, candidates in self._patterns:
                if found := pattern.fullmatch(path):
                    methods, names = candidates, found.groupdict()
                    break
            else:
                raise Refusal(404, "not_found", "there is nothing at this address; see /site-map")
        route = methods.get("GET" if method == "HEAD" else method)
        if route is None:
            raise Refusal(405, "method_not_allowed", f"use {' or '.join(sorted(methods))}")
        return route, names

    def form_of(self, path: str) -> Form:
        """How errors are told at an address, whether there is a route or not."""
        return Form.MESSAGE if path.startswith(("/h/", "/m/", "/c/")) else Form.PROBLEM


def taken(model: type[BaseModel], body: bytes) -> Any:
    """The body as the model. Raises Refusal, which names the field and repeats no value."""
    try:
        return model.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise Refusal(400, "body_refused", f"{place}: {first['msg']}") from None


def header_of(scope: Mapping[str, Any], name: bytes) -> bytes:
    """A header of an ASGI scope by its name in lower case; empty if there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def as_json(value: Any) -> bytes:
    """Compact JSON. Half a surrogate pair, which JSON can name and UTF-8 cannot, stays escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
