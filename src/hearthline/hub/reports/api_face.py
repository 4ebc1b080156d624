# SPDX-License-Identifier: Apache-2.0
"""What the interfaces for programs have in common: one document each, and every refusal alike."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from pydantic import BaseModel

from hearthline.hub.directory import actions as directory
from hearthline.hub.reports.api_problems import MEDIA_TYPE, Problem

log = logging.getLogger("hearthline.api")
REF: Final = "#/components/schemas/{model}"


class Interface(NinjaAPI):
    """With `shapes`, the ones that are read by hand, and problems under their own type."""

    def __init__(self, *, shapes: Sequence[type[BaseModel]], **options: Any) -> None:
        super().__init__(openapi_url=None, docs_url=None, **options)
        self._shapes = shapes
        for kind, answer in _ANSWERS.items():
            self.add_exception_handler(kind, answer)

    def get_openapi_schema(self, **options: Any) -> Any:
        document: Any = super().get_openapi_schema(**options)
        for shape in self._shapes:
            schema = shape.model_json_schema(ref_template=REF)
            schema.pop("$defs", None)
            document["components"]["schemas"][shape.__name__] = schema
        for methods in document["paths"].values():
            for operation in methods.values():
                operation["responses"] = {
                    str(status): _typed(status, response)
                    for status, response in operation["responses"].items()
                }
        return document


def _typed(status: int, response: dict[str, Any]) -> dict[str, Any]:
    """A refusal's description under the media type it really has."""
    if status < 400:
        return response
    return {**response, "content": {MEDIA_TYPE: response["content"]["application/json"]}}


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


def _no_key(request: HttpRequest, refused: Exception) -> HttpResponse:
    return Problem(401, "key_refused", headers={"WWW-Authenticate": "Bearer"}).response()


def _no_scope(request: HttpRequest, missing: Exception) -> HttpResponse:
    return Problem(403, "scope_missing", errors=[("scope", str(missing))]).response()


def _wrong(request: HttpRequest, refused: Exception) -> HttpResponse:
    return Problem(422, "shape").response()


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    # What was asked stays out of the log: a traceback names code, not what a report says.
    log.error("%s failed: %s", request.method, type(error).__name__, exc_info=error)
    return Problem(500, "unexpected").response()


_ANSWERS: Final[dict[type[Exception], Any]] = {
    Problem: _refused,
    directory.KeyRefused: _no_key,
    AuthenticationError: _no_key,
    directory.ScopeMissing: _no_scope,
    ValidationError: _wrong,
    Exception: _unexpected,
}
