"""Load the notice's figures and register training bases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.db import Base
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.places import notice
from yanglao.places.models import Category, CityTarget, Division, QuotaPlan, SkillLevel, Topic, TrainingBase
from yanglao.places.rules import BASE_KINDS, uscc_holds

AnySession = Session | scoped_session[Any]


class BaseNameTaken(Conflict):
    """Say that another base has this name or this 统一社会信用代码."""

    code = "places.base_taken"


class WrongUscc(Refused):
    """Say that the check character of a 统一社会信用代码 is wrong."""

    code = "places.wrong_uscc"


@dataclass(frozen=True)
class BaseDraft:
    """What is known of a base when it is registered; ``kind`` is one of BASE_KINDS."""

    name: str
    short_name: str
    division_code: str
    kind: str = "institution"
    uscc: str | None = None
    address: str = ""
    phone: str = ""
    is_demo: bool = False


def load_notice(session: AnySession, folder: Path = notice.FOLDER) -> None:
    """Bring divisions, categories, levels, topics, plan and targets in line with the data files; again changes nothing.

    Raises:
        BrokenNotice: a file cannot be used; nothing has been written then.
    """
    for model, rows in _all_rows(folder):
        held = {_key(row): row for row in session.scalars(select(model))}
        for values in rows:
            row = model(**values)
            known = held.get(_key(row))
            if known is None:
                session.add(row)
            else:
                _bring_in_line(known, values)
        session.flush()


def add_base(session: AnySession, draft: BaseDraft) -> str:
    """Register a base and return its id.

    Raises:
        BaseNameTaken, WrongUscc, NotFound: there is no such division, Refused: there is no such kind.
    """
    if draft.uscc is not None and not uscc_holds(draft.uscc):
        raise WrongUscc()
    if draft.kind not in BASE_KINDS:
        raise Refused("places.unknown_kind", kind=draft.kind)
    if session.get(Division, draft.division_code) is None:
        raise NotFound("places.no_division", division=draft.division_code)
    taken = select(TrainingBase.id).where(
        (TrainingBase.name == draft.name)
        | (TrainingBase.uscc.is_not(None) & (TrainingBase.uscc == draft.uscc))
    )
    if session.scalar(taken) is not None:
        raise BaseNameTaken(name=draft.name)
    base = TrainingBase(**draft.__dict__)
    session.add(base)
    session.flush()
    return base.id


def _all_rows(folder: Path) -> list[tuple[type[Base], list[dict[str, Any]]]]:
    divisions = notice.keyed("divisions.csv", "code", folder)
    categories = notice.keyed("categories.csv", "code", folder)
    levels = notice.keyed("levels.csv", "code", folder)
    topics = notice.keyed("topics.csv", "code", folder)
    targets = notice.keyed("city_targets.csv", "category_code", folder)
    for line in targets.values():
        line.text("category_code", one_of=tuple(categories))
    return [
        (Division, [_division(line) for line in divisions.values()]),
        (Category, [_category(line, tuple(categories)) for line in categories.values()]),
        (SkillLevel, [_level(line) for line in levels.values()]),
        (Topic, [_topic(line) for line in topics.values()]),
        (QuotaPlan, [cell.__dict__ for cell in notice.plan(folder)]),
        (CityTarget, [_target(line) for line in targets.values()]),
    ]


def _division(line: notice.Line) -> dict[str, Any]:
    kind = line.text("kind", one_of=("city", "county", "zone"))
    return {"code": line.text("code"), "name": line.text("name"), "kind": kind, "rank": line.whole("rank")}


def _category(line: notice.Line, known: tuple[str, ...]) -> dict[str, Any]:
    parent = line.text("parent", one_of=known) if line.cells["parent"] else None
    return {
        "code": line.text("code"),
        "name": line.text("name"),
        "parent": parent,
        "rank": line.whole("rank"),
    }


def _level(line: notice.Line) -> dict[str, Any]:
    return {
        "code": line.text("code"),
        "name": line.text("name"),
        "sort_rank": line.whole("sort_rank"),
        "organiser": line.text("organiser", one_of=("county", "city")),
    }


def _topic(line: notice.Line) -> dict[str, Any]:
    mandatory = line.text("mandatory", one_of=("0", "1")) == "1"
    return {
        "code": line.text("code"),
        "name": line.text("name"),
        "mandatory": mandatory,
        "rank": line.whole("rank"),
    }


def _target(line: notice.Line) -> dict[str, Any]:
    return {
        "category_code": line.text("category_code"),
        "per_year": line.whole("per_year"),
        "source": line.text("source"),
        "note": line.cells["note"],
    }


def _key(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, column.key) for column in row.__table__.primary_key)


def _bring_in_line(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
