"""学时确认 on the phone and over the API: who sees whose days, who says the word, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import NINE, World, phone_of, tell
from yanglao.completion import own_words
from yanglao.completion.refresh import refresh
from yanglao.demo import acts
from yanglao.demo.cast import PASSWORD
from yanglao.kernel.clock import held
from yanglao.kernel.db import db, run
from yanglao.people import queries as people

NOON = NINE + timedelta(hours=4)


@pytest.fixture
def there(app: Any) -> World:
    """Give a world in which 王 has the whole three hours of the offline segment."""
    found = factories.world()
    wang, room, session = found.wang, found.session_id, db.session
    tell(
        acts.open_meeting(session, found.teacher, room, NINE),
        acts.scan(session, found.teacher, room, wang, direction="in", at=NINE),
        acts.scan(session, found.teacher, room, wang, direction="out", at=NINE + timedelta(hours=3)),
    )
    run(lambda: refresh(session, wang.actor.person_id, now=NOON))
    return found


def ask(app: Any, there: World, who: str, path: str, body: Any = None) -> Any:
    """Ask as ``who``: ``0`` to ``2`` a trainee, a member of staff by name, "" nobody."""
    http = app.test_client()
    with held(NOON):
        if who:
            named = there.trainees[int(who)] if who.isdigit() else None
            phone = phone_of(named) if named else phone_of_staff(there, who)
            db.session.rollback()
            token = http.post("/api/v1/sign-in", json={"phone": phone, "password": PASSWORD}).json["token"]
            http = app.test_client()
            headers = {"Authorization": f"Bearer {token}"}
            return http.post(path, json=body, headers=headers) if body else http.get(path, headers=headers)
        return http.post(path, json=body) if body else http.get(path)


def phone_of_staff(there: World, who: str) -> str:
    found = people.person(db.session, there.city.staff[who].person_id).account_phone
    assert found
    return found


def address(there: World) -> str:
    return f"/api/v1/enrolments/{there.wang.enrolment_id}/segments/{there.offline.id}/word"


@pytest.mark.parametrize(
    ("who", "reads", "says"),
    [("0", 200, 200), ("1", 404, 404), ("admin_a", 200, 403), ("admin_b", 404, 403), ("teacher_a", 403, 403), ("", 401, 401)],
)  # fmt: skip
def test_the_owner_says_it_the_base_reads_it_and_strangers_see_nothing(
    app: Any, there: World, who: str, reads: int, says: int
) -> None:
    digest = ask(app, there, "0", address(there)).json["digest"]
    assert ask(app, there, who, address(there)).status_code == reads
    assert ask(app, there, who, address(there), {"word": "yes", "digest": digest}).status_code == says


def test_a_word_over_the_api_stands_with_the_days_it_was_said_of(app: Any, there: World) -> None:
    shown = ask(app, there, "0", address(there)).json
    assert (shown["state"], shown["offline_s"], shown["days"][0]["day"]) == ("asked", 10_800, "2026-03-08")
    wrong = {"word": "no", "digest": shown["digest"], "what": "minutes"}
    refused = ask(app, there, "0", address(there), wrong)
    assert (refused.status_code, refused.json["code"]) == (422, "word.what_missing")
    said = ask(app, there, "0", address(there), wrong | {"day": "2026-03-08", "text": "四点才走"}).json
    assert (said["state"], said["said"][0]["text"], said["said"][0]["of_these_days"]) == (
        "no",
        "四点才走",
        True,
    )
    old = ask(app, there, "0", address(there), {"word": "yes", "digest": "sha256:0"})
    assert (old.status_code, old.json["code"]) == (409, "word.days_changed")
    online = address(there).replace(there.offline.id, there.online.id)
    assert ask(app, there, "0", online).json["state"] == "not_met"
    early = ask(
        app, there, "0", online, {"word": "yes", "digest": ask(app, there, "0", online).json["digest"]}
    )
    assert (early.status_code, early.json["code"]) == (409, "word.not_yet")


@pytest.fixture
def phone(app: Any, there: World) -> Any:
    """Give a browser in which 王 is signed in."""
    client, number = app.test_client(), phone_of(there.wang)
    db.session.rollback()
    with held(NOON):
        token = client.post("/api/v1/sign-in", json={"phone": number, "password": PASSWORD}).json["token"]
    client.set_cookie("yl_session", token)
    return client


def test_the_pages_lead_there_and_two_taps_say_it(app: Any, there: World, phone: Any) -> None:
    here = f"/learn/hours/{there.wang.enrolment_id}/days/{there.offline.id}"
    app.config["WTF_CSRF_ENABLED"] = False
    with held(NOON):
        assert here in phone.get("/learn/").text and here in phone.get("/learn/hours").text
        text = phone.get(here).text
        assert "线下 3 小时" in text and "念给我听" in text and 'id="yes"' in text and 'id="no"' in text
        token = text.split('name="csrf_token" value="')[1].split('"')[0]
        digest = text.split('name="digest" value="')[1].split('"')[0]
        form = {"csrf_token": token, "word": "no", "digest": digest}
        refused = phone.post(here, data=form)
        assert refused.status_code == 422 and "请说哪里不对" in refused.text and "哪一天？" in refused.text
        said = phone.post(here, data=form | {"day": "2026-03-08", "what": "minutes", "text": "四点才走"})
        assert said.status_code == 303 and "四点才走" in phone.get(here).text
        assert phone.post(here, data=form | {"word": "yes"}).status_code == 303
        assert "您说过了：对" in phone.get(here).text and here not in phone.get("/learn/").text
    db.session.rollback()
    kept = own_words.words_of(db.session, there.wang.enrolment_id, there.offline.id)
    assert [one.word for one in kept] == ["yes", "no"]


def test_somebody_elses_days_lead_home(app: Any, there: World, phone: Any) -> None:
    other = there.trainees[1].enrolment_id
    with held(NOON):
        led = phone.get(f"/learn/hours/{other}/days/{there.offline.id}")
        assert led.status_code == 302 and led.location.startswith("/learn")
        none = phone.get(f"/learn/hours/{there.wang.enrolment_id}/days/{there.offline.id[::-1]}")
        assert none.status_code == 404
