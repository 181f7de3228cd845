"""What may be published: hours, topics and banks complete, no online segment longer than its lessons allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.courses import rules
from yanglao.courses.shapes import LessonView, ProgrammeView, SegmentView
from yanglao.kernel.errors import Refused

MANDATORY = {
    "law": "法律知识",
    "ethics": "职业道德",
    "conduct": "从业规范",
    "quality": "质量意识",
    "health": "健康卫生",
}


def lesson(seconds: int) -> LessonView:
    return LessonView(
        "l", "s", "k", 1, "video", "手卫生", seconds, "a.mp4", "sha256:0", 1, None, None, None, "health"
    )


def segment(**facts: object) -> SegmentView:
    base = SegmentView(
        id="s", programme_id="p", key="online", position=1, title="线上理论", mode="online", kind="theory",
        required_s=95, hours_missing=False, assessment="quiz", bank_key="b", pass_mark=60, quiz_questions=10,
        quiz_time_limit_s=600, quiz_attempts=3, min_gap_s=60, topics=tuple(MANDATORY), lessons=(lesson(100),),
    )  # fmt: skip
    return replace(base, **facts)  # type: ignore[arg-type]


def check(*segments: SegmentView, held: int = 30) -> None:
    programme = ProgrammeView(
        "p", "caregiver_l5", 1, "养老护理员五级", "caregiver", "L5", "大纲", "", "draft", None, True, segments
    )
    rules.check_publishable(programme, mandatory=MANDATORY, bank_sizes={"b": held}, most_bp=9500)


def refusal(*segments: SegmentView, held: int = 30) -> Refused:
    with pytest.raises(Refused) as refused:
        check(*segments, held=held)
    return refused.value


def test_exactly_ninety_five_percent_of_the_lessons_may_be_required() -> None:
    check(segment(required_s=95))


def test_one_second_more_than_ninety_five_percent_is_refused() -> None:
    found = refusal(segment(required_s=96))
    assert (found.code, found.facts) == (
        "courses.online_hours_too_long",
        {"segment": "线上理论", "required_s": 96, "most_s": 95},
    )


def test_the_missing_topics_are_named() -> None:
    found = refusal(segment(topics=("law", "ethics", "quality")))
    assert (found.code, found.facts) == ("courses.topics_missing", {"topics": ["从业规范", "健康卫生"]})


def test_topics_may_be_spread_over_segments() -> None:
    offline = segment(
        key="offline", mode="offline", lessons=(), assessment="none", topics=("quality", "health")
    )
    check(segment(topics=("law", "ethics", "conduct")), offline)


def test_segments_without_hours_are_named() -> None:
    found = refusal(segment(required_s=0, hours_missing=True))
    assert (found.code, found.facts) == ("courses.hours_missing", {"segments": ["线上理论"]})


def test_offline_hours_have_no_lessons_to_fit() -> None:
    check(segment(mode="offline", lessons=(), required_s=10800))


def test_an_online_segment_without_lessons_is_refused() -> None:
    assert refusal(segment(lessons=(), required_s=1)).code == "courses.online_hours_too_long"


@pytest.mark.parametrize(("held", "enough"), [(9, False), (10, True)])
def test_the_bank_holds_at_least_one_paper(held: int, enough: bool) -> None:
    if enough:
        check(segment(), held=held)
    else:
        assert refusal(segment(), held=held).facts == {"segment": "线上理论", "held": 9, "wanted": 10}


def test_a_programme_without_segments_is_refused() -> None:
    assert refusal().code == "courses.no_segments"


@given(st.lists(st.integers(1, 5000), max_size=8))
def test_what_may_be_required_never_passes_the_share(seconds: list[int]) -> None:
    most = rules.most_required_s(seconds, most_bp=9500)
    assert most * 10_000 <= sum(seconds) * 9500 < (most + 1) * 10_000
