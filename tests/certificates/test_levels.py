"""Results of level assessments from a sheet: tried first, then all of it or nothing; doubts become flags."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from tests.certificates.makers import LATER
from tests.certificates.test_level_rules import number
from yanglao.certificates import level_queries, levels
from yanglao.demo.cast import invent
from yanglao.files import service as files
from yanglao.flags import queries as flags
from yanglao.kernel import policy
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden
from yanglao.outside.workbook import Column, Table, write
from yanglao.people import queries as people

HEAD = ["序号", "姓名", "身份证号", "证书编号", "职业", "等级", "评价机构", "发证日期"]
BODY = "示例评价机构（演示）"


@pytest.fixture
def rows(there):
    """Give a right row for each trainee."""
    phones = [people.person(db.session, one.actor.person_id).phone for one in there.there.trainees]
    own = [invent(int(phone[4:])) for phone in phones]
    return [
        [
            str(at),
            one.name,
            one.id_number,
            number(last=f"{at:06d}"),
            "养老护理员",
            "五级／初级工",
            BODY,
            "2026-05-06",
        ]
        for at, one in enumerate(own, 1)
    ]


def csv(rows, encoding="utf-8"):
    return "\r\n".join(",".join(row) for row in [["评价结果"], HEAD, *rows]).encode(encoding)


def take(there, content, *, keep=True):
    who = there.there.city.staff["assessor"]
    if keep:
        run(lambda: levels.look_for_doubles(db.session, content, now=LATER, actor=who))
    return run(lambda: levels.take_in(db.session, content, keep=keep, now=LATER, actor=who))


def kinds():
    return sorted(one.kind for one in flags.flags(db.session, EVERYTHING))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_tried_recorded_and_recorded_again_to_no_effect(there, rows, encoding):
    content = csv(rows, encoding)
    assert take(there, content, keep=False).count("new") == 3
    assert level_queries.recorded(db.session) == []
    assert (take(there, content).count("new"), take(there, content).count("known")) == (3, 3)
    found = level_queries.recorded(db.session)
    assert [(one.level_code, one.issuer) for one in found] == [("L5", BODY)] * 3
    assert kinds() == ["certificate.level_before_end"] * 3  # dated 6 May, the class ends on the 7th


def test_an_xlsx_keeps_its_numbers_as_text_and_a_shortened_one_is_refused(there, rows):
    content = write([Table("结果", [Column(name) for name in HEAD], rows, "", None, {})])
    assert take(there, content, keep=False).count("new") == 3
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = next(one for line in book.active.iter_rows() for one in line if one.value == rows[0][2])
    cell.value, cell.data_type = 3.713020000000001e17, "n"
    out = io.BytesIO()
    book.save(out)
    assert "设成文本" in take(there, out.getvalue(), keep=False).rows[0].sentence


FAULTS = [
    (1, "李四", "另一个姓名"), (2, "11010519491231002X", "没有这个身份证号的学员"), (2, "110105194912310021", "身份证"),
    (3, "S123", "22 位"), (3, number(province="11"), "不是本省"), (5, "四级", "等级"), (5, "很好", "看不懂"), (6, "", "没有填"),
    (7, "2027-01-01", "今天以后"), (7, "2025-05-06", "年份"), (7, "昨天", "看不懂"),
]  # fmt: skip


def test_one_bad_row_keeps_everybody_out_and_says_why(there, rows):
    for at, text, said in FAULTS:
        changed = [list(row) for row in rows]
        changed[1][at] = text
        report = take(there, csv(changed), keep=False)
        bad = report.rows[1]
        assert (report.count("bad"), bad.row, bad.outcome) == (1, 4, "bad"), (at, text)
        assert said in bad.sentence and rows[1][2] not in str(report)
    with pytest.raises(levels.RowsBad):
        take(there, csv(changed))
    assert level_queries.recorded(db.session) == []


def test_a_missing_column_is_named_and_nobody_else_may_report(there, rows):
    with pytest.raises(levels.HeadingMissing) as fault:
        take(there, "姓名,身份证号,证书编号\n".encode(), keep=False)
    assert fault.value.facts["fields"] == "职业、等级、评价机构、发证日期"
    with pytest.raises(Forbidden):
        levels.take_in(db.session, csv(rows), keep=False, now=LATER, actor=there.owner)


def test_a_number_used_twice_is_refused_and_flagged_once_for_each_person(there, rows):
    rows[1][3] = rows[0][3]
    for _ in range(2):
        with pytest.raises(levels.RowsBad):
            take(there, csv(rows))
    assert kinds() == ["certificate.level_twice"] * 2
    take(there, csv(rows[:1]))
    with pytest.raises(levels.RowsBad):
        take(there, csv([rows[1]]))
    assert kinds() == ["certificate.level_before_end", *["certificate.level_twice"] * 2]


def test_many_of_one_issuer_on_one_day_become_a_flag(there, rows, monkeypatch):
    known = policy.latest()
    low = replace(known, certificates=replace(known.certificates, level_day_most=2))
    monkeypatch.setattr("yanglao.certificates.levels.policy.on", lambda day: low)
    take(there, csv(rows))
    assert "certificate.level_burst" in kinds()


def test_an_assessor_records_over_page_and_api_and_anybody_asks_by_number_and_name(app, ask, there, rows):
    assert ask("admin_a", "/office/level-certificates").status_code == 403
    assert "交评价结果" in ask("assessor", "/office/level-certificates").text
    assert ask("admin_a", "/api/v1/level-certificates/check", {}).status_code == 403
    assert ask("assessor", "/api/v1/level-certificates/check", {}).json["code"] == "level.not_sent"
    take(there, csv(rows))
    page = f"/office/certificates?class_id={there.class_id}"
    assert rows[0][3] in ask("admin_a", page).text and rows[0][3] in ask("0", "/learn/certificates").text
    listed = f"/api/v1/classes/{there.class_id}/level-certificates"
    assert len(ask("admin_a", listed).json["items"]) == 3 and ask("admin_b", listed).status_code == 404
    assert len(ask("assessor", "/api/v1/level-certificates").json["items"]) == 3
    http = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', http.get("/verify").text)[1]
    known = {"csrf_token": token, "number": rows[0][3], "name": rows[0][1]}
    shown = http.post("/verify", data=known).text
    assert (
        "职业技能等级证书" in shown
        and "登记" in shown
        and rows[0][1] not in shown
        and rows[0][2] not in shown
    )
    assert http.post("/verify", data=known | {"name": "王芳"}).status_code == 404
    body = {"number": rows[0][3], "name": rows[0][1]}
    assert ask("", "/api/v1/certificate-checks", body).json["found"]["state"] == "recorded"


def files_of(file_id):
    yield files.open_(db.session, file_id, now=LATER)


REACH = {"assessor": 200, "auditor": 403, "admin_a": 404, "ca_302": 404, "teacher_a": 403, "0": 403, "": 401}


def test_a_withdrawn_certificate_says_so_to_everybody_and_its_page_keeps_what_was_done(app, ask, there, rows):
    take(there, csv(rows))
    own = level_queries.by_number(db.session, rows[0][3]).id
    for who, wanted in REACH.items():
        assert ask(who, f"/api/v1/level-certificates/{own}").status_code == wanted, who
        body = {"reason": "机构来函说明"}
        taken = ask(who, f"/api/v1/level-certificates/{own}/acts/withdraw", body)
        assert taken.status_code == wanted, who
    change = ask("assessor", f"/api/v1/level-certificates/{own}").json["changes"][0]["id"]
    path = f"/api/v1/level-certificates/{own}/changes/{change}/decision"
    for who, wanted in (REACH | {"assessor": 403, "city_ca": 200}).items():
        assert ask(who, path, {"accept": True}).status_code == wanted, who
    seen = ask("assessor", f"/office/level-certificates/{own}")
    assert "已撤回" in seen.text and "机构来函说明" in seen.text and rows[0][2] not in seen.text
    asked = {"number": rows[0][3], "name": rows[0][1]}
    told = ask("", "/api/v1/certificate-checks", asked).json["found"]
    assert (told["state"], "不作为证明" in told["sentence"]) == ("withdrawn", True)
    assert take(there, csv(rows), keep=False).count("bad") == 1
    assert rows[0][3] not in ask("0", "/learn/certificates").text


def test_a_sheet_is_sent_as_a_file_and_answered_row_by_row(app, ask, there, rows):
    ask("assessor", "/api/v1/level-certificates")
    http = app.test_client()
    phone = people.person(db.session, there.there.city.staff["assessor"].person_id).account_phone
    token = http.post("/api/v1/sign-in", json={"phone": phone, "password": "yanglao2026"}).json["token"]

    def send(path, **data):
        given = data or {"file": (io.BytesIO(csv(rows)), "结果.csv")}
        kind = "multipart/form-data"
        return http.post(path, data=given, content_type=kind, headers={"Authorization": f"Bearer {token}"})

    tried = send("/api/v1/level-certificates/check")
    assert send("/api/v1/level-certificates", file_id="0" * 26).status_code == 404
    assert rows[0][2] not in next(iter(files_of(tried.json["file_id"]))).path.read_text()
    kept = send("/api/v1/level-certificates", file_id=tried.json["file_id"])
    assert (tried.status_code, tried.json["new"], tried.json["kept"]) == (200, 3, False)
    assert (kept.status_code, kept.json["new"], kept.json["kept"]) == (201, 3, True)
