"""The main job by hand in Chromium: a roster becomes a class, a lesson is watched, a quiz passed, a scan made, hours reviewed."""

from __future__ import annotations

import io
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.flows.browser import OFFICE, PHONE, Window
from tests.flows.robot import PASSWORD, Day, Robot, one
from tests.ops.processes import until
from yanglao.demo.cast import invent

BANKS = Path(__file__).parents[2] / "yanglao" / "courses" / "data"
NEW = [invent(7001), invent(7002), invent(7003)]
SECRET = "changyang-8316"

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("city")]


@pytest.fixture
def day(tmp_path):
    """Give a demo city in which it is ten in the morning, and time passes."""
    day = Day(tmp_path, goes=True).start()
    try:
        day.house.ready()
        yield day
    finally:
        day.house.end()


def roster_file() -> bytes:
    """Make a roster as bases really send them: a merged title, the header in row 3, a total at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2026 年养老护理员培训花名册"])
    sheet.merge_cells("A1:D1")
    sheet.append(["填报单位：示例仁和基地"])
    sheet.append(["序号", "姓名", "身份证号", "联系电话"])
    for number, person in enumerate(NEW, 1):
        sheet.append([number, f"{person.name[0]}　{person.name[1:]}", person.id_number, person.phone])
    sheet.append([4, "错号码", "371302196001010011", "13800000009"])
    sheet.append(["合计", 4, None, None])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_class(day: Day, admin: Window) -> None:
    page = admin.page
    admin.go("/office/classes/new")
    page.locator(".programme", has_text="养老护理员五级").locator("input").check()
    today = day.now.date()
    page.fill("[name=starts_on]", today.isoformat())
    page.fill("[name=ends_on]", (today + timedelta(days=20)).isoformat())
    page.fill("[name=name]", "流程班")
    admin.press("建好，下一步导入花名册")
    page.wait_for_url(re.compile(r"/office/classes/\w{26}"))
    day.found["class"] = re.findall(r"/office/classes/(\w{26})", page.url)[0]


def import_roster(day: Day, admin: Window) -> None:
    page = admin.page
    admin.go(f"/office/classes/{day.found['class']}/roster")
    page.set_input_files(
        "#file", {"name": "花名册.xlsx", "mimeType": "application/octet-stream", "buffer": roster_file()}
    )
    page.wait_for_url(re.compile("import="))
    assert "要改" in page.inner_text("#rows")
    assert page.locator("#commit").is_disabled()
    admin.press("要改的 1 行都不加")
    page.click("#commit")
    page.wait_for_selector("#done")
    with page.expect_download() as waiting:
        page.locator("#done").get_by_role("link", name="下载结果表").click()
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    rows = [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    line = next(row for row in rows if NEW[0].id_number in row)
    day.found["password"] = next(
        found[0]
        for cell in reversed(line)
        if (found := re.findall(r"(?<![0-9A-Za-z])[0-9A-Za-z]{8,12}(?![0-9A-Za-z])", cell))
    )


def plan_and_file(day: Day, admin: Window) -> None:
    page = admin.page
    admin.go(f"/office/classes/{day.found['class']}/sessions")
    page.select_option("[name=venue_id]", label="新的教室…")
    for name, value in (("start", "10:30"), ("end", "13:30"), ("venue", "流程教室")):
        page.fill(f"[name={name}]", value)
    page.select_option("[name=instructor_id]", label="演示·教师乙")
    admin.press("排上")
    page.wait_for_selector("option:has-text('流程教室')", state="attached")
    admin.go(f"/office/classes/{day.found['class']}")
    step(admin, "报审")


def step(window: Window, words: str) -> None:
    """Press a step of a class and confirm it."""
    window.page.locator("[data-api]", has_text=words).first.click()
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="确定").click()


def approve_and_start(day: Day, admin: Window, officer: Window) -> None:
    officer.go("/office/")
    officer.go(f"/office/classes/{day.found['class']}/approval")
    step(officer, "批准")
    admin.go(f"/office/classes/{day.found['class']}")
    step(admin, "开班")
    assert "培训中" in admin.page.inner_text("main")


def first_sign_in(day: Day, trainee: Window) -> None:
    page = trainee.sign_in(NEW[0].phone, day.found["password"])
    for name in ("new", "again"):
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", SECRET)
    if page.locator("[name=old]").count():
        page.fill("[name=old]", day.found["password"])
    trainee.press("改好了")
    trainee.press("我看过了，同意")
    page.wait_for_url(re.compile("/learn/"))


def watch_a_little(trainee: Window) -> int:
    """Play the first lesson for real until something is credited; return what the page says is credited."""
    page = trainee.page
    trainee.press("开始学")
    page.wait_for_url(re.compile("/learn/lessons/"))
    page.click("#cover")
    until(lambda: page.wait_for_timeout(200) or page.inner_text("#credited") != "00:00")
    page.click("#toggle")
    until(lambda: page.wait_for_timeout(200) or page.inner_text("#waiting") == "00:00")
    minutes, seconds = page.inner_text("#credited").split(":")
    return int(minutes) * 60 + int(seconds)


def learn_on_as_app(day: Day, robot: Robot) -> dict[str, Any]:
    """Go on with every lesson through the API, as a phone app would; return the enrolment."""
    enrolment = robot.insist("GET", "enrolments")["items"][0]
    online = next(part for part in enrolment["segments"] if part["mode"] == "online")
    for lesson in online["lessons"]:
        body = {"enrolment_id": enrolment["id"], "lesson_id": lesson["id"], "client": "app", "takeover": True}
        viewing = robot.insist("POST", "viewings", body)
        begun = viewing["covered"][0][1] if viewing["covered"] else 0  # the player may stand a second beyond
        assert begun <= viewing["position_s"] <= begun + 2 and len(viewing["covered"]) <= 1
        seq, at = 1, begun
        while at < lesson["duration_s"]:
            to = min(at + 15, lesson["duration_s"])
            day.later(to - at)
            beat = {"seq": seq, "from_s": at, "to_s": to, "rate": 1.0, "client_ms": (to - begun) * 1000}
            robot.insist("POST", f"viewings/{viewing['id']}/beats", beat)
            seq, at = seq + 1, to
        robot.insist("POST", f"viewings/{viewing['id']}/close")
    return robot.insist("GET", f"enrolments/{enrolment['id']}")


def key() -> dict[str, Any]:
    """Return question text -> question, from the bank's files."""
    found = {}
    for file in BANKS.glob("bank_*.toml"):
        for question in tomllib.loads(file.read_text())["questions"]:
            found[question["text"]] = question
    return found


