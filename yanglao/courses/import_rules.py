"""Judge what is read of a question file against the banks: new, changed, unchanged, duplicate, alike, faulty. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz

from yanglao.courses.answer_text import bare
from yanglao.courses.import_shapes import Item, Twin
from yanglao.courses.question_files.entries import Entry
from yanglao.courses.question_shapes import Fault, QuestionDraft, digest_of, tidy

NEAR = 88
RARE_PAIRS = 10
MOST_TWINS = 3
SHORTEST = 6


@dataclass(frozen=True)
class Held:
    """A current question of a bank within reach."""

    bank_key: str
    bank_name: str
    key: str
    draft: QuestionDraft


def items_of(entries: Sequence[Entry], topics: Mapping[str, str]) -> list[Item]:
    """Return the entries of a file as items; ``topics`` maps Chinese names (and codes) to codes."""
    found, number = [], 0
    for entry in entries:
        asked = entry.kind == "question"
        number += asked
        item = Item(
            number if asked else 0,
            entry.kind,
            entry.line,
            entry.last,
            entry.place,
            entry.typed,
            entry.draft,
            entry.faults,
            entry.notes,
            entry.topic,
            sound=entry.sound,
        )
        found.append(_with_topic(item, topics))
    return found


def _with_topic(item: Item, topics: Mapping[str, str]) -> Item:
    if item.draft is None or not item.topic:
        return item
    code = topics.get(item.topic) or topics.get(bare(item.topic))
    if code:
        return replace(item, draft=replace(item.draft, topic_code=code))
    note = Fault("question_file.topic_unknown", {"topic": item.topic[:40]})
    return replace(item, notes=(*item.notes, note))


def with_pictures(
    items: Sequence[Item], pictures: Collection[str], *, broken: Collection[str] = ()
) -> list[Item]:
    """Return the items without the names of pictures that were not kept, and say so; ``broken``: names that are in the file."""
    found = []
    for item in items:
        names = [
            one.picture_name
            for one in _parts(item.draft)
            if one.picture_name and one.picture_name not in pictures
        ]
        if names and item.draft is not None:
            draft = replace(
                _without_unknown(item.draft, pictures),
                parts=tuple(_without_unknown(one, pictures) for one in item.draft.parts),
            )
            bad = [name for name in names if name in broken]
            faults = tuple(Fault("question_file.picture_broken", {"name": name[:60]}) for name in bad)
            gone = [name for name in names if name not in broken][:1]
            notes = tuple(Fault("question_file.picture_missing", {"name": name[:60]}) for name in gone)
            item = replace(item, draft=draft, faults=(*item.faults, *faults), notes=(*item.notes, *notes))
        found.append(item)
    return found


def with_sounds(items: Sequence[Item], sounds: Collection[str]) -> list[Item]:
    """Return the items without the names of sounds that were not kept, and say so."""
    note = Fault("question_file.sound_left_aside")
    return [
        replace(one, sound="", notes=(*one.notes, note)) if one.sound and one.sound not in sounds else one
        for one in items
    ]


def _parts(draft: QuestionDraft | None) -> tuple[QuestionDraft, ...]:
    return (draft, *draft.parts) if draft is not None else ()


def _without_unknown(draft: QuestionDraft, pictures: Collection[str]) -> QuestionDraft:
    return draft if draft.picture_name in pictures else replace(draft, picture_name=None)


def judge(
    items: Sequence[Item], held: Sequence[Held], bank_key: str, *, near: Collection[int] | None = None
) -> list[Item]:
    """Return the items with outcome, twins and a choice where nobody chose yet.

    The same question of the same bank: unchanged or changed. The same earlier in the file: duplicate, skipped. One that is alike,
    here or in another bank: near, kept until somebody chooses otherwise. ``near`` names the items whose likes are looked for
    (None: all); the others keep the likes they have.
    """
    banks = Banks(held, bank_key, items)
    seen: dict[str, Item] = {}
    keys: dict[str, int] = {}
    judged = []
    for item in items:
        if not item.number or item.draft is None:
            judged.append(item)
            continue
        digest = digest_of(item.draft)
        item = _unique_key(item, keys)
        if item.faults:
            item = replace(item, outcome="faulty", twins=())
        elif digest in seen:
            twin = Twin(100, seen[digest].typed.split("\n")[0], number=seen[digest].number)
            item = _chosen(replace(item, outcome="duplicate", twins=(twin,)), "skip")
        else:
            item = _against(item, banks, near is None or item.number in near)
            seen[digest] = item
        judged.append(item)
    return judged


def _unique_key(item: Item, keys: dict[str, int]) -> Item:
    """Refuse a key that an earlier question of the file has."""
    assert item.draft is not None
    fault = "question_file.key_twice"
    faults = tuple(one for one in item.faults if one.code != fault)
    key = item.draft.key
    if key and key in keys:
        faults = (*faults, Fault(fault, {"key": key, "number": keys[key]}))
    elif key:
        keys[key] = item.number
    return replace(item, faults=faults)


class Banks:
    """The questions within reach, found by key, by digest, and by likeness."""

    def __init__(self, held: Sequence[Held], bank_key: str, items: Sequence[Item]) -> None:
        self.own = {one.key: one for one in held if one.bank_key == bank_key}
        self.digests = {digest_of(one.draft): one for one in self.own.values()}
        self.elsewhere = {digest_of(one.draft): one for one in held if one.bank_key != bank_key}
        self._held, self._items = held, items

    @cached_property
    def alike(self) -> Alike:
        """Find what is alike; built once it is asked for."""
        held, items = self._held, self._items
        texts = [
            (one.draft.text, Twin(0, one.draft.text, one.bank_key, one.bank_name, one.key)) for one in held
        ]
        texts += [
            (one.draft.text, Twin(0, one.draft.text, number=one.number))
            for one in items
            if one.number and one.draft
        ]
        return Alike(texts)


def _against(item: Item, banks: Banks, look: bool) -> Item:
    assert item.draft is not None
    draft, digest = item.draft, digest_of(item.draft)
    same = banks.own.get(draft.key) if draft.key else banks.digests.get(digest)
    if same is not None:
        draft = filled_up(draft, same.draft)
        item = replace(item, draft=draft)
        equal = tidy(replace(same.draft, key=None)) == tidy(replace(draft, key=None))
        twin = Twin(100, same.draft.text, same.bank_key, same.bank_name, same.key)
        if equal:
            return _chosen(replace(item, outcome="unchanged", twins=(twin,)), "skip")
        return _chosen(replace(item, outcome="changed", twins=(twin,)), "version")
    if not look:
        kept = item.twins if item.outcome == "near" else ()
        return _chosen(replace(item, outcome="near" if kept else "new", twins=kept), "keep")
    twins = [one for one in banks.alike.near(draft.text) if one.number == 0 or one.number < item.number]
    if digest in banks.elsewhere:
        other = banks.elsewhere[digest]
        first = Twin(100, other.draft.text, other.bank_key, other.bank_name, other.key)
        twins = [first, *(one for one in twins if (one.bank_key, one.key) != (other.bank_key, other.key))]
    outcome = "near" if twins else "new"
    return _chosen(replace(item, outcome=outcome, twins=tuple(twins[:MOST_TWINS])), "keep")


def filled_up(draft: QuestionDraft, held: QuestionDraft) -> QuestionDraft:
    """Return the draft with what its file does not say as the bank has it: an import changes and adds, it empties nothing."""
    return replace(
        draft,
        explanation=draft.explanation or held.explanation,
        topic_code=draft.topic_code or held.topic_code,
        difficulty=draft.difficulty or held.difficulty,
        picture_name=draft.picture_name or held.picture_name,
        audio_name=draft.audio_name or held.audio_name,
        numerals=draft.numerals or held.numerals,
        marks=draft.marks if draft.marks != 1 else held.marks,
    )


def _chosen(item: Item, choice: str) -> Item:
    allowed = {"unchanged": ("skip",), "duplicate": ("skip",), "new": ("keep", "skip")}.get(item.outcome)
    if item.chosen and (allowed is None or item.choice in allowed):
        return item
    return replace(item, choice=choice, chosen=False)


class Alike:
    """Find texts that are nearly the same without comparing each with each: only those that share rare pairs of signs."""

    def __init__(self, texts: Sequence[tuple[str, Twin]]) -> None:
        self._texts = [(bare(text), twin) for text, twin in texts]
        self._counts = Counter(pair for text, _ in self._texts for pair in _pairs(text))
        self._index: dict[str, list[int]] = defaultdict(list)
        for at, (text, _) in enumerate(self._texts):
            for pair in self._rare(text):
                self._index[pair].append(at)

    def near(self, text: str) -> list[Twin]:
        """Return the twins whose text is alike, the likest first; short texts are never alike."""
        own = bare(text)
        if len(own) < SHORTEST:
            return []
        votes = Counter(at for pair in self._rare(own) for at in self._index.get(pair, ()))
        found = []
        for at, _ in votes.most_common(60):
            other, twin = self._texts[at]
            score = round(fuzz.ratio(own, other, score_cutoff=NEAR)) if other else 0
            if score >= NEAR:
                found.append(replace(twin, score=min(score, 99) if own != other else 99))
        return sorted(found, key=lambda one: (-one.score, one.number, one.key))

    def _rare(self, text: str) -> list[str]:
        return sorted(_pairs(text), key=lambda pair: (self._counts[pair], pair))[:RARE_PAIRS]


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
