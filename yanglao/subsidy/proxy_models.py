"""Keep the contracts by which trainees let their base claim for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class ProxyContract(db.Model):
    """One signed 代领协议: the base claims and takes no fee. A newer one ends it (``live``); nothing is overwritten."""

    __tablename__ = "subsidy_proxy"
    __table_args__ = (
        CheckConstraint("free_of_charge", name="free_of_charge"),
        Index(
            "uq_subsidy_proxy_live",
            "enrolment_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[str] = mapped_column(String(60))
    signed_on: Mapped[date] = mapped_column(Date)
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))
    free_of_charge: Mapped[bool]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    live: Mapped[bool] = mapped_column(default=True)
