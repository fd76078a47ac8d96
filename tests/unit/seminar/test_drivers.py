"""What drove a change: ranks that hold up, levers one at a time, a plain sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steppe.clock import Quarter
from steppe.seminar.drivers import partial_rank, parts, uncertainties, what_drove
from steppe.seminar.engine import WHOLE
from steppe.seminar.settings import Settings, Shock

AID, PURSE = "japan.concessional_budget", "china.budget"


def test_partial_ranks_see_through_a_companion() -> None:
    chance = np.random.default_rng(3)
    values = chance.normal(size=(40, 200))
    values[2] = values[0] + 0.4 * chance.normal(size=200)  # correlates through row 0 only
    outcome = np.exp(2.0 * values[0] - values[1] + 0.3 * chance.normal(size=200))
    found = {place: (r, low, high) for place, r, low, high in partial_rank(values, outcome)}
    assert set(found) == {0, 1}
    assert found[0][0] > 0.8 and found[1][0] < -0.8
    assert all(low < r < high for r, low, high in found.values())


def test_chance_alone_is_not_named() -> None:
    named = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        named += len(partial_rank(chance.normal(size=(130, 200)), chance.normal(size=200)))
    assert named <= 12  # of 5,200 parameters


def test_ties_and_few_members_are_no_error() -> None:
    values = np.zeros((3, 60))
    values[1] = np.arange(60) % 2
    assert [place for place, *_ in partial_rank(values, np.arange(60) % 2 + 0.0)] in ([1], [])
    assert partial_rank(np.random.default_rng(1).normal(size=(20, 8)), np.arange(8.0)) == []


def test_what_is_set_is_taken_apart() -> None:
    shock = Shock("gas_slump", Quarter.of(2030), 0.5, 8)
    whole = (
        Settings("tapi_completion").with_lever(AID, 2.0).with_lever(PURSE, 0.5).with_shock(shock)
    )
    found = {name: settings for _, name, _, settings in parts(whole)}
    assert found == {
        "tapi_completion": Settings("tapi_completion"),
        PURSE: Settings().with_lever(PURSE, 0.5),
        AID: Settings().with_lever(AID, 2.0),
        "gas_slump 0": Settings().with_shock(shock),
    }
    assert parts(Settings()) == []


@pytest.mark.slow
def test_levers_are_run_one_by_one(running: Any) -> None:
    base = running(running.engine.baseline(WHOLE))
    settings = Settings().with_lever(AID, 3.0).with_lever(PURSE, 0.3)
    answer = running(running.engine.ask(settings, "drove", WHOLE))
    drove = running(what_drove(running.engine, answer, base, "committed[CHN,KAZ]"))
    assert [row.name for row in drove.levers] == [PURSE, AID]
    first = drove.levers[0]
    assert first.low <= first.size <= first.high < 0.0
    assert first.share == pytest.approx(1.0, abs=0.5)
    assert "China's purse" in drove.sentence and "falls" in drove.sentence
    assert first.sentence.startswith("China's purse (× 0.3, retrenchment) alone lowers it by")
    names = {row.name for row in drove.uncertainties}
    assert names <= set(answer.parameters())
    for row in drove.uncertainties:
        assert -1.0 <= row.low <= row.size <= row.high <= 1.0
    sizes = [abs(row.size) for row in drove.uncertainties]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.slow
def test_nothing_set_is_told_as_nothing(running: Any) -> None:
    base = running(running.engine.baseline(WHOLE))
    drove = running(what_drove(running.engine, base, base, "committed[CHN,KAZ]"))
    assert drove.levers == () and drove.together == 0.0
    assert drove.sentence.startswith("Nothing is set")
    ranks = {row.name: row.size for row in uncertainties(base, base, "committed[CHN,KAZ]")}
    assert ranks["china.commercial_budget"] > 0.3  # more money is more works
    window = Quarter.of(2030), Quarter.of(2031)
    early = {row.name: row.size for row in uncertainties(base, base, "gdp[CHN]", window)}
    assert early["china.growth_shift"] > 0.3
    quiet = running(running.engine.ask(Settings().with_lever(AID, 3.0), "drove"))
    told = running(what_drove(running.engine, quiet, base, "uranium_price"))
    assert told.sentence.startswith("uranium_price in 2036Q1 to 2040Q4 is as in the baseline")
