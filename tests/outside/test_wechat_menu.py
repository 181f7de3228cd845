from __future__ import annotations

import tomllib

import pytest

from yanglao.messages.chat import CLICKS
from yanglao.outside import wechat_menu
from yanglao.outside.wechat_menu import WrongMenu, bare, keys_of, load, menu
from yanglao.settings import ROOT

SITE = "https://learn.example.org"
FILE = ROOT / "config" / "wechat_menu.toml"
LEAF = {"name": "看课", "page": "/learn/"}


def test_the_menu_that_comes_along_is_one_that_wechat_takes():
    found = load(FILE, site=SITE)
    assert [one["name"] for one in found["button"]] == ["学习", "签到", "帮助"]
    assert found["button"][0]["sub_button"][0] == {
        "type": "view",
        "name": "继续学",
        "url": SITE + "/learn/",
    }
    assert {"scancode_push"} == {one["type"] for one in found["button"][1]["sub_button"] if "url" not in one}


def test_every_key_of_the_menu_is_answered():
    assert keys_of(load(FILE, site=SITE)) <= set(CLICKS)


def test_every_page_of_the_menu_exists(app):
    found = load(FILE, site="http://localhost")
    routes = app.url_map.bind("localhost")
    for leaf in (leaf for one in found["button"] for leaf in one["sub_button"] if "url" in leaf):
        path = leaf["url"].removeprefix("http://localhost")
        assert path == "/learn/messages" or routes.match(path, "GET"), path


@pytest.mark.parametrize(
    ("leaf", "type_"),
    [
        ({"name": "看", "url": "https://www.example.org/a"}, "view"),
        ({"name": "问", "key": "help"}, "click"),
        ({"name": "扫", "key": "k", "scan": "open"}, "scancode_push"),
        ({"name": "扫", "key": "k", "scan": "ask"}, "scancode_waitmsg"),
        ({"name": "五个字的名"[:5], "page": "/"}, "view"),
    ],
)
def test_a_button_of_each_kind_is_taken(leaf, type_):
    assert menu({"button": [leaf]}, site=SITE)["button"][0]["type"] == type_


WRONG = {
    "no button": {},
    "none": {"button": []},
    "four buttons": {"button": [LEAF] * 4},
    "six below": {"button": [{"name": "学", "below": [LEAF] * 6}]},
    "none below": {"button": [{"name": "学", "below": []}]},
    "a name of 18 bytes": {"button": [{"name": "六个汉字名字", "page": "/"}]},
    "a name of 61 bytes below": {
        "button": [{"name": "学", "below": [{"name": "一" * 20 + "x", "page": "/"}]}]
    },
    "no name": {"button": [{"name": " ", "page": "/"}]},
    "a number as name": {"button": [{"name": 7, "page": "/"}]},
    "neither page nor key": {"button": [{"name": "学"}]},
    "page and key": {"button": [{"name": "学", "page": "/", "key": "k"}]},
    "page and below": {"button": [{"name": "学", "page": "/", "below": [LEAF]}]},
    "a third floor": {"button": [{"name": "学", "below": [{"name": "学", "below": [LEAF]}]}]},
    "a key of 129 bytes": {"button": [{"name": "学", "key": "k" * 129}]},
    "an empty key": {"button": [{"name": "学", "key": ""}]},
    "a scan without key": {"button": [{"name": "学", "scan": "open"}]},
    "an unknown scan": {"button": [{"name": "学", "key": "k", "scan": "push"}]},
    "a url of 1025 bytes": {"button": [{"name": "学", "url": "https://" + "x" * 1017}]},
    "a url without https": {"button": [{"name": "学", "url": "http://x.example.org"}]},
    "a page of another site": {"button": [{"name": "学", "page": "//evil.example.org"}]},
    "a space in a url": {"button": [{"name": "学", "page": "/a b"}]},
    "an unknown field": {"button": [{"name": "学", "page": "/", "appid": "wx"}]},
    "no table": {"button": ["学"]},
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_what_wechat_would_refuse_is_refused_here_in_one_line(content):
    with pytest.raises(WrongMenu) as caught:
        menu(content, site=SITE)
    assert "\n" not in str(caught.value) and str(caught.value)


def test_the_operators_own_file_takes_the_place(app):
    settings = app.config["SETTINGS"]
    assert wechat_menu.file_of(settings) == FILE
    own = settings.data_dir / "wechat_menu.toml"
    own.write_text(FILE.read_text(encoding="utf-8").replace("学习", "上课"), encoding="utf-8")
    assert load(wechat_menu.file_of(settings), site=SITE)["button"][0]["name"] == "上课"
    own.write_text("[[button]", encoding="utf-8")
    with pytest.raises(WrongMenu):
        load(own, site=SITE)


def test_a_menu_that_comes_back_from_wechat_equals_the_one_that_was_sent():
    sent = menu(tomllib.loads(FILE.read_text(encoding="utf-8")), site=SITE)
    leaves = sent["button"][0]["sub_button"]
    back = {
        "button": [
            {"name": "学习", "sub_button": [leaf | {"sub_button": []} for leaf in leaves]},
            *sent["button"][1:],
        ]
    }
    assert bare(back) == bare(sent)
    leaves[0]["name"] = "改了"
    assert bare(back) != bare(sent)
