"""What the base does: print slips that scan, part and bind anew, agree to a shared phone; strangers see nothing."""

from __future__ import annotations

import re

import pytest

from tests.web.wechat_binding.conftest import person_row, signed_in, staff
from tests.web.wechat_binding.test_shared_phone import HOME, asked
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.kernel.db import db
from yanglao.outside.qr_image import encode
from yanglao.people import wechat

LI = "openid-of-li-000002"


def printed(house, caller):
    answer = caller.send(f"/office/classes/{house.there.class_id}/bind-slips")
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def decoded(svg):
    """Read a symbol back from its path as a scanner sees it: dark and light modules."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))
    grid = [[False] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for step in range(int(length)):
            grid[int(y)][int(x) + step] = True
    return tuple(tuple(row) for row in grid)


def test_a_class_gets_a_slip_for_everybody_who_is_not_bound_and_each_names_its_person(house):
    house.bound(0, HOME)
    text = printed(house, staff(house, "admin_a"))
    names = re.findall(r'<p class="name">([^<]+)</p>', text)
    assert names == [person_row(house, number).name for number in (1, 2)]
    assert text.count("<svg xmlns") == 2
    again = printed(house, staff(house, "admin_a"))
    assert re.findall(r'd="(M[^"]+)"', text)[1] != re.findall(r'd="(M[^"]+)"', again)[1]


def test_the_code_of_a_printed_slip_binds_and_an_earlier_print_does_not(house, monkeypatch):
    seen = []
    real = encode

    def noting(text):
        seen.append(text)
        return real(text)

    monkeypatch.setattr("yanglao.web.office.people_wechat.encode", noting)
    caller = staff(house, "admin_a")
    first = printed(house, caller)
    svg = re.findall(r"<svg xmlns.*?</svg>", first, re.DOTALL)[1]
    assert decoded(svg) == real(seen[1]).rows
    second = len(seen)
    printed(house, caller)
    phone = house.browser()
    phone.go(LI)
    base = house.app.config["SETTINGS"].short_base_url
    old, new = (seen[at].removeprefix(base) for at in (1, second + 1))
    assert phone.get(old).status_code == 404
    assert phone.post(new).status_code == 303
    assert wechat.person_of(db.session, APP_ID, LI) == house.people[1].person_id


@pytest.mark.parametrize(
    ("who", "status"), [("admin_a", 200), ("admin_b", 404), ("teacher_a", 403), ("trainee", 403)]
)
def test_only_the_own_base_prints_slips(house, who, status):
    caller = signed_in(house, house.people[0]) if who == "trainee" else staff(house, who)
    path = f"/office/classes/{house.there.class_id}/bind-slips"
    assert caller.send(path).status_code == status
    assert caller.send(f"/office/people/{house.people[1].person_id}/bind-slip").status_code == status


def test_the_page_of_a_class_says_who_is_bound(house):
    house.bound(0, HOME)
    text = staff(house, "admin_a").page(f"/office/classes/{house.there.class_id}").get_data(as_text=True)
    assert "绑好 1 / 3 人" in text and "打印 2 人的绑定纸条" in text


def test_parting_on_the_persons_page_needs_a_reason_is_kept_and_allows_another_wechat(house):
    house.bound(1, LI)
    caller, one = staff(house, "admin_a"), f"/office/people/{house.people[1].person_id}"
    caller.send(f"{one}/unbind", reason="")
    assert wechat.person_of(db.session, APP_ID, LI) is not None
    caller.send(f"{one}/unbind", reason="换了手机和微信号")
    db.session.remove()
    assert wechat.person_of(db.session, APP_ID, LI) is None
    text = caller.page(one).get_data(as_text=True)
    assert "换了手机和微信号" in text and "解除绑定" in text and "还没有绑定微信" in text
    house.bound(1, "openid-of-li-new-one")


def test_the_office_agrees_to_a_shared_phone_from_the_to_do_list(wang_at_home):
    house = wang_at_home
    asked(house)
    caller = staff(house, "admin_a")
    assert "两个人要共用微信" in caller.page("/office/").get_data(as_text=True)
    text = caller.page("/office/shares").get_data(as_text=True)
    assert person_row(house, 0).name in text and "夫妻共用" in text
    act = re.search(r'action="(/office/shares/\w+/decision)"', text).group(1)
    assert staff(house, "admin_b").send(act, accept="true").status_code == 303
    assert len(wechat.persons_of(db.session, APP_ID, HOME)) == 1
    assert signed_in(house, house.people[2]).send(act, accept="true").status_code == 403
    assert caller.send(act, accept="true").location == "/office/shares"
    db.session.remove()
    assert len(wechat.persons_of(db.session, APP_ID, HOME)) == 2
    page = caller.page(f"/office/people/{house.people[1].person_id}").get_data(as_text=True)
    assert "共用一个微信" in page


def test_shares_by_api_are_listed_decided_and_ended_in_ones_own_base_only(wang_at_home):
    house = wang_at_home
    asked(house)
    own, stranger = staff(house, "admin_a"), staff(house, "admin_b")
    (one,) = own.get("/api/v1/wechat-shares").json["items"]
    assert (one["state"], one["relation"], one["how"]) == ("waiting", "couple", "form")
    assert stranger.get("/api/v1/wechat-shares").json["items"] == []
    decision = f"/api/v1/wechat-shares/{one['id']}/decision"
    assert stranger.post(decision, {"accept": True}).status_code == 404
    assert own.post(decision, {"accept": "yes"}).status_code == 422
    assert own.post(decision, {"accept": True}).status_code == 204
    assert own.post(decision, {"accept": True}).status_code == 409
    end = f"/api/v1/wechat-shares/{one['id']}/end"
    assert own.post(end, {"reason": ""}).status_code == 422
    assert stranger.post(end, {"reason": "不再共用了"}).status_code == 404
    assert own.post(end, {"reason": "不再共用了"}).status_code == 204
    assert [one["state"] for one in own.get("/api/v1/wechat-shares?state=ended").json["items"]] == ["ended"]
    assert (
        own.post(f"/api/v1/people/{house.people[0].person_id}/unbind", {"reason": "换了微信"}).status_code
        == 204
    )
