# SPDX-License-Identifier: Apache-2.0
"""The partners' interface: a program with a key sends reports and asks how its own stand.

No session, no cookie, no page. Every refusal is a problem (RFC 9457); the document that describes
it all (OpenAPI 3.1) is served beside it and held by a test.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja import Status
from ninja.security import HttpBearer
from pydantic import BaseModel
from pydantic import ValidationError as ShapeRefused

from hearthline.hub.accounts.doors import by_key, public
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import PartnerKey
from hearthline.hub.reports import actions
from hearthline.hub.reports.actions.partners import Item, Once, Refusal, Taken
from hearthline.hub.reports.api_face import REF, Interface
from hearthline.hub.reports.api_pace import pace
from hearthline.hub.reports.api_problems import Problem, members
from hearthline.hub.reports.api_shapes import (
    BatchIn,
    BatchOut,
    CodeOut,
    CodesOut,
    ProblemOut,
    ReportIn,
    ReportOut,
    ResultOut,
    StatusOut,
    StepOut,
    shown,
)
from hearthline.hub.reports.models import Profession, Step
from hearthline.kit import codelists

ONE_BYTES: Final = 256 * 1024
BATCH_BYTES: Final = 8 * 1024 * 1024
_NAME = re.compile(r"[\x21-\x7e]{1,255}")
_REFUSED = dict.fromkeys((401, 403, 429), ProblemOut)
_SENDING = {**_REFUSED, 400: ProblemOut, 413: ProblemOut, 415: ProblemOut, 422: ProblemOut}


@dataclass(frozen=True)
class Caller:
    """The key that was shown, and its text, which opens earlier answers and is kept nowhere."""

    key: PartnerKey
    text: str


class Called(HttpRequest):
    """A request whose key was recognised."""

    auth: Caller


class PartnerKeyAuth(HttpBearer):
    """`Authorization: Bearer hlk_…`, made at the desk on the organisation's page."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        at = timezone.now()
        key = directory.recognise(text=token, at=at)
        wait = pace.wait(key.pk, at)
        if wait:
            raise Problem(429, "too_often", headers={"Retry-After": str(wait)})
        return Caller(key, token)


class Reports(Interface):
    """With the reports of a batch as what they are, though they are read one by one."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        batch = document["components"]["schemas"]["BatchIn"]
        batch["properties"]["reports"]["items"] = {"$ref": REF.format(model="ReportIn")}
        return document


api = Reports(
    shapes=(ReportIn, BatchIn),
    title="Hearthline: partners' interface",
    version="1",
    description="Send reports and see how your own stand. Text and addresses only, never files.",
    urls_namespace="partner_api",
    auth=PartnerKeyAuth(),
)
_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Of your choice, new for each request. Sent again, nothing counts twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def _body(shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=shape.__name__)}
    return {
        "parameters": [_ONCE],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }


@api.post(
    "/reports", response={201: ReportOut, **_SENDING}, url_name="api_report",
    operation_id="send_report", openapi_extra=_body(ReportIn), summary="Send one report",
)  # fmt: skip
def send_report(request: Called) -> Status[ReportOut]:
    """Needs the scope `reports:write`."""
    body = _read(request, ONE_BYTES)
    item = _item_of(lambda: ReportIn.model_validate_json(body))
    taken = _take_in(request, body, [item])[0]
    if taken.refusal:
        raise Problem(422, taken.refusal.code, errors=taken.refusal.fields)
    sent = ReportOut(
        id=uuid.UUID(taken.report), received_at=_moment(taken), receipt=shown(taken.receipt)
    )
    return Status(201, sent)


@api.post(
    "/reports/batch", response={200: BatchOut, **_SENDING}, url_name="api_batch",
    operation_id="send_batch", openapi_extra=_body(BatchIn), summary="Send up to 1,000 reports",
)  # fmt: skip
def send_batch(request: Called) -> BatchOut:
    """Needs the scope `reports:write`. One that is refused never costs another."""
    body = _read(request, BATCH_BYTES)
    try:
        batch = BatchIn.model_validate_json(body)
    except ShapeRefused as refused:
        if any(error["type"] == "too_long" for error in refused.errors(include_url=False)):
            raise Problem(413, "too_many") from None
        raise _shape_problem(refused) from None
    items = [_item_of(lambda each=each: ReportIn.model_validate(each)) for each in batch.reports]
    taken = _take_in(request, body, items)
    results = [_result(index, one) for index, one in enumerate(taken)]
    received = sum(one.refusal is None for one in taken)
    return BatchOut(received=received, refused=len(taken) - received, results=results)


@api.get(
    "/reports/{uuid:report}", response={200: StatusOut, **_REFUSED, 404: ProblemOut},
    url_name="api_status", operation_id="report_status", summary="How a report of yours stands",
)  # fmt: skip
def report_status(request: Called, report: uuid.UUID) -> StatusOut:
    """Needs the scope `reports:read`. Steps only, of reports your own organisation sent."""
    try:
        found, steps = actions.partner_status(
            key=request.auth.key, report=report, at=timezone.now()
        )
    except actions.NotYours:
        raise Problem(404, "not_found") from None
    return StatusOut(
        id=found.pk,
        received_at=found.received_at,
        steps=[StepOut(code=step.code, at=step.at) for step in steps],
    )


@api.get(
    "/codes", response={200: CodesOut, **_REFUSED}, url_name="api_codes",
    operation_id="code_lists", summary="The code lists",
)  # fmt: skip
def code_lists(request: Called) -> CodesOut:
    """Any key may read them."""
    return CodesOut(
        kinds=_codes([(one.code, one.label) for one in codelists.incident_types()]),
        facts=_codes([(one.code, one.label) for one in codelists.stated_facts()]),
        age_bands=_codes([(one.code, one.label) for one in codelists.age_bands()]),
        sexes=_codes([(one.code, one.label) for one in codelists.sexes()]),
        professions=_codes(Profession.choices),
        steps=_codes([(step.value, step.value.replace("_", " ")) for step in Step.Code]),
    )


def openapi_document() -> dict[str, Any]:
    """The document of the interface, the same at every installation."""
    return dict(api.get_openapi_schema(path_prefix="/api/"))


@public
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The document, as data: no page of anybody else is needed to read it."""
    return JsonResponse(openapi_document())


