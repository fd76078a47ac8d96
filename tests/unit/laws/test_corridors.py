"""Corridor laws: how they respond, each against a value by hand or a direction that must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import corridors, links, routes, traffic
from steppe.parameters import Values, read_table, registry
from steppe.world.network import Network, network

Array = NDArray[np.float64]
NET = network()
SEEDS = st.integers(0, 2**32 - 1)
LINKS = st.sampled_from(axes.LINKS)
link_days = np.vectorize(links.link_days, otypes=[float])
link_risk = np.vectorize(links.link_risk, otypes=[float])
CHABAHAR = "link.chabahar_mashhad"
TRUNKS = ("chabahar_mashhad", "bandar_abbas_sarakhs_rail", "kaz_tkm_iran_rail")


def defaults(base: int = 2017, members: int = 2, **changes: float) -> Values:
    """Registered defaults for every member; ``changes`` by parameter name."""
    known = registry()
    values = Values(known, np.repeat(known.defaults(base)[:, None], members, axis=1))
    for name, value in changes.items():
        values[name][:] = value
    return values


def drawn(seed: int, members: int = 3) -> Values:
    """Links in random states and random corridor parameters."""
    rng = np.random.default_rng(seed)
    values = defaults(int(rng.choice(axes.BASES)), members)
    shape = (len(axes.LINKS), members)
    values.over("link.{link}.completion")[:] = rng.random(shape)
    values.over("link.{link}.open")[:] = np.clip(rng.normal(1.0, 0.6, shape), 0.0, 1.0)
    values.over("link.{link}.sanctions")[:] = rng.random(shape)
    values.over("link.{link}.conflict")[:] = rng.random(shape)
    values.over("link.{link}.alignment")[:] = rng.uniform(-1, 1, shape)
    values.over("link.{link}.background")[:] *= rng.uniform(0, 3, shape)
    values.over("link.{link}.capacity")[:] *= rng.uniform(0.3, 2, shape)
    values.over("corridors.value_of_time.{good}")[:] *= rng.uniform(0.3, 2, (5, members))
    values.over("corridors.dollars_per_tonne.{good}")[:] *= rng.uniform(0.3, 2, (5, members))
    values["corridors.route_sensitivity"][:] = rng.uniform(20, 40, members)
    values["corridors.congestion_power"][:] = rng.uniform(2, 4, members)
    return values


def cost(values: Values, volume: Array | float = 0.0) -> Array:
    """ln tau (pair, good, member) at a given volume."""
    shape = (len(axes.LINKS), values.table.shape[1])
    return corridors.transport(NET, values, np.broadcast_to(volume, shape)).log_cost


def with_link(values: Values, link: str, row: str, value: Array | float) -> Values:
    """A copy of the values with one parameter of one link changed."""
    changed = Values(values.registry, values.table.copy())
    changed[f"link.{link}.{row}"][:] = value
    return changed


@cache
def base_trade(base: int) -> Array:
    """Trade (region, region, good, 2), mn USD/quarter."""
    trade = np.zeros((len(axes.REGIONS), len(axes.REGIONS), len(axes.GOODS)))
    for row in read_table("base_trade"):
        if int(row["base"]) == base:
            a, b = (axes.REGIONS.index(row[k]) for k in ("exporter", "importer"))
            trade[a, b, axes.GOODS.index(row["good"])] = float(row["value_musd"]) / 4
    return np.repeat(trade[..., None], 2, axis=3)


class Settled:
    """The base year's trade on the network, volumes and routes consistent."""

    def __init__(self, base: int = 2017, changes: Mapping[str, float] | None = None) -> None:
        self.values = defaults(base, **(changes or {}))
        self.value = traffic.both_ways(NET, base_trade(base))
        self.tonnes = traffic.tonnage(
            self.value,
            self.values.over("corridors.dollars_per_tonne.{good}"),
            self.values.over("corridors.overland_share.{good}"),
        )
        self.volume = corridors.settled_volume(NET, self.values, self.tonnes)
        self.found = corridors.transport(NET, self.values, self.volume)
        self.route_flow = traffic.route_flows(NET, self.tonnes, self.found.shares)
        self.flow = traffic.link_flows(NET, self.route_flow)
        found = self.found
        self.share, self.days, self.dollars = (
            dict(zip(axes.CORRIDORS, field[:, 0], strict=True))
            for field in traffic.corridor_means(
                NET, "JPN", self.value, found.shares, found.route_days, found.route_freight
            )
        )

    def carried(self, link: str) -> float:
        return float(self.flow[axes.LINKS.index(link), 0])

    def link_days(self, link: str) -> float:
        return float(self.found.link_days[axes.LINKS.index(link), 0])


