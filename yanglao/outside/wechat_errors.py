"""WeChat's error codes as data: what each means for the one who sends."""

from __future__ import annotations

from dataclasses import dataclass

# What a sender does about a code.
AGAIN, TOKEN, DELAY, MIDNIGHT = "again", "token", "delay", "midnight"
OTHER_WAY, STOP, ALERT, BAD_OPENID, NO_RIGHT = "other_way", "stop", "alert", "bad_openid", "no_right"


@dataclass(frozen=True)
class Meaning:
    """What a code says in a few words, and what to do about it."""

    words: str
    reaction: str


ERRORS: dict[int, Meaning] = {
    -1: Meaning("busy", AGAIN),
    40001: Meaning("token is not valid", TOKEN),
    40014: Meaning("token is not valid", TOKEN),
    42001: Meaning("token has expired", TOKEN),
    40003: Meaning("openid is not of this account", BAD_OPENID),
    40013: Meaning("app id is wrong", ALERT),
    40029: Meaning("code is wrong or was used", STOP),
    40033: Meaning("body holds escaped characters", ALERT),
    40037: Meaning("template is unknown", ALERT),
    40125: Meaning("secret is wrong", ALERT),
    40163: Meaning("code was used", STOP),
    40164: Meaning("address of this server is not listed", ALERT),
    40243: Meaning("secret is frozen", ALERT),
    41008: Meaning("code is missing", STOP),
    42003: Meaning("code has expired", STOP),
    43004: Meaning("receiver does not follow", OTHER_WAY),
    43019: Meaning("receiver is blocked", STOP),
    43101: Meaning("receiver gave no right to send", NO_RIGHT),
    45009: Meaning("quota of the day is used up", MIDNIGHT),
    45011: Meaning("quota of the minute is used up", DELAY),
    45015: Meaning("time to answer is over", OTHER_WAY),
    45047: Meaning("answers in this time are used up", OTHER_WAY),
    46003: Meaning("there is no menu", ALERT),
    47001: Meaning("body is not JSON", ALERT),
    47003: Meaning("a field of the template is wrong", ALERT),
    48001: Meaning("interface is not granted", ALERT),
}
UNKNOWN = Meaning("unknown", ALERT)
STALE = frozenset(code for code, meaning in ERRORS.items() if meaning.reaction == TOKEN)


class WeChatFault(Exception):
    """Say that WeChat did not do what was asked. No address, secret or token is ever within.

    Attributes: ``code`` WeChat's errcode, None when no proper answer came; ``call`` the name of the call;
    ``rid`` what Tencent's support asks for; ``reaction`` one word of this module; ``address`` ours that WeChat does
    not know (40164).
    """

    def __init__(
        self, call: str, code: int | None, *, why: str = "", rid: str = "", address: str = ""
    ) -> None:
        meaning = ERRORS.get(code, UNKNOWN) if code is not None else Meaning(why or "no answer", AGAIN)
        super().__init__(f"{call}: {meaning.words} ({'no code' if code is None else code})")
        self.call = call
        self.code = code
        self.rid = rid
        self.address = address
        self.reaction = meaning.reaction
