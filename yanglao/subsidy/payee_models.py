"""Keep the accounts that money goes to: of a person, or of a base that claims with a proxy contract. Numbers are sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class PayeeAccount(db.Model):
    """One account as it was told once. A newer one ends it (``live``); nothing is overwritten.

    ``number_mark`` (keyed) tells that two people gave the same number. ``kind``: social_card, card or account.
    """

    __tablename__ = "payee_account"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (base_id IS NULL)", name="of_one"),
        CheckConstraint("kind IN ('social_card', 'card', 'account')", name="kind_known"),
        Index("ix_payee_account_number_mark", "number_mark"),
        Index(
            "uq_payee_account_person",
            "person_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
        Index(
            "uq_payee_account_base",
            "base_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    kind: Mapped[str] = mapped_column(String(12))
    holder: Mapped[str] = mapped_column(String(80))
    bank: Mapped[str] = mapped_column(String(80))
    number_cipher: Mapped[str] = mapped_column(Text)
    number_masked: Mapped[str] = mapped_column(String(40))
    number_mark: Mapped[str] = mapped_column(String(80))
    luhn_holds: Mapped[bool]
    live: Mapped[bool] = mapped_column(default=True)
    set_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    set_ms: Mapped[int] = mapped_column(BigInteger)
