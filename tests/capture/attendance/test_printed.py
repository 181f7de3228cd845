"""A printed card: signed, one per person, revoked at once, a weaker proof, and a flag when it is at two places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, SECOND, TEACHER, put
from yanglao.capture.attendance import codes, printed, queries
from yanglao.evidence import queries as evidence
from yanglao.flags.models import Flag
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.people.photo_models import PersonPhoto


def issue(world, class_id="A", enrolments=("eW",), **other):
    given = {"now": NINE, "actor": ADMIN} | other
    return run(lambda: printed.issue(db.session, class_id, enrolments, **given))


def scan(world, payload, now=NINE, *, session_id="S", direction="in", **ticks):
    draft = world.draft("card", payload, now, session_id=session_id, direction=direction, **ticks)
    return world.judge(draft, now, TEACHER)


def flags():
    return db.session.scalars(select(Flag)).all()


GRADES = [
    (False, {"photo_ticked": True}, "weak"),
    (False, {"photo_ticked": True, "id_checked": True}, "fair"),
    (False, {"id_checked": True}, "weak"),
    (True, {"photo_ticked": True}, "fair"),
    (True, {}, "weak"),
]


def test_a_card_is_fair_when_the_person_was_compared_and_weak_when_not(world):
    world.open()
    (card,) = issue(world)
    for at, (photo, ticks, grade) in enumerate(GRADES):
        if photo and not GRADES[at - 1][0]:
            row = PersonPhoto(person_id="wang", file_id="f", state="approved", taken_ms=0)
            run(lambda row=row: db.session.add(row))
        now = NINE + 20 * at * MINUTE
        answer = scan(world, card.payload, now, **ticks)
        assert (answer.outcome, answer.person.name) == ("accepted", "王秀英")
        entry = evidence.chain(db.session, "enrolment", "eW")[-1]
        presence = queries.presences_of_session(db.session, "S")[-1]
        assert (presence.method, presence.grade, entry.grade) == ("card", grade, grade)
        said = {name: entry.body[name] for name in ("printed", "photo_ticked", "id_checked", "photo_on_file")}
        none = {"photo_ticked": False, "id_checked": False}
        assert said == {"printed": True, "photo_on_file": photo} | none | ticks
        assert entry.body["card"] == card.number and card.payload not in str(entry.body)
        assert scan(world, card.payload, now + 10 * MINUTE, direction="out").outcome == "accepted"
    assert not flags()


def test_a_new_card_ends_the_old_one_at_once_and_the_new_one_serves_all_classes(world):
    world.open(), world.open("T")
    (old,) = issue(world)
    assert issue(world)[0] == old, "who has a card keeps it"
    (new,) = issue(world, "B", ("eWB",), anew=True, now=NINE + SECOND)
    refused = scan(world, old.payload, NINE + 2 * SECOND)
    assert (refused.outcome, refused.code) == ("refused", "code.card_revoked")
    assert queries.scan(db.session, refused.scan_uuid).person_id == "wang", "the refusal is kept"
    assert scan(world, new.payload, NINE + 3 * SECOND).outcome == "accepted"
    run(lambda: printed.revoke(db.session, "wang", reason="丢了", now=NINE, actor=ADMIN))
    assert scan(world, new.payload, NINE + MINUTE, direction="out").code == "code.card_revoked"
    assert not flags()


def test_what_nobody_signed_is_no_card(world):
    world.open()
    (card,) = issue(world)
    number, raw = card.number, codes.read_printed(card.payload)
    forged = [codes.printed_payload(number, "wang", lambda purpose, words: b"x" * 32)]
    forged += [codes.printed_payload(number, "li", lambda *_: raw.digest + b"\x01")[:-2] + "AA"]
    forged += [codes.printed_payload(number ^ 1, "wang", lambda *_: raw.digest)]
    assert {scan(world, payload).code for payload in forged} == {"code.forged"}
    assert scan(world, card.payload[:-1]).code == "code.malformed"


def test_a_barcode_gun_may_type_as_it_likes():
    def mac(purpose, words):
        return purpose.encode()[:4] * 8

    card, own = codes.printed_payload(7, "wang", mac), codes.card_payload(9, "li", 5, mac)
    for text, read in ((card, codes.read_printed), (own, codes.read_card)):
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in text)
        ime = text.lower().replace(".", "。")
        typed = [text, f"]Q3{text}\r\n", f"{text}\t", text.lower(), wide, ime + "\r", " ".join(text)]
        assert all(read(one) == read(text) and read(one) for one in typed)
        assert read(text[:-1]) is read(text + "A") is read("") is None
    assert codes.read_card(card) is codes.read_printed(own) is None


def test_one_card_at_two_places_is_one_presence_and_a_flag(world):
    world.open(), world.open("T")
    (card,) = issue(world)
    assert scan(world, card.payload).outcome == "accepted"
    there = scan(world, card.payload, NINE + MINUTE, session_id="T")
    assert (there.outcome, there.code) == ("refused", "attendance.elsewhere")
    scan(world, card.payload, NINE + 2 * MINUTE, session_id="T")
    (flag,) = flags()
    assert (flag.kind, flag.subject_kind, flag.subject_id) == ("card.two_places", "person", "wang")
    assert flag.facts["at_ms"] == to_ms(NINE + MINUTE)


def test_a_card_at_another_base_soon_after_is_asked_about(world):
    facts = {"name": "同德基地", "short_name": "同德", "division_code": "371302", "kind": "school"}
    run(lambda: put("base", {"id": "base2"} | facts))
    classes = db.metadata.tables["training_class"]
    run(lambda: db.session.execute(classes.update().where(classes.c.id == "B").values(base_id="base2")))
    world.open(), world.open("T")
    (card,) = issue(world)
    for after_s, session_id, flagged in [(0, "S", 0), (1800, "T", 0), (3599, "S", 1)]:
        now = NINE + after_s * SECOND
        scan(world, card.payload, now, session_id=session_id)
        scan(world, card.payload, now, session_id=session_id, direction="out")
        assert len(flags()) == flagged


def test_two_scans_and_two_printings_at_once_are_one(crowded):
    crowded.open(), crowded.open("T")

    def at_once(act, many):
        def once(given):
            with crowded.app.app_context():
                try:
                    return act(given)
                finally:
                    db.session.remove()

        db.session.rollback()
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(once, many))

    numbers = at_once(lambda _: issue(crowded)[0].number, range(6))
    assert len(set(numbers)) == 1
    payload = printed.of_persons(db.session, ["wang"])["wang"].payload
    said = at_once(lambda session_id: scan(crowded, payload, session_id=session_id).code, ["S", "T"] * 3)
    assert said.count(None) == 1 and said.count("attendance.elsewhere") == 3
    assert len(flags()) == 1


def test_only_the_own_base_issues_and_revokes(world):
    stranger = Actor("teacher", "x", (Grant("base_admin", base="base9"),))
    for act in (
        lambda: issue(world, actor=stranger),
        lambda: issue(world, actor=TEACHER),
        lambda: issue(world, "A", ("eZ",)),
        lambda: run(lambda: printed.revoke(db.session, "wang", reason="丢了", now=NINE, actor=stranger)),
        lambda: run(lambda: printed.revoke(db.session, "wang", reason="丢了", now=NINE, actor=ADMIN)),
    ):
        with pytest.raises(Problem):
            act()
    assert not printed.of_persons(db.session, ["wang", "zhao"])