def _read(request: HttpRequest, limit: int) -> bytes:
    """The body, not read at all when it is too large or not JSON."""
    if request.content_type != "application/json":
        raise Problem(415, "media_type")
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > limit:
        raise Problem(413, "body_too_large")
    return request.read(limit)


def _item_of(read: Any) -> Item:
    try:
        told: ReportIn = read()
    except ShapeRefused as refused:
        problem = _shape_problem(refused)
        return Item(refusal=Refusal(problem.code, problem.errors))
    return Item(told.answers(), told.language, told.with_receipt)


def _shape_problem(refused: ShapeRefused) -> Problem:
    """Where the shape is wrong and how; never what was sent."""
    errors = refused.errors(include_url=False, include_context=False, include_input=False)
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, "unreadable")
    named = [(".".join(map(str, error["loc"])) or "report", error["type"]) for error in errors]
    return Problem(422, "shape", errors=named[:20])


def _take_in(request: Called, body: bytes, items: Sequence[Item]) -> list[Taken]:
    caller = request.auth
    name = request.headers.get("Idempotency-Key")
    if name is not None and not _NAME.fullmatch(name):
        raise Problem(422, "idempotency_key")
    if len(items) == 1 and items[0].refusal and items[0].refusal.code == "unreadable":
        raise Problem(400, "unreadable")
    once = Once.of(key=caller.key, text=caller.text, name=name, body=body) if name else None
    try:
        return actions.take_in(key=caller.key, items=items, at=timezone.now(), once=once)
    except actions.OtherBody:
        raise Problem(422, "other_body") from None


def _result(index: int, taken: Taken) -> ResultOut:
    if taken.refusal:
        problem = members(422, taken.refusal.code, taken.refusal.fields)
        return ResultOut(index=index, status="refused", problem=ProblemOut.model_validate(problem))
    return ResultOut(
        index=index, status="received", id=uuid.UUID(taken.report), received_at=_moment(taken),
        receipt=shown(taken.receipt),
    )  # fmt: skip


def _moment(taken: Taken) -> datetime:
    return datetime.fromisoformat(taken.received_at)


def _codes(pairs: Sequence[tuple[str, Any]]) -> list[CodeOut]:
    return [CodeOut(code=code, label=str(label)) for code, label in pairs]


urlpatterns = [
    path("openapi.json", document, name="api_openapi"),
    *(
        path(str(route.pattern), by_key(route.callback), name=route.name)
        for route in api.urls[0]
        if isinstance(route, URLPattern) and route.name != "api-root"
    ),
]
