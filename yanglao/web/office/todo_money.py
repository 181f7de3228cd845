"""What of the subsidies waits for a person: claims, papers, money that came back, runs to close."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.units import yuan_text
from yanglao.people.roles import scope_of
from yanglao.subsidy import bank_returns, closing, repayments, runs
from yanglao.subsidy import queries as claims
from yanglao.web.office.todo_shape import Todo


def claims_in_turn(session: Session, me: Actor) -> list[Todo]:
    """List the claims that wait for this person, the oldest first, and papers to confirm as a second person."""
    found = [
        Todo(
            f"补贴{turn.act.title}：{turn.claim.class_name}",
            f"/office/claims/{turn.claim.id}",
            more=f"{turn.claim.mode_name} · {turn.claim.people} 人 · {yuan_text(turn.claim.total_fen)}",
            symbol="plan",
        )
        for turn in claims.my_turn(session, me, today=day_of(now()))
    ]
    return found + [
        Todo(
            f"确认公文：{one.class_name}",
            f"/office/claims/{one.id}",
            more="对着扫描件看文号",
            symbol="review",
        )
        for one in claims.to_confirm(session, me)
    ]


def repayments_to_decide(session: Session, me: Actor) -> list[Todo]:
    """List the claims for which somebody else recorded that money came back."""
    return [
        Todo(
            f"确认追回的钱：{claims.claim(session, one).class_name}",
            f"/office/claims/{one}/repayments",
            more="对着凭证看金额",
            symbol="review",
        )
        for one in repayments.waiting_for(session, me)
    ]


def returned_to_pay(session: Session, me: Actor) -> list[Todo]:
    """List the claims of which the bank sent lines back that are due again."""
    return [
        Todo(
            f"银行退回，要重付：{one.claim.class_name}",
            f"/office/claims/{one.claim.id}",
            one.lines,
            f"{yuan_text(one.claim.held_fen)} · 退回以后账户更正了 {one.corrected} 行",
            "back",
        )
        for one in bank_returns.waiting_for(session, me, "claim.finance")
    ]


def accounts_to_correct(session: Session, me: Actor) -> list[Todo]:
    """List the claims of which the bank sent lines back and whose accounts nobody corrected since."""
    return [
        Todo(
            f"银行退回，更正收款账户：{one.claim.class_name}",
            f"/office/claims/{one.claim.id}/accounts",
            one.lines - one.corrected,
            "改好以后由财政重新拨付",
            "back",
        )
        for one in bank_returns.waiting_for(session, me, "claim.file")
        if one.corrected < one.lines
    ]


def runs_to_close(session: Session, me: Actor) -> list[Todo]:
    """List the settlement runs of which everything is paid and that this person may close."""
    found = runs.runs(session, scope_of(me.grants, closing.NEEDS), runs.RunFilters(state="open"))
    return [
        Todo(
            f"结算批次可以结账：{one.month_key} {one.mode_name}",
            f"/office/claims/runs/{one.id}",
            more=f"{one.fund_name} · {one.claims} 笔 · {yuan_text(one.total_fen)}",
            symbol="plan",
        )
        for one in found
        if one.claims and runs.may_close(session, one, me)
    ]
