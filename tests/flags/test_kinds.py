"""The table of kinds: each has words, and facts that may be kept carry nobody's name or number."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yanglao.flags.kinds import FACT_NAMES, KINDS, REFERENCES, WEIGHTS, facts_fault, shown
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.wording import all_words
from yanglao.people.roles import PERMISSIONS

GOOD = {"day": "2026-03-08", "watched_s": 20_000}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_words_that_name_only_the_facts_it_must_bring(kind):
    said = all_words()[f"flags.{kind}"]
    named = {name for _, name, _, _ in string.Formatter().parse(said.sentence) if name}
    assert named <= set(KINDS[kind].facts) <= set(FACT_NAMES)
    assert KINDS[kind].weight in WEIGHTS and KINDS[kind].settles in PERMISSIONS


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({}, None),
        ({"persons": [new_id()], "times": 3, "late": True, "client": "wechat"}, None),
        ({"name": "王秀英"}, "name"),
        ({"phone": "13800001111"}, "phone"),
        ({"id": "371302197503080018"}, "id"),
        ({"place": {"lat": 1}}, "place"),
        ({"lat": 35.05}, "lat"),
        ({"why": ""}, "why"),
        ({"persons": ["王秀英"]}, "persons"),
        ({"persons": [new_id()] * 201}, "persons"),
        ({f"n{number}": number for number in range(40)}, "_"),
    ],
)
def test_facts_are_references_counts_and_times(more, fault):
    assert facts_fault("viewing.long_night", GOOD | more) == fault


def test_a_fact_that_its_sentence_needs_cannot_be_left_out():
    assert facts_fault("viewing.long_night", {"day": "2026-03-08"}) == "watched_s"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine draws slowly
@given(st.dictionaries(st.sampled_from(sorted(FACT_NAMES)), st.integers(0, 10**9)))
def test_people_read_every_named_fact_once_and_no_reference(facts):
    labels = [label for label, _, _ in shown(facts)]
    assert labels == [FACT_NAMES[name] for name in FACT_NAMES if name in facts and name not in REFERENCES]
