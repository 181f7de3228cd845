"""A group of commands that says in one line when the database is not there."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError


class Noun(AppGroup):
    """Stand above the verbs of one noun."""

    def invoke(self, context: click.Context) -> Any:
        """Run the verb; a database without its tables, or away, is one line and not a traceback."""
        try:
            return super().invoke(context)
        except (OperationalError, ProgrammingError) as fault:
            first = (str(fault.orig).strip().splitlines() or ["no answer"])[0]
            sys.exit(
                f"yanglao: the database is away or has no tables yet (`flask --app app db upgrade`): {first}"
            )
