from __future__ import annotations

import re

import pytest

from yanglao.kernel.wording import all_words
from yanglao.messages import chat, rules

SITE = "https://learn.example.org"


def links(text):
    return re.findall(r'<a href="([^"]*)">', text)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("我还差多少学时", "/learn/hours"),
        ("怎么签到😀", "/learn/card"),
        ("上课在哪", "/learn/"),
        ("换手机了", "/wx/bind"),
        ("老师电话多少", "/teach/"),
        ("你好", "/learn/"),
        ("", "/learn/"),
        ("学" * 2000, "/learn/"),
    ],
)
def test_a_typed_word_is_answered_by_the_link_that_helps(asked, path):
    assert path in links(chat.typed(asked))


@pytest.mark.parametrize(
    ("read", "path"),
    [
        ("https://yl.example.org/c/AAAAB3NzaC1yc2EA", "/c/AAAAB3NzaC1yc2EA"),
        ("https://yl.example.org/c/AAAAB3NzaC1yc2EA?from=groupmessage#x", "/c/AAAAB3NzaC1yc2EA"),
        (" https://yl.example.org/l/Labc123\n", "/l/Labc123"),
        ("https://yl.example.org/b/abcdefgh_-", "/b/abcdefgh_-"),
        ("https://yl.example.org/k/abcdefgh", "/k/abcdefgh"),
        ("https://yl.example.org/teach/screens/abcd", "/teach/screens/abcd"),
    ],
)
def test_a_code_of_ours_leads_to_its_page_on_our_own_site(read, path):
    assert links(chat.scanned(read)) == [path]


@pytest.mark.parametrize(
    "read",
    [
        "",
        "6901234567892",
        "https://evil.example.org/",
        'https://yl.example.org/c/"><a href="x',
        "https://yl.example.org/l/../../account",
        "javascript:alert(1)",
        "x" * 60_000,
        "https://yl.example.org/c/AAAAB3NzaC1yc2EA/more",
    ],
    ids=range(8),
)
def test_nothing_of_any_other_scan_enters_the_answer(read):
    assert chat.scanned(read) == chat.words_of("chat.scanned_other")


def test_a_card_is_explained_without_a_link():
    said = chat.scanned("YL1.ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert "老师" in said and links(said) == []


@pytest.mark.parametrize(("scene", "path"), [("L7f", "/l/L7f"), ("L" + "a" * 22, "/l/L" + "a" * 22)])
def test_a_scene_of_a_sign_in_leads_to_its_confirmation(scene, path):
    assert links(chat.scene(scene)) == [path]


@pytest.mark.parametrize("scene", ["0", "x7f", "L7f/../../account", 'L"><a', "L" + "a" * 64])
def test_an_unknown_scene_gets_a_friendly_word(scene):
    assert chat.scene(scene) == chat.words_of("chat.scene_unknown")


@pytest.mark.parametrize("key", [*chat.CLICKS, "gone", ""])
def test_every_menu_key_is_answered_with_links_only_to_our_own_pages(key):
    said = chat.with_site(chat.clicked(key), SITE + "/")
    assert said and all(one.startswith(SITE + "/") for one in links(said)) and "…" not in said


def test_every_answer_fits_into_a_reply():
    for code in all_words():
        if code.startswith("chat."):
            said = chat.with_site(chat.words_of(code, open=chat.link("/b/" + "x" * 86, "打开")), SITE)
            assert len(said.encode()) <= rules.MOST_REPLY_BYTES and "…" not in said
