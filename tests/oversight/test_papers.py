"""Printed sheets: proved against the ledger as printed, after a correction and when forged; scans filed to their page."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pypdfium2
from PIL import Image, ImageFilter
from sqlalchemy import text

from tests.factories import NINE, tell
from tests.oversight.scene import EVENING, Scene
from yanglao.demo import acts
from yanglao.jobs.perform import perform
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.outside import qr_reading
from yanglao.oversight import paper_proof, printing
from yanglao.papers import queries
from yanglao.papers import service as papers
from yanglao.work import queries as tasks


def printed(scene: Scene, kind: str, subject_id: str) -> queries.PaperView:
    """Ask for a paper as the base administrator and let it be made."""
    actor = scene.there.city.staff["admin_a"]
    paper_id = run(lambda: printing.ask(db.session, kind, subject_id, now=now(), actor=actor))
    worked()
    return queries.paper(db.session, paper_id)


def worked() -> None:
    """Perform everything that is due."""
    for task_id in tasks.due(db.session, now=now() + timedelta(seconds=1)):
        perform(task_id)
    db.session.rollback()


def page_of(paper: queries.PaperView) -> queries.PageView:
    return queries.pages(db.session, [paper.id])[paper.id][0]


def pdf_of(paper: queries.PaperView) -> bytes:
    return printing.opened(db.session, paper, now=now()).path.read_bytes()


def photo(pdf: bytes, *, turned: int = 0, blurred: float = 0) -> bytes:
    """Return a photograph of the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=3.3).to_pil().convert("RGB")
    image = image.rotate(turned, expand=True, fillcolor="white").filter(ImageFilter.GaussianBlur(blurred))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def handed_in(scene: Scene, content: bytes) -> queries.ScanView:
    actor = scene.there.city.staff["admin_a"]
    own = _class(scene)
    run(lambda: papers.take_in(db.session, own, content, name="IMG.jpg", now=now(), actor=actor))
    worked()
    return queries.scans_of_class(db.session, own.id)[0]


def _class(scene: Scene) -> Any:
    from yanglao.classes import queries as classes

    return classes.class_(db.session, classes.session_(db.session, scene.there.session_id).class_id)


def test_a_printed_session_holds_names_marks_minutes_and_its_code(own_scene: Scene) -> None:
    paper = printed(own_scene, "attendance_session", own_scene.there.session_id)
    page = page_of(paper)
    with pypdfium2.PdfDocument(pdf_of(paper)) as document:
        words = document[0].get_textpage().get_text_bounded()
    rows = page.content["rows"]
    assert [row["mark"] for row in rows] == ["present", "no_out", "absent"]
    for said in (
        "培训考勤表",
        *(row["name"] for row in rows),
        "没有签退",
        "未到",
        "教师签字",
        "第 1 页，共 1 页",
        page.code[:4],
    ):
        assert said in words, said
    assert "应到 3 人，实到 2 人" in dict(page.content["head"])["人数"]


def test_a_page_is_unchanged_then_changed_by_a_correction_and_never_forged(own_scene: Scene) -> None:
    there = own_scene.there
    paper = printed(own_scene, "attendance_session", there.session_id)
    page = page_of(paper)
    blank = page_of(printed(own_scene, "attendance_blank", there.session_id))
    assert paper_proof.prove(db.session, page.code, now=now(), whole=True).state == "unchanged"
    assert paper_proof.prove(db.session, "0" * 16, now=now()).state == "not_ours"
    own_scene.at(EVENING + timedelta(minutes=5))
    found = queries.papers_of_class(db.session, paper.class_id)
    assert [(one.pages, one.signed) for one in found] == [(1, 0), (1, 0)]

    tell(
        acts.scan(
            db.session,
            there.teacher,
            there.session_id,
            there.trainees[1],
            direction="out",
            at=NINE + timedelta(hours=3),
        )
    )
    accept_waiting(own_scene)
    proof = paper_proof.prove(db.session, f"http://x/p/{page.code}", now=now())
    assert proof.state == "changed" and any("签退 没有 → 12:00" in said for said in proof.changes), proof
    assert (
        proof.later
        and "第 1 页，共 1 页" in proof.sentence
        and page.content["rows"][1]["name"] not in proof.sentence
    )
    assert paper_proof.prove(db.session, blank.code, now=now()).state == "unchanged"

    forging = text("UPDATE paper_page SET content = replace(content, 'absent', 'present') WHERE id = :id")
    run(lambda: db.session.execute(forging, {"id": page.id}))
    forged = paper_proof.prove(db.session, page.code, now=now())
    assert forged.state == "broken" and len(forged.faults) >= 2


