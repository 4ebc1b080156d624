# SPDX-License-Identifier: Apache-2.0
"""The interface is a promise: docs/matcher-openapi.json changes only on purpose."""

import json
import os
from pathlib import Path

from hearthline.matcher import openapi
from hearthline.matcher.routes import ROUTES
from hearthline.matcher.tests.caller import Caller

SNAPSHOT = Path(__file__).resolve().parents[4] / "docs" / "matcher-openapi.json"


def test_the_document_is_the_one_that_was_agreed():
    """With HEARTHLINE_SNAPSHOT=write it is written anew."""
    text = json.dumps(openapi.document(ROUTES), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("HEARTHLINE_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text


def test_every_reference_leads_somewhere():
    document = openapi.document(ROUTES)
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names <= set(document["components"]["schemas"])
    assert names


def test_every_route_is_told_and_every_operation_has_its_own_name():
    operations = [
        operation
        for path in openapi.document(ROUTES)["paths"].values()
        for operation in path.values()
    ]
    assert len(operations) == len(ROUTES.all)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_every_route_is_guarded_or_open_on_purpose():
    opened = {route.path for route in ROUTES.all if route.open}
    assert opened == {
        "/status", "/status/live", "/livez", "/readyz", "/site-map", "/openapi.json"
    }  # fmt: skip
    assert all(route.scopes or route.any_of for route in ROUTES.all if not route.open)


def test_it_is_served(caller: Caller):
    assert caller.get("/openapi.json").json() == openapi.document(ROUTES)
