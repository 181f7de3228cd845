"""A viewing's row and what the rules know of it, one from the other; many rows in one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Dialect, Text, bindparam, cast, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from yanglao.capture.viewing.models import Viewing, ViewingChallenge
from yanglao.capture.viewing.rules import Ground, Piece
from yanglao.capture.viewing.steps import Asked, Told, Watch
from yanglao.kernel import json_text

VIEWING, CHALLENGE = Viewing.__table__, ViewingChallenge.__table__
OF_CHALLENGE = ("id", "show_ms", "due_ms", "hold_ms")
_OWN = [cast(one, Text).label(one.name) if isinstance(one.type, JSON) else one for one in VIEWING.c]
_READ = select(*_OWN, *(CHALLENGE.c[name].label(f"asked_{name}") for name in OF_CHALLENGE)).outerjoin(
    CHALLENGE, (CHALLENGE.c.viewing_id == VIEWING.c.id) & CHALLENGE.c.answered_ms.is_(None)
)
_BY_IDS = _READ.where(VIEWING.c.id.in_(bindparam("ids", expanding=True))).order_by(VIEWING.c.id)
_LOCKED = _BY_IDS.with_for_update(of=VIEWING)
_FREE = _BY_IDS.with_for_update(of=VIEWING, skip_locked=True)


class JsonText(TypeDecorator[str]):
    """A JSON column that is given the text itself."""

    impl, cache_ok = JSON, True

    def bind_processor(self, dialect: Dialect) -> None:
        """Return nothing to be done."""


def read(session: Session, ids: Iterable[str], *, only_free: bool = False) -> dict[str, dict[str, Any]]:
    """Return the rows of viewings by id, JSON as text, each with its waiting challenge, and hold their locks in order of ids.

    ``only_free`` leaves out what somebody else holds, so that nobody ever waits for several.
    """
    found = session.connection().execute(_FREE if only_free else _LOCKED, {"ids": sorted(ids)})
    return {row["id"]: dict(row) for row in found.mappings()}


def _times(asked: Asked) -> dict[str, int | None]:
    return {"show_ms": asked.show_ms, "due_ms": asked.due_ms, "hold_ms": asked.hold_ms}


def _pieces(text: str | None) -> tuple[Piece, ...]:
    rows = json_text.read(text or "[]") or ()
    return tuple(Piece(row[0], row[1], row[2], bool(row[3])) for row in rows)


def _lists(pieces: Iterable[Piece]) -> list[list[int]]:
    return [[piece.wall_ms, piece.media_s, piece.seconds, int(piece.late)] for piece in pieces]


def watch_of(row: Mapping[str, Any]) -> Watch:
    """Return what the rules know of a viewing."""
    asked = row["asked_id"]
    ground = Ground(
        cursor_ms=row["cursor_ms"],
        reach_s=row["reach_s"],
        covered=tuple((a, b) for a, b in json_text.read(row["covered"])),
        day_used=tuple(sorted(json_text.read(row["day_used"]).items())),
        arrival_ms=row["arrival_ms"],
        client_ms=row["client_ms"],
        offset_ms=row["offset_ms"],
        lag_ms=row["lag_ms"],
        lag_since_ms=row["lag_since_ms"],
        late_s=row["late_s"],
        watched_ms=row["watched_ms"],
        live_since_ms=row["live_since_ms"],
        contact_ms=row["contact_ms"],
        held=_pieces(row["held"]),
    )
    return Watch(
        ground=ground,
        duration_s=row["duration_s"],
        next_seq=row["next_seq"],
        position_s=row["position_s"],
        base_credited_s=row["base_credited_s"],
        required_s=row["required_s"],
        window_credited_s=row["window_credited_s"],
        pieces=_pieces(row["pieces"]),
        beats=Told(row["beats"]),
        asked=Asked(*(row[f"asked_{name}"] for name in OF_CHALLENGE)) if asked else None,
    )


def columns_of(watch: Watch) -> dict[str, Any]:
    """Return what a beat may have changed in the row of a viewing, JSON as text."""
    ground = watch.ground
    return {
        "next_seq": watch.next_seq,
        "position_s": watch.position_s,
        "window_credited_s": watch.window_credited_s,
        "cursor_ms": ground.cursor_ms,
        "reach_s": ground.reach_s,
        "covered": json_text.write(ground.covered),
        "day_used": json_text.write(dict(ground.day_used)),
        "arrival_ms": ground.arrival_ms,
        "client_ms": ground.client_ms,
        "offset_ms": ground.offset_ms,
        "lag_ms": ground.lag_ms,
        "lag_since_ms": ground.lag_since_ms,
        "late_s": ground.late_s,
        "watched_ms": ground.watched_ms,
        "live_since_ms": ground.live_since_ms,
        "contact_ms": ground.contact_ms,
        "held": json_text.write(_lists(ground.held)),
        "pieces": json_text.write(_lists(watch.pieces)),
        "beats": watch.beats.text,
    }


_WRITE = (
    update(VIEWING)
    .where(VIEWING.c.id == bindparam("of_id"))
    .values(
        {
            name: bindparam(name, type_=JsonText() if isinstance(VIEWING.c[name].type, JSON) else None)
            for name in columns_of(Watch(Ground(0, 0, (), (), 0), 0, 1, 0, 0, 0, 0, (), Told(), None))
        }
    )
)
_MOVE = (
    update(CHALLENGE)
    .where(CHALLENGE.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in OF_CHALLENGE[1:]})
)


@lru_cache(maxsize=4)
def _spelled(_name: str, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Return ``_WRITE`` as a driver takes it and the names of its values in order, none where they go by name."""
    found = _WRITE.compile(dialect=dialect)
    return str(found), tuple(getattr(found, "positiontup", None) or ())


def write(session: Session, changed: Mapping[str, tuple[Watch, Watch]]) -> None:
    """Write viewings by id, each as (before, after), and the challenges that moved."""
    if not changed:
        return
    line = session.connection()
    sql, names = _spelled(line.dialect.name, line.dialect)
    told = [{"of_id": key, **columns_of(after)} for key, (_, after) in changed.items()]
    line.exec_driver_sql(sql, [tuple(one[name] for name in names) for one in told] if names else told)
    moved = [after.asked for before, after in changed.values() if after.asked and after.asked != before.asked]
    known = {before.asked.id for before, _ in changed.values() if before.asked}
    later = [{"of_id": one.id, **_times(one)} for one in moved if one.id in known]
    if later:
        line.execute(_MOVE, later)
    for key, (_, after) in changed.items():
        if after.asked and after.asked.id not in known:
            line.execute(insert(CHALLENGE), {"id": after.asked.id, "viewing_id": key, **_times(after.asked)})
