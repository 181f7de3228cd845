"""Say who organises a class: 五级 the county of its base, everything above the city."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yanglao.places import queries as places


def organising_division(session: Session, base_id: str, level_code: str | None) -> str:
    """Return the code of the division that organises a class of ``level_code`` at ``base_id``."""
    if level_code is not None and places.organiser_of(session, level_code) == "county":
        return places.base(session, base_id).division_code
    return next(one.code for one in places.divisions(session) if one.kind == "city")


def city_organised(session: Session, division_code: str) -> bool:
    """Tell whether the city itself organises, from the division that a class names as its organiser."""
    return places.division(session, division_code).kind == "city"
