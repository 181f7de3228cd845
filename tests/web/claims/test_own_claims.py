"""本人申领 on the phone and 代领协议 in the office, each to whom it belongs."""

from __future__ import annotations

import io

BODY = {"mode": "online", "bank": "示例银行", "number": "6222021001116245708"}


def test_a_trainee_claims_on_the_phone_and_takes_it_back(town):
    path = f"/learn/claims/{town.enrolled[1]}/online"
    assert path in town.ask("学员", "/learn/claims").text and "228.57 元" in town.ask("学员", path).text
    wrong = town.ask("学员", path, form={"bank": "示例银行", "number": "12", "social": "true"})
    assert wrong.status_code == 422 and "示例银行" in wrong.text and 'value="12"' not in wrong.text
    given = {"bank": "示例银行", "number": BODY["number"], "social": "true"}
    assert town.ask("学员", path, form=given).status_code == 303
    seen = town.ask("学员", "/learn/claims").text
    assert "您自己申领了" in seen and BODY["number"] not in seen
    own = town.ask("仁和", "/api/v1/claims").json["items"][0]
    assert (own["route"], own["acts"]) == ("personal", []) and "本人申领" in town.ask(
        "民政", "/office/claims"
    ).text
    town.ask("学员", f"/learn/claims/withdraw/{own['id']}", form={"reason": "改由基地代领"})
    assert town.ask("仁和", f"/api/v1/claims/{own['id']}").json["state"] == "withdrawn"


# who -> own claim, own withdrawal, contracts of the class, a contract
SEEN = {
    "": (401, 401, 401, 401), "学员": (200, 200, 403, 403), "仁和": (403, 403, 200, 201), "康宁": (403, 403, 404, 404),
    "民政": (403, 403, 200, 403), "外县": (403, 403, 404, 403), "审计": (403, 403, 200, 403),
}  # fmt: skip


def test_every_call_is_answered_by_role_and_reach(town):
    enrolment = f"/api/v1/enrolments/{town.enrolled[1]}"
    for who, wanted in SEEN.items():
        applied = town.ask(who, f"{enrolment}/personal-claims", body=BODY)
        claim = applied.json.get("id", "0")
        form = {"document_no": "7号", "signed_on": "2026-03-02", "free_of_charge": "true",
                "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")}  # fmt: skip
        answers = (
            applied,
            town.ask(who, f"/api/v1/personal-claims/{claim}/withdraw", body={"reason": "改由基地代领"}),
            town.ask(who, f"/api/v1/classes/{town.there.classes['仁和']}/proxy-contracts"),
            town.ask(who, f"{enrolment}/proxy-contract", form=form),
        )
        assert tuple(one.status_code for one in answers) == wanted, who
    other = f"/api/v1/enrolments/{town.enrolled[2]}/personal-claims"
    assert town.ask("学员", other, body=BODY).status_code == 404


def test_the_page_of_contracts_says_who_has_none_and_shows_the_scan(town):
    path = f"/office/claims/contracts/{town.there.classes['仁和']}"
    assert "还没有协议" in town.ask("民政", path).text and "登记一份" not in town.ask("民政", path).text
    form = {"enrolment_id": town.enrolled[1], "document_no": "7号", "signed_on": "2026-03-02", "free_of_charge": "true",
            "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")}  # fmt: skip
    assert town.ask("仁和", path, form=form).status_code == 303
    assert "已登记 1 / 2 人" in town.ask("仁和", path).text
    scan = f"{path}/{town.enrolled[1]}/scan"
    assert town.ask("审计", scan).data == b"%PDF-1.4 x" and town.ask("外县", scan).status_code == 404
