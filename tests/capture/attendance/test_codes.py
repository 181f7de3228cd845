import hashlib
import hmac

import pytest

from yanglao.capture.attendance import codes
from yanglao.capture.attendance.codes import Claim, Verdict

STEP_S = 15
START = codes.step_start_ms(100_000_000, STEP_S)
NUMBER = 1_234_567_890


def mac(purpose: str, message: bytes) -> bytes:
    return hmac.digest(b"key of the test", purpose.encode() + b"\0" + message, hashlib.sha256)


def other_mac(purpose: str, message: bytes) -> bytes:
    return hmac.digest(b"another key", purpose.encode() + b"\0" + message, hashlib.sha256)


def room_at(moment_ms, *, step=100_000_000, by=mac):
    code = codes.read_room(codes.room_payload(NUMBER, step, by))
    return codes.check_room(code, moment_ms, step_s=STEP_S, mac=mac)


@pytest.mark.parametrize(
    ("moment_ms", "verdict"),
    [
        (START, Verdict.GOOD),
        (START + 29_999, Verdict.GOOD),
        (START + 30_000, Verdict.EXPIRED),
        (START + 3_600_000, Verdict.EXPIRED),
        (START - 1, Verdict.FUTURE),
    ],
)
def test_a_room_code_is_good_in_its_step_and_the_next(moment_ms, verdict):
    assert room_at(moment_ms).verdict is verdict


def test_a_room_code_made_with_another_key_is_forged():
    assert room_at(START, by=other_mac).verdict is Verdict.FORGED


def test_a_room_code_has_sixteen_characters_and_names_its_session():
    payload = codes.room_payload(NUMBER, 5, mac)
    assert len(payload) == 16
    assert codes.read_room(payload).code_no == NUMBER


def test_a_room_address_is_read_with_the_parameters_wechat_adds():
    payload = codes.room_payload(NUMBER, 5, mac)
    url = codes.room_url("https://yl.cn/", payload)
    assert codes.read_room(url + "?from=singlemessage&isappinstalled=0") == codes.read_room(payload)


@pytest.mark.parametrize("text", ["", "hello", "https://yl.cn/verify/AAAAAAAAAAAAAAAA", "A" * 17, "养老" * 8])
def test_other_texts_are_no_room_code(text):
    assert codes.read_room(text) is None


@pytest.mark.parametrize(
    ("base", "good"),
    [("https://yl.example.gov.cn", False), ("https://yl.gov.cn.net", True), ("http://127.0.0.1:8000", True)],
)
def test_an_address_fits_within_forty_characters(base, good):
    assert codes.fits(base) is good


def test_a_personal_code_is_thirty_characters_and_reads_back():
    payload = codes.card_payload(7, "person", 59_000_000, mac)
    assert len(payload) == 30
    assert codes.read_card(payload.lower()).number == 7
    assert codes.read_card(payload).step == 59_000_000


@pytest.mark.parametrize(
    ("offset", "verdict"),
    [(0, Verdict.GOOD), (59_999, Verdict.GOOD), (60_000, Verdict.EXPIRED), (-1, Verdict.FUTURE)],
)
def test_a_personal_code_is_good_in_its_step_and_the_next(offset, verdict):
    code = codes.read_card(codes.card_payload(7, "person", 1000, mac))
    assert codes.check_card(code, "person", 30_000_000 + offset, step_s=30, mac=mac).verdict is verdict


def test_a_personal_code_does_not_work_for_another_person():
    code = codes.read_card(codes.card_payload(7, "王秀英", 1000, mac))
    assert codes.check_card(code, "李桂兰", 30_000_000, step_s=30, mac=mac).verdict is Verdict.FORGED


def test_a_stock_code_is_known_as_one():
    code = codes.read_card(codes.card_payload(7, "person", 1000, mac, stock=True))
    assert codes.check_card(code, "person", 30_000_000, step_s=30, mac=mac).stock is True


def test_a_spoken_code_is_forgiving_about_spaces_only():
    said = codes.spoken_code(NUMBER, 9, mac)
    assert codes.read_spoken(f" {said[:3]}-{said[3:]} ") == said
    assert codes.read_spoken(said + "2") is None
    assert codes.read_spoken("ABC0OI") is None


def test_a_spoken_code_is_good_in_its_step_and_the_next():
    said = codes.spoken_code(NUMBER, 9, mac)
    verdicts = [
        codes.check_spoken(said, NUMBER, 9 * 60_000 + late, step_s=60, mac=mac).verdict
        for late in (0, 119_999, 120_000)
    ]
    assert verdicts == [Verdict.GOOD, Verdict.GOOD, Verdict.EXPIRED]


def test_a_claim_reads_back_and_a_changed_one_does_not():
    claim = Claim(NUMBER, 5, START, START + 60_000, "p1", "nonce")
    sealed = codes.seal_claim(claim, mac)
    assert codes.open_claim(sealed, mac) == claim
    assert codes.open_claim(sealed[:-1] + ("A" if sealed[-1] != "A" else "B"), mac) is None
    assert codes.open_claim(sealed, other_mac) is None
