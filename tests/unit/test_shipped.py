"""The shipped scenarios: all load, and the baseline samples every parameter that has a prior."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppe import scenario
from steppe.parameters import registry

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_what_ships() -> None:
    assert set(NAMES) >= {
        "baseline",
        "chabahar_completion",
        "trans_siberian_closure",
        "iran_sanctions_snapback",
        "cpec_gwadar_expansion",
        "backcast_2000",
        "backcast_2009",
    }


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_a_question_and_names_its_sources(name: str) -> None:
    case = scenario.load(name)
    assert case.question
    assert case.look_at
    assert case.sources
    assert case.metrics


def test_the_baseline_samples_every_prior() -> None:
    with_prior = {p.name for p in registry() if p.prior is not None}
    assert set(scenario.load("baseline").uncertainties) == with_prior


def test_the_baselines_events_end_with_2024_and_name_their_source() -> None:
    """What was under way in 2024 may finish later; nothing is decided after it."""
    for event in scenario.load("baseline").events:
        assert event.source or event.note, event.id
        assert event.first.year <= 2024 or event.id == "dostyk_second_track", event.id


def test_every_parameter_names_its_evidence_and_source() -> None:
    for parameter in registry():
        assert parameter.evidence in {"lit", "fact", "seed", "prior"}, parameter.name
        assert parameter.source, parameter.name
        assert parameter.meaning.endswith("."), parameter.name
        for base, value in parameter.defaults.items():
            assert parameter.low <= value <= parameter.high, (parameter.name, base)
