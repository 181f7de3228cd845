"""Papers, accounts and forms over HTTP, each to whom it belongs; a new account ends the one before and tells what is shared."""

from __future__ import annotations

import io

from yanglao.kernel.db import db
from yanglao.subsidy import payees
from yanglao.subsidy.payee_models import PayeeAccount

ACCOUNT = {"holder": "陈秀英", "bank": "示例银行", "number": "6222 0212 3456 7890 128", "kind": "social_card"}
CALLS = (
    ("GET", "claims/{claim}/papers"), ("POST", "papers"), ("POST", "claims/{claim}/paper-scans"),
    ("GET", "claims/{claim}/accounts"), ("PUT", "claims/{claim}/accounts"), ("POST", "claims/{claim}/accounts"),
    ("GET", "bureau-forms"), ("POST", "bureau-forms"),
)  # fmt: skip
# who -> what each of CALLS answers: 404 outside one's reach, 403 for the role, 409 and 422 for who may.
SEEN = {
    "": (401,) * 8,
    "学员": (403,) * 8,
    "仁和": (200, 201, 422, 200, 200, 422, 200, 403),
    "康宁": (404, 404, 404, 404, 404, 404, 200, 403),
    "民政": (200, 201, 422, 200, 403, 403, 200, 403),
    "外县": (404, 404, 404, 404, 403, 403, 200, 403),
    "财政": (200, 201, 422, 200, 403, 403, 200, 403),
    "审计": (200, 403, 403, 200, 403, 403, 200, 403),
}


def test_every_call_is_answered_by_role_and_reach(town):
    claim = town.claims().json["id"]
    bodies = {"papers": {"kind": "claim_notice", "subject_id": claim}, "claims/{claim}/accounts": ACCOUNT}

    def answered(who: str, method: str, path: str) -> int:
        body = bodies.get(path) if method != "GET" else None
        form = {"file": (io.BytesIO(b"1,2"), "a.csv")} if method == "POST" and path != "papers" else None
        sent = {"form": form} if form else {"body": body}
        return town.ask(who, f"/api/v1/{path.format(claim=claim)}", method=method, **sent).status_code

    found = {who: tuple(answered(who, method, path) for method, path in CALLS) for who in SEEN}
    assert found == SEEN


def test_a_new_account_ends_the_one_before_and_a_shared_number_is_told(town):
    claim = town.claims().json
    path, people = f"/api/v1/claims/{claim['id']}/accounts", [line["person"]["id"] for line in claim["lines"]]

    def put(**more: str) -> dict[str, object]:
        answer = town.ask("仁和", path, method="PUT", body={**ACCOUNT, **more})
        return {one["person_id"]: one for one in answer.json.get("items", [])} or answer.json

    assert put(person_id=people[0])[people[0]]["number"] == "6222 **** 0128"
    put(person_id=people[0])
    assert db.session.query(PayeeAccount).count() == 1, "the same again changes nothing"
    assert put(person_id=people[1])[people[1]]["shared"]
    after = put(person_id=people[1], number="6222021234567890129")
    assert not after[people[1]]["shared"] and not after[people[1]]["luhn_holds"]
    assert db.session.query(PayeeAccount).filter_by(person_id=people[1], live=False).count() == 1
    held = payees.of_people(db.session, people[:2])
    assert [held[person].renewed for person in people[:2]] == [False, True]
    assert put(holder="仁和养老培训基地", kind="account")[None]["bank"] == "示例银行"
    assert put(person_id="0" * 26)["code"] == "payee.not_of_claim"
    assert put(number="12")["code"] == "payee.wrong_number"
    stored = str([row.number_cipher for row in db.session.query(PayeeAccount)])
    assert "6222" not in stored and "aesgcm:" in stored
