"""Say which steps a shared resource can take, from where to where, and who takes them. Pure."""

from dataclasses import dataclass

KINDS = ("textbook", "courseware", "teacher")
KIND_NAMES = {"textbook": "教材", "courseware": "课件", "teacher": "师资"}
STATES = ("draft", "proposed", "reviewed", "published", "withdrawn")
STATE_NAMES = {
    "draft": "草稿",
    "proposed": "等审核",
    "reviewed": "审核通过",
    "published": "已发布",
    "withdrawn": "已下架",
}


@dataclass(frozen=True)
class Step:
    """One step: from which states it leads where, by whom. ``reasoned`` steps need a reason.

    ``owner`` is the base (or city) that offers it, ``publisher`` the city's civil affairs, never the person who proposed it.
    """

    name: str
    begins: tuple[str, ...]
    ends: str
    by: str
    reasoned: bool = False


STEPS = {
    "propose": Step("提交审核", ("draft",), "proposed", "owner"),
    "review": Step("审核通过", ("proposed",), "reviewed", "publisher", reasoned=True),
    "return": Step("退回修改", ("proposed", "reviewed"), "draft", "publisher", reasoned=True),
    "publish": Step("发布", ("reviewed",), "published", "publisher"),
    "withdraw": Step("下架", ("published",), "withdrawn", "publisher", reasoned=True),
    "recall": Step("撤回", ("proposed",), "draft", "owner"),
}


def after(act: str, state: str) -> str | None:
    """Return the state that ``act`` leads to from ``state``, None where the table has no such step."""
    step = STEPS.get(act)
    return step.ends if step is not None and state in step.begins else None
