# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI 3.1 document, made from the routes, so that it cannot tell of others."""

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hearthline.matcher.v1 import shapes
from hearthline.matcher.web import JSON, Form, Route, Routes

_ABOUT = (
    "Recognises known content by its hashes. Calls under /h, /m and /c are those that clients of "
    "Hasher-Matcher-Actioner make; /v1 goes beyond them. No content is kept."
)
VERSION = "1.0"
"""Of the interface, not of the program."""
_REFS = "#/components/schemas/{model}"


def document(routes: Routes) -> dict[str, Any]:
    """The document as JSON values."""
    paths: dict[str, dict[str, Any]] = {}
    models: list[type[BaseModel]] = [shapes.Problem, shapes.Message]
    for route in routes.all:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
        models += [model for model in (route.accepts, route.gives) if model is not None]
    _, schemas = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template=_REFS
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hearthline matcher", "version": VERSION, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
                "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    name = re.sub(r"\W+", "_", route.path).strip("_")
    told: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{name}",
        "summary": route.summary,
        "tags": [route.group],
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if not route.open:
        needed = sorted(route.scopes) or sorted(route.any_of)
        together = "all of" if route.scopes else "one of"
        told["description"] = f"A key with {together}: {', '.join(needed)}."
        told["security"] = [{"key": []}, {"password": []}, {"header": []}]
    if route.takes:
        told["requestBody"] = {"required": True, "content": _content(route)}
    return told


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    in_query = [
        {
            "name": one.name,
            "in": "query",
            "required": one.required,
            "description": one.text,
            "schema": {"type": one.kind},
        }
        for one in route.parameters
    ]
    return in_path + in_query


def _content(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for kind in route.takes:
        if kind == JSON:
            told[kind] = {"schema": _schema(route.accepts)}
        elif kind == "multipart/form-data":
            file = {"type": "string", "contentMediaType": "application/octet-stream"}
            told[kind] = {
                "schema": {"type": "object", "properties": {"photo": file, "video": file}}
            }
        else:
            told[kind] = {"schema": {}}
    return told


def _responses(route: Route) -> dict[str, Any]:
    answered = {"schema": _schema(route.gives)} if route.gives_type == JSON else {}
    told: dict[str, Any] = {
        str(route.status): {
            "description": route.summary,
            "content": {route.gives_type: answered},
        }
    }
    plain = route.form is Form.MESSAGE
    kind = JSON if plain else "application/problem+json"
    model = shapes.Message if plain else shapes.Problem
    statuses = {"400": "Not to be understood", "404": "Not there", "503": "Busy"}
    if not route.open:
        statuses |= {"401": "No valid key", "403": "Not with this key", "429": "Too often"}
    if route.takes:
        statuses |= {"408": "The body came too slowly", "413": "Too large"}
    for status, text in sorted(statuses.items()):
        told[status] = {"description": text, "content": {kind: {"schema": _schema(model)}}}
    return told


def _schema(model: type[BaseModel] | None) -> dict[str, Any]:
    return {} if model is None else {"$ref": _REFS.format(model=model.__name__)}
