"""三优资源: every pair of state and step, nobody reviews their own, files by content, and a courseware is taken over and counted."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import event

from tests import factories
from tests.courses.test_authoring import NOW, author, draft_of, officer
from yanglao.courses import authoring, library, library_files, library_queries, queries
from yanglao.courses.library import ResourceDraft, Spot
from yanglao.courses.library_queries import Wanted
from yanglao.courses.states import STATES, STEPS, after
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import TooLarge
from yanglao.kernel.identifiers import new_id

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def package(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return held.getvalue()


def stream(name: str) -> bytes:
    return OLE + b"\x00" * 100 + name.encode("utf-16-le")


FILES = [
    ("a.pdf", PDF, "a.pdf"),
    ("手册.docx", package("word/document.xml"), "手册.docx"),
    ("课.pptx", package("ppt/presentation.xml"), "课.pptx"),
    ("旧.wps", stream("WordDocument"), "旧.wps"),
    ("旧.exe", stream("PowerPoint Document"), "旧.exe.ppt"),
    ("图.jpeg", b"\xff\xd8\xff\xe0rest", "图.jpeg"),
    ("页.pdf", b"<html><script>1</script></html>", None),
    ("表.xlsx", package("xl/workbook.xml"), None),
    ("宏.docx", package("word/document.xml", "word/vbaProject.bin"), None),
    ("宏.doc", stream("WordDocument") + "_VBA_PROJECT".encode("utf-16-le"), None),
    ("密.docx", stream("EncryptedPackage"), None),
    ("空.pdf", b"", None),
]


def test_the_table_of_steps_is_walked_pair_by_pair() -> None:
    walked = {(state, act): after(act, state) for state in STATES for act in STEPS}
    assert {pair: ends for pair, ends in walked.items() if ends} == {
        ("draft", "propose"): "proposed",
        ("proposed", "recall"): "draft",
        ("proposed", "review"): "reviewed",
        ("proposed", "return"): "draft",
        ("reviewed", "return"): "draft",
        ("reviewed", "publish"): "published",
        ("published", "withdraw"): "withdrawn",
    }


def test_a_courseware_is_proposed_reviewed_by_another_published_and_taken_over(app: Any) -> None:
    world = factories.world(trainees=2)
    lesson = queries.programme_by_code(db.session, "leader").segments[0].lessons[0]
    draft = ResourceDraft("courseware", "机构安全", author="示例基地", lesson_id=lesson.id)
    made = run(lambda: library.offer(db.session, draft, now=NOW, actor=author(world)))

    def take(act: str, who: Actor, reason: str = "") -> None:
        run(lambda: library.take(db.session, made, act, reason=reason, now=NOW, actor=who))

    stranger = Actor(world.teacher.person_id, "别处", (Grant("base_admin", base=new_id()),))
    with pytest.raises(library.ResourceUnknown):
        library_queries.seen(db.session, made, stranger, now=NOW)
    take("propose", author(world))
    with pytest.raises(library.OwnProposal):
        take("review", author(world), "好")
    with pytest.raises(library.ReasonMissing):
        take("review", officer(world))
    take("review", officer(world), "内容准确")
    with pytest.raises(library.StepNotAllowed):
        take("withdraw", officer(world), "x")
    take("publish", officer(world))
    assert library_queries.listed(db.session, stranger, Wanted(text="安全"), now=NOW).items[0].uses == 0
    into = draft_of(world)
    spot = Spot(into, "online_theory", "main", 1)
    run(lambda: library.reuse(db.session, made, spot, now=NOW, actor=author(world)))
    assert queries.programme(db.session, into).segments[0].lessons[-1].title == "机构安全"
    assert library_queries.lessons_made_of(db.session, made) == {into: ["机构安全"]}
    take("withdraw", officer(world), "有了新版")
    with pytest.raises(library.ResourceUnknown):
        run(lambda: library.reuse(db.session, made, spot, now=NOW, actor=author(world)))
    held = queries.programme(db.session, into)
    assert library_queries.withdrawn(db.session, held) == {held.segments[0].lessons[-1].id: "机构安全"}
    told = library_queries.seen(db.session, made, officer(world), now=NOW)
    assert (told.uses, told.state) == (1, "withdrawn")
    assert [one.act for one in told.steps] == ["offer", "propose", "review", "publish", "withdraw"]
    run(lambda: authoring.drop(db.session, into, revision=held.revision, actor=author(world)))
    assert library_queries.seen(db.session, made, officer(world), now=NOW).uses == 0
    with pytest.raises(queries.ProgrammeUnknown):
        queries.programme(db.session, into)


def test_the_file_of_a_resource_is_known_by_its_content_and_waits_for_its_form(app: Any) -> None:
    world = factories.world(trainees=2)
    me = author(world)
    kept = {}
    for name, content, ends in FILES:
        try:
            made = run(
                lambda name=name, content=content: library_files.receive(
                    db.session, name, content, now=NOW, actor=me
                )
            )
        except library_files.FileRefused:
            assert ends is None, name
        else:
            kept[ends] = made
            assert files.open_(db.session, made, now=NOW).name == ends
    assert set(kept) == {ends for *_, ends in FILES if ends}
    with pytest.raises(TooLarge):
        library_files.receive(
            db.session, "a.pdf", PDF + b"x" * library_files.most_bytes(NOW), now=NOW, actor=me
        )
    book = ResourceDraft("textbook", "翻身手册", file_id=kept["a.pdf"])
    with pytest.raises(FileUnknown):  # another's file
        run(lambda: library.offer(db.session, book, now=NOW, actor=officer(world)))
    made = run(lambda: library.offer(db.session, book, now=NOW, actor=me))
    later = NOW + library_files.WAITS * 2
    held = library_queries.seen(db.session, made, me, now=later).file
    assert held is not None and held.name == "a.pdf"
    with pytest.raises(FileUnknown):
        files.open_(db.session, kept["手册.docx"], now=later)
    with pytest.raises(library.DraftFaulty):
        run(lambda: library.offer(db.session, ResourceDraft("courseware", "什么都没有"), now=NOW, actor=me))


def test_the_list_is_filtered_and_cut_by_the_database_with_a_fixed_number_of_queries(app: Any) -> None:
    world = factories.world(trainees=2)
    me = author(world)

    def offer(title: str) -> str:
        return run(lambda: library.offer(db.session, ResourceDraft("teacher", title), now=NOW, actor=me))

    made = [offer(f"老师{n}") for n in range(5)]
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    first = library_queries.listed(db.session, me, Wanted(text="老师"), limit=2, now=NOW)
    few = len(asked)
    asked.clear()
    rest = library_queries.listed(db.session, me, Wanted("teacher", "draft"), after=first.next or "", now=NOW)
    assert len(asked) <= few
    found = [one.id for one in (*first.items, *rest.items)]
    assert found == made[::-1] and (first.next, rest.next) == (made[3], None)
    assert not library_queries.listed(db.session, me, Wanted(text="老_"), now=NOW).items
