"""换政策试算 over HTTP: who sees how far, what a page and the API say, a file that cannot be used, and the sheet."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.subsidy.test_what_if import tried
from yanglao.jobs.perform import perform
from yanglao.kernel.db import db, run
from yanglao.web import what_if_answers


def send(town, who, raw, path="/api/v1/policies/trials"):
    return town.ask(who, path, form={"file": (io.BytesIO(raw), "新.toml")})


@pytest.fixture
def begun(town):
    """Let the class have begun."""
    table = db.metadata.tables["training_class"]
    run(lambda: db.session.execute(table.update().values(state="finished")))
    return town


def test_the_page_and_the_api_say_the_same_sums_and_name_nobody_to_who_may_not_read_people(begun):
    kept = send(begun, "民政", tried("FULL_ON_ALL")).json["id"]
    told = begun.ask("民政", f"/api/v1/what-if?policy={kept}").json
    assert told["total"]["lines"] == 6 and told["total"]["before_fen"] == 2 * 100001
    assert (told["total"]["after_fen"], told["total"]["lose"]) == (0, 2)
    assert told["blocked"][0]["lines"] == 6 and {one["change"] for one in told["items"]} == {"blocked"}
    seen = begun.ask("民政", f"/office/claims/what-if?policy={kept}&only=changed").text
    assert "2,000.02 元" in seen and "-2,000.02 元" in seen and "陈秀英" in seen
    assert told["blocked"][0]["sentence"] in seen and "试算：新.toml" in seen
    assert begun.ask("人社", f"/office/claims/what-if?policy={kept}").status_code == 404


@pytest.mark.parametrize(
    ("who", "page", "upload", "lines"),
    [
        ("仁和", 200, 303, 6),
        ("康宁", 200, 303, 0),
        ("外县", 200, 303, 0),
        ("审计", 200, 403, 6),
        ("学员", 403, 403, None),
    ],
)
def test_who_may_try_a_file_and_how_far(begun, who, page, upload, lines):
    asked = "/office/claims/what-if"
    assert begun.ask(who, asked).status_code == page
    assert send(begun, who, tried(), f"{asked}/policies").status_code == upload
    told = begun.ask(who, "/api/v1/what-if?policy=x.toml").json
    assert told.get("total", {}).get("lines") == lines


def test_a_file_with_faults_is_answered_with_its_lines_and_nothing_is_kept(begun):
    bad = tried().replace(b"idle_s = 120\n", b"idle_s = 1.5\n")
    seen = send(begun, "民政", bad, "/office/claims/what-if/policies")
    assert seen.status_code == 422 and "[viewing] 的 idle_s 要写整数" in seen.text
    told = send(begun, "民政", bad).json
    assert told["code"] == "policy.wrong" and told["facts"]["faults"][0]["key"] == "idle_s"
    assert db.session.query(db.metadata.tables["stored_file"]).count() == 0


def test_too_many_people_are_judged_in_the_background_and_the_sheet_is_exact(begun, monkeypatch):
    kept = send(begun, "民政", tried("PER_HOUR_CAPPED")).json["id"]
    monkeypatch.setattr(what_if_answers, "MOST_PEOPLE", 1)
    assert begun.ask("民政", f"/api/v1/what-if?policy={kept}").status_code == 409
    seen = begun.ask("民政", f"/office/claims/what-if?policy={kept}")
    assert seen.status_code == 200 and "要在后台算" in seen.text and 'data-export="what_if"' in seen.text
    body = {"kind": "what_if", "filter": {"policy": kept, "only": "changed"}}
    asked = begun.ask("民政", "/api/v1/exports", body=body).json
    assert begun.ask("人社", "/api/v1/exports", body=body).status_code == 404
    perform(asked["id"])
    link = begun.ask("民政", f"/api/v1/exports/{asked['id']}").json["url"]
    book = openpyxl.load_workbook(io.BytesIO(begun.ask("民政", link).data))
    rows = list(book["逐行"].iter_rows(min_row=3, values_only=True))
    # 2, 2 and 3 whole class hours at 10.01, at most each segment's share by hours of 70.03.
    assert [str(one[7]) for one in rows[:3]] == ["20.02", "17.51", "29.18"]
    assert rows[-1][0] == "合计" and len(rows) == 7 and book["逐班"].max_row == 5
