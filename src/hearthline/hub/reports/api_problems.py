# SPDX-License-Identifier: Apache-2.0
"""Every refusal of the interface in one form: problem details (RFC 9457), never a page."""

import http
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse

MEDIA_TYPE: Final = "application/problem+json"
# What a program may rely on, and what a person who reads its log needs.
DETAILS: Final = {
    "address_needed": "An answer that says it moved gives the new address.",
    "address_refused": "The new address is not one that can be looked at.",
    "answer_refused": "A field of the report is not in order; `errors` names it.",
    "body_too_large": "The body is larger than this address takes.",
    "file_content": "The text holds the content of a file. Describe it in words.",
    "ground_needed": "A refusal gives its ground, a code of /api/notices/grounds.",
    "idempotency_key": "The Idempotency-Key has 1 to 255 visible ASCII signs.",
    "key_refused": "The key is missing, unknown, expired or revoked.",
    "media_type": "Send application/json.",
    "not_found": "There is nothing here, or it was not sent by your organisation.",
    "not_a_table": "The text is no table: empty, or with a quote that is never closed.",
    "not_yours": "No open notice of your organisation has this number.",
    "nothing_told": "There is nothing to look at yet: give words, or a place.",
    "other_body": "The same Idempotency-Key came with another body. Use a new one.",
    "over": "This notice is over and needs no answer.",
    "scope_missing": "The key does not carry the scope this needs.",
    "shape": "The report has not the documented shape; `errors` says where.",
    "too_many": "A batch holds 1,000 reports at most.",
    "too_many_answers": "A batch holds 500 answers at most.",
    "too_often": "Too many requests with this key. Try again after the seconds given.",
    "unexpected": "Something went wrong here. What was taken stays; send the rest again.",
    "unknown_answer": "The answer is acknowledged, removed, moved, refused or wrong_recipient.",
    "unknown_ground": "The ground is none of /api/notices/grounds.",
    "unreadable": "The body is not readable JSON in UTF-8.",
}


class Problem(Exception):
    """A refusal on its way out. `errors` are pairs of a field and what is wrong with it."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers or {}
        self.errors = list(errors)

    @property
    def members(self) -> dict[str, Any]:
        return members(self.status, self.code, self.errors)

    def response(self) -> HttpResponse:
        return answer(self.status, self.members, self.headers)


def members(status: int, code: str, errors: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The members of one problem. `type` is a name to compare, not an address to visit."""
    found = {
        "type": f"urn:hearthline:problem:{code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": DETAILS.get(code, http.HTTPStatus(status).description or "It was refused."),
    }
    wrong = [{"field": field, "code": what} for field, what in errors]
    return {**found, "errors": wrong} if wrong else found


def answer(status: int, problem: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    """The response that carries one problem."""
    return JsonResponse(problem, status=status, content_type=MEDIA_TYPE, headers=headers)


class ProblemMiddleware:
    """Under the interface's address nothing reads or sets a cookie, and no refusal is a page.

    It stands outside all others, so that refusals made before the interface are problems too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(interface()):
            return self.get_response(request)
        # No session can begin without a cookie, and none is signed in by one.
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        ours = response.get("Content-Type") == MEDIA_TYPE
        if response.status_code >= 300 and response.status_code != 304 and not ours:
            response = _in_our_form(response)
        response.cookies.clear()
        response["Cache-Control"] = "no-store"
        return response


def interface() -> str:
    """Where the interface begins, such as "/api/"; at a door without one, nowhere."""
    try:
        return reverse("api_openapi").removesuffix("openapi.json")
    except NoReverseMatch:
        return "\n"


def _in_our_form(response: HttpResponse) -> HttpResponse:
    status = response.status_code if response.status_code >= 400 else 404
    code = (
        "not_found" if status == 404 else http.HTTPStatus(status).phrase.lower().replace(" ", "_")
    )
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return answer(status, members(status, code), kept)
