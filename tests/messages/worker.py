"""Perform one task in a process of its own, so that a test can kill it. Run by itself with the task's id."""

from __future__ import annotations

import sys

from yanglao import create_app
from yanglao.jobs.perform import perform

if __name__ == "__main__":
    with create_app().app_context():
        perform(sys.argv[1])
