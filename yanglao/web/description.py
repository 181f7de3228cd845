"""The description of the API at /openapi.json, completed from what the routes say of themselves.

Every operation tells who may call it, how one shows who one is, what it answers and that every refusal is a
problem+json (RFC 9457). Answers that views do not declare themselves are described by the models of ``answers``.
"""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel

from yanglao.web.answers import ANSWERS, Problem
from yanglao.web.auth import rule_of

REFUSALS = {
    "401": "nobody is signed in",
    "403": "the role may not do this",
    "404": "no such thing within the caller's scope",
    "409": "the state does not allow it now",
    "422": "the content breaks a rule",
    "429": "tried too often; see Retry-After",
}
METHODS = ("get", "post", "put", "delete")


def init_app(app: APIFlask) -> None:
    """Let ``app`` complete its description whenever it is made."""

    @app.spec_processor
    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        if isinstance(spec, str):
            return spec
        schemas = spec.setdefault("components", {}).setdefault("schemas", {})
        _define(schemas, Problem)
        spec["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "the token of POST /sign-in"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "yl_session"},
        }
        endpoints = {_path(rule.rule): rule.endpoint for rule in app.url_map.iter_rules()}
        by_method = {
            (_path(rule.rule), method.lower()): rule.endpoint
            for rule in app.url_map.iter_rules()
            for method in rule.methods or ()
        }
        for path, operations in spec.get("paths", {}).items():
            for method in METHODS:
                if method in operations:
                    endpoint = by_method.get((path, method), endpoints.get(path, ""))
                    _complete(operations[method], endpoint, method, schemas)
        return spec


def _complete(operation: dict[str, Any], endpoint: str, method: str, schemas: dict[str, Any]) -> None:
    rule = rule_of(endpoint)
    responses = operation.setdefault("responses", {})
    status, model = ANSWERS.get(endpoint, ("200", None))
    if not any(_says(said) for code, said in responses.items() if code.startswith("2")):
        for code in [code for code in responses if code.startswith("2")]:
            del responses[code]
        schema = _define(schemas, model) if model else {"type": "object"}
        responses[status] = {"description": "done", "content": {"application/json": {"schema": schema}}}
    open_to_all = rule is not None and rule.public
    operation["security"] = [] if open_to_all else [{"bearer": []}, {"cookie": []}]
    if rule is not None and rule.permissions:
        operation["x-permissions"] = list(rule.permissions)
    named = {code for code in responses if code.startswith("4")} | ({"429"} if method != "get" else set())
    for code in sorted(named | (set() if open_to_all else {"401", "403"})):
        schema = {"$ref": "#/components/schemas/Problem"}
        responses[code] = {
            "description": REFUSALS.get(code, "refused"),
            "content": {"application/problem+json": {"schema": schema}},
        }
    operation["responses"] = dict(sorted(responses.items()))


def _says(response: dict[str, Any]) -> bool:
    """Tell whether an answer is described: by a schema, or as one without content (204)."""
    content = response.get("content")
    return content is None or any(held.get("schema") for held in content.values())


def _define(schemas: dict[str, Any], model: type[BaseModel]) -> dict[str, str]:
    """Put the schema of ``model`` and of what it is made of among the components; return the reference to it."""
    made = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    for name, inner in made.pop("$defs", {}).items():
        schemas[name] = inner
    schemas[model.__name__] = made
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _path(rule: str) -> str:
    """Return a route's rule as the description writes it: <int:n> and <n> as {n}."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
