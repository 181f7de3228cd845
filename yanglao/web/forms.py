"""Read what a page's form sent into a Pydantic model, and say in plain words what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import flash, redirect, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response

from yanglao.kernel.db import run
from yanglao.kernel.errors import Problem, Refused
from yanglao.kernel.wording import sentence, todo, words

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Stand above every JSON body: exact types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


class DecisionBody(Strict):
    """Whether a second person agrees to what another one recorded or asked for; refusing needs a reason of at least four characters."""

    accept: bool
    reason: str = Field(default="", max_length=500)


class Form(BaseModel):
    """Stand above every page form: text is turned into what the field says, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Query(BaseModel):
    """Stand above filters in an address: text is turned into what the field says, unknown ones are left aside."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class Invalid(Refused):
    """Say which fields cannot be used; ``fields`` maps a field's name to what is wrong with it."""

    code = "content.invalid"


def read(model: type[Model]) -> Model:
    """Return the form as ``model``. Raises Invalid."""
    return _fill(model, request.form.to_dict(), without="csrf_token")


def read_query(model: type[Model]) -> Model:
    """Return the query of the address as ``model``; empty filters count as not given. Raises Invalid."""
    return _fill(model, {name: value for name, value in request.args.items() if value.strip()})


def _fill(model: type[Model], given: dict[str, str], *, without: str = "") -> Model:
    given.pop(without, None)
    try:
        return model.model_validate(given)
    except ValidationError as fault:
        raise Invalid(fields=fields_of(fault)) from None


def fields_of(fault: ValidationError) -> dict[str, str]:
    """Return field -> the kind of fault; what was sent is not repeated."""
    return {".".join(str(part) for part in one["loc"]) or "_": one["type"] for one in fault.errors()}


def day(text: str) -> date:
    """Return a day as a page's field sends it, 2026-03-08. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={"day": "date_parsing"}) from None


@dataclass(frozen=True)
class Said:
    """A refusal in words, to be shown where it happened."""

    title: str
    sentence: str
    todo: str
    status: int


def said(problem: Problem) -> Said:
    """Return a refusal in words."""
    facts = problem.facts
    return Said(
        words(problem.code).title, sentence(problem.code, facts), todo(problem.code, facts), problem.status
    )


def do(act: Callable[[], Any], *, back: str, done: str) -> Response:
    """Run ``act`` in one transaction, lead back, and say there that it is done or why it was refused."""
    try:
        run(act)
    except Problem as refusal:
        told = said(refusal)
        flash(f"{told.title}：{told.sentence}{told.todo}", "red")
    else:
        flash(done, "pine")
    return redirect(back, 303)


def safe_next(url: str | None, otherwise: str) -> str:
    """Return ``url`` when it is a path of this site, else ``otherwise``: nobody is led elsewhere after sign-in."""
    if (
        not url
        or not url.startswith("/")
        or url.startswith(("//", "/\\"))
        or any(ord(sign) < 32 for sign in url)
    ):
        return otherwise
    return url
