from datetime import timedelta

import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, SECOND, TEACHER, trainee
from yanglao.capture.attendance import codes, queries
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers

NOON = NINE + 180 * MINUTE


def kinds(world, chain_id="eW"):
    return [entry.kind for entry in world.chain(chain_id=chain_id)]


def test_room_codes_in_and_out_make_one_paired_presence(world):
    world.open()
    assert world.sign("wang", NINE).outcome == "accepted"
    assert world.sign("wang", NOON, "out").outcome == "accepted"
    (held,) = queries.presences_of_enrolment(db.session, "eW")
    assert (held.in_ms, held.out_ms, held.grade) == (to_ms(NINE), to_ms(NOON), "good")
    entry_in, entry_out = world.chain()
    assert (entry_out.body["in_entry"], entry_out.body["direction"]) == (entry_in.position, "out")
    assert entry_in.body["planned"] == [to_ms(NINE), to_ms(NOON)]


def test_the_instructor_scans_a_personal_code(world):
    world.open()
    answer = world.scan("wang", NINE)
    assert (answer.outcome, answer.person.name) == ("accepted", "王秀英")
    assert queries.presences_of_session(db.session, "S")[0].grade == "strong"


def test_a_code_from_the_stock_is_a_weaker_proof(world):
    world.open()
    stock = world.card("wang", NINE).stock[2]
    then = NINE + 100 * SECOND
    assert (
        world.judge(world.draft("card", stock.payload, then, session_id="S"), then, TEACHER).outcome
        == "accepted"
    )
    assert queries.presences_of_session(db.session, "S")[0].grade == "fair"


def test_a_replay_gets_the_first_answer_even_a_week_later(world):
    world.open()
    draft = world.draft("room", world.room(NINE), NINE)
    first = world.judge(draft, NINE, trainee("wang"))
    assert world.judge(draft, NINE + timedelta(days=7), trainee("wang")) == first
    assert len(world.chain()) == 1


def test_a_scan_uuid_with_other_content_is_refused(world):
    world.open()
    draft = world.draft("room", world.room(NINE), NINE)
    world.judge(draft, NINE, trainee("wang"))
    assert world.judge(draft, NINE, trainee("li")).code == "scan.uuid_reused"


def test_a_second_in_is_refused_and_the_refusal_is_kept(world):
    world.open()
    world.sign("wang", NINE)
    again = world.sign("wang", NINE + MINUTE)
    assert (again.outcome, again.code, again.facts) == (
        "refused",
        "attendance.already_in",
        {"in_ms": to_ms(NINE)},
    )
    assert kinds(world) == ["attendance.in", "attendance.refused"]


def test_an_expired_room_code_is_refused_by_the_moment_it_arrives(world):
    world.open()
    draft = world.draft("room", world.room(NINE), NINE)
    assert world.judge(draft, NINE + 30 * SECOND, trainee("wang")).code == "code.expired"
    assert kinds(world) == ["attendance.refused"]


def test_a_forged_room_code_of_a_real_session_is_kept_and_garbage_is_only_counted(world):
    meeting = world.open()
    forged = codes.room_payload(meeting.code_no, 1, lambda purpose, message: b"12345678")
    assert world.judge(world.draft("room", forged, NINE), NINE, trainee("wang")).code == "code.forged"
    assert world.judge(world.draft("room", "hello", NINE), NINE, trainee("wang")).code == "code.malformed"
    assert len(queries.scans_of_session(db.session, "S")) == 1


def test_a_trainee_of_another_class_is_refused_on_the_chain_of_the_session(world):
    world.open()
    answer = world.scan("zhao", NINE)
    assert (answer.code, answer.person.name) == ("attendance.other_class", "赵*")
    assert [entry.kind for entry in world.chain("session", "S")] == ["session.opened", "attendance.refused"]


def test_a_card_with_a_changed_digest_is_forged(world):
    world.open()
    payload = world.card("wang", NINE).now.payload
    changed = payload[:-1] + ("A" if payload[-1] != "A" else "Q")
    changed = payload[:20] + ("B" if payload[20] != "B" else "C") + payload[21:]
    assert (
        world.judge(world.draft("card", changed, NINE, session_id="S"), NINE, TEACHER).code == "code.forged"
    )


def test_only_those_who_teach_it_scan_others_in(world):
    world.open()
    payload = world.card("wang", NINE).now.payload
    draft = world.draft("card", payload, NINE, session_id="S")
    assert world.judge(draft, NINE, trainee("li")).code == "scan.not_your_session"
    assert world.scan("wang", NINE, actor=ADMIN).outcome == "accepted"


def test_marking_by_hand_needs_a_reason_and_is_the_weakest_proof(world):
    world.open()
    bare = world.draft("manual", "eW", NINE, session_id="S")
    assert world.judge(bare, NINE, TEACHER).code == "scan.reason_missing"
    said = world.draft("manual", "eW", NINE, session_id="S", reason="手机坏了")
    assert world.judge(said, NINE, TEACHER).outcome == "accepted"
    assert queries.presences_of_session(db.session, "S")[0].grade == "weak"
    assert "手机坏了" not in str([entry.body for entry in world.chain()])


def test_an_out_without_an_in_waits_until_the_in_arrives(world):
    world.open()
    assert world.sign("wang", NINE + 60 * MINUTE, "out").code == "attendance.no_in"
    world.sign("li", NINE)
    late_in = world.scan("wang", NINE, received=NINE + 62 * MINUTE)
    assert late_in.code == "attendance.late"


