"""Robots that know the truth watch, cheat and lose their network before the running product, by its documented API alone."""

from __future__ import annotations

import heapq
from datetime import datetime

import pytest

from tests.flows.conftest import LONG_S
from tests.flows.robot import Robot, one

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("city")]
BEAT_S, CAP_S, BACKLOG_S, DAILY_CAP_S = 15, 30, 1800, 21_600


class Pupil:
    """One trainee; ``true_s`` is what somebody beside them with a stopwatch has seen."""

    def __init__(self, day, number, *, answers=True, client_ms=lambda ms: ms):
        self.day, self.robot = day, Robot(day.house, one(day.accounts, "trainee", number))
        self.answers, self.clock_says = answers, client_ms
        enrolment = self.robot.insist("GET", "enrolments")["items"][0]
        self.enrolment = enrolment["id"]
        self.online = next(part for part in enrolment["segments"] if part["mode"] == "online")
        self.before_s, self.true_s, self.lost = self.online["credited_s"], 0, {}

    def open(self, **more):
        """Begin a viewing of the long lesson; return the answer."""
        place = {
            "enrolment_id": self.enrolment,
            "lesson_id": self.online["lessons"][0]["id"],
            "client": "app",
        }
        answer = self.robot.call("POST", "viewings", place | more)
        if answer.status == 201:
            self.viewing, self.began, self.asked = answer.body["id"], self.day.now, answer.body["challenge"]
            self.at_s, self.seq, self.unsent, self.pressed = answer.body["position_s"], 0, [], []
            assert len(answer.body["covered"]) <= 1
        return answer

    def client_ms(self):
        return max(0, int(self.clock_says((self.day.now - self.began).total_seconds() * 1000)))

    def beat(self, from_s, to_s):
        """Return the next beat."""
        self.seq += 1
        return {"seq": self.seq, "from_s": from_s, "to_s": to_s, "rate": 1.0, "client_ms": self.client_ms()}

    def post(self, beats):
        """Send beats and hear the answer."""
        answer = self.robot.call("POST", f"viewings/{self.viewing}/beats", beats)
        if answer.status == 200:
            self.asked = answer.body["challenge"]
            for item in answer.body["items"]:
                for why in item["not_counted"]:
                    self.lost[why["code"]] = self.lost.get(why["code"], 0) + why["seconds"]
        return answer

    def press(self):
        """Answer the question once it is shown; the answer waits when there is no network."""
        shown = self.asked and datetime.fromisoformat(self.asked["show_at"].replace("Z", "+00:00"))
        if shown and self.answers and self.day.now >= shown and self.asked["id"] not in self.pressed:
            self.pressed.append(self.asked["id"])
            return [(self.asked["id"], self.client_ms())]
        return []

    def tell(self, pressed):
        """Send answers."""
        for key, client_ms in pressed:
            path = f"viewings/{self.viewing}/challenges/{key}"
            assert self.robot.call("POST", path, {"answer": "here", "client_ms": client_ms}).status == 200

    def watch(self, seconds, *, network=True, as_list=True, step_s=BEAT_S):
        """Watch on; without network all is kept and sent in the end."""
        kept, pressed = [], []
        for _ in range(0, seconds, step_s):
            yield step_s
            kept.append(self.beat(self.at_s, self.at_s + step_s))
            self.at_s, self.true_s = self.at_s + step_s, self.true_s + step_s
            pressed += self.press()
            if network:
                self.tell(pressed)
                assert self.post(kept.pop()).status == 200
                pressed = []
        self.tell(pressed)
        for beats in [kept] if as_list else kept:
            assert not beats or self.post(beats).status == 200

    def credited_s(self):
        """Return what was credited since the beginning, as the trainee's own page would say it."""
        self.robot.call("POST", f"viewings/{self.viewing}/close")
        parts = self.robot.insist("GET", f"enrolments/{self.enrolment}")["segments"]
        return next(part["credited_s"] for part in parts if part["mode"] == "online") - self.before_s


def live(day, stories):
    """Let stories go on side by side: each says for how many seconds it waits, and the clock goes from one to the next."""
    begun, waiting = day.now, [(0.0, number, story) for number, story in enumerate(stories)]
    while waiting:
        due, number, story = heapq.heappop(waiting)
        ahead = due - (day.now - begun).total_seconds()
        if ahead > 0:
            day.later(ahead)
        for wait in story:
            heapq.heappush(waiting, (due + wait, number, story))
            break


def opened(story):
    """Let a story begin by opening the lesson."""

    def begin(pupil):
        assert pupil.open().status == 201
        yield from story(pupil)

    return begin


# ---- who is honest -------------------------------------------------------------------------------------------------


def without_network(**how):
    def story(pupil):
        yield from pupil.watch(300)
        yield from pupil.watch(1200, network=False, **how)
        yield from pupil.watch(60)

    return story


def locked(pupil):
    """Lock the phone for a quarter of an hour, in which the page's clock stands; go on."""
    yield from pupil.watch(300)
    yield 900
    pupil.clock_says = lambda ms: ms - 900_000
    yield from pupil.watch(900)


def set_back(pupil):
    """Have the phone's clock set back by twenty minutes amid the lesson, by a page that reads the wrong clock."""
    pupil.clock_says = lambda ms: ms + 1_200_000
    yield from pupil.watch(300)
    pupil.clock_says = lambda ms: ms
    yield from pupil.watch(900)


