"""What is answered in the chat: which words to which menu key, typed word, scene or scanned code. Pure.

A link is kept as a path of ours; whoever sends the text puts the site before it (``with_site``). Of what somebody
typed or scanned only a checked token ever enters a link, and nothing of it enters the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yanglao.kernel.wording import sentence

BIND = "/wx/bind"
_LINKS: dict[str, tuple[str, str]] = {  # name in the words -> (path, what the link reads)
    "bind": (BIND, "绑定我的身份"),
    "restore": (BIND, "恢复绑定"),
    "learn": ("/learn/", "继续学"),
    "hours": ("/learn/hours", "我的学时"),
    "card": ("/learn/card", "签到"),
    "teach": ("/teach/", "今天的课"),
}
# Menu keys (``config/wechat_menu.toml``) and the words that answer them.
CLICKS: dict[str, str] = {
    "help": "chat.help",
    "hours": "chat.hours",
    "card": "chat.card",
    "learn": "chat.learn",
    "bind": "chat.bind",
    "base": "chat.base",
}
# What people type, the first that is found answers; a question about signing in comes before one about lessons.
TYPED: tuple[tuple[str, str], ...] = (
    (r"学时|课时|还差|进度", "chat.hours"),
    (r"签到|签退|扫码|打卡|个人码", "chat.card"),
    (r"绑定|解绑|换手机|身份|登录|登陆", "chat.bind"),
    (r"基地|电话|联系|人工|老师", "chat.base"),
    (r"课|学习|视频|测验|考试|考核", "chat.learn"),
)
LONGEST_TYPED = 200


@dataclass(frozen=True)
class Code:
    """A kind of code of ours: how it looks, the words that answer its scan, and the link in them (none without path)."""

    pattern: str
    words: str
    path: str = ""
    reads: str = ""


_SITE = r"https?://[^/?#\s]{1,253}"
_END = r"/?(?:[?#].*)?"
CODES: tuple[Code, ...] = (
    Code(rf"{_SITE}/c/([A-Za-z0-9_-]{{16}}){_END}", "chat.scanned_room", "/c/", "去签到"),
    Code(rf"{_SITE}/l/(L[A-Za-z0-9]{{1,63}}){_END}", "chat.scanned_ticket", "/l/", "看一看再确认"),
    Code(rf"{_SITE}/b/([A-Za-z0-9_-]{{8,86}}){_END}", "chat.scanned_slip", "/b/", "绑定"),
    Code(rf"{_SITE}/k/([A-Za-z0-9_-]{{8,43}}){_END}", "chat.scanned_class", "/k/", "找到我的名字"),
    Code(
        rf"{_SITE}/verify/([A-Za-z0-9_-]{{4,43}}){_END}", "chat.scanned_certificate", "/verify/", "查验真假"
    ),
    Code(
        rf"{_SITE}/teach/screens/([A-Za-z0-9_-]{{4,64}}){_END}",
        "chat.scanned_screen",
        "/teach/screens/",
        "选一次课",
    ),
    Code(r"YL1\.[A-Z2-7]{20,40}", "chat.scanned_card"),
)
# Scenes of parametric QRs by their first letter.
SCENES: tuple[Code, ...] = (Code(r"(L[A-Za-z0-9]{1,63})", "chat.scene_ticket", "/l/", "看一看再确认"),)


def link(path: str, reads: str) -> str:
    """Return a link as WeChat's chat draws it."""
    return f'<a href="{path}">{reads}</a>'


def with_site(text: str, site: str) -> str:
    """Return ``text`` with ``site`` (https://learn.example.org) before every path that a link names."""
    return text.replace('<a href="/', f'<a href="{site.rstrip("/")}/')


def words_of(code: str, **facts: str) -> str:
    """Return the sentence of ``code`` with its links in it."""
    return sentence(code, {name: link(*row) for name, row in _LINKS.items()} | facts)


def clicked(key: str) -> str:
    """Answer a menu key; one that is no longer in the menu gets the help."""
    return words_of(CLICKS.get(key, "chat.help"))


def typed(text: str) -> str:
    """Answer what somebody wrote."""
    asked = text[:LONGEST_TYPED]
    code = next((code for pattern, code in TYPED if re.search(pattern, asked)), "chat.typed")
    return words_of(code)


def scanned(text: str) -> str:
    """Answer what somebody scanned by the menu while the chat waits."""
    return _coded(text.strip(), CODES) or words_of("chat.scanned_other")


def scene(text: str) -> str:
    """Answer who came by a parametric QR."""
    return _coded(text, SCENES) or words_of("chat.scene_unknown")


def _coded(text: str, codes: tuple[Code, ...]) -> str:
    for code in codes:
        found = re.fullmatch(code.pattern, text, re.ASCII | re.DOTALL)
        if found is not None:
            return words_of(
                code.words, **({"open": link(code.path + found[1], code.reads)} if code.path else {})
            )
    return ""
