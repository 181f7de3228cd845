"""The notice of a class: who is named for what, in which words, masked by default."""

from __future__ import annotations

from datetime import date

import pytest

from yanglao.classes.shapes import ClassView, SessionView
from yanglao.completion import notices
from yanglao.completion.explain import lacking
from yanglao.completion.shapes import EnrolmentStanding, QuizStanding, SegmentStanding, SessionStanding
from yanglao.kernel.clock import DAY_MS

NOON = 1_772_942_400_000  # 2026-03-08 12:00 in Shanghai
HOUR = 3_600_000
CLASS = ClassView(
    id="c1", number="1", name="五级护理员一班", base_id="b1", division_code="371302", category_code="caregiver",
    level_code="L5", programme_id="p1", starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1), capacity=30,
    enrolled=3, state="running", state_ms=0, created_by="a", created_ms=0, filed_by=None, filed_ms=None,
    approved_by=None, approved_ms=None, is_demo=False,
)  # fmt: skip


def meeting(day: int = 1, *, state: str = "planned") -> SessionView:
    starts = NOON + day * DAY_MS
    return SessionView(
        id=f"s{day}", code_no=1, class_id="c1", class_name=CLASS.name, base_id="b1", division_code="371302",
        segment_id="off", segment_title="翻身与拍背", title="", starts_ms=starts, ends_ms=starts + 3 * HOUR,
        breaks=(), venue="二楼实训室", instructor_id="t", state=state, opened_ms=None, closed_ms=None,
        cancel_reason="", is_demo=False,
    )  # fmt: skip


def segment(mode, credited_s, *, required_s=2700, visits=None, best=None, passed=True, attempts=0, pending=0):
    quiz = QuizStanding(mode == "online", 60, best, passed or mode == "offline", attempts, 3)
    sessions = tuple(
        SessionStanding(
            f"s{day}", "", NOON + day * DAY_MS, NOON + day * DAY_MS + 3 * HOUR, "closed", "", *ends, 0
        )
        for day, ends in (visits or {}).items()
    )
    missing = lacking(
        mode=mode,
        required_s=required_s,
        credited_s=credited_s,
        quiz=quiz,
        sessions=sessions,
        now_ms=NOON,
        pending=pending,
    )
    return SegmentStanding(
        id="on" if mode == "online" else "off", title="基础理论" if mode == "online" else "翻身与拍背", mode=mode,
        kind="theory", state="in_progress", required_s=required_s, credited_s=credited_s, entered_s=credited_s,
        missing=missing, lessons=(), sessions=sessions, quiz=quiz, refused=0, pending=pending, review=None,
    )  # fmt: skip


def person(number: int, *segments: SegmentStanding) -> EnrolmentStanding:
    return EnrolmentStanding(
        f"e{number}", f"p{number}", "c1", CLASS.name, "running", "enrolled", "b1", "", "", segments
    )


NAMES = {"e1": "王秀英", "e2": "李梅", "e3": "阿依·买提"}


def noticed(*people: EnrolmentStanding, meetings=()):
    return notices.of(CLASS, people, NAMES, meetings, now_ms=NOON)


def named(found):
    return {group.title: [one.name for one in group.people] for group in found.groups}


DONE = segment("online", 2700)
ABSENT = segment("offline", 0, visits={-2: (None, None)})
NO_OUT = segment("offline", 0, visits={-2: (NOON - 2 * DAY_MS, None)})


def test_each_lack_has_a_group_and_a_person_stands_in_all_of_theirs():
    found = noticed(
        person(1, segment("online", 1350), ABSENT),
        person(2, DONE, NO_OUT),
        person(3, DONE, segment("offline", 2700)),
        meetings=[meeting()],
    )
    assert named(found) == {
        "3 月 6 日课次缺签退": ["李梅"],
        "3 月 6 日课次没有签到": ["王秀英"],
        "线上学时还不够": ["王秀英"],
    }
    assert (found.enrolled, found.done, found.lacking) == (3, 1, 2)
    assert found.groups[-1].people[0].detail == "还差线上 0.5 学时"


@pytest.mark.parametrize(
    ("meetings", "named_for_it"),
    [([], True), ([meeting(1)], False), ([meeting(-2)], True), ([meeting(1, state="cancelled")], True)],
)
def test_offline_hours_are_lacking_only_when_no_meeting_is_to_come(meetings, named_for_it):
    found = noticed(person(1, segment("offline", 0)), meetings=meetings)
    assert bool(found.groups) is named_for_it
    if named_for_it:
        assert found.groups[0].todo == "请找基地安排补课。"


@pytest.mark.parametrize(
    ("quiz", "titles"),
    [
        ({"passed": False}, ["基础理论：还没有考核"]),
        ({"passed": False, "attempts": 1, "best": 40}, ["基础理论：考核还没有合格"]),
    ],
)
def test_a_quiz_is_named_when_its_hours_are_there(quiz, titles):
    assert list(named(noticed(person(1, segment("online", 2700, **quiz))))) == titles
    early = noticed(person(1, segment("online", 2699, passed=False)))
    assert list(named(early)) == ["线上学时还不够"]


def test_a_mark_is_told_to_who_calls_and_not_to_the_chat():
    found = noticed(person(1, segment("online", 2700, passed=False, attempts=1, best=40)))
    assert "40" not in notices.text(found, masked=False)
    assert found.groups[0].people[0].said == "基础理论：考核最好 40 分，60 分合格，还可以考 2 次"


def test_what_waits_for_the_base_is_not_the_trainees_lack():
    assert noticed(person(1, segment("offline", 2700, pending=1))).groups == ()


def test_hours_of_several_segments_are_one_sum():
    found = noticed(person(1, segment("online", 0), segment("online", 1350)))
    assert [one.detail for one in found.groups[0].people] == ["还差线上 1.5 学时"]


def test_names_are_masked_in_the_text_unless_asked_for():
    found = noticed(person(1, ABSENT), person(3, ABSENT), meetings=[meeting()])
    masked, full = notices.text(found, masked=True), notices.text(found, masked=False)
    assert "王*英、阿***提" in masked and "王秀英" not in masked and "王秀英、阿依·买提" in full
    assert "【五级护理员一班】" in masked and "→ 请找基地安排补课。" in masked
    assert "翻身与拍背，二楼实训室" in masked


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([person(1, DONE)], "都齐了"),
        ([person(1, DONE), person(2, segment("offline", 0))], "都跟上了进度，其中 1 人全部完成"),
        ([person(1, ABSENT), person(2, DONE)], "1 人全部完成，1 人还差"),
    ],
)
def test_the_class_is_said_in_one_sentence(people, words):
    assert words in noticed(*people, meetings=[meeting()]).summary


def test_an_empty_class_has_an_empty_notice():
    found = noticed()
    assert (found.enrolled, found.groups) == (0, ())
