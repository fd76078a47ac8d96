"""Identity 11 for scenarios that tests run abreast: a member is the same as in its scenario alone.

To the bit: with events, with conditions that hold in some members only, with parameters fixed.
"""

from __future__ import annotations

import numpy as np

from steppe import scenario
from steppe.metrics import METRICS
from steppe.model import CentralAsia

from ..abreast import MOST, Abreast, packed

QUARTERS = 32
MEMBERS, FIRST = 5, 3

WAITS = """title: Waits
extends: baseline
set: {trade.elasticity: 2.5}
events:
  - id: late
    target: link.urumqi_dostyk.border_days
    shape: pulse
    times: 4
    duration: 3
    start: 2018Q1
    when: "gdp[KAZ] > 245"
"""


def test_a_member_is_the_same_abreast_as_alone() -> None:
    cases = [
        scenario.load("baseline"),
        scenario.loads(WAITS, name="waits"),
        scenario.load("rare_earth_shock"),
        scenario.loads("title: Fixed\nextends: baseline\nset: {hosts.hedging: 0}\n", name="fixed"),
    ]
    together = Abreast(cases, MEMBERS, first_member=FIRST)
    alone = [CentralAsia(case, range(FIRST, FIRST + MEMBERS), collect=False) for case in cases]
    for _ in range(QUARTERS):
        together.step()
        for number, model in enumerate(alone):
            model.step()
            for metric in METRICS:
                left = metric.values(together.state)[:, together.of(number)]
                assert np.array_equal(left, metric.values(model.state), equal_nan=True), metric.name
    began = together.events.engines[1].began["late"]
    assert 0 < np.isfinite(began).sum() < MEMBERS, "the condition held in some members"


def test_scenarios_are_packed_with_those_of_the_same_quarters_and_seed() -> None:
    names = ["backcast_2009", "baseline", "no_hedging", "backcast_2000", "kyrgyz_unrest"]
    cases = [scenario.load(name) for name in names]
    packs = [[case.name for case in pack] for pack in packed(cases, MOST // 2)]
    assert packs == [
        ["backcast_2009"],
        ["baseline", "no_hedging"],
        ["kyrgyz_unrest"],
        ["backcast_2000"],
    ]
