"""Say in plain Chinese what is missing or wrong, for a refusal that names several things at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yanglao.classes.rules import Gap
from yanglao.kernel.wording import sentence


def named(gaps: Sequence[Gap]) -> dict[str, Any]:
    """Return the facts of a refusal that names ``gaps``: each with its sentence, and all sentences joined."""
    sentences = [sentence(gap.code, gap.facts) for gap in gaps]
    said = [
        {"code": gap.code, "facts": gap.facts, "sentence": words}
        for gap, words in zip(gaps, sentences, strict=True)
    ]
    return {"gaps": said, "named": "".join(sentences)}
