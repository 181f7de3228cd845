"""What WeChat accepts in the fields of a notice, and how the demo's templates are called. Pure."""

from __future__ import annotations

import re
from typing import Any

from yanglao.simulator.answers import ApiFault

_CHINESE = "\u3400-\u9fff\U00020000-\U0003ffff"
_DAY, _CLOCK = r"\d{4}年\d{1,2}月\d{1,2}日", r"\d{1,2}:\d{2}(?::\d{2})?"
# Kind of a field -> what its value must match as a whole.
KINDS = {
    "thing": r"[^\n]{1,20}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "number": r"[0-9.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "phrase": rf"[{_CHINESE}]{{1,5}}",
    "name": r"[^\n]{1,20}",
    "time": rf"(?:{_DAY} ?)?{_CLOCK}(?:[~-](?:{_DAY} ?)?{_CLOCK})?",
    "date": rf"{_DAY}(?: {_CLOCK})?(?:[~-]{_DAY}(?: {_CLOCK})?)?",
    "amount": r"[¥￥$]?[0-9]{1,10}(?:\.[0-9]{1,2})?元?",
    "phone_number": r"[0-9+\-]{1,17}",
    "car_number": r"[^\n]{1,8}",
    "const": r"[^\n]{1,20}",
    "enum": r"[^\n]{1,20}",
}
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
# What the demo's templates are called, and what their fields are called where the kind says too little.
DEMO: dict[str, tuple[str, dict[str, str]]] = {
    "session_reminder": ("上课提醒", {"thing1": "班级", "time2": "时间", "thing3": "地点", "thing4": "提示"}),
    "sign_out_reminder": ("签退提醒", {"thing1": "班级", "time2": "下课时间", "thing3": "提示"}),
    "session_cancelled": ("课程取消通知", {"thing1": "班级", "time2": "原定时间", "thing3": "原因"}),
    "session_added": (
        "课程安排通知",
        {"thing1": "班级", "time2": "时间", "thing3": "地点", "thing4": "原因"},
    ),
    "session_moved": (
        "课程时间变更通知",
        {"thing1": "班级", "time2": "原定时间", "time3": "改到", "thing4": "地点"},
    ),
    "hours_refused": ("学时审核结果通知", {"thing1": "班级", "time2": "时间", "thing3": "原因"}),
    "daily_digest": (
        "学习情况通知",
        {"date1": "日期", "thing2": "线上", "thing3": "线下", "thing4": "还差"},
    ),
    "quiz_result": ("考试成绩通知", {"thing1": "考试", "number2": "分数", "thing3": "结果"}),
    "certificate_ready": ("证书领取通知", {"thing1": "证书", "character_string2": "编号"}),
    "account_bound": ("账号登录提醒", {"thing1": "设备", "time2": "时间"}),
    "binding_requested": ("待办事项提醒", {"thing1": "班级", "thing2": "事项"}),
    "leave_asked": (
        "请假申请通知",
        {"thing1": "班级", "thing2": "请假人", "time3": "上课时间", "thing4": "原因"},
    ),
    "days_to_confirm": ("学时确认提醒", {"thing1": "班级", "thing2": "事项"}),
    "subsidy_returned": ("付款失败通知", {"thing1": "班级", "thing2": "原因"}),
    "leave_decided": ("请假审批结果通知", {"thing1": "班级", "time2": "上课时间", "thing3": "结果"}),
}
LABELS = {
    "thing": "内容",
    "time": "时间",
    "date": "日期",
    "number": "数值",
    "phrase": "结果",
    "name": "姓名",
    "character_string": "编号",
    "phone_number": "电话",
    "amount": "金额",
    "const": "类型",
    "enum": "类型",
    "letter": "字母",
    "symbol": "符号",
    "car_number": "车牌",
}


def check(template_id: str, given: Any) -> list[tuple[str, str]]:
    """Return (label, value) of each field in order.

    Raises:
        ApiFault: 47003, naming the field which breaks a limit.
    """
    if not isinstance(given, dict) or not given:
        raise ApiFault(47003, "argument invalid! data is empty")
    _, labels = DEMO.get(template_id.removeprefix("demo_"), ("", {}))
    return [(labels.get(name) or LABELS[kind_of(name)], _value(name, inner)) for name, inner in given.items()]


def kind_of(name: str) -> str:
    """Return the kind of a field, ``thing`` of ``thing12``. Raises ApiFault."""
    kind = re.sub(r"\d*(?:\.DATA)?$", "", str(name))
    if kind not in KINDS:
        raise ApiFault(47003, f"argument invalid! data.{str(name)[:40]} invalid")
    return kind


def title(template_id: str) -> str:
    """Return how a template is called on its card; what is not the demo's is a plain notice."""
    return DEMO.get(template_id.removeprefix("demo_"), ("服务通知", {}))[0]


def _value(name: str, inner: Any) -> str:
    value = inner.get("value") if isinstance(inner, dict) else None
    kind = kind_of(name)
    fits = (
        isinstance(value, str)
        and not value.startswith(" ")
        and not _EMOJI.search(value)
        and _fits(kind, value)
    )
    if not fits:
        raise ApiFault(47003, f"argument invalid! data.{name}.value invalid")
    return str(value)


def _fits(kind: str, value: str) -> bool:
    if kind == "name":
        most = 10 if re.search(f"[{_CHINESE}]", value) else 20
        return "\n" not in value and 1 <= len(value) <= most
    return re.fullmatch(KINDS[kind], value) is not None
