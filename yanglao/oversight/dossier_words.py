"""Say in words what chapters print: hours, days with their evidence, results, certificates, flags. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from yanglao.completion.lines import METHODS
from yanglao.completion.shapes import EvidenceLine
from yanglao.courses.shapes import SegmentView
from yanglao.flags.queries import FlagView
from yanglao.kernel import policy
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms
from yanglao.kernel.units import class_hours_text, duration_text
from yanglao.oversight.dossier_people import Frame, Member
from yanglao.oversight.record import CLIENT_NAMES, GRADE_NAMES
from yanglao.oversight.sheets import MODES, STATES

Rows = list[list[str]]
MOST_LACKING = 3
PROOF_COLUMNS = (
    ("日期", 19, "l"), ("培训段", -2, "l"), ("方式", 11, "l"), ("计入", 22, "r"), ("靠什么证明", -4, "l"), ("第几条", 24, "l"),
)  # fmt: skip


def moment(ms: int | None) -> str:
    """Return 2026-03-08 09:05."""
    return f"{from_ms(ms).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if ms else ""


def day(ms: int | None) -> str:
    """Return 2026-03-08."""
    return moment(ms)[:10]


def hours(seconds: int) -> str:
    """Return 2.5 学时."""
    return class_hours_text(seconds, class_hour_s=policy.latest().training.class_hour_s)


def hour_note() -> str:
    """Say how hours are to be read."""
    minutes = policy.latest().training.class_hour_s // 60
    return f"{minutes} 分钟为 1 学时；线上、线下两个账户分开计，不相加。已计的是账本里记下的。"


def account(frame: Frame, one: Member, mode: str) -> tuple[int, int]:
    """Return the seconds entered and required in the segments of a mode, each counted up to what is required."""
    segments = [segment for segment in frame.programme.segments if segment.mode == mode]
    return sum(one.entered(segment.id) for segment in segments), sum(
        segment.required_s for segment in segments
    )


def account_text(frame: Frame, one: Member, mode: str) -> str:
    """Return 已计 20 学时 / 应 24 学时 in one cell; a mode without segments is a dash."""
    entered, required = account(frame, one, mode)
    return f"{hours(entered)} / {hours(required)}" if required else "—"


def day_rows(frame: Frame, one: Member) -> Rows:
    """Return [day, segment, mode, hours, what proves them, entries of the chain] of each day and segment, the first first."""
    seconds: dict[tuple[str, str], int] = {}
    proofs: dict[tuple[str, str], list[EvidenceLine]] = {}
    for line in one.lines:
        if line.segment_id is None or line.voided:
            continue
        proofs.setdefault((day_of(line.occurred_ms).isoformat(), line.segment_id), []).append(line)
        for from_, _to, counted in line.parts:
            key = (day_of(from_).isoformat(), line.segment_id)
            seconds[key] = seconds.get(key, 0) + counted
    rows = []
    order = {segment_id: at for at, segment_id in enumerate(frame.segments)}
    for key in sorted({*seconds, *proofs}, key=lambda one: (one[0], order.get(one[1], 0))):
        segment = frame.segments.get(key[1])
        listed = proofs.get(key, [])
        rows.append(
            [
                key[0],
                segment.title if segment else "",
                MODES[segment.mode] if segment else "",
                duration_text(seconds.get(key, 0)) if seconds.get(key) else "—",
                proof_text(listed),
                spans([line.position for line in listed]),
            ]
        )
    return rows


def proof_text(lines: Sequence[EvidenceLine]) -> str:
    """Return what proves the hours of a day: 线上学习 12 条；签到 1 条、签退 1 条（扫教室大屏码，证据较强）."""
    counts = Counter(line.title for line in lines)
    hows: dict[str, list[str]] = {}
    for line in lines:
        method = "printed" if line.facts.get("printed") else str(line.facts.get("method", ""))
        grade = GRADE_NAMES.get(line.grade or "", "")
        told = hows.setdefault(line.title, [])
        told += [
            one for one in (METHODS.get(method, ""), grade and f"证据{grade}") if one and one not in told
        ]
    alike: dict[str, list[str]] = {}
    for title, number in counts.items():
        alike.setdefault("，".join(hows[title]), []).append(f"{title} {number} 条")
    return "；".join("、".join(said) + (f"（{how}）" if how else "") for how, said in alike.items())


def spans(positions: Iterable[int]) -> str:
    """Return 3–17、20 for the entries 3 to 17 and 20."""
    found: list[list[int]] = []
    for one in sorted(set(positions)):
        if found and found[-1][1] == one - 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


def line_row(frame: Frame, one: Member, line: EvidenceLine) -> list[str]:
    """Return [number, when, what, in words, counted, by whom and how] of a line of evidence, as the page of hours says it."""
    segment = frame.segments.get(line.segment_id or "")
    lost = "；".join(words for _, _, words in line.not_counted)
    later = "" if line.recorded_ms - line.occurred_ms <= 60_000 else f"（{moment(line.recorded_ms)} 记录）"
    counted = (
        "" if line.counted_s is None else duration_text(line.counted_s) if line.counted_s else "没有计入"
    )
    grade = GRADE_NAMES.get(line.grade or "", line.grade or "")
    by = [
        one.name_of(line.actor_id),
        CLIENT_NAMES.get(line.client, line.client),
        f"证据{grade}" if grade else "",
    ]
    return [
        str(line.position),
        moment(line.occurred_ms),
        line.title + ("（已撤销）" if line.voided else ""),
        "。".join(part for part in (line.sentence.rstrip("。") + later, lost.rstrip("。")) if part)
        + (f"。{segment.title}" if segment else ""),
        "已撤销" if line.voided else counted,
        " · ".join(filter(None, by)),
    ]


def attempt_rows(frame: Frame, one: Member) -> Rows:
    """Return [segment, which try, when, score, pass mark, verdict] of the quizzes that were handed in."""
    rows = []
    for attempt in one.attempts:
        if attempt.submitted_ms is None or attempt.submitted_ms > frame.ms:
            continue
        segment = frame.segments.get(attempt.segment_id)
        module = next((m.title for m in segment.modules if m.id == attempt.module_id), "") if segment else ""
        rows.append(
            [
                (segment.title if segment else "") + (f" · {module}" if module else ""),
                f"第 {attempt.number} 次",
                moment(attempt.submitted_ms),
                f"{attempt.score} 分",
                f"{attempt.pass_mark} 分合格",
                "合格" if attempt.passed else "没有合格",
            ]
        )
    return rows


def practical_rows(one: Member) -> Rows:
    """Return [segment, which try, when, score, verdict, how it came about] of the practical assessments."""
    rows = []
    for result in one.practical:
        verdict = "等另一位考评员" if result.passed is None else "合格" if result.passed else "没有合格"
        remark = f"{result.sheets_in} 份评分"
        if result.voided_ms:
            verdict, remark = "已撤销", f"{result.voided_by_name}：{result.void_reason}"
        rows.append(
            [
                result.title,
                f"第 {result.number} 次",
                moment(result.settled_ms),
                f"{result.score} 分" if result.score else "",
                verdict,
                remark,
            ]
        )
    return rows


def certificate_rows(one: Member) -> Rows:
    """Return [kind, number, day, who, state] of certificates that were reviewed or issued."""
    rows = [
        [
            "培训合格证书",
            held.number or "还没有编号",
            day(held.issued_ms or held.reviewed_ms),
            one.name_of(held.issued_by or held.reviewed_by),
            held.state_name + _why(one, held.id),
        ]
        for held in one.certificates
    ]
    return rows + [
        [
            f"职业技能等级证书（{held.level_name}）",
            held.number,
            held.issued_on.isoformat(),
            held.issuer,
            "已登记",
        ]
        for held in one.levels
    ]


def _why(one: Member, certificate_id: str) -> str:
    """Return why a certificate is in its state, where its last step gave a reason."""
    steps = one.steps.get(certificate_id, ())
    return f"：{steps[-1].reason}" if steps and steps[-1].reason else ""


def word_rows(frame: Frame, one: Member) -> Rows:
    """Return [segment, hours, the word, when, how] of the own words on segments."""
    rows = []
    for segment in frame.programme.segments:
        word = one.words.get(segment.id)
        if word is None:
            continue
        said = "对" if word.word == "yes" else f"不对：{word.text}" if word.text else "不对"
        rows.append(
            [
                segment.title,
                hours(word.entered_s),
                said if one.stands(segment.id) else f"{said}（以后学时有变，要重新确认）",
                moment(word.said_ms),
                "签字的过程确认书" if word.way == "paper" else "自己手机上",
            ]
        )
    return rows


def flag_row(flag: FlagView) -> list[str]:
    """Return [raised, what, weight, in words, settled how] of a flag."""
    settled = (
        "还没有查"
        if flag.state == "open"
        else f"{flag.verdict_name}。{flag.reason}（{flag.settled_by_name}，{moment(flag.settled_ms)}）"
    )
    names = "、".join(
        dict.fromkeys(name for name in (flag.person_name, *(name for _, name, _ in flag.persons)) if name)
    )
    return [moment(flag.raised_ms), flag.title, flag.weight_name, flag.sentence, names, settled]


def lacking_text(one: Member) -> str:
    """Return what a person still lacks: the first few things, and how many more."""
    said = [missing.sentence.rstrip("。") for segment in one.standing.segments for missing in segment.missing]
    more = f"；还有 {len(said) - MOST_LACKING} 项" if len(said) > MOST_LACKING else ""
    return "；".join(said[:MOST_LACKING]) + more or "不缺"


def state_text(one: Member) -> str:
    """Return how far a person is: how many segments are complete."""
    done = sum(segment.state == "complete" for segment in one.standing.segments)
    total = len(one.standing.segments)
    if one.own.state == "withdrawn":
        return "已退班"
    return "全部完成" if done == total else f"完成 {done} / {total} 段"


def segment_row(one: Member, segment: SegmentView) -> list[str]:
    """Return [title, mode, entered, required, state, lacking] of a segment of a person."""
    standing = next(held for held in one.standing.segments if held.id == segment.id)
    return [
        segment.title,
        MODES[segment.mode],
        hours(one.entered(segment.id)),
        hours(segment.required_s),
        STATES[standing.state],
        "；".join(missing.sentence.rstrip("。") for missing in standing.missing) or "不缺",
    ]
