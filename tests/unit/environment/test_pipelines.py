"""Pipelines in the model: the base's value, switches, routing, projects, oil."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes, scenario
from steppe.model import CentralAsia
from steppe.parameters import read_table, registry
from steppe.world.base import base_state
from steppe.world.pipelines import L, pipelines

TKM, KAZ = axes.HOSTS.index("TKM"), axes.HOSTS.index("KAZ")
CHN, RUS, ROW = (axes.PARTNERS.index(x) for x in ("CHN", "RUS", "ROW"))
CHINA, TAPI = axes.GAS_LINES.index("china_turkmen"), axes.GAS_LINES.index("tapi")
CENTRE = axes.GAS_LINES.index("cac_turkmen")


def made(name: str = "baseline", text: str = "", **fixed: float) -> CentralAsia:
    case = scenario.loads(f"title: X\nextends: {name}\n{text}", name="x")
    return CentralAsia(case, 4, collect=False, parameters=fixed)


@pytest.mark.parametrize("start", axes.BASES)
def test_lines_and_the_rest_hold_the_bases_recorded_gas(start: int) -> None:
    base = base_state(start)
    lines = pipelines(start)
    total = lines.unassigned.copy()
    for line in range(L):
        total[lines.seller[line]] += lines.recorded[line] * lines.value[line]
    np.testing.assert_allclose(total, base.gas_value, atol=1e-9)
    np.testing.assert_allclose(lines.taken.sum(axis=1), 1.0)
    np.testing.assert_allclose(lines.recorded.sum(axis=1), 1.0)
    assert lines.unassigned.sum() < 0.01 * base.gas_value.sum() + 1.0


def test_the_tables_name_every_line_once_per_base() -> None:
    assert [row["pipeline"] for row in read_table("pipelines")] == list(axes.PIPELINES)
    for base in axes.BASES:
        named = [r["pipeline"] for r in read_table("pipeline_states") if int(r["base"]) == base]
        assert named == list(axes.PIPELINES)


def test_turkmen_gas_sold_to_russia_stands_with_the_rest_of_the_world() -> None:
    lines = pipelines(2001)
    assert lines.recorded[CENTRE, ROW] == lines.hidden[CENTRE] == 1.0
    assert lines.value[CENTRE] == pytest.approx(980.686 + 934.125, abs=0.01)


def test_gas_is_priced_two_quarters_late_and_scales_with_it() -> None:
    model = made(**{"gas.competition": 0.0})
    model.step()
    model.state.lng_history[:] = np.array([9.0, 8.0, 2.0 * model.paths.lng_base])[:, None]
    model.pipelines.deliver(model.values, model.years_since_base)
    flow, lines = model.state.pipeline_flow[CHINA], model.pipelines.lines
    expected = 2.0 * lines.value[CHINA] / 4 * flow / lines.volume[CHINA]
    np.testing.assert_allclose(model.pipelines.value[TKM, CHN], expected)


def test_without_competition_the_line_follows_its_contract_alone() -> None:
    model = made(**{"gas.competition": 0.0})
    for _ in range(3):
        model.step()
    tau, age = model.values["gas.fill_years"], model.years_since_base
    before = model.pipelines.lines.volume[CHINA]
    expected = before + (30.0 - before) * (1.0 - np.exp(-age / tau))
    np.testing.assert_allclose(model.state.pipeline_flow[CHINA], expected)


def test_a_full_line_delivers_its_capacity() -> None:
    model = made(text="events: [{id: x, target: pipeline.china_turkmen.capacity, shape: step, "
                      "to: 10, start: 2017Q1}]\n")  # fmt: skip
    model.step()
    np.testing.assert_allclose(model.state.pipeline_flow[CHINA], 10.0)


def test_a_line_being_built_raises_the_price_before_it_carries_anything() -> None:
    plain, built = made(), made(**{"pipeline.trans_caspian_gas.completion": 0.9})
    for model in (plain, built):
        for _ in range(12):
            model.step()
    line = axes.GAS_LINES.index("trans_caspian_gas")
    assert (built.state.pipeline_flow[line] == 0.0).all()
    assert (built.state.gas_netback[CHINA] > plain.state.gas_netback[CHINA] + 0.01).all()
    assert (built.pipelines.value[TKM, CHN] > plain.pipelines.value[TKM, CHN]).all()


def test_hedging_turns_a_seller_short_of_gas_from_its_largest_buyer() -> None:
    flows = []
    for weight in (0.0, 1.5):
        model = made(
            **{
                "hosts.hedging": weight,
                "pipeline.tapi.completion": 1.0,
                "link.trans_afghan.conflict": 0.0,
                "turkmenistan.gas_growth": -0.03,
            }
        )
        for _ in range(24):
            model.step()
        wanted = model.state.pipeline_flow[CHINA]
        assert (
            model.state.gas_export[TKM].sum(axis=0) > 0.99 * model.pipelines.exportable[TKM]
        ).all()
        flows.append(wanted / model.state.gas_export[TKM].sum(axis=0))
    assert (flows[1] < flows[0] - 0.01).all()


def test_hedging_between_lines_has_a_limit() -> None:
    """Of 30 bcm to China and 10 to Russia: shares 3/4 and 1/4, their squares' sum 5/8.

    Hedging of weight 5 is -2 x 5 (3/4 - 5/8) / (5/8) = -2 for China and 6 for Russia.
    """
    model = made(**{"hosts.hedging": 5.0})
    v = model.values
    v["gas.hedging_limit"][:] = [1.5, 2.0, 25.0, 0.0]
    own = np.array([CHINA, CENTRE])
    asked = np.repeat([[30.0], [10.0]], 4, axis=1)
    pays = model.state.gas_netback[own] / v["gas.routing_spread"]
    liked = model.pipelines._preference(own, asked, v) - pays
    np.testing.assert_allclose(liked[0], [-1.5, -2.0, -2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(liked[1], [1.5, 2.0, 6.0, 0.0], atol=1e-12)


def test_works_in_turkmenistan_build_the_line_and_conflict_holds_them_up() -> None:
    built = []
    for conflict in (0.0, 0.5):
        model = made(**{"link.trans_afghan.conflict": conflict})
        model.step()
        before = model.state.pipeline_built[TAPI].copy()
        works = np.zeros((len(axes.POWERS), len(axes.HOSTS), 4))
        works[axes.POWERS.index("IND"), TKM] = 1000.0
        works[axes.POWERS.index("IND"), KAZ] = 5000.0
        model.pipelines.build(works, np.full(4, 2.0), model.values)
        built.append(model.state.pipeline_built[TAPI] - before)
    now = 0.5 if model.values["link.trans_afghan.conflict"][0] == 0.5 else np.nan
    assert now == 0.5
    np.testing.assert_allclose(built[0], 0.8 * 500.0 / 10_000.0)
    np.testing.assert_allclose(built[1], 0.5 * built[0])


def test_projects_can_be_switched_off() -> None:
    model = made(**{"pipelines.projects": 0.0, "pipeline.tapi.finance": 5000.0})
    for _ in range(8):
        model.step()
    assert (model.state.pipeline_built == 0.0).all()
    assert (model.state.gas_added == 0.0).all()


def test_the_rupture_of_2009_stops_turkmen_gas_to_russia() -> None:
    model = CentralAsia("backcast_2000", 4, collect=False)
    paths = []
    while model.running:
        model.step()
        paths.append(model.state.gas_export[TKM, axes.GAS_BUYERS.index("RUS")].copy())
    yearly = np.array(paths).reshape(-1, 4, 4).mean(axis=1)
    before, after = yearly[4:8], yearly[9:12]
    assert ((before > 35.0) & (before < 52.0)).all(), "40-50 bcm a year before 2009"
    assert (after < 0.6 * before.mean(axis=0)).all()
    quarters = np.array(paths)[32:36]
    assert (quarters[0] > 35.0).all()
    assert (quarters[1:] == 0.0).all()


def test_kazakh_oil_goes_nine_tenths_through_russia() -> None:
    """Over 90 % in 2022 (Reuters: 94 %)."""
    model = made()
    while str(model.quarter) != "2022Q2" or model.t < 1:
        model.step()
    share = model.pipelines.oil_transit()[RUS, KAZ]
    assert ((share > 0.82) & (share < 0.97)).all()
    assert (model.pipelines.oil_served == 1.0).all()


def test_a_closed_route_cuts_exports_to_what_the_others_hold() -> None:
    event = "id: x, target: pipeline.cpc.open, shape: pulse, to: 0, start: 2017Q3, duration: 2"
    shut, plain = made(text=f"events: [{{{event}}}]\n"), made()
    for quarter in range(5):
        for model in (shut, plain):
            model.step()
        served = shut.pipelines.oil_served
        if quarter in (2, 3):
            held = shut.values.over("pipeline.{oil_route}.capacity")[1:].sum(axis=0)
            np.testing.assert_allclose(shut.state.pipeline_flow[L:].sum(axis=0), held)
            np.testing.assert_allclose(served, held / plain.state.pipeline_flow[L:].sum(axis=0))
            assert (shut.pipelines.oil_kept < 1.0).all()
        else:
            assert (served == 1.0).all()
    assert (shut.state.log_real[axes.HOST.start + KAZ] != plain.state.log_real[5 + KAZ]).all()


def test_a_seller_short_of_gas_does_not_swing_between_its_lines() -> None:
    model = made(
        **{
            "hosts.hedging": 1.5,
            "pipeline.tapi.completion": 1.0,
            "link.trans_afghan.conflict": 0.0,
            "turkmenistan.gas_growth": -0.03,
        }
    )
    paths = []
    for quarter in range(28):
        model.step()
        if quarter >= 20:
            paths.append(model.state.pipeline_flow[CHINA].copy())
    assert (np.abs(np.diff(paths, axis=0)) < 1.5).all(), "bcm a year from quarter to quarter"


def test_war_and_peace_in_afghanistan_reach_the_line_through_it() -> None:
    """The conflict of its link is the driver's: works and gas meet what lorries meet."""
    built = []
    for conflict in (0.75, 0.25):
        event = f"id: x, target: afghanistan.conflict, shape: step, to: {conflict}, start: 2017Q1"
        model = made(text=f"events: [{{{event}}}]\n", **{"pipeline.tapi.finance": 400.0})
        model.step()
        built.append(model.state.pipeline_built[TAPI].copy())
    np.testing.assert_allclose(built[0], 100.0 / 10_000.0 * 0.25)
    np.testing.assert_allclose(built[1], 3.0 * built[0])


