"""Which template of WeChat's carries a message, and what stands in its fields."""

from __future__ import annotations

import re
import string
from typing import Any

from flask import Flask

from yanglao.kernel import wording
from yanglao.kernel.notice_templates import Template
from yanglao.messages.kinds import KINDS
from yanglao.messages.telling import say
from yanglao.outside import wechat_fields
from yanglao.settings import Settings, WrongSetting

OURS = frozenset({"person", "said_title", "said_sentence", "said_todo"})


def init_app(app: Flask, settings: Settings) -> None:
    """Refuse to start with templates of kinds, fields or facts that there are not. Raises WrongSetting."""
    for kind, template in settings.wechat_templates.items():
        if kind not in KINDS:
            raise WrongSetting("wechat.toml", f"[{kind}] is no kind of message: {', '.join(KINDS)}")
        for name, words in (*template.fields.items(), *template.notice_fields.items()):
            why = _fault(kind, name, words)
            if why:
                raise WrongSetting("wechat.toml", f"[{kind}] {name}: {why}")
        if (template.template_id or template.notice_id) and not template.fields:
            raise WrongSetting("wechat.toml", f"[{kind}] has an id and no fields")


def of(settings: Settings, kind: str) -> Template:
    """Return the template of a kind; outside production a missing id is the pseudo id ``demo_<kind>``."""
    found = settings.wechat_templates.get(kind, Template())
    if settings.env == "production":
        return found
    pseudo = f"demo_{kind}"
    return Template(found.template_id or pseudo, found.notice_id or pseudo, found.fields, found.notice_fields)


def fields(
    template: Template, kind: str, facts: dict[str, Any], *, person: str, named: bool, notice: bool = False
) -> dict[str, str]:
    """Return field -> value within WeChat's limits; ``named`` puts the receiver's name before the first words."""
    said = say(kind, facts)
    known = {
        **facts,
        "person": person,
        "said_title": said.title,
        "said_sentence": said.sentence,
        "said_todo": said.todo,
    }
    words = (notice and template.notice_fields) or template.fields
    values = {name: wording.fill(text, known) for name, text in words.items()}
    first = next((name for name in values if name.startswith("thing")), None)
    if named and first:
        values[first] = f"{person}：{values[first]}"
    return {name: wechat_fields.fit(name, value) for name, value in values.items()}


def notice_ids(settings: Settings, kinds: list[str]) -> list[str]:
    """Return the ids of the subscription notices of these kinds, each once."""
    ids = [of(settings, kind).notice_id for kind in kinds]
    return list(dict.fromkeys(one for one in ids if one))


def _fault(kind: str, name: str, words: str) -> str | None:
    if re.sub(r"[0-9]+$", "", name) not in wechat_fields.KINDS:
        return "WeChat has no such kind of field"
    for _, fact, shape, _ in string.Formatter().parse(words):
        if fact is not None and fact not in {*KINDS[kind].facts, *OURS}:
            return f"there is no fact {fact!r}"
        if shape and shape not in wording.SHAPES:
            return f"there is no shape {shape!r}"
    return None