@cache
def settled(base: int = 2017, *changes: tuple[str, float]) -> Settled:
    return Settled(base, dict(changes))


# One law, by hand


def test_days_by_hand() -> None:
    one = np.ones((1, 2))
    days = link_days(4 * one, 0.5 * one, one, 3 * one, 6 * one, 4 * one, np.full(2, 2.0))
    assert days == pytest.approx((4 * 0.5 + 3) * (1 + 0.15 * 1.5**2))


def test_load_is_counted_up_to_its_limit_and_an_empty_link_has_no_delay() -> None:
    one, power = np.ones((1, 2)), np.full(2, 3.0)
    args = (4 * one, 0 * one, one, 1 * one)
    heavy = link_days(*args, 9 * one, one, power)
    assert heavy == pytest.approx(5 * (1 + 0.15 * 2**3))
    assert link_days(*args, 0 * one, one, power) == pytest.approx(5.0)


def test_risk_by_hand() -> None:
    one, flat = np.ones((1, 2)), np.ones(2)
    risk = link_risk(
        0.5 * one, 0 * one, -1 * one, -5 * flat, 5 * flat, 5 * flat, 2 * flat, 0.6 * flat
    )
    assert risk == pytest.approx(0.6 / (1 + np.exp(0.5)))


def test_route_cost_by_hand() -> None:
    one = np.ones((1, 2))
    costs = routes.route_costs(
        30 * one, 16 * one, 150 * one, 0.02 * one, 3000 * one, 0.012 * one, np.full(2, 0.5)
    )
    assert costs.shape == (1, 1, 2)
    assert costs == pytest.approx(np.log(1 + 0.05 + 0.012 * 32 + 0.02))


def test_two_equal_routes_share_alike_and_lower_the_cost_by_the_log_of_two() -> None:
    net = two_routes()
    costs, mu, fallback = np.full((2, 1, 2), 0.4), np.full(2, 30.0), np.full(2, 1.2)
    shares, log_cost = routes.route_shares(net, costs, np.ones((2, 2)), mu, fallback)
    assert shares == pytest.approx(0.5)
    assert log_cost == pytest.approx(0.4 - np.log(2) / 30, abs=1e-9)


def test_a_half_open_route_draws_half() -> None:
    net = two_routes()
    costs, mu, fallback = np.full((2, 1, 2), 0.4), np.full(2, 30.0), np.full(2, 1.2)
    openness = np.array([[1.0, 1.0], [0.5, 0.0]])
    shares, log_cost = routes.route_shares(net, costs, openness, mu, fallback)
    assert shares[:, 0, 0] == pytest.approx([2 / 3, 1 / 3])
    assert shares[:, 0, 1] == pytest.approx([1.0, 0.0], abs=0)
    assert log_cost[0, 0, 1] == pytest.approx(0.4, abs=1e-9)


def test_without_an_open_route_the_fallback_remains_and_nothing_is_carried() -> None:
    net = two_routes()
    costs, mu, fallback = np.full((2, 1, 2), 0.4), np.full(2, 30.0), np.full(2, 1.2)
    shares, log_cost = routes.route_shares(net, costs, np.zeros((2, 2)), mu, fallback)
    assert np.all(shares == 0.0)
    assert log_cost == pytest.approx(1.2)


def two_routes() -> Network:
    """One pair with two routes of one link each."""
    return replace(
        NET,
        pair_codes=(("JPN", "KAZ"),),
        route_pair=np.array([0, 0], dtype=np.intp),
        route_corridor=np.array([0, 1], dtype=np.intp),
        route_links=np.array([[0, 1]], dtype=np.intp),
    )


