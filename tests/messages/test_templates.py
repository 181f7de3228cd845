from __future__ import annotations

import pytest

from tests.conftest import settings_for
from yanglao.messages import templates
from yanglao.messages.kinds import KINDS
from yanglao.settings import WrongSetting

FACTS = {
    "class_name": "兰山区养老护理员五级第一期基础班（周末）",
    "starts_ms": 1_772_942_400_000,
    "venue": "二楼\n实训室🙂",
}
FACTS |= {"ends_ms": 1_772_942_400_000}


def config(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "wechat.toml").write_text(text, encoding="utf-8")


def test_every_kind_has_a_template_of_its_own_in_the_house(app):
    assert set(app.config["SETTINGS"].wechat_templates) == set(KINDS)


def test_fields_keep_within_wechats_limits(app):
    found = templates.of(app.config["SETTINGS"], "session_reminder")
    values = templates.fields(found, "session_reminder", FACTS, person="王秀英", named=False)
    assert values == {
        "thing1": "兰山区养老护理员五级第一期基础班（周末）",
        "time2": "2026年3月8日 12:00",
        "thing3": "二楼 实训室",
        "thing4": "到了请先签到，下课记得签退。",
    }


def test_on_a_shared_phone_the_first_field_names_the_receiver(app):
    found = templates.of(app.config["SETTINGS"], "session_reminder")
    values = templates.fields(found, "session_reminder", FACTS, person="王秀英", named=True)
    assert values["thing1"] == "王秀英：兰山区养老护理员五级第一期基础…" and len(values["thing1"]) == 20


def test_the_folder_of_the_house_replaces_single_lines(tmp_path):
    config(tmp_path, '[quiz_result]\ntemplate_id = "AbC-1"\n')
    settings = settings_for(tmp_path)
    assert templates.of(settings, "quiz_result").template_id == "AbC-1"
    assert templates.of(settings, "quiz_result").notice_id == "demo_quiz_result"
    assert templates.of(settings, "quiz_result").fields["thing1"] == "{title}"
    assert templates.of(settings, "daily_digest").template_id == "demo_daily_digest"
    assert templates.notice_ids(settings, ["quiz_result", "quiz_result"]) == ["demo_quiz_result"]


def test_in_production_a_missing_id_is_no_template(tmp_path):
    keys = tmp_path / "keys.toml"
    settings_for(tmp_path)
    from yanglao.outside.ciphers import Ciphers

    Ciphers.from_keys_file(keys, "test")
    live = settings_for(tmp_path, YANGLAO_ENV="production", SECRET_KEY="abcdefgh" * 5, YANGLAO_KEYS=str(keys))
    assert templates.of(live, "quiz_result").template_id == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[quiz_result", "cannot be read"),
        ("quiz_result = 1", "[quiz_result]"),
        ('[quiz_result]\ntemplate = "x"', "unknown line template"),
        ('[quiz_result]\ntemplate_id = "a b"', "template_id"),
        ("[quiz_result]\ntemplate_id = 5", "template_id"),
        ('[quiz_result]\nfields = "x"', "fields"),
        ('[quiz_result]\nfields = { Thing = "x" }', "Thing"),
        ('[quiz_result]\nfields = { thing1 = "" }', "thing1"),
        ('[quiz_result]\nfields = { thing1 = "{title" }', "thing1"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_before_anything_starts(tmp_path, text, named):
    config(tmp_path, text)
    with pytest.raises(WrongSetting) as refused:
        settings_for(tmp_path)
    assert named in str(refused.value) and "wechat.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[nobody_knows]", "nobody_knows"),
        ('[quiz_result]\nfields = { picture1 = "x" }', "picture1"),
        ('[quiz_result]\nfields = { thing1 = "{venue}" }', "venue"),
        ('[quiz_result]\nfields = { thing1 = "{score:when}" }', "when"),
        ('[quiz_result]\nnotice_fields = { thing1 = "{venue}" }', "venue"),
    ],
)
def test_a_kind_a_field_or_a_fact_that_is_not_there_is_named_before_anything_is_served(tmp_path, text, named):
    from yanglao import create_app

    config(tmp_path, text)
    with pytest.raises(WrongSetting) as refused:
        create_app(settings_for(tmp_path))
    assert named in str(refused.value)
