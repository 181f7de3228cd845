"""结算 over HTTP: who sees a run, who closes it, and what its page says."""

from __future__ import annotations

import pytest

from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.outside import workbook
from yanglao.oversight import exports


@pytest.fixture
def paid(town, tmp_path):
    """Give a claim that was paid, and the run it is in."""
    own = town.claims().json["id"]
    for who, act in (
        ("仁和", "file"),
        ("民政", "pass_county"),
        ("人社", "pass_hrss"),
        ("人社", "give_notice"),
    ):
        assert town.act(who, own, act).status_code == 200
    file = tmp_path / "clock"
    file.write_text(rfc3339(AFTER))
    clock.use_file(file)
    for who, act in (("人社", "end_notice"), ("财政", "fund"), ("财政二", "pay")):
        assert town.act(who, own, act).status_code == 200
    return own, town.ask("财政", "/api/v1/settlement-runs").json["items"][0]["id"]


# who -> list, one run, close; 财政 approved it, 财政二 only paid.
SEEN = {
    "": (401, 401, 401), "学员": (403, 403, 403), "仁和": (200, 404, 403), "民政": (200, 200, 403), "外县": (200, 404, 403),
    "审计": (200, 200, 403), "财政": (200, 200, 403), "财政二": (200, 200, 200),
}  # fmt: skip


def test_every_call_about_runs_is_answered_by_role_and_reach(town, paid):
    path = f"/api/v1/settlement-runs/{paid[1]}"
    for who, wanted in SEEN.items():
        answers = (
            town.ask(who, "/api/v1/settlement-runs"),
            town.ask(who, path),
            town.ask(who, f"{path}/close", body={}),
        )
        assert tuple(one.status_code for one in answers) == wanted, who
    assert town.ask("外县", "/api/v1/settlement-runs").json["items"] == []
    told = town.ask("财政", path).json
    assert (told["state"], told["total_fen"], len(told["lines"])) == ("closed", 45714, 2)
    assert town.ask("财政二", f"{path}/close", body={}).json["code"] == "run.closed"


def test_the_pages_of_runs_keep_filters_in_the_address_and_offer_the_closing_to_who_may(town, paid):
    month, path = LATER.isoformat()[:7], f"/office/claims/runs/{paid[1]}"
    seen = town.ask("财政", f"/office/claims/runs?month={month}&mode=online&state=open").text
    assert path in seen and "457.14 元" in seen and "示例资金" in seen
    assert "没有符合条件的批次" in town.ask("财政", "/office/claims/runs?mode=offline").text
    assert "还没有结算批次" in town.ask("外县", "/office/claims/runs").text
    assert "/close" not in town.ask("财政", path).text and "/close" in town.ask("财政二", path).text
    town.ask(
        "财政二",
        f"/api/v1{path.removeprefix('/office/claims').replace('runs', 'settlement-runs')}/close",
        body={},
    )
    assert "明细指纹" in town.ask("审计", path).text and town.ask("外县", path).status_code == 404


def test_a_run_is_exported_by_who_sees_it(town, paid):
    body = {"kind": "settlement", "filter": {"run_id": paid[1]}}
    assert town.ask("财政", "/api/v1/exports", body=body).status_code == 200
    assert town.ask("外县", "/api/v1/exports", body=body).status_code == 404
    payload = {**body, "person_id": town.there.staff["审计"].person_id}
    made = exports.make(db.session, payload, now=AFTER, report=int.__add__)
    rows = [[cell.text for cell in row] for row in workbook.read(made.content).sheets[0].rows]
    assert "线上 示例资金 第 1 批" in rows[0][0] and [row[8] for row in rows[2:]] == [
        "228.57",
        "228.57",
        "457.14",
    ]


# who -> read, record, decide of what is owed back of a claim of which nothing is.
OWED = {"": (401, 401, 401), "学员": (403, 403, 403), "仁和": (200, 403, 403), "康宁": (404, 403, 403), "民政": (200, 403, 403),
        "外县": (404, 403, 403), "审计": (200, 403, 403), "财政": (200, 409, 404)}  # fmt: skip


def test_every_call_about_repayments_is_answered_by_role_and_reach(town, paid):
    path, line = (
        f"/api/v1/claims/{paid[0]}",
        town.ask("财政", f"/api/v1/claims/{paid[0]}").json["lines"][0]["id"],
    )
    body = {"way": "repaid", "amount_fen": 1, "reason": "基地交回了", "document_no": "回单"}
    for who, wanted in OWED.items():
        answers = (
            town.ask(who, f"{path}/repayments"),
            town.ask(who, f"{path}/lines/{line}/repayments", body=body),
            town.ask(who, f"{path}/repayments/0/decision", body={"accept": True}),
        )
        assert tuple(one.status_code for one in answers) == wanted, who
    assert "没有要追回的" in town.ask("审计", f"/office/claims/{paid[0]}/repayments").text
    form = {"line_id": line, "way": "repaid", "yuan": "1.5", "reason": "基地交回了", "document_no": "回单"}
    assert town.ask("财政", f"/office/claims/{paid[0]}/repayments", form=form).status_code == 303
