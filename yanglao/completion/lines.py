"""Every line of evidence behind an enrolment, in words people read: when, what, how proved, counted or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries as attendance
from yanglao.capture.practical import queries as practical
from yanglao.capture.practical.rules import score_text
from yanglao.capture.quiz import queries as quizzes
from yanglao.classes import queries as classes
from yanglao.completion.models import CompletionPerson, OwnWord, ReviewNote
from yanglao.completion.refresh import derive
from yanglao.completion.rules import Sums
from yanglao.completion.shapes import EvidenceLine
from yanglao.courses import queries as courses
from yanglao.evidence import queries as evidence
from yanglao.evidence.queries import EntryView
from yanglao.kernel.clock import day_of, say_day
from yanglao.kernel.wording import sentence, words
from yanglao.people import queries as people

METHODS = {
    "card": "老师扫个人码",
    "printed": "老师扫纸卡",
    "room": "扫教室大屏码",
    "spoken": "输入口令",
    "manual": "老师手工登记",
}
WALKED_IN = "当时不在名单，老师登记，补报同意"
VERDICTS = {"right": "答对", "wrong": "答错", "none": "没答"}
ANSWERS = {"instructor": "老师当面记", "phone": "自己手机上答，教室口令"}
WAYS = {"mean": "两位考评员的平均", "third": "第三位考评员评定"}
DEVICE_LETTERS = 6
_QUIZZES = ("quiz.submitted", "quiz.module_submitted")


def evidence_lines(session: Session, enrolment_id: str, *, own_eyes: bool = False) -> list[EvidenceLine]:
    """Return all lines of an enrolment, oldest first.

    With ``own_eyes`` as its trainee may read them: of a quiz that tells nothing, only that it was handed in.
    """
    own = classes.enrolment(session, enrolment_id)
    entries = evidence.chain(session, "enrolment", enrolment_id)
    kept = session.get(CompletionPerson, people.same_person_ids(session, own.person_id)[0])
    sums = derive(kept.state) if kept else Sums()
    if own_eyes:
        silent = quizzes.silent(session, [e.body["attempt"] for e in entries if e.kind in _QUIZZES])
        entries = [_untold(e) if e.body.get("attempt") in silent else e for e in entries]
    return lines_of(session, {enrolment_id: entries}, {enrolment_id: sums})[enrolment_id]


def lines_of(
    session: Session, chains: Mapping[str, list[EntryView]], sums: Mapping[str, Sums]
) -> dict[str, list[EvidenceLine]]:
    """Return the lines of the entries of many enrolments in a few queries; ``sums`` are those of each one's person."""
    listed = [entry for entries in chains.values() for entry in entries]
    lessons = courses.lessons(session, {e.body["lesson"] for e in listed if "lesson" in e.body})
    meetings = classes.sessions(session, {e.body["session"] for e in listed if "session" in e.body})
    titles = {
        "lesson": {key: lesson.title for key, lesson in lessons.items()},
        "session": {key: meeting.title or meeting.segment_title for key, meeting in meetings.items()},
    }
    notes = session.scalars(select(ReviewNote).where(ReviewNote.enrolment_id.in_(list(chains)))).all()
    found = {}
    for enrolment_id, entries in chains.items():
        names = titles | {"reason": _reasons(session, entries)}
        voided = {e.body["voids"] for e in entries if e.kind == "attendance.void"}
        found[enrolment_id] = [_line(entry, sums[enrolment_id], names, voided) for entry in entries]
    del notes  # held until here, so that each is found without a query of its own
    return found


def _untold(entry: EntryView) -> EntryView:
    """Return the entry of a quiz without what it came to."""
    kept = {name: fact for name, fact in entry.body.items() if name not in ("score", "passed")}
    return replace(entry, body=kept)


def _reasons(session: Session, entries: list[EntryView]) -> dict[str, str]:
    """Return what people wrote, by position; the ledger holds only digests of it, and it may be erased."""
    found = {}
    for entry in entries:
        if entry.kind.startswith("review."):
            note = session.get(ReviewNote, (entry.chain_id, entry.position))
            found[str(entry.position)] = note.text if note else ""
        elif entry.kind == "hours.word":
            found[str(entry.position)] = _word_text(session, entry)
        elif entry.kind == "practical.voided":
            found[str(entry.position)] = practical.void_reason(session, entry.body["assessment"])
        elif entry.body.get("scan") and entry.kind == "attendance.void":
            scan = attendance.scan(session, entry.body["scan"])
            found[str(entry.position)] = (scan.void_reason if scan else "") or "没有写原因"
        elif entry.body.get("scan") and entry.body.get("method") == "manual":
            scan = attendance.scan(session, entry.body["scan"])
            found[str(entry.position)] = scan.reason if scan else ""
        elif entry.body.get("assumed"):
            found[str(entry.position)] = "有了新的记录，按规定结束的这一条不再算"
    return found


def _word_text(session: Session, entry: EntryView) -> str:
    place = (OwnWord.enrolment_id == entry.chain_id) & (OwnWord.position == entry.position)
    return session.scalar(select(OwnWord.text).where(place)) or ""


