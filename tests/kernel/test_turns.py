from __future__ import annotations

import subprocess
import sys
import threading
import time

from tests.ops.processes import ROOT, until
from yanglao.kernel.turns import Turns

HOLD = """
import sys, time
from pathlib import Path
from yanglao.kernel.turns import Turns
with Turns(Path(sys.argv[1]), most_s=60).mine():
    print("mine", flush=True)
    time.sleep(60)
"""


def test_only_one_thread_has_the_turn(tmp_path):
    turns, inside, most = Turns(tmp_path / "lock", most_s=60), [], []

    def act():
        for _ in range(20):
            with turns.mine():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0005)
                inside.pop()

    running = [threading.Thread(target=act) for _ in range(8)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert len(most) == 160 and max(most) == 1


def test_the_turn_of_a_killed_process_ends(tmp_path):
    words = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    other = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "mine\n"
    got = []

    def act():
        with Turns(tmp_path / "lock", most_s=60).mine():
            got.append(True)

    waiting = threading.Thread(target=act)
    waiting.start()
    waiting.join(0.2)
    assert not got
    other.kill()
    other.communicate()
    until(lambda: got, 10)
    waiting.join()


def test_who_waits_too_long_for_another_thread_goes_on_and_leaves_the_turn_to_it(tmp_path):
    turns = Turns(tmp_path / "lock", most_s=0.01)
    with turns.mine(), turns.mine():
        pass
    with turns.mine():
        pass
