"""Hash and seal every ID number anew, when the key of the ID hash was replaced."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.outside.ciphers import ciphers
from yanglao.people import queries
from yanglao.people.models import Person

AT_ONCE = 500


def hash_anew(session: Session | scoped_session[Any]) -> int:
    """Write every person's ID number under the current keys and return how many; the numbers stay as they are.

    Raises:
        Unreadable: a number does not open; nothing is changed then.
    """
    rows = session.scalars(select(Person).order_by(Person.id).execution_options(yield_per=AT_ONCE))
    number = 0
    for row in rows:
        plain = ciphers().open(row.id_cipher)
        row.id_hash = queries.id_hash(row.id_type, plain)
        row.id_cipher = ciphers().seal(plain)
        row.id_key_id = row.id_cipher.split(":")[1]
        number += 1
    session.flush()
    return number
