"""Make what the tests of classes need: people with roles, ID numbers that hold, a programme, a meeting."""

from __future__ import annotations

from datetime import datetime, timezone

from stdnum.cn import ric

from yanglao.classes.service import SessionDraft
from yanglao.courses.models import Programme, ProgrammeSegment
from yanglao.kernel.actor import SYSTEM, Actor, Grant
from yanglao.kernel.clock import SHANGHAI, to_ms
from yanglao.people import service as people

HOUR_MS = 3_600_000
THEN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def id_number(serial: int, *, born: str = "19800101") -> str:
    """Return a resident ID number whose check digit holds; ``serial`` 0 to 999."""
    body = f"371321{born}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def actor_with(session, name: str, serial: int, *grants: Grant) -> Actor:
    """Admit a person and give them ``grants``, in the tables and in the hand."""
    person = people.admit(session, people.Draft(name, id_number(900 - serial)), now=THEN, actor=SYSTEM)
    for grant in grants:
        boss = Actor("", "系统", (Grant("sysadmin"),), client="system")
        people.grant(session, person.person_id, grant, now=THEN, actor=boss)
    return Actor(person.person_id, name, grants)


def made_programme(session, *, level: str = "L5", code: str = "care-5") -> tuple[str, str, str]:
    """Publish a programme with one online and one offline segment of 2 hours; return the three ids."""
    programme = Programme(
        id=code, code=code, version=1, name="养老护理员五级", category_code="caregiver", level_code=level,
        created_ms=1, content_digest="sha256:0",
    )  # fmt: skip
    session.add(programme)
    session.flush()
    for position, (key, mode, kind) in enumerate(
        (("线上理论", "online", "theory"), ("翻身与拍背", "offline", "practice"))
    ):
        session.add(
            ProgrammeSegment(
                id=f"{code}-{mode}", programme_id=code, key=mode, position=position + 1, title=key, mode=mode,
                kind=kind, required_s=7200, assessment="none",
            )
        )  # fmt: skip
    session.flush()
    programme.state, programme.published_ms = "published", 1
    session.flush()
    return code, f"{code}-online", f"{code}-offline"


def at(day: int, hour: int, minute: int = 0) -> int:
    """Return the milliseconds of an hour of a day of March 2026 in Shanghai."""
    return to_ms(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI))


def meeting(city, own, **changes) -> SessionDraft:
    """Draft a meeting of the offline segment: 5 March, 9 to 11:15 with a break of a quarter of an hour."""
    facts = {
        "class_id": own.id,
        "segment_id": city.offline,
        "starts_ms": at(5, 9),
        "ends_ms": at(5, 11, 15),
        "breaks": ((at(5, 10), at(5, 10, 15)),),
        "venue": "实训室一",
        "instructor_id": city.teacher.person_id,
    }
    return SessionDraft(**{**facts, **changes})
