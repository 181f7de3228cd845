"""Know and hold many people at once, in one question for all: what ``entrance`` does for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import to_ms
from yanglao.kernel.many import Among, update_all
from yanglao.people.entrance import AnySession, actor_from, holders, oldest_ms, token_hash, touch_due
from yanglao.people.models import Person, RoleGrant, SignIn


def resolve_all(session: AnySession, tokens: Iterable[str], now: datetime) -> dict[str, Actor]:
    """Return token -> who holds it; left out are those that nobody holds any more. Writes nothing."""
    hashed = {token_hash(token): token for token in tokens}
    line = session.connection()
    rows = line.execute(_held(), {"hashes": sorted(hashed), "oldest_ms": oldest_ms(now)}).all()
    grants: dict[str, list[Grant]] = {}
    for person_id, *grant in line.execute(_granted(), {"persons": [row.person_id for row in rows]}):
        grants.setdefault(person_id, []).append(Grant(*grant))
    return {hashed[row.token_hash]: actor_from(row, tuple(grants.get(row.person_id, ()))) for row in rows}


def touch_all(session: AnySession, actors: Iterable[Actor], *, now: datetime) -> None:
    """Note that devices were seen, where that is due."""
    due = [{"id": one.sign_in_id, "last_seen_ms": to_ms(now)} for one in actors if touch_due(one, now)]
    update_all(session.connection(), SignIn.__table__, due, by=("id",))


def lock_free(session: AnySession, person_ids: Iterable[str]) -> Mapping[str, str]:
    """Hold the locks of those whom nobody else holds and return id -> name; waits for nobody.

    Left out: who is held, and whose records were merged.
    """
    rows = session.connection().execute(_free(), {"ids": sorted(set(person_ids))})
    return {row.id: row.name for row in rows}


@cache
def _held() -> Any:
    return holders().where(Among(SignIn.token_hash, "hashes"))


@cache
def _granted() -> Any:
    grant = RoleGrant.role, RoleGrant.division_code, RoleGrant.base_id, RoleGrant.department
    own = Among(RoleGrant.person_id, "persons")
    return (
        select(RoleGrant.person_id, *grant).where(own, RoleGrant.revoked_ms.is_(None)).order_by(RoleGrant.id)
    )


@cache
def _free() -> Any:
    other = aliased(Person)
    merged = exists().where(other.merged_into_id == Person.id)
    return (
        select(Person.id, Person.name)
        .where(Among(Person.id, "ids"), Person.merged_into_id.is_(None), ~merged)
        .order_by(Person.id)
        .with_for_update(of=Person, skip_locked=True)
    )
