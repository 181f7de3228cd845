"""The programme of the classes one can learn in now: the shipped films, and a talk, a text and a PDF to hear and read.

It is a second version of the shipped programme, written by one officer of the city and published by another.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from yanglao.courses import authoring, publishing, ready_made
from yanglao.courses import queries as courses
from yanglao.courses.documents import LessonDoc, ModuleDoc, document_of
from yanglao.demo.city import City
from yanglao.kernel.clock import held

FOLDER = Path(__file__).parent / "material"
PROGRAMME = "caregiver_l5"
# Name in the index, the lesson's title, its topic.
LESSONS = (
    ("talk", "听一听：和老人说话（演示）", "conduct"),
    ("law", "读一读：老人的权利，我们的规矩（演示）", "law"),
    ("record", "看一看：护理记录怎么写（演示）", "quality"),
)
MODULE = "听一听，读一读（演示）"


def publish(session: Session, where: City, *, now: datetime) -> None:
    """Publish the second version; one that is there already, or begun by somebody, stays as it is."""
    drafts = {one.code for one in courses.programmes(session, drafts=True) if one.state == "draft"}
    old = courses.programme_by_code(session, PROGRAMME)
    if old.version > 1 or PROGRAMME in drafts:
        return
    author, second = where.staff["city_ca"], where.staff["city_ca_2"]
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    with held(now):
        lessons = tuple(
            LessonDoc(
                key=key,
                title=title,
                topic=topic,
                material=ready_made.bring(session, index[key], FOLDER, now=now, actor=author),
            )
            for key, title, topic in LESSONS
        )
        doc = document_of(old)
        online, *others = doc.segments
        own = online.model_copy(
            update={"modules": (*online.modules, ModuleDoc(key="readings", title=MODULE, lessons=lessons))}
        )
        made = authoring.copy(session, old.id, now=now, actor=author, is_demo=True)
        whole = doc.model_copy(update={"segments": (own, *others)})
        draft = courses.programme(session, made)
        authoring.replace(session, made, whole, revision=draft.revision, now=now, actor=author)
        publishing.publish(session, made, now=now, actor=second)
