"""A robot that watches a lesson by the pure rules, with a clock of its own, a network that fails, and the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from yanglao.capture.viewing.rules import Beat, Ground
from yanglao.capture.viewing.steps import Asked, Told, Watch, after_answer, answered_ms, take
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms

FIGURES = policy.latest().viewing
NINE = to_ms(datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc))
GAP_S = 540


class Robot:
    """Watches in steps of ``beat_s``; ``true_s`` is what somebody beside it with a stopwatch has seen."""

    def __init__(self, *, duration_s=7200, at_ms=NINE, beat_s=15, drift=1.0, latency_ms=200, answers=True):
        ground = Ground(at_ms, 0, (), (), at_ms, offset_ms=at_ms, watched_ms=at_ms)
        self.watch = Watch(ground, duration_s, 1, 0, 0, 10**6, 0, (), Told(), None)
        self.now_ms, self.opened_ms = at_ms, at_ms
        self.beat_s, self.drift, self.latency_ms, self.answers = beat_s, drift, latency_ms, answers
        self.slept_ms, self.online, self.posts_lists = 0, True, True
        self.media_s = self.true_s = self.seq = self.asked_times = 0
        self.queue, self.pressed = [], []
        self.ask(self.now_ms)

    def ask(self, since_ms):
        show = max(self.now_ms, since_ms + GAP_S * 1000)
        self.watch = replace(
            self.watch, asked=Asked(f"c{show}", show, show + FIGURES.challenge_answer_s * 1000)
        )

    def client_ms(self):
        return int((self.now_ms - self.opened_ms - self.slept_ms) * self.drift)

    def play(self, seconds, *, attentive=True):
        """Watch so many seconds, sending as they pass or keeping them for later."""
        for start in range(0, seconds, self.beat_s):
            span = min(self.beat_s, seconds - start, self.watch.duration_s - self.media_s)
            self.now_ms += span * 1000
            self.seq += 1
            self.queue.append(Beat(self.seq, self.media_s, self.media_s + span, self.client_ms()))
            self.media_s += span
            self.true_s += span if attentive else 0
            if self.answers and self.watch.asked and self.now_ms >= self.watch.asked.show_ms + 5000:
                self.press()
            if self.online:
                self.send()
        return self

    def press(self):
        """Press the button, once for each challenge."""
        if self.watch.asked.id not in [one for one, _ in self.pressed]:
            self.pressed.append((self.watch.asked.id, self.client_ms()))
            if self.online:
                self.tell()

    def tell(self):
        """Send the answers that wait."""
        for key, client_ms in self.pressed:
            asked = self.watch.asked
            if asked is None or asked.id != key:
                continue
            arrived = self.now_ms + self.latency_ms
            at_ms = answered_ms(self.watch, asked, client_ms, now_ms=arrived)
            if at_ms is not None:
                in_time = at_ms <= asked.due_ms
                self.watch = after_answer(self.watch, at_ms=at_ms, in_time=in_time, figures=FIGURES)
                self.asked_times += 1
                self.ask(asked.show_ms if in_time else at_ms)

    def send(self, *, answers_first=True):
        """Send what waits: all in one list, or one by one with a moment between."""
        if answers_first:
            self.tell()
        posts = [self.queue] if self.posts_lists else [[beat] for beat in self.queue]
        for number, post in enumerate(posts):
            self.now_ms += 100 if number else 0
            arrived = self.now_ms + self.latency_ms
            self.watch = take(self.watch, post, now_ms=arrived, figures=FIGURES, offline_since_ms=None)
        self.queue = []
        self.tell()
        return self

    def offline(self, seconds, *, as_list=True, answers_first=True):
        """Watch on without network; then it comes back and all is sent."""
        self.online, self.posts_lists = False, as_list
        self.play(seconds)
        self.online = True
        return self.send(answers_first=answers_first)

    def pause(self, seconds):
        """Stop the player; the page lives."""
        self.now_ms += seconds * 1000
        return self

    def rest(self, seconds):
        """Stop the player before an open page, and answer what it asks."""
        ends_ms = self.now_ms + seconds * 1000
        if self.watch.asked and self.now_ms < self.watch.asked.show_ms + 5000 <= ends_ms:
            self.now_ms = self.watch.asked.show_ms + 5000
            self.press()
        self.now_ms = ends_ms
        return self

    def suspend(self, seconds, *, clock_stands=True):
        """Lock the phone: nothing is played, and on many phones the page's clock stands still."""
        self.now_ms += seconds * 1000
        self.slept_ms += seconds * 1000 if clock_stands else 0
        return self

    def again(self, seconds):
        """Go back and watch the same once more: true, but it counts once."""
        self.media_s -= seconds
        self.play(seconds, attentive=False)
        return self

    @property
    def credited_s(self):
        """Return what the server has credited."""
        return self.watch.window_credited_s