def test_works_for_a_line_that_is_finished_go_into_fields() -> None:
    added = []
    for done in (0.0, 1.0):
        model = made(**{"pipeline.tapi.completion": done})
        works = np.zeros((len(axes.POWERS), len(axes.HOSTS), 4))
        works[axes.POWERS.index("IND"), TKM] = 1000.0
        model.pipelines.build(works, np.ones(4), model.values)
        added.append(model.state.gas_added[TKM].copy())
    np.testing.assert_allclose(added[1], 5.0 * added[0])


def test_oil_trade_stands_where_no_route_is_counted() -> None:
    model = made(**{"oil.exports": 0.0})
    model.step()
    assert (model.pipelines.oil_served == 1.0).all()
    assert (model.state.trade[axes.HOST.start + KAZ, :, 0].sum(axis=0) > 1000.0).all()


def test_before_a_run_gas_is_not_taken_for_oil() -> None:
    model = made()
    base = base_state(2017)
    fuels = base.trade[axes.HOST, :, 0].sum(axis=1)[KAZ]
    whole = base.trade[axes.HOST].sum(axis=(1, 2)) + base.trade[:, axes.HOST].sum(axis=(0, 2))
    oil = (fuels - base.gas_value[KAZ].sum()) / whole[KAZ]
    np.testing.assert_allclose(model.relations.diplomacy.oil_weight[KAZ], oil)


