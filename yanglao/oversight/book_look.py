"""Say how a page of the attendance book looks: its content as the texts that a template of ``templates/papers`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.units import duration_text
from yanglao.outside import drawing, qr_image
from yanglao.oversight.attendance_book import clock
from yanglao.oversight.book_rules import GRADES, HOWS, LEGEND, MARKS
from yanglao.papers import rules
from yanglao.papers.service import Drawn

TITLES = {
    "attendance_session": "培训考勤表（课次）",
    "attendance_class": "培训考勤表（全班）",
    "attendance_blank": "培训考勤表（手填）",
}
BLANK_HINT = "没有设备的日子用这张表。到了、走了都由本人签名并写时间；写错了划掉重写，不要涂改。课后拍照上传，由管理员录入，另一人核对。"


def facts_of(pages: Sequence[Drawn], *, base_url: str, stamp: str) -> dict[str, Any]:
    """Return what a template prints; ``base_url`` leads from the QR to the page's public answer."""
    kind = pages[0].draft.content["kind"]
    return {
        "title": TITLES[kind],
        "legend": _legend(kind, pages[0].draft.content),
        "pages": [page_facts(one, base_url, stamp) for one in pages],
    }


def _legend(kind: str, content: dict[str, Any]) -> str:
    if kind == "attendance_class":
        return LEGEND
    if kind == "attendance_blank":
        return BLANK_HINT
    limits = policy.on(day_of(int(content["room"]["from_ms"]))).attendance
    return f"开始 {limits.late_grace_s // 60} 分钟以后签到的算迟到，离结束还有 {limits.early_grace_s // 60} 分钟以上就签退的算早退"


def page_facts(one: Drawn, base_url: str, stamp: str) -> dict[str, Any]:
    """Return what every page prints: its QR, code, ledger head, head and rows."""
    content = one.draft.content
    address = f"{base_url.rstrip('/')}{rules.ADDRESS}{one.code}"
    entries = sum(head[2] for head in one.draft.heads)
    return {
        "qr": drawing.svg(qr_image.encode(address), label="本页的码"),
        "code": rules.spaced(one.code),
        "number": f"第 {content['page']} 页，共 {content['pages']} 页",
        "ledger": f"账本 {len(one.draft.heads)} 链 {entries} 条 · 链头 {rules.short(one.root)} · 内容 {rules.short(one.digest)}",
        "stamp": stamp,
        "head": content["head"],
        **table(content),
    }


def table(content: dict[str, Any]) -> dict[str, Any]:
    """Return ``rows`` of texts, and for a class ``columns`` [day, time] and ``planned`` minutes."""
    if content["kind"] == "attendance_class":
        return {
            "columns": [[one["day"], one["time"]] for one in content["columns"]],
            "planned": [str(one["s"] // 60) for one in content["columns"]],
            "rows": [
                [str(row["no"]), row["name"], *(MARKS[mark][0] for mark in row["cells"]), str(row["s"] // 60)]
                for row in content["rows"]
            ],
        }
    if content["kind"] == "attendance_blank":
        named = [[str(row["no"]), row["name"], row["id"]] for row in content["rows"]]
        return {"rows": named + [["", "", ""]] * content.get("empty", 0)}
    if content["kind"] == "own_days":
        return {"rows": [day_row(row) for row in content["rows"]]}
    return {"rows": [session_row(row) for row in content["rows"]]}


def day_row(row: dict[str, Any]) -> list[str]:
    """Return a line of a 过程确认书 as people read it."""
    sums = [duration_text(row[name]) if row[name] else "" for name in ("online_s", "offline_s")]
    return [row["day"], *sums, "、".join(row["places"])]


def session_row(row: dict[str, Any]) -> list[str]:
    """Return a line of a session's sheet as people read it; minutes are whole ones."""
    return [
        str(row["no"]),
        row["name"],
        row["id"],
        clock(row["in"]) if row["in"] else "",
        clock(row["out"]) if row["out"] else "",
        str(row["s"] // 60) if row["in"] else "",
        MARKS[row["mark"]][1],
        proof_text(row),
    ]


def proof_text(row: dict[str, Any]) -> str:
    """Return how a presence was proved and how strongly: 大屏码 较强."""
    return f"{HOWS.get(row['how'], row['how'])} {GRADES.get(row['grade'], '')}".strip()
