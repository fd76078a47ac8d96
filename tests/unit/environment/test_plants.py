"""Power plants, needs and nuclear money."""

from __future__ import annotations

import numpy as np

from steppe import axes
from steppe.model import CentralAsia

from ...models import new_model

KAZ, UZB, KGZ = (axes.HOSTS.index(h) for h in ("KAZ", "UZB", "KGZ"))
POWER, MINERALS = axes.SECTORS.index("power"), axes.SECTORS.index("minerals")


def stepped(quarters: int = 2, **fixed: float) -> CentralAsia:
    model = CentralAsia("baseline", 3, collect=False, parameters=fixed)
    for _ in range(quarters):
        model.step()
    return model


def test_completed_power_works_become_plants() -> None:
    model = stepped()
    plants, s, v = model.relations.plants, model.state, model.values
    before = s.power_capacity.copy()
    completed = np.zeros((5, 3))
    completed[UZB] = 1200.0
    plants.renew(completed, np.ones(3))
    net = v["power.retirement"] - v["power.own_building"]
    expected = before * (1.0 - net / 4)
    expected[UZB] += v["power.plant_share"] * 1200.0 / v["power.plant_cost"]
    np.testing.assert_allclose(s.power_capacity, expected)


def test_need_for_power_follows_scarcity() -> None:
    model = stepped()
    plants, s, v = model.relations.plants, model.state, model.values
    s.power_capacity[:] = plants.before
    s.log_real[axes.HOST] = plants.grown_before + 0.2
    plants.survey(model.relations.quarter, True)
    given = model.relations.setting.wanted
    risen = v["power.capacity_effect"] * v["power.demand_elasticity"] * 0.2
    np.testing.assert_allclose(plants.wanted[KGZ, POWER], given[KGZ, POWER] + risen)
    np.testing.assert_allclose(plants.wanted[KGZ, MINERALS], given[KGZ, MINERALS])
    s.power_capacity[:] = plants.before * np.exp(1.0)
    plants.survey(model.relations.quarter, True)
    assert (plants.wanted[:, POWER] < given[:, POWER, None]).all()


def test_need_for_power_has_a_limit() -> None:
    """0.85 of the table and ln 10 of scarcity are more than 1.5, or than 1 where that is most."""
    model = stepped(**{"power.capacity_effect": 1.0})
    plants, s = model.relations.plants, model.state
    model.values["power.need_limit"][:] = [1.5, 1.0, 10.0]
    s.log_real[axes.HOST] = plants.grown_before
    s.power_capacity[:] = plants.before / 10.0
    plants.survey(model.relations.quarter, True)
    np.testing.assert_allclose(plants.wanted[UZB, POWER], [1.5, 1.0, 0.85 + np.log(10.0)])


def test_nuclear_money_stays_away_where_the_treaty_does_not_hold() -> None:
    trusted = stepped().relations.plants
    assert (trusted.withheld == 0.0).all()
    assert (trusted.risk == 1.0).all()
    doubted = stepped(**{"nuclear.treaty": 0.0, "nuclear.treaty_effect": 0.5}).relations.plants
    np.testing.assert_allclose(doubted.withheld[KAZ, POWER], 0.5 * 0.3)
    np.testing.assert_allclose(doubted.risk[KAZ, POWER], 1.0 + 2.0 * 0.3 * 0.5)
    assert (doubted.withheld[KAZ, MINERALS] > 0.05).all()
    assert (doubted.withheld[KGZ] == 0.0).all()
    off = stepped(**{"nuclear.treaty": 0.0, "nuclear.treaty_effect": 0.0}).relations.plants
    assert (off.withheld == 0.0).all()


def test_a_moratorium_stops_the_nuclear_part_alone() -> None:
    plants = stepped(**{"nuclear.moratorium": 1.0}).relations.plants
    np.testing.assert_allclose(plants.withheld[KAZ, POWER], 0.3)
    assert (plants.withheld[:, MINERALS] == 0.0).all()


def test_a_moratorium_stops_what_distrust_has_left() -> None:
    """Of .3 nuclear, four tenths are distrusted; half of the rest stays away with them."""
    plants = stepped(
        **{"nuclear.treaty": 0.0, "nuclear.treaty_effect": 0.4, "nuclear.moratorium": 0.5}
    ).relations.plants
    np.testing.assert_allclose(plants.withheld[KAZ, POWER], 0.3 * (0.4 + 0.6 * 0.5))
    np.testing.assert_allclose(plants.risk[KAZ, POWER], 1.0 + 2.0 * 0.3 * 0.4)


def test_plants_cost_what_dollars_cost_in_the_quarter() -> None:
    model = stepped()
    plants, s, v = model.relations.plants, model.state, model.values
    before, prices = s.power_capacity.copy(), np.array([0.8, 1.0, 1.6])
    plants.renew(np.full((5, 3), 1000.0), prices)
    net = v["power.retirement"] - v["power.own_building"]
    built = v["power.plant_share"] * 1000.0 / (v["power.plant_cost"] * prices)
    np.testing.assert_allclose(s.power_capacity, before * (1.0 - net / 4) + built)


def test_before_2009_there_is_no_treaty() -> None:
    model = new_model("backcast_2000", 3)
    model.step()
    effect = model.values["nuclear.treaty_effect"]
    np.testing.assert_allclose(model.relations.plants.withheld[KAZ, POWER], 0.3 * effect)


def test_a_host_without_a_plant_is_not_without_bounds_in_need() -> None:
    model = stepped(2, **{"kyrgyzstan.power_capacity": 0.0})
    assert np.isfinite(model.relations.plants.wanted).all()


def test_the_nuclear_part_of_power_may_change_in_a_run() -> None:
    model = stepped(1, **{"nuclear.moratorium": 1.0})
    model.values.over("{host}.nuclear_share")[:] = 0.4
    model.step()
    power = axes.SECTORS.index("power")
    np.testing.assert_allclose(model.relations.plants.withheld[:, power], 0.4)