def test_an_oil_route_that_is_not_built_carries_nothing() -> None:
    event = "id: x, target: pipeline.cpc.completion, shape: step, to: 0.5, start: 2017Q2"
    model = made(text=f"events: [{{{event}}}]\n")
    model.step()
    assert (model.state.pipeline_flow[L + axes.OIL_ROUTES.index("cpc")] > 10.0).all()
    model.step()
    assert (model.state.pipeline_flow[L + axes.OIL_ROUTES.index("cpc")] == 0.0).all()
    assert (model.pipelines.oil_served < 1.0).all()


@pytest.mark.parametrize("case", ["backcast_2000", "backcast_2009"])
def test_a_seller_that_one_buyer_pays_next_to_nothing(case: str) -> None:
    least = registry()["gas.captive_netback"].low
    model = made(case, **{"gas.captive_netback": least})
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        for _ in range(8):
            model.step()
    assert (model.pipelines.base_netback > 0.0).all()
    assert np.isfinite(model.state.trade).all()


def test_a_route_closed_from_the_start_is_no_division_by_a_price_not_yet_known() -> None:
    with np.errstate(all="raise", under="ignore"):
        model = made("baseline", **{"pipeline.cpc.open": 0.0})
    np.testing.assert_array_equal(model.pipelines.oil_kept, 1.0)
