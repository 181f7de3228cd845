"""Look at finished papers for what honest people hardly do. Pure; a sign never changes a result.

Wrong answers in common: for each question both answered, the odds that both gave the same wrong answer by chance are set
against the odds if one was copied, and added up in bits (powers of two). A right answer in common says nothing; a difference
speaks for chance. How popular a wrong answer is, is learnt from everybody's papers, with a prior where there are few.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

COPIED = 0.95  # chance that a copied answer is the same
PRIOR_WEIGHT = 4
PRIOR_RIGHT = 0.7
TYPED_WRONGS = 10  # so many different wrong texts are supposed for a gap

Answers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Alike:
    """What two papers have in common: questions both answered, same wrong answers, and bits against chance."""

    questions: int
    same: int
    same_wrong: int
    bits: float


@dataclass(frozen=True)
class Hurry:
    """Questions answered faster than they can be read, the seconds taken, and the least seconds for reading."""

    questions: int
    took_s: int
    reading_s: int


def alike(
    one: Answers,
    other: Answers,
    *,
    right: Mapping[str, bool],
    popular: Mapping[str, Counter[tuple[str, ...]]],
    wrongs: Mapping[str, int],
) -> Alike:
    """Compare two papers. ``right`` says of each question whether ``one`` answered it rightly.

    ``popular`` counts by question the answers of all papers but ``one``; ``other`` does not speak for itself and is taken
    out. ``wrongs`` says how many wrong answers there can be.
    """
    bits, same, same_wrong = 0.0, 0, 0
    shared = [key for key in one if one[key] and other.get(key)]
    for key in shared:
        counted = popular[key]
        held = counted[one[key]] - (one[key] == other[key])
        prior = PRIOR_RIGHT if right[key] else (1 - PRIOR_RIGHT) / max(1, wrongs[key])
        chance = min(0.9, (held + PRIOR_WEIGHT * prior) / (counted.total() - 1 + PRIOR_WEIGHT))
        if one[key] != other[key]:
            bits += log2((1 - COPIED) / (1 - chance))
            continue
        same += 1
        if not right[key]:
            same_wrong += 1
            bits += log2(COPIED / chance)
    return Alike(len(shared), same, same_wrong, bits)


def is_sign(found: Alike, *, least_bits: int, compared: int) -> bool:
    """Tell whether two papers are too alike, when ``compared`` papers were looked at (the more, the stricter)."""
    return found.same_wrong > 0 and found.bits >= least_bits + log2(max(1, compared))


def hurry(
    chars: Mapping[str, int],
    took_ms: Mapping[str, int],
    total_ms: int,
    *,
    chars_per_s: int,
    least: int,
    share_bp: int,
) -> Hurry | None:
    """Return a sign of answers faster than reading, or None.

    ``chars`` has every answered question; ``took_ms`` those whose time is known (first shown to first answer, heard by the
    server at once). Either the whole paper was answered faster than it can be read, or enough single questions were.
    """
    if len(chars) >= least and total_ms * chars_per_s < sum(chars.values()) * 1000:
        return Hurry(len(chars), total_ms // 1000, sum(chars.values()) // chars_per_s)
    fast = [key for key, ms in took_ms.items() if key in chars and ms * chars_per_s < chars[key] * 1000]
    if len(fast) >= least and len(fast) * 10_000 >= share_bp * len(took_ms):
        taken = sum(took_ms[key] for key in fast)
        return Hurry(len(fast), taken // 1000, sum(chars[key] for key in fast) // chars_per_s)
    return None


def popularity(papers: Iterable[Answers]) -> dict[str, Counter[tuple[str, ...]]]:
    """Count the answers to each question over papers."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for paper in papers:
        for key, answer in paper.items():
            if answer:
                found.setdefault(key, Counter())[answer] += 1
    return found
