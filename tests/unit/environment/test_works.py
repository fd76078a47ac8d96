"""Money becomes completion first and capacity then; a link opens when it is done."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe import axes
from steppe.environment.works import Works
from steppe.parameters import read_table, registry
from steppe.world.base import base_state
from steppe.world.network import network
from steppe.world.state import initial_state

MEMBERS = 2
CHN, TUR, IND, JPN = (axes.POWERS.index(code) for code in ("CHN", "TUR", "IND", "JPN"))
UZB, KAZ = axes.HOSTS.index("UZB"), axes.HOSTS.index("KAZ")
RAIL = axes.LINKS.index("kashgar_osh_andijan_rail")


def works(completion: float | None = None) -> Works:
    """Nothing built yet, on the network of 2017; ``completion`` for all links alike."""
    state = initial_state(base_state(2017), network(), MEMBERS)
    rows, defaults = registry().rows, registry().defaults(2017)[:, None] + np.zeros(MEMBERS)
    done = defaults[rows["link.{link}.completion"]]
    if completion is not None:
        done = np.full_like(done, completion)
    return Works(state, done, defaults[rows["link.{link}.open"]])


def money(*amounts: float) -> np.ndarray:
    return np.array(amounts, float)


def of_pair(power: int, host: int, amount: np.ndarray) -> np.ndarray:
    """Money of one power for one host among that of all, (power, host, member)."""
    field = np.zeros((len(axes.POWERS), len(axes.HOSTS), len(amount)))
    field[power, host] = amount
    return field


FULL = np.ones((len(axes.LINKS), MEMBERS))
"""Traffic at capacity on every link: all the money for one is spent on it."""


def sites_by_hand(power: str, host: str) -> dict[str, tuple[float, float, float]]:
    return {
        row["link"]: (
            float(row["share"]),
            float(row["musd_per_mt"]),
            float(row["completion_musd"] or 0),
        )
        for row in read_table("link_works")
        if (row["power"], row["host"]) == (power, host)
    }


def test_sites_are_the_tables() -> None:
    made = works()
    for p, power in enumerate(axes.POWERS):
        for h, host in enumerate([*axes.HOSTS, ""]):
            found = made.of(p, h if host else -1)
            told = {axes.LINKS[s.link]: (s.share, s.per_mt, s.whole) for s in found}
            assert told == sites_by_hand(power, host)
            assert sum(s.share for s in found) <= 1.0
    assert len(made.sites) == len(read_table("link_works"))


def test_a_railway_is_completed_before_it_grows() -> None:
    """A part of China's money for Uzbekistan goes to a line of 8 bn from nothing."""
    made = works(0.0)
    share, per_mt, whole = sites_by_hand("CHN", "UZB")["kashgar_osh_andijan_rail"]
    made.spend(of_pair(CHN, UZB, money(1000.0, 0.0)), FULL)
    built, added = made.state.link_built[RAIL], made.state.link_added[RAIL]
    np.testing.assert_allclose(built, [share * 1000.0 / whole, 0.0])
    np.testing.assert_array_equal(added, 0.0)
    made.spend(of_pair(CHN, UZB, money(whole / share, whole / share)), FULL)
    np.testing.assert_allclose(made.state.link_built[RAIL], 1.0)
    np.testing.assert_allclose(made.state.link_added[RAIL], [share * 1000.0 / per_mt, 0.0])


def test_a_link_that_is_there_only_grows() -> None:
    made = works(1.0)
    made.spend(of_pair(TUR, KAZ, money(600.0, 60.0)), FULL)
    ferry = axes.LINKS.index("aktau_baku_ferry")
    share, per_mt, _ = sites_by_hand("TUR", "KAZ")["aktau_baku_ferry"]
    expected = share * money(600.0, 60.0) / per_mt
    np.testing.assert_allclose(made.state.link_added[ferry], expected)
    assert not made.state.link_built.any()
    touched = {axes.LINKS.index(name) for name in sites_by_hand("TUR", "KAZ")}
    assert set(np.flatnonzero(made.state.link_added.any(axis=1))) == touched


def test_a_link_takes_of_its_money_what_its_load_asks_and_an_unfinished_one_all() -> None:
    ferry = axes.LINKS.index("aktau_baku_ferry")
    share, per_mt, _ = sites_by_hand("TUR", "KAZ")["aktau_baku_ferry"]
    made, load = works(1.0), 0.0 * FULL
    load[ferry] = 0.7, 3.0
    made.spend(of_pair(TUR, KAZ, money(600.0, 600.0)), load)
    grown = share * 600.0 / per_mt
    np.testing.assert_allclose(made.state.link_added[ferry], [0.25 * grown, grown])
    load[ferry] = 0.6, 0.0
    made.spend(of_pair(TUR, KAZ, money(600.0, 600.0)), load)
    np.testing.assert_allclose(
        made.state.link_added[ferry], [0.25 * grown, grown], err_msg="there is room enough"
    )
    others = np.delete(made.state.link_added, ferry, axis=0)
    assert not others.any(), "empty links need nothing"
    made = works(0.0)
    made.spend(of_pair(CHN, UZB, money(1000.0, 1000.0)), 0.0 * FULL)
    part, _, whole = sites_by_hand("CHN", "UZB")["kashgar_osh_andijan_rail"]
    np.testing.assert_allclose(made.state.link_built[RAIL], part * 1000.0 / whole)


