"""Commands for whoever runs the house: ``flask --app app <noun> <verb>``; one file per noun."""

from __future__ import annotations

from flask import Flask

from yanglao.cli import backup, completion, database, demo, keys, ledger, people, quiz, wechat


def register(app: Flask) -> None:
    """Give ``app`` its commands."""
    database.init_app(app)
    for group in (
        ledger.ledger,
        completion.completion,
        demo.demo,
        keys.keys,
        people.people,
        quiz.quiz,
        wechat.wechat,
        backup.backup,
        backup.restore,
    ):
        app.cli.add_command(group)
