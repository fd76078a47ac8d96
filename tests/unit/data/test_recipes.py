"""The steps that have a right answer of their own: fitting, rounding, rebuilding, splitting."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("recipes")


def test_proportional_fitting_meets_both_margins():
    from data.goods import fitted

    seed = np.array([[1.0, 2.0, 0.5], [3.0, 0.1, 1.0]])
    rows, columns = np.array([10.0, 5.0]), np.array([7.0, 6.0, 2.0])
    table = fitted(seed, rows, columns)
    np.testing.assert_allclose(table.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(table.sum(axis=0), columns, rtol=1e-9)
    odds = seed[0, 0] * seed[1, 1] / (seed[0, 1] * seed[1, 0])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(odds)


def test_proportional_fitting_refuses_margins_that_cannot_be_met():
    from data.goods import fitted

    with pytest.raises(ArithmeticError):
        fitted(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([3.0, 3.0]))


def test_recorded_fuel_displaces_other_goods_and_keeps_the_total():
    from data.goods import balanced

    total = np.array([100.0, 50.0])
    mix = np.array([[0.1, 0.4, 0.1, 0.2, 0.2], [0.2, 0.2, 0.2, 0.2, 0.2]])
    table = balanced(total, mix, np.array([60.0, 500.0]))
    np.testing.assert_allclose(table.sum(axis=1), total, rtol=1e-12)
    np.testing.assert_allclose(table[:, 0], [60.0, 0.97 * 50.0])


def test_goods_rounded_to_the_dollar_keep_their_total():
    from data.goods import to_the_dollar

    thirds = to_the_dollar([1 / 3, 1 / 3, 1 / 3, 0.0, 0.0], 1.0)
    assert sum(round(v * 1e6) for v in thirds) == 1_000_000


@pytest.mark.parametrize("exporter", ["KAZ", "UZB", "CHN", "ROW"])
def test_every_section_goes_somewhere_and_only_once(exporter):
    from data.goods import BASES, sections_to_goods

    split = sections_to_goods(exporter, BASES[2010], np.full(10, 100.0))
    np.testing.assert_allclose(split.sum(axis=1), 1.0)
    assert (split >= 0).all()


def test_a_gas_delivery_larger_than_the_pairs_trade_is_booked_elsewhere():
    from data.energy import stands_under

    assert stands_under(2000, "TKM", "RUS", 980.7) == "ROW"
    assert stands_under(2016, "TKM", "CHN", 5480.8) == "CHN"
    assert stands_under(2000, "TKM", "IRN", 1.0) == "ROW"


def test_uzbek_gdp_is_real_growth_with_a_two_per_cent_drift(table):
    uzbek = table("macro").query("country == 'UZB'").set_index("year")
    per_real = uzbek.gdp_nominal_bn / uzbek.gdp_real_bn
    np.testing.assert_allclose(
        per_real / per_real.shift(1).fillna(per_real / 1.02), 1.02, rtol=1e-3
    )
    assert uzbek.gdp_nominal_bn[2018] == pytest.approx(52.870, abs=0.001)


def test_real_gdp_of_the_rest_of_the_world_is_nominal_less_two_per_cent_a_year(table):
    rest = table("macro").query("country == 'ROW'").set_index("year")
    deflator = rest.gdp_nominal_bn / rest.gdp_real_bn
    np.testing.assert_allclose(deflator, 1.02 ** (rest.index - 2017.0), rtol=1e-6)


def test_rest_of_the_world_is_the_world_less_ten(table):
    """World GDP of 2009: 60,718 bn USD; only Uzbekistan is rebuilt (24 instead of 34 bn)."""
    total = table("macro").query("year == 2009").gdp_nominal_bn.sum()
    assert total == pytest.approx(60_718, abs=12)


def test_macro_is_complete(table):
    macro = table("macro")
    assert len(macro) == 31 * 11
    assert not macro.isna().any().any()
    assert (macro[["gdp_nominal_bn", "gdp_real_bn", "population_mn"]] > 0).all().all()


def test_real_series_continue_with_the_published_growth(table):
    kazakh = table("macro").query("country == 'KAZ'").set_index("year").gdp_real_bn
    assert kazakh[2020] / kazakh[2019] == pytest.approx(1 - 0.026, abs=1e-4)


def test_uzbek_remittances_use_the_published_gdp(table):
    row = table("remittances").query("host == 'UZB' and year == 2016").iloc[0]
    assert row.remittances_musd == pytest.approx(0.0672763 * 86_138, rel=1e-3)
    assert row.coverage == "official_rate"


def test_outlook_covers_every_country_and_year_once(table):
    outlook = table("growth_outlook")
    assert len(outlook) == 11 * 16
    assert not outlook.duplicated(["country", "year"]).any()


def test_memberships_change_at_every_row(table):
    for _, rows in table("memberships").groupby(["organisation", "country"]):
        assert rows.date.is_monotonic_increasing
        assert set(rows.status) <= {0, 0.5, 1}
        assert (rows.status.diff().fillna(rows.status) != 0).all()


def test_distances_are_symmetric_and_complete(table):
    distances = table("distances").set_index(["origin", "destination"])
    assert len(distances) == 90
    for (i, j), row in distances.iterrows():
        assert row.distw == pytest.approx(distances.distw[j, i], abs=0.11)
        assert row.contig == distances.contig[j, i]
