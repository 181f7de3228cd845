"""What the terminal says when everything runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from yanglao.settings import Settings

COLUMNS = (
    ("role", "角色 role"),
    ("phone", "手机号 phone"),
    ("password", "密码 password"),
    ("name", "姓名 name"),
    ("use", "用途 what for"),
)
LIKE_IT = "（另有 {number} 个同样的账号，见 flask --app app demo accounts）"


def text(
    settings: Settings, accounts: Sequence[Mapping[str, str | None]], address: str, phones: str = ""
) -> str:
    """Return the address, where simulated phones are when there are any, and, of a demo, the accounts."""
    lines = ["", f"  养老服务培训学时  yanglao   {address}"]
    lines += [f"  微信模拟器  WeChat simulator   {phones}"] * bool(phones) + [""]
    lines += [f"  注意 warning: {warning}" for warning in settings.warnings]
    if accounts:
        lines += ["  演示账号 demo accounts", *_table(_rows(accounts)), ""]
    kind = "SQLite" if settings.sqlite else "PostgreSQL"
    redis = "内置 embedded" if settings.redis_embedded else "外部 outside"
    lines += [
        f"  环境 environment: {settings.env}   数据 data: {settings.data_dir}   {kind}   Redis {redis}",
        "  按 Ctrl-C 停止全部 · Ctrl-C stops everything",
        "",
    ]
    return "\n".join(lines)


def _rows(accounts: Sequence[Mapping[str, str | None]]) -> list[dict[str, str]]:
    """Return one row per use; how many more accounts serve the same use is said in words."""
    same: dict[tuple[str | None, str | None], list[Mapping[str, str | None]]] = {}
    for account in accounts:
        same.setdefault((account.get("role"), account.get("use")), []).append(account)
    rows = []
    for (role, use), alike in same.items():
        more = LIKE_IT.format(number=len(alike) - 1) if len(alike) > 1 else ""
        row = {key: str(alike[0].get(key) or "") for key in ("phone", "password", "name")}
        rows.append({**row, "role": role or "", "use": (use or "") + more})
    return rows


def _table(rows: list[dict[str, str]]) -> list[str]:
    widths = {key: max(_width(title), *(_width(row[key]) for row in rows)) for key, title in COLUMNS}
    heads = [dict(COLUMNS), *rows]
    return ["  " + "  ".join(_padded(row[key], widths[key]) for key, _ in COLUMNS).rstrip() for row in heads]


def _padded(word: str, width: int) -> str:
    return word + " " * (width - _width(word))


def _width(word: str) -> int:
    """Return how many columns a terminal gives ``word``; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in word)
