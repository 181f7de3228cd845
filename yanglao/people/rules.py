"""Check names, ID numbers, phones and passwords. Pure: no database, no clock."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from stdnum.cn import ric

ID_TYPES = {
    "resident": "居民身份证",
    "hkmo": "港澳居民来往内地通行证",
    "taiwan": "台湾居民来往大陆通行证",
    "passport": "护照",
    "other": "其他证件",
}
OLDEST_YEARS = 120
LONGEST_NAME = 40
PASSWORD_SHORTEST = 8
PASSWORD_LONGEST = 128
PRIVACY_VERSION = "v3"

_LOOSE = {
    "hkmo": re.compile(r"[HMC]\d{8}(\d{2})?"),
    "taiwan": re.compile(r"\d{8}(\d{2})?"),
    "passport": re.compile(r"[A-Z0-9]{5,17}"),
    "other": re.compile(r"[A-Z0-9()/-]{4,30}"),
}
_PHONE = re.compile(r"1[3-9]\d{9}")
_NAME = re.compile(r"[^\W\d_]+(?:[ ·.'’-]?[^\W\d_]+)*\.?")
_DOTS = str.maketrans(dict.fromkeys("・•‧∙．", "·"))


@dataclass(frozen=True)
class CheckedId:
    """An ID number in its one written form; birth and sex are None where the type does not tell them."""

    id_type: str
    number: str
    birth_on: date | None = None
    sex: str | None = None


@dataclass(frozen=True)
class IdFault:
    """Why an ID number cannot be right: a code with words in ``wording/people.toml``."""

    code: str


def clean_id(number: str) -> str:
    """Return an ID number in its one written form: half-width, no blanks, capital letters."""
    return re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", number)).upper()


def check_id(id_type: str, number: str, *, today: date) -> CheckedId | IdFault:
    """Return the checked number, or what is wrong with it; never demands a prefix of this city."""
    if id_type not in ID_TYPES:
        return IdFault("id.unknown_type")
    text = clean_id(number)
    if not text:
        return IdFault("id.missing")
    if id_type == "resident":
        return _check_resident(text, today)
    return CheckedId(id_type, text) if _LOOSE[id_type].fullmatch(text) else IdFault("id.wrong_form")


def _check_resident(text: str, today: date) -> CheckedId | IdFault:
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text):
        return IdFault("id.spoilt_by_excel")
    if len(text) == 15 and text.isascii() and text.isdigit():
        return IdFault("id.old_15_digits")
    if len(text) != 18:
        return IdFault("id.wrong_length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return IdFault("id.wrong_characters")
    birth_on = _date(text[6:14])
    if birth_on is None or birth_on > today or birth_on.year < today.year - OLDEST_YEARS:
        return IdFault("id.wrong_birth_date")
    if ric.calc_check_digit(text) != text[17]:
        return IdFault("id.spoilt_by_excel" if text.endswith("000") else "id.wrong_check_digit")
    return CheckedId("resident", text, birth_on, "male" if int(text[16]) % 2 else "female")


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def age_on(birth_on: date, day: date) -> int:
    """Return full years of age on ``day``; a birthday on 29 February counts from 1 March in other years."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def clean_name(name: str) -> str:
    """Return a name without blanks inside Chinese text (张　三 -> 张三), with one kind of middle dot."""
    text = unicodedata.normalize("NFKC", name).translate(_DOTS).strip()
    text = re.sub(r"[\u200b\ufeff]", "", re.sub(r"\s+", " ", text))
    return text if re.search(r"[A-Za-z]", text) else text.replace(" ", "")


def name_holds(name: str) -> bool:
    """Tell whether a cleaned name can be a person's: letters of any script, joined by blank, dot, hyphen."""
    return 2 <= len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def clean_phone(phone: str) -> str:
    """Return a phone number as digits: half-width, without blanks, dashes and a leading +86."""
    text = re.sub(r"[\s\u200b\ufeff()-]", "", unicodedata.normalize("NFKC", phone))
    return re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", text)


def phone_holds(phone: str) -> bool:
    """Tell whether a cleaned phone number is a mobile number of the mainland."""
    return _PHONE.fullmatch(phone) is not None


def password_fault(password: str, *, phone: str) -> str | None:
    """Return the code of what is wrong with a chosen password, or None."""
    if len(password) < PASSWORD_SHORTEST:
        return "password.too_short"
    if len(password) > PASSWORD_LONGEST:
        return "password.too_long"
    if phone and (password in phone or phone in password):
        return "password.is_phone"
    if len(set(password)) < 4 or _is_run(password):
        return "password.too_simple"
    return None


def _is_run(password: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return steps in ({1}, {-1}, {0})
