"""Loads every model, so that foreign keys across packages by table name resolve and migrations see all tables."""

from importlib import import_module
from importlib.util import find_spec

MODELS = (
    "work",
    "files",
    "places",
    "people",
    "messages",
    "courses",
    "classes",
    "evidence",
    "flags",
    "papers",
    "capture.viewing",
    "capture.quiz",
    "capture.attendance",
    "capture.practical",
    "completion",
    "subsidy",
    "certificates",
    "oversight",
)

for _name in MODELS:
    if find_spec(f"yanglao.{_name}") and find_spec(f"yanglao.{_name}.models"):
        import_module(f"yanglao.{_name}.models")

for _more in (
    "files.upload_models",
    "people.wechat_models",
    "people.share_models",
    "people.photo_models",
    "people.stand_in_models",
    "people.particulars_models",
    "courses.question_models",
    "courses.material_models",
    "courses.import_models",
    "courses.programme_models",
    "courses.library_models",
    "courses.rubric_models",
    "classes.binding_models",
    "classes.timetable_models",
    "capture.attendance.proof_models",
    "capture.attendance.card_models",
    "capture.attendance.assisting_models",
    "subsidy.run_models",
    "subsidy.proxy_models",
    "subsidy.payee_models",
    "certificates.level_models",
    "oversight.form_models",
):
    import_module(f"yanglao.{_more}")
