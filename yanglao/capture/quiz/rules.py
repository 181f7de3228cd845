"""Draw a paper, check an answer, grade, and decide whether another attempt may begin. Pure."""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from yanglao.capture.quiz.shapes import Allowance
from yanglao.courses.shapes import QuestionView, SegmentView
from yanglao.kernel.errors import Conflict, Refused

# The easy kinds come first, so that a nervous person begins with a yes or no.
KIND_ORDER = ("true_false", "single", "multiple")


class NoQuiz(Refused):
    code = "attempt.no_quiz"


class AlreadyPassed(Conflict):
    code = "attempt.already_passed"


class NoneLeft(Conflict):
    code = "attempt.none_left"


class TooSoon(Conflict):
    code = "attempt.too_soon"


class QuestionUnknown(Refused):
    code = "attempt.question_unknown"


class OptionUnknown(Refused):
    code = "attempt.option_unknown"


class OneAnswerOnly(Refused):
    code = "attempt.one_answer_only"


@dataclass(frozen=True)
class Past:
    """A closed attempt as the rules need it."""

    submitted_ms: int
    passed: bool


@dataclass(frozen=True)
class Asked:
    """One question of a frozen paper: option ids in the order shown."""

    question_id: str
    option_ids: tuple[str, ...]


@dataclass(frozen=True)
class Grade:
    """A score of 0–100, rounded down, and the ids of the questions answered rightly."""

    score: int
    right: frozenset[str]


def draw(
    bank: Sequence[QuestionView], count: int, *, seed: str, seen: Collection[str] = ()
) -> tuple[Asked, ...]:
    """Draw ``count`` questions spread over kinds and topics; the same seed and bank give the same paper.

    Questions in ``seen`` (ids of earlier papers) come only after fresh ones of their kind. Options of single and multiple
    questions are shuffled; 对 and 错 keep their order. Fewer than ``count`` in the bank: all of them.
    """
    dice = random.Random(seed)
    left = sorted(bank, key=lambda question: question.id)
    dice.shuffle(left)
    kinds: Counter[str] = Counter()
    topics: Counter[str | None] = Counter()
    drawn: list[QuestionView] = []
    while left and len(drawn) < count:
        chosen = min(left, key=lambda one: (kinds[one.kind], one.id in seen, topics[one.topic_code]))
        left.remove(chosen)
        drawn.append(chosen)
        kinds[chosen.kind] += 1
        topics[chosen.topic_code] += 1
    drawn.sort(key=lambda one: KIND_ORDER.index(one.kind))
    return tuple(Asked(one.id, _option_order(one, dice)) for one in drawn)


def _option_order(question: QuestionView, dice: random.Random) -> tuple[str, ...]:
    ids = [option.id for option in question.options]
    if question.kind != "true_false":
        dice.shuffle(ids)
    return tuple(ids)


def check_answer(
    paper: Sequence[Asked], question_id: str, answer: Sequence[str], *, kind: str
) -> tuple[str, ...]:
    """Return ``answer`` without repeats in the order of the paper; an empty one takes the answer back.

    Raises:
        QuestionUnknown: the question is not on this paper.
        OptionUnknown: an option does not belong to the question.
        OneAnswerOnly: two options for a question that allows one.
    """
    asked = next((one for one in paper if one.question_id == question_id), None)
    if asked is None:
        raise QuestionUnknown()
    ticked = set(answer)
    if not ticked <= set(asked.option_ids):
        raise OptionUnknown()
    if kind != "multiple" and len(ticked) > 1:
        raise OneAnswerOnly()
    return tuple(option for option in asked.option_ids if option in ticked)


def grade(key: Mapping[str, Collection[str]], answers: Mapping[str, Collection[str]]) -> Grade:
    """Grade ``answers`` against ``key`` (both question id -> option ids): a question counts only when exactly its set is ticked."""
    right = frozenset(one for one, correct in key.items() if set(answers.get(one, ())) == set(correct))
    return Grade(score=len(right) * 100 // len(key) if key else 0, right=right)


def is_over(expires_ms: int, now_ms: int) -> bool:
    """Tell whether the time is up: the moment of expiry itself no longer belongs to the attempt."""
    return now_ms >= expires_ms


def allowance(segment: SegmentView, past: Sequence[Past]) -> Allowance:
    """Work out what ``past`` (closed attempts, oldest first) leaves of the segment's attempts.

    The pause counts from the end of the last attempt. ``next_allowed_ms`` is None when none is left or none is needed.
    """
    passed = any(one.passed for one in past)
    attempts_left = max(0, segment.quiz_attempts - len(past))
    earliest = past[-1].submitted_ms + segment.min_gap_s * 1000 if past else 0
    return Allowance(
        attempts=len(past),
        attempts_left=attempts_left,
        passed=passed,
        next_allowed_ms=None if passed or not attempts_left else earliest,
    )


def result_code(*, late: bool, passed: bool, attempts_left: int) -> str:
    """Return the code of the words for a result."""
    outcome = "passed" if passed else "failed" if attempts_left else "failed_last"
    return f"quiz.result.{'late_' if late else ''}{outcome}"


def check_start(segment: SegmentView, past: Sequence[Past], now_ms: int) -> None:
    """Refuse a new attempt unless the segment has a quiz, is not passed, and an attempt is left and due.

    Raises:
        NoQuiz, AlreadyPassed, NoneLeft, TooSoon
    """
    if segment.assessment != "quiz":
        raise NoQuiz(segment=segment.title)
    left = allowance(segment, past)
    if left.passed:
        raise AlreadyPassed(segment=segment.title)
    if left.next_allowed_ms is None:
        raise NoneLeft(segment=segment.title, attempts=segment.quiz_attempts)
    if now_ms < left.next_allowed_ms:
        raise TooSoon(
            segment=segment.title,
            next_allowed_ms=left.next_allowed_ms,
            wait_s=-(-(left.next_allowed_ms - now_ms) // 1000),
        )
