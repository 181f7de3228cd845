"""Claims over HTTP: the same sentences for trainee, base and officer, and each act to whom it belongs."""

from __future__ import annotations

import io

import pytest

from tests.classes.makers import id_number
from tests.subsidy.scene import LATER
from yanglao.kernel.clock import rfc3339

LIST = "身份证号,从,到\n{good},2020-01-01,\n{good},2020/1/1,2021-02-03\n371321198001019999,2020-01-01,\n"


def test_everybody_reads_the_same_answer_to_what_may_be_claimed_and_why_not(town, monkeypatch):
    from tests.subsidy import scene

    scene.say(monkeypatch, "no")
    path = f"/api/v1/enrolments/{town.enrolled[1]}/claim-lines"
    own, base, officer = (town.ask(who, path).json["items"] for who in ("学员", "仁和", "民政"))
    assert own == base == officer and own[0]["obstacles"][0]["code"] == "subsidy.disputed"
    whole = town.ask("审计", f"/api/v1/classes/{town.there.classes['仁和']}/claim-lines?mode=online").json
    assert whole["items"][0]["obstacles"] == own[0]["obstacles"] and whole["amount_fen"] == 0


def test_a_claim_is_drafted_filed_and_passed_by_who_may(town):
    answer = town.claims()
    assert answer.status_code == 200, answer.text
    own = answer.json["id"]
    assert (answer.json["total_fen"], answer.json["acts"]) == (45714, ["file", "withdraw"])
    assert town.claims().json["code"] == "claim.draft_exists"
    assert town.act("仁和", own, "file").json["state"] == "filed"
    assert town.act("民政", own, "return").json["code"] == "claim.reason_missing"
    told = town.act("民政", own, "pass_county").json
    assert [one["act"] for one in told["steps"]] == ["draft", "file", "pass_county"] and told["acts"] == []
    assert town.act("民政", own, "pass_county").status_code == 409
    assert town.ask("人社", "/api/v1/claims?state=county_passed").json["items"][0]["acts"] == [
        "pass_hrss",
        "return_hrss",
    ]
    assert town.act("人社", own, "nothing").status_code == 404


CALLS = (
    ("GET", "claims/{claim}"), ("POST", "claims/{claim}/redraw"), ("POST", "claims/{claim}/acts/pass_county"),
    ("POST", "claims/{claim}/lines/{line}/pull"), ("POST", "claims/{claim}/papers/pass_hrss"),
    ("POST", "claims/{claim}/steps/0/decision"), ("GET", "classes/{class}/claim-lines"),
    ("GET", "enrolments/{enrolment}/claim-lines"), ("POST", "claims"),
)  # fmt: skip
# who -> what each of CALLS answers: 404 outside one's reach, 403 for the role, 409 and 422 for who may.
SEEN = {
    "": (401,) * 9,
    "学员": (403, 403, 403, 403, 403, 403, 403, 200, 403),
    "仁和": (200, 409, 403, 403, 403, 403, 200, 200, 409),
    "康宁": (404, 404, 404, 403, 403, 403, 404, 404, 404),
    "民政": (200, 403, 200, 409, 200, 404, 200, 200, 403),
    "外县": (404, 403, 404, 404, 404, 404, 404, 404, 403),
    "财政": (200, 403, 403, 403, 403, 404, 200, 200, 403),
    "审计": (200, 403, 403, 403, 403, 403, 200, 200, 403),
}


@pytest.mark.parametrize("who", SEEN)
def test_every_call_is_answered_by_role_and_reach(town, who):
    told = town.claims().json
    town.act("仁和", told["id"], "file")
    names = {
        "claim": told["id"],
        "line": told["lines"][0]["id"],
        "class": told["class_id"],
        "enrolment": town.enrolled[1],
    }
    bodies = {
        "claims": {"class_id": told["class_id"], "kind": "training", "mode": "online", "fund": "f"},
        "claims/{claim}/steps/0/decision": {"accept": True},
        "claims/{claim}/lines/{line}/pull": {"reason": "群众反映没去"},
    }
    found = []
    for method, path in CALLS:
        body = bodies.get(path, {}) if method == "POST" else None
        if "papers" in path:
            form = {"document_no": "7号", "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")}
            answer = town.ask(who, f"/api/v1/{path.format(**names)}", form=form)
        else:
            answer = town.ask(who, f"/api/v1/{path.format(**names)}", body=body)
        found.append(answer.status_code)
    assert tuple(found) == SEEN[who]


def test_a_paper_is_confirmed_by_a_second_person(town):
    own = town.claims().json["id"]
    town.act("仁和", own, "file")
    town.act("民政", own, "pass_county")
    path = f"/api/v1/claims/{own}/papers/pass_hrss"
    assert town.ask("民政", path, form={"document_no": "7号"}).json["code"] == "claim.paper_missing"
    given = {"document_no": "7号", "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")}
    told = town.ask("民政", path, form=given).json
    assert told["waits_for_second"] and told["state"] == "county_passed"
    step = f"/api/v1/claims/{own}/steps/{told['steps'][-1]['id']}/decision"
    assert town.ask("民政", step, body={"accept": True}).json["code"] == "claim.second_person"
    assert town.ask("民政二", step, body={"accept": True}).json["state"] == "hrss_passed"


def test_an_exclusion_list_is_tried_reported_row_by_row_and_taken_whole_or_not_at_all(town):
    good = id_number(1, born="19700101")

    def send(path, text):
        return town.ask(
            "人社", f"/api/v1/exclusions/{path}", form={"file": (io.BytesIO(text.encode()), "a.csv")}
        )

    tried = send("pensioner/check", LIST.format(good=good))
    assert [one["outcome"] for one in tried.json["rows"]] == ["new", "new", "bad"] and good not in tried.text
    assert send("pensioner", LIST.format(good=good)).json["code"] == "exclusion.rows_bad"
    assert town.ask("人社", "/api/v1/exclusions").json["items"] == []
    assert send("pensioner", f"身份证号,从\n{good},2020-01-01\n").json["new"] == 1
    listed = town.ask("人社", "/api/v1/exclusions").json["items"]
    assert listed == [
        {"group": "pensioner", "name": "领取养老金", "people": 1, "imported_at": rfc3339(LATER)}
    ]
    line = town.ask("仁和", f"/api/v1/enrolments/{town.enrolled[1]}/claim-lines").json["items"][0]
    assert line["obstacles"][0]["sentence"].startswith("属于“领取养老金”")
    assert town.ask("民政", "/api/v1/exclusions").status_code == 403
    assert send("nobody", "身份证号,从\n").json["code"] == "exclusion.group_unknown"
    assert send("pensioner", "姓名\n王\n").json["code"] == "exclusion.heading_missing"
