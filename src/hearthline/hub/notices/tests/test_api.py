# SPDX-License-Identifier: Apache-2.0
"""The providers' interface, as a provider's program sees it, and as its document says."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hearthline.hub.audit.models import Entry
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import Organisation
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.notices.api import ON_A_PAGE, TEST, openapi_document
from hearthline.hub.notices.models import Answer, Copy, Notice
from hearthline.hub.notices.sweeps import seal_copies
from hearthline.hub.notices.tests.make import make_sent
from hearthline.hub.reports.api_pace import pace

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "openapi-providers.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


class Program:
    """A provider's program with its key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def get(self, path: str = "feed", **headers: str) -> Any:
        return Client().get(f"/api/notices/{path}", headers=self._with(headers))

    def post(self, path: str, body: Any, kind: str = "application/json") -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return Client().generic(
            "POST", f"/api/notices/{path}", text, content_type=kind, headers=self._with({})
        )

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} | headers


@pytest.fixture(autouse=True)
def door(settings, monkeypatch, now):
    """The partners' door, at the time of the tests."""
    settings.ROOT_URLCONF = "hearthline.hub.config.urls.partners"
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    pace.forget()


def make_program(organisation: Organisation, ada, now, *scopes: str) -> Program:
    made = directory.make_key(
        organisation=organisation, name="tool", scopes=scopes or ["notices:answer"], by=ada, at=now
    )
    return Program(made.text)


@pytest.fixture
def program(host, ada, now) -> Program:
    return make_program(host, ada, now)


@pytest.fixture
def fed(program, notice, now) -> Program:
    """Its first request begins the feed; the worker's next round fills it."""
    assert program.get().json()["notices"][0]["url"] == ""
    seal_copies(holder="w1", at=now)
    return program


