import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.capture.attendance.conftest import MINUTE, NINE, put
from yanglao.capture.attendance import endings, live_checks, queries
from yanglao.capture.attendance.live_questions import spread
from yanglao.capture.attendance.models import Presence
from yanglao.completion import refresh
from yanglao.completion.lines import evidence_lines
from yanglao.courses.shapes import LessonView, QuestionView
from yanglao.evidence.ledger import Entry, append
from yanglao.flags.models import Flag
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

TEN = NINE + 60 * MINUTE


def lessons_and_bank():
    segment = {"id": "on", "programme_id": "prog", "key": "on", "position": 2, "title": "理论"}
    put(
        "programme_segment",
        segment
        | {"mode": "online", "kind": "theory", "required_s": 60, "assessment": "none", "bank_key": "bank"},
    )
    put(
        "topic",
        *(
            {"code": code, "name": code, "rank": n, "mandatory": False}
            for n, code in enumerate(("turning", "feeding"))
        ),
    )
    media = {
        "media_name": "a",
        "media_digest": "x",
        "bytes": 1,
        "kind": "video",
        "segment_id": "on",
        "duration_s": 100,
    }
    put(
        "lesson",
        *(
            media | {"id": one, "key": one, "position": n, "title": one, "topic_code": one}
            for n, one in enumerate(("turning", "feeding"))
        ),
    )
    for n in range(6):
        topic = "turning" if n < 4 else "feeding"
        row = {
            "id": f"q{n}",
            "bank_key": "bank",
            "key": f"q{n}",
            "version": 1,
            "kind": "single",
            "text": f"题{n}",
        }
        put(
            "question",
            row
            | {
                "explanation": "",
                "topic_code": topic,
                "content_digest": "x",
                "created_ms": 0,
                "numerals": False,
                "marks": 1,
            },
        )
        put(
            "question_option",
            *(
                {"id": f"q{n}{c}", "question_id": f"q{n}", "position": p, "text": c, "correct": c == "a"}
                for p, c in enumerate("ab")
            ),
        )


def watch(own, person, lesson, seconds):
    pieces = [[to_ms(NINE) - 86_400_000, 0, seconds]]
    entry = Entry(
        ("enrolment", own), "viewing.span", {"lesson": lesson, "pieces": pieces}, 0, person, own, "on"
    )
    append(db.session, entry, now=NINE, actor=SYSTEM)


@pytest.fixture
def asked(site):
    """Give a session in which 王秀英 watched one lesson by half, and 李桂兰 a little less of the other."""
    with site.app.app_context():
        run(lessons_and_bank)
        run(lambda: (watch("eW", "wang", "turning", 50), watch("eL", "li", "feeding", 49)))
    site.ask("teacher", "POST", "sessions/S/open", {})
    code = site.ask("teacher", "GET", "sessions/S/code").json["payload"]
    for one in ("wang", "li"):
        site.scan(one, "room", code)
    site.at(TEN)
    return site


def begin(site, who="teacher"):
    return site.ask(who, "POST", "sessions/S/live-checks", {"people": 5})


def state(site, now):
    with site.app.app_context():
        run(lambda: refresh.refresh(db.session, "wang", now=now))
        assert refresh.check(db.session) == []
        presence = db.session.query(Presence).filter_by(enrolment_id="eW").one()
        proof = endings.last_proof(db.session, presence)
        said = [one.sentence for one in evidence_lines(db.session, "eW")]
        flags = [(one.kind, one.subject_id, one.facts["right"]) for one in db.session.query(Flag)]
        return proof, said, flags


