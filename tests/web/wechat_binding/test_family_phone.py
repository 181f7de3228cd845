"""The roster's phone number is whichever number stands there: the son's, or one number for a whole family."""

from __future__ import annotations

from sqlalchemy import update

from tests.web.wechat_binding.conftest import truth
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.kernel.db import db, run
from yanglao.people import wechat
from yanglao.people.models import Person

WANG, LI = "openid-of-wang-0001", "openid-of-li-000002"
SON = "13911112222"


def son_phone_stands_for(house, *numbers):
    """Write the son's number into the roster of some trainees."""
    ids = [house.people[number].person_id for number in numbers]
    run(lambda: db.session.execute(update(Person).where(Person.id.in_(ids)).values(phone=SON)))
    db.session.remove()


def test_the_page_says_whose_number_is_wanted(house):
    phone = house.browser()
    phone.go(WANG)
    text = phone.get("/wx/bind").get_data(as_text=True)
    assert "花名册上登记的电话" in text and "可能是家里人的" in text


def test_the_number_of_the_son_binds_the_mother(house):
    son_phone_stands_for(house, 0)
    phone = house.browser()
    phone.go(WANG)
    assert phone.post("/wx/bind", **truth(house, 0)).status_code == 303
    assert wechat.person_of(db.session, APP_ID, WANG) == house.people[0].person_id


def test_one_number_for_two_of_a_family_binds_each_to_their_own_wechat(house):
    son_phone_stands_for(house, 0, 1)
    for number, openid in ((0, WANG), (1, LI)):
        phone = house.browser()
        phone.go(openid)
        assert phone.post("/wx/bind", **truth(house, number)).status_code == 303
        assert phone.me() == truth(house, number)["name"]
        assert wechat.person_of(db.session, APP_ID, openid) == house.people[number].person_id


def test_anothers_number_of_the_family_is_still_not_enough_without_the_right_end(house):
    son_phone_stands_for(house, 0, 1)
    phone = house.browser()
    phone.go(WANG)
    mixed = truth(house, 0) | {"id_end": truth(house, 1)["id_end"]}
    assert phone.post("/wx/bind", **mixed).status_code == 422 and phone.me() is None