def pass_quiz(robot: Robot, enrolment: dict[str, Any]) -> None:
    online = next(part for part in enrolment["segments"] if part["mode"] == "online")
    paper = robot.insist("POST", "attempts", {"enrolment_id": enrolment["id"], "segment_id": online["id"]})
    answers = key()
    for question in paper["questions"]:
        right = right_texts(answers[question["text"]])
        picked = [option["id"] for option in question["options"] if option["text"] in right]
        robot.insist("PUT", f"attempts/{paper['id']}/answers/{question['id']}", {"answer": picked})
    assert robot.insist("POST", f"attempts/{paper['id']}/submit")["passed"] is True


def right_texts(question: dict[str, Any]) -> set[str]:
    options = question.get("options") or ["对", "错"]
    return {options[number - 1] for number in question["right"]}


def be_scanned(day: Day, teacher: Window, trainee: Window, direction: str) -> None:
    """Scan the room code that the instructor's phone shows, as WeChat's scanner would open it."""
    shown: list[str] = []
    teacher.page.on(
        "response", lambda r: shown.append(r.json()["url"]) if r.url.endswith("/code") and r.ok else None
    )
    teacher.go("/teach/")
    teacher.press("开始签到" if direction == "in" else "继续签到")
    until(lambda: teacher.page.wait_for_timeout(100) or shown)
    trainee.go("/c/" + shown[-1].rsplit("/", 1)[1])
    trainee.page.click(f"[data-way={direction}]")
    trainee.page.get_by_text("签到成功" if direction == "in" else "签退成功").first.wait_for()


def hours_everywhere(day: Day, admin: Window, robot: Robot, enrolment_id: str) -> dict[str, int]:
    """Compare page, API, export and ledger; return seconds per mode."""
    segments = {part["mode"]: part for part in robot.insist("GET", f"enrolments/{enrolment_id}")["segments"]}
    chief = Robot(day.house, one(day.accounts, "base_admin"))
    log = chief.insist("GET", f"standings?class_id={day.found['class']}")["items"]
    mine = {line["mode"]: line for line in log if line["enrolment_id"] == enrolment_id}
    assert {mode: line["entered_s"] for mode, line in mine.items()} == {
        mode: part["entered_s"] for mode, part in segments.items()
    }
    task = chief.insist("POST", "exports", {"kind": "standings", "filter": {"class_id": day.found["class"]}})
    until(lambda: chief.insist("GET", f"exports/{task['id']}")["state"] in ("done", "failed"))
    done = chief.insist("GET", f"exports/{task['id']}")
    assert done["state"] == "done" and done["progress"] == 100
    answer = admin.page.request.get(day.base + done["url"] if done["url"].startswith("/") else done["url"])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body())).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    for line in mine.values():
        assert str(line["entered_s"]) in cells
    return {mode: line["entered_s"] for mode, line in mine.items()}


@pytest.fixture
def windows(chromium):
    """Give a maker of windows before a house, all closed afterwards."""
    made: list[Window] = []

    def before(day):
        def open_window(size):
            made.append(Window(chromium, day.base, size))
            return made[-1]

        return open_window

    yield before
    for window in made:
        window.context.close()


def test_the_main_job_from_a_roster_to_the_review(day, windows):
    open_window = windows(day)
    admin = open_window(OFFICE)
    admin.sign_in(one(day.accounts, "base_admin"), PASSWORD)
    make_class(day, admin)
    import_roster(day, admin)
    plan_and_file(day, admin)
    officer = open_window(OFFICE)
    officer.sign_in(one(day.accounts, "officer"), PASSWORD)
    approve_and_start(day, admin, officer)

    trainee = open_window(PHONE)
    first_sign_in(day, trainee)
    credited = watch_a_little(trainee)
    robot = Robot(day.house, NEW[0].phone, SECRET)
    enrolment = learn_on_as_app(day, robot)
    online = next(part for part in enrolment["segments"] if part["mode"] == "online")
    assert online["credited_s"] == sum(lesson["duration_s"] for lesson in online["lessons"]) >= credited
    pass_quiz(robot, enrolment)

    teacher = open_window(PHONE)
    teacher.sign_in(one(day.accounts, "instructor", 1), PASSWORD)
    be_scanned(day, teacher, trainee, "in")
    day.later(4 * 3600 - 900)
    be_scanned(day, teacher, trainee, "out")

    hours = hours_everywhere(day, admin, robot, enrolment["id"])
    assert hours == {"online": online["credited_s"], "offline": 10800}
    admin.go(f"/office/review?class_id={day.found['class']}")
    assert NEW[0].name in admin.page.inner_text("main")
    trainee.go("/learn/hours")
    faults = [fault for window in (admin, officer, trainee, teacher) for fault in window.faults]
    assert faults == []
    day.is_well()
