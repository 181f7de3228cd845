"""A small world for scans: one base, two running classes, an instructor, an administrator, three trainees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from itertools import count

import pytest
from flask import Flask

import yanglao.tables  # noqa: F401
from yanglao.capture.attendance import codes, meetings, service
from yanglao.capture.attendance.shapes import ScanDraft
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.outside import ciphers, keyring

NINE = datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TEACHER = Actor("teacher", "刘老师", (Grant("instructor", base="base1"),), client="wechat", device="phone-t")
ADMIN = Actor("admin", "周管理", (Grant("base_admin", base="base1"),), client="pc")
_serial = count(1)


def trainee(person_id: str) -> Actor:
    return Actor(person_id, person_id, (Grant("trainee"),), client="wechat", device=f"phone-{person_id}")


def people_rows():
    for person_id, name in [
        ("teacher", "刘文"),
        ("admin", "周洁"),
        ("wang", "王秀英"),
        ("li", "李桂兰"),
        ("zhao", "赵明"),
    ]:
        yield {
            "id": person_id,
            "name": name,
            "id_type": "other",
            "id_cipher": "x",
            "id_hash": person_id,
            "id_key_id": "k",
            "id_masked": "****",
            "id_tail4": "0000",
            "phone": "13800000000",
            "is_demo": True,
            "created_ms": 0,
        }


def class_row(class_id: str) -> dict:
    return {
        "id": class_id,
        "number": class_id,
        "year": 2026,
        "serial": next(_serial),
        "name": f"护理班{class_id}",
        "base_id": "base1",
        "division_code": "371302",
        "category_code": "care",
        "programme_id": "prog",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 4, 1),
        "capacity": 40,
        "state": "running",
        "state_ms": 0,
        "created_by": "admin",
        "created_ms": 0,
        "is_demo": True,
    }


def session_row(session_id: str, class_id: str, **other) -> dict:
    facts = {
        "id": session_id,
        "code_no": 1000 + next(_serial),
        "class_id": class_id,
        "segment_id": "seg",
        "title": "",
        "starts_ms": to_ms(NINE),
        "ends_ms": to_ms(NINE + 180 * MINUTE),
        "breaks": [],
        "venue": "一号教室",
        "instructor_id": "teacher",
        "state": "planned",
        "cancel_reason": "",
        "created_by": "admin",
        "created_ms": 0,
        "is_demo": True,
    }
    return facts | other


def enrolment_row(enrolment_id: str, class_id: str, person_id: str) -> dict:
    return {
        "id": enrolment_id,
        "class_id": class_id,
        "person_id": person_id,
        "state": "enrolled",
        "source": "roster",
        "roster_no": next(_serial),
        "employer": "",
        "division_code": "371302",
        "trainee_status": "",
        "created_ms": 0,
        "withdrawn_reason": "",
    }


def put(name: str, *rows: dict) -> None:
    for row in rows:
        db.session.execute(db.metadata.tables[name].insert().values(**row))


def fill() -> None:
    put("division", {"code": "371302", "name": "兰山区", "kind": "county", "rank": 1})
    put("category", {"code": "care", "name": "养老护理员", "rank": 1})
    base = {
        "id": "base1",
        "name": "仁和基地",
        "short_name": "仁和",
        "division_code": "371302",
        "kind": "school",
    }
    put("base", base)
    put("person", *people_rows())
    put("programme", programme_row())
    segment = {"id": "seg", "programme_id": "prog", "key": "s", "position": 1, "title": "翻身与拍背"}
    put(
        "programme_segment",
        segment | {"mode": "offline", "kind": "practice", "required_s": 9000, "assessment": "none"},
    )
    put("training_class", class_row("A"), class_row("B"))
    seats = (("eW", "A", "wang"), ("eL", "A", "li"), ("eZ", "B", "zhao"), ("eWB", "B", "wang"))
    put("enrolment", *(enrolment_row(*seat) for seat in seats))
    put("offline_session", session_row("S", "A"), session_row("T", "B", code_no=77))


def programme_row() -> dict:
    named = {
        "id": "prog",
        "code": "p",
        "version": 1,
        "name": "护理",
        "category_code": "care",
        "state": "draft",
    }
    return named | {"syllabus": "", "hours_note": "", "content_digest": "x", "is_demo": True, "created_ms": 0}


@dataclass(frozen=True)
class World:
    """Act in the small world; every step is its own transaction."""

    app: Flask

    def open(self, session_id="S", now=NINE, actor=TEACHER):
        return run(lambda: meetings.open_session(db.session, session_id, now=now, actor=actor))

    def close(self, session_id="S", now=NINE + 180 * MINUTE, actor=TEACHER):
        return run(lambda: meetings.close_session(db.session, session_id, now=now, actor=actor))

    def room(self, now, session_id="S"):
        from yanglao.classes import queries

        meeting = queries.session_(db.session, session_id)
        return codes.room_payload(meeting.code_no, codes.step_of(to_ms(now), 15), ciphers.ciphers().mac)

    def card(self, person_id, now):
        from yanglao.capture.attendance import cards

        return cards.card(db.session, person_id, now=now)

    def draft(self, kind, payload, now, **other):
        base = ScanDraft(f"uuid-{next(_serial)}", kind, payload, "in", to_ms(now), to_ms(now))
        return replace(base, **other)

    def judge(self, draft, now, actor):
        return run(lambda: service.judge(db.session, draft, now=now, actor=actor))

    def sign(self, person_id, now, direction="in", session_id="S", **other):
        """Scan the room code of the moment as a trainee."""
        actor = trainee(person_id)
        draft = self.draft(
            "room", self.room(now, session_id), now, direction=direction, device=actor.device, **other
        )
        return self.judge(draft, now, actor)

    def scan(self, person_id, now, direction="in", *, session_id="S", received=None, actor=TEACHER, **other):
        """Scan a personal code at ``now`` as the instructor; ``received`` later means from the queue of the phone."""
        payload = self.card(person_id, now).now.payload
        sent = to_ms(received or now)
        draft = self.draft(
            "card", payload, now, direction=direction, session_id=session_id, sent_ms=sent, **other
        )
        return self.judge(draft, received or now, actor)

    def chain(self, kind="enrolment", chain_id="eW"):
        from yanglao.evidence import queries

        return queries.chain(db.session, kind, chain_id)


@pytest.fixture
def world(tmp_path):
    yield from make_world(f"sqlite:///{tmp_path / 'scans.sqlite3'}")


def make_world(url):
    app = Flask("scans")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        options = {"pool_size": 60, "connect_args": {"check_same_thread": False, "timeout": 30}}
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 60}
    db.init_app(app)
    ciphers.use(ciphers.Ciphers(keyring.fresh("test", now=NINE)))
    with app.app_context():
        db.drop_all()
        db.create_all()
        run(fill)
        yield World(app)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def crowded(request, tmp_path):
    """Give the small world to many threads at once, on SQLite and on PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'crowd.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("pg_url").replace("postgresql://", "postgresql+psycopg://")
    yield from make_world(url)
