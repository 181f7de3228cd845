"""Dossiers: every chapter on its page, numbers that run, proved against the ledger as made, after more was entered and when forged."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import event

from tests.factories import NINE, tell
from tests.oversight.scene import EVENING, Scene
from tests.oversight.test_papers import accept_waiting
from yanglao.classes import queries as classes
from yanglao.demo import acts
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import dossier_class, dossier_people, dossier_words, exports, paper_proof
from yanglao.papers import queries, rules
from yanglao.papers.models import PaperPage

RARE = "䶮㛃𫖯·买买提"


def made(scene: Scene, kind: str, **wanted: Any) -> tuple[bytes, dict[str, Any]]:
    """Let the base make a dossier; return its file and how it ended."""
    done = scene.export("admin_a", kind, **wanted)
    assert done["state"] == "done", done
    return scene.ask("", done["url"]).data, done


def texts(pdf: bytes) -> list[str]:
    """Return the words of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def code_of(pages: list[str]) -> str:
    found = re.search(r"档案码 ([0-9a-z ]{19})", pages[0])
    assert found
    return found[1].replace(" ", "")


@pytest.fixture(scope="module")
def class_file(played: Scene) -> list[str]:
    """Give the pages of the class's dossier."""
    played.at(EVENING.replace(minute=1))
    return texts(made(played, "dossier_class", class_id=played.there.class_id)[0])


def test_every_chapter_begins_on_the_page_that_the_contents_name(class_file: list[str]) -> None:
    assert len(class_file) == 14
    for title in dossier_class.TITLES.values():
        named = re.search(rf"{title}[ .]*(\d+)", class_file[0])
        assert named, title
        first = class_file[int(named[1]) - 1].splitlines()[:3]
        assert title in first, (title, first)


def test_every_page_says_its_number_its_class_and_the_ledger_head(
    class_file: list[str], scene: Scene
) -> None:
    page = queries.page_by_code(db.session, code_of(class_file))
    assert page
    for at, words in enumerate(class_file, 1):
        assert f"第 {at} 页 / 共 {len(class_file)} 页" in words or at == 1
        assert rules.short(page.root) in words and rules.spaced(page.code) in words


def test_chapters_say_what_the_ledger_gives_and_what_there_is_not(
    class_file: list[str], scene: Scene
) -> None:
    whole = "\n".join(class_file)
    for words in ("本班没有异常。", "本班还没有证书。", "本班没有申报过补贴。", "本班没有实操考核的记录。"):
        assert words in whole
    assert "没有签退" in whole or "缺退" in whole
    listed = scene.ask("admin_a", "/api/v1/standings?limit=200").json["items"]
    offline = {one["person"]["name"]: one["entered_s"] for one in listed if one["mode"] == "offline"}
    assert sorted(offline.values()) == [0, 0, 10_500]
    assert whole.count("**") and not re.search(r"\d{17}[\dX]", whole)


def test_a_persons_dossier_holds_every_line_of_evidence_in_the_words_of_my_hours(scene: Scene) -> None:
    own = scene.there.trainees[1].enrolment_id
    pages = texts(made(scene, "dossier_person", enrolment_id=own)[0])
    whole = re.sub(r"\s", "", "".join(pages))
    lines = scene.ask("admin_a", f"/api/v1/enrolments/{own}/evidence").json["items"]
    assert len(lines) >= 3
    for line in lines:
        assert re.sub(r"\s", "", line["sentence"].rstrip("。")) in whole, line["sentence"]
    for words in ("同意个人信息处理", "线上账户", "线下账户", "没有为这位学员申报过补贴。", "链头"):
        assert words in whole


def test_everybodys_dossiers_come_in_one_zip_each_with_a_code_of_its_own(scene: Scene) -> None:
    content, _ = made(scene, "dossier_persons", class_id=scene.there.class_id)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = bundle.namelist()
        codes = {code_of(texts(bundle.read(name))) for name in names}
    assert len(codes) == len(names) == 3 and all(re.match(r"\d{4}_\S+\.pdf$", name) for name in names)
    states = {paper_proof.prove(db.session, code, now=now(), whole=True).state for code in codes}
    assert states == {"unchanged"}


