"""Wang and Li, a couple with one phone: asked by Li, approved by the base, one of them at a time."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.web.wechat_binding.conftest import person_row, signed_in, staff, truth
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Problem
from yanglao.people import service as people
from yanglao.people import shares, wechat
from yanglao.people.oauth import Visit
from yanglao.people.share_models import WechatShare
from yanglao.people.wechat_models import WechatIdentity

HOME = "openid-of-wang-0001"


def admin(house):
    return house.there.city.staff["admin_a"]


def asked(house, relation="couple"):
    """Let Li ask by three fields on the phone that is Wang's; return the phone."""
    phone = house.browser()
    phone.go(HOME)
    run(
        lambda: people.agree(
            db.session, house.people[0].person_id, people.PRIVACY_VERSION, client="wechat", now=house.now
        )
    )
    assert "/wx/bind?other=1" in phone.get("/account").get_data(as_text=True)
    assert "另一个人是谁" in phone.get("/wx/bind?other=1").get_data(as_text=True)
    form = {"csrf_token": phone.token_at("/account"), **truth(house, 1)}
    answer = phone.http.post("/wx/bind", data=form)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "这个微信绑了别人" in text and "夫妻共用" in text
    proof = re.search(r'name="proof" value="([^"]+)"', text).group(1)
    done = phone.http.post(
        "/wx/share", data={"csrf_token": form["csrf_token"], "proof": proof, "relation": relation}
    )
    phone.http.post("/sign-out", data={"csrf_token": form["csrf_token"]})
    assert done.status_code == 200 and "报上去了" in done.get_data(as_text=True)
    return phone


def waiting(house):
    (one,) = shares.shares(db.session, people_scope(house))
    return one


def people_scope(house):
    from yanglao.people.roles import scope_of

    return scope_of(admin(house).grants, "people.manage")


def shared(house):
    """Let Wang and Li share, approved; return the phone."""
    phone = asked(house)
    found = waiting(house)
    run(lambda: people.decide_share(db.session, found.id, accept=True, now=house.now, actor=admin(house)))
    return phone


def chosen(house, phone, number):
    return phone.post("/wx/choose", person=house.people[number].person_id)


def test_the_second_person_asks_the_base_approves_and_both_are_offered(wang_at_home):
    house = wang_at_home
    phone = asked(house)
    one = waiting(house)
    assert (one.first.name, one.second.name) == (person_row(house, 0).name, person_row(house, 1).name)
    assert wechat.persons_of(db.session, APP_ID, HOME) == [house.people[0].person_id]
    run(lambda: people.decide_share(db.session, one.id, accept=True, now=house.now, actor=admin(house)))
    assert wechat.persons_of(db.session, APP_ID, HOME) == [one.person_id for one in house.people[:2]]
    assert phone.go(HOME, "/learn/hours").location == "/wx/choose?next=/learn/hours"
    text = phone.get("/wx/choose").get_data(as_text=True)
    assert person_row(house, 0).name in text and person_row(house, 1).name in text
    assert phone.me() is None
    answer = phone.post("/wx/choose", person=house.people[1].person_id, next="/learn/hours")
    assert (answer.status_code, answer.location) == (303, "/learn/hours")
    assert phone.me() == person_row(house, 1).name


def test_switching_ends_the_other_ones_sign_in_at_once(wang_at_home):
    house = wang_at_home
    phone = shared(house)
    phone.go(HOME)
    chosen(house, phone, 0)
    assert "另一位请让老师扫纸卡" in phone.http.get("/learn/card").text
    wang_token = phone.http.get_cookie("yl_session").value
    assert phone.http.post("/wx/switch", data={"csrf_token": phone.token_at("/account")}).status_code == 303
    assert phone.me() == person_row(house, 1).name
    held = {"Authorization": f"Bearer {wang_token}"}
    assert house.app.test_client().get("/api/v1/me", headers=held).status_code == 401


