"""What powers and hosts see around them: the record before the run, the state in it."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.environment.outlook import Outlook
from steppe.model import CentralAsia
from steppe.parameters import read_table
from steppe.world.past import Past, past

from ...models import new_model

MEMBERS = 3
INFLATION = np.array([0.0, 0.02, 0.04])
MEMORIES = np.array([1.0, 4.0, 40.0])
TKM, KAZ = axes.HOSTS.index("TKM"), axes.HOSTS.index("KAZ")
RUS, ROW = axes.REGIONS.index("RUS"), axes.ROW_INDEX
FUEL = axes.GOODS.index("hydrocarbons")


@pytest.fixture(scope="module", params=["baseline", "backcast_2000", "backcast_2009"])
def model(request: pytest.FixtureRequest) -> CentralAsia:
    """A model after its first quarter, which the tests only look at."""
    made = new_model(request.param, MEMBERS)
    made.step()
    return made


@pytest.fixture(scope="module")
def base_2000() -> CentralAsia:
    """A model before its first quarter, but for the hosts' populations."""
    made = new_model("backcast_2000", MEMBERS)
    made.state.population[:] = 10.0
    return made


def fresh(model: CentralAsia) -> tuple[Outlook, Past]:
    """An outlook that has seen nothing yet."""
    known = past(model.case.horizon.start)
    return Outlook(known, model.base, model.paths, model.state, model.values), known


def test_the_record_is_the_same_for_every_member(model: CentralAsia) -> None:
    outlook, known = fresh(model)
    around = outlook.before(5, INFLATION)
    for seen, told in (
        (around.gdp, known.gdp),
        (around.remittances, known.remittances),
        (around.imports, known.imports),
        (around.exports, known.exports),
        (around.hidden, known.hidden),
    ):
        assert seen.shape == (*told.shape[:-1], MEMBERS)
        for m in range(MEMBERS):
            np.testing.assert_array_equal(seen[..., m], told[..., 5])
    assert (around.oil == known.oil[5]).all()
    assert (around.deflator == 1.0).all()
    np.testing.assert_allclose(around.prices, np.exp(INFLATION * (1998.375 - 2010.5)))


def test_incomes_per_head_are_dollars_a_year(model: CentralAsia) -> None:
    """Billions of dollars over millions of people: thousands."""
    outlook, known = fresh(model)
    heads = outlook.before(9, INFLATION).gdp_per_head
    for h in range(len(axes.HOSTS)):
        gdp = known.gdp[axes.HOST.start + h, 9] * 1e9
        expected = gdp / (known.population[h, 9] * 1e6)
        np.testing.assert_allclose(heads[h], expected)
        assert 100.0 < expected < 5000.0, "hosts in 1999"


def test_earnings_are_exports_to_all_and_remittances(model: CentralAsia) -> None:
    outlook, known = fresh(model)
    around = outlook.before(11, INFLATION)
    for h in range(len(axes.HOSTS)):
        total = known.exports[h, :, 11].sum() + known.remittances[h, 11]
        np.testing.assert_allclose(around.earnings[h], total)


def test_the_usual_oil_price_is_a_slow_mean_of_the_past(model: CentralAsia) -> None:
    """A fortieth of the gap a quarter, from the first price of the record on."""
    outlook, known = fresh(model)
    usual = known.oil[0]
    for quarter in range(known.quarters):
        usual += (known.oil[quarter] - usual) / 40.0
        around = outlook.before(quarter, INFLATION)
        np.testing.assert_allclose(around.oil_usual, usual)
    now = outlook.now(2030.0, np.ones(MEMBERS), INFLATION)
    np.testing.assert_allclose(now.oil_usual, usual + (model.state.oil - usual) / 40.0)
    np.testing.assert_allclose(around.oil_usual, usual, err_msg="what was seen changes later")


def test_the_usual_oil_price_follows_faster_with_a_shorter_memory() -> None:
    """One member forgets all but the last quarter, one closes a quarter of the gap."""
    model = new_model("baseline", MEMBERS)
    model.values["energy.oil_memory"][:] = MEMORIES
    outlook, known = fresh(model)
    for quarter in range(2):
        around = outlook.before(quarter, INFLATION)
    first, second = known.oil[:2]
    expected = [second, first + (second - first) / 4.0, first + (second - first) / 40.0]
    np.testing.assert_allclose(around.oil_usual, expected)


