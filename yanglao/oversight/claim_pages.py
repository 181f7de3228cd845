"""Print the papers of a claim: 补贴申请表, 花名册, 公示名单, 资金拨付表. Each page rests on the head of the claim's chain.

That chain tells people, money, policy file and the digest of the lines as filed at every step, so a page is proved against it. Whole ID
numbers and phones are printed for whom may see them and never kept: a page's content holds them masked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.evidence import queries as evidence
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, from_ms, say_day, say_time, to_ms
from yanglao.kernel.units import capital_text, yuan_text
from yanglao.outside import drawing, qr_image
from yanglao.oversight import claim_bank, claim_columns
from yanglao.oversight.claim_columns import APPLICATION, COLUMNS, FORM, NOTICE, PAYMENT, ROSTER, TITLES
from yanglao.oversight.claim_figures import NobodyOnPaper, Sheet, gather, may_see_ids
from yanglao.papers import rules
from yanglao.papers.service import Draft, Drawn
from yanglao.people import service as people
from yanglao.subsidy import queries as claims
from yanglao.subsidy.shapes import ClaimView

VERSION = 1
SIGNS = {
    APPLICATION: ("经办人签字：", "负责人签字：", "培训机构盖章："),
    ROSTER: ("填表人签字：", "负责人签字：", "培训机构盖章："),
    NOTICE: ("公示经办人签字：", "负责人签字：", "公示单位盖章："),
    PAYMENT: ("制表人签字：", "复核人签字：", "财政部门盖章："),
}
OPINIONS = ("县区民政部门意见", "人力资源社会保障部门意见", "财政部门意见")
LEGENDS = {
    APPLICATION: "申请金额按政策文件和学时账算出，每一行怎么算的在系统里逐行可查。",
    ROSTER: "空白是系统里没有登记的内容，请手工填写。",
    NOTICE: "公示期内对名单有异议的，可以向公示单位反映；异议成立的撤下，其余的继续办理。",
    PAYMENT: "收款账户只印头尾，完整账号在银行文件里。没有账户的先补登再付。",
}
Upto = Mapping[tuple[str, str], int]


def drafts_of(kind: str) -> Callable[..., list[Draft]]:
    """Return what drafts the pages of one kind of paper."""

    def drafts(session: Session, claim_id: str, *, now: datetime, actor: Actor) -> list[Draft]:
        own = claims.claim(session, claim_id)
        sheet = gather(session, own, today=day_of(now))
        whole = kind == ROSTER and may_see_ids(actor, own)
        content = _about(kind, sheet, now) | {"whole": whole}
        heads = tuple(evidence.heads(session, "claim", [claim_id]))
        accounts = claim_bank.masked_of(session, sheet) if kind == PAYMENT else {}
        rows = claim_columns.rows(kind, sheet, accounts)
        unkept = _unkept(session, sheet, actor) if whole else {}
        parts = claim_columns.leaves(kind, rows)
        return [
            Draft(
                content | {"rows": part, "page": at, "pages": len(parts)},
                heads,
                {row["e"]: unkept[row["e"]] for row in part} if unkept else {},
            )
            for at, part in enumerate(parts, 1)
        ]

    return drafts


def form_draft(
    sheet: Sheet, form: str, heads: Sequence[tuple[str, str, int, str]], *, now: datetime
) -> Draft:
    """Draft what is kept of a bureau's form: one code stands for all of it, however many sheets it is printed on."""
    about = _about(FORM, sheet, now)
    head = [["表格", form], *about["head"]]
    content = about | {"head": head, "whole": False, "rows": claim_columns.rows(FORM, sheet)}
    return Draft(content | {"page": 1, "pages": 1}, tuple(heads))


def _unkept(session: Session, sheet: Sheet, actor: Actor) -> dict[str, dict[str, str]]:
    numbers = people.id_numbers(session, [one.person_id for one in sheet.people], actor=actor)
    return {one.enrolment_id: {"id": numbers[one.person_id], "phone": one.phone} for one in sheet.people}


