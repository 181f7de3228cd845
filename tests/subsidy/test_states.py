"""A claim goes one way, never past its own filer, and what is paid stays paid unless the bank returns it."""

from __future__ import annotations

import pytest

from yanglao.subsidy.states import ACTS, BY_NAME, FINAL, STATES, acts_from, shut_out

ROAD = ("file", "pass_county", "pass_hrss", "give_notice", "end_notice", "fund", "pay")


def test_every_act_leads_from_and_to_states_that_exist_and_every_state_is_reached() -> None:
    assert {one for act in ACTS for one in (*act.since, act.to)} == set(STATES)
    assert {act.name for act in ACTS} >= set(ROAD) and len(BY_NAME) == len(ACTS)


def test_the_road_to_money_is_walked_step_by_step() -> None:
    state = "draft"
    for name in ROAD:
        assert state in BY_NAME[name].since
        state = BY_NAME[name].to
    assert state == "paid"


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_follows_an_end_but_what_the_bank_sends_back(state: str) -> None:
    assert {act.name for act in acts_from(state)} <= {"bank_return"}


@pytest.mark.parametrize("act", [act for act in ACTS if act.name not in ("file", "withdraw")])
def test_nobody_judges_or_pays_what_they_filed(act) -> None:
    assert shut_out(act, [("file", "a")], "a") and not shut_out(act, [("file", "a")], "b")


@pytest.mark.parametrize(
    ("name", "earlier"), [("pass_hrss", "pass_county"), ("fund", "pass_hrss"), ("fund", "end_notice"), ("pay", "fund")]
)  # fmt: skip
def test_money_needs_four_eyes(name: str, earlier: str) -> None:
    assert shut_out(BY_NAME[name], [("file", "a"), (earlier, "b")], "b")
    assert not shut_out(BY_NAME[name], [("file", "a"), (earlier, "b")], "c")


def test_what_was_done_before_it_was_filed_anew_shuts_nobody_out() -> None:
    done = [("file", "a"), ("pass_county", "b"), ("return_hrss", "c"), ("file", "a")]
    assert not shut_out(BY_NAME["pass_hrss"], done, "b")


def test_whoever_takes_work_away_says_why() -> None:
    assert all(act.reason for act in ACTS if act.to in ("returned", "withdrawn", "bank_returned"))
