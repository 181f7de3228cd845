"""A phone that scores: sheets and photos as the page sends them, and the rubric of the demo's practice segment."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

from PIL import Image

from tests.factories import NINE, PASSWORD, World
from yanglao.kernel import clock
from yanglao.kernel.db import db
from yanglao.people import queries as people

PHONES = {
    "teacher_a": "19900900002", "teacher_a2": "19900900003", "teacher_b": "19900900004", "assessor": "19900900012",
    "admin_a": "19900900000", "admin_b": "19900900001", "auditor": "19900900013",
}  # fmt: skip
GOOD = {"prepare": 15, "safety": 10, "turning": 25, "transfer": 20, "talk": 8, "finish": 8}


class Scorer:
    """Somebody signed in, speaking the API at a moment that the test moves."""

    def __init__(self, app: Any, phone: str, there: World) -> None:
        self.http, self.there, self.at = app.test_client(), there, NINE
        answer = self.http.post("/api/v1/sign-in", json={"phone": phone, "password": PASSWORD})
        self.headers = {"Authorization": f"Bearer {answer.json['token']}"}

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Call and return the answer as it is."""
        db.session.remove()
        with clock.held(self.at):
            return self.http.open(f"/api/v1/{path}", method=method, headers=self.headers, **more)

    def list_(self) -> Any:
        """Return the list of the class's practice segment."""
        return self.call("GET", f"practical/lists/{self.there.class_id}/{self.there.offline.id}")

    def sheet(self, nth: int = 0, number: int = 1, **more: Any) -> dict[str, Any]:
        """Return a sheet about trainee ``nth``; ``marks`` given change the good ones."""
        body = {
            "sheet_uuid": str(uuid.uuid4()),
            "enrolment_id": self.there.trainees[nth].enrolment_id,
            "segment_id": self.there.offline.id,
            "number": number,
            "remark": "",
            "evidence": [],
            "signed": True,
            "took_s": 200,
            "handed_at": (self.at - timedelta(minutes=10)).isoformat(),
            "sent_at": self.at.isoformat(),
        }
        return body | more | {"marks": GOOD | more.get("marks", {})}

    def hand(self, nth: int = 0, number: int = 1, **more: Any) -> Any:
        """Hand a sheet in."""
        return self.call("POST", "practical/sheets", json=self.sheet(nth, number, **more))

    def photo(self, nth: int = 0, name: str = "", content: bytes = b"") -> Any:
        """Send a photo."""
        return self.call(
            "POST",
            "practical/evidence",
            data={
                "evidence_uuid": name or str(uuid.uuid4()),
                "enrolment_id": self.there.trainees[nth].enrolment_id,
                "segment_id": self.there.offline.id,
                "file": (io.BytesIO(content or picture()), "IMG.jpg"),
            },
            content_type="multipart/form-data",
        )


def scorers(app: Any, there: World) -> dict[str, Scorer]:
    """Return the staff of the demo city, each at a phone of their own."""
    return {key: Scorer(app, phone, there) for key, phone in PHONES.items()}


def trainee_phone(app: Any, there: World, nth: int = 0) -> Scorer:
    """Return a trainee at their phone."""
    found = people.person(db.session, there.trainees[nth].actor.person_id).account_phone
    return Scorer(app, found or "", there)


def picture(colour: str = "green") -> bytes:
    """Return a photo with a place hidden in it."""
    drawn, out = Image.new("RGB", (400, 300), colour), io.BytesIO()
    hidden = Image.Exif()
    hidden[0x010F] = "PHONE"
    drawn.save(out, "JPEG", exif=hidden)
    return out.getvalue()