def everywhere(link: int) -> np.ndarray:
    """Sanctions stop nothing, on whatever link."""
    assert 0 <= link < len(axes.LINKS)
    return np.ones(MEMBERS)


def test_all_the_money_abroad_is_spent_on_links() -> None:
    made = works(1.0)
    np.testing.assert_allclose(made.abroad(IND, everywhere), 1.0)
    made.spend_abroad(IND, money(240.0, 0.0), everywhere)
    sites = sites_by_hand("IND", "")
    total = sum(share for share, *_ in sites.values())
    for name, (share, per_mt, _) in sites.items():
        grown = made.state.link_added[axes.LINKS.index(name)]
        np.testing.assert_allclose(grown, [240.0 * share / total / per_mt, 0.0])
    spent = sum(
        made.state.link_added[axes.LINKS.index(name), 0] * per_mt
        for name, (_, per_mt, _) in sites.items()
    )
    assert spent == pytest.approx(240.0)


def test_money_abroad_goes_where_banks_are_let() -> None:
    """The first member may pay for the port alone, the second for nothing."""
    made, sites = works(1.0), sites_by_hand("IND", "")
    port = axes.LINKS.index("chabahar_port")

    def allowed(link: int) -> np.ndarray:
        return money(float(link == port), 0.0)

    part = sites["chabahar_port"][0] / sum(share for share, *_ in sites.values())
    assert 0.0 < part < 1.0
    np.testing.assert_allclose(made.abroad(IND, allowed), [part, 0.0])
    made.spend_abroad(IND, money(60.0, 0.0), allowed)
    np.testing.assert_allclose(made.state.link_added[port], [60.0 / sites["chabahar_port"][1], 0.0])
    assert not np.delete(made.state.link_added, port, axis=0).any()
    assert not made.state.link_built.any()


def test_a_link_completed_by_an_event_takes_no_more_completion_money() -> None:
    """A railway half built when an event completes it: what comes after adds capacity only."""
    made = works(0.0)
    share, per_mt, whole = sites_by_hand("CHN", "UZB")["kashgar_osh_andijan_rail"]
    made.spend(of_pair(CHN, UZB, money(0.5, 0.5) * whole / share), FULL)
    np.testing.assert_allclose(made.state.link_built[RAIL], 0.5)
    assert not made.opened().any()
    made.completion[RAIL] = [1.0, 0.2]
    made.spend(of_pair(CHN, UZB, money(1.0, 1.0) * whole / share), FULL)
    np.testing.assert_allclose(made.state.link_built[RAIL], [0.5, 0.8])
    np.testing.assert_allclose(made.state.link_added[RAIL], money(1.0, 0.7) * whole / per_mt)
    np.testing.assert_array_equal(made.opened()[RAIL], [1.0, 1.0])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0.0, 9e3), st.floats(0.0, 9e3)),
        max_size=12,
    ),
    st.floats(0.0, 1.0),
)
def test_every_dollar_of_a_site_is_completion_or_capacity(
    spent: list[tuple[int, int, float, float]], completion: float
) -> None:
    made = works(completion)
    paid = np.zeros((len(axes.LINKS), MEMBERS))
    whole = np.zeros(len(axes.LINKS))
    price = np.zeros(len(axes.LINKS))
    for power, host, *amounts in spent:
        before = made.state.link_added.copy()
        made.spend(of_pair(power, host, np.array(amounts)), FULL)
        assert (made.state.link_added >= before).all()
    for site in made.sites:
        whole[site.link], price[site.link] = site.whole or whole[site.link], site.per_mt
        for power, host, *amounts in spent:
            if (power, host) == (site.power, site.host):
                paid[site.link] += site.share * np.array(amounts)
    used = made.state.link_built * whole[:, None] + made.state.link_added * price[:, None]
    np.testing.assert_allclose(used, paid, rtol=1e-9, atol=1e-6)
    assert (made.state.link_built <= 1.0 - completion + 1e-12).all()


def test_a_link_opens_when_and_only_when_it_is_done() -> None:
    made = works()
    assert made.waiting[RAIL].all(), "not built in 2017"
    assert not made.opened().any()
    share, _, whole = sites_by_hand("CHN", "UZB")["kashgar_osh_andijan_rail"]
    made.spend(of_pair(CHN, UZB, money(0.99, 1.0) * whole / share), 0.0 * FULL)
    np.testing.assert_array_equal(made.opened()[RAIL], [0.0, 1.0])
    others = np.delete(made.opened(), RAIL, axis=0)
    assert not others.any(), "what is closed for other reasons stays closed"
    assert not works(1.0).opened().any()