def accept_waiting(scene: Scene) -> None:
    """Let the base administrator accept whatever waits."""
    from yanglao.capture.attendance import queries as attendance

    for one in attendance.waiting(db.session, [scene.there.session_id]):
        body = {"accept": True, "reason": "核对过纸面"}
        answer = scene.ask("admin_a", f"/api/v1/scans/{one.scan_uuid}/decision", method="POST", body=body)
        assert answer.status_code == 200, answer.text


def test_a_photo_is_filed_to_its_page_however_it_was_held_and_shown_upright(own_scene: Scene) -> None:
    paper = printed(own_scene, "attendance_session", own_scene.there.session_id)
    page, content = page_of(paper), pdf_of(paper)
    for turned, blurred in ((183, 1.5), (92, 2.5)):
        scan = handed_in(own_scene, photo(content, turned=turned, blurred=blurred))
        assert (scan.state, scan.how, scan.page_id, scan.fault) == ("filed", "code", page.id, "")
        with Image.open(printing.picture_of(db.session, scan.id, EVERYTHING, now=now()).path) as shown:
            assert shown.height > shown.width and qr_reading.read(shown)[1] == 0
    assert len(queries.scans_of_page(db.session, page.id)) == 2
    assert paper_proof.prove(db.session, page.code, now=now()).state == "unchanged"


def test_the_book_as_a_workbook_says_what_the_sheets_say(own_scene: Scene) -> None:
    class_id = _class(own_scene).id
    sheets = own_scene.sheets("admin_a", "attendance", class_id=class_id)
    names = list(sheets)
    assert names[0] == "全班" and names[-1] == "说明" and len(names) == 3
    assert [row[3] for row in sheets["全班"][2:5]] == ["/", "缺退", "○"]
    assert [row[6] for row in sheets[names[1]][2:5]] == ["到", "没有签退", "未到"]
    assert all("*" in row[2] for row in sheets[names[1]][2:5])
    assert (
        own_scene.ask(
            "admin_b",
            "/api/v1/exports",
            method="POST",
            body={"kind": "attendance", "filter": {"class_id": class_id}},
        ).status_code
        == 404
    )


def test_owner_colleague_and_stranger_at_a_paper(own_scene: Scene) -> None:
    room = own_scene.there.session_id
    paper = printed(own_scene, "attendance_session", room)
    code, class_id = page_of(paper).code, paper.class_id
    wanted = {"kind": "attendance_class", "subject_id": class_id}
    assert own_scene.ask("admin_a", "/api/v1/papers", method="POST", body=wanted).status_code == 201
    assert own_scene.ask("admin_b", "/api/v1/papers", method="POST", body=wanted).status_code == 404
    assert own_scene.ask("0", "/api/v1/papers", method="POST", body=wanted).status_code == 403
    reads = (f"/api/v1/pages/{code}", f"/api/v1/papers/{paper.id}/file", f"/api/v1/classes/{class_id}/papers")
    for path in (*reads, f"/office/papers/{code}", f"/office/classes/{class_id}/papers"):
        found = [own_scene.ask(who, path).status_code for who in ("admin_a", "admin_b", "0")]
        assert found == [200, 404, 403], (path, found)
    shown = own_scene.ask("", f"/p/{code}")
    names = [row["name"] for row in page_of(paper).content["rows"]]
    assert (
        shown.status_code == 200
        and "内容没有改变" in shown.text
        and not any(one in shown.text for one in names)
    )
    assert own_scene.ask("", "/p/0000111122223333").status_code == 404


def test_what_is_no_photo_is_refused_and_what_shows_no_code_waits_for_a_hand(own_scene: Scene) -> None:
    paper = printed(own_scene, "attendance_blank", own_scene.there.session_id)
    http = own_scene.app.test_client()
    own_scene.ask("admin_a", "/api/v1/me")
    headers = {"Authorization": f"Bearer {own_scene.tokens['admin_a']}"}
    path = f"/api/v1/classes/{paper.class_id}/paper-scans"
    db.session.remove()
    bad = http.post(path, data={"files": (io.BytesIO(b"<script>"), "x.jpg")}, headers=headers)
    assert (bad.status_code, bad.json["code"]) == (422, "paper.wrong_file")
    image = Image.new("RGB", (900, 1200), "white")
    content = io.BytesIO()
    image.save(content, "PNG")
    sent = [(io.BytesIO(content.getvalue()), "white.png"), (io.BytesIO(pdf_of(paper)), "all.pdf")]
    taken = http.post(path, data={"files": sent}, headers=headers)
    assert taken.status_code == 201, taken.text
    worked()
    states = {one.state: one for one in queries.scans_of_class(db.session, paper.class_id)}
    assert set(states) == {"unread", "filed"} and states["unread"].fault == "paper.no_code"
    filing, body = f"/api/v1/paper-scans/{states['unread'].id}/page", {"code": page_of(paper).code.upper()}
    found = [
        own_scene.ask(who, filing, method="POST", body=body).status_code
        for who in ("admin_b", "0", "admin_a", "admin_a")
    ]
    assert found == [404, 403, 200, 409]
    assert len(queries.scans_of_page(db.session, page_of(paper).id)) == 2
    own = f"/api/v1/paper-scans/{states['filed'].id}"
    assert own_scene.ask("admin_a", f"{own}/picture").mimetype == "image/jpeg"
    original = own_scene.ask("admin_a", f"{own}/file").data
    assert hashlib.sha256(original).hexdigest() == states["filed"].sha256


