"""Write the chapters of a class's dossier (一期一档): those of the class as a whole, and those that people fill block by block."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes import timetable_queries
from yanglao.classes.states import ACT_NAMES, STATE_NAMES
from yanglao.courses.shapes import SegmentView
from yanglao.evidence import queries as evidence
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.units import yuan_text
from yanglao.oversight import attendance_book
from yanglao.oversight.dossier_blocks import (
    Block,
    Chapter,
    Shelf,
    chapter,
    head,
    note,
    pairs,
    table,
    table_or,
    text,
)
from yanglao.oversight.dossier_people import Frame
from yanglao.oversight.dossier_words import (
    flag_row,
    hours,
    moment,
)  # fmt: skip
from yanglao.oversight.sheets import KINDS, MODES
from yanglao.papers import rules
from yanglao.people import queries as people
from yanglao.places import queries as places
from yanglao.subsidy import queries as claims

DATES = 20
SESSION_STATES = {"planned": "没有上", "open": "在上课", "closed": "上完了", "cancelled": "取消了"}
LATE_STATES = {"pending": "等审批", "approved": "同意", "refused": "没有同意"}
CHANGES = {"added": "加课", "moved": "改时间地点", "cancelled": "取消", "substituted": "代课"}
(
    FILING,
    TIMETABLE,
    ROSTER,
    BOOK,
    HOURS,
    EVIDENCE,
    QUIZ,
    PRACTICAL,
    WORDS,
    CERTIFICATES,
    FLAGS,
    CLAIMS,
    LEDGER,
) = range(1, 14)
TITLES = {
    FILING: "一、办班备案", TIMETABLE: "二、课程表", ROSTER: "三、花名册", BOOK: "四、考勤簿", HOURS: "五、学时",
    EVIDENCE: "六、学时的证据", QUIZ: "七、理论考核", PRACTICAL: "八、实操考核", WORDS: "九、学员本人确认",
    CERTIFICATES: "十、证书", FLAGS: "十一、异常和处理", CLAIMS: "十二、补贴申报", LEDGER: "十三、账本",
}  # fmt: skip
WHO = (("序号", 10, "r"), ("姓名", 24, "l"))


def fixed(session: Session, shelf: Shelf, frame: Frame, *, root: str) -> None:
    """Write the chapters that are about the class as a whole."""
    shelf.add((FILING,), TITLES[FILING], [chapter(TITLES[FILING]), *_filing(session, frame)])
    shelf.add((TIMETABLE,), TITLES[TIMETABLE], [chapter(TITLES[TIMETABLE]), *_timetable(session, frame)])
    flags = Chapter(
        shelf,
        (FLAGS,),
        TITLES[FLAGS],
        (("发现时间", 27, "l"), ("异常", 26, "l"), ("轻重", 20, "l"), ("说明", -3, "l"), ("有关的人", 22, "l"), ("怎么处理", -3, "l")),
        "本班没有异常。",
        most=120,
    )  # fmt: skip
    for flag in frame.flags:
        flags.add([flag_row(flag)])
    flags.close()
    _claims(session, shelf, frame)
    shelf.add((LEDGER,), TITLES[LEDGER], [chapter(TITLES[LEDGER]), *ledger_blocks(session, frame, root)])


def _filing(session: Session, frame: Frame) -> list[Block]:
    own, programme = frame.own, frame.programme
    levels = {one.code: one.name for one in places.levels(session)}
    categories = {one.code: one.name for one in places.categories(session)}
    steps = classes.steps(session, own.id)
    lates = classes.late_additions(session, EVERYTHING, class_id=own.id)
    asked = {one.requested_by for one in lates} | {one.decided_by for one in lates if one.decided_by}
    known = people.persons(
        session, {one.actor_id for one in steps} | asked | {one.person_id for one in lates}
    )
    facts = [
        ("班级编号", own.number), ("类别", categories.get(own.category_code, own.category_code)), ("等级", levels.get(own.level_code or "", "")),
        ("主办", frame.division), ("基地", f"{frame.base.name}　{frame.base.address}"), ("日期", f"{own.starts_on} 至 {own.ends_on}"),
        ("人数", f"在册 {own.enrolled} 人，最多 {own.capacity} 人"), ("现在", STATE_NAMES[own.state]),
        ("培训方案", f"{programme.name}（第 {programme.version} 版）"), ("学时依据", programme.hours_note),
    ]  # fmt: skip
    step_rows = [
        [moment(one.at_ms), ACT_NAMES.get(one.act, one.act), STATE_NAMES[one.to_state], known[one.actor_id].name, one.reason]
        for one in steps
    ]  # fmt: skip
    late_rows = [
        [known[one.person_id].name, one.reason, f"{known[one.requested_by].name}，{moment(one.requested_ms)}", LATE_STATES[one.state],
         f"{known[one.decided_by].name}，{moment(one.decided_ms)}。{one.decision_reason}" if one.decided_by else ""]
        for one in lates
    ]  # fmt: skip
    plan = [
        [str(at), one.title, MODES[one.mode], KINDS.get(one.kind, ""), hours(one.required_s), _tested(one)]
        for at, one in enumerate(programme.segments, 1)
    ]  # fmt: skip
    return [
        pairs(facts),
        head("培训内容"),
        table((("段", 10, "r"), ("内容", -1, "l"), ("方式", 14, "l"), ("类别", 14, "l"), ("学时", 22, "r"), ("考核", 46, "l")), plan),
        head("办理经过"),
        table_or((("时间", 29, "l"), ("办理", 18, "l"), ("之后是", 20, "l"), ("经办人", 28, "l"), ("原因", -1, "l")), step_rows, "本班还没有办理记录。"),
        head("补报"),
        table_or(
            (("姓名", 24, "l"), ("原因", -1, "l"), ("谁报的", 42, "l"), ("结果", 18, "l"), ("谁定的", 46, "l")), late_rows, "本班没有补报的人。"
        ),
    ]  # fmt: skip


def _tested(segment: SegmentView) -> str:
    said = [f"理论 {segment.pass_mark} 分合格"] if segment.assessment != "none" else []
    said += [f"实操 {segment.practical.pass_mark} 分合格"] if segment.practical else []
    return "；".join(said) or "不考"


def _timetable(session: Session, frame: Frame) -> list[Block]:
    meetings = frame.meetings
    if not meetings:
        return [text("本班没有线下课。")]
    known = people.persons(
        session, {one for held in meetings for one in (held.instructor_id, held.planned_instructor)}
    )
    rows = [
        [
            attendance_book.day_text(one.starts_ms),
            f"{attendance_book.clock(one.starts_ms)}–{attendance_book.clock(one.ends_ms)}",
            one.segment_title + (f" · {one.title}" if one.title and one.title != one.segment_title else "") + ("（补课）" if one.makes_up_session_id else ""),
            one.venue,
            known[one.instructor_id].name + ("（代课）" if one.planned_instructor != one.instructor_id else ""),
            f"{attendance_book.planned_s(one) // 60}",
            SESSION_STATES[one.state] + (f"：{one.cancel_reason}" if one.cancel_reason else ""),
        ]
        for one in meetings
    ]  # fmt: skip
    changes = timetable_queries.changes(session, [one.id for one in meetings])
    by = people.persons(session, {one.actor_id for listed in changes.values() for one in listed})
    changed = [
        [attendance_book.day_text(held.starts_ms), CHANGES.get(one.act, one.act), one.reason, by[one.actor_id].name, moment(one.at_ms)]
        for held in meetings
        for one in changes.get(held.id, ())
    ]  # fmt: skip
    return [
        table((("日期", 27, "l"), ("时间", 23, "l"), ("内容", -1, "l"), ("教室", 32, "l"), ("教师", 28, "l"), ("分钟", 11, "r"), ("情况", 20, "l")), rows),
        head("课表的变动"),
        table_or((("哪天的课", 27, "l"), ("变动", 24, "l"), ("原因", -1, "l"), ("经办人", 28, "l"), ("时间", 29, "l")), changed, "课表没有变动过。"),
    ]  # fmt: skip


def _claims(session: Session, shelf: Shelf, frame: Frame) -> None:
    columns = (
        *WHO,
        ("证件号", 35, "l"),
        ("培训段", -1, "l"),
        ("学时", 20, "r"),
        ("金额", 26, "r"),
        ("状态", 34, "l"),
    )
    if not frame.claims:
        shelf.add((CLAIMS,), TITLES[CLAIMS], [chapter(TITLES[CLAIMS]), text("本班没有申报过补贴。")])
    for number, one in enumerate(sorted(frame.claims, key=lambda held: held.created_ms), 1):
        taken = [
            [moment(step.at_ms), step.title, step.actor_name, "；".join(filter(None, (step.reason, step.document_no)))]
            for step in claims.steps(session, one.id)
        ]  # fmt: skip
        about = [
            head(f"第 {number} 份：{one.kind_name} · {one.mode_name}"),
            pairs([
                ("资金", one.fund_name), ("月份", one.month_key), ("现在", one.state_name), ("人数", f"{one.people} 人"),
                ("金额", yuan_text(one.total_fen)), ("应追回", yuan_text(one.owed_fen) if one.owed_fen else ""),
                ("说明", "按示例政策算的，不能作为拨付的依据" if one.example else ""),
                ("政策文件", f"{one.policy_file}　{rules.short(one.policy_digest)}"),
            ]),
            table((("时间", 29, "l"), ("办理", 44, "l"), ("经办人", 28, "l"), ("原因、文号", -1, "l")), taken),
        ]  # fmt: skip
        begins = [chapter(TITLES[CLAIMS])] if number == 1 else []
        title, level = (TITLES[CLAIMS], 1) if number == 1 else (f"第 {number} 份", 2)
        rows = [
            [str(line.roster_no), line.person_name, line.masked_id, line.segment_title, hours(line.seconds), yuan_text(line.amount_fen),
             line.state_name + (f"：{line.reason}" if line.reason else "")]
            for line in claims.lines(session, one.id)
        ]  # fmt: skip
        for at in range(0, max(len(rows), 1), 180):
            body = table_or(columns, rows[at : at + 180], "这份申报里还没有人。")
            first = [*begins, *about] if at == 0 else []
            named = (title, level) if at == 0 else (f"第 {number} 份，{rows[at][0]} 号起", 2)
            shelf.add((CLAIMS, number, at), named[0], [*first, body], level=named[1])


def ledger_blocks(session: Session, frame: Frame, root: str) -> list[Block]:
    """Say where the ledger stood, what signed it last, and how it is checked."""
    latest = evidence.latest_checkpoint(session)
    entries = sum(position for _, _, position, _ in frame.heads)
    signed = f"{latest.day}，{latest.chains} 链 {latest.entries} 条" if latest else ""
    return [
        pairs([
            ("这份档案所依据的", f"{len(frame.heads)} 条链，共 {entries} 条记录，到 {moment(frame.ms)} 为止"),
            ("链头", f"{rules.short(root)}　（全文 {root}）"),
            ("最近的签名检查点", signed or "还没有"), ("检查点的根", latest.root if latest else ""), ("签名", latest.signature if latest else ""),
        ]),
        note("怎么查：扫封面或者页脚的码，看打印以后有没有变化。技术人员可以运行 ledger verify --paper，给出档案码或这个 PDF 文件："
             "它从账本重新算出每个人的学时和成绩，和打印时一一对照，并说出以后新增了什么、改了什么。"),
    ]  # fmt: skip
