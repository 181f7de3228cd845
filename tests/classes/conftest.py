"""A city of two bases with the people around one class: the base's administrator, the officers, a stranger."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.classes.makers import actor_with, made_programme, meeting
from yanglao import tables  # noqa: F401
from yanglao.classes import service
from yanglao.kernel.actor import Grant
from yanglao.kernel.db import Base, db
from yanglao.outside import ciphers, keyring
from yanglao.places import service as places

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)


@pytest.fixture
def session(tmp_path):
    """Give the session of an application with every table and the notice loaded."""
    app = Flask("classes")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'classes.sqlite3'}"
    db.init_app(app)
    ciphers.use(ciphers.Ciphers(keyring.fresh("test", now=NOW)))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        places.load_notice(db.session)
        yield db.session
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def city(session):
    """Give two bases in 沂水 and 莒南, a published programme, and the people who act."""
    base = places.add_base(session, places.BaseDraft("沂水仁和培训基地", "沂水仁和", "371323"))
    other = places.add_base(session, places.BaseDraft("莒南康宁培训基地", "莒南康宁", "371327"))
    programme, online, offline = made_programme(session)
    return SimpleNamespace(
        base=base,
        other=other,
        programme=programme,
        online=online,
        offline=offline,
        admin=actor_with(session, "李管理", 1, Grant("base_admin", base=base)),
        colleague=actor_with(session, "赵管理", 2, Grant("base_admin", base=base)),
        stranger=actor_with(session, "钱外人", 3, Grant("base_admin", base=other)),
        county=actor_with(session, "孙县区", 4, Grant("officer", "371323", None, "civil_affairs")),
        finance=actor_with(session, "周财政", 5, Grant("officer", "371323", None, "finance")),
        municipal=actor_with(session, "吴市级", 6, Grant("city_officer", None, None, "civil_affairs")),
        auditor=actor_with(session, "郑审计", 7, Grant("auditor")),
        teacher=actor_with(session, "王老师", 8, Grant("instructor", base=base)),
        teacher2=actor_with(session, "冯老师", 9, Grant("instructor", base=base)),
    )


@pytest.fixture
def draft_class(session, city):
    """Give a draft class from 2 to 20 March 2026 with room for five."""
    draft = service.ClassDraft(city.base, city.programme, date(2026, 3, 2), date(2026, 3, 20), 5)
    return service.create_class(session, draft, now=NOW, actor=city.admin)


@pytest.fixture
def enrolled(session, city):
    """Give a function that enters one new person into a class and returns the enrolment's id."""

    def enter(class_id: str, number: int = 50) -> str:
        who = actor_with(session, "陈秀英", number)
        draft = service.EnrolDraft(who.person_id)
        return service.enrol(session, class_id, draft, now=NOW, actor=city.admin)

    return enter


@pytest.fixture
def class_in(session, city, draft_class, enrolled):
    """Give a function that brings the draft class into a state of the table."""
    path = {
        "draft": (),
        "filed": ("file",),
        "approved": ("file", "approve"),
        "running": ("file", "approve", "start"),
        "finished": ("file", "approve", "start", "finish"),
        "archived": ("file", "approve", "start", "finish", "archive"),
        "withdrawn": ("withdraw",),
    }

    def bring(state: str):
        enrolled(draft_class.id)
        planned = service.plan_session(session, meeting(city, draft_class), now=NOW, actor=city.admin)
        for act in path[state]:
            who = city.county if act == "approve" else city.admin
            moment = NOW + timedelta(days=30 if act in {"finish", "archive"} else 2)
            if act == "finish":
                service.mark_session_open(session, planned.id, now=moment, actor=city.teacher)
                service.mark_session_closed(session, planned.id, now=moment, actor=city.teacher)
            service.take(session, draft_class.id, act, reason="招不满", now=moment, actor=who)
        return draft_class

    return bring
