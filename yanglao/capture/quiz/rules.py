"""Draw a paper, check an answer, and decide whether another attempt may begin. Pure."""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.capture.quiz.shapes import Allowance, Terms
from yanglao.courses import blueprint as blueprints
from yanglao.courses.blueprint import Cell
from yanglao.courses.question_shapes import MOST_SPELLING
from yanglao.courses.shapes import QuestionView
from yanglao.kernel.errors import Conflict, Refused

# The easy kinds come first, so that a nervous person begins with a yes or no.
KIND_ORDER = ("true_false", "single", "multiple", "fill_in", "case")


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


class BlanksUnknown(Refused):
    code = "attempt.blanks_unknown"


class BankShort(Conflict):
    code = "attempt.bank_short"


@dataclass(frozen=True)
class Past:
    """A closed attempt as the rules need it."""

    submitted_ms: int
    passed: bool


@dataclass(frozen=True)
class Asked:
    """One question of a frozen paper: option ids in the order shown, and the case it is a part of."""

    question_id: str
    option_ids: tuple[str, ...]
    case_id: str | None = None


def draw(
    bank: Sequence[QuestionView],
    count: int,
    *,
    seed: str,
    seen: Collection[str] = (),
    blueprint: Mapping[str, Any] | None = None,
) -> tuple[Asked, ...]:
    """Draw ``count`` questions by the blueprint; the same seed, bank and blueprint give the same paper.

    Questions in ``seen`` (ids of earlier papers) come only after fresh ones. Without a blueprint kinds, then topics are
    spread. Options of single and multiple questions are shuffled; 对 and 错 keep their order. A case counts as one question; its
    parts are asked one after the other.

    Raises:
        BankShort: the bank lacks questions; the facts count them.
    """
    if blueprints.shortages(bank, blueprint, count):
        raise BankShort(wanted=count, held=len(bank))
    dice = random.Random(seed)
    left = sorted(bank, key=lambda question: question.id)
    dice.shuffle(left)
    drawn: list[QuestionView] = []
    for cell, wanted in blueprints.quotas(blueprint, count).items():
        for _ in range(wanted):
            chosen = _next(left, drawn, cell=cell, seen=seen)
            left.remove(chosen)
            drawn.append(chosen)
    drawn.sort(key=lambda one: KIND_ORDER.index(one.kind))
    return tuple(asked for one in drawn for asked in _asked(one, dice))


def _next(
    left: Sequence[QuestionView], drawn: Sequence[QuestionView], *, cell: Cell, seen: Collection[str]
) -> QuestionView:
    kinds = Counter(one.kind for one in drawn)
    topics = Counter(one.topic_code for one in drawn)

    def rank(one: QuestionView) -> tuple[int, bool, int]:
        old = one.id in seen or any(part.id in seen for part in one.parts)
        return (kinds[one.kind], old, topics[one.topic_code])

    return min((one for one in left if blueprints.fits(one, cell)), key=rank)


def _asked(question: QuestionView, dice: random.Random) -> Iterator[Asked]:
    for part in question.parts:
        yield Asked(part.id, _option_order(part, dice), question.id)
    if question.kind != "case":
        yield Asked(question.id, _option_order(question, dice))


def _option_order(question: QuestionView, dice: random.Random) -> tuple[str, ...]:
    ids = [option.id for option in question.options]
    if question.kind != "true_false":
        dice.shuffle(ids)
    return tuple(ids)


def check_answer(paper: Sequence[Asked], question: QuestionView, answer: Sequence[str]) -> tuple[str, ...]:
    """Return an answer as it is kept; an empty one takes the answer back.

    Ticked options come without repeats in the order of the paper; texts come one for each blank, cut at the ends.

    Raises:
        QuestionUnknown: the question is not on this paper.
        OptionUnknown: an option does not belong to the question.
        OneAnswerOnly: two options for a question that allows one.
        BlanksUnknown: more texts than blanks, or one that is too long.
    """
    asked = next((one for one in paper if one.question_id == question.id), None)
    if asked is None:
        raise QuestionUnknown()
    if question.kind == "fill_in":
        return _typed(question, answer)
    ticked = set(answer)
    if not ticked <= set(asked.option_ids):
        raise OptionUnknown()
    if question.kind != "multiple" and len(ticked) > 1:
        raise OneAnswerOnly()
    return tuple(option for option in asked.option_ids if option in ticked)


def _typed(question: QuestionView, answer: Sequence[str]) -> tuple[str, ...]:
    texts = [one.strip() for one in answer]
    if len(texts) > len(question.blanks) or any(len(one) > MOST_SPELLING for one in texts):
        raise BlanksUnknown(blanks=len(question.blanks), most=MOST_SPELLING)
    if not any(texts):
        return ()
    return tuple(texts + [""] * (len(question.blanks) - len(texts)))


def is_over(expires_ms: int, now_ms: int) -> bool:
    """Tell whether the time is up: the moment of expiry itself no longer belongs to the attempt."""
    return now_ms >= expires_ms


def allowance(terms: Terms, past: Sequence[Past]) -> Allowance:
    """Work out what ``past`` (closed attempts, oldest first) leaves of the attempts.

    The pause counts from the end of the last attempt. ``next_allowed_ms`` is None when none is left or none is needed.
    """
    passed = any(one.passed for one in past)
    attempts_left = max(0, terms.attempts - len(past))
    earliest = past[-1].submitted_ms + terms.min_gap_s * 1000 if past else 0
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


def check_start(terms: Terms, past: Sequence[Past], now_ms: int) -> None:
    """Refuse a new attempt unless there is a quiz, it is not passed, and an attempt is left and due.

    Raises:
        NoQuiz, AlreadyPassed, NoneLeft, TooSoon
    """
    if not terms.assessed:
        raise NoQuiz(segment=terms.title)
    left = allowance(terms, past)
    if left.passed:
        raise AlreadyPassed(segment=terms.title)
    if left.next_allowed_ms is None:
        raise NoneLeft(segment=terms.title, attempts=terms.attempts)
    if now_ms < left.next_allowed_ms:
        raise TooSoon(
            segment=terms.title,
            next_allowed_ms=left.next_allowed_ms,
            wait_s=-(-(left.next_allowed_ms - now_ms) // 1000),
        )