def _about(kind: str, sheet: Sheet, now: datetime) -> dict[str, Any]:
    own = sheet.claim
    return {
        "v": VERSION, "kind": kind, "claim": own.id, "class": own.class_id, "as_of_ms": to_ms(now),
        "head": _head(kind, sheet), "roster": own.roster_digest, "people": len(sheet.people), "fen": sheet.fen, "pay": sheet.pay,
        "policy": [own.policy_file, own.policy_digest], "example": sheet.example,
    }  # fmt: skip


def _head(kind: str, sheet: Sheet) -> list[list[str]]:
    own = sheet.claim
    level = f" {sheet.level}" if sheet.level else ""
    what = f"{own.route_name} · {own.kind_name} · {own.mode_name} · {own.fund_name} · {own.month_key}"
    found = [
        ["班期", f"{own.class_name}（{sheet.own.number}）"],
        ["培训机构", f"{sheet.base_name} {sheet.base_uscc}".strip()],
        ["工种", f"{sheet.category}{level}"],
        ["补贴", what],
        ["起止", f"{sheet.own.starts_on} 到 {sheet.own.ends_on}"],
        ["合计", _said_sum(kind, len(sheet.people), sheet.fen, sheet.pay)],
        ["政策文件", f"{own.policy_file}　指纹 {rules.short(own.policy_digest)}"],
        ["申报", _filed(own)],
    ]
    if kind == NOTICE:
        found.append(["公示期", _notice(own)])
    if kind in (APPLICATION, PAYMENT):
        found.append(["大写金额", f"人民币{capital_text(sheet.pay if kind == PAYMENT else sheet.fen)}"])
    return found


def _said_sum(kind: str, people: int, fen: int, pay: int) -> str:
    if kind not in (PAYMENT, FORM) or fen == pay:
        return f"{people} 人，{yuan_text(fen)}"
    return f"{people} 人，批准 {yuan_text(fen)}，扣回 {yuan_text(fen - pay)}，实付 {yuan_text(pay)}"


def _filed(own: ClaimView) -> str:
    if own.filed_ms is None or own.state in ("draft", "returned"):
        return f"{own.state_name}，还没有申报"
    return f"{say_day(day_of(from_ms(own.filed_ms)))}申报，{own.state_name}"


def _notice(own: ClaimView) -> str:
    if own.notice_from is None or own.notice_until is None:
        return "还没有开始"
    return f"{own.notice_from} 到 {own.notice_until}"


def rebuilt(
    session: Session, content: dict[str, Any], *, now: datetime, upto: Upto | None = None
) -> dict[str, Any]:
    """Return a page's content as it would be today; with ``upto`` as it was printed when the chain gave those sums then."""
    own = claims.claim(session, content["claim"])
    if upto is not None:
        then = _then(session, own.id, upto.get(("claim", own.id), 0))
        said = {
            "people": content["people"],
            "total_fen": content["fen"],
            "policy_digest": content["policy"][1],
        }
        agrees = all(then.get(name) == value for name, value in said.items())
        return content | {
            "rows": content["rows"] if agrees and then.get("roster") == content["roster"] else []
        }
    wanted = {row["e"] for row in content["rows"]}
    try:
        sheet = gather(session, own, today=day_of(content["as_of_ms"]))
    except NobodyOnPaper:
        return content | {"rows": [], "people": 0, "fen": 0, "pay": 0}
    rows = [row for row in claim_columns.rows(content["kind"], sheet) if row["e"] in wanted]
    return content | {"rows": rows, "people": len(sheet.people), "fen": sheet.fen, "pay": sheet.pay}


def _then(session: Session, claim_id: str, position: int) -> dict[str, Any]:
    """Return the body of the claim's last step up to a position of its chain; papers printed between are no steps."""
    steps = [
        one.body
        for one in evidence.chain(session, "claim", claim_id)
        if one.position <= position and "total_fen" in one.body
    ]
    return steps[-1] if steps else {}


