"""The bank's file of a whole run, and what the bank says became of it: tried row by row, then all of it or nothing."""

from __future__ import annotations

import csv
import io

import pytest

from tests.subsidy.walks import AFTER, do, walk
from yanglao.evidence import queries as evidence
from yanglao.kernel import clock
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import day_of, rfc3339
from yanglao.kernel.db import db, run
from yanglao.oversight import exports
from yanglao.oversight.claim_figures import gather
from yanglao.subsidy import queries, runs
from yanglao.subsidy.bank_result_rules import outcome_of


@pytest.fixture
def funded(town, tmp_path):
    """Give a claim of two people that finance approved, and the run it is in."""
    own = town.claims().json["id"]
    walk(town.there, own, until="fund")
    file = tmp_path / "clock"
    file.write_text(rfc3339(AFTER))
    clock.use_file(file)
    return own, queries.claim(db.session, own).run_id


def bank_file(town, run_id, payee="person", who="财政二"):
    payload = {"kind": "run_bank", "filter": {"run_id": run_id, "payee": payee}}
    db.session.remove()
    made = exports.make(
        db.session, {**payload, "person_id": town.there.staff[who].person_id}, now=AFTER, report=int.__add__
    )
    assert made.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in made.content
    run(lambda: made.seal(db.session, AFTER))
    return list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))


def results(rows, *outcomes, encoding="utf-8"):
    """Return a bank's answer: its own columns behind ours."""
    told = [
        {**row, "处理结果": said, "失败原因": why} for row, (said, why) in zip(rows, outcomes, strict=True)
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0], "处理结果", "失败原因"])
    writer.writeheader()
    writer.writerows(told)
    return out.getvalue().encode(encoding)


def send(town, run_id, content, who="财政二", path="/check"):
    form = {"file": (io.BytesIO(content), "结果.csv")}
    return town.ask(who, f"/api/v1/settlement-runs/{run_id}/bank-results{path}", form=form)


OK, BAD = ("交易成功", ""), ("交易未成功", "账号与户名不符")


def test_the_file_of_a_run_pays_what_the_papers_of_its_claims_say(town, funded):
    town.ask("仁和", f"/api/v1/claims/{funded[0]}/accounts", method="PUT", body={
        "person_id": town.there.persons[1].person_id, "holder": "陈秀英", "bank": "示例银行", "number": "6222021001116245708",
    })  # fmt: skip
    rows, (base,) = bank_file(town, funded[1]), bank_file(town, funded[1], "base")
    paper = gather(db.session, queries.claim(db.session, funded[0]), today=day_of(AFTER))
    assert sum(round(float(row["实付金额（元）"]) * 100) for row in rows) == paper.pay == 45714
    assert (base["实付金额（元）"], base["付款编号"]) == ("457.14", funded[0])
    assert rows[0]["账号"] == "\t6222021001116245708" and rows[1]["备注"] == "没有收款账户，先补登再付"
    last = evidence.chain(db.session, "claim", funded[0])[-1]
    assert (last.kind, last.body["run"], last.body["fen"]) == ("paper.bank", funded[1], 45714)
    body = {"kind": "run_bank", "filter": {"run_id": funded[1]}}
    told = {
        who: town.ask(who, "/api/v1/exports", body=body).status_code
        for who in ("民政", "外县", "审计", "财政")
    }
    assert told == {"民政": 403, "外县": 403, "审计": 403, "财政": 200}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_result_is_tried_taken_in_and_again_to_no_effect_and_what_came_back_is_in_the_next_file(
    town, funded, encoding
):
    rows = bank_file(town, funded[1])
    content = results(rows, OK, BAD, encoding=encoding)
    tried = send(town, funded[1], content).json
    assert (tried["paid"], tried["returned"], tried["bad"], tried["kept"]) == (1, 1, 0, False)
    assert queries.claim(db.session, funded[0]).state == "funded"
    file_id = {"file_id": tried["file_id"]}
    path = f"/api/v1/settlement-runs/{funded[1]}/bank-results"
    assert town.ask("财政", path, form=file_id).status_code == 404
    assert town.ask("财政二", path, form=file_id).json["kept"]
    found = queries.claim(db.session, funded[0])
    assert (found.state, found.total_fen, found.held_fen) == ("paid", 45714, 22857)
    again = send(town, funded[1], content, path="").json
    assert (again["known"], again["paid"]) == (2, 0)
    (due,) = bank_file(town, funded[1])
    assert due["付款编号"] == rows[1]["付款编号"]
    mine = send(town, funded[1], results([due], OK), path="")
    assert (mine.status_code, mine.json["code"]) == (409, "bank_result.rows_bad")
    assert send(town, funded[1], results([due], OK), "财政", "").json["paid"] == 1
    assert runs.runs(db.session, EVERYTHING)[0].paid_fen == 45714
    kinds = [one.kind for one in evidence.chain(db.session, "claim", funded[0])]
    assert kinds.count("claim.bank_result") == 3 and kinds[-2:] == ["claim.pay_line", "claim.bank_result"]


