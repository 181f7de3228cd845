"""请人代办 over HTTP: who may name whom, what the first page says, and how much waits in the menu."""

from __future__ import annotations

BODY = {"since": "2026-03-21", "until": "2026-03-25", "reason": "外出培训"}
SEEN = {"": 401, "学员": 403, "仁和": 403, "审计": 403, "民政": 422, "财政": 200}


def test_officers_name_their_colleagues_and_nobody_else_names_anybody(town):
    other = town.there.staff["财政二"].person_id
    for who, wanted in SEEN.items():
        answer = town.ask(who, "/api/v1/stand-ins", body={**BODY, "stand_in_id": other})
        assert answer.status_code == wanted, who
    told = town.ask("财政", "/api/v1/stand-ins").json
    assert [one["id"] for one in told["colleagues"]] == [other] and told["items"][0]["since"] == "2026-03-21"
    own = told["items"][0]["id"]
    assert town.ask("财政二", f"/api/v1/stand-ins/{own}/end", body={}).status_code == 404
    assert "由 孙干部 代办" in town.ask("财政", "/office/").text
    assert "您在代 孙干部 办事" in town.ask("财政二", "/office/").text
    assert town.ask("财政", f"/office/stand-ins/{own}/end", form={}).status_code == 303
    assert "收回了" in town.ask("财政", "/office/stand-ins").text


def test_the_menu_says_how_much_waits_on_every_page_of_the_office(town):
    own = town.claims().json["id"]
    town.act("仁和", own, "file")
    assert "件等您办" not in town.ask("财政", "/office/claims").text
    assert 'aria-label="1 件等您办"' in town.ask("民政", "/office/claims").text
    town.act("民政", own, "pass_county")
    assert "件等您办" not in town.ask("民政", "/office/").text
    assert 'aria-label="1 件等您办"' in town.ask("人社", f"/office/claims/{own}").text
