# SPDX-License-Identifier: Apache-2.0
"""The providers' interface: a program reads the notices its organisation was sent and answers.

A key with the scope `notices:answer` opens it. The feed is XARF 4 in pages, each with an entity
tag (RFC 9110, 8.8.3); refusals are problems (RFC 9457). New notices are also posted to an
endpoint, signed by Standard Webhooks, where the directory has one. `/test` is a notice tagged
`lifecycle:test`, on which nobody acts and whose answers are kept nowhere.
"""

import hashlib
import math
import uuid
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe
from ninja import Status
from pydantic import BaseModel
from pydantic import ValidationError as ShapeRefused

from hearthline.hub.accounts.doors import by_key, public
from hearthline.hub.notices import actions
from hearthline.hub.notices.api_shapes import (
    AnswerIn,
    AnswerOut,
    AnswersIn,
    AnswersOut,
    FeedOut,
    GroundOut,
    GroundsOut,
    NoticeOut,
    RowIn,
    RowOut,
)
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.reports.api import Called, PartnerKeyAuth
from hearthline.hub.reports.api_face import REF, Interface
from hearthline.hub.reports.api_problems import Problem, members
from hearthline.hub.reports.api_shapes import ProblemOut
from hearthline.kit.formats import xarf

ON_A_PAGE: Final = 100
ONE_BYTES: Final = 64 * 1024
BATCH_BYTES: Final = 1_500_000
# The test notice has the same number everywhere, so that no program mistakes it for another.
TEST: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "lifecycle-test.notices.hearthline.invalid")
_REFUSED = dict.fromkeys((401, 403, 429), ProblemOut)
_SENDING = {**_REFUSED, 400: ProblemOut, 413: ProblemOut, 415: ProblemOut, 422: ProblemOut}
Shape = TypeVar("Shape", bound=BaseModel)


api = Interface(
    shapes=(AnswerIn, RowIn, AnswersIn),
    title="Hearthline: providers' interface",
    version="1",
    description="Read the notices your organisation was sent and say what you did. Text only.",
    urls_namespace="provider_api",
    auth=PartnerKeyAuth(),
)


def _body(shape: type[BaseModel], *, table: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": REF.format(model=shape.__name__)}}
    }
    if table:
        content["text/csv"] = {
            "schema": {"type": "string", "description": "reference,answer,ground,address,note"}
        }
    return {"requestBody": {"required": True, "content": content}}


@api.get(
    "/feed", response={200: FeedOut, **_REFUSED, 422: ProblemOut}, url_name="api_notices",
    operation_id="notices", summary="The notices that are open",
)  # fmt: skip
def feed(request: Called, page: int = 1) -> HttpResponse:
    """With `If-None-Match` of the page's `ETag`, 304 when nothing of it changed."""
    at = timezone.now()
    visit = actions.enter_by_key(key=request.auth.key, secret=request.auth.text, at=at, begin=True)
    told = Notice.objects.told_to(visit.reader).open().order_by("sent_at", "pk")
    total = told.count()
    pages = max(1, math.ceil(total / ON_A_PAGE))
    if not 1 <= page <= pages:
        raise Problem(422, "shape", errors=[("page", f"1 to {pages}")])
    notices = list(told[(page - 1) * ON_A_PAGE : page * ON_A_PAGE])
    tag = _tag(visit, notices, page, total)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    shown = actions.open_feed(visit=visit, notices=notices, at=at)
    rows = [_row(notice, one) for notice, one in zip(notices, shown, strict=True)]
    document = FeedOut(page=page, pages=pages, total=total, notices=rows)
    return JsonResponse(document.model_dump(mode="json"), headers={"ETag": tag})


@api.get(
    "/test", response={200: NoticeOut, **_REFUSED}, url_name="api_notice_test",
    operation_id="test_notice", summary="A notice to try a program with",
)  # fmt: skip
def test_notice(request: Called) -> NoticeOut:
    """Invented, tagged `lifecycle:test`, about an address that no machine has."""
    at = timezone.now()
    actions.enter_by_key(key=request.auth.key, secret=request.auth.text, at=at)
    domain = settings.MAIL_FROM.rpartition("@")[2]
    us = xarf.Party(org=settings.REPORTER_ORGANISATION, contact=settings.MAIL_FROM, domain=domain)
    url = "https://pages.example.invalid/test"
    document = xarf.notice(
        report_id=TEST, at=at, reporter=us, sender=us, url=url, domain="pages.example.invalid",
        outcome="baseline", incident_type="csam_url", test=True,
    )  # fmt: skip
    return NoticeOut(
        id=TEST, reference=str(TEST)[:8].upper(), state="sent", sent_at=at, answer_by=None,
        law="", url=url, xarf=document, test=True,
    )  # fmt: skip


@api.get(
    "/grounds", response={200: GroundsOut, **_REFUSED}, url_name="api_notice_grounds",
    operation_id="grounds", summary="Why a provider may refuse",
)  # fmt: skip
def grounds(request: Called) -> GroundsOut:
    """Any key may read them."""
    return GroundsOut(
        grounds=[GroundOut(code=one.code, label=one.label) for one in actions.providers_grounds()]
    )


