"""One day in a small world: 王 learns and comes to class, 李 is refused once and still learns, 赵 does nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import openpyxl

from tests.factories import NINE, PASSWORD, World, tell, world
from yanglao.demo import acts
from yanglao.jobs.perform import perform
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.people import queries as people

EVENING = NINE + timedelta(hours=11)
STANDS = NINE + timedelta(hours=12)


@dataclass
class Scene:
    """The app, its world, and everybody by a short name; ``ask`` speaks as one of them."""

    app: Any
    there: World
    clock_file: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.clock_file.write_text(rfc3339(moment))

    def phone(self, who: str) -> str:
        """Return the phone number of a member of staff, or of trainee ``0``, ``1``, ``2``."""
        named = self.there.trainees[int(who)].actor if who.isdigit() else self.there.city.staff[who]
        found = people.person(db.session, named.person_id).account_phone
        assert found
        return found

    def ask(self, who: str, path: str, *, method: str = "GET", body: Any = None) -> Any:
        """Ask as ``who`` ("" is nobody) and return the answer."""
        http = self.app.test_client()
        if who and who not in self.tokens:
            signed = http.post("/api/v1/sign-in", json={"phone": self.phone(who), "password": PASSWORD})
            self.tokens[who] = signed.json["token"]
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        db.session.remove()
        return http.open(path, method=method, json=body, headers=headers, buffered=True)

    def export(self, who: str, kind: str, **wanted: Any) -> Any:
        """Ask for an export, let it be made, and return how it ended."""
        asked = self.ask(who, "/api/v1/exports", method="POST", body={"kind": kind, "filter": wanted})
        assert asked.status_code == 200, asked.text
        perform(asked.json["id"])
        return self.ask(who, f"/api/v1/exports/{asked.json['id']}").json

    def sheets(self, who: str, kind: str, **wanted: Any) -> dict[str, list[list[Any]]]:
        """Make an export and return the rows of its sheets."""
        done = self.export(who, kind, **wanted)
        assert done["state"] == "done", done
        return rows_of(self.ask("", done["url"]).data)


def rows_of(content: bytes) -> dict[str, list[list[Any]]]:
    """Return sheet name -> rows of an .xlsx."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def records(rows: list[list[Any]]) -> list[dict[str, Any]]:
    """Return the rows under the head of a sheet with a title line, as mappings."""
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def play(app: Any, clock_file: Any) -> Scene:
    """Let the day happen and stop the clock in the evening, while 李 still watches."""
    there = world(trainees=3)
    wang, li = there.trainees[0], there.trainees[1]
    room, teacher, lesson = there.session_id, there.teacher, there.online.lessons[0]
    session = db.session
    tell(
        acts.open_meeting(session, teacher, room, NINE),
        acts.scan(session, teacher, room, wang, direction="in", at=NINE + timedelta(minutes=5)),
        acts.scan(session, teacher, room, li, direction="in", at=NINE + timedelta(minutes=7), stale_s=300),
        acts.scan(session, teacher, room, li, direction="in", at=NINE + timedelta(minutes=8)),
        acts.scan(session, teacher, room, wang, direction="out", at=NINE + timedelta(hours=3, minutes=2)),
        acts.close_meeting(session, teacher, room, NINE + timedelta(hours=3, minutes=20)),
        *acts.watch(session, wang, lesson, EVENING),
        *acts.watch(session, li, lesson, EVENING, until_s=58)[:-1],
    )
    db.session.remove()
    scene = Scene(app, there, clock_file)
    clock.use_file(clock_file)
    scene.at(EVENING + timedelta(minutes=1))
    return scene
