"""Papers of a claim: each to whom it belongs, proved by the claim's chain, whole ID numbers for whom may see them only."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
from PIL import Image

from tests.classes.makers import id_number
from tests.subsidy.walks import walk
from yanglao.evidence import queries as evidence
from yanglao.jobs.perform import perform
from yanglao.kernel.actor import SYSTEM, Actor, Grant
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.oversight import bureau_forms, claim_bank, paper_proof, printing
from yanglao.oversight.claim_columns import TITLES
from yanglao.papers import queries
from yanglao.people import particulars
from yanglao.people.models import Person, PersonAct
from yanglao.people.particulars import Particulars
from yanglao.subsidy import payees
from yanglao.subsidy import queries as claims
from yanglao.subsidy.run_models import Repayment
from yanglao.work import queries as tasks

NAME = "阿依·䶮㛃𫖯"


def worked() -> None:
    """Perform everything that is due."""
    db.session.remove()
    for task_id in tasks.due(db.session, now=now() + timedelta(seconds=1)):
        perform(task_id)
    db.session.remove()


def named(town) -> None:
    """Give the first trainee a name that few faces can print."""
    run(lambda: db.session.query(Person).filter_by(id=town.there.persons[1].person_id).update({"name": NAME}))


def filed(town) -> str:
    own = town.claims().json["id"]
    named(town)
    person = town.there.persons[1].person_id
    told = Particulars("初中", "兰山区", "农业户口")
    run(lambda: particulars.fill(db.session, person, told, now=now(), actor=SYSTEM))
    town.act("仁和", own, "file")
    return own


def printed(town, who: str, kind: str, claim: str) -> queries.PaperView:
    answer = town.ask(who, "/api/v1/papers", body={"kind": kind, "subject_id": claim})
    assert answer.status_code == 201, answer.text
    worked()
    return queries.paper(db.session, answer.json["id"])


def words_of(paper: queries.PaperView) -> str:
    content = printing.opened(db.session, paper, now=now()).path.read_bytes()
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def sheet_of(town, who: str, kind: str, claim: str) -> list[list[object]]:
    """Export a paper and return the cells of its first sheet."""
    asked = town.ask(who, "/api/v1/exports", body={"kind": kind, "filter": {"claim_id": claim}}).json
    worked()
    file = town.ask(who, f"/api/v1/exports/{asked['id']}/file")
    return [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]
    ]


@pytest.mark.parametrize("kind", TITLES)
def test_every_paper_says_its_money_its_policy_and_its_page_and_is_proved(town, kind):
    paper = printed(town, "仁和", kind, filed(town))
    said, page = words_of(paper), queries.pages(db.session, [paper.id])[paper.id][0]
    shown = "阿" if kind == "claim_notice" else NAME
    for words in (TITLES[kind], "x.toml", "示例", page.code[:4], "第 1 页，共 1 页", "日期", "457.14 元"):
        assert words in said, words
    assert kind == "claim_application" or shown in said
    assert ("人民币肆佰伍拾柒元壹角肆分" in said) == (kind != "claim_roster")
    assert paper_proof.prove(db.session, page.code, now=now(), whole=True).state == "unchanged"


def test_whole_id_numbers_are_printed_for_the_base_alone_kept_nowhere_and_who_asked_is_known(town):
    own, number = filed(town), id_number(1, born="19700101")
    whole, masked = printed(town, "仁和", "claim_roster", own), printed(town, "民政", "claim_roster", own)
    assert number in words_of(whole) and number not in words_of(masked)
    pages = queries.pages(db.session, [whole.id])[whole.id]
    assert number not in str(pages[0].content)
    seen = {
        who: town.ask(who, f"/api/v1/papers/{whole.id}/file").status_code for who in ("仁和", "民政", "康宁")
    }
    assert seen == {"仁和": 200, "民政": 403, "康宁": 404}
    assert town.ask("民政", f"/api/v1/papers/{masked.id}/file").status_code == 200
    acts = db.session.query(PersonAct).filter_by(kind="id_revealed").all()
    assert {one.reason for one in acts} == {"花名册上的完整证件号"} and len(acts) == 2
    row = sheet_of(town, "仁和", "claim_roster", own)[2]
    assert (row[3], row[5], row[7], row[8]) == ("初中", number, "兰山区", "农业户口")
    assert "初中" in words_of(whole) and "农业户口" in words_of(whole)
    assert sheet_of(town, "民政", "claim_roster", own)[2][5] == number[:4] + "*" * 12 + number[-2:]


def test_a_page_tells_what_became_of_the_claim_since(town):
    own = filed(town)
    paper = printed(town, "民政", "claim_payment", own)
    code = queries.pages(db.session, [paper.id])[paper.id][0].code
    town.act("民政", own, "return", "花名册少一页")
    proof = paper_proof.prove(db.session, code, now=now(), whole=True)
    assert proof.state == "changed" and "1 号：已不在申报里" in proof.changes
    assert len(proof.later) == 1 and "退回修改" in proof.later[0]
    assert town.ask("民政", "/api/v1/papers", body={"kind": "claim_payment", "subject_id": own}).json[
        "code"
    ] == ("claim.paper_empty")


def test_the_signed_scan_is_filed_to_its_page_by_its_code_by_whoever_works_with_the_claim(town):
    own = filed(town)
    paper = printed(town, "民政", "claim_application", own)
    content = printing.opened(db.session, paper, now=now()).path.read_bytes()
    path = f"/api/v1/claims/{own}/paper-scans"
    given = {who: {"files": (io.BytesIO(content), "a.pdf")} for who in ("财政", "审计", "康宁")}
    told = {who: town.ask(who, path, form=form).status_code for who, form in given.items()}
    assert told == {"财政": 201, "审计": 403, "康宁": 404}
    worked()
    assert queries.paper(db.session, paper.id).signed == 1
    page = town.ask("民政", f"/office/claims/{own}").text
    assert "签好的都传回来了" in page and "补贴申请表" in page
    code = queries.pages(db.session, [paper.id])[paper.id][0].code
    one, anybody = town.ask("民政", f"/office/papers/{code}"), town.ask("", f"/p/{code}")
    assert "申报材料" in one.text and "457.14 元" in one.text
    assert anybody.status_code == 200 and "内容没有改变" in anybody.text and "457.14" not in anybody.text


def test_the_list_is_exported_as_seen(town):
    filed(town)
    town.claims(mode="offline")
    asked = {"kind": "claims", "filter": {"state": "filed"}}
    told = town.ask("民政", "/api/v1/exports", body=asked).json
    worked()
    book = openpyxl.load_workbook(io.BytesIO(town.ask("民政", f"/api/v1/exports/{told['id']}/file").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0]]
    assert len(rows) == 4 and (rows[1][3], rows[1][8], rows[2][8]) == ("线上", 457.14, 457.14)
    assert "状态：已申报" in str([[cell.value for cell in row] for row in book["说明"]])


def accounts_sheet(*rows: tuple[str, ...]) -> bytes:
    head = ("序号", "姓名", "户名", "开户银行", "账号", "社保卡")
    return "\n".join(",".join(row) for row in (head, *rows)).encode()


def bank_file(town, claim: str, payee: str) -> str:
    """Return the bank's file as text, or the code of why there is none."""
    asked = {"kind": "claim_bank", "filter": {"claim_id": claim, "payee": payee}}
    export = town.ask("财政", "/api/v1/exports", body=asked).json["id"]
    worked()
    told = town.ask("财政", f"/api/v1/exports/{export}").json
    if told["state"] == "failed":
        return told["fault"]
    return town.ask("财政", f"/api/v1/exports/{export}/file").data.decode()


