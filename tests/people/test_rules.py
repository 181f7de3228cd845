from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from yanglao.people.rules import (
    CheckedId,
    IdFault,
    age_on,
    check_id,
    clean_name,
    clean_phone,
    name_holds,
    password_fault,
    phone_holds,
)

TODAY = date(2026, 3, 8)
RIGHT = "11010519491231002X"
births = st.dates(min_value=date(TODAY.year - 120, 1, 1), max_value=TODAY)


def numbered(region: int, birth: date, serial: int) -> str:
    front = f"{region:06d}{birth:%Y%m%d}{serial:03d}"
    return front + ric.calc_check_digit(front + "0")


@given(st.integers(110000, 829999), births, st.integers(0, 999))
def test_every_number_with_its_check_digit_is_taken_whatever_its_prefix(region, birth, serial):
    found = check_id("resident", numbered(region, birth, serial), today=TODAY)
    assert isinstance(found, CheckedId)
    assert (found.birth_on, found.sex) == (birth, "male" if serial % 2 else "female")


@given(births, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(birth, serial, place, shift):
    number = numbered(371302, birth, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert isinstance(check_id("resident", wrong, today=TODAY), IdFault)


@given(births, st.integers(0, 999), st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_noticed(birth, serial, place):
    number = numbered(371302, birth, serial)
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert wrong == number or isinstance(check_id("resident", wrong, today=TODAY), IdFault)


@given(st.text(max_size=30), st.sampled_from(["resident", "hkmo", "taiwan", "passport", "other", "none"]))
def test_no_text_breaks_the_check(text, id_type):
    assert isinstance(check_id(id_type, text, today=TODAY), (CheckedId, IdFault))


@pytest.mark.parametrize(
    "written", [RIGHT.lower(), " 1101 0519 4912 3100 2x ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_number_is_taken_however_it_is_written(written):
    assert check_id("resident", written, today=TODAY) == CheckedId(
        "resident", RIGHT, date(1949, 12, 31), "female"
    )


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "id.missing"),
        ("3.71E+17", "id.spoilt_by_excel"),
        ("3.71302197503E+17", "id.spoilt_by_excel"),
        ("371302197503080000", "id.spoilt_by_excel"),
        ("110105491231002", "id.old_15_digits"),
        ("11010519491231002", "id.wrong_length"),
        ("1101051949123100200", "id.wrong_length"),
        ("1101051949123X0020", "id.wrong_characters"),
        ("110105194912310021", "id.wrong_check_digit"),
        ("110105194902300025", "id.wrong_birth_date"),
        (numbered(371302, TODAY + timedelta(days=1), 1), "id.wrong_birth_date"),
        (numbered(371302, date(1905, 12, 31), 1), "id.wrong_birth_date"),
    ],
)
def test_a_wrong_number_is_refused_by_name(number, code):
    assert check_id("resident", number, today=TODAY) == IdFault(code)


def test_a_child_born_today_has_a_number():
    assert isinstance(check_id("resident", numbered(371302, TODAY, 1), today=TODAY), CheckedId)


@pytest.mark.parametrize(
    ("id_type", "number", "fine"),
    [
        ("hkmo", "H12345678", True),
        ("hkmo", "12345678", False),
        ("taiwan", "12345678", True),
        ("taiwan", "1234567", False),
        ("passport", "e12345678", True),
        ("passport", "护照123", False),
        ("other", "军字(2019)-001", False),
        ("other", "A-2019(001)", True),
        ("driving", "A123456", False),
    ],
)
def test_other_documents_have_loose_rules(id_type, number, fine):
    assert isinstance(check_id(id_type, number, today=TODAY), CheckedId) is fine


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 3, 7), 50), (date(2026, 3, 8), 51), (date(2026, 3, 9), 51)]
)
def test_age_rises_on_the_birthday(day, age):
    assert age_on(date(1975, 3, 8), day) == age


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        (" 王 秀 英 ", "王秀英"),
        ("阿依・买提", "阿依·买提"),
        ("Maria  da Silva", "Maria da Silva"),
    ],
)
def test_a_name_is_read_as_people_mean_it(written, name):
    assert clean_name(written) == name
    assert name_holds(name)


@pytest.mark.parametrize("written", ["", "王", "合计", "张三1", "王@英", "王" * 41])
def test_what_cannot_be_a_name_is_refused(written):
    assert name_holds(clean_name(written)) is (written == "合计")


@pytest.mark.parametrize(
    ("written", "fine"),
    [
        ("138 0013-8000", True),
        ("+8613800138000", True),
        ("１３８００１３８０００", True),
        ("05397200927", False),
        ("12800138000", False),
    ],
)
def test_a_mobile_number_is_read_and_checked(written, fine):
    assert phone_holds(clean_phone(written)) is fine


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("1234567", "password.too_short"),
        ("12345678", "password.too_simple"),
        ("88888888", "password.too_simple"),
        ("87654321", "password.too_simple"),
        ("13800138000", "password.is_phone"),
        ("00138000", "password.is_phone"),
        ("x" * 129, "password.too_long"),
        ("20261975", None),
        ("养老服务培训二〇二六", None),
    ],
)
def test_a_password_that_others_guess_is_refused(password, code):
    assert password_fault(password, phone="13800138000") == code
