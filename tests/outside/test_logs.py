from __future__ import annotations

import json
import logging

import pytest
import structlog
from flask import Flask

from tests.conftest import settings_for
from yanglao.outside import logs

NUMBER = "370202198001010017"


@pytest.fixture
def lines(tmp_path, capsys):
    """Give a reader of the JSON lines this process logged."""
    settings = settings_for(tmp_path)
    object.__setattr__(settings, "log_format", "json")
    logs.configure(settings)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logs.configure(settings_for(tmp_path))


def test_a_line_is_one_json_object_with_its_level_and_time(lines):
    structlog.get_logger("yanglao.test").warning("task.lost", task="t1")
    (line,) = lines()
    assert (line["event"], line["task"], line["level"]) == ("task.lost", "t1", "warning")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("logger", [structlog.get_logger("a"), logging.getLogger("b")])
def test_a_fault_is_logged_without_what_its_message_quotes(lines, logger):
    try:
        raise ValueError(f"duplicate key {NUMBER}")
    except ValueError:
        logger.exception("request.fault")
    (line,) = lines()
    assert line["fault"] == "ValueError" and "test_logs.py" in line["places"][0]
    assert NUMBER not in json.dumps(line)


def test_a_request_is_logged_by_its_route(lines, tmp_path):
    app = Flask("bare")
    settings = settings_for(tmp_path)
    object.__setattr__(settings, "log_format", "json")
    logs.init_app(app, settings)
    app.get("/verify/<code>")(lambda code: "ok")
    app.test_client().get(f"/verify/{NUMBER}?name=王秀英")
    (line,) = lines()
    assert (line["route"], line["status"], line["method"]) == ("/verify/<code>", 200, "GET")
    assert line["request"] and NUMBER not in json.dumps(line)