def test_the_bank_gets_whole_numbers_as_text_and_a_word_on_whatever_is_odd(town):
    own = town.claims().json["id"]
    path = f"/office/claims/{own}/accounts/sheet"
    named(town)
    rows = (
        ("1", NAME, "=cmd|x", "=示例银行", "6222 0212 3456 7890 123", "是"),
        ("2", "错名", "", "示例银行", "1" * 16, ""),
    )
    town.ask("仁和", path, form={"file": (io.BytesIO(accounts_sheet(*rows)), "a.csv")})
    assert "还没有" in town.ask("民政", f"/office/claims/{own}/accounts").text
    town.ask("仁和", path, form={"file": (io.BytesIO(accounts_sheet(rows[0])), "a.xlsx")})
    shown = town.ask("民政", f"/office/claims/{own}/accounts").text
    assert "6222 **** 0123" in shown and "6222021234567890123" not in shown
    asked = {"kind": "claim_bank", "filter": {"claim_id": own, "payee": "person"}}
    assert town.ask("仁和", "/api/v1/exports", body=asked).status_code == 403
    assert "财政批了才有银行文件" in bank_file(town, own, "person")
    walk(town.there, own, until="fund")
    first, one, other = bank_file(town, own, "person").splitlines()[:3]
    assert first.startswith("\ufeff序号,户名,账号") and one.startswith(
        "1,'=cmd|x,\t6222021234567890123,'=示例银行,社会保障卡,228.57"
    )
    assert "户名和本人姓名不一样" in one and other.endswith("没有收款账户，先补登再付")
    kept = [one.body for one in evidence.chain(db.session, "claim", own) if one.kind == "paper.bank"]
    assert [(one["payee"], one["fen"]) for one in kept] == [("person", 45714)]
    base = bank_file(town, own, "base").splitlines()
    assert len(base) == 2 and base[1].startswith("1,仁和养老培训基地,,,,457.14,")


