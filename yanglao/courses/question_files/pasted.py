"""Read questions as they stand in a document of Word or WPS, pasted or extracted as text. Pure.

First ``splitting`` cuts the lines into pieces (headings, questions, lists of answers), then ``block`` makes a draft of each
question. A line counts from 1, soft line breaks end a line too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from yanglao.courses.question_files.answer_words import Listed
from yanglao.courses.question_files.block import read_raw
from yanglao.courses.question_files.entries import Entry, Reading, judged
from yanglao.courses.question_files.splitting import AnswerList, Raw, Splitter
from yanglao.courses.question_shapes import Fault


def read_pasted(text: str, *, format: str = "pasted") -> Reading:
    """Return what stands in ``text``."""
    splitter = Splitter(text)
    splitter.run()
    answers, left = _matched(splitter.questions, splitter.lists)
    entries = [*splitter.others]
    for raw in splitter.questions:
        entries.append(judged(read_raw(raw, splitter.typed(raw.lines), answers)))
    entries += [_entry_of_list(one, splitter, left) for one in splitter.lists]
    return Reading(format, tuple(sorted(entries, key=lambda one: (one.line, one.last))))


def _matched(questions: list[Raw], lists: list[AnswerList]) -> tuple[dict[int, Listed], dict[int, list[int]]]:
    """Give collected answers to questions: by section where the list names it, else by number, in order of the file.

    Returns the answer by the identity of a question, and by the first line of a list the numbers that found no question.
    """
    found: dict[int, Listed] = {}
    left: dict[int, list[int]] = defaultdict(list)
    by_section: dict[int, dict[int, Raw]] = {}
    for top in questions:
        for raw in (top, *top.parts):
            if raw.number is not None and not (raw.parts or raw.is_case):
                by_section.setdefault(raw.section.id, {}).setdefault(raw.number, raw)
    order = list(by_section)
    used: set[int] = set()
    for one in lists:
        places = _places_of(one, order, questions, used)
        for answer in one.answers:
            aim = next(
                (
                    by_section[at][answer.number]
                    for at in places
                    if answer.number in by_section[at] and id(by_section[at][answer.number]) not in found
                ),
                None,
            )
            if aim is None:
                left[one.line].append(answer.number)
            else:
                found[id(aim)] = answer
                used.add(aim.section.id)
    return found, left


def _places_of(one: AnswerList, order: list[int], questions: list[Raw], used: set[int]) -> list[int]:
    """Return the sections an answer list may belong to, the likeliest first."""
    if one.within is not None and one.within in order:
        return [one.within]
    kinds = {raw.section.id: raw.section.kind for raw in questions}
    if one.kind:
        named = [at for at in order if kinds.get(at) == one.kind]
        if named:
            return named
    return order


def _entry_of_list(one: AnswerList, splitter: Splitter, left: dict[int, list[int]]) -> Entry:
    typed = splitter.typed(list(range(one.line - 1, one.last)))
    faults: tuple[Fault, ...] = ()
    if left.get(one.line):
        numbers = "、".join(str(number) for number in left[one.line][:20])
        faults = (Fault("question_file.answer_without_question", {"numbers": numbers}),)
    for answer in one.answers:
        if answer.lost is not None:
            facts = {"number": answer.number, "found": answer.lost}
            faults = (*faults, Fault("question_file.answers_count_differs", facts))
            break
    entry = Entry("answers", one.line, one.last, typed, faults=faults)
    return (
        replace(entry, kind="unread")
        if left.get(one.line) and len(left[one.line]) == len(one.answers)
        else entry
    )
