"""Faults that can be switched on: how WeChat answers when it has a bad day. One row each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

ALWAYS = -1


@dataclass(frozen=True)
class Fault:
    """One fault: what it is called on the page, and where it strikes: ``api``, ``oauth`` or ``push``."""

    title: str
    where: str


FAULTS: dict[str, Fault] = {
    "token_refused": Fault("令牌失效（40001）", "api"),
    "token_expired": Fault("令牌过期（42001）", "api"),
    "busy": Fault("系统繁忙（-1）", "api"),
    "quota": Fault("当天次数用完（45009）", "api"),
    "minute_quota": Fault("每分钟次数用完（45011）", "api"),
    "address_refused": Fault("服务器地址不在白名单（40164）", "api"),
    "html": Fault("回答网页而不是 JSON", "api"),
    "bad_gateway": Fault("网关出错（502）", "api"),
    "slow": Fault("慢 6 秒才回答", "api"),
    "code_used": Fault("登录码用过了（40163）", "oauth"),
    "code_invalid": Fault("登录码无效（40029）", "oauth"),
    "snapshot": Fault("快照页用户", "oauth"),
    "push_twice": Fault("同一推送送两遍", "push"),
    "push_reversed": Fault("推送次序颠倒", "push"),
    "push_unanswered": Fault("推送的回答丢失（会重试）", "push"),
}
CODES = {
    "token_refused": (40001, "invalid credential, access_token is invalid or not latest"),
    "token_expired": (42001, "access_token expired"),
    "busy": (-1, "system error"),
    "quota": (45009, "reach max api daily quota limit"),
    "minute_quota": (45011, "api minute-quota reach limit, must slower, retry next minute"),
    "address_refused": (40164, "invalid ip 127.0.0.1, not in whitelist"),
}


@dataclass
class Switch:
    """How often a fault still strikes (``ALWAYS``: until it is switched off), and at which calls only."""

    times: int
    path: str = ""


@dataclass
class Switches:
    """All faults that are on now, and how often each struck."""

    on: dict[str, Switch] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def set(self, name: str, times: int, path: str = "") -> None:
        """Switch a fault on for ``times`` times, 0 for off. Raises KeyError: nobody knows it."""
        _ = FAULTS[name]
        with self.lock:
            self.on.pop(name, None)
            if times:
                self.on[name] = Switch(times, path)

    def clear(self) -> None:
        """Switch everything off."""
        with self.lock:
            self.on.clear()

    def strikes(self, name: str, path: str = "") -> bool:
        """Tell whether a fault strikes now, and count that it did."""
        with self.lock:
            switch = self.on.get(name)
            if switch is None or switch.path not in ("", path):
                return False
            self.struck[name] += 1
            if switch.times > 0:
                switch.times -= 1
                if not switch.times:
                    del self.on[name]
            return True

    def shown(self) -> dict[str, dict[str, object]]:
        """Return every fault with its title, how often it still strikes and how often it did."""
        with self.lock:
            return {
                name: {
                    "title": row.title,
                    "where": row.where,
                    "times": self.on[name].times if name in self.on else 0,
                    "struck": self.struck[name],
                }
                for name, row in FAULTS.items()
            }
