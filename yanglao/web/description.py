"""The description of the API at /openapi.json, completed from what the routes say of themselves.

Every operation tells who may call it, how one shows who one is, what it answers, and that every refusal is a
problem+json (RFC 9457) with one of the codes named there. Answers that views do not declare themselves are described by the
models of ``answers``; the main calls are shown by ``examples``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel

from yanglao.kernel.errors import Problem as Refusal
from yanglao.people.roles import ROLE_CAN
from yanglao.web.answers import ANSWERS, FILES, Problem
from yanglao.web.auth import Rule, rule_of
from yanglao.web.examples import EXAMPLES

REFUSALS = {
    "401": "nobody is signed in",
    "403": "the role may not do this",
    "404": "no such thing within the caller's scope",
    "409": "the state does not allow it now",
    "413": "the body is too large",
    "422": "the content breaks a rule",
    "429": "tried too often; see Retry-After",
}
# What any call may answer, beside what belongs to its own area.
COMMON = {
    "401": ("identity.missing", "identity.expired"),
    "403": ("role.forbidden", "consent.required", "password.must_change", "csrf.missing"),
    "404": ("thing.not_found",),
    "413": ("content.too_large",),
    "422": ("content.invalid",),
    "429": ("rate.too_many",),
}
# Blueprint -> the first words of the codes of its area.
AREAS: dict[str, tuple[str, ...]] = {
    "api_sign_in": ("sign_in.",),
    "api_me": ("sign_in.not_found", "password.", "consent.", "account.font_range"),
    "api_messages": ("messages.", "message."),
    "api_people": ("person.", "account.", "id.", "roles.", "unbind."),
    "api_enrolments": ("classes.enrolment_unknown",),
    "api_learning": ("classes.enrolment_unknown", "attempt.module_unknown", "courses.segment_unknown"),
    "api_viewings": ("viewing.", "classes.enrolment_unknown"),
    "api_attempts": ("attempt.", "classes.enrolment_unknown"),
    "api_standings": ("classes.enrolment_unknown", "review."),
    "api_exports": ("export.", "files."),
    "api_flags": ("flag.",),
    "api_practical": (
        "practical.",
        "files.wrong_kind",
        "photo.unreadable",
        "classes.class_unknown",
        "classes.enrolment_unknown",
    ),
    "api_scans": ("scan.", "attendance."),
    "api_help": ("helper.", "printed_card.", "scan.", "attendance.", "classes.session_unknown"),
    "api_printed_cards": ("printed_card.", "classes.class_unknown", "classes.session_unknown"),
    "api_sessions": ("classes.session_unknown", "attendance.", "screen.", "session."),
    "api_halls": ("classes.session_unknown",),
    "api_leaves": ("leave.", "classes.session_unknown"),
    "api_walk_ins": (
        "walk_in.",
        "late.",
        "id.",
        "mark_photo.",
        "photo.unreadable",
        "classes.session_unknown",
    ),
    "api_roll_calls": ("roll_call.", "classes.session_unknown"),
    "api_live_checks": ("live_check.", "code.too_many_tries", "classes.session_unknown"),
    "api_mark_photos": (
        "mark_photo.",
        "attendance.scan_unknown",
        "photo.unreadable",
        "classes.session_unknown",
    ),
    "api_classes": ("classes.", "late.", "courses.programme_unknown", "person.name_differs"),
    "api_timetable": ("timetable.", "venue.", "classes.class_unknown", "classes.session_unknown"),
    "api_venues": ("venue.", "calendar.", "places.no_base"),
    "api_rosters": ("roster.", "classes.class_unknown"),
    "api_question_imports": ("question_import.", "question_file.", "courses.bank_unknown", "workbook."),
    "api_binding": ("binding.", "classes.class_unknown"),
    "api_photos": ("photo.",),
    "api_photo_zips": ("photo_zip.", "photo."),
    "api_shares": ("share.",),
    "api_materials": ("material.", "captions.", "recording.", "courses.lesson_unknown"),
    "api_uploads": ("upload.", "files."),
    "api_programmes": ("courses.",),
    "api_claims": ("claim.",),
    "api_settlement_runs": ("run.", "claim.", "bank_result.", "workbook.", "files."),
    "api_personal_claims": ("claim.", "payee.", "proxy."),
    "api_stand_ins": ("stand_in.",),
    "api_repayments": ("repayment.", "claim."),
    "api_bank_returns": ("claim.",),
    "api_exclusions": ("exclusion.",),
    "api_what_if": ("policy.", "what_if.", "files.wrong_kind"),
    "api_wechat": ("wechat.",),
}
# A word of our own for a tag beside its Chinese one, so that a reader finds both.
TAGS = {
    "people": "人员 people", "messages": "消息 messages", "scans": "签到 scans", "sessions": "课次 sessions",
    "binding": "绑定 binding", "material": "课件 material", "papers": "考勤表 papers",
}  # fmt: skip
# What a view does not say of itself: these answer 409 too.
CONFLICTS = frozenset(
    {"api_scans.post_void", "api_scans.post_decision", "api_sessions.post_open", "api_sessions.post_close"}
    | {"api_walk_ins.post_walk_in", "api_walk_ins.post_out", "api_walk_ins.post_decision"}
    | {"api_roll_calls.post_roll_call", "api_roll_calls.post_excuse"}
    | {"api_live_checks.post_live_checks", "api_live_checks.post_mark", "api_live_checks.post_answer"}
)
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
        named = {TAGS.get(one["name"], one["name"]): one for one in spec.get("tags", [])}
        spec["tags"] = [{**one, "name": name} for name, one in named.items()]
        by_method = {
            (_path(rule.rule), method.lower()): rule.endpoint
            for rule in app.url_map.iter_rules()
            for method in rule.methods or ()
        }
        for path, operations in spec.get("paths", {}).items():
            for method in METHODS:
                if method in operations:
                    _complete(operations[method], by_method.get((path, method), ""), method, schemas)
        return spec


def _complete(operation: dict[str, Any], endpoint: str, method: str, schemas: dict[str, Any]) -> None:
    rule = rule_of(endpoint)
    open_to_all = rule is not None and rule.public
    operation["operationId"] = endpoint.replace(".", "_")
    operation["summary"] = operation.get("summary", "").rstrip(".")
    operation["description"] = " ".join(
        part for part in (operation.get("description", ""), f"Who may call: {_callers(rule)}.") if part
    )
    operation["security"] = [] if open_to_all else [{"bearer": []}, {"cookie": []}]
    if rule is not None and rule.permissions:
        operation["x-permissions"] = list(rule.permissions)
    operation["tags"] = [TAGS.get(one, one) for one in operation.get("tags", [])]
    responses = operation.setdefault("responses", {})
    if endpoint in CONFLICTS:
        responses["409"] = {}
    _answered(responses, endpoint, schemas)
    named = {code for code in responses if code.startswith("4")} | ({"429"} if method != "get" else set())
    for code in sorted(named | (set() if open_to_all else {"401", "403"})):
        responses[code] = _refused(code, endpoint)
    operation["responses"] = dict(sorted(responses.items()))
    _exemplify(operation, endpoint)


def _callers(rule: Rule | None) -> str:
    """Return the roles that may call, as the API names them; officers with their department."""
    if rule is None or rule.public:
        return "anybody"
    if "signed_in" in rule.permissions:
        return "everybody signed in"
    return ", ".join(role for role, can in ROLE_CAN.items() if can & set(rule.permissions))


def _answered(responses: dict[str, Any], endpoint: str, schemas: dict[str, Any]) -> None:
    """Describe the answer of a view that does not do so itself: a file, or a model of ``answers``."""
    if any(_says(said) for code, said in responses.items() if code.startswith("2")) and endpoint not in FILES:
        return
    for code in [code for code in responses if code.startswith("2")]:
        del responses[code]
    if endpoint in FILES:
        responses["200"] = {"description": "the file", "content": {one: {} for one in FILES[endpoint]}}
        return
    status, models = ANSWERS.get(endpoint, ("200", ()))
    found = [_define(schemas, model) for model in (models if isinstance(models, tuple) else (models,))]
    schema = {"oneOf": found} if len(found) > 1 else found[0] if found else {"type": "object"}
    responses[status] = {"description": "done", "content": {"application/json": {"schema": schema}}}


def _refused(status: str, endpoint: str) -> dict[str, Any]:
    area = AREAS.get(endpoint.partition(".")[0], ())
    own = [code for code, held in codes().items() if str(held) == status and area and code.startswith(area)]
    found = [*COMMON.get(status, ()), *(code for code in own if code not in COMMON.get(status, ()))]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": REFUSALS.get(status, "refused") + (f": {', '.join(found)}" if found else ""),
        "content": {"application/problem+json": {"schema": schema}},
        "x-codes": found,
    }


@cache
def codes() -> dict[str, int]:
    """Return code -> status of every refusal that is a class of its own, in order of the codes."""
    found: dict[str, int] = {}
    waiting = list(Refusal.__subclasses__())
    while waiting:
        one = waiting.pop()
        found.setdefault(one.code, one.status)
        waiting += one.__subclasses__()
    return dict(sorted(found.items()))


def _exemplify(operation: dict[str, Any], endpoint: str) -> None:
    sent = operation.get("requestBody")
    if sent is not None:
        sent["required"] = True
    example = EXAMPLES.get(endpoint)
    if example is None:
        return
    if example.body is not None and sent is not None:
        next(iter(sent["content"].values()))["example"] = example.body
    if example.answer is not None:
        status = next(code for code in operation["responses"] if code.startswith("2"))
        operation["responses"][status]["content"]["application/json"]["example"] = example.answer


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