@api.post(
    "/answers", response={200: AnswersOut, **_SENDING}, url_name="api_notice_answers",
    operation_id="send_answers", openapi_extra=_body(AnswersIn, table=True),
    summary="Answer up to 500 notices, as JSON or as a table (text/csv)",
)  # fmt: skip
def send_answers(request: Called) -> AnswersOut:
    """One that is refused never costs another."""
    at = timezone.now()
    visit = actions.enter_by_key(key=request.auth.key, secret=request.auth.text, at=at)
    table = request.content_type == "text/csv"
    rows = _rows_of_table(request) if table else _rows_of_json(request)
    tests = [row for row in rows if _is_test(row.reference)]
    real = [row for row in rows if not _is_test(row.reference)]
    way = Answer.Way.CSV if table else Answer.Way.API
    done = actions.answer_in_bulk(visit=visit, rows=real, way=way, at=at)
    results = [_result(one) for one in done]
    results += [RowOut(line=row.line, notice=row.reference, status="test") for row in tests]
    refused = sum(one.problem is not None for one in results)
    return AnswersOut(
        taken=len(results) - refused,
        refused=refused,
        results=sorted(results, key=lambda one: one.line),
    )


@api.post(
    "/{uuid:notice}/answers", response={200: AnswerOut, 201: AnswerOut, **_SENDING, 404: ProblemOut,
    409: ProblemOut}, url_name="api_notice_answer", operation_id="send_answer",
    openapi_extra=_body(AnswerIn), summary="Answer one notice",
)  # fmt: skip
def send_answer(request: Called, notice: uuid.UUID) -> Status[AnswerOut]:
    """201 when it was recorded, 200 when it was kept already or the notice is a test."""
    at = timezone.now()
    visit = actions.enter_by_key(key=request.auth.key, secret=request.auth.text, at=at)
    told = _shaped(AnswerIn, _read(request, ONE_BYTES))
    if notice == TEST:
        return Status(200, AnswerOut(status="test"))
    try:
        actions.answer_as_provider(
            visit=visit, notice=notice, said=_said(told), way=Answer.Way.API, at=at
        )
    except actions.AlreadySaid:
        return Status(200, AnswerOut(status="already"))
    except actions.NotTheirs:
        raise Problem(404, "not_found") from None
    except (actions.NotOpen, actions.NotAsked):
        raise Problem(409, "over") from None
    except actions.ANSWER_REFUSED as refused:
        raise Problem(422, actions.code_of(refused)) from None
    return Status(201, AnswerOut(status="recorded"))


def openapi_document() -> dict[str, Any]:
    """The document of the interface, the same at every installation."""
    return dict(api.get_openapi_schema(path_prefix="/api/notices"))


@public
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The document, as data: no page of anybody else is needed to read it."""
    return JsonResponse(openapi_document())


def _row(notice: Notice, shown: actions.Shown) -> NoticeOut:
    return NoticeOut(
        id=notice.pk,
        reference=notice.reference,
        state=notice.state,
        sent_at=notice.sent_at or notice.queued_at,
        answer_by=notice.acknowledge_due_at,
        law=shown.law,
        url=shown.url,
        xarf=shown.xarf,
        test=bool(shown.xarf and xarf.is_test(shown.xarf)),
    )


def _tag(visit: actions.Visit, notices: Sequence[Notice], page: int, total: int) -> str:
    """Changes when a row of the page does, or when a copy of one is ready; opens nothing."""
    copies = dict(visit.reader.copies.filter(notice__in=notices).values_list("notice", "made_at"))
    parts = [f"{page} {total}"]
    parts += [f"{one.pk} {one.state} {one.sent_at} {copies.get(one.pk)}" for one in notices]
    return f'"{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"'


def _read(request: HttpRequest, limit: int, kind: str = "application/json") -> bytes:
    """The body, not read at all when it is too large or of another type."""
    if request.content_type != kind:
        raise Problem(415, "media_type")
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > limit:
        raise Problem(413, "body_too_large")
    return request.read(limit)


def _shaped(shape: type[Shape], body: bytes) -> Shape:
    """The body in its shape. Says where it is wrong, never what was sent."""
    try:
        return shape.model_validate_json(body)
    except ShapeRefused as refused:
        errors = refused.errors(include_url=False, include_context=False, include_input=False)
        if any(error["type"] == "json_invalid" for error in errors):
            raise Problem(400, "unreadable") from None
        if any(error["type"] == "too_long" for error in errors):
            raise Problem(413, "too_many_answers") from None
        named = [(".".join(map(str, error["loc"])), error["type"]) for error in errors]
        raise Problem(422, "shape", errors=named[:20]) from None


def _rows_of_json(request: HttpRequest) -> list[actions.Row]:
    sent = _shaped(AnswersIn, _read(request, BATCH_BYTES))
    return [
        actions.Row(number, one.notice, _said(one))
        for number, one in enumerate(sent.answers, start=1)
    ]


def _rows_of_table(request: HttpRequest) -> list[actions.Row]:
    try:
        return actions.read_table(_read(request, BATCH_BYTES, "text/csv").decode("utf-8"))
    except UnicodeDecodeError:
        raise Problem(400, "unreadable") from None
    except actions.NotATable:
        raise Problem(422, "not_a_table") from None
    except actions.TooManyRows:
        raise Problem(413, "too_many_answers") from None


def _said(told: AnswerIn) -> actions.Said:
    return actions.Said(told.answer, told.ground, told.address, told.note)


def _is_test(reference: str) -> bool:
    return reference.strip().lower() in (str(TEST), str(TEST)[:8])


def _result(result: actions.Result) -> RowOut:
    row = result.row
    if result.taken:
        return RowOut(line=row.line, notice=row.reference, status=result.code)
    problem = ProblemOut.model_validate(members(422, result.code))
    return RowOut(line=row.line, notice=row.reference[:60], status="refused", problem=problem)


urlpatterns = [
    path("openapi.json", document, name="api_notices_openapi"),
    *(
        path(str(route.pattern), by_key(route.callback), name=route.name)
        for route in api.urls[0]
        if isinstance(route, URLPattern) and route.name != "api-root"
    ),
]