def test_a_sign_in_by_password_within_wechat_also_ends_the_other_ones(wang_at_home):
    house = wang_at_home
    phone, other = shared(house), house.browser()
    phone.go(HOME)
    chosen(house, phone, 0)
    run(lambda: people.let_in(db.session, house.people[1].person_id, client="wechat", now=house.now))
    assert phone.me() is None and other.me() is None


def test_a_stranger_is_never_chosen(wang_at_home):
    house = wang_at_home
    phone = shared(house)
    phone.go(HOME)
    assert chosen(house, phone, 2).status_code == 404 and phone.me() is None
    other = house.browser()
    other.go("openid-of-stranger")
    assert chosen(house, other, 0).status_code == 404 and other.me() is None


def test_who_has_a_wechat_alone_has_nobody_to_switch_to(wang_at_home):
    house = wang_at_home
    phone = house.browser()
    phone.go(HOME)
    answer = phone.http.post("/wx/switch", data={"csrf_token": phone.token_at("/account")})
    assert answer.status_code == 409 and phone.me() == person_row(house, 0).name


def test_a_slip_asks_to_share_and_is_used_up(wang_at_home):
    house = wang_at_home
    slip = run(
        lambda: people.issue_slips(db.session, [house.people[1].person_id], now=house.now, actor=admin(house))
    )[0].token
    phone = house.browser()
    phone.go(HOME, f"/b/{slip}")
    assert "夫妻共用" in phone.get(f"/b/{slip}").get_data(as_text=True)
    assert phone.post(f"/b/{slip}").status_code == 409
    assert phone.post(f"/b/{slip}/share", relation="nonsense").status_code == 422
    assert phone.post(f"/b/{slip}/share", relation="siblings").status_code == 200
    assert phone.post(f"/b/{slip}/share", relation="siblings").status_code == 404
    assert waiting(house).how == "slip"


def test_a_proof_is_of_one_wechat_and_holds_for_half_an_hour(wang_at_home):
    house = wang_at_home
    here, there = Visit(HOME, None, "", 0), Visit("openid-of-stranger", None, "", 0)
    proof = shares.proof(house.people[1].person_id, how="form", visit=here, appid=APP_ID, now=house.now)

    def ask(word, visit):
        run(lambda: people.ask_to_share(db.session, word, "couple", visit=visit, appid=APP_ID, now=house.now))

    for word, visit in ((proof, there), ("made up", here), (proof + "x", here), ("aesgcm:k:zz", here)):
        with pytest.raises(NotFound):
            ask(word, visit)
    house.wait(1800)
    with pytest.raises(NotFound):
        ask(proof, here)


@pytest.mark.parametrize(
    ("who", "refusal"), [("stranger", NotFound), ("second", Forbidden), ("first", Forbidden)]
)
def test_neither_a_stranger_nor_one_of_the_two_approves(wang_at_home, who, refusal):
    house = wang_at_home
    asked(house)
    one = waiting(house)
    from dataclasses import replace

    actor = (
        house.there.city.staff["admin_b"]
        if who == "stranger"
        else replace(admin(house), person_id=house.people[0 if who == "first" else 1].person_id)
    )
    with pytest.raises(refusal):
        run(lambda: people.decide_share(db.session, one.id, accept=True, now=house.now, actor=actor))


def test_a_refusal_needs_a_reason_and_leaves_the_first_alone(wang_at_home):
    house = wang_at_home
    asked(house)
    one = waiting(house)

    def refuse(reason):
        run(
            lambda: people.decide_share(
                db.session, one.id, accept=False, reason=reason, now=house.now, actor=admin(house)
            )
        )

    with pytest.raises(Problem, match="reason_missing"):
        refuse("")
    refuse("本人有自己的手机")
    with pytest.raises(Conflict):
        refuse("本人有自己的手机")
    assert wechat.persons_of(db.session, APP_ID, HOME) == [house.people[0].person_id]


def test_a_third_person_cannot_ask_while_two_share(wang_at_home):
    house = wang_at_home
    shared(house)
    with pytest.raises(Conflict, match="share_taken"):
        run(
            lambda: shares.file(
                db.session,
                house.people[2].person_id,
                "couple",
                how="form",
                visit=Visit(HOME, None, "", 0),
                appid=APP_ID,
                now=house.now,
            )
        )


