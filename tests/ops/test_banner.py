from __future__ import annotations

from tests.conftest import settings_for
from yanglao.supervisor import banner


def account(name, use="学员：今天有课", role="trainee"):
    return {
        "role": role,
        "name": name,
        "phone": "19900001000",
        "password": "p",
        "use": use,
        "department": None,
        "scope": "x",
    }


def test_the_terminal_shows_the_address_and_one_account_per_use(tmp_path):
    accounts = [account("王秀英"), account("李桂兰"), account("演示·教师甲", "开课", "instructor")]
    said = banner.text(settings_for(tmp_path), accounts, "http://127.0.0.1:8000")
    assert "http://127.0.0.1:8000" in said and "王秀英" in said and "演示·教师甲" in said
    assert "李桂兰" not in said and "另有 1 个" in said


def test_a_warning_is_shown(tmp_path):
    said = banner.text(settings_for(tmp_path, SHORT_BASE_URL="https://very-long.example.cn"), [], "x")
    assert "SHORT_BASE_URL" in said
