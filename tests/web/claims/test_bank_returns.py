"""A line that the bank sent back over HTTP: who records it, who pays it again, and what base and trainee are told."""

from __future__ import annotations

import pytest

from tests.subsidy.walks import AFTER, walk
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.subsidy import payees

WHY = {"reason": "账号与户名不符"}
CARD = {"bank": "示例银行", "number": "6222021001116245708"}
# who -> record that a line came back, pay it again; 财政 records it, so that 财政二 pays.
SEEN = {
    "": (401, 401), "学员": (403, 403), "仁和": (403, 403), "康宁": (403, 403), "民政": (403, 403), "审计": (403, 403),
    "外县": (403, 403), "财政": (200, 403), "财政二": (409, 200),
}  # fmt: skip


@pytest.fixture
def paid(town, tmp_path):
    """Give a paid claim of two people and its first line."""
    own = town.claims().json["id"]
    walk(town.there, own)
    file = tmp_path / "clock"
    file.write_text(rfc3339(AFTER))
    clock.use_file(file)
    return own, town.ask("财政", f"/api/v1/claims/{own}").json["lines"][0]["id"]


def test_a_line_comes_back_and_is_paid_again_by_role_and_reach(town, paid):
    path = f"/api/v1/claims/{paid[0]}/lines/{paid[1]}"
    for who, wanted in SEEN.items():
        answers = town.ask(who, f"{path}/bank-return", body=WHY), town.ask(who, f"{path}/pay", body={})
        assert tuple(one.status_code for one in answers) == wanted, who
    told = answers[1].json
    assert (told["held_fen"], told["lines"][0]["payment"], told["lines"][0]["bank_reason"]) == (
        0,
        "paid",
        WHY["reason"],
    )
    assert [one["title"] for one in told["steps"]][-2:] == ["银行退回一行", "重新拨付一行"]


def test_everybody_reads_that_a_line_came_back_and_who_owns_the_account_corrects_it(town, paid):
    claim = f"/office/claims/{paid[0]}"
    assert "银行退回" in town.ask("财政", claim).text and "bank-return" not in town.ask("民政", claim).text
    town.ask("财政", f"/api/v1/claims/{paid[0]}/lines/{paid[1]}/bank-return", body=WHY)
    shown = town.ask("财政", claim).text
    assert WHY["reason"] in shown and "等另一位财政人员重付" in shown
    assert "重新拨付" in town.ask("财政二", claim).text
    run_id = town.ask("财政", f"/api/v1/claims/{paid[0]}").json["run_id"]
    run = town.ask("财政", f"/api/v1/settlement-runs/{run_id}").json
    assert (run["total_fen"], run["paid_fen"], run["held_fen"]) == (45714, 22857, 22857)
    assert "待重付" in town.ask("审计", f"/office/claims/runs/{run_id}").text
    assert (
        "更正收款账户" in town.ask("仁和", "/office/").text
        and "要重付" in town.ask("财政二", "/office/").text
    )
    mine = town.ask("学员", "/learn/claims").text
    assert "银行退回来了：账号与户名不符" in mine and f"/learn/claims/account/{paid[0]}" in mine
    own = f"/api/v1/personal-claims/{paid[0]}/account"
    assert town.ask("学员", own, body=CARD, method="PUT").status_code == 204
    person = town.there.persons[1].person_id
    assert payees.of_people(db.session, [person])[person].masked == "6222 **** 5708"
    assert "更正收款账户" not in town.ask("仁和", "/office/").text
    town.ask("财政二", f"/api/v1/claims/{paid[0]}/lines/{paid[1]}/pay", body={})
    assert town.ask("学员", own, body=CARD, method="PUT").status_code == 404