def test_an_out_is_settled_by_an_in_that_was_captured_before_it(world):
    world.open()
    world.sign("wang", NINE + 90 * SECOND, "out")
    assert world.scan("wang", NINE + 60 * SECOND, received=NINE + 100 * SECOND).outcome == "accepted"
    (held,) = queries.presences_of_enrolment(db.session, "eW")
    assert held.out_ms == to_ms(NINE + 90 * SECOND)
    assert kinds(world) == ["attendance.pending", "attendance.in", "attendance.out"]


def test_a_batch_is_judged_in_the_order_of_capture(world):
    from yanglao.capture.attendance import service
    from yanglao.kernel.db import run

    world.open()
    sent = NINE + 110 * SECOND
    card = lambda moment: world.card("wang", moment).now.payload  # noqa: E731
    drafts = [
        world.draft(
            "card", card(sent), NINE + 100 * SECOND, session_id="S", direction="out", sent_ms=to_ms(sent)
        ),
        world.draft("card", card(NINE), NINE, session_id="S", sent_ms=to_ms(sent)),
    ]
    answers = run(lambda: service.judge_batch(db.session, drafts, now=sent, actor=TEACHER))
    assert [answer.outcome for answer in answers] == ["accepted", "accepted"]


def test_a_skewed_phone_is_corrected_by_the_moment_of_sending(world):
    world.open()
    ahead = NINE + 240 * SECOND
    draft = world.draft("card", world.card("wang", NINE).now.payload, ahead, session_id="S")
    assert world.judge(draft, NINE, TEACHER).outcome == "accepted"
    assert queries.presences_of_session(db.session, "S")[0].in_ms == to_ms(NINE)


def test_nobody_is_in_two_open_sessions_at_once(world):
    world.open()
    world.open("T")
    world.sign("wang", NINE)
    answer = world.sign("wang", NINE + MINUTE, session_id="T")
    assert (answer.code, answer.facts["class_name"]) == ("attendance.elsewhere", "护理班A")


def test_a_spoken_code_finds_the_open_session_of_the_class(world):
    meeting = world.open()
    said = codes.spoken_code(meeting.code_no, codes.step_of(to_ms(NINE), 60), ciphers().mac)
    assert world.judge(world.draft("spoken", said, NINE), NINE, trainee("wang")).outcome == "accepted"


def test_guessing_spoken_codes_ends_after_ten_tries(world):
    world.open()
    meeting = world.open()
    right = {
        codes.spoken_code(meeting.code_no, codes.step_of(to_ms(NINE), 60) - back, ciphers().mac)
        for back in range(8)
    }
    wrong = next(
        guess
        for guess in (
            "222222",
            "333333",
            "444444",
            "555555",
            "666666",
            "777777",
            "888888",
            "999999",
            "111111",
        )
        if guess not in right
    )
    said = [world.judge(world.draft("spoken", wrong, NINE), NINE, trainee("wang")).code for _ in range(11)]
    assert said == ["code.wrong"] * 10 + ["code.too_many_tries"]


def test_a_session_that_is_not_open_refuses_and_says_when_it_begins(world):
    answer = world.sign("wang", NINE)
    assert (answer.code, answer.facts["starts_ms"]) == ("session.not_open", to_ms(NINE))


@pytest.mark.parametrize(
    ("carried", "waited_min", "grade"),
    [(False, 2, "good"), (True, 2, "fair"), (True, 10, "fair"), (True, 11, "weak")],
)
def test_a_claim_that_was_carried_through_sign_in_is_a_weaker_proof_by_how_long_it_took(
    world, carried, waited_min, grade
):
    meeting, then = world.open(), NINE + waited_min * MINUTE
    claim = codes.Claim(
        meeting.code_no, 1, to_ms(NINE), to_ms(NINE + 60 * MINUTE), "wang", "nonce", "mark", carried
    )
    payload = codes.seal_claim(claim, ciphers().mac)
    answer = world.judge(world.draft("room", payload, then), then, trainee("wang"))
    assert answer.outcome == "accepted" and answer.facts.get("waited_s") == (
        waited_min * 60 if carried else None
    )
    assert queries.presences_of_enrolment(db.session, "eW")[0].grade == grade


def test_a_claim_of_nobody_is_not_used_by_anybody(world):
    meeting = world.open()
    claim = codes.Claim(meeting.code_no, 1, to_ms(NINE), to_ms(NINE + 60 * MINUTE), None, "nonce", "mark")
    payload = codes.seal_claim(claim, ciphers().mac)
    assert (
        world.judge(world.draft("room", payload, NINE), NINE, trainee("wang")).code == "code.claim_not_yours"
    )


def test_a_claim_counts_for_the_moment_the_code_arrived_and_once(world):
    meeting = world.open()
    claim = codes.Claim(meeting.code_no, 1, to_ms(NINE), to_ms(NINE + 10 * MINUTE), "wang", "nonce")
    payload = codes.seal_claim(claim, ciphers().mac)
    then = NINE + 2 * MINUTE
    wang = trainee("wang")
    assert world.judge(world.draft("room", payload, then), then, wang).outcome == "accepted"
    assert queries.presences_of_enrolment(db.session, "eW")[0].in_ms == to_ms(NINE)
    again = world.draft("room", payload, then, direction="out")
    assert world.judge(again, then, wang).code == "code.claim_used"
    late = NINE + 11 * MINUTE
    assert world.judge(world.draft("room", payload, late), late, trainee("li")).code in {
        "code.claim_expired",
        "code.claim_not_yours",
    }
