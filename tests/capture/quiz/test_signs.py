"""Signs of cheating: what honest people hardly do becomes a flag, what they do does not, and no result changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.capture.quiz.school import School, plan_before
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz import signs, suspicion
from yanglao.courses import question_queries, questions
from yanglao.courses.question_shapes import OptionDraft, QuestionDraft
from yanglao.flags.models import Flag
from yanglao.kernel.db import db, run
from yanglao.work.models import WorkTask

READ = {"chars_per_s": 25, "least": 5, "share_bp": 5000}
FIVE = {f"q{n}": 50 for n in range(5)}


@pytest.mark.parametrize(
    ("chars", "took_ms", "total_ms", "expected"),
    [
        (FIVE, {}, 9_999, suspicion.Hurry(5, 9, 10)),
        (FIVE, {}, 10_000, None),
        ({"q0": 5000}, {}, 0, None),
        (FIVE, dict.fromkeys(FIVE, 1999), 600_000, suspicion.Hurry(5, 9, 10)),
        (FIVE, dict.fromkeys(FIVE, 2000), 600_000, None),
        ({f"q{n}": 50 for n in range(11)}, {f"q{n}": 100 if n < 5 else 9000 for n in range(11)}, 600_000, None),
        ({f"q{n}": 50 for n in range(10)}, {f"q{n}": 100 if n < 5 else 9000 for n in range(10)}, 600_000,
         suspicion.Hurry(5, 0, 10)),
    ],
)  # fmt: skip
def test_only_what_nobody_can_read_so_fast_is_a_sign(
    chars: dict[str, int], took_ms: dict[str, int], total_ms: int, expected: suspicion.Hurry | None
) -> None:
    assert suspicion.hurry(chars, took_ms, total_ms, **READ) == expected


def compared(one: str, other: str, crowd: list[str], key: str = "A" * 12) -> suspicion.Alike:
    """Compare two papers of single questions, a letter each, ``-`` is not answered; ``crowd`` are everybody else's."""

    def paper(letters: str) -> dict[str, tuple[str, ...]]:
        return {f"q{n}": (letter,) if letter != "-" else () for n, letter in enumerate(letters)}

    popular = suspicion.popularity([paper(each) for each in (other, *crowd)])
    right = {f"q{n}": letter == key[n] for n, letter in enumerate(one)}
    empty: Counter[tuple[str, ...]] = Counter()
    filled = {name: popular.get(name, empty) for name in paper(one)}
    return suspicion.alike(
        paper(one), paper(other), right=right, popular=filled, wrongs=dict.fromkeys(filled, 3)
    )


@pytest.mark.parametrize(
    ("one", "other", "crowd", "sign"),
    [
        ("BCDBCDBCDBCD", "BCDBCDBCDBCD", [], True),  # wrong everywhere in the same way
        ("BCDBCAAAAAAA", "BCDBCAAAAAAA", [], True),  # five rare mistakes in common, the rest right
        ("AAAAAAAAAAAA", "AAAAAAAAAAAA", [], False),  # who knows everything knows the same
        ("BCAAAAAAAAAA", "BCAAAAAAAAAA", [], False),  # two mistakes happen
        ("BCDBCDBCDBCD", "CDBCDBCDBCDB", [], False),  # wrong in different ways
        ("BBBBBAAAAAAA", "BBBBBAAAAAAA", ["BBBBBAAAAAAA"] * 30, False),  # everybody makes these mistakes
        ("BCDBC-------", "BCDBC-------", [], True),
        ("------------", "------------", [], False),
    ],
)
def test_only_rare_mistakes_in_common_are_a_sign(one: str, other: str, crowd: list[str], sign: bool) -> None:
    assert suspicion.is_sign(compared(one, other, crowd), least_bits=12, compared=10) is sign


def take(school: School, who: str, enrolment: str, letters: str, *, slow_s: int) -> quiz.Result:
    """Let somebody answer the twelve questions with the given letters, ``slow_s`` seconds each."""
    actor, moment = school.town.actor(who), school.now
    place = (enrolment, school.segment.id, "01m")
    paper = run(lambda: quiz.start(db.session, *place, now=moment, actor=actor))
    views = question_queries.questions(db.session, [one.id for one in paper.questions])
    for one in sorted(views.values(), key=lambda view: view.key):
        letter = letters[int(one.key[1:])]
        draft = quiz.AnswerDraft(one.id, (one.options["ABCD".index(letter)].id,))
        run(lambda at=moment, own=one.id: quiz.show(db.session, paper.id, [own], now=at, actor=actor))  # type: ignore[misc]
        moment += timedelta(seconds=slow_s)
        run(lambda at=moment, own=draft: quiz.answer(db.session, paper.id, own, now=at, actor=actor))  # type: ignore[misc]
    return run(lambda: quiz.submit(db.session, paper.id, now=moment, actor=actor))


def test_flags_name_who_and_what_and_change_nothing(school: School) -> None:
    actor, base = school.town.actor("admin"), school.town.bases["renhe"]
    single = QuestionDraft("single", "老人跌倒以后，护理员首先应当怎样做才是合适的？",
                           tuple(OptionDraft(f"做法{one}", one == "A") for one in "ABCD"))  # fmt: skip

    def bank() -> None:
        made = questions.make_bank(db.session, "小测", base, now=school.now, actor=actor)
        drafts = [replace(single, text=f"{single.text}（{n}）", key=f"k{n:02}") for n in range(12)]
        questions.save_questions(db.session, made.key, drafts, now=school.now, actor=actor)
        place = {"segment_id": school.segment.id, "module_id": "01m", "bank_key": made.key}
        plan_before(**place, questions=12, time_limit_s=900)

    run(bank)
    copied = "BCDBCDBAAAAA"
    first = take(school, "trainee", school.enrolment, copied, slow_s=20)
    assert run(lambda: signs.look(db.session, first.id, now=school.now)) == []
    second = take(school, "new_trainee", school.other_enrolment, copied, slow_s=0)
    kinds = ["quiz.too_fast", "quiz.same_answers"]
    assert run(lambda: signs.look(db.session, second.id, now=school.now)) == kinds
    run(lambda: signs.look(db.session, second.id, now=school.now))
    flags: dict[str, Any] = {one.kind: one for one in db.session.query(Flag)}
    assert len(flags) == db.session.query(Flag).count() == 2
    alike = flags["quiz.same_answers"]
    assert (alike.facts["people"], alike.facts["same_wrong"], alike.facts["same"]) == (2, 7, 12)
    assert set(alike.facts["enrolments"]) == {school.enrolment, school.other_enrolment}
    assert (alike.person_id, alike.class_id) == (school.town.people["new_trainee"], school.class_id)
    assert first.score == second.score == 41
    asked = [one.key for one in db.session.query(WorkTask).filter_by(topic="quiz.signs")]
    assert set(asked) == {first.id, second.id}
