"""Owner, colleague, stranger, trainee and anybody at the pages and calls of certificates."""

from __future__ import annotations

import re

from tests.certificates.makers import LATER
from yanglao.certificates import rules, service, statement
from yanglao.kernel.db import db, run


def form(page):
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]}


def test_a_class_goes_through_the_api_from_candidates_to_the_trainees_own_page(ask, there):
    found = ask("admin_a", f"/api/v1/classes/{there.class_id}/certificate-candidates").json["items"]
    assert [one["state"] for one in found] == ["ready"] * 3
    ids = [one["enrolment_id"] for one in found]
    waiting = ask("admin_a", "/api/v1/certificates", {"enrolment_ids": ids}).json["items"]
    again = {"certificate_ids": [one["id"] for one in waiting]}
    assert ask("admin_a", "/api/v1/certificates/issue", again).status_code == 403
    assert ask("admin_a_2", "/api/v1/certificates/issue", again).status_code == 200
    assert ask("admin_a_2", "/api/v1/certificates/issue", again).status_code == 409
    own = ask("0", "/api/v1/me/certificates").json["items"]
    assert len(own) == 1 and own[0]["state"] == "issued"
    assert ask("0", own[0]["pdf_url"]).data[:5] == b"%PDF-"
    assert ask("0", own[0]["picture_url"]).data[1:4] == b"PNG"
    assert ask("1", own[0]["pdf_url"]).status_code == 404
    assert ask("", own[0]["pdf_url"]).status_code == 401
    shown = ask("0", "/learn/certificates").text
    assert rules.spaced(own[0]["number"]) in shown and "有效" in shown
    assert ask("0", f"/learn/certificates/{own[0]['id']}").status_code == 200
    assert ask("1", f"/learn/certificates/{own[0]['id']}").status_code == 404


REACH = [
    ("admin_b", 404, 404), ("ca_323", 404, 404), ("fi_302", 200, 403), ("auditor", 200, 403), ("teacher_a", 403, 403),
    ("sysadmin", 403, 403), ("0", 403, 403), ("", 401, 401), ("admin_a", 200, 200), ("ca_302", 200, 409),
]  # fmt: skip


def test_each_role_reaches_as_far_as_it_may(ask, there):
    own = there.issued()
    for role, reads, revokes in REACH:
        read = ask(role, f"/api/v1/certificates/{own.id}").status_code
        listed = (ask(role, "/api/v1/certificates").json or {}).get("items", [])
        reason = {"reason": "工作单位来函"}
        taken = ask(role, f"/api/v1/certificates/{own.id}/revoke", reason).status_code
        assert (read, len(listed), taken) == (reads, int(reads == 200), revokes), role


def test_a_step_without_its_reason_or_out_of_turn_is_refused_in_words(ask, there):
    own = there.issued()
    short = ask("admin_a", f"/api/v1/certificates/{own.id}/suspend", {"reason": "错"})
    wrong = ask("admin_a", f"/api/v1/certificates/{own.id}/resume", {"reason": "已经查清楚了"})
    assert (short.status_code, short.json["code"]) == (422, "certificate.reason_missing")
    assert (wrong.status_code, wrong.json["code"]) == (409, "certificate.wrong_state")


def test_anybody_reads_state_date_and_fields_masked(ask, there):
    own = there.issued()
    page = ask("", f"/verify/{own.code}")
    name = own.printed["name"]
    assert page.status_code == 200 and name not in page.text
    for said in (
        "有效",
        "起有效，现在没有暂停",
        rules.spaced(own.number),
        own.printed["id"],
        own.printed["hours"],
        name[0] + "*",
    ):
        assert said in page.text, said
    for act, word in (("suspend", "暂停使用"), ("revoke", "不能再作为证明")):
        reason = {"reason": "举报查实以后处理"}
        assert ask("admin_a", f"/api/v1/certificates/{own.id}/{act}", reason).status_code == 200
        assert word in ask("", f"/verify/{own.code}").text


def test_a_replaced_certificate_says_so_to_who_scans_the_old_paper(ask, there):
    old = there.issued()
    new = run(
        lambda: service.replace(db.session, old.id, reason="姓名更正换发", now=LATER, actor=there.owner)
    )
    newer = there.issue(new.id)[0]
    assert "已经换发新证书" in ask("", f"/verify/{old.code}").text
    assert "起有效" in ask("", f"/verify/{newer.code}").text


def test_by_hand_number_and_name_must_both_be_right(app, ask, there):
    own = there.issued()
    http = app.test_client()
    known = form(http.get("/verify")) | {
        "number": rules.spaced(own.number).lower(),
        "name": own.printed["name"],
    }
    assert "有效" in http.post("/verify", data=known).text
    wrong = http.post("/verify", data=known | {"name": "王芳"})
    assert wrong.status_code == 404 and "编号和姓名都对得上" in wrong.text
    alone = ask("", f"/verify/{own.number}")
    assert alone.status_code == 200 and "有效" not in alone.text and own.printed["base"] not in alone.text


def test_the_text_of_a_code_is_held_against_what_was_signed(ask, there):
    own, other = there.issued(), there.issue(there.review(there.enrolments[1])[0].id)[0]

    def check(**body):
        return ask("", "/api/v1/certificate-checks", body).json

    carried = statement.payload(statement.Signed(own.statement, own.signature))
    changed = own.statement.replace(own.printed["name"], "李四")
    forged = statement.payload(statement.Signed(changed, own.signature))
    assert check(payload=carried, code=own.code)["code_holds"] is True
    assert check(payload=forged, code=own.code) | {"code_sentence": ""} == {
        "found": None, "code_holds": False, "code_sentence": "",
    }  # fmt: skip
    assert check(payload=carried, code=other.code)["code_holds"] is False
    by_hand = check(number=own.number, name=own.printed["name"])["found"]
    assert by_hand["state"] == "issued" and own.printed["name"] not in str(by_hand)
    assert ask("", "/api/v1/certificate-keys").json.keys() == {by_hand["key_id"]}


def test_who_tries_names_for_a_number_must_wait(app, there):
    http = app.test_client()
    known = form(http.get("/verify")) | {"number": "LY371302", "name": "王芳"}
    answers = [http.post("/verify", data=known).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


def test_the_office_shows_who_lacks_what_and_takes_the_steps(ask, there):
    there.unreviewed(there.enrolments[1])
    page = ask("admin_a", f"/office/certificates?class_id={there.class_id}").text
    assert page.count('name="enrolment_id"') == 2 and "基地还没有核对" in page
    waiting = there.review(there.enrolments[0])[0]
    mine = ask("admin_a", f"/office/certificates?class_id={there.class_id}&state=reviewed").text
    hers = ask("admin_a_2", f"/office/certificates?class_id={there.class_id}&state=reviewed").text
    assert (mine.count('name="certificate_id"'), hers.count('name="certificate_id"')) == (0, 1)
    there.issue(waiting.id)
    assert "换发" in ask("admin_a", f"/office/certificates/{waiting.id}").text
    assert ask("admin_a", f"/office/certificates/{waiting.id}.pdf").data[:5] == b"%PDF-"
    assert ask("admin_b", f"/office/certificates/{waiting.id}").status_code == 404
    assert ask("auditor", "/office/certificates?state=issued").text.count("row-link") == 1