def test_the_run_sees_its_own_state(model: CentralAsia) -> None:
    s, base = model.state, model.base
    outlook, _ = fresh(model)
    trade = s.trade.copy()
    around = outlook.now(2017.4, np.full(MEMBERS, 1.1), INFLATION)
    np.testing.assert_array_equal(s.trade, trade)
    for h in range(len(axes.HOSTS)):
        here = axes.HOST.start + h
        for r in range(len(axes.REGIONS)):
            bought = s.trade[r, here].sum(axis=0)
            np.testing.assert_allclose(around.imports[h, r], bought, rtol=1e-12)
            if r not in (RUS, ROW):
                sold = s.trade[here, r].sum(axis=0)
                np.testing.assert_allclose(around.exports[h, r], sold, rtol=1e-12)
        whole = s.trade[here].sum(axis=(0, 1))
        np.testing.assert_allclose(around.exports[h].sum(axis=0), whole, rtol=1e-12)
        gdp = base.gdp[here] * np.exp(s.log_real[here] + s.log_price[here])
        np.testing.assert_allclose(around.gdp[here], gdp)
        np.testing.assert_allclose(around.gdp_per_head[h], 1000.0 * gdp / s.population[h])
    assert (around.deflator == 1.1).all()
    np.testing.assert_allclose(around.prices, np.exp(INFLATION * (2017.4 - 2010.5)))
    assert (around.exports >= 0.0).all()


@pytest.mark.parametrize("name", ["baseline", "backcast_2000", "backcast_2009"])
def test_hidden_gas_of_the_base_is_the_tables(name: str) -> None:
    """Gas that Russia took, before 2010 also what no buyer is named for, as long as it flows.

    What little Uzbekistan sells to Afghanistan is on its line to Russia as well.
    """
    fresh = CentralAsia(name, MEMBERS, collect=False)
    base = fresh.base
    for h, host in enumerate(axes.HOSTS):
        taken = sum(
            float(row["value_musd"] or 0.0)
            for row in read_table("gas")
            if (row["exporter"], row["destination"]) == (host, "ROW")
            and int(row["year"]) in base.years
            and (
                row["buyer"] == "RUS"
                or (row["buyer"] == "ROW" and int(row["year"]) < 2010)
                or (host, row["buyer"]) == ("UZB", "AFG")
            )
        ) / len(base.years)
        here = axes.HOST.start + h
        moved = min(taken, base.trade[here, ROW, FUEL]) / 4.0
        np.testing.assert_allclose(fresh.state.hidden_gas[h], moved, rtol=1e-9)


def test_hidden_gas_moves_with_the_line(model: CentralAsia) -> None:
    around = model.relations.outlook.now(0.0, np.ones(MEMBERS), INFLATION)
    shown = model.state.trade[axes.HOST, RUS].sum(axis=1)
    np.testing.assert_allclose(around.exports[:, RUS], shown + model.state.hidden_gas)
    np.testing.assert_array_equal(around.hidden, model.state.hidden_gas)


def test_turkmen_gas_of_2000_went_to_russia_and_is_no_small_part(base_2000: CentralAsia) -> None:
    around = base_2000.relations.outlook.now(2001.1, np.ones(MEMBERS), INFLATION)
    shown = base_2000.state.trade[axes.HOST, RUS].sum(axis=1)
    assert (around.exports[TKM, RUS] > 5.0 * shown[TKM]).all()
    assert (around.exports[KAZ, RUS] < 2.0 * shown[KAZ]).all()


def test_the_run_goes_on_where_the_record_ends(base_2000: CentralAsia) -> None:
    """No partner's part of a host's exports leaps by a fifth from one quarter to the next."""
    outlook = base_2000.relations.outlook
    last = outlook.before(outlook.past.quarters - 1, INFLATION).exports
    first = outlook.now(2001.1, np.ones(MEMBERS), INFLATION).exports
    parts = [flow / flow.sum(axis=1)[:, None] for flow in (last, first)]
    assert np.abs(parts[1] - parts[0]).max() < 0.2
