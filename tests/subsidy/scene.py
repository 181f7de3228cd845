"""A class with known hours: a programme of three segments, two bases, officers of every department, and policies with figures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.classes.makers import actor_with, id_number
from yanglao.classes import service as classes
from yanglao.completion.refresh import refresh
from yanglao.courses.models import Programme, ProgrammeSegment
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor, Grant
from yanglao.kernel.clock import SHANGHAI, to_ms
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.places import service as places
from yanglao.subsidy import known

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
LATER = NOW + timedelta(days=20)
SEGMENTS = (
    ("video", "online", "theory", 7200),
    ("hall", "offline", "theory", 5400),
    ("bed", "offline", "practice", 9000),
)
TARIFFS = {
    "SEGMENT_RATIO": "amount_fen = 100001\nshares_bp = { theory = 4000, practice = 6000 }",
    "BLENDED_DISCOUNT": "amount_fen = 100001\nblended_bp = 7000",
    "FULL_ON_ALL": "amount_fen = 100001",
    "PER_HOUR_CAPPED": "per_hour_fen = 1001\ncap_fen = 7003",
    "FIXED_BY_LEVEL": "amount_fen = 77777",
}
FILE = """
notice_workdays = 5
raise_most_bp = 1000
limits = {{ once_per_level = true, no_lower_after_higher = true, most_a_year = 3, claim_within_days = 100 }}
[[funds]]
key = "f"
name = "示例资金"
valid_from = 2021-01-01
excludes = ["pensioner"]
[[tariffs]]
kind = "training"
category = "caregiver"
level = "L5"
fund = "f"
model = "{model}"
{figures}
"""


def use_policy(
    monkeypatch: pytest.MonkeyPatch, model: str = "SEGMENT_RATIO", *, name: str = "x.toml", digest: str = "d"
) -> None:
    """Let one policy file with the figures of a model hold for every day."""
    before = policy.read(policy.FOLDER / "2021-01-01.toml")
    subsidy = tomllib.loads(FILE.format(model=model, figures=TARIFFS[model]))
    training = replace(before.training, class_size_max=80)
    held = replace(before, name=name, file_digest=f"sha256:{digest}", subsidy=subsidy, training=training)
    monkeypatch.setattr(policy, "every", lambda *_: (held,))


SAID_OF = known.said_of


def say(monkeypatch: pytest.MonkeyPatch, word: str = "yes") -> None:
    """Let every trainee have said one word of their days."""

    def said(_session: Any, standings: Any) -> dict[tuple[str, str], str]:
        whole = [(one.id, part.id) for one in standings for part in one.segments if part.state == "complete"]
        return dict.fromkeys(whole, word)

    monkeypatch.setattr(known, "said_of", said)


@dataclass
class Scene:
    """Two classes of one programme at two bases of one county, and who acts."""

    classes: dict[str, str]
    segments: dict[str, str]
    staff: dict[str, Actor]
    meetings: dict[tuple[str, str], tuple[str, int, int]]
    persons: dict[int, Actor]

    def enrol(self, base: str, number: int) -> str:
        """Enter the person of a number, made when new, into the class of a base; return the enrolment."""
        if number not in self.persons:
            who = people.admit(
                db.session, people.Draft("陈秀英", id_number(number, born="19700101")), now=NOW, actor=SYSTEM
            )
            self.persons[number] = Actor(who.person_id, "陈秀英", (Grant("trainee"),))
        draft = classes.EnrolDraft(self.persons[number].person_id)
        return classes.enrol(db.session, self.classes[base], draft, now=NOW, actor=self.staff[base])

    def learn(
        self, base: str, number: int, enrolment: str, hours: dict[str, int], *, confirm: bool = True
    ) -> dict[str, int]:
        """Enter seconds per segment key, fold them, let the base confirm; return key -> position of the last entry."""
        who, places_ = self.persons[number].person_id, {}
        for key, seconds in hours.items():
            for kind, body in self._facts(base, number, key, seconds):
                places_[key] = self._enter(number, enrolment, key, kind, body)
        for key, seconds in hours.items() if confirm else ():
            body = {"segment": self.segments[key], "entered_s": seconds, "state": "complete", "reason": ""}
            self._enter(number, enrolment, key, "review.confirmed", body)
        refresh(db.session, who, now=LATER)
        return places_

    def _enter(self, number: int, enrolment: str, key: str, kind: str, body: dict[str, Any]) -> int:
        who = self.persons[number].person_id
        entry = Entry(("enrolment", enrolment), kind, body, to_ms(LATER), who, enrolment, self.segments[key])
        return append(db.session, entry, now=LATER, actor=SYSTEM).position

    def _facts(self, base: str, number: int, key: str, seconds: int) -> list[tuple[str, dict[str, Any]]]:
        if key == "video":
            wall = to_ms(NOW + timedelta(days=2, hours=10))
            return [("viewing.span", {"lesson": "l1", "pieces": [[wall, 0, seconds]]})]
        meeting, start, end = self.meetings[base, key]
        plain = {"session": meeting, "planned": [start, end], "breaks": []}
        return [
            (f"attendance.{way}", {**plain, "direction": way, "at_ms": at, "scan": f"{number}{key}{way}"})
            for way, at in (("in", start), ("out", start + seconds * 1000))
        ]

    def void(self, number: int, enrolment: str, key: str, position: int) -> None:
        """Void an entry of a person and fold."""
        self._enter(number, enrolment, key, "attendance.void", {"voids": position})
        refresh(db.session, self.persons[number].person_id, now=LATER)


def build() -> Scene:
    """Make the scene in the empty database of the current application."""
    return run(_build)


def _build() -> Scene:
    session = db.session
    places.load_notice(session)
    bases = {
        key: places.add_base(session, places.BaseDraft(f"{key}养老培训基地", key, "371323"))
        for key in ("仁和", "康宁")
    }
    segments = _programme(session)
    staff = {
        key: actor_with(session, "李管理", at, Grant("base_admin", base=base))
        for at, (key, base) in enumerate(bases.items())
    }
    for at, (key, grant) in enumerate(_OFFICES.items()):
        staff[key] = actor_with(session, "孙干部", 10 + at, grant)
    teacher = actor_with(
        session,
        "王老师",
        40,
        Grant("instructor", base=bases["仁和"]),
        Grant("instructor", base=bases["康宁"]),
    )
    made, meetings = {}, {}
    for at, (key, base) in enumerate(bases.items()):
        draft = classes.ClassDraft(base, "care-5", date(2026, 3, 2), date(2026, 3, 20), 70)
        made[key] = classes.create_class(session, draft, now=NOW, actor=staff[key]).id
        for day, (part, _, _, seconds) in enumerate(SEGMENTS[1:]):
            start = to_ms(NOW + timedelta(days=4 + day + 4 * at))
            planned = classes.SessionDraft(
                class_id=made[key], segment_id=segments[part], starts_ms=start, ends_ms=start + seconds * 1000,
                venue="实训室一", instructor_id=teacher.person_id,
            )  # fmt: skip
            found = classes.plan_session(session, planned, now=NOW, actor=staff[key])
            meetings[key, part] = (found.id, start, start + seconds * 1000)
    return Scene(made, segments, staff, meetings, {})


_COUNTY = {"civil_affairs": ("民政", "民政二"), "hrss": ("人社", "人社二"), "finance": ("财政", "财政二")}
_OFFICES = {
    **{name: Grant("officer", "371323", None, part) for part, names in _COUNTY.items() for name in names},
    "外县": Grant("officer", "371327", None, "civil_affairs"),
    "审计": Grant("auditor"),
}


def _programme(session: Any) -> dict[str, str]:
    programme = Programme(
        id="care-5", code="care-5", version=1, name="养老护理员五级", category_code="caregiver", level_code="L5",
        created_ms=1, content_digest="sha256:0",
    )  # fmt: skip
    session.add(programme)
    session.flush()
    for position, (key, mode, kind, seconds) in enumerate(SEGMENTS):
        session.add(
            ProgrammeSegment(
                id=f"care-5-{key}", programme_id="care-5", key=key, position=position + 1, title=key, mode=mode,
                kind=kind, required_s=seconds, assessment="none",
            )
        )  # fmt: skip
    session.flush()
    programme.state, programme.published_ms = "published", 1
    session.flush()
    return {key: f"care-5-{key}" for key, *_ in SEGMENTS}
