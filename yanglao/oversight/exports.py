"""Export what is seen: asked for by a person, made by a worker with that person's rights at that moment.

Life of an export: 1. ``ask`` checks the right and leaves a task. 2. A worker calls ``make``, which looks up the
rights of the person again, since they may have been taken away. 3. What was made is stored for that person for a week.
4. ``view`` says how far it is; only the person who asked gets an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, EnrolmentView
from yanglao.completion.shapes import StandingFilters
from yanglao.evidence import queries as evidence
from yanglao.files import links
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.flags import queries as flags
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.clock import now as clock_now
from yanglao.kernel.errors import Forbidden, NotFound, Refused
from yanglao.kernel.wording import all_words, sentence
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight import (
    book_sheets,
    claim_accounts,
    claim_bank,
    claim_sheets,
    dossiers,
    form_claims,
    hours_sheet,
    practical_sheet,
    progress,
    record_pack,
    run_bank,
    settlement_sheet,
    sheets,
    what_if_sheet,
)
from yanglao.oversight.claim_asked import claim_of
from yanglao.oversight.export_shapes import Asked, Filter, Made, Report
from yanglao.oversight.export_words import said_filter
from yanglao.people import service as people
from yanglao.people.roles import may, role_text, scope_of
from yanglao.places import queries as places
from yanglao.subsidy import runs, what_if
from yanglao.work import queries as work_queries
from yanglao.work import service as work

TOPIC = "export.make"


class ExportUnknown(NotFound):
    """Say that there is no such export, or that somebody else asked for it."""

    code = "export.unknown"


class SubjectMissing(Refused):
    """Say that the evidence of one class or one enrolment must be asked for."""

    code = "export.subject_missing"


@dataclass(frozen=True)
class ExportView:
    """How far an export is. ``progress`` is a whole number 0 to 100; ``link`` opens the file for a quarter of an hour."""

    id: str
    kind: str
    state: str
    progress: int
    file_id: str
    link: str
    name: str
    fault: str


@dataclass(frozen=True)
class Kind:
    """One kind of export: its title, the rights it needs (all of them), how it is checked and how it is written.

    ``write`` fills a workbook and returns its number of lines; a kind with ``make`` makes a file of another sort instead.
    ``noted`` keeps of whoever asks what they will see, such as whole ID numbers.
    """

    title: str
    permissions: tuple[str, ...]
    check: Callable[[Session, Asked], object]
    write: Callable[..., int] | None = None
    make: Callable[..., Made] | None = None
    noted: Callable[..., None] | None = None


def ask(session: Session, kind: str, wanted: Filter, *, now: datetime, actor: Actor) -> str:
    """Leave the task of making an export and return its id; the same asked twice meanwhile is one export.

    Raises:
        Forbidden: the right for this kind is not held.
        SubjectMissing, ClassUnknown, EnrolmentUnknown: what is asked for is not named or not within the scope.
    """
    kept = {name: value for name, value in sorted(wanted.items()) if value not in ("", None)}
    about = KINDS[kind]
    asked = _asked(actor, about, kept, kind)
    about.check(session, asked)
    if about.noted:
        about.noted(session, asked, now=now)
    payload = {"person_id": actor.person_id, "kind": kind, "filter": kept}
    key = f"{actor.person_id}:{kind}:{digest(kept).rpartition(':')[2][:32]}"
    return work.enqueue(session, TOPIC, key, payload, now=now)


def cancel(session: Session, export_id: str, *, now: datetime, actor: Actor) -> None:
    """Give up an export that is not made yet; one that came to rest stays as it is. Raises ExportUnknown."""
    view(session, export_id, now=now, actor=actor)
    work.cancel(session, export_id, "export.cancelled", now=now)


def view(session: Session, export_id: str, *, now: datetime, actor: Actor) -> ExportView:
    """Return how far an export is. Raises ExportUnknown, also for an export somebody else asked for."""
    try:
        task = work_queries.task(session, export_id)
    except NotFound:
        raise ExportUnknown from None
    if task.topic != TOPIC or task.payload.get("person_id") != actor.person_id:
        raise ExportUnknown
    result = task.result or {}
    done = task.state == "done"
    percent = 100 if done else min(99, task.progress_done * 100 // max(task.progress_total, 1))
    file_id = result.get("file_id", "") if done else ""
    return ExportView(
        id=task.id,
        kind=task.payload["kind"],
        state=task.state,
        progress=percent,
        file_id=file_id,
        link=links.make(file_id, now=now) if file_id else "",
        name=result.get("name", ""),
        fault=_fault(task.error_code) if task.state == "failed" else "",
    )


def opened(
    session: Session, export_id: str, *, link: str, now: datetime, actor: Actor | None
) -> files.FileView:
    """Return the file of an export, for a link that was handed out, or for the person who asked.

    Raises: LinkExpired, ExportUnknown (also without link and actor), FileUnknown.
    """
    if link:
        file_id = links.read(link, now=now)
        task = work_queries.task(session, export_id)
        if task.topic != TOPIC or (task.result or {}).get("file_id") != file_id:
            raise ExportUnknown
        return files.open_(session, file_id, now=now)
    if actor is None:
        raise ExportUnknown
    found = view(session, export_id, now=now, actor=actor)
    if not found.file_id:
        raise FileUnknown
    return files.open_(session, found.file_id, now=now, owner_id=actor.person_id)


def make(session: Session, payload: dict[str, Any], *, now: datetime, report: Report) -> Made:
    """Make a workbook or a pack with the rights that the person who asked holds now.

    Raises: Forbidden, ClassUnknown, EnrolmentUnknown; the task then ends with that code.
    """
    about = KINDS[payload["kind"]]
    asked = _asked(people.actor_of(session, payload["person_id"]), about, payload["filter"], payload["kind"])
    about.check(session, asked)
    name = f"{about.title}_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}"
    if about.make is not None:
        return about.make(session, asked, now=now, report=report)
    assert about.write is not None
    with Book() as book:
        count = about.write(book, session, asked, now=now, report=report)
        _write_about(book, session, about, asked, count=count, now=now)
        content = book.finish()
    return Made(content, f"{name}.xlsx")


def _asked(actor: Actor, about: Kind, wanted: Filter, kind: str) -> Asked:
    for permission in about.permissions:
        if not may(actor.grants, permission):
            raise Forbidden(permission=permission)
    return Asked(actor, scope_of(actor.grants, about.permissions[0]), wanted, kind)


def filters_of(wanted: Filter) -> StandingFilters:
    """Return the filters of the completion log of what an export was asked for with."""
    return StandingFilters(
        class_id=wanted.get("class_id", ""),
        base_id=wanted.get("base_id", ""),
        division_code=wanted.get("division", ""),
        segment_id=wanted.get("segment_id", ""),
        mode=wanted.get("mode", ""),
        state=wanted.get("state", ""),
        text=wanted.get("text", ""),
        review=wanted.get("review", ""),
    )


def _log(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    return sheets.write_log(book, session, asked.scope, filters_of(asked.wanted), now=now, report=report)


def _enrolments(session: Session, asked: Asked) -> list[EnrolmentView]:
    if asked.wanted.get("enrolment_id"):
        return [classes.enrolment(session, asked.wanted["enrolment_id"], asked.scope)]
    if not asked.wanted.get("class_id"):
        raise SubjectMissing
    own = classes.class_(session, asked.wanted["class_id"], asked.scope)
    return classes.roster(session, own.id, withdrawn=True)


def _evidence(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    return sheets.write_evidence(book, session, _enrolments(session, asked), report=report)


def _hours(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    return hours_sheet.write_hours(book, session, _enrolments(session, asked), now=now, report=report)


def _plan(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    year = int(asked.wanted.get("year") or now.astimezone(SHANGHAI).year)
    against = asked.wanted.get("against")
    category = asked.wanted.get("category", "")
    found = progress.progress(session, asked.scope, year, category=category, against=against)
    return sheets.write_plan(book, found, report=report)


def _flags(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    return sheets.write_flags(book, session, asked.scope, flags.filters_of(asked.wanted), report=report)


def _class_of(session: Session, asked: Asked) -> str:
    wanted = asked.wanted
    if wanted.get("session_id"):
        return classes.session_(session, wanted["session_id"], asked.scope).class_id
    if not wanted.get("class_id"):
        raise SubjectMissing
    return classes.class_(session, wanted["class_id"], asked.scope).id


def _book(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    one = asked.wanted.get("session_id", "")
    class_id = _class_of(session, asked)
    return book_sheets.write_book(book, session, class_id, session_id=one, now=now, report=report)


def _practical(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    wanted = practical_sheet.wanted_of(asked.wanted)
    return practical_sheet.write_practical(book, session, asked.scope, wanted, report=report)


def _run(session: Session, asked: Asked) -> runs.RunView:
    return runs.run(session, asked.wanted.get("run_id", ""), asked.scope)


def _settlement(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    return settlement_sheet.write_run(book, session, _run(session, asked), report=report)


def _policy(session: Session, asked: Asked) -> policy.Policy:
    given = asked.wanted.get("policy", "")
    return what_if.chosen(session, given, now=clock_now(), actor=asked.actor)


def _what_if(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    held = _policy(session, asked)
    return what_if_sheet.write_what_if(
        book, session, held, asked.wanted, scope=asked.scope, actor=asked.actor, now=now, report=report
    )


def _pack(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    found = _enrolments(session, asked)
    if asked.wanted.get("enrolment_id"):
        subject = record_pack.of_enrolment(session, found[0])
    else:
        subject = record_pack.of_class(session, classes.class_(session, asked.wanted["class_id"]))
    return record_pack.made(session, subject, now=now, report=report)


def _one_enrolment(session: Session, asked: Asked) -> EnrolmentView:
    if not asked.wanted.get("enrolment_id"):
        raise SubjectMissing
    return classes.enrolment(session, asked.wanted["enrolment_id"], asked.scope)


def _one_class(session: Session, asked: Asked) -> ClassView:
    if not asked.wanted.get("class_id"):
        raise SubjectMissing
    return classes.class_(session, asked.wanted["class_id"], asked.scope)


_EVIDENCE = ("evidence.read", "standing.export")
KINDS: dict[str, Kind] = {
    "standings": Kind(
        "培训段完成情况", ("standing.export", "standing.read"), lambda session, asked: None, _log
    ),
    "evidence": Kind("学时证据", _EVIDENCE, _enrolments, _evidence),
    "hours": Kind("每一分钟", _EVIDENCE, _enrolments, _hours),
    "plan": Kind("培训计划与进度", ("plan.read",), lambda session, asked: None, _plan),
    "attendance": Kind("考勤表", ("standing.export", "standing.read"), _class_of, _book),
    "practical": Kind(
        "实操考核", ("standing.export", "standing.read"), lambda session, asked: None, _practical
    ),
    "pack": Kind(
        "学时记录包",
        _EVIDENCE,
        _enrolments,
        make=_pack,
    ),
    "settlement": Kind("结算批次", ("claim.read",), _run, _settlement),
    "dossier_class": Kind("一期一档", _EVIDENCE, _one_class, make=dossiers.of_class),
    "dossier_person": Kind("一人一档", _EVIDENCE, _one_enrolment, make=dossiers.of_enrolment),
    "dossier_persons": Kind("全班一人一档", _EVIDENCE, _one_class, make=dossiers.of_everybody),
    "flags": Kind("异常", ("flag.read",), lambda session, asked: None, _flags),
    "claims": Kind("补贴申报", ("claim.read",), lambda session, asked: None, claim_sheets.write_list),
    "claim_application": Kind("补贴申请表", ("claim.read",), claim_of, claim_sheets.write),
    "claim_roster": Kind(
        "学员花名册",
        ("claim.read",),
        claim_of,
        claim_sheets.write,
        noted=claim_sheets.note_shown,
    ),
    "claim_notice": Kind("补贴公示名单", ("claim.read",), claim_of, claim_sheets.write),
    "claim_payment": Kind("补贴资金拨付表", ("claim.read",), claim_of, claim_sheets.write),
    "claim_accounts": Kind("收款账户登记表", ("claim.file",), claim_of, claim_accounts.write),
    "claim_bank": Kind(
        "银行文件",
        ("claim.finance",),
        claim_of,
        make=claim_bank.make,
    ),
    "run_bank": Kind("批次银行文件", ("claim.finance",), run_bank.run_of, make=run_bank.make),
    "claim_form": Kind(
        "主管部门的表格",
        ("claim.read",),
        form_claims.asked_for,
        make=form_claims.make,
        noted=form_claims.note_shown,
    ),
    "what_if": Kind("换政策试算", ("policy.try",), _policy, _what_if),
}


def _write_about(
    book: Book, session: Session, about: Kind, asked: Asked, *, count: int, now: datetime
) -> None:
    """Say on a second sheet what the file is: filter, time, who, how far their right reaches, where the ledger stood."""
    latest = evidence.latest_checkpoint(session)
    divisions = {one.code: one.name for one in places.divisions(session)}
    bases = {one.id: one.short_name for one in places.bases(session)}
    roles = "；".join(
        role_text(
            one, division_name=divisions.get(one.division or "", ""), base_name=bases.get(one.base or "", "")
        )
        for one in asked.actor.grants
    )
    sheet = book.sheet("说明", (("项目", 26), ("内容", 90)), title=f"{about.title}：这份表怎么来的")
    rows: list[tuple[str, Value]] = [
        ("导出时间（北京时间）", now.astimezone(SHANGHAI)),
        ("导出人", asked.actor.name),
        ("导出人角色", roles),
        ("筛选条件", said_filter(session, asked.wanted)),
        ("行数", count),
        ("账本条数", evidence.size(session)),
        ("最近的签名检查点", f"{latest.day.isoformat()}，{latest.entries} 条" if latest else "还没有"),
        ("检查点根", latest.root if latest else ""),
        ("检查点签名", latest.signature if latest else ""),
        ("学时换算", f"1 学时 = {policy.latest().training.class_hour_s} 秒；学时按秒数向下取一位小数"),
        ("线上和线下", "两个账户分开计，不相加"),
        ("证件号", "只显示前四位和后两位"),
    ]
    for row in rows:
        sheet.add(row)


def _fault(code: str | None) -> str:
    known = code if code in all_words() else "export.failed"
    return sentence(known)
