"""Binding: Wang by slip, Li by three fields, a stranger by nothing; nothing tells who exists."""

from __future__ import annotations

import pytest

from tests.factories import PASSWORD
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries, wechat
from yanglao.people import service as people
from yanglao.people.models import Person

WANG, LI, STRANGER = "openid-of-wang-0001", "openid-of-li-000002", "openid-of-stranger"


def truth(house, number):
    """Return what a trainee would type of themselves."""
    row = db.session.get(Person, house.people[number].person_id)
    end = ciphers().open(row.id_cipher)[-6:]
    return {"name": row.name, "id_end": end, "phone": row.phone}


def admin(house):
    return house.there.city.staff["admin_a"]


def slip_for(house, number):
    person_id = house.people[number].person_id
    made = run(lambda: people.issue_slips(db.session, [person_id], now=house.now, actor=admin(house)))
    return made[0].token


def test_a_slip_shows_a_masked_name_and_binds_who_says_that_is_me(house):
    token, phone = slip_for(house, 0), house.browser()
    assert phone.get(f"/b/{token}").location == f"/wx/oauth/start?next=/b/{token}"
    assert phone.go(WANG, f"/b/{token}").location == f"/b/{token}"
    text = phone.get(f"/b/{token}").get_data(as_text=True)
    assert house.people[0].name not in text and "是我" in text
    assert phone.post(f"/b/{token}").status_code == 303
    assert phone.me() == house.people[0].name


def test_a_slip_is_used_once(house):
    token, first, second = slip_for(house, 0), house.browser(), house.browser()
    first.go(WANG, f"/b/{token}")
    first.post(f"/b/{token}")
    second.go(STRANGER, f"/b/{token}")
    assert second.get(f"/b/{token}").status_code == 404
    assert second.post(f"/b/{token}").status_code == 404 and second.me() is None


def test_looking_at_a_slip_binds_nobody(house):
    token, phone = slip_for(house, 0), house.browser()
    phone.go(WANG, f"/b/{token}")
    phone.get(f"/b/{token}")
    assert wechat.person_of(db.session, APP_ID, WANG) is None


def test_a_newly_printed_slip_ends_the_one_before(house):
    old, new, phone = slip_for(house, 0), slip_for(house, 0), house.browser()
    phone.go(WANG)
    assert phone.get(f"/b/{old}").status_code == 404 and phone.get(f"/b/{new}").status_code == 200


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 404)])
def test_a_slip_holds_for_thirty_days(house, days, status):
    token, phone = slip_for(house, 0), house.browser()
    house.wait(days * 86_400)
    phone.go(WANG)
    assert phone.get(f"/b/{token}").status_code == status


def test_three_right_fields_bind_and_lead_on_to_where_one_was_going(house):
    li, phone = truth(house, 1), house.browser()
    phone.go(LI, "/learn/hours")
    answer = phone.post("/wx/bind", next="/learn/hours", **li)
    assert (answer.status_code, answer.location) == (303, "/learn/hours")
    assert phone.me() == house.people[1].name
    assert phone.go(LI, "/learn/").location == "/learn/"


@pytest.mark.parametrize(
    ("field", "value"), [("name", "赵没有"), ("id_end", "000000"), ("phone", "13900000000")]
)
def test_one_wrong_field_is_refused_in_the_same_words_as_a_stranger(house, field, value):
    li, phone = truth(house, 1), house.browser()
    phone.go(STRANGER)
    answer = phone.post("/wx/bind", **(li | {field: value}))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "对不上" in text and "还可以试 4 次" in text
    assert phone.me() is None


def test_five_wrong_tries_close_the_form_for_this_wechat_even_with_the_truth(house):
    li, phone = truth(house, 1), house.browser()
    phone.go(STRANGER)
    for n in range(5):
        phone.post("/wx/bind", **(li | {"id_end": "000000", "phone": f"1390000000{n}"}))
    answer = phone.post("/wx/bind", **li)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) == 900
    house.wait(901)
    assert phone.post("/wx/bind", **li).status_code == 303