def test_the_database_holds_no_second_person_without_an_approved_share(wang_at_home):
    house = wang_at_home
    asked(house)
    share_id = waiting(house).id

    def second(**more):
        row = WechatIdentity(
            appid=APP_ID,
            openid=HOME,
            openid_key="k",
            person_id=house.people[1].person_id,
            how="shared",
            slot=2,
            bound_ms=1,
            **more,
        )
        db.session.add(row)
        db.session.flush()

    for more in (
        {},
        {"share_id": share_id},
        {"share_id": share_id, "share_state": "waiting"},
        {"share_id": share_id, "share_state": "approved"},
    ):
        with pytest.raises(IntegrityError):
            run(lambda more=more: second(**more))
    found = waiting(house)
    run(lambda: people.decide_share(db.session, found.id, accept=True, now=house.now, actor=admin(house)))
    with pytest.raises(IntegrityError):
        run(
            lambda: db.session.execute(
                update(WechatShare).where(WechatShare.id == share_id).values(state="ended")
            )
        )


def test_the_end_of_a_share_parts_the_second_and_leaves_the_first(wang_at_home):
    house = wang_at_home
    phone = shared(house)
    phone.go(HOME)
    chosen(house, phone, 1)
    one = shares.shares(db.session, people_scope(house), state="approved")[0]
    run(
        lambda: people.end_share(
            db.session, one.id, reason="李芳买了自己的手机", now=house.now, actor=admin(house)
        )
    )
    assert wechat.persons_of(db.session, APP_ID, HOME) == [house.people[0].person_id]
    assert phone.me() is None
    house.bound(1, "openid-of-li-000002")


def test_parting_the_first_leaves_the_second_alone_with_the_phone(wang_at_home):
    house = wang_at_home
    shared(house)
    run(
        lambda: people.unbind_person(
            db.session, house.people[0].person_id, reason="换了自己的微信", now=house.now, actor=admin(house)
        )
    )
    assert wechat.persons_of(db.session, APP_ID, HOME) == [house.people[1].person_id]
    assert wechat.partner_of(db.session, house.people[1].person_id) is None
    assert [one.state for one in shares.shares_of(db.session, house.people[1].person_id)] == ["ended"]


def test_both_come_back_with_one_tap_after_they_unsubscribed(wang_at_home):
    house = wang_at_home
    phone = shared(house)
    run(lambda: people.unbind_openid(db.session, APP_ID, HOME, now=house.now))
    assert wechat.persons_of(db.session, APP_ID, HOME) == []
    house.wait(60)
    phone.go(HOME)
    assert "还是我们" in phone.get("/wx/bind").get_data(as_text=True)
    assert phone.post("/wx/bind/again").location == "/wx/choose?next="
    assert wechat.persons_of(db.session, APP_ID, HOME) == [one.person_id for one in house.people[:2]]
    assert wechat.partner_of(db.session, house.people[0].person_id) == house.people[1].person_id


def test_in_class_the_instructor_says_yes_and_then_the_base(wang_at_home):
    house = wang_at_home
    from tests.web.wechat_binding.test_class_code import claims, seat_no, state, tail, window

    teacher = staff(house, "teacher_a")
    code, phone = window(house, teacher), house.browser()
    phone.go(HOME, f"/k/{code}")
    assert "我是另一个人" in phone.get(f"/k/{code}").get_data(as_text=True)
    phone.post(f"/k/{code}", no=str(seat_no(house, 1)), tail=tail(house, 1))
    (one,) = claims(house, teacher)
    assert one["holder"] == person_row(house, 0).name
    answer = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert answer.json == {"state": "shared"} and state(phone, code) == "shared"
    assert waiting(house).how == "class"
    assert wechat.persons_of(db.session, APP_ID, HOME) == [house.people[0].person_id]
    assert signed_in(house, house.people[1]).get("/api/v1/me").status_code == 200