def _line(entry: EntryView, sums: Sums, names: dict[str, dict[str, str]], voided: set[int]) -> EvidenceLine:
    counted = sums.counted.get((entry.enrolment_id or "", entry.position))
    if entry.kind == "viewing.span":
        counted = counted or 0
    facts = _FACTS.get(entry.kind, _plain)(entry, names) | {"counted_s": counted or 0, "kind": entry.kind}
    code = f"evidence.{entry.kind}"
    if entry.kind in _QUIZZES and "score" not in entry.body:
        code += ".quiet"
    known = words(code).title != words("").title
    return EvidenceLine(
        position=entry.position,
        kind=entry.kind,
        client=entry.client,
        grade=entry.grade,
        recorded_ms=entry.recorded_ms,
        occurred_ms=entry.occurred_ms,
        segment_id=entry.segment_id,
        title=words(code).title if known else words("evidence.other").title,
        sentence=sentence(code if known else "evidence.other", facts),
        counted_s=counted,
        not_counted=_not_counted(entry, sums),
        facts=entry.body,
        device=entry.device_digest.rpartition(":")[2][:DEVICE_LETTERS] if entry.device_digest else None,
        actor_id=entry.actor_id,
        hash=entry.hash,
        prev_hash=entry.prev_hash,
        voided=entry.position in voided,
        parts=tuple(sums.parts.get((entry.enrolment_id or "", entry.position), ())),
        joined=(entry.enrolment_id or "", entry.position) in sums.joined,
    )


def _not_counted(entry: EntryView, sums: Sums) -> tuple[tuple[str, int, str], ...]:
    """Return what never counted, and what was credited when it was entered and later gave way, by code."""
    lost = dict(entry.body.get("not_counted") or {})
    for code, seconds in sums.lost.get((entry.enrolment_id or "", entry.position), {}).items():
        lost[code] = lost.get(code, 0) + seconds
    return tuple(
        (code, seconds, sentence(code, {"seconds": seconds})) for code, seconds in sorted(lost.items())
    )


def _plain(_entry: EntryView, _names: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {}


def _span(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {"lesson_title": names["lesson"].get(entry.body["lesson"], "")}


def _mark(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    title, missed = names["session"].get(entry.body["session"], ""), entry.body.get("makes_up")
    return {
        "session_title": f"{title}（补 {say_day(day_of(missed['planned'][0]))}的课）" if missed else title,
        "method_name": _method(entry.body),
    }


def _method(body: dict[str, Any]) -> str:
    if "walk_in" in body:
        return WALKED_IN
    return METHODS.get("printed" if body.get("printed") else body.get("method", ""), "")


def _ended(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    why = "按课表的下课时间结束" if entry.body["rule"] == "planned_end" else "只算到最后一次能证明在场的时候"
    return _mark(entry, names) | {"at_ms": entry.body["at_ms"], "why": why}


def _asked(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    facts = {"verdict_name": VERDICTS[entry.body["verdict"]], "way_name": ANSWERS[entry.body["way"]]}
    return _mark(entry, names) | _span(entry, names) | facts


def _check_done(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    return _mark(entry, names) | {name: entry.body[name] for name in ("right", "wrong", "none")}


def _missed(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    why = "，从那时到点名结束不计" if "gap" in entry.body else "，已经提请核对"
    facts = {"asked_ms": entry.body["asked_ms"][0], "proof_ms": entry.body["proof"]["at_ms"], "why": why}
    return _mark(entry, names) | facts


def _refusal(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    code = entry.body.get("code", "")
    return {
        "session_title": names["session"].get(entry.body.get("session", ""), "扫码"),
        "reason": sentence(code, entry.body.get("facts") or {}),
    }


def _quiz(entry: EntryView, _names: dict[str, dict[str, str]]) -> dict[str, Any]:
    if "score" not in entry.body:
        return {}
    passed = entry.body["passed"]
    return {
        "score": entry.body["score"],
        "pass_mark": entry.body["pass_mark"],
        "verdict": "合格" if passed else "没有合格",
    }


def _practical(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    facts = {"number": entry.body["number"], "photos": len(entry.body.get("evidence", ()))}
    if entry.kind == "practical.voided":
        return facts | {"reason": names["reason"].get(str(entry.position), "")}
    if "score_bp" in entry.body:
        verdict = "合格" if entry.body["passed"] else "没有合格"
        facts |= {"score": score_text(entry.body["score_bp"]), "pass_mark": entry.body["pass_mark"]}
        facts |= {"verdict": verdict, "way": WAYS[entry.body["decided_by"]]}
    return facts


def _said(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "reason": names["reason"].get(str(entry.position), ""),
        "voids": entry.body.get("voids", ""),
        "entered_s": entry.body.get("entered_s", 0),
    }


def _word(entry: EntryView, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    body = entry.body
    day = f"{say_day(date.fromisoformat(body['day']))}" if body["day"] else ""
    wrong = "，".join(filter(None, (day, words(f"word.what.{body['what']}").title)))
    said = "对" if body["word"] == "yes" else f"不对（{wrong}）"
    text = names["reason"].get(str(entry.position), "")
    way = "签字的过程确认书" if body["way"] == "paper" else "自己手机上"
    return {"said": f"{said}：{text}" if text else said, "way": way, "entered_s": body["entered_s"]}


_FACTS: dict[str, Callable[[EntryView, dict[str, dict[str, str]]], dict[str, Any]]] = {
    "viewing.span": _span,
    "attendance.in": _mark,
    "attendance.out": _mark,
    "attendance.ended": _ended,
    "attendance.here": _mark,
    "attendance.photo": _mark,
    "attendance.asked": _asked,
    "attendance.check_done": _check_done,
    "attendance.roll_missed": _missed,
    "attendance.leave_asked": _mark,
    "attendance.leave_granted": _mark,
    "attendance.leave_withdrawn": _mark,
    "attendance.leave_refused": _mark,
    "attendance.refused": _refusal,
    "attendance.pending": _refusal,
    "attendance.void": _said,
    "quiz.submitted": _quiz,
    "quiz.module_submitted": _quiz,
    "practical.scored": _practical,
    "practical.result": _practical,
    "practical.voided": _practical,
    "hours.word": _word,
    "review.confirmed": _said,
    "review.questioned": _said,
}
