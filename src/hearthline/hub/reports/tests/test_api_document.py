# SPDX-License-Identifier: Apache-2.0
"""The interface is what its document says: held as a file, and tried with whatever fits it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as live
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hearthline.hub.reports.api import openapi_document
from hearthline.hub.reports.api_pace import pace
from hearthline.hub.reports.tests.test_api import Program, make_program

DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_document_is_the_one_in_docs():
    """A change of the interface shows in a diff. `make openapi` writes the file anew."""
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == openapi_document()


@pytest.mark.django_db
def test_the_document_is_served_as_data(settings: Any):
    settings.ROOT_URLCONF = "hearthline.hub.config.urls.partners"
    answer = Client().get("/api/openapi.json")
    assert answer.json() == openapi_document()
    assert answer["Content-Type"] == "application/json"


@pytest.fixture
def one_line() -> Iterator[None]:
    """Requests through the real application use the test's own transaction, and leave it open."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture
def quay(settings: Any) -> Program:
    settings.ROOT_URLCONF = "hearthline.hub.config.urls.partners"
    partners = live.PACK.partners.model_copy(update={"requests_per_minute": 6_000})
    settings.PACK = live.PACK.model_copy(update={"partners": partners})
    pace.forget()
    return make_program()


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["send_report", "send_batch", "report_status", "code_lists"])
def test_whatever_is_sent_is_answered_as_documented(operation: str, quay: Program, one_line: None):
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    shape = document.find_operation_by_id(operation)
    # The document's own shapes, and bodies that are anything at all.
    cases = shape.as_strategy() | st.builds(
        lambda case, body: _with_body(case, body),
        shape.as_strategy(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=40),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.sampled_from(["reports", "words", "kind", "facts"]), inner)
            ),
            max_leaves=12,
        ),
    )

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def tried(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {quay.key}"}, checks=CHECKS)

    tried()


def _with_body(case: Any, body: Any) -> Any:
    if case.method == "POST":
        case.body = body
    return case
