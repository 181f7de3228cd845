"""Run migrations on the application's database.

SQLite: foreign keys are off while tables change and are checked before the commit; batch mode is never used for a
table of the ledger, for it would recreate it without its triggers; those of courses are made again. PostgreSQL: one migration at a time, by a lock.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from yanglao.courses import triggers
from yanglao.kernel.db import db, run

LOCK = 0x79616E67  # any number, the same in every process
metadata = db.metadata


class ChildrenLost(Exception):
    """Says that a migration would leave rows whose parents are gone; it is rolled back."""


def migrate() -> None:
    """Migrate, then load the notice's tables when the database stands at the newest migration."""
    engine = db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _foreign_keys(connection, on=False)
        try:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                transactional_ddl=True,
                compare_type=True,
                user_module_prefix="sa.",
            )
            with context.begin_transaction():
                if not sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                context.run_migrations()
                if not _only_looking():
                    triggers.mend(connection)
                if sqlite:
                    _check_children(connection)
            newest = context.get_context().get_current_revision() == context.get_head_revision()
        finally:
            if sqlite:
                connection.rollback()
                _foreign_keys(connection, on=True)
    if newest and not _only_looking():
        _load_notice()


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch foreign keys outside a transaction, where alone SQLite obeys."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _check_children(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise ChildrenLost(f"{len(orphans)} rows without their parents, first in table {orphans[0][0]}")


def _only_looking() -> bool:
    """Tell whether the command compares or shows (``db check``, ``db revision``, ``db current``)."""
    try:
        context.get_revision_argument()
    except KeyError:
        return True
    return False


def _load_notice() -> None:
    from yanglao.places import service

    run(lambda: service.load_notice(db.session))
    current_app.logger.debug("the notice's tables are loaded")


migrate()
