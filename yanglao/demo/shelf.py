"""A draft programme and shared resources in different states, so that a newcomer finds the course pages alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.courses import authoring, library, library_files, media
from yanglao.courses import queries as courses
from yanglao.courses.documents import LessonDoc, ModuleDoc, ProgrammeDoc, SegmentDoc
from yanglao.courses.library import ResourceDraft, Spot
from yanglao.demo.city import City
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import held

DRAFT = "night_care_demo"


def fill(session: Session, where: City, *, now: datetime) -> None:
    """Put the draft and four resources there; everything says that it is a demonstration."""
    films = {one.key: one for one in courses.programme_by_code(session, "caregiver_l5").segments[0].lessons}
    own, other, city = (where.staff[key] for key in ("admin_a", "admin_b", "city_ca"))
    with held(now):
        draft = _draft(session, where, films["hand_washing"].media_name, now=now, actor=own)
        poster = films["hand_washing"].poster or ""
        picture = media.path_of(poster).read_bytes()
        kept = library_files.receive(session, "洗手挂图（演示）.jpg", picture, now=now, actor=own)
        book = ResourceDraft(
            "textbook",
            "洗手挂图（演示）",
            "贴在洗手池边上的挂图。",
            "示例仁和基地",
            where.bases["a"],
            file_id=kept,
        )
        lesson = ResourceDraft(
            "courseware", "翻身拍背示范课（演示）", "可以直接放进方案的一节课。", "示例仁和基地", where.bases["a"],
            lesson_id=films["turning_and_patting"].id,
        )  # fmt: skip
        teacher = ResourceDraft(
            "teacher", "实操带教老师（演示）", "可以到别的基地带实操。", "示例沂水基地", where.bases["b"]
        )
        lent = ResourceDraft(
            "teacher", "急救带教老师（演示）", "心肺复苏、噎食急救。", "示例沂水基地", where.bases["b"]
        )
        whole = (("review", city), ("publish", city))
        for offered, by, steps in (
            (book, own, ()),
            (teacher, other, (("propose", other),)),
            (lent, other, (("propose", other), *whole)),
            (lesson, own, (("propose", own), *whole)),
        ):
            made = library.offer(session, offered, now=now, actor=by, is_demo=True)
            for act, who in steps:
                reason = "内容准确（演示）" if act == "review" else ""
                library.take(session, made, act, reason=reason, now=now, actor=who)
        # The last one offered is the courseware.
        spot = Spot(draft, "online_theory", "main", courses.programme(session, draft).revision)
        library.reuse(session, made, spot, now=now, actor=own)


def _draft(session: Session, where: City, film: str, *, now: datetime, actor: Actor) -> str:
    lesson = LessonDoc(key="hands", title="夜里也要洗手", topic="health", media=film)
    online = SegmentDoc(
        key="online_theory", title="夜班线上课", mode="online", kind="theory", required_s=60,
        modules=(ModuleDoc(key="main", title="第一讲", lessons=(lesson,)), ModuleDoc(key="more", title="第二讲")),
    )  # fmt: skip
    offline = SegmentDoc(key="offline_practice", title="夜班巡房实操", mode="offline", kind="practice")
    doc = ProgrammeDoc(
        code=DRAFT, name="夜班照护专题（演示）", category="caregiver", level="L5",
        hours_note="演示用的草稿，还没有写完。", segments=(online, offline),
    )  # fmt: skip
    return authoring.create(session, doc, base_id=where.bases["a"], now=now, actor=actor)