def test_a_day_without_any_device_comes_in_from_the_signed_sheet_by_two_people(own_scene: Scene) -> None:
    there = own_scene.there
    paper = printed(own_scene, "attendance_blank", there.session_id)
    page = page_of(paper)
    enter, decide = f"/api/v1/pages/{page.code}/entries", f"/api/v1/pages/{page.code}/decision"
    third = page.content["rows"][2]["e"]
    good = {"lines": [{"enrolment_id": third, "came": "0905", "left": "11：50"}], "reason": "停电"}

    def post(who: str, path: str, body: Any) -> tuple[int, str]:
        answer = own_scene.ask(who, path, method="POST", body=body)
        return answer.status_code, answer.json.get("code") or str(answer.json)

    assert post("admin_a", enter, good) == (409, "paper.no_signed_scan")
    scan = handed_in(own_scene, photo(pdf_of(paper)))
    wrong = {"lines": [{"enrolment_id": third, "came": "12:30", "left": "11:50"}], "reason": "停电"}
    assert post("admin_a", enter, wrong) == (422, "attendance.paper_lines")
    assert (
        post("admin_a", enter, {**good, "lines": [{"enrolment_id": third, "came": "25:00"}]})[1]
        == "paper.wrong_time"
    )
    assert [post(who, enter, good)[0] for who in ("admin_b", "0", "teacher_a")] == [404, 403, 403]
    assert post("admin_a", enter, good) == (201, "{'entered': 2}")
    assert post("admin_a", enter, good) == (201, "{'entered': 0}")
    yes = {"accept": True, "reason": "和照片一致"}
    assert post("admin_a", decide, yes) == (403, "attendance.own_decision")
    assert "等核对的补录（2 条）" in own_scene.ask("admin_a", f"/office/papers/{page.code}").text
    assert post("ca_302", decide, yes) == (200, "{'decided': 2}")
    assert post("ca_302", decide, yes) == (409, "attendance.paper_nothing")

    today = page_of(printed(own_scene, "attendance_session", there.session_id)).content["rows"][2]
    assert (today["mark"], today["s"], today["how"], today["grade"]) == ("present", 165 * 60, "paper", "weak")
    lines = own_scene.ask("admin_a", f"/api/v1/enrolments/{third}/evidence").json["items"]
    assert lines[-1]["kind"] == "attendance.out"
    from yanglao.evidence import queries as evidence

    bodies = [one.body for one in evidence.of_enrolments(db.session, [third], kinds="attendance.in")]
    assert bodies[-1]["file"] == f"sha256:{scan.sha256}" and bodies[-1]["paper"].startswith("sha256:")


def test_the_command_proves_codes_and_files_and_ends_with_the_worst(own_scene: Scene, tmp_path: Any) -> None:
    paper = printed(own_scene, "attendance_session", own_scene.there.session_id)
    code, file = page_of(paper).code, tmp_path / "signed.pdf"
    file.write_bytes(pdf_of(paper))
    command = own_scene.app.test_cli_runner().invoke
    fine = command(args=["ledger", "verify", "--paper", str(file), "--paper", code])
    assert (fine.exit_code, fine.output.count("unchanged")) == (0, 2), fine.output
    own_scene.at(EVENING + timedelta(minutes=5))
    leave = acts.scan(db.session, own_scene.there.teacher, own_scene.there.session_id, own_scene.there.trainees[1], direction="out", at=NINE + timedelta(hours=3))  # fmt: skip
    tell(leave)
    accept_waiting(own_scene)
    changed = command(args=["ledger", "verify", "--paper", code])
    assert changed.exit_code == 3 and "签退 没有 → 12:00" in changed.output, changed.output
    stranger = command(args=["ledger", "verify", "--paper", code, "--paper", "0" * 16])
    assert stranger.exit_code == 4
