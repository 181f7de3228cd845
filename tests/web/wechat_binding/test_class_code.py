"""The class's code: Li taps her masked name, types four, and the instructor says yes; nobody else can."""

from __future__ import annotations

import pytest

from tests.web.wechat_binding.conftest import person_row, signed_in, staff
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.classes import queries as classes
from yanglao.classes.models import Enrolment
from yanglao.kernel.db import db, run
from yanglao.messages.models import Message
from yanglao.people import wechat as bindings
from yanglao.people.share_models import WechatClaim

WANG, LI, STRANGER = "openid-of-wang-0001", "openid-of-li-000002", "openid-of-stranger"


def window(house, teacher):
    """Open the class's window and return its code."""
    answer = teacher.post(f"/api/v1/classes/{house.there.class_id}/binding-window")
    assert answer.status_code == 200, answer.text
    return answer.json["url"].rsplit("/", 1)[1]


def claims(house, teacher):
    return teacher.get(f"/api/v1/classes/{house.there.class_id}/binding-window").json["claims"]


def seat_no(house, number):
    found = classes.enrolment_in(db.session, house.there.class_id, house.people[number].person_id)
    return found.roster_no


def tail(house, number):
    return person_row(house, number).id_tail4


def claimed(house, code, number, openid):
    """Let a WeChat user claim a seat with the right four; return their phone."""
    phone = house.browser()
    phone.go(openid, f"/k/{code}")
    answer = phone.post(f"/k/{code}", no=str(seat_no(house, number)), tail=tail(house, number))
    assert answer.status_code == 200 and "请等老师确认" in answer.get_data(as_text=True)
    return phone


def state(phone, code):
    return phone.get(f"/api/v1/class-codes/{code}/claim").json["state"]


def test_a_name_four_digits_and_a_yes_bind_and_sign_in(house):
    teacher = staff(house, "teacher_a")
    code, phone = window(house, teacher), house.browser()
    assert phone.go(LI, f"/k/{code}").location == f"/k/{code}"
    text = phone.get(f"/k/{code}").get_data(as_text=True)
    assert person_row(house, 1).name not in text and "请点您自己的名字" in text
    claimed(house, code, 1, LI)
    assert phone.me() is None and state(phone, code) == "waiting"
    (one,) = claims(house, teacher)
    assert one["name"] == person_row(house, 1).name and one["state"] == "waiting"
    answer = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert answer.json == {"state": "confirmed"}
    assert state(phone, code) == "confirmed"
    entered = phone.post(f"/k/{code}/enter")
    assert (entered.status_code, entered.location) == (303, "/wx/welcome")
    assert phone.me() == person_row(house, 1).name
    assert bindings.binding_of(db.session, house.people[1].person_id).how == "class"


def test_the_address_of_the_code_is_short_and_opens_nothing_outside_of_wechat(house):
    code = window(house, staff(house, "teacher_a"))
    assert len(f"/k/{code}") <= 19
    assert house.browser().get(f"/k/{code}").location == f"/wx/oauth/start?next=/k/{code}"


