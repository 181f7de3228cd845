"""Read which WeChat template carries which kind of message: ``config/wechat.toml``, then ``wechat.toml`` of DATA_DIR."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

NONE: Mapping[str, str] = MappingProxyType({})
_ID = re.compile(r"[A-Za-z0-9_-]{0,64}")
_FIELD = re.compile(r"[a-z_]{2,32}[0-9]{0,4}")


class BadTemplate(ValueError):
    """Say which line of which file cannot be used and why."""


@dataclass(frozen=True)
class Template:
    """What WeChat's console gave out for one kind of message; an empty id: nothing was applied for.

    ``fields`` maps the template's own keys (``thing1``) to words with facts in braces; ``notice_fields`` are those
    of the subscription notice, where they differ.
    """

    template_id: str = ""
    notice_id: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: NONE)
    notice_fields: Mapping[str, str] = field(default_factory=lambda: NONE)


def read(folders: Iterable[Path]) -> Mapping[str, Template]:
    """Return kind -> Template from the ``wechat.toml`` of each folder; a later one replaces single lines.

    Raises:
        BadTemplate: not TOML, an unknown line, an id or a field that WeChat cannot have given out.
    """
    found: dict[str, Template] = {}
    for file in (folder / "wechat.toml" for folder in folders):
        for kind, lines in _tables(file).items():
            where = f"{file.name} [{kind}]"
            if not isinstance(lines, dict):
                raise BadTemplate(f"{where} is no table")
            found[kind] = replace(found.get(kind, Template()), **_lines(lines, where))
    return MappingProxyType(found)


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise BadTemplate(f"{file.name} cannot be read: {fault}") from None


def _lines(lines: dict[str, Any], where: str) -> dict[str, Any]:
    parsed: dict[str, Any] = {}
    for name, value in lines.items():
        if name in ("template_id", "notice_id"):
            if not isinstance(value, str) or not _ID.fullmatch(value):
                raise BadTemplate(f"{where} {name} is not an id of a template")
            parsed[name] = value
        elif name in ("fields", "notice_fields"):
            parsed[name] = MappingProxyType(_fields(value, f"{where} {name}"))
        else:
            raise BadTemplate(f"{where} has an unknown line {name}")
    return parsed


def _fields(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadTemplate(f"{where} is no table")
    for name, words in value.items():
        if not _FIELD.fullmatch(name) or not isinstance(words, str) or not words.strip():
            raise BadTemplate(f"{where}: {name} is not a field like thing1 with its words")
        try:
            list(string.Formatter().parse(words))
        except ValueError as fault:
            raise BadTemplate(f"{where}: {name}: {fault}") from None
    return dict(value)
