from __future__ import annotations

import re

import pytest

from tests.people.town import id_number
from tests.web.test_account_pages import signed_in, token_in


def posted(http, page_url, url, **form):
    return http.post(url, data={"csrf_token": token_in(http.get(page_url)), **form})


def test_the_list_shows_only_people_of_ones_own_base_and_masks_their_numbers(town):
    http, _ = signed_in(town, "admin")
    page = http.get("/office/people")
    assert f"/office/people/{town.people['trainee']}" in page.text
    assert f"/office/people/{town.people['far_trainee']}" not in page.text
    assert not re.search(r"\d{17}[\dX]", page.text)


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("colleague", 200), ("stranger", 404), ("trainee", 403)]
)
def test_a_person_opens_for_the_own_base_only(town, who, status):
    http, _ = signed_in(town, who)
    assert http.get(f"/office/people/{town.people['trainee']}").status_code == status


def test_filters_stand_in_the_address(town):
    http, _ = signed_in(town, "admin")
    assert "没有找到人" in http.get("/office/people?q=查无此人").text
    assert town.people["trainee"] in http.get(f"/office/people?q={town.phones['trainee']}").text


def test_a_reset_password_is_shown_once_and_works_once_changed(town):
    http, _ = signed_in(town, "admin")
    one = f"/office/people/{town.people['trainee']}"
    shown = posted(http, one, f"{one}/password-reset", reason="本人忘记密码")
    password = re.search(r'class="once number">(\d{8})<', shown.text).group(1)
    assert password not in http.get(one).text
    answer = town.client().post("/api/v1/sign-in", {"phone": town.phones["trainee"], "password": password})
    assert answer.json["must_change_password"] is True


def test_schooling_and_household_are_entered_by_the_own_base_and_shown_to_the_person(town):
    told = {"schooling": " 初中 ", "registered": "兰山区", "household": "农业户口"}
    one = f"/office/people/{town.people['trainee']}"
    http, _ = signed_in(town, "admin")
    assert posted(http, one, f"{one}/particulars", **told).status_code == 303
    assert "兰山区 · 农业户口" in signed_in(town, "colleague")[0].get(one).text
    assert "初中，兰山区，农业户口" in signed_in(town, "trainee")[0].get("/account").text
    stranger, _ = signed_in(town, "stranger")
    assert posted(stranger, "/office/people", f"{one}/particulars", **told).status_code == 404
    officer, _ = signed_in(town, "officer")
    assert posted(officer, "/office/people", f"{one}/particulars", **told).status_code == 403
    posted(http, one, f"{one}/particulars", schooling="", registered="", household="")
    assert "没有登记" in http.get(one).text


def test_a_merge_is_filed_by_the_base_and_decided_by_the_officer(town):
    admin, _ = signed_in(town, "admin")
    officer, _ = signed_in(town, "officer")
    gone, kept = town.people["trainee"], town.people["new_trainee"]
    one = f"/office/people/{gone}"
    assert kept in admin.get(one).text
    posted(admin, one, f"{one}/merge", into=kept, reason="同一个人，证件照核对过")
    page = officer.get("/office/people")
    decision = re.search(r'action="(/office/people/acts/[^"]+)"', page.text).group(1)
    assert posted(admin, one, decision, accept="true").status_code == 403
    assert posted(officer, "/office/people", decision, accept="true", reason="同意").status_code == 303
    assert "已经并入另一份档案" in admin.get(one).text


def test_a_corrected_number_is_checked_before_it_is_filed(town):
    http, _ = signed_in(town, "admin")
    one = f"/office/people/{town.people['trainee']}"
    refused = posted(
        http,
        one,
        f"{one}/id-correction",
        id_type="resident",
        id_number="371302197503080000",
        reason="身份证抄错了",
    )
    assert refused.status_code == 422 and "被 Excel 改坏了" in refused.text
    assert 'value="身份证抄错了"' in refused.text
    posted(
        http, one, f"{one}/id-correction", id_type="resident", id_number=id_number(500), reason="身份证抄错了"
    )
    assert "更正申请已经提交" in http.get(one).text
    officer, _ = signed_in(town, "officer")
    waiting = officer.get("/office/people").text
    assert re.search(r"改成 <span[^>]*>居民身份证 3713\*+\d", waiting)
    assert id_number(500) not in waiting


def test_a_full_number_is_shown_with_a_reason_only_and_the_view_is_kept(town):
    http, _ = signed_in(town, "admin")
    one = f"/office/people/{town.people['trainee']}"
    assert posted(http, one, f"{one}/id-reveal", reason="").status_code == 422
    assert re.search(r"\d{17}[\dX]", posted(http, one, f"{one}/id-reveal", reason="核对补贴材料").text)
    assert "核对补贴材料" in http.get(one).text


def test_settings_show_the_plan_with_its_discrepancy(town):
    http, _ = signed_in(town, "sysadmin")
    page = http.get("/office/settings")
    assert page.status_code == 200
    assert "正文写每年 350 名" in page.text
    assert "五级" in page.text
    other, _ = signed_in(town, "admin")
    assert other.get("/office/settings").status_code == 403


def test_staff_is_taken_on_with_a_one_time_password(town):
    http, _ = signed_in(town, "sysadmin")
    form = {"name": "李建国", "id_type": "resident", "id_number": id_number(600), "phone": "13600000001"}
    form |= {"role": "officer", "division": "371302", "department": "civil_affairs", "base": ""}
    shown = posted(http, "/office/settings", "/office/settings/staff", **form)
    password = re.search(r'class="once number">(\d{8})<', shown.text).group(1)
    answer = town.client().post("/api/v1/sign-in", {"phone": "13600000001", "password": password})
    assert answer.json["person"]["roles"][0]["department"] == "civil_affairs"
    form |= {"id_number": "1", "phone": "13600000002"}
    assert posted(http, "/office/settings", "/office/settings/staff", **form).status_code == 422


def test_a_base_is_registered_and_a_wrong_code_refused(town):
    http, _ = signed_in(town, "sysadmin")
    form = {"name": "临沂颐和培训学校", "short_name": "颐和", "division_code": "371311", "kind": "school"}
    posted(http, "/office/settings", "/office/settings/bases", uscc="91350100M000100Y44", **form)
    assert "校验位不对" in http.get("/office/settings").text
    posted(http, "/office/settings", "/office/settings/bases", uscc="91350100M000100Y43", **form)
    assert "临沂颐和培训学校" in http.get("/office/settings").text


def test_a_whole_id_number_is_looked_for_without_standing_in_an_address(town):
    admin, _ = signed_in(town, "admin")
    form = {"id_number": id_number(12)}
    found = posted(admin, "/office/people", "/office/people/find", **form)
    assert found.location == f"/office/people/{town.people['trainee']}"
    stranger, _ = signed_in(town, "stranger")
    assert posted(stranger, "/office/people", "/office/people/find", **form).status_code == 404
    assert 'maxlength="17"' in admin.get("/office/people").text
    assert admin.get(f"/office/people?q={id_number(12)}").status_code == 422


def test_a_number_nobody_has_is_said_beside_the_field(town):
    http, _ = signed_in(town, "admin")
    answer = posted(http, "/office/people", "/office/people/find", id_number=id_number(987))
    assert answer.status_code == 404 and "按完整证件号找" in answer.text and "没有找到这个人" in answer.text