def test_a_route_is_the_sum_or_product_of_its_links_named_one_by_one() -> None:
    field = np.random.default_rng(3).random((len(axes.LINKS), 2))
    total, product = routes.along_routes(NET, field[None])[0], routes.route_openness(NET, field)
    for route in range(NET.routes):
        of_route = field[[axes.LINKS.index(name) for name in NET.links_of(route)]]
        np.testing.assert_allclose(total[route], of_route.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(product[route], of_route.prod(axis=0), rtol=1e-12)


def test_both_directions_of_a_pair_count() -> None:
    trade = np.zeros((len(axes.REGIONS), len(axes.REGIONS), 1, 2))
    japan, kazakhstan = axes.REGIONS.index("JPN"), axes.REGIONS.index("KAZ")
    trade[japan, kazakhstan], trade[kazakhstan, japan] = 3.0, 4.0
    value = traffic.both_ways(NET, trade)
    assert value[NET.pair_index[japan, kazakhstan]] == pytest.approx(7.0)
    assert value.sum() == pytest.approx(14.0)


def test_tonnage_by_hand() -> None:
    # 250 mn USD a quarter at 2,000 USD/t, half of it overland, are 0.25 Mt a year
    tonnes = traffic.tonnage(
        np.full((1, 1, 2), 250.0), np.full((1, 2), 2000.0), np.full((1, 2), 0.5)
    )
    assert tonnes == pytest.approx(0.25)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 1))
def test_smoothing_stays_between_volume_and_flow(volume: float, flow: float, w: float) -> None:
    result = traffic.smooth(np.full((1, 2), volume), np.full((1, 2), flow), np.full(2, w))
    assert np.all(result >= min(volume, flow) - 1e-9)
    assert np.all(result <= max(volume, flow) + 1e-9)


# Directions that must hold whatever the parameters (at impact, volumes fixed)


@settings(max_examples=60, deadline=None)
@given(SEEDS, LINKS, st.floats(0, 1))
def test_opening_a_link_never_raises_a_cost(seed: int, link: str, more: float) -> None:
    values = drawn(seed)
    now = values[f"link.{link}.open"]
    opened = with_link(values, link, "open", now + more * (1 - now))
    assert np.all(cost(opened, 1.0) <= cost(values, 1.0) + 1e-12)


@settings(max_examples=60, deadline=None)
@given(SEEDS, LINKS)
def test_more_capacity_never_raises_days_or_costs(seed: int, link: str) -> None:
    values = drawn(seed)
    wider = with_link(values, link, "capacity", 1.7 * values[f"link.{link}.capacity"])
    volume = np.ones((len(axes.LINKS), 3))
    before, after = (corridors.transport(NET, v, volume) for v in (values, wider))
    assert np.all(after.link_days <= before.link_days)
    assert np.all(after.log_cost <= before.log_cost + 1e-12)


@settings(max_examples=60, deadline=None)
@given(SEEDS, LINKS)
def test_completion_never_raises_days_or_costs(seed: int, link: str) -> None:
    values = with_link(drawn(seed), link, "completion", 0.0)
    done = with_link(values, link, "completion", 1.0)
    volume = np.ones((len(axes.LINKS), 3))
    before, after = (corridors.transport(NET, v, volume) for v in (values, done))
    assert np.all(after.link_days <= before.link_days)
    assert np.all(after.route_freight <= before.route_freight)
    assert np.all(after.log_cost <= before.log_cost + 1e-12)


@settings(max_examples=60, deadline=None)
@given(
    SEEDS,
    LINKS,
    st.sampled_from(("border_days", "days", "freight", "background", "sanctions", "conflict")),
)
def test_burdens_never_lower_a_cost(seed: int, link: str, row: str) -> None:
    values = drawn(seed)
    now = values[f"link.{link}.{row}"]
    heavier = with_link(values, link, row, (now + 1) / 2 if row[0] in "sc" else 1.5 * now + 1)
    before, after = cost(values, 1.0), cost(heavier, 1.0)
    assert np.all(after >= before - 1e-12)
    at = axes.LINKS.index(link)
    used = np.any(NET.route_links == at, axis=0)
    volume = np.ones((len(axes.LINKS), 3))
    chosen = corridors.transport(NET, values, volume).shares[used].max(axis=(0, 1)) > 1e-6
    traffic = volume[at] + values[f"link.{link}.background"]
    queue = links.LOAD_LIMIT * values[f"link.{link}.capacity"]
    felt = chosen & ((traffic < queue) | (row != "background"))
    assert np.all(np.any(after > before, axis=(0, 1))[felt]), "who uses the link pays for it"