def code(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_the_feed_is_xarf_in_pages(fed, notice):
    page = fed.get().json()
    assert (page["page"], page["pages"], page["total"]) == (1, 1, 1)
    (row,) = page["notices"]
    assert row["id"] == row["xarf"]["report_id"] == str(notice.pk)
    assert row["xarf"]["url"] == "http://pages.harbour-host.test/album/7"
    assert (row["reference"], row["state"], row["test"]) == (notice.reference, "sent", False)


def test_reading_the_feed_is_kept_once_for_the_page(fed, notice):
    before = Entry.objects.filter(verb="notices.read_feed").count()
    fed.get()
    assert Entry.objects.filter(verb="notices.read_feed").count() == before + 1


def test_an_unchanged_page_is_not_sent_again_nor_opened(fed, notice, now):
    first = fed.get()
    read = Entry.objects.filter(verb="notices.read_feed").count()
    again = fed.get(**{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Entry.objects.filter(verb="notices.read_feed").count() == read
    fed.post(f"{notice.pk}/answers", {"answer": "acknowledged"})
    assert fed.get(**{"If-None-Match": first["ETag"]}).status_code == 200


def test_a_page_that_is_not_there_is_refused(fed):
    assert ON_A_PAGE == 100
    assert code(fed.get("feed?page=2")) == (422, "shape")
    assert code(fed.get("feed?page=0")) == (422, "shape")
    assert code(fed.get("feed?page=x")) == (422, "shape")


def test_what_was_sealed_opens_with_the_key_alone(settings, fed, notice):
    settings.DESK_PRIVATE_KEY = ""
    assert fed.get().json()["notices"][0]["url"]
    copy = Copy.objects.get(reader__key__isnull=False)
    assert b"album" not in bytes(copy.document) + bytes(copy.wrapped)


def test_another_organisation_sees_and_answers_nothing(notice, ada, now):
    other = make_program(make_organisation(by=ada, at=now, name="Other Hosting"), ada, now)
    assert other.get().json()["notices"] == []
    assert code(other.post(f"{notice.pk}/answers", {"answer": "removed"})) == (404, "not_found")
    batch = other.post("answers", {"answers": [{"notice": notice.reference, "answer": "removed"}]})
    assert batch.json()["results"][0]["problem"]["type"].endswith("not_yours")
    assert not Answer.objects.exists()


def test_a_key_without_the_scope_or_none_at_all_opens_nothing(notice, host, ada, now):
    reports = make_program(host, ada, now, "reports:read")
    assert code(reports.get()) == (403, "scope_missing")
    assert code(Program("hlk_nothing").get()) == (401, "key_refused")
    assert code(Client().get("/api/notices/feed")) == (401, "key_refused")


def test_one_answer(fed, notice):
    sent = fed.post(f"{notice.pk}/answers", {"answer": "refused", "ground": "order_required"})
    assert (sent.status_code, sent.json()) == (201, {"status": "recorded"})
    answer = Answer.objects.get()
    assert (answer.code, answer.refusal, answer.way) == ("refused", "order_required", "api")
    assert answer.source == "Harbour Hosting"


def test_the_same_answer_again_is_one(fed, notice):
    fed.post(f"{notice.pk}/answers", {"answer": "removed"})
    again = fed.post(f"{notice.pk}/answers", {"answer": "removed"})
    assert (again.status_code, again.json()) == (200, {"status": "already"})
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"answer": "nonsense"}, (422, "unknown_answer")),
        ({"answer": "refused"}, (422, "ground_needed")),
        ({"answer": "refused", "ground": "nonsense"}, (422, "unknown_ground")),
        ({"answer": "moved"}, (422, "address_needed")),
        ({"answer": "moved", "address": "nowhere at all"}, (422, "address_refused")),
        ({"answer": "removed", "note": "data:image/png;base64,iVBORw0KGgo"}, (422, "file_content")),
        ({"answer": "removed", "colour": "red"}, (422, "shape")),
        ("{", (400, "unreadable")),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(fed, notice, body, refusal):
    assert code(fed.post(f"{notice.pk}/answers", body)) == refusal
    assert not Answer.objects.exists()


def test_what_is_over_is_said_to_be(fed, notice, now):
    Notice.objects.update(state=Notice.State.REMOVED, removed_at=now)
    assert code(fed.post(f"{notice.pk}/answers", {"answer": "removed"})) == (409, "over")
    assert fed.get().json()["total"] == 0


def test_another_type_of_body_is_refused(fed, notice):
    assert code(fed.post(f"{notice.pk}/answers", "x", "text/plain")) == (415, "media_type")


def test_many_answers_each_by_itself(fed, notice, ana, ben, now):
    other = make_sent("http://pages.harbour-host.test/album/8", ana=ana, ben=ben, at=now)
    sent = fed.post(
        "answers",
        {
            "answers": [
                {"notice": notice.reference, "answer": "removed"},
                {"notice": str(uuid.uuid4()), "answer": "removed"},
                {"notice": str(other.pk), "answer": "moved", "address": "example.org/b"},
            ]
        },
    ).json()
    assert (sent["taken"], sent["refused"]) == (2, 1)
    assert [one["status"] for one in sent["results"]] == ["recorded", "refused", "recorded"]
    assert Answer.objects.count() == 2


def test_many_answers_as_a_table(fed, notice):
    table = f"reference;answer\r\n{notice.reference};removed\r\nFFFFFFFF;removed\r\n"
    sent = fed.post("answers", table, "text/csv").json()
    assert (sent["taken"], sent["refused"]) == (1, 1)
    assert Answer.objects.get().way == "csv"


@pytest.mark.parametrize(
    ("body", "kind", "refusal"),
    [
        ({"answers": []}, "application/json", (422, "shape")),
        (
            {"answers": [{"notice": "A", "answer": "removed"}] * 501},
            "application/json",
            (413, "too_many_answers"),
        ),
        ("A,removed\n" * 501, "text/csv", (413, "too_many_answers")),
        (" \n", "text/csv", (422, "not_a_table")),
        (b"\xff\xfe", "text/csv", (400, "unreadable")),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(fed, body, kind, refusal):
    assert code(fed.post("answers", body, kind)) == refusal
    assert not Answer.objects.exists()


def test_a_test_notice_has_the_tag_and_its_answers_are_kept_nowhere(fed):
    row = fed.get("test").json()
    assert row["xarf"]["tags"] == ["lifecycle:test"]
    assert row["xarf"]["domain"].endswith(".invalid")
    assert fed.post(f"{TEST}/answers", {"answer": "removed"}).json() == {"status": "test"}
    batch = fed.post("answers", {"answers": [{"notice": str(TEST), "answer": "removed"}]}).json()
    assert [one["status"] for one in batch["results"]] == ["test"]
    assert not Answer.objects.exists()


def test_the_grounds_are_listed(fed):
    assert {"code": "other", "label": "Another reason"}["code"] in {
        one["code"] for one in fed.get("grounds").json()["grounds"]
    }


def test_the_document_is_the_one_in_docs():
    """A change of the interface shows in a diff. `make openapi` writes the file anew."""
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == openapi_document()
    assert Client().get("/api/notices/openapi.json").json() == openapi_document()


@pytest.fixture
def one_line() -> Iterator[None]:
    """Requests through the real application use the test's own transaction, and leave it open."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    "operation", ["notices", "test_notice", "grounds", "send_answers", "send_answer"]
)
def test_whatever_is_sent_is_answered_as_documented(operation, fed, one_line, settings):
    partners = settings.PACK.partners.model_copy(update={"requests_per_minute": 6_000})
    settings.PACK = settings.PACK.model_copy(update={"partners": partners})
    document = schemathesis.openapi.from_wsgi("/api/notices/openapi.json", get_wsgi_application())
    shape = document.find_operation_by_id(operation)

    @examples(
        max_examples=6,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=shape.as_strategy())
    def tried(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {fed.key}"}, checks=CHECKS)

    tried()
