"""Who plays in the demo city. Pure and deterministic: the same number gives the same invented person.

ID numbers end in sequence 000, which is never assigned to anybody, and have a right check digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric

from yanglao.people.particulars import HOUSEHOLD, SCHOOLING, Particulars

PASSWORD = "yanglao2026"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    "秀英 桂兰 玉梅 凤霞 淑珍 桂英 秀兰 玉兰 春梅 红霞 丽华 秀芳 海燕 艳红 桂芝 玉珍 秀云 素英 爱华 翠兰 "
    "月英 金凤 桂荣 秀荣 春兰 玉芳 瑞英 凤英 冬梅 兰芳 文英 彩霞 志芳 继红 建华 庆兰 洪英 宝珍 传英 士兰"
).split()
RARE = ("䶮", "㛃", "𫖯")
FIRST_BIRTHDAY = date(1962, 1, 1)
BIRTHDAYS = 12_000
DIVISIONS = (
    "371302",
    "371323",
    "371311",
    "371312",
    "371321",
    "371322",
    "371324",
    "371325",
    "371326",
    "371327",
)
EMPLOYERS = ("示例颐康护理院（演示）", "示例福寿养老公寓（演示）", "示例社区日间照料中心（演示）", "")


@dataclass(frozen=True)
class Invented:
    """One invented person."""

    name: str
    id_number: str
    phone: str
    employer: str


def invent(number: int) -> Invented:
    """Return invented person ``number`` (from 0)."""
    return Invented(
        _name(number), _id_number(number), f"1990{number:07d}", EMPLOYERS[number % len(EMPLOYERS)]
    )


def told_of(number: int) -> Particulars:
    """Return what a roster would say of invented person ``number``; nothing of every ninth."""
    if number % 9 == 8:
        return Particulars()
    counties = ("兰山区", "罗庄区", "河东区", "费县")
    return Particulars(SCHOOLING[number % 6], counties[number % 4], HOUSEHOLD[number % 3 % 2])


def _name(number: int) -> str:
    if number % 29 == 7:
        return SURNAMES[number % len(SURNAMES)] + RARE[number // 29 % len(RARE)]
    if number % 31 == 11:
        return f"阿依{GIVEN[number % 7][0]}·买买提"
    return SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[(number * 11 + number // 30) % len(GIVEN)]


def _id_number(number: int) -> str:
    division = DIVISIONS[number // BIRTHDAYS % len(DIVISIONS)]
    birthday = FIRST_BIRTHDAY + timedelta(days=number * 7919 % BIRTHDAYS)
    head = f"{division}{birthday:%Y%m%d}000"
    return head + str(ric.calc_check_digit(head + "0"))


@dataclass(frozen=True)
class Role:
    """A part in the demo city: who plays it and what the account is for."""

    key: str
    role: str
    name: str
    use: str
    division: str | None = None
    base: str | None = None
    department: str | None = None


STAFF = (
    Role("admin_a", "base_admin", "演示·管理员甲", "示例仁和基地：名单、开班、课表、学时审核", base="a"),
    Role("admin_b", "base_admin", "演示·管理员乙", "示例沂水基地：只看得到自己的班", base="b"),
    Role("teacher_a", "instructor", "演示·教师甲", "仁和基地：今天有一次课可以开始签到", base="a"),
    Role("teacher_a2", "instructor", "演示·教师乙", "仁和基地：另一位教师", base="a"),
    Role("teacher_b", "instructor", "演示·教师丙", "沂水基地的教师", base="b"),
    Role(
        "ca_302",
        "officer",
        "演示·兰山民政",
        "兰山区民政：审批五级班、看进度",
        "371302",
        None,
        "civil_affairs",
    ),
    Role(
        "hr_302",
        "officer",
        "演示·兰山人社",
        "兰山区人社：审核补贴、公示、不予补贴的名单",
        "371302",
        None,
        "hrss",
    ),
    Role("fi_302", "officer", "演示·兰山财政", "兰山区财政：审批补贴", "371302", None, "finance"),
    Role("ca_323", "officer", "演示·沂水民政", "沂水县民政：审批沂水的班", "371323", None, "civil_affairs"),
    Role(
        "city_ca",
        "city_officer",
        "演示·市民政",
        "市民政：审批四级以上班、全市进度",
        None,
        None,
        "civil_affairs",
    ),
    Role("city_hr", "city_officer", "演示·市人社", "市人社：全市查看", None, None, "hrss"),
    Role("city_fi", "city_officer", "演示·市财政", "市财政：全市查看", None, None, "finance"),
    Role("assessor", "assessor", "演示·评价机构", "评价机构：报等级证书"),
    Role("auditor", "auditor", "演示·审计", "审计：只读，核对账本"),
    Role("sysadmin", "sysadmin", "演示·系统管理", "系统管理：角色和设置"),
    Role(
        "city_ca_2",
        "city_officer",
        "演示·市民政二",
        "市民政第二人：复核发布别人写的方案和三优资源",
        None,
        None,
        "civil_affairs",
    ),
    Role("admin_a_2", "base_admin", "演示·管理员丙", "示例仁和基地第二人：签发别人审核的合格证书", base="a"),
    Role(
        "fi_302_2",
        "officer",
        "演示·兰山财政二",
        "兰山区财政第二人：拨付、批次结账",
        "371302",
        None,
        "finance",
    ),
)
