"""Keep rubrics (评分表): how the practical work of a segment is scored.

A rubric is a part of its programme: what is published never changes (see triggers.py), a change is a new version of the programme.
"""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class Rubric(db.Model):
    """The rubric of a segment. ``required``: the segment is complete only with a passed result. ``note`` says where it comes from."""

    __tablename__ = "rubric"
    __table_args__ = (
        UniqueConstraint("segment_id"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="mark_of_hundred"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    required: Mapped[bool]
    pass_mark: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))


class RubricItem(db.Model):
    """One item: at most ``points`` are given. A ``must_pass`` item is passed (all points) or failed (none), and failing it fails all."""

    __tablename__ = "rubric_item"
    __table_args__ = (
        UniqueConstraint("segment_id", "key"),
        UniqueConstraint("segment_id", "position"),
        CheckConstraint("points BETWEEN 1 AND 100", name="points_of_hundred"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("rubric.segment_id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    look_for: Mapped[str] = mapped_column(String(400), default="", server_default=text("''"))
    points: Mapped[int]
    must_pass: Mapped[bool]
