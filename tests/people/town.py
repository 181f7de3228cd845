"""A small town for tests of people and sign-in: two bases in two divisions and a person for every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from stdnum.cn import ric

from tests import kept
from yanglao import create_app
from yanglao.kernel import clock
from yanglao.kernel.actor import SYSTEM, Actor, Grant
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.places import service as places
from yanglao.settings import load

NOW = datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc)
PASSWORD = "yang-lao-2026"
LANSHAN, HEDONG = "371302", "371312"
BASES = {"renhe": LANSHAN, "qihe": HEDONG}
STAFF = {
    "admin": Grant("base_admin", base="renhe"),
    "colleague": Grant("base_admin", base="renhe"),
    "stranger": Grant("base_admin", base="qihe"),
    "teacher": Grant("instructor", base="renhe"),
    "officer": Grant("officer", division=LANSHAN, department="civil_affairs"),
    "finance": Grant("officer", division=LANSHAN, department="finance"),
    "far_officer": Grant("officer", division=HEDONG, department="civil_affairs"),
    "city": Grant("city_officer", department="civil_affairs"),
    "auditor": Grant("auditor"),
    "sysadmin": Grant("sysadmin"),
    "sysadmin2": Grant("sysadmin"),
}


def id_number(serial: int, birth: str = "19750308", region: str = "371302") -> str:
    """Return a right ID number; the serial tells them apart."""
    front = f"{region}{birth}{serial:03d}"
    return front + ric.calc_check_digit(front + "0")


@dataclass
class Town:
    """The app, the ids of its bases and people, and ways to act in it."""

    app: Any
    bases: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW
    serial: int = 0

    def actor(self, who: str) -> Actor:
        """Return somebody as the services see them."""
        return people.actor_of(db.session, self.people[who])

    def draft(self, name: str = "王秀英", **facts: Any) -> people.Draft:
        """Return a draft of a person nobody else is."""
        self.serial += 1
        facts.setdefault("id_number", id_number(self.serial))
        facts.setdefault("phone", f"139{self.serial:08d}")
        return people.Draft(name=name, **facts)

    def settle(self, who: str, grant: Grant | None, *, base: str | None = None, agreed: bool = True) -> str:
        """Admit somebody with account, role and consent."""
        draft = self.draft(base_id=self.bases.get(base or ""))
        person_id = people.admit(db.session, draft, now=self.now, actor=SYSTEM).person_id
        people.open_account(
            db.session, person_id, phone=draft.phone, password_hash=HASH, now=self.now, actor=SYSTEM
        )
        if grant:
            given = Grant(grant.role, grant.division, self.bases.get(grant.base or ""), grant.department)
            people.grant(db.session, person_id, given, now=self.now, actor=SYSTEM)
        if agreed:
            people.agree(db.session, person_id, people.PRIVACY_VERSION, client="pc", now=self.now)
        self.people[who], self.phones[who] = person_id, draft.phone
        return person_id

    def later(self, **span: int) -> datetime:
        """Let time pass for the app too and return the new now."""
        self.now += timedelta(**span)
        Path(self.app.config["SETTINGS"].clock_file).write_text(self.now.isoformat())
        return self.now

    def client(self, who: str | None = None) -> Api:
        """Return an API client, signed in by bearer token when ``who`` is given."""
        api = Api(self.app.test_client())
        if who is not None:
            answer = api.post("/api/v1/sign-in", {"phone": self.phones[who], "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            api.token = answer.json["token"]
        return api


@dataclass
class Api:
    """Speak to the API by bearer token."""

    http: FlaskClient
    token: str = ""

    def get(self, url: str) -> Any:
        return self.http.get(url, headers=self._headers())

    def post(self, url: str, body: Any = None, **more: Any) -> Any:
        return self.http.post(url, json={} if body is None else body, headers=self._headers(), **more)

    def delete(self, url: str) -> Any:
        return self.http.delete(url, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


HASH = people.hash_password(PASSWORD)


@pytest.fixture
def database_url() -> str:
    """Give the database of the town; empty is SQLite. A test module overrides this to try PostgreSQL too."""
    return ""


@pytest.fixture
def town(tmp_path: Path, database_url: str):
    """Give a town at nine in the morning of 8 March 2026."""
    clock_file = tmp_path / "clock"
    clock_file.write_text(NOW.isoformat())
    environ = {
        "YANGLAO_ENV": "test",
        "DATA_DIR": str(tmp_path / "data"),
        "YANGLAO_CLOCK_FILE": str(clock_file),
    }
    if database_url:
        environ["DATABASE_URL"] = database_url
    settings = load(environ)
    kept.keys(settings)
    app = create_app(settings)
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        kept.tables()
        found = Town(app, *kept.filled("town", lambda: run(lambda: _people(Town(app)))))
        db.session.remove()
    yield found
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    clock.use_file(None)


@pytest.fixture
def hall(town: Town):
    """Give the town with its database open, to call services; requests need ``town`` alone."""
    with town.app.app_context():
        yield town
        db.session.remove()


def _people(found: Town) -> tuple[dict[str, str], dict[str, str], dict[str, str], datetime, int]:
    places.load_notice(db.session)
    for name, division in BASES.items():
        found.bases[name] = places.add_base(db.session, places.BaseDraft(f"{name}基地", name, division))
    for who, grant in STAFF.items():
        found.settle(who, grant)
    found.settle("trainee", None, base="renhe")
    found.settle("far_trainee", None, base="qihe")
    found.settle("new_trainee", None, base="renhe", agreed=False)
    return found.bases, found.people, found.phones, found.now, found.serial