def test_rare_characters_are_printed_and_one_without_a_glyph_is_named(scene_on_either: Scene) -> None:
    own_scene = scene_on_either
    own, person = own_scene.there.wang.enrolment_id, own_scene.there.wang.actor.person_id
    table = db.metadata.tables["person"]

    def called(name: str) -> None:
        run(lambda: db.session.execute(table.update().values(name=name).where(table.c.id == person)))

    called(RARE)
    assert RARE in "".join(texts(made(own_scene, "dossier_person", enrolment_id=own)[0]))
    called("王\U00016800")
    done = own_scene.export("admin_a", "dossier_class", class_id=own_scene.there.class_id)
    assert done["state"] == "failed" and "打不出来" in done["fault"]


def test_a_dossier_is_proved_then_changed_by_what_came_later_then_broken_by_a_wrong_head(
    own_scene: Scene, tmp_path: Path
) -> None:
    content, _ = made(own_scene, "dossier_class", class_id=own_scene.there.class_id)
    file, code = tmp_path / "一期一档.pdf", code_of(texts(content))
    file.write_bytes(content)
    page = queries.page_by_code(db.session, code)
    assert page is not None
    head = rules.short(page.root)
    command = own_scene.app.test_cli_runner().invoke
    fine = command(args=["ledger", "verify", "--paper", str(file), "--head", head])
    assert (fine.exit_code, fine.output.count("unchanged")) == (0, 1) and "byte for byte" in fine.output
    assert command(args=["ledger", "verify", "--paper", code, "--head", "0123-4567-89ab"]).exit_code == 1
    file.write_bytes(content + b"\n%")
    assert command(args=["ledger", "verify", "--paper", str(file)]).exit_code == 1
    own_scene.at(EVENING + timedelta(minutes=5))
    there = own_scene.there
    tell(acts.scan(db.session, there.teacher, there.session_id, there.trainees[1], direction="out", at=NINE + timedelta(hours=3)))  # fmt: skip
    accept_waiting(own_scene)
    changed = command(args=["ledger", "verify", "--paper", code])
    assert changed.exit_code == 3, changed.output
    assert (
        "2 号" in changed.output
        and "学时 0 秒 → 2 小时 52 分" in changed.output
        and "以后新增" in changed.output
    )
    assert "2 号以后新增" in own_scene.ask("admin_a", f"/office/papers/{code}").text
    run(lambda: db.session.query(PaperPage).update({"root": "sha256:" + "0" * 64}))
    assert command(args=["ledger", "verify", "--paper", code]).exit_code == 1


def test_a_block_of_three_people_takes_no_more_queries_than_one(scene: Scene) -> None:
    own = classes.class_(db.session, scene.there.class_id)
    roster = classes.roster(db.session, own.id)
    held = dossier_people.frame(db.session, own, roster, now=now())
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for block in (roster[1:2], roster):
        asked.clear()
        dossier_people.members(db.session, held, block)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 40, counts


def test_any_page_as_it_was_scanned_leads_to_its_dossier_and_a_strange_page_among_them_is_named(
    scene: Scene, tmp_path: Path
) -> None:
    scans = []
    for kind, at in (("dossier_class", 6), ("dossier_class", 3), ("dossier_person", 1)):
        wanted = {"class_id": scene.there.class_id} if kind == "dossier_class" else {"enrolment_id": scene.there.wang.enrolment_id}  # fmt: skip
        with pypdfium2.PdfDocument(made(scene, kind, **wanted)[0]) as document:
            scans.append(document[at].render(scale=2.8).to_pil().convert("RGB"))
    file = tmp_path / "scan.pdf"
    scans[0].save(file, save_all=True, append_images=[scans[0], *scans[1:]])
    told = scene.app.test_cli_runner().invoke(args=["ledger", "verify", "--paper", str(file)])
    assert "scan.pdf 第 1–2 页: unchanged" in told.output and told.output.count("a scan") == 3, told.output
    assert "第 3 页: " in told.output and "第 4 页: " in told.output


