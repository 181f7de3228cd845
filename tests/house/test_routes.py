"""Every route says who may come; reading changes nothing; the API is described whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import build, settings_for
from tests.house.tree import PACKAGE, at, functions, modules, said, tree_of
from yanglao.kernel.db import db
from yanglao.people.roles import PERMISSIONS
from yanglao.web.auth import UNMARKED, rule_of

CHANGING_GETS = frozenset({"/wx/oauth/start", "/wx/oauth/callback", "/wx/callback"})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give one house for all questions here: nothing is changed in it."""
    made = build(settings_for(tmp_path_factory.mktemp("house")))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def rules(app: Flask) -> Iterator[Any]:
    """Yield every route but static files and the description itself."""
    yield from (rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(UNMARKED))


def test_every_route_says_who_may_come(app: Flask) -> None:
    faults = [f"{rule.rule} ({rule.endpoint})" for rule in rules(app) if rule_of(rule.endpoint) is None]
    assert not faults, said(faults)


def test_every_permission_that_a_route_names_is_given_to_some_role(app: Flask) -> None:
    faults = [
        f"{rule.rule}: {permission}"
        for rule in rules(app)
        for permission in getattr(rule_of(rule.endpoint), "permissions", ())
        if permission not in PERMISSIONS
    ]
    assert not faults, said(faults)


def test_a_route_with_a_rule_names_a_permission_or_is_public(app: Flask) -> None:
    faults = [
        rule.rule
        for rule in rules(app)
        if (held := rule_of(rule.endpoint)) is not None and not held.public and not held.permissions
    ]
    assert not faults, said(faults)


def test_strangers_are_turned_away_from_every_route_that_is_not_public(app: Flask) -> None:
    client, faults = app.test_client(), []
    for rule in rules(app):
        held = rule_of(rule.endpoint)
        if held is None or held.public:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            address = re.sub(r"<int:[^>]+>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
            answer = client.open(re.sub(r"<[^>]+>", "0" * 26, address), method=method)
            led_away = answer.status_code == 302 and answer.location.startswith("/sign-in")
            if answer.status_code != 401 and not led_away:
                faults.append(f"{method} {rule.rule} answered {answer.status_code}")
    assert not faults, said(faults)


def test_a_reading_request_cannot_write(app: Flask) -> None:
    with app.test_request_context("/healthz"):
        app.preprocess_request()
        with pytest.raises(DBAPIError):
            db.session.execute(text("UPDATE division SET name = 'x'"))
        db.session.rollback()


def test_no_view_behind_get_alone_opens_a_write_transaction() -> None:
    faults = []
    for path in modules(PACKAGE / "web"):
        for view in functions(path):
            marks = [ast.unparse(mark) for mark in view.decorator_list]
            if not any(re.match(r"bp\.get\(", mark) for mark in marks) or any(
                one in "".join(marks) for one in CHANGING_GETS
            ):
                continue
            faults += [
                f"{at(path, node)} {view.name} calls {node.func.id}"
                for node in ast.walk(view)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in writers_of(path)
            ]
    assert not faults, said(faults)


def writers_of(path: Path) -> frozenset[str]:
    """Return the names under which a module knows the two ways to write: ``kernel.db.run`` and ``web.conduct.record``."""
    return frozenset(
        alias.asname or alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module in ("yanglao.kernel.db", "yanglao.web.conduct")
        for alias in node.names
        if alias.name in ("run", "record")
    )


def test_the_description_is_openapi_3_1_and_lists_every_call(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json")
    described = answer.get_json()
    assert answer.status_code == 200 and described["openapi"].startswith("3.1")
    listed = {re.sub(r"\{[^}]+\}", "{}", path): set(calls) for path, calls in described["paths"].items()}
    faults = []
    for rule in rules(app):
        if not rule.rule.startswith("/api/v1/"):
            continue
        path = re.sub(r"<[^>]+>", "{}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if method.lower() not in listed.get(path, set()):
                faults.append(f"{method} {rule.rule}")
    assert not faults, said(faults)


def test_the_fixed_addresses_are_served(app: Flask) -> None:
    there = {re.sub(r"<[^>]+>", "<>", rule.rule) for rule in app.url_map.iter_rules()}
    wanted = {
        *(
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/",
            "/verify/<>",
            "/screen",
            "/styleguide",
            "/privacy",
        ),
        *("/sign-in", "/sign-out", "/consent", "/account", "/c/<>"),
        *("/learn/", "/learn/lessons/<>/<>", "/learn/quiz/<>", "/learn/card", "/learn/hours"),
        *("/teach/", "/teach/sessions/<>"),
        *("/office/", "/office/classes", "/office/classes/<>", "/office/classes/<>/roster", "/office/people"),
        *("/office/review", "/office/plan", "/office/settings"),
        *(
            f"/api/v1/{path}"
            for path in ("sign-in", "me", "enrolments", "enrolments/<>", "viewings", "viewings/<>/beats")
        ),
        *(
            f"/api/v1/{path}"
            for path in ("viewings/<>/challenges/<>", "viewings/<>/close", "attempts", "me/card")
        ),
        *(
            f"/api/v1/{path}"
            for path in ("attempts/<>/answers/<>", "attempts/<>/submit", "sessions", "sessions/<>/open")
        ),
        *(f"/api/v1/{path}" for path in ("sessions/<>/close", "sessions/<>/code", "scans", "scans/<>/void")),
        *(
            f"/api/v1/{path}"
            for path in ("scans/<>/decision", "standings", "enrolments/<>/evidence", "checkpoints")
        ),
        *(f"/api/v1/{path}" for path in ("exports", "exports/<>")),
    }
    assert not wanted - there, said(sorted(wanted - there))