@settings(max_examples=40, deadline=None)
@given(SEEDS, LINKS)
def test_a_friendlier_owner_never_raises_a_cost(seed: int, link: str) -> None:
    values = drawn(seed)
    friendly = with_link(values, link, "alignment", 1.0)
    assert np.all(cost(friendly, 1.0) <= cost(values, 1.0) + 1e-12)


@settings(max_examples=60, deadline=None)
@given(SEEDS, LINKS)
def test_background_traffic_raises_days_where_it_runs(seed: int, link: str) -> None:
    values = with_link(drawn(seed), link, "capacity", 10.0)
    values[f"link.{link}.background"][:] = 6.0
    busier = with_link(values, link, "background", 9.0)
    at = axes.LINKS.index(link)
    volume = np.zeros((len(axes.LINKS), 3))
    before, after = (corridors.transport(NET, v, volume).link_days[at] for v in (values, busier))
    assert np.all(after > before)


# Believable at the base of 2017


def test_japans_trade_goes_by_siberia_and_china() -> None:
    share = settled().share
    assert share["trans_siberian"] + share["china_land_bridge"] > 0.88
    assert min(share["trans_siberian"], share["china_land_bridge"]) > 0.15
    assert share["chabahar"] < 0.03
    assert share["gwadar_karakoram"] < 0.03
    assert 0.005 < share["bandar_abbas"] < 0.12


def test_japans_shipments_take_25_to_45_days() -> None:
    days = settled().days
    for corridor in ("trans_siberian", "china_land_bridge", "bandar_abbas"):
        assert 25 < days[corridor] < 45, corridor


def test_dostyk_and_khorgos_carry_what_they_carried() -> None:
    # both rail crossings: 9 Mt in 2016, 11.5 agreed for 2017, 21 in 2020; Dostyk 15.2 in 2011
    for base, low, high in ((2001, 4.5, 7.0), (2010, 12.0, 18.0), (2017, 10.0, 20.0)):
        now = settled(base)
        traffic = now.volume[:, 0] + now.values.over("link.{link}.background")[:, 0]
        gates = [axes.LINKS.index(name) for name in ("urumqi_dostyk", "urumqi_khorgos")]
        assert low < traffic[gates].sum() < high, base


def test_half_as_much_background_again_slows_dostyk() -> None:
    for base, delay in ((2001, 0.5), (2010, 0.5), (2017, 0.1)):
        name = "link.urumqi_dostyk.background"
        more = 1.5 * registry()[name].default(base)
        busy = settled(base, (name, more))
        assert busy.link_days("urumqi_dostyk") > settled(base).link_days("urumqi_dostyk") + delay


def test_part_of_a_border_reform_is_eaten_by_congestion() -> None:
    base, name = 2010, "link.urumqi_dostyk.border_days"
    before, after = settled(base), settled(base, (name, 1.0))
    at_once = corridors.transport(NET, after.values, before.volume)
    gain_at_once = (
        before.link_days("urumqi_dostyk") - at_once.link_days[axes.LINKS.index("urumqi_dostyk"), 0]
    )
    gain = before.link_days("urumqi_dostyk") - after.link_days("urumqi_dostyk")
    assert after.carried("urumqi_dostyk") > before.carried("urumqi_dostyk")
    assert 0.3 * gain_at_once < gain < 0.97 * gain_at_once


def test_closing_the_trans_siberian_raises_japans_costs_and_moves_its_trade() -> None:
    closed, now = settled(2017, ("link.trans_siberian_rail.open", 0.0)), settled()
    good = axes.GOODS.index("manufactures")
    for host in ("KAZ", "UZB", "KGZ", "TJK", "TKM"):
        pair = NET.pair_index[0, axes.REGIONS.index(host)]
        rise = closed.found.log_cost[pair, good, 0] - now.found.log_cost[pair, good, 0]
        assert 0.005 < rise < 0.1, host
    assert closed.share["trans_siberian"] == 0.0
    assert closed.share["china_land_bridge"] > now.share["china_land_bridge"] + 0.1
    assert closed.link_days("urumqi_dostyk") > now.link_days("urumqi_dostyk")