def test_a_no_binds_nobody_and_lets_tap_again(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    phone = claimed(house, code, 1, STRANGER)
    (one,) = claims(house, teacher)
    teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": False})
    assert state(phone, code) == "refused" and phone.me() is None
    assert "重新点名字" in phone.get(f"/k/{code}").get_data(as_text=True)
    again = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert (again.status_code, again.json["code"]) == (409, "binding.decided")
    assert "请点您自己的名字" in phone.get(f"/k/{code}?again=1").get_data(as_text=True)


def test_of_two_who_claim_one_name_the_first_confirmed_wins(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    wrong = claimed(house, code, 1, STRANGER)
    house.wait(1)
    right = claimed(house, code, 1, LI)
    both = claims(house, teacher)
    assert [one["rivals"] for one in both] == [1, 1]
    teacher.post(f"/api/v1/binding-claims/{both[0]['id']}/decision", {"accept": True})
    assert (state(right, code), state(wrong, code)) == ("confirmed", "lost")
    late = teacher.post(f"/api/v1/binding-claims/{both[1]['id']}/decision", {"accept": True})
    assert late.status_code == 409
    assert bindings.person_of(db.session, APP_ID, LI) == house.people[1].person_id
    assert bindings.person_of(db.session, APP_ID, STRANGER) is None


def test_confirming_twice_is_confirming_once(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    claimed(house, code, 1, LI)
    (one,) = claims(house, teacher)
    path = f"/api/v1/binding-claims/{one['id']}/decision"
    assert [teacher.post(path, {"accept": True}).json for _ in range(2)] == [{"state": "confirmed"}] * 2


def test_wrong_fours_are_counted_for_the_wechat_and_for_the_name_and_shown_to_the_instructor(house):
    teacher = staff(house, "teacher_a")
    code, phone = window(house, teacher), house.browser()
    phone.go(LI, f"/k/{code}")
    no = str(seat_no(house, 1))
    answer = phone.post(f"/k/{code}", no=no, tail="0000")
    assert answer.status_code == 422 and "还可以试 4 次" in answer.get_data(as_text=True)
    assert "0000" not in answer.get_data(as_text=True)
    phone.post(f"/k/{code}", no=no, tail=tail(house, 1))
    assert claims(house, teacher)[0]["wrong_tries"] == 1
    for _ in range(4):
        phone.post(f"/k/{code}", no=no, tail="0000")
    locked = phone.post(f"/k/{code}", no=no, tail=tail(house, 1))
    assert locked.status_code == 429 and int(locked.headers["Retry-After"]) == 900
    other = house.browser()
    other.go(STRANGER, f"/k/{code}")
    assert other.post(f"/k/{code}", no=no, tail=tail(house, 1)).status_code == 429
    assert other.post(f"/k/{code}", no=str(seat_no(house, 2)), tail=tail(house, 2)).status_code == 200


@pytest.mark.parametrize(
    ("how", "status"), [("closed", 404), ("ran out", 404), ("prolonged", 200), ("open", 200)]
)
def test_a_window_takes_claims_while_it_is_open(house, how, status):
    teacher = staff(house, "teacher_a")
    code, phone = window(house, teacher), house.browser()
    phone.go(LI, f"/k/{code}")
    path = f"/api/v1/classes/{house.there.class_id}/binding-window"
    if how == "closed":
        assert teacher.post(f"{path}/close").json["state"] == "closed"
    if how == "prolonged":
        house.wait(600)
        assert teacher.post(path).json["left_s"] == 1200
    house.wait({"ran out": 1200, "prolonged": 1199}.get(how, 1199))
    assert phone.get(f"/k/{code}").status_code == status
    assert phone.post(f"/k/{code}", no=str(seat_no(house, 1)), tail=tail(house, 1)).status_code == status


def test_a_window_is_not_prolonged_for_ever(house):
    teacher = staff(house, "teacher_a")
    first = window(house, teacher)
    for _ in range(6):
        house.wait(1199)
        last = teacher.post(f"/api/v1/classes/{house.there.class_id}/binding-window").json
    assert last["left_s"] == 7200 - 6 * 1199 and last["url"].endswith(first)


def test_what_waits_when_the_window_is_closed_is_over_and_its_openid_erased(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    phone = claimed(house, code, 1, LI)
    (one,) = claims(house, teacher)
    teacher.post(f"/api/v1/classes/{house.there.class_id}/binding-window/close")
    assert state(phone, code) == "ended"
    answer = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert answer.status_code == 409 and bindings.person_of(db.session, APP_ID, LI) is None
    assert {row.openid for row in db.session.query(WechatClaim)} == {None}


def test_who_left_the_class_meanwhile_is_not_bound(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    claimed(house, code, 1, LI)
    (one,) = claims(house, teacher)
    run(
        lambda: setattr(db.session.get(Enrolment, house.there.trainees[1].enrolment_id), "state", "withdrawn")
    )
    answer = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert (answer.status_code, answer.json["code"]) == (409, "binding.left_class")


def test_who_is_bound_meanwhile_by_a_slip_is_not_bound_again(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    claimed(house, code, 1, STRANGER)
    house.bound(1, LI)
    (one,) = claims(house, teacher)
    answer = teacher.post(f"/api/v1/binding-claims/{one['id']}/decision", {"accept": True})
    assert (answer.status_code, answer.json["code"]) == (409, "binding.taken")
    text = house.browser()
    text.go("openid-of-somebody", f"/k/{code}")
    assert text.post(f"/k/{code}", no=str(seat_no(house, 1)), tail=tail(house, 1)).status_code == 409


@pytest.mark.parametrize(
    ("who", "status"),
    [("teacher_a", 200), ("admin_a", 200), ("admin_b", 404), ("teacher_b", 404), ("trainee", 403)],
)
def test_the_instructor_of_the_class_and_its_base_open_the_window_and_nobody_else(house, who, status):
    caller = signed_in(house, house.people[0]) if who == "trainee" else staff(house, who)
    path = f"/api/v1/classes/{house.there.class_id}/binding-window"
    assert caller.post(path).status_code == status
    assert caller.get(path).status_code == status
    assert caller.page(f"/teach/classes/{house.there.class_id}/binding").status_code == status
    assert caller.post(f"{path}/close").status_code == status


def test_a_stranger_cannot_confirm_a_claim(house):
    code = window(house, staff(house, "teacher_a"))
    claimed(house, code, 1, LI)
    (one,) = claims(house, staff(house, "teacher_a"))
    path = f"/api/v1/binding-claims/{one['id']}/decision"
    assert staff(house, "admin_b").post(path, {"accept": True}).status_code == 404
    assert signed_in(house, house.people[1]).post(path, {"accept": True}).status_code == 403
    assert staff(house, "teacher_a").post(path, {"accept": "yes"}).status_code == 422


@pytest.mark.parametrize("path", ["/k/nothing-of-ours", "/k/" + "a" * 16])
def test_a_code_that_nobody_made_is_refused_in_plain_words(house, path):
    phone = house.browser()
    phone.go(LI)
    answer = phone.get(path)
    assert answer.status_code == 404 and "绑定时间过了" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "fields",
    [{"no": "0", "tail": "1234"}, {"no": "x", "tail": "1234"}, {"tail": "1234"}, {"no": "9999", "tail": "1"}],
)
def test_a_claim_that_makes_no_sense_is_refused(house, fields):
    code, phone = window(house, staff(house, "teacher_a")), house.browser()
    phone.go(LI, f"/k/{code}")
    assert phone.post(f"/k/{code}", **fields).status_code in (404, 422)


def test_who_opened_the_window_is_told_once_however_many_come(house):
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    claimed(house, code, 1, LI)
    claimed(house, code, 2, STRANGER)
    opener = house.there.city.staff["teacher_a"].person_id
    told = db.session.query(Message).filter_by(person_id=opener, kind="binding_requested").all()
    assert len(told) == 1
    assert told[0].facts["name"] == person_row(house, 1).name