def test_one_bad_row_keeps_the_whole_file_out_and_says_why(town, funded):
    rows = bank_file(town, funded[1])

    def said(changed, *outcomes, who="财政二"):
        answer = send(town, funded[1], results(changed, *outcomes), who)
        assert answer.status_code == 200, answer.json
        return [row["sentence"] for row in answer.json["rows"] if row["outcome"] == "bad"]

    assert said([{**rows[0], "付款编号": "0" * 26}, rows[1]], OK, OK)[0] == "这一批里没有这个付款编号"
    assert "228.57" in said([{**rows[0], "实付金额（元）": "228.58"}, rows[1]], OK, OK)[0]
    assert said(rows, OK, ("处理中", "")) == ["结果这一格看不懂，要写成功或者失败"]
    assert said([rows[0], rows[0]], OK, BAD) == ["同一笔付款在表里出现了两次"] * 2
    assert "还有 1 人没有结果" in said(rows[:1], OK)[0]
    assert (
        "要另一个人来办" in said(rows, OK, OK, who="财政")[0]
        or "另一个人" in said(rows, OK, OK, who="财政")[0]
    )
    assert send(town, funded[1], results(rows[:1], OK), path="").status_code == 409
    assert send(town, funded[1], b"1,2").json["code"] == "bank_result.heading_missing"
    told = {
        who: send(town, funded[1], b"1,2", who).status_code
        for who in ("", "学员", "仁和", "民政", "外县", "审计")
    }
    assert told == {"": 401, "学员": 403, "仁和": 403, "民政": 403, "外县": 403, "审计": 403}
    assert queries.claim(db.session, funded[0]).state == "funded"


def test_the_page_tries_a_file_and_takes_in_the_one_that_was_looked_at(town, funded):
    path = f"/office/claims/runs/{funded[1]}"
    assert "传银行结果" in town.ask("财政", path).text and "传银行结果" not in town.ask("审计", path).text
    rows = bank_file(town, funded[1], "base")
    form = {"file": (io.BytesIO(results(rows, OK)), "a.csv")}
    seen = town.ask("财政二", f"{path}/bank-results", form=form).text
    file_id = seen.split('name="file_id" value="')[1].split('"')[0]
    assert (
        "付成了 1 行" in seen
        and "记好了" in town.ask("财政二", f"{path}/bank-results", form={"file_id": file_id}).text
    )
    assert queries.claim(db.session, funded[0]).state == "paid"
    do(town.there, funded[0], "bank_return", "财政", at=AFTER)
    assert "表里缺列" not in seen and town.ask("审计", f"{path}/bank-results").status_code == 403


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("成功", "paid"), (" 代发成功 ", "paid"), ("Success", "paid"), ("失败", "returned"), ("未成功", "returned"), ("退票", "returned"),
     ("处理中", ""), ("", "")],
)  # fmt: skip
def test_what_says_that_it_failed_is_never_taken_for_paid(text, wanted):
    assert outcome_of(text) == wanted