def test_five_wrong_tries_for_one_phone_close_it_for_every_wechat(house):
    li = truth(house, 1)
    for n in range(5):
        phone = house.browser()
        phone.go(f"openid-of-guesser-{n}")
        phone.post("/wx/bind", **(li | {"id_end": f"00000{n}"}))
    last = house.browser()
    last.go("openid-of-guesser-9")
    assert last.post("/wx/bind", **li).status_code == 429


def test_nobody_binds_without_having_come_from_wechat(house):
    phone = house.browser()
    assert phone.post("/wx/bind", **truth(house, 1)).status_code == 401


def test_a_second_wechat_is_refused_until_the_office_parts_the_first(house):
    li = truth(house, 1)
    house.bound(1, LI)
    phone = house.browser()
    phone.go(STRANGER)
    assert phone.post("/wx/bind", **li).status_code == 409
    run(
        lambda: people.unbind_person(
            db.session, house.people[1].person_id, reason="换了手机和微信", now=house.now, actor=admin(house)
        )
    )
    assert phone.post("/wx/bind", **li).status_code == 303
    kinds = [one.kind for one in wechat.binding_acts(db.session, house.people[1].person_id)]
    assert sorted(kinds) == ["bound", "bound", "unbound"]


def test_one_wechat_belongs_to_one_person(house):
    house.bound(0, WANG)
    with pytest.raises(Conflict, match="openid_bound"):
        house.bound(1, WANG)


def test_parting_needs_a_reason_and_ones_own_base(house):
    house.bound(1, LI)
    person_id = house.people[1].person_id

    def part(reason, actor):
        run(lambda: people.unbind_person(db.session, person_id, reason=reason, now=house.now, actor=actor))

    with pytest.raises(Refused):
        part(" ", admin(house))
    with pytest.raises(NotFound):
        part("换了手机和微信", house.there.city.staff["admin_b"])


def test_who_unsubscribes_is_signed_out_and_comes_back_with_one_tap(house):
    wang, phone = house.bound(0, WANG), house.browser()
    phone.go(WANG)
    assert run(lambda: people.unbind_openid(db.session, APP_ID, WANG, now=house.now)) is True
    assert run(lambda: people.unbind_openid(db.session, APP_ID, WANG, now=house.now)) is False
    assert phone.me() is None and queries.person(db.session, wang.person_id).name == wang.name
    assert phone.go(WANG).location == "/wx/bind?next="
    text = phone.get("/wx/bind").get_data(as_text=True)
    assert "还是我" in text and wang.name not in text
    assert phone.post("/wx/bind/again").status_code == 303 and phone.me() == wang.name


def test_whom_the_office_parted_does_not_come_back_with_one_tap(house):
    wang = house.bound(0, WANG)
    run(
        lambda: people.unbind_person(
            db.session, wang.person_id, reason="微信号给了别人", now=house.now, actor=admin(house)
        )
    )
    phone = house.browser()
    phone.go(WANG)
    assert phone.post("/wx/bind/again").status_code == 404 and phone.me() is None


def test_who_signed_in_by_password_in_wechat_binds_with_one_tap(house):
    wang = house.people[0]
    phone = house.browser()
    phone.go(WANG)
    account = queries.person(db.session, wang.person_id).account_phone

    phone.post("/sign-in", phone=account, password=PASSWORD)
    assert (
        phone.http.post("/wx/bind/account", data={"csrf_token": phone.token_at("/account")}).status_code
        == 303
    )
    assert wechat.person_of(db.session, APP_ID, WANG) == wang.person_id


def test_the_page_of_a_stranger_in_wechat_leads_through_wechat(house):
    phone = house.browser()
    assert phone.get("/learn/hours").location == "/wx/oauth/start?next=/learn/hours"
