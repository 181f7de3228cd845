"""Every step of a class stands in the ledger, once."""

from __future__ import annotations

from tests.classes import sheets
from tests.classes.conftest import NOW
from tests.classes.makers import meeting
from yanglao.classes import roster
from yanglao.evidence import filing, queries


def test_every_step_of_a_class_is_an_entry_of_its_chain(session, city, draft_class):
    content = sheets.xlsx(sheets.people_rows())
    view = roster.preview(
        session, draft_class.id, roster.Upload("a.xlsx", content), now=NOW, actor=city.admin
    )
    filing.commit_roster(session, view.id, now=NOW, actor=city.admin)
    filing.commit_roster(session, view.id, now=NOW, actor=city.admin)
    filing.plan_session(session, meeting(city, draft_class), now=NOW, actor=city.admin)
    filing.take(session, draft_class.id, "file", now=NOW, actor=city.admin)
    filing.take(session, draft_class.id, "approve", now=NOW, actor=city.county)
    kinds = [one.kind for one in queries.chain(session, "class", draft_class.id)]
    assert kinds == ["roster.committed", "session.planned", "class.file", "class.approve"]


def test_no_name_and_no_number_stands_in_the_ledger(session, city, draft_class):
    content = sheets.xlsx(sheets.people_rows())
    view = roster.preview(
        session, draft_class.id, roster.Upload("a.xlsx", content), now=NOW, actor=city.admin
    )
    filing.commit_roster(session, view.id, now=NOW, actor=city.admin)
    said = repr(queries.chain(session, "class", draft_class.id))
    assert "陈秀英" not in said and sheets.id_number(1) not in said
