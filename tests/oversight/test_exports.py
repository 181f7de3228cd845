"""Exports: the same hours as page and API, with the rights of the one who asked, for nobody else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.oversight.scene import EVENING, records
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import exports
from yanglao.people import queries as people
from yanglao.people import service as people_service

LOG = "培训段完成情况"


def test_an_export_holds_the_same_seconds_as_the_api(scene_on_either):
    scene = scene_on_either
    listed = scene.ask("admin_a", "/api/v1/standings?limit=200").json["items"]
    lines = records(scene.sheets("admin_a", "standings")[LOG])
    exported = {(one["报名编号"], one["培训段编号"]): one for one in lines if one["报名编号"]}
    assert len(exported) == len(listed) == 6
    for line in listed:
        found = exported[line["enrolment_id"], line["segment_id"]]
        assert (found["已计入（秒）"], found["其中已入账（秒）"]) == (line["credited_s"], line["entered_s"])
        assert found["还缺什么"] == line["sentence"]
        assert Decimal(str(found["已计入（学时）"])) == Decimal(line["credited_s"] * 10 // 2700) / 10
    assert any(line["credited_s"] > line["entered_s"] for line in listed), "李 has an open window"


def test_online_and_offline_hours_are_summed_apart(scene):
    listed = scene.ask("admin_a", "/api/v1/standings?limit=200").json["items"]
    lines = records(scene.sheets("admin_a", "standings")[LOG])
    for mode, words in (("online", "线上合计"), ("offline", "线下合计")):
        total = next(one for one in lines if one["班级"] == words)
        assert total["已计入（秒）"] == sum(line["credited_s"] for line in listed if line["mode"] == mode)


def test_a_filter_limits_the_export_and_is_written_on_its_second_sheet(scene):
    sheets = scene.sheets("admin_a", "standings", mode="offline", state="in_progress")
    lines = [one for one in records(sheets[LOG]) if one["报名编号"]]
    assert {(one["方式"], one["状态"]) for one in lines} == {("线下", "进行中")}
    said = dict(row[:2] for row in sheets["说明"][1:])
    assert said["筛选条件"] == "方式：线下；状态：进行中"
    assert said["导出人"] == "演示·管理员甲"
    assert said["账本条数"] > 0


def test_id_numbers_are_text_and_masked(scene):
    for line in records(scene.sheets("admin_a", "standings")[LOG])[:6]:
        assert isinstance(line["证件号（部分遮盖）"], str)
        assert line["证件号（部分遮盖）"].count("*") == 12


def test_rare_characters_and_would_be_formulas_survive(own_scene):
    scene = own_scene
    person = scene.there.wang.actor.person_id
    run(lambda: db.session.execute(db.metadata.tables["person"].update().values(name="=䶮㛃𫖯").where(
        db.metadata.tables["person"].c.id == person)))  # fmt: skip
    names = {one["姓名"] for one in records(scene.sheets("admin_a", "standings")[LOG])}
    assert "=䶮㛃𫖯" in names


@pytest.mark.parametrize(
    ("who", "lines"), [("admin_a", 6), ("admin_b", 0), ("ca_302", 6), ("ca_323", 0), ("auditor", 6)]
)
def test_an_export_reaches_as_far_as_the_one_who_asked(scene, who, lines):
    assert len([one for one in records(scene.sheets(who, "standings")[LOG]) if one["报名编号"]]) == lines


@pytest.mark.parametrize("who", ["0", "teacher_a", "sysadmin"])
def test_who_may_not_export_is_refused(scene, who):
    answer = scene.ask(who, "/api/v1/exports", method="POST", body={"kind": "standings"})
    assert (answer.status_code, answer.json["code"]) == (403, "role.forbidden")


def test_the_evidence_of_one_enrolment_holds_every_line_with_its_hash(scene):
    own = scene.there.trainees[1].enrolment_id
    listed = scene.ask("admin_a", f"/api/v1/enrolments/{own}/evidence").json["items"]
    lines = [
        one
        for one in records(scene.sheets("admin_a", "evidence", enrolment_id=own)["学时证据"])
        if one["本条哈希"]
    ]
    assert [(one["第几条"], one["本条哈希"]) for one in lines] == [
        (one["position"], one["hash"]) for one in listed
    ]
    assert "没有通过的扫码" in [one["事项"] for one in lines]


def test_the_evidence_of_a_class_adds_up_to_what_the_ledger_gives(scene):
    listed = scene.ask("admin_a", "/api/v1/standings?limit=200").json["items"]
    lines = records(scene.sheets("admin_a", "evidence", class_id=scene.there.class_id)["学时证据"])
    for mode, words in (("online", "线上合计"), ("offline", "线下合计")):
        total = next(one for one in lines if one["班级"] == words)
        assert total["计入（秒）"] == sum(line["entered_s"] for line in listed if line["mode"] == mode)


def test_evidence_is_asked_for_by_class_or_enrolment_within_ones_scope(scene):
    def ask(who, **wanted):
        return scene.ask(who, "/api/v1/exports", method="POST", body={"kind": "evidence", "filter": wanted})

    assert ask("admin_a").json["code"] == "export.subject_missing"
    assert ask("admin_b", class_id=scene.there.class_id).status_code == 404
    assert ask("admin_b", enrolment_id=scene.there.wang.enrolment_id).status_code == 404


def test_only_the_one_who_asked_hears_of_an_export(scene):
    done = scene.export("admin_a", "standings")
    for who, status in (("admin_a", 200), ("admin_b", 404), ("ca_302", 404), ("", 401)):
        assert scene.ask(who, f"/api/v1/exports/{done['id']}").status_code == status, who
        by_name = f"/api/v1/exports/{done['id']}/file"
        assert scene.ask(who, by_name).status_code == (404 if status == 401 else status), who


def test_a_link_opens_the_file_for_a_quarter_of_an_hour(scene):
    done = scene.export("admin_a", "standings")
    assert scene.ask("", done["url"]).status_code == 200
    assert scene.ask("", done["url"] + "x").json["code"] == "files.link_expired"
    other = scene.export("admin_a", "standings", mode="online")
    swapped = f"/api/v1/exports/{other['id']}/file?{done['url'].partition('?')[2]}"
    assert scene.ask("", swapped).status_code == 404
    scene.at(EVENING + timedelta(minutes=17))
    assert scene.ask("", done["url"]).json["code"] == "files.link_expired"


def test_progress_is_said_in_whole_numbers_and_ends_at_one_hundred(scene, monkeypatch):
    asked = scene.ask("admin_a", "/api/v1/exports", method="POST", body={"kind": "standings"}).json
    assert (asked["state"], asked["progress"], asked["url"]) == ("queued", 0, None)
    monkeypatch.setattr("yanglao.oversight.sheets.PAGE", 2)
    heard = []
    monkeypatch.setattr(
        "yanglao.work.service.progress",
        lambda session, task, done, total, now: heard.append((done, total)) or True,
    )
    perform(asked["id"])
    assert heard == [(0, 6), (2, 6), (4, 6), (6, 6)]
    assert scene.ask("admin_a", f"/api/v1/exports/{asked['id']}").json["progress"] == 100


def test_asking_twice_before_it_is_made_is_one_export(scene):
    body = {"kind": "standings", "filter": {"mode": "online"}}
    first, second = (
        scene.ask("admin_a", "/api/v1/exports", method="POST", body=body).json["id"] for _ in range(2)
    )
    assert first == second


def test_a_right_taken_away_meanwhile_ends_the_export_and_says_why(own_scene):
    scene = own_scene
    asked = scene.ask("admin_a", "/api/v1/exports", method="POST", body={"kind": "standings"}).json["id"]
    admin = scene.there.city.staff["admin_a"]
    actor = scene.there.city.staff["sysadmin"]
    grant = people.grants(db.session, admin.person_id)[0].id
    run(lambda: people_service.revoke(db.session, grant, now=now(), actor=actor))
    assert perform(asked) is False
    found = exports.view(db.session, asked, now=now(), actor=admin)
    assert (found.state, found.link) == ("failed", "")
    assert found.fault == "您的角色不能办这件事。"
