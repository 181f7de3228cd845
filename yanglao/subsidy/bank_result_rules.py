"""Judge what a bank says became of a payment, in its own words. Pure."""

from __future__ import annotations

NOT_PAID = ("失败", "退", "未成功", "不成功", "拒", "错误", "异常", "fail", "reject", "return")
PAID = ("成功", "已付", "已拨", "已入账", "完成", "success", "paid")
NAMES = {"paid": "付成了", "returned": "银行退回", "known": "原来就是", "bad": "要改"}


def outcome_of(text: str) -> str:
    """Return paid or returned, "" where the words mean neither; what says that it failed is never taken for paid."""
    plain = text.strip().lower()
    if any(word in plain for word in NOT_PAID):
        return "returned"
    return "paid" if any(word in plain for word in PAID) else ""