HONEST = {
    "an hour and more": (lambda pupil: pupil.watch(2400), {}),
    "twenty minutes without network, in one list": (without_network(), {}),
    "twenty minutes without network, one by one": (without_network(as_list=False), {}),
    "no network from the first second": (lambda pupil: pupil.watch(1200, network=False), {}),
    "a clock that runs fast": (lambda pupil: pupil.watch(1200), {"client_ms": lambda ms: ms * 1.01}),
    "a clock twenty minutes ahead": (lambda pupil: pupil.watch(600), {"client_ms": lambda ms: ms + 1_200_000}),
    "a clock twenty minutes behind": (lambda pupil: pupil.watch(1500), {"client_ms": lambda ms: ms - 1_200_000}),
    "a clock set back by twenty minutes": (set_back, {}),
    "a locked phone": (locked, {}),
}  # fmt: skip


# ---- who is not ----------------------------------------------------------------------------------------------------


def forged(pupil):
    yield 900
    pupil.post(pupil.beat(0, LONG_S))
    pupil.post(pupil.beat(LONG_S - 15, LONG_S))


def sixteen_times(pupil):
    for n in range(8):
        yield 15
        pupil.post(pupil.beat(n * 240, n * 240 + 240))


def sixteen_times_in_small(pupil):
    for n in range(64):
        yield 1
        pupil.post(pupil.beat(n * 15, n * 15 + 15))


def replayed(pupil):
    yield 15
    beat = pupil.beat(0, 15)
    first = pupil.post(beat)
    for other in (beat, beat | {"to_s": 900, "client_ms": 900_000}, [beat, beat]):
        yield 15
        assert pupil.post(other).body["items"] == first.body["items"]
    yield 15
    assert pupil.post(pupil.beat(0, 15)).body["items"][0]["credited_s"] == 0
    assert pupil.post(pupil.beat(15, 30) | {"seq": 9}).body["facts"]["next_seq"] == 3


def early_answers(pupil):
    """Answer every question before it is asked, and then none."""
    pupil.answers = False
    path = f"viewings/{pupil.viewing}/challenges/{pupil.asked['id']}"
    assert pupil.robot.call("POST", path, {"answer": "here", "client_ms": 0}).status == 409
    pupil.due = datetime.fromisoformat(pupil.asked["due_at"].replace("Z", "+00:00"))
    yield from pupil.watch(1800)


def pretended(pupil):
    """Be away for forty minutes and claim all of it afterwards, question answered and all."""
    yield from pupil.watch(15)
    yield 2400
    beats = []
    for n in range(160):
        beats.append(pupil.beat(15 + n * 15, 30 + n * 15) | {"client_ms": 30_000 + n * 15_000})
    pupil.post(beats)


def two_devices(pupil):
    """Claim each quarter of a minute on two devices, taking over to and fro."""
    for _ in range(8):
        yield 15
        pupil.post(pupil.beat(pupil.at_s, pupil.at_s + 15))
        old, seq, place = pupil.viewing, pupil.seq, pupil.at_s
        assert pupil.open().body["code"] == "viewing.elsewhere"
        assert pupil.open(takeover=True, client="pc").status == 201
        pupil.post(pupil.beat(pupil.at_s, pupil.at_s + 15))
        new, pupil.viewing = pupil.viewing, old
        beat = {"seq": seq + 1, "from_s": place, "to_s": place + 15, "client_ms": 15_000}
        assert pupil.post(beat).body["code"] == "viewing.closed"
        pupil.viewing = new


CHEATS = {  # story, and how many seconds it may bring at most
    "a forged end": (forged, CAP_S),
    "sixteen times as fast": (sixteen_times, 120),
    "sixteen times as fast, in small": (sixteen_times_in_small, 64),
    "replayed": (replayed, 15),
    "questions answered before they are asked": (early_answers, None),
    "an outage that was none": (pretended, BACKLOG_S + CAP_S + 15),
    "two devices": (two_devices, 120),
}


def test_nobody_is_credited_more_than_the_truth_and_the_honest_lose_nothing(city_day):
    names = [*HONEST, *CHEATS]
    pupils = {name: Pupil(city_day, 1 + n, **HONEST.get(name, (0, {}))[1]) for n, name in enumerate(names)}
    start = city_day.now
    live(city_day, [opened({**HONEST, **CHEATS}[name][0])(pupil) for name, pupil in pupils.items()])
    found = {name: (pupil.credited_s(), pupil.true_s, pupil.lost) for name, pupil in pupils.items()}

    assert [
        (name, *found[name])
        for name in HONEST
        if not 0.99 * found[name][1] <= found[name][0] <= found[name][1]
    ] == []
    asked = pupils["questions answered before they are asked"]
    most = {name: most for name, (_, most) in CHEATS.items()}
    most["questions answered before they are asked"] = (asked.due - start).total_seconds()
    assert [(name, *found[name]) for name in CHEATS if found[name][0] > most[name]] == []


def test_a_day_holds_eight_class_hours_and_the_next_one_begins_at_midnight(city_day):
    """Watch from four in the afternoon for eight hours and a half, the network there for a moment every twenty minutes."""
    city_day.later((40 - city_day.now.hour) % 24 * 3600 - city_day.now.minute * 60 - city_day.now.second)
    pupil, stranger = Pupil(city_day, 20), Pupil(city_day, 21)
    assert pupil.open().status == 201

    def story():
        for _ in range(25):
            yield from pupil.watch(1200, network=False, step_s=30)
        assert stranger.open().status == 201
        stranger.viewing = pupil.viewing
        assert stranger.post(pupil.beat(pupil.at_s, pupil.at_s) | {"seq": 1}).status == 404

    start = city_day.now
    live(city_day, [story()])
    after_s = 25 * 1200 - (86_400 - start.hour * 3600 - start.minute * 60 - start.second)
    assert start.hour == 16 and 0 < after_s < 7200
    assert pupil.credited_s() == DAILY_CAP_S + after_s
    assert pupil.lost == {"viewing.daily_cap": 25 * 1200 - DAILY_CAP_S - after_s}
