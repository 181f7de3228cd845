"""The process that opens strange media: little memory, little time, none of our settings; speaks JSON lines.

Asked for by ``media_tools``: ``<what> <path> <folder> <facts>``. Lines ``{"done": …, "total": …}`` say how far it is; the last one is
``{"made": …}`` or ``{"fault": code, "facts": …}``.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from yanglao.outside import bookbinding, media_making, media_probe, qr_reading
from yanglao.outside.processes import die_with_parent


def main(arguments: list[str]) -> None:
    """Do what is asked and say how it ended."""
    what, path, folder, facts = arguments[0], Path(arguments[1]), Path(arguments[2]), json.loads(arguments[3])
    die_with_parent(parent=facts["parent"])
    _limit(facts)
    try:
        _say(made=_do(what, path, folder, facts))
    except media_probe.Fault as fault:
        _say(fault=fault.code, facts=fault.facts)
    except MemoryError:
        _say(fault="material.too_heavy", facts={})
    except Exception as fault:
        _say(fault="material.unreadable", facts={}, kind=type(fault).__name__)


def _do(what: str, path: Path, folder: Path, facts: dict[str, Any]) -> Any:
    if what == "probe":
        return media_probe.probe(path, facts["kind"])
    if what == "video":
        return media_making.film(path, folder, duration_s=facts["duration_s"], report=_report)
    if what == "audio":
        return media_making.sound(path, folder, duration_s=facts["duration_s"], report=_report)
    if what == "book":
        return bookbinding.bind(path, folder, report=_report)
    if what == "codes":
        cover = facts.get("cover", False)
        return qr_reading.codes(path, folder, most=facts["most"], report=_report, cover=cover)
    return media_making.pages(path, folder, most=facts["most"], report=_report)


def _limit(facts: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (facts["memory"], facts["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (facts["seconds"], facts["seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (facts["largest"], facts["largest"]))


def _report(done: float, total: float) -> None:
    _say(done=int(done), total=int(total))


def _say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