@pytest.mark.parametrize("kind", ["dossier_class", "dossier_persons", "dossier_person"])
def test_owner_officer_colleague_and_stranger_at_a_dossier(scene: Scene, kind: str) -> None:
    wanted = {"class_id": scene.there.class_id}
    if kind == "dossier_person":
        wanted = {"enrolment_id": scene.there.wang.enrolment_id}
    body = {"kind": kind, "filter": wanted}
    found = {
        who: scene.ask(who, "/api/v1/exports", method="POST", body=body).status_code
        for who in ("admin_a", "ca_302", "auditor", "admin_b", "ca_323", "teacher_a", "0")
    }
    assert found == {"admin_a": 200, "ca_302": 200, "auditor": 200, "admin_b": 404, "ca_323": 404, "teacher_a": 403, "0": 403}  # fmt: skip
    empty = scene.ask("admin_a", "/api/v1/exports", method="POST", body={"kind": kind, "filter": {}})
    assert (empty.status_code, empty.json["code"]) == (422, "export.subject_missing")


def test_progress_rises_to_its_end_and_a_worker_lost_half_way_leaves_nothing(
    own_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_people, "BLOCK", 1)
    body = {"kind": "dossier_class", "filter": {"class_id": own_scene.there.class_id}}
    asked = own_scene.ask("admin_a", "/api/v1/exports", method="POST", body=body).json["id"]
    heard: list[int] = []
    progress = "yanglao.work.service.progress"
    monkeypatch.setattr(
        progress, lambda session, task, done, total, now: heard.append(done) or len(heard) < 5
    )
    assert perform(asked) is False, "the claim was lost at the fifth report"
    pages = db.session.query(PaperPage).count()
    monkeypatch.setattr(progress, lambda session, task, done, total, now: heard.append(done) or True)
    own_scene.at(EVENING + timedelta(minutes=10))
    assert perform(asked) and pages == 0 and db.session.query(PaperPage).count() == 1
    second = heard[5:]
    assert second == sorted(second) and second[0] < 60 < second[-1] == 100
    left = list((own_scene.app.config["SETTINGS"].data_dir / "uploads").glob("export-*"))
    assert not left


def test_a_cancelled_dossier_says_so_and_whoever_makes_it_stops(own_scene: Scene) -> None:
    body = {"kind": "dossier_class", "filter": {"class_id": own_scene.there.class_id}}
    asked = own_scene.ask("admin_a", "/api/v1/exports", method="POST", body=body).json["id"]
    path = f"/api/v1/exports/{asked}"
    found = [own_scene.ask(who, path, method="DELETE").status_code for who in ("admin_b", "ca_302", "")]
    assert found == [404, 404, 401]
    told = own_scene.ask("admin_a", path, method="DELETE").json
    assert (told["state"], told["fault"]) == ("failed", "已经取消，没有做成文件。原来的数据没有变化。")
    assert perform(asked) is False and db.session.query(PaperPage).count() == 0
    done = own_scene.export("admin_a", "dossier_class", class_id=own_scene.there.class_id)
    after = own_scene.ask("admin_a", f"/api/v1/exports/{done['id']}", method="DELETE").json
    assert done["state"] == after["state"] == "done", "what is made stays"


@pytest.mark.parametrize(
    ("positions", "said"),
    [([], ""), ([4], "4"), ([3, 4, 5], "3–5"), ([9, 1, 2, 2, 3, 7], "1–3、7、9")],
)
def test_entries_are_named_by_their_spans(positions: list[int], said: str) -> None:
    assert dossier_words.spans(positions) == said


def test_the_buttons_stand_where_the_class_and_the_trainee_are(scene: Scene) -> None:
    shown = scene.ask("admin_a", f"/office/classes/{scene.there.class_id}").text
    assert 'data-export="dossier_class"' in shown and 'data-export="dossier_persons"' in shown
    own = scene.ask("admin_a", f"/office/review/{scene.there.wang.enrolment_id}").text
    assert 'data-export="dossier_person"' in own
    assert exports.KINDS["dossier_class"].permissions == ("evidence.read", "standing.export")