@pytest.mark.parametrize(
    ("renewed", "after_ms", "told"), [(False, 1, ""), (True, 1, "申报以后改过账户"), (True, 0, "")]
)
def test_only_an_account_that_took_the_place_of_another_since_the_filing_is_odd(
    town, renewed, after_ms, told
):
    own = claims.claim(db.session, filed(town))
    account = payees.AccountView(
        "a",
        "p",
        None,
        "bank",
        "王",
        "示例银行",
        "6222 **** 0123",
        True,
        own.filed_ms + after_ms,
        False,
        renewed,
    )
    assert claim_bank.remark(account, own) == told


def bureau_form(*cells: tuple[str, str]) -> bytes:
    book = openpyxl.Workbook()
    for place, text in cells:
        book.active[place] = text
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_bureaus_own_form_is_taken_in_filled_and_its_version_known(town):
    own = filed(town)
    cells = (
        ("A1", "{{培训机构}}"),
        ("A2", "{{合计金额大写}}"),
        ("A4", "{{行.姓名}}"),
        ("B4", "{{行.证件号}}"),
        ("C4", "{{行.金额}}"),
    )

    def sent(who: str, content: bytes) -> str:
        town.ask(
            who, "/office/claims/forms", form={"name": "省厅申请表", "file": (io.BytesIO(content), "a.xlsx")}
        )
        return town.ask("民政", "/office/claims/forms").text

    assert "第 1 版" not in sent("民政", bureau_form(*cells))
    boss = Actor(town.there.staff["审计"].person_id, "系统", (Grant("sysadmin"),))
    refused = form_fault(town, boss, bureau_form(*cells, ("B9", "{{工资}}")))
    assert refused.facts["said"] == "工作表“Sheet” B9的“工资”"
    first = run(
        lambda: bureau_forms.take_in(db.session, "省厅申请表", bureau_form(*cells), now=now(), actor=boss)
    )
    assert "第 1 版" in town.ask("民政", "/office/claims/forms").text
    assert town.ask("民政", f"/office/claims/forms/versions/{first}/sample").status_code == 200
    number = id_number(1, born="19700101")
    for who, shown in (("仁和", number), ("民政", number[:4] + "*" * 12 + number[-2:])):
        asked = {"kind": "claim_form", "filter": {"claim_id": own, "version_id": first}}
        export = town.ask(who, "/api/v1/exports", body=asked).json["id"]
        worked()
        file = town.ask(who, f"/api/v1/exports/{export}/file").data
        sheet = openpyxl.load_workbook(io.BytesIO(file)).active
        assert (sheet["A1"].value, sheet["A2"].value) == ("仁和养老培训基地", "肆佰伍拾柒元壹角肆分")
        assert (sheet["A4"].value, sheet["B4"].value, sheet["C5"].value) == (NAME, shown, 228.57)
    kept = [one.body for one in evidence.chain(db.session, "claim", own) if one.kind == "paper.form"]
    assert len(kept) == 2 and kept[1]["version"] == 1 and kept[1]["file"] == digest(file)
    assert "用的第 1 版" in town.ask("财政", f"/office/claims/{own}").text
    signed_form_is_filed(town, own, sheet._images[0]._data())


