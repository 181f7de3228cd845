from __future__ import annotations

from yanglao.kernel.db import db, reading
from yanglao.people import queries


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def test_the_demo_is_refused_in_production(migrated, monkeypatch):
    app = migrated()
    object.__setattr__(app.config["SETTINGS"], "env", "production")
    for verb in ("load", "accounts"):
        assert invoke(app, "demo", verb).exit_code == 1


def test_a_new_installation_gets_its_first_administrator(migrated):
    app = migrated()
    done = app.test_cli_runner().invoke(
        args=["people", "appoint", "--name", "李桂兰", "--phone", "13800000000"], input="11010519491231002X\n"
    )
    assert done.exit_code == 0, done.output
    assert "11010519491231002X" not in done.output
    with app.app_context(), reading():
        assert queries.find_by_phone(db.session, "13800000000").name == "李桂兰"


def test_a_wrong_number_is_named_in_chinese_and_not_repeated(migrated):
    words = [
        "people",
        "appoint",
        "--name",
        "李桂兰",
        "--phone",
        "13800000000",
        "--id-number",
        "110105194912310021",
    ]
    done = migrated().test_cli_runner().invoke(args=words)
    assert done.exit_code == 1 and "110105194912310021" not in done.output