def test_chabahar_port_without_its_railway_brings_no_traffic() -> None:
    wider = settled(2017, ("link.chabahar_port.capacity", 8.5))
    assert wider.share["chabahar"] < settled().share["chabahar"] + 0.002


def test_chabahar_railway_needs_relief_from_sanctions() -> None:
    strong = tuple((f"link.{name}.sanctions", 0.85) for name in TRUNKS)
    rail = (f"{CHABAHAR}.completion", 1.0)
    relief = (*strong, (f"{CHABAHAR}.sanctions", 0.0))
    without, with_relief = settled(2017, *strong, rail), settled(2017, *relief, rail)
    assert without.share["chabahar"] < 0.005
    assert with_relief.share["chabahar"] > 0.01
    assert with_relief.carried("chabahar_mashhad") > 4 * without.carried("chabahar_mashhad")


def test_a_day_of_delay_costs_one_to_seven_per_cent_of_trade() -> None:
    sea = tuple(
        (f"link.{name}.border_days", registry()[f"link.{name}.border_days"].default(2017) + 1)
        for name in axes.LINKS
        if name.startswith("japan_")
    )
    good = axes.GOODS.index("manufactures")
    pair = NET.pair_index[0, axes.REGIONS.index("KAZ")]
    for vot in (0.006, 0.012, 0.021):
        time = ("corridors.value_of_time.manufactures", vot)
        late, now = settled(2017, time, *sea), settled(2017, time)
        rise = late.found.log_cost[pair, good, 0] - now.found.log_cost[pair, good, 0]
        for elasticity in (1.75, 5.0):
            assert 0.009 < 1 - np.exp(-elasticity * rise) < 0.07


def test_settled_volumes_reproduce_themselves() -> None:
    for base in axes.BASES:
        now = settled(base)
        assert np.max(np.abs(now.flow - now.volume)) < 1e-3


def test_goods_that_are_one_have_the_mean_of_trade_and_weigh_the_same() -> None:
    """Half of trade at 0.001 a day, 400 USD/t and a tenth over land, half at 0.011, 2000 and all.

    Mean value of time 0.006, part over land 0.55; a dollar sends (0.1/400 + 1/2000)/2 = 0.000375 t
    over land, so that a tonne of what goes there is worth 0.55/0.000375 = 1467 USD.
    """
    values = defaults(members=3, **{"trade.one_good": np.array([0.0, 1.0, 0.5])})
    one, other = (axes.GOODS.index(good) for good in ("minerals", "manufactures"))
    weight = np.zeros((5, 1))
    weight[[one, other]] = 0.5
    figures = {
        "value_of_time": (0.001, 0.011, 0.006),
        "dollars_per_tonne": (400.0, 2000.0, 0.55 / 0.000375),
        "overland_share": (0.1, 1.0, 0.55),
    }
    for name, (first, second, _) in figures.items():
        block = values.over(f"corridors.{name}.{{good}}")
        block[one], block[other] = first, second
    found = corridors.goods_of(values, weight)
    for goods, (first, second, mean) in zip(found, figures.values(), strict=True):
        np.testing.assert_allclose(goods[one], [first, mean, (first + mean) / 2], rtol=1e-6)
        np.testing.assert_allclose(goods[other], [second, mean, (second + mean) / 2], rtol=1e-6)
        np.testing.assert_allclose(goods[:, 1], mean, rtol=1e-6)
    value = np.array([100.0, 100.0])
    for m in (0, 1):
        tonnes = value * (found.overland / found.dollars_per_tonne)[[one, other], m]
        assert tonnes.sum() == pytest.approx(200.0 * 0.000375, rel=1e-6)
    plain = corridors.goods_of(defaults(), weight)
    for goods, own in zip(plain, corridors.goods_of(defaults()), strict=True):
        np.testing.assert_array_equal(goods, own)
