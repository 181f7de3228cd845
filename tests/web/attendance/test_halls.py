from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from tests.capture.attendance.conftest import MINUTE, NINE
from yanglao.evidence import queries as evidence
from yanglao.files import service as files
from yanglao.kernel.clock import rfc3339, to_ms
from yanglao.kernel.db import db, run


def picture(kind="PNG", size=(600, 200)):
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def close(site, who, signature=b"", name="signature.png", **said):
    data = said | ({"signature": (BytesIO(signature), name)} if signature else {})
    bearer = {"Authorization": f"Bearer {who}"}
    client = site.app.test_client()
    path = "/api/v1/sessions/S/close"
    return client.post(path, data=data, headers=bearer, content_type="multipart/form-data")


def entry(site):
    with site.app.app_context():
        return [one for one in evidence.chain(db.session, "session", "S") if one.kind == "session.closed"][-1]


def test_the_close_shows_plan_against_fact_before_and_after_and_keeps_the_signature_by_its_hash(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    site.at(NINE + 5 * MINUTE)
    site.scan("teacher", "manual", "eW", session_id="S", reason="没有带手机")
    site.at(NINE + 60 * MINUTE)
    before = site.ask("teacher", "GET", "sessions/S/report").json
    assert (before["state"], before["planned_s"], before["held_s"]) == ("open", 180 * 60, 60 * 60)
    assert (before["headcount"], before["by_hand"], len(before["without_sign_out"])) == (1, 1, 1)
    assert before["signature"] is None
    assert close(site, "teacher", b"<script>").json["code"] == "session.signature_unreadable"
    assert close(site, "teacher", b"x" * 600_000).status_code == 413
    assert site.ask("teacher", "GET", "sessions/S").json["state"] == "open"
    assert close(site, "teacher", picture()).json["state"] == "closed"
    after = site.ask("admin", "GET", "sessions/S/report").json
    assert {name: after[name] for name in before} == before | {"state": "closed"} | {
        "signature": "/api/v1/sessions/S/signature"
    }
    assert 'id="roster-unsigned">1<' in site.page("teacher", "/teach/sessions/S").text
    kept = site.ask("teacher", "GET", "sessions/S/signature")
    assert (kept.status_code, kept.mimetype) == (200, "image/jpeg")
    noted = entry(site).body["signature"]
    assert noted["sha256"] == f"sha256:{sha256(kept.data).hexdigest()}"
    assert close(site, "teacher", picture()).status_code == 200  # again changes nothing
    assert entry(site).body["signature"] == noted
    file_id = noted["file"]
    with site.app.app_context():
        closed = NINE + 60 * MINUTE
        for after, there in ((timedelta(days=1095, seconds=-1), 1), (timedelta(days=1095), 0)):
            assert len(files.named(db.session, [file_id], now=closed + after)) == there
        run(lambda: files.drop(db.session, file_id, now=closed))
        run(lambda: files.expire(db.session, now=closed))
    assert site.ask("teacher", "GET", "sessions/S/signature").json["code"] == "session.signature_expired"
    gone = site.ask("teacher", "GET", "sessions/S/report").json
    assert (gone["signature"], gone["signature_expired"]) == (None, True)
    assert entry(site).body["signature"] == noted, "the hash stays"


@pytest.mark.parametrize("path", ["report", "signature", "show"])
def test_only_who_teaches_or_administers_a_session_reads_of_its_hall(site, path):
    found = {who: site.ask(who, "GET", f"sessions/S/{path}").status_code for who in ("wang", "teacher", "")}
    assert found == {"wang": 403, "teacher": 404 if path == "signature" else 200, "": 401}
    assert site.ask("teacher", "GET", f"sessions/nowhere/{path}").status_code == 404


def test_the_close_notes_the_heads_counted_and_when_a_phone_without_network_asked_for_it(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    asked = NINE + 60 * MINUTE
    site.at(asked + 40 * MINUTE)
    times = {"asked_at": rfc3339(asked), "sent_at": rfc3339(site.moment)}
    assert close(site, "teacher", counted="-1").status_code == 422
    assert close(site, "teacher", counted="31", asked_at="soon").status_code == 422
    assert close(site, "teacher", counted="31", **times).json["state"] == "closed"
    told = site.ask("admin", "GET", "sessions/S/report").json
    assert (told["counted"], told["asked_at"]) == (31, rfc3339(asked))
    assert (entry(site).body["counted"], entry(site).body["asked_ms"]) == (31, to_ms(asked))


def test_a_session_closed_without_a_signature_says_so(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    assert site.ask("teacher", "POST", "sessions/S/close", {}).json["state"] == "closed"
    assert site.ask("teacher", "GET", "sessions/S/report").json["signature"] is None
    assert site.ask("teacher", "GET", "sessions/S/signature").status_code == 404


def test_an_end_that_the_policy_gave_is_told_to_the_trainee_as_no_sign_out(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    site.scan("teacher", "manual", "eW", session_id="S", reason="没有带手机")
    site.at(NINE + 60 * MINUTE)
    site.ask("teacher", "POST", "sessions/S/close", {})
    (mine,) = [one for one in site.ask("wang", "GET", "me/attendance").json["items"] if one["id"] == "S"]
    assert (mine["state"], mine["out_assumed"], mine["out_at"] is not None) == ("closed", True, True)


def test_screens_show_names_as_the_instructor_says_and_masked_until_then(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    site.scan("teacher", "manual", "eW", session_id="S", reason="没有带手机")
    token = site.ask("", "POST", "screens").json
    shown = {"X-Screen-Token": token["token"]}
    site.ask("teacher", "POST", f"screens/{token['pairing']}/bind", {"session_id": "S"})
    seen = {"masked": site.ask("", "GET", "screens/me", **shown).json["arrived"][0]["name"]}
    assert site.ask("teacher", "GET", "sessions/S/show").json == {"names": "masked", "screens": 1}
    for how in ("full", "none", "masked"):
        assert site.ask("teacher", "PUT", "sessions/S/show", {"names": how}).json["names"] == how
        arrived = site.ask("", "GET", "screens/me", **shown).json["arrived"]
        seen[how] = arrived[0]["name"] if arrived else ""
    assert "*" in seen["masked"] and "*" not in seen["full"] and seen["none"] == ""
    assert site.ask("", "GET", "screens/me", **shown).json["calling"] is None
    assert site.ask("teacher", "POST", "sessions/S/roll-calls", {}).status_code == 200
    called = site.ask("", "GET", "screens/me", **shown).json["calling"]
    assert (called["waiting"], called["names"]) == (1, [seen["masked"]])
    assert site.ask("wang", "PUT", "sessions/S/show", {"names": "full"}).status_code == 403
    assert site.ask("teacher", "PUT", "sessions/S/show", {"names": "loud"}).status_code == 422
    assert site.ask("teacher", "POST", "sessions/S/screens/release", {}).json == {"released": 1}
    assert site.ask("", "GET", "screens/me", **shown).status_code == 401
