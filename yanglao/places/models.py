"""Keep divisions, categories, levels, topics, training bases and the figures of the notice."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Division(db.Model):
    """The city's own row, a county or a zone. 高新区 has no GB/T 2260 code, hence its own key ``LY-GXQ``."""

    __tablename__ = "division"
    __table_args__ = (CheckConstraint("kind IN ('city', 'county', 'zone')", name="kind_known"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))
    rank: Mapped[int]


class Category(db.Model):
    """A kind of people who are trained. ``parent`` is the wider category, as 养老院院长 is of 负责人."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    parent: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    rank: Mapped[int]


class SkillLevel(db.Model):
    """A skill level; ``sort_rank`` rises with skill and has nothing to do with the printed number."""

    __tablename__ = "skill_level"
    __table_args__ = (CheckConstraint("organiser IN ('county', 'city')", name="organiser_known"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    sort_rank: Mapped[int] = mapped_column(unique=True)
    organiser: Mapped[str] = mapped_column(String(8))


class Topic(db.Model):
    """What a lesson or a question is about; the mandatory ones run through every training."""

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    mandatory: Mapped[bool]
    rank: Mapped[int]


class TrainingBase(db.Model):
    """A training base and the division it lies in. ``uscc`` is the 统一社会信用代码, None while not known."""

    __tablename__ = "base"
    __table_args__ = (
        CheckConstraint("kind IN ('school', 'institution', 'care_home')", name="kind_known"),
        Index("ix_base_division_code", "division_code"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    short_name: Mapped[str] = mapped_column(String(20))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)


class QuotaPlan(db.Model):
    """One cell of the notice's annex. ``planned`` None is an empty cell: no number, which is not 0."""

    __tablename__ = "quota_plan"
    __table_args__ = (CheckConstraint("planned IS NULL OR planned >= 0", name="planned_not_negative"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"), primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    planned: Mapped[int | None]


class CityTarget(db.Model):
    """What the notice's text asks of the whole city per year; it may differ from the annex, see ``note``."""

    __tablename__ = "city_target"
    __table_args__ = (CheckConstraint("per_year >= 0", name="per_year_not_negative"),)

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    per_year: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
