"""The small world of scans behind the real application, with a clock in a file and one token per person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from tests import kept
from tests.capture.attendance.conftest import NINE, fill
from yanglao import create_app
from yanglao.kernel.clock import rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.people.rules import PRIVACY_VERSION
from yanglao.settings import load

ROLES = {
    "teacher": "instructor",
    "admin": "base_admin",
    "wang": "trainee",
    "li": "trainee",
    "zhao": "trainee",
}


def fill_sign_ins() -> None:
    tables = db.metadata.tables
    made = to_ms(NINE) - 86_400_000
    for person_id, role in ROLES.items():
        base_id = None if role == "trainee" else "base1"
        rows = {
            "role_grant": {"role": role, "base_id": base_id, "reach_key": base_id or "", "granted_ms": made},
            "consent": {"version": PRIVACY_VERSION, "client": "pc", "agreed_ms": made},
            "sign_in": {
                "token_hash": sha256(person_id.encode()).hexdigest(),
                "client": "wechat",
                "carrier": "bearer",
            }
            | {"device_label": "", "device_uuid": "", "created_ms": made, "last_seen_ms": made},
        }
        for table, row in rows.items():
            db.session.execute(
                tables[table].insert().values(id=f"{table}-{person_id}"[:26], person_id=person_id, **row)
            )


@dataclass
class Site:
    """Ask the application as one of the people of the small world."""

    app: object
    clock_file: Path
    moment: datetime = NINE
    scans: int = 0

    def at(self, moment):
        self.moment = moment
        self.clock_file.write_text(rfc3339(moment))

    def sign_in(self, who):
        """Sign somebody in at this moment and return the token."""
        token, moment = f"{who}-anew", to_ms(self.moment)
        row = {"token_hash": sha256(token.encode()).hexdigest(), "client": "wechat", "carrier": "bearer"}
        times = {"device_label": "", "device_uuid": "", "created_ms": moment, "last_seen_ms": moment}
        with self.app.app_context():
            insert = db.metadata.tables["sign_in"].insert()
            run(lambda: db.session.execute(insert.values(id=token, person_id=who, **row, **times)))
            db.session.remove()
        return token

    def ask(self, who, method, path, json=None, **headers):
        bearer = {"Authorization": f"Bearer {who}"} if who else {}
        client = self.app.test_client()
        return client.open(f"/api/v1/{path}", method=method, json=json, headers=bearer | headers)

    def page(self, who, path):
        client = self.app.test_client()
        if who:
            client.set_cookie("yl_session", who)
        return client.get(path)

    def item(self, kind, payload, direction="in", **other):
        self.scans += 1
        moment = rfc3339(self.moment)
        body = {
            "scan_uuid": f"uuid-{self.scans:08d}",
            "kind": kind,
            "payload": payload,
            "direction": direction,
        }
        return body | {"captured_at": moment, "sent_at": moment, "device": "d"} | other

    def scan(self, who, kind, payload, direction="in", **other):
        own = {"device": f"phone-of-{who}"} if kind in ("room", "spoken") else {}
        answer = self.ask(who, "POST", "scans", self.item(kind, payload, direction, **own | other))
        assert answer.status_code == 200, answer.text
        return answer.json["items"][0]


@pytest.fixture
def site(tmp_path):
    clock_file = tmp_path / "clock"
    clock_file.write_text(rfc3339(NINE))
    settings = load({"YANGLAO_ENV": "test", "DATA_DIR": str(tmp_path), "YANGLAO_CLOCK_FILE": str(clock_file)})
    kept.keys(settings)
    app = create_app(settings)
    app.config["TESTING"] = True
    with app.app_context():
        kept.tables()
        kept.filled("site", lambda: (run(fill), run(fill_sign_ins)))
        db.session.remove()
    yield Site(app, clock_file)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