def test_who_watched_is_asked_about_it_and_the_instructor_notes_what_he_hears(asked):
    site = asked
    assert [begin(site, one).status_code for one in ("wang", "zhao")] == [403, 403]
    (check,) = begin(site).json["items"]
    assert (check["name"], {one["lesson_title"] for one in check["questions"]}) == ("王秀英", {"turning"})
    assert len({one["text"] for one in check["questions"]}) == 3
    assert begin(site).json["code"] == "live_check.nobody"
    marks = f"live-checks/{check['id']}/marks"
    site.at(TEN + MINUTE)
    assert site.ask("wang", "POST", marks, {"number": 1, "verdict": "right"}).status_code == 403
    for number, verdict in enumerate(("right", "wrong", "none"), 1):
        told = site.ask("teacher", "POST", marks, {"number": number, "verdict": verdict})
    assert told.json["settled_at"]
    assert (
        site.ask("teacher", "POST", marks, {"number": 1, "verdict": "wrong"}).json["code"]
        == "live_check.answered"
    )
    proof, said, flags = state(site, TEN + MINUTE)
    assert (proof.at_ms, proof.method, proof.grade) == (to_ms(TEN + MINUTE), "check", "weak")
    assert any("抽问《turning》：答对（老师当面记）" in one for one in said)
    assert flags == [("attendance.check_poor", "eW", 1)]
    site.ask("teacher", "POST", "sessions/S/close", {})
    with site.app.app_context():
        ends = {one.enrolment_id: one.out_ms for one in queries.presences_of_session(db.session, "S")}
    assert ends == {"eW": to_ms(TEN + MINUTE), "eL": to_ms(NINE)}


def test_on_the_own_phone_the_answers_need_the_code_that_is_read_out_and_come_without_the_key(asked):
    site = asked
    (check,) = begin(site).json["items"]
    (mine,) = site.ask("wang", "GET", "me/live-checks").json["items"]
    assert "correct" not in str(mine) and site.ask("li", "GET", "me/live-checks").json["items"] == []
    assert [one["asked"] for one in site.ask("wang", "GET", "me/attendance").json["items"]] == [True, False]
    page = site.page("wang", "/learn/asked/").text
    assert "老师念的六位口令" in page and mine["questions"][0]["text"] in page
    path = f"live-checks/{check['id']}/answers"
    key = {one["number"]: [o["id"] for o in one["options"] if o["correct"]] for one in check["questions"]}
    assert site.ask("li", "POST", path, {"number": 1, "answer": key[1]}).status_code == 404
    assert (
        site.ask("wang", "POST", path, {"number": 1, "answer": key[1], "spoken": "123456"}).json["code"]
        == "live_check.spoken_wrong"
    )
    spoken = site.ask("teacher", "GET", "sessions/S/code").json["spoken"]
    assert (
        site.ask("wang", "POST", path, {"number": 1, "answer": [], "spoken": spoken}).json["code"]
        == "live_check.answer_missing"
    )
    for number in (1, 2):
        assert site.ask("wang", "POST", path, {"number": number, "answer": key[number]}).status_code == 200
    site.at(TEN + 11 * MINUTE)
    assert site.ask("wang", "POST", path, {"number": 3, "answer": key[3]}).json["code"] == "live_check.over"
    with site.app.app_context():
        assert [run(lambda: live_checks.sweep(db.session, now=site.moment)) for _ in range(2)] == [1, 0]
    proof, said, flags = state(site, site.moment)
    assert (proof.at_ms, proof.grade, flags) == (to_ms(TEN), "fair", [])
    assert "答对 2 题，答错 0 题，没答 1 题" in said[-1]


def question(key):
    return QuestionView(key, "b", key, 1, "single", key, "", None, ())


@given(
    st.lists(st.sets(st.sampled_from("abcdef"), max_size=6), max_size=3),
    st.integers(0, 5),
    st.text(max_size=3),
)
def test_questions_are_different_go_round_the_lessons_and_a_seed_gives_them_again(on, count, seed):
    lesson = ("seg", "k", 1, "video", "t", 10, "m", "d", 1, None, None, None, None)
    piles = {
        LessonView(f"l{n}", *lesson): [question(key) for key in sorted(keys)] for n, keys in enumerate(on)
    }
    found = spread(piles, count, seed)
    keys = [one.question.key for one in found]
    assert keys == [one.question.key for one in spread(piles, count, seed)]
    assert len(set(keys)) == len(keys) == min(count, len(set().union(*on)) if on else 0)
    assert all(one.question in piles[one.lesson] for one in found)
