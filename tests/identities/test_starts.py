"""A model that starts from a kept copy is the model that lived through the years before itself."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import scenario, starts
from steppe.agents.powers import RULES
from steppe.metrics import METRICS
from steppe.model import CentralAsia

MEMBERS = range(3, 9)


def _lived(model, quarters=10):
    series = []
    for _ in range(quarters):
        model.step()
        series.append(np.concatenate([m.values(model.state) for m in METRICS]))
    return np.stack(series), model.chronicle()


def _scenario(name, seed=7):
    return scenario.load(name, seed=seed)


@pytest.mark.parametrize("name", ["chabahar_completion", "rare_earth_shock", "baseline"])
def test_a_kept_start_leads_to_the_same_run_to_the_bit(name):
    for first in ("baseline", "baseline"):
        starts.at_start(_scenario(first), MEMBERS, 7)
    case = _scenario(name)
    series, chronicle = _lived(starts.at_start(case, MEMBERS, 7))
    alone = CentralAsia(case, MEMBERS, rng=7, collect=False)
    expected, told = _lived(alone)
    np.testing.assert_array_equal(series, expected)
    assert len(told) and chronicle.texts == told.texts
    np.testing.assert_array_equal(chronicle.rows, told.rows)
    again = starts.at_start(case, MEMBERS, 7)
    assert again.varied.keys() == alone.varied.keys()
    for key, values in alone.varied.items():
        np.testing.assert_array_equal(again.varied[key], values)


def test_only_a_start_that_is_asked_for_again_is_kept(monkeypatch):
    built, build = [], CentralAsia.__init__

    def counted(self, *args, **named):
        built.append(args)
        build(self, *args, **named)

    monkeypatch.setattr(CentralAsia, "__init__", counted)
    for _ in range(4):
        starts.at_start(_scenario("baseline"), MEMBERS, 7)
    assert len(built) == 2


@pytest.mark.parametrize(
    ("name", "numbers", "seed"),
    [
        ("no_hedging", MEMBERS, 7),  # another parameter
        ("baseline", range(2, 8), 7),  # other members
        ("baseline", MEMBERS, 8),  # other draws
        ("backcast_2009", MEMBERS, 7),  # another base year
    ],
)
def test_another_past_is_lived_anew(name, numbers, seed):
    for _ in range(2):
        starts.at_start(_scenario("baseline"), MEMBERS, 7)
    case = _scenario(name, seed)
    series, _ = _lived(starts.at_start(case, numbers, seed), 2)
    expected, _ = _lived(CentralAsia(case, numbers, rng=seed, collect=False), 2)
    np.testing.assert_array_equal(series, expected)


def test_what_is_kept_stays_within_its_memory(monkeypatch):
    monkeypatch.setattr(starts, "MOST_BYTES", 1000)
    for _ in range(2):
        starts.at_start(_scenario("baseline"), MEMBERS, 7)
    assert not any(starts._kept.values())


def test_a_run_does_not_touch_what_is_kept():
    for _ in range(2):
        starts.at_start(_scenario("baseline"), MEMBERS, 7)
    one, _ = _lived(starts.at_start(_scenario("baseline"), MEMBERS, 7), 4)
    other, _ = _lived(starts.at_start(_scenario("baseline"), MEMBERS, 7), 4)
    np.testing.assert_array_equal(one, other)


def test_powers_with_other_rules_have_another_past(monkeypatch):
    class Idle(RULES["TUR"]):
        """A power that cannot be copied and decides nothing."""

        def decide(self):
            pass

    for _ in range(3):
        starts.at_start(_scenario("baseline"), MEMBERS, 7)
    monkeypatch.setitem(RULES, "TUR", Idle)
    for _ in range(3):
        model = starts.at_start(_scenario("baseline"), MEMBERS, 7)
        assert any(isinstance(power, Idle) for power in model.powers)
        assert not model.state.money.committed[3].any()
