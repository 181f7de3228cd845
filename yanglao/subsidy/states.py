"""The life of a claim as a table: which act leads where, who may do it, and whose earlier act shuts a person out. Pure.

draft -> filed -> county_passed -> hrss_passed -> on_notice -> notice_over -> funded -> paid; the bank may return a payment, which is
paid again; whoever examines may send the claim back to its base, which amends and files it anew. A line may leave a claim at any time
(an objection, a credit that was voided); what was paid for it is then owed back.

A line of a paid claim may come back from the bank alone: paid -> returned, and due again in the open run until somebody else pays it.
"""

from __future__ import annotations

from dataclasses import dataclass

STATES = {
    "draft": "草稿",
    "filed": "已申报",
    "county_passed": "县区民政已审",
    "hrss_passed": "人社已审",
    "on_notice": "公示中",
    "notice_over": "公示结束",
    "funded": "财政已批",
    "paid": "已拨付",
    "bank_returned": "银行退回",
    "returned": "退回修改",
    "withdrawn": "已撤回",
}
FINAL = frozenset({"paid", "withdrawn"})


@dataclass(frozen=True)
class Act:
    """One step. ``needs``: permission; ``never_after``: acts whose doer may not do this one (four eyes); ``reason``: one must be given.

    ``paper``: a department that does not use the system may be recorded by its document, with a second person.
    """

    name: str
    title: str
    since: tuple[str, ...]
    to: str
    needs: str
    never_after: tuple[str, ...] = ()
    reason: bool = False
    paper: bool = False


_JUDGES = ("pass_county", "pass_hrss", "end_notice")
ACTS = (
    Act("file", "申报", ("draft", "returned"), "filed", "claim.file"),
    Act("withdraw", "撤回", ("draft", "filed", "returned"), "withdrawn", "claim.file", reason=True),
    Act("pass_county", "县区民政审核通过", ("filed",), "county_passed", "claim.county", ("file",)),
    Act("pass_hrss", "人社审核通过", ("county_passed",), "hrss_passed", "claim.hrss", ("file", "pass_county"), paper=True),
    Act("give_notice", "开始公示", ("hrss_passed",), "on_notice", "claim.notice", ("file",)),
    Act("end_notice", "结束公示", ("on_notice",), "notice_over", "claim.notice", ("file",)),
    Act("fund", "财政审批", ("notice_over",), "funded", "claim.finance", ("file", *_JUDGES), paper=True),
    Act("pay", "拨付", ("funded", "bank_returned"), "paid", "claim.finance", ("file", "fund"), paper=True),
    Act("bank_return", "银行退回", ("funded", "paid"), "bank_returned", "claim.finance", ("file", "pay"), reason=True),
    Act("return", "退回修改", ("filed",), "returned", "claim.county", ("file",), reason=True),
    Act("return_hrss", "退回修改", ("county_passed",), "returned", "claim.hrss", ("file",), reason=True),
    Act("return_notice", "公示后退回", ("on_notice", "notice_over"), "returned", "claim.notice", ("file",), reason=True),
    Act("return_finance", "退回修改", ("notice_over",), "returned", "claim.finance", ("file",), reason=True),
)  # fmt: skip
LINE_ACTS = (
    Act("return_line", "银行退回一行", ("paid",), "paid", "claim.finance", ("file",), reason=True),
    Act("pay_line", "重新拨付一行", ("paid",), "paid", "claim.finance", ("file",)),
)
PAYMENT_STATES = {
    "paid": "已拨付",
    "due": "银行退回，待重付",
    "returned": "银行退回过",
    "dropped": "不再拨付",
}
STANDING = ("paid", "due")
PAYMENT_NEXT = {
    ("paid", "return_line"): "returned",
    ("paid", "bank_return"): "returned",
    ("due", "pay_line"): "paid",
    ("due", "bank_return"): "dropped",
    ("due", "claw_back"): "dropped",
}
CLOSE = Act("close_run", "批次结账", ("paid",), "paid", "claim.finance", ("file", *_JUDGES, "fund"))
BY_NAME = {one.name: one for one in ACTS}
LINE_ACT = {one.name: one for one in LINE_ACTS}


def acts_from(state: str) -> tuple[Act, ...]:
    """Return what may be done with a claim in a state, whoever does it."""
    return tuple(one for one in ACTS if state in one.since)


def shut_out(act: Act, done: list[tuple[str, str]], *person_ids: str) -> bool:
    """Tell whether a person (with whom they stand for) may not do an act because of what either did since the claim was last filed.

    ``done``: (name of the act, person id) in order of time.
    """
    last = max((at for at, (name, _) in enumerate(done) if name == "file"), default=0)
    return any(name in act.never_after and who in person_ids for name, who in done[last:])
