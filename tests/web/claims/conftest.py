"""Fixtures of claims over HTTP: a scene whose people ask, and a claim of two people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests import kept
from tests.subsidy import scene
from yanglao.kernel import clock
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.people.entrance import let_in

WHOLE = {"video": 7200, "hall": 5400, "bed": 9000}


@dataclass
class Town:
    """The scene, its enrolments by number, and a way to ask as anybody by name ("" is a stranger, "学员" the first trainee)."""

    app: Any
    there: scene.Scene
    enrolled: dict[int, str]

    def ask(self, who: str, path: str, *, body: Any = None, form: Any = None, method: str = "") -> Any:
        """Ask as ``who`` and return the answer; a body is posted."""
        headers = {"Authorization": f"Bearer {self._token(who)}"} if who else {}
        method = method or ("POST" if body is not None or form is not None else "GET")
        db.session.remove()
        kind = "multipart/form-data" if form is not None else None
        return self.app.test_client().open(
            path, method=method, json=body, data=form, content_type=kind, headers=headers, buffered=True
        )

    def claims(self, **body: Any) -> Any:
        """Draft a claim as the base."""
        wanted = {
            "class_id": self.there.classes["仁和"],
            "kind": "training",
            "mode": "online",
            "fund": "f",
            **body,
        }
        return self.ask("仁和", "/api/v1/claims", body=wanted)

    def act(self, who: str, claim: str, name: str, reason: str = "") -> Any:
        """Do an act."""
        return self.ask(who, f"/api/v1/claims/{claim}/acts/{name}", body={"reason": reason})

    def _token(self, who: str) -> str:
        own = self.there.persons[1] if who == "学员" else self.there.staff[who]

        def enter() -> str:
            people.agree(db.session, own.person_id, people.PRIVACY_VERSION, client="pc", now=scene.LATER)
            return let_in(db.session, own.person_id, carrier="bearer", client="pc", now=scene.LATER).token

        return run(enter)


@pytest.fixture
def town(app, monkeypatch, tmp_path):
    """Give a class of two people who learned everything."""
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)

    def make():
        there = scene.build()

        def learn():
            found = {number: there.enrol("仁和", number) for number in (1, 2)}
            for number, enrolment in found.items():
                there.learn("仁和", number, enrolment, WHOLE)
            boss = Actor("", "系统", (Grant("sysadmin"),), client="system")
            trainee = there.persons[1].person_id
            people.grant(db.session, trainee, Grant("trainee"), now=scene.LATER, actor=boss)
            return found

        return there, run(learn)

    there, enrolled = kept.filled("claims-town", make)
    file = tmp_path / "clock"
    file.write_text(rfc3339(scene.LATER))
    clock.use_file(file)
    return Town(app, there, enrolled)