def signed_form_is_filed(town, own: str, picture: bytes) -> None:
    """Hand in a scan of two sheets, the code on one, and see both filed by it and the form proved."""
    page = Image.new("L", (1240, 1754), 255)
    page.paste(Image.open(io.BytesIO(picture)), (900, 60))
    scan = io.BytesIO()
    Image.new("L", page.size, 255).save(scan, "PDF", save_all=True, append_images=[page], resolution=150)
    form = {"files": (io.BytesIO(scan.getvalue()), "a.pdf")}
    assert town.ask("民政", f"/api/v1/claims/{own}/paper-scans", form=form).status_code == 201
    worked()
    shown = town.ask("民政", f"/office/claims/{own}").text
    assert shown.count("签好的传回来了") == 1 and "没有归档的照片" not in shown
    paper = next(
        one for one in queries.papers_of_claim(db.session, own) if one.kind == "claim_form" and one.signed
    )
    code = queries.pages(db.session, [paper.id])[paper.id][0].code
    assert paper_proof.prove(db.session, code, now=now(), whole=True).state == "unchanged"
    assert len(queries.scans_of_page(db.session, queries.pages(db.session, [paper.id])[paper.id][0].id)) == 2
    seen = town.ask("民政", f"/office/papers/{code}").text
    assert (
        "省厅申请表（第 1 版）" in seen and "228.57 元" in seen and id_number(1, born="19700101") not in seen
    )
    assert town.ask("康宁", f"/office/papers/{code}").status_code == 404


def form_fault(town, actor: Actor, content: bytes) -> Refused:
    with pytest.raises(Refused) as refusal:
        run(lambda: bureau_forms.take_in(db.session, "省厅申请表", content, now=now(), actor=actor))
    assert refusal.value.code == "form.words_unknown"
    return refusal.value


def deduct(claim: str, fen: int) -> None:
    """Keep back ``fen`` of the first line for an older debt, as two people would have agreed."""
    line, other = (one.id for one in claims.lines(db.session, claim))
    who = db.session.query(PersonAct.filed_by).first() or db.session.query(Person.id).first()
    row = Repayment(
        claim_id=claim, line_id=other, way="deducted", amount_fen=fen, against_line_id=line, document_no="", reason="多付",
        recorded_by=who[0], recorded_ms=1, state="done",
    )  # fmt: skip
    run(lambda: db.session.add(row))


def test_what_is_kept_back_for_an_older_debt_goes_to_nobody(town):
    own = town.claims().json["id"]
    walk(town.there, own, until="fund")
    deduct(own, 10000)
    assert [one.split(",")[5] for one in bank_file(town, own, "person").splitlines()[1:]] == [
        "128.57",
        "228.57",
    ]
    said = words_of(printed(town, "财政", "claim_payment", own))
    assert "批准 457.14 元，扣回 100.00 元，实付 357.14 元" in said and "人民币叁佰伍拾柒元壹角肆分" in said
