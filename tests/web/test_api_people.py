from __future__ import annotations

import pytest

from tests.people.town import LANSHAN


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin", 200),
        ("colleague", 200),
        ("stranger", 404),
        ("officer", 200),
        ("finance", 200),
        ("far_officer", 404),
        ("city", 200),
        ("auditor", 200),
        ("teacher", 403),
        ("trainee", 403),
        ("sysadmin", 403),
    ],
)
def test_who_may_read_a_person(town, who, status):
    assert town.client(who).get(f"/api/v1/people/{town.people['trainee']}").status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin", 200),
        ("colleague", 200),
        ("stranger", 404),
        ("officer", 403),
        ("auditor", 403),
        ("trainee", 403),
        ("sysadmin", 200),
    ],
)
def test_who_may_reset_a_password(town, who, status):
    assert (
        town.client(who).post(f"/api/v1/people/{town.people['trainee']}/password-reset").status_code == status
    )


@pytest.mark.parametrize(("whose", "code"), [("colleague", "account.staff"), ("admin", "account.own")])
def test_a_base_resets_neither_staff_nor_itself(town, whose, code):
    answer = town.client("admin").post(f"/api/v1/people/{town.people[whose]}/password-reset")
    assert (answer.status_code, answer.json["code"]) == (403, code)


def test_a_list_goes_on_where_it_ended(town):
    api, seen, after = town.client("admin"), [], ""
    while after is not None:
        page = api.get(f"/api/v1/people?limit=2&after={after}").json
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert town.people["far_trainee"] not in seen


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "q=%00", "after=%00"])
def test_a_query_that_makes_no_sense_is_no_fault(town, query):
    assert town.client("admin").get(f"/api/v1/people?{query}").status_code in (200, 422)


def test_nobody_grants_to_themselves_and_only_the_system_administrator_grants(town):
    sysadmin, body = town.client("sysadmin"), {"role": "auditor", "person_id": town.people["sysadmin"]}
    assert sysadmin.post("/api/v1/grants", body).json["code"] == "roles.to_oneself"
    body["person_id"] = town.people["teacher"]
    assert town.client("admin").post("/api/v1/grants", body).status_code == 403
    assert sysadmin.post("/api/v1/grants", body).status_code == 201
    assert "auditor" in [role["role"] for role in town.client("teacher").get("/api/v1/me").json["roles"]]


@pytest.mark.parametrize(
    ("grant", "code"),
    [
        ({"role": "king"}, "roles.unknown"),
        ({"role": "base_admin"}, "roles.needs_base"),
        ({"role": "officer", "department": "finance"}, "roles.needs_division"),
        ({"role": "officer", "division": LANSHAN}, "roles.needs_department"),
        ({"role": "officer", "division": "371300", "department": "hrss"}, "roles.needs_division"),
    ],
)
def test_a_grant_says_how_far_it_reaches(town, grant, code):
    answer = town.client("sysadmin").post("/api/v1/grants", {"person_id": town.people["teacher"], **grant})
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_revoked_role_ends_at_once(town):
    sysadmin, admin = town.client("sysadmin"), town.client("admin")
    mine = next(
        one
        for one in sysadmin.get("/api/v1/grants").json["items"]
        if one["person_id"] == town.people["admin"]
    )
    assert sysadmin.delete(f"/api/v1/grants/{mine['id']}").status_code == 204
    assert admin.get("/api/v1/people").status_code == 403
    own = next(
        one
        for one in sysadmin.get("/api/v1/grants").json["items"]
        if one["person_id"] == town.people["sysadmin"]
    )
    assert sysadmin.delete(f"/api/v1/grants/{own['id']}").status_code == 403


def test_a_merge_by_api_takes_a_base_and_an_officer(town):
    admin, officer = town.client("admin"), town.client("officer")
    body = {"into": town.people["new_trainee"], "reason": "同一个人，已核对证件"}
    filed = admin.post(f"/api/v1/people/{town.people['trainee']}/merge", body)
    assert filed.status_code == 201
    assert [one["id"] for one in officer.get("/api/v1/person-acts").json["items"]] == [filed.json["id"]]
    assert town.client("far_officer").get("/api/v1/person-acts").json["items"] == []
    url = f"/api/v1/person-acts/{filed.json['id']}/decision"
    assert admin.post(url, {"accept": True}).status_code == 403
    assert town.client("far_officer").post(url, {"accept": True}).status_code == 404
    assert officer.post(url, {"accept": True}).status_code == 204
    assert officer.post(url, {"accept": True}).json["code"] == "person.act_decided"
    merged = admin.get(f"/api/v1/people/{town.people['trainee']}").json
    assert merged["merged_into_id"] == town.people["new_trainee"]


@pytest.mark.parametrize(("who", "in_full"), [("admin", True), ("officer", False), ("auditor", False)])
def test_phone_numbers_are_masked_for_those_who_only_read(town, who, in_full):
    one = town.client(who).get(f"/api/v1/people/{town.people['trainee']}").json
    assert (one["phone"] == town.phones["trainee"]) is in_full
    assert (one["account_phone"] == town.phones["trainee"]) is in_full
    page = town.client(who).get(f"/office/people/{town.people['trainee']}")
    assert (town.phones["trainee"] in page.text) is in_full
