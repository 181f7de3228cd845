"""From all that an instructor's phone is ever given, and the published recipe, nobody makes a code that counts."""

from __future__ import annotations

import hmac
import json
import re
from datetime import timedelta
from hashlib import sha256

from tests.capture.attendance.conftest import NINE
from yanglao.capture.attendance import codes
from yanglao.kernel.clock import to_ms
from yanglao.outside import ciphers

SECOND = timedelta(seconds=1)


def given(site):
    """Return what the phone holds after half an hour of work: every answer it got, and every code it saw."""
    told, seen = [], []
    for minutes in range(0, 30, 5):
        site.at(NINE + timedelta(minutes=minutes))
        paths = ("sessions", "sessions/S/people", "sessions/S/code", "me")
        answers = [site.ask("teacher", "GET", path).json for path in paths]
        told += answers
        seen += [answers[2]["payload"], site.ask("wang", "GET", "me/card").json["payload"]]
        told.append(site.scan("teacher", "card", seen[-1], "out" if minutes % 2 else "in", session_id="S"))
    return told, seen


def words_in(told):
    return sorted(set(re.findall(r"[\w.:-]{1,80}", json.dumps(told, ensure_ascii=False))))


def macs(words):
    """Yield every keyed digest one could make with these words as keys, as the house derives its own and plainly."""
    for word in (*words, "", "yanglao", "t" * 40):
        for key in (word.encode(), sha256(word.encode()).digest()):
            yield lambda purpose, message, key=key: hmac.digest(key, message, sha256)
            yield lambda purpose, message, key=key: hmac.digest(
                hmac.digest(key, purpose.encode(), sha256), message, sha256
            )


def test_what_an_instructors_phone_holds_makes_no_code(site):
    assert site.ask("teacher", "POST", "sessions/S/open").status_code == 200
    told, seen = given(site)
    site.at(NINE + timedelta(minutes=31))
    with site.app.app_context():
        true = ciphers.ciphers().mac
    numbers = {seat["person_id"]: seat["card"] for seat in told[1]["people"]}
    victim, number = "li", numbers["li"]
    at_ms = to_ms(site.moment)
    room_step, card_step = codes.step_of(at_ms, 15), codes.step_of(at_ms, 30)
    code_no = codes.read_room(seen[0]).code_no
    good = {
        codes.room_payload(code_no, room_step + 1, true), codes.card_payload(number, victim, card_step, true),
        codes.card_payload(number, victim, card_step, true, stock=True), codes.printed_payload(number, victim, true),
        codes.spoken_code(code_no, codes.step_of(at_ms, 60) + 1, true),
    }  # fmt: skip
    words = words_in(told) + seen
    assert not good & set(words)
    made = 0
    for mac in macs(words):
        made += 1
        assert codes.room_payload(code_no, room_step + 1, mac) not in good
        assert codes.card_payload(number, victim, card_step, mac) not in good
        assert codes.printed_payload(number, victim, mac) not in good
    assert made > 400
    mine = codes.read_card(seen[-1])
    digests = {codes.read_card(one).digest for one in seen[1::2]}
    tries = [codes.CardCode(number, step, one) for one in digests for step in (card_step, mine.step)]
    bent = [seen[1][:-1] + ("A" if seen[1][-1] != "A" else "Q"), seen[-1][:20], "YLP." + seen[-1][4:]]
    for attempt in [*map(packed, tries), *bent]:
        answer = site.scan("teacher", "card", attempt, session_id="S")
        assert (answer["outcome"], answer["code"] in ("code.forged", "code.malformed")) == ("refused", True)
    last_room = codes.read_room(seen[-2])
    assert site.scan("li", "room", seen[-2])["code"] == "code.expired"
    shifted = codes.room_payload(code_no + 1, room_step, lambda *_: last_room.digest)
    assert site.scan("li", "room", shifted)["code"] == "code.forged"
    people = site.ask("teacher", "GET", "sessions/S/people").json["people"]
    assert [seat["person_id"] for seat in people if seat["in_at"]] == ["wang"]


def packed(code):
    """Return a personal code with a digest taken from another one."""
    return codes.card_payload(code.number, "", code.step, lambda *_: code.digest)
