"""The office's pages of claims: what waits, what may be claimed and why not, one claim with its calculation."""

from __future__ import annotations

import io

from tests.subsidy import scene


def test_the_page_of_a_class_says_what_may_be_claimed_and_what_stands_in_the_way(town, monkeypatch):
    path = f"/office/claims/of-class/{town.there.classes['仁和']}?mode=online"
    seen = town.ask("仁和", path).text
    assert "可以申报" in seen and "228.57 元" in seen and "建草稿" in seen
    assert "建草稿" not in town.ask("民政", path).text
    scene.say(monkeypatch, "no")
    seen = town.ask("仁和", path).text
    assert "学员本人看了培训天数，说不对，这一笔先停着。" in seen and "disabled" in seen
    assert town.ask("外县", path).status_code == 404 and town.ask("", path).status_code in (302, 401)


def test_a_claim_stands_on_the_list_and_waits_with_whose_turn_it_is(town):
    own = town.claims().json["id"]
    assert f"/office/claims/{own}" in town.ask("仁和", "/office/").text
    town.act("仁和", own, "file")
    assert "补贴县区民政审核通过" in town.ask("民政", "/office/").text
    assert own not in town.ask("仁和", "/office/").text and own not in town.ask("财政", "/office/").text
    assert "457.14 元" in town.ask("审计", "/office/claims?state=filed&mode=online").text
    assert "没有符合条件的申报" in town.ask("审计", "/office/claims?mode=offline").text
    assert "还没有申报" in town.ask("外县", "/office/claims").text


def test_the_page_of_a_claim_offers_only_what_its_reader_may_do(town):
    own = town.claims().json["id"]
    town.act("仁和", own, "file")
    pages = {who: town.ask(who, f"/office/claims/{own}").text for who in ("民政", "人社", "仁和", "审计")}
    assert "acts/pass_county" in pages["民政"] and "acts/pass_county" not in pages["人社"]
    assert "acts/withdraw" in pages["仁和"] and "现在没有要您办的" in pages["审计"]
    assert "理论、实操按比例分" in pages["审计"] and "余数大的先加一分" in pages["审计"]
    assert town.ask("外县", f"/office/claims/{own}").status_code == 404


def test_a_paper_is_registered_on_the_page_and_shown_to_the_second_person(town):
    own = town.claims().json["id"]
    town.act("仁和", own, "file")
    town.act("民政", own, "pass_county")
    form = {"act": "pass_hrss", "document_no": "人社审7号", "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")}
    assert town.ask("民政", f"/office/claims/{own}/papers", form=form).status_code == 303
    assert "/decision" not in town.ask("民政", f"/office/claims/{own}").text
    seen = town.ask("民政二", f"/office/claims/{own}").text
    assert "/decision" in seen and "人社审7号" in seen and "确认公文" in town.ask("民政二", "/office/").text
    scan = f"/office/claims/{own}/papers/{seen.split('/papers/')[1][:26]}"
    assert town.ask("民政二", scan).data == b"%PDF-1.4 x" and town.ask("外县", scan).status_code == 404


def test_a_list_is_tried_on_its_page_before_it_is_kept(town):
    text = "身份证号,从\n371321198001019999,2020-01-01\n"
    form = {"group": "pensioner", "file": (io.BytesIO(text.encode()), "a.csv")}
    seen = town.ask("人社", "/office/exclusions", form=form).text
    assert "只是看看，没有存" in seen and "读不出来" in seen and "371321198001019999" not in seen
    form = {"group": "pensioner", "keep": "true", "file": (io.BytesIO(text.encode()), "a.csv")}
    kept = town.ask("人社", "/office/exclusions", form=form)
    assert kept.status_code == 409 and "一行也没有存" in kept.text
    assert town.ask("民政", "/office/exclusions").status_code == 403


def test_the_trainee_reads_where_their_money_is_in_the_same_sentences(town, monkeypatch):
    seen = town.ask("学员", "/learn/claims").text
    assert seen.count("都齐了，等基地申报。") == 3
    own = town.claims().json["id"]
    town.act("仁和", own, "file")
    scene.say(monkeypatch, "")
    seen = town.ask("学员", "/learn/claims").text
    assert (
        "228.57 元" in seen and "现在：已申报。" in seen and seen.count("学员还没有确认自己的培训天数。") == 2
    )
    assert town.ask("仁和", "/learn/claims").status_code == 403
