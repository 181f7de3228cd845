"""Decide whether a programme may be published. Pure."""

from collections.abc import Iterable, Mapping

from yanglao.courses.shapes import ProgrammeView, SegmentView
from yanglao.kernel.errors import Refused


class HoursMissing(Refused):
    code = "courses.hours_missing"


class OnlineHoursTooLong(Refused):
    code = "courses.online_hours_too_long"


class TopicsMissing(Refused):
    code = "courses.topics_missing"


class NoSegments(Refused):
    code = "courses.no_segments"


class BankTooSmall(Refused):
    code = "courses.bank_too_small"


def most_required_s(lesson_seconds: Iterable[int], *, most_bp: int) -> int:
    """Return the most seconds an online segment may require of lessons that last ``lesson_seconds``.

    ``most_bp`` is the share in basis points (9500 = 95 %): a lost second at a lesson's end must hurt nobody.
    """
    return sum(lesson_seconds) * most_bp // 10_000


def check_publishable(
    programme: ProgrammeView, *, mandatory: Mapping[str, str], bank_sizes: Mapping[str, int], most_bp: int
) -> None:
    """Refuse ``programme`` unless its hours, mandatory topics and question banks are complete.

    Args:
        mandatory: the mandatory topics, code -> Chinese name.
        bank_sizes: number of current questions by bank key.
        most_bp: share of an online segment's lessons that may be required, in basis points.

    Raises:
        NoSegments, HoursMissing, OnlineHoursTooLong, BankTooSmall, TopicsMissing: what is wrong, naming the place.
    """
    if not programme.segments:
        raise NoSegments(programme=programme.name)
    missing = [segment.title for segment in programme.segments if segment.hours_missing]
    if missing:
        raise HoursMissing(segments=missing)
    for segment in programme.segments:
        _check_lessons(segment, most_bp)
        _check_bank(segment, bank_sizes)
    taught = {topic for segment in programme.segments for topic in segment.topics}
    untaught = [name for code, name in mandatory.items() if code not in taught]
    if untaught:
        raise TopicsMissing(topics=untaught)


def _check_lessons(segment: SegmentView, most_bp: int) -> None:
    most = most_required_s((lesson.duration_s for lesson in segment.lessons), most_bp=most_bp)
    if segment.mode == "online" and segment.required_s > most:
        raise OnlineHoursTooLong(segment=segment.title, required_s=segment.required_s, most_s=most)


def _check_bank(segment: SegmentView, bank_sizes: Mapping[str, int]) -> None:
    held = bank_sizes.get(segment.bank_key or "", 0)
    if segment.assessment == "quiz" and held < segment.quiz_questions:
        raise BankTooSmall(segment=segment.title, held=held, wanted=segment.quiz_questions)