def differences(before: dict[str, Any], today: dict[str, Any], *, clock: Callable[[int], str]) -> list[str]:
    """Say what of a page is other than printed: who left, whose segments or money changed, and the sum."""
    now = {row["e"]: row for row in today["rows"]}
    found = [said for row in before["rows"] if (said := _changed(row, now.get(row["e"])))]
    then, here = (_said_sum(one["kind"], one["people"], one["fen"], one["pay"]) for one in (before, today))
    if then != here:
        found.append(f"合计：{then} → {here}")
    return found


def _changed(row: dict[str, Any], now: dict[str, Any] | None) -> str:
    called = f"{row['no']} 号" if "no" in row else row["e"]
    if now is None:
        return f"{called}：已不在申报里"
    then, here = [claim_columns.texts_of(one, "hours", "fen", "pay") for one in (row, now)]
    return f"{called}：{then} → {here}" if then != here else ""


def later(session: Session, content: dict[str, Any], heads: Sequence[tuple[str, str, int, str]]) -> list[str]:
    """Say which steps of the claim came after the head that was printed."""
    upto = {id_: position for kind, id_, position, _ in heads if kind == "claim"}
    found = evidence.chain(session, "claim", content["claim"], after=upto.get(content["claim"], 0))
    return [
        f"{say_time(one.recorded_ms)} {claims.act_title(one.kind.partition('.')[2])}"
        for one in found
        if one.kind.startswith("claim.")
    ]


def look(pages: Sequence[Drawn], *, base_url: str, stamp: str) -> dict[str, Any]:
    """Return what the template prints."""
    kind = pages[0].draft.content["kind"]
    return {
        "title": TITLES[kind],
        "legend": LEGENDS[kind],
        "paper": "a3" if kind == NOTICE else "a4",
        "across": kind != APPLICATION,
        "columns": [
            {"words": one.words, "weight": one.weight, "figures": one.figures} for one in COLUMNS[kind]
        ],
        "signs": SIGNS[kind],
        "opinions": OPINIONS if kind == APPLICATION else (),
        "pages": [_page(kind, one, base_url, stamp) for one in pages],
    }


def _page(kind: str, one: Drawn, base_url: str, stamp: str) -> dict[str, Any]:
    content = one.draft.content
    address = f"{base_url.rstrip('/')}{rules.ADDRESS}{one.code}"
    position = one.draft.heads[0][2]
    last = content["page"] == content["pages"]
    shown = [row | one.draft.unkept.get(row["e"], {}) for row in content["rows"]]
    return {
        "qr": drawing.svg(qr_image.encode(address), label="本页的码"),
        "code": rules.spaced(one.code),
        "number": f"第 {content['page']} 页，共 {content['pages']} 页",
        "ledger": f"申报账本第 {position} 条 · 链头 {rules.short(one.root)} · 内容 {rules.short(one.digest)}",
        "stamp": stamp,
        "head": content["head"],
        "example": "示例数据，不作发放依据" if content["example"] else "",
        "rows": [claim_columns.texts(kind, row) for row in shown],
        "sum": _sum(kind, content) if last else "",
    }


def _sum(kind: str, content: dict[str, Any]) -> str:
    if kind == ROSTER:
        return f"合计 {content['people']} 人"
    pay = content["pay"] if kind == PAYMENT else content["fen"]
    said = _said_sum(kind, content["people"], content["fen"], content["pay"])
    return f"合计 {said}，人民币{capital_text(pay)}"


def table(content: dict[str, Any]) -> dict[str, Any]:
    """Return ``names`` and ``rows`` of a page as the office shows them."""
    kind = content["kind"]
    return {
        "names": [(one.words, "num") if one.figures else one.words for one in COLUMNS[kind]],
        "rows": [claim_columns.texts(kind, row) for row in content["rows"]],
    }
