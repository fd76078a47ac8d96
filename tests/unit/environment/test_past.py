"""The years before a run against the tables by hand, and nothing of the years to come."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np
import pytest

from steppe import axes
from steppe.clock import Quarter
from steppe.world import past as past_module
from steppe.world import paths as paths_module
from steppe.world.past import FIRST, Past, past

STARTS = [Quarter.of(year) for year in axes.BASES]
KAZ, TKM = axes.HOSTS.index("KAZ"), axes.HOSTS.index("TKM")


def rows(table: str) -> list[dict[str, str]]:
    text = (resources.files("steppe") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line[:1] != "#"))


def figure(table: str, column: str, **where: object) -> float:
    """Return the one figure of the table, 0 where it holds none."""
    found = [r for r in rows(table) if all(r[k] == str(v) for k, v in where.items())]
    assert len(found) <= 1
    return float(found[0][column] or 0.0) if found else 0.0


def taken_by_russia(host: str, year: int) -> float:
    """Gas booked to the rest of the world with Russia, or before 2010 nobody, as its buyer."""
    buyers = ("RUS", "ROW") if year < 2010 else ("RUS",)
    gas = sum(
        float(r["value_musd"] or 0.0)
        for r in rows("gas")
        if (r["exporter"], r["destination"], r["year"]) == (host, "ROW", str(year))
        and r["buyer"] in buyers
    )
    return min(gas, figure("trade_totals", "row_musd", year=year, host=host, flow="export"))


def at(year: int, quarter: int) -> int:
    return Quarter.of(year, quarter) - FIRST


def between(first: float, second: float, part: float) -> float:
    return first + part * (second - first)


@pytest.mark.parametrize("start", STARTS)
def test_the_record_is_whole_and_ends_before_the_run(start: Quarter) -> None:
    known = past(start)
    assert known.quarters == 4 * (start.year - 1997)
    assert known.gdp.shape == (len(axes.REGIONS), known.quarters)
    assert known.imports.shape == known.exports.shape
    assert known.imports.shape == (len(axes.HOSTS), len(axes.REGIONS), known.quarters)
    for series in (known.gdp, known.population, known.oil):
        assert (series > 0.0).all()
    for series in (known.imports, known.exports, known.remittances):
        assert np.isfinite(series).all()
        assert (series >= 0.0).all()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("power", axes.POWERS)
def test_trade_with_a_power_is_the_tables(start: Quarter, power: str) -> None:
    """Quarters 2 and 3 lie an eighth of a year before and after the middle of 1999 and 2000."""
    known, place = past(start), axes.REGIONS.index(power)
    for h, host in enumerate(axes.HOSTS):
        for flow, exporter, importer in (
            (known.imports, power, host),
            (known.exports, host, power),
        ):
            ends = [
                figure(
                    "trade_bilateral", "value_musd", year=y, exporter=exporter, importer=importer
                )
                for y in (1999, 2000)
            ]
            if (power, exporter) == ("RUS", host):
                continue  # gas comes on top
            assert flow[h, place, at(1999, 3)] == pytest.approx(between(*ends, 0.125) / 4)
            assert flow[h, place, at(2000, 2)] == pytest.approx(between(*ends, 0.875) / 4)
            assert flow[h, place, at(1999, 4)] == pytest.approx(between(*ends, 0.375) / 4)


@pytest.mark.parametrize("host", axes.HOSTS)
@pytest.mark.parametrize("years", [(1999, 2000), (2008, 2009), (2011, 2012)])
def test_gas_that_russia_took_stands_with_russia(host: str, years: tuple[int, int]) -> None:
    """Recorded sales to Russia and the gas; the rest of the world keeps what is left."""
    known, h = past(Quarter.of(2017)), axes.HOSTS.index(host)
    gas = [taken_by_russia(host, y) for y in years]
    sold = [
        figure("trade_bilateral", "value_musd", year=y, exporter=host, importer="RUS")
        for y in years
    ]
    others = [figure("trade_totals", "row_musd", year=y, host=host, flow="export") for y in years]
    quarter = at(years[0], 3)
    russia = between(sold[0] + gas[0], sold[1] + gas[1], 0.125) / 4
    rest = between(others[0] - gas[0], others[1] - gas[1], 0.125) / 4
    assert known.exports[h, axes.REGIONS.index("RUS"), quarter] == pytest.approx(russia)
    assert known.exports[h, axes.ROW_INDEX, quarter] == pytest.approx(rest)
    assert known.hidden[h, quarter] == pytest.approx(between(*gas, 0.125) / 4)
    if host == "TKM" and years[1] < 2010:
        assert min(gas) > max(sold), "most of Turkmen sales to Russia was gas"


def test_trade_between_hosts_stands_with_both() -> None:
    known = past(Quarter.of(2017))
    for a in range(len(axes.HOSTS)):
        for b in range(len(axes.HOSTS)):
            one, other = axes.HOST.start + a, axes.HOST.start + b
            np.testing.assert_array_equal(known.exports[a, other], known.imports[b, one])
        assert not known.exports[a, axes.HOST.start + a].any()


@pytest.mark.parametrize("flow", ["import", "export"])
def test_partners_sum_to_the_totals(flow: str) -> None:
    """All regions together: the table's partners and the rest of the world, between two years."""
    known = past(Quarter.of(2017))
    whole = getattr(known, f"{flow}s").sum(axis=1)
    for h, host in enumerate(axes.HOSTS):
        totals = [
            figure("trade_totals", "partners_musd", year=y, host=host, flow=flow)
            + figure("trade_totals", "row_musd", year=y, host=host, flow=flow)
            for y in (2004, 2005)
        ]
        expected = between(*totals, 0.125) / 4
        assert whole[h, at(2004, 3)] == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("start", STARTS)
def test_the_last_half_year_stays_at_the_last_years_level(start: Quarter) -> None:
    known, last = past(start), start.year - 1
    china = axes.REGIONS.index("CHN")
    final = figure("trade_bilateral", "value_musd", year=last, exporter="CHN", importer="KAZ")
    np.testing.assert_allclose(known.imports[KAZ, china, -2:], final / 4)
    gdp = figure("macro", "gdp_nominal_bn", year=last, country="CHN")
    np.testing.assert_allclose(known.gdp[china, -2:], gdp)
    oil = figure("commodity_prices", "value", year=last, series="brent")
    np.testing.assert_allclose(known.oil[-2:], oil)


def test_incomes_are_log_linear_between_the_years() -> None:
    known = past(Quarter.of(2010))
    for i, region in enumerate(axes.REGIONS):
        ends = [figure("macro", "gdp_nominal_bn", year=y, country=region) for y in (2006, 2007)]
        expected = ends[0] * (ends[1] / ends[0]) ** 0.375
        assert known.gdp[i, at(2006, 4)] == pytest.approx(expected, rel=1e-9)
    for h, host in enumerate(axes.HOSTS):
        ends = [figure("macro", "population_mn", year=y, country=host) for y in (2006, 2007)]
        expected = ends[0] * (ends[1] / ends[0]) ** 0.625
        assert known.population[h, at(2007, 1)] == pytest.approx(expected, rel=1e-9)


def test_remittances_are_recorded_years_without_doubtful_ones() -> None:
    known = past(Quarter.of(2017))
    table = rows("remittances")
    assert any(r["coverage"] == "doubtful" for r in table)
    for h, host in enumerate(axes.HOSTS):
        good = {
            int(r["year"]): float(r["remittances_musd"])
            for r in table
            if r["host"] == host and r["coverage"] != "doubtful" and r["remittances_musd"]
        }
        first = min(good)
        if first < 1997:
            continue
        np.testing.assert_allclose(known.remittances[h, 0], good[first] / 4, err_msg="flat before")
        if 2011 in good and 2012 in good:
            expected = between(good[2011], good[2012], 0.125) / 4
            assert known.remittances[h, at(2011, 3)] == pytest.approx(expected)


FIELDS = ["gdp", "population", "imports", "exports", "hidden", "remittances", "oil"]


def blinded(start: Quarter, monkeypatch: pytest.MonkeyPatch) -> Past:
    """The record when all figures of the years from the start on were ten times as large."""
    read = past_module.read_table

    def other(name: str) -> list[dict[str, str]]:
        table = [dict(row) for row in read(name)]
        for row in table:
            if "year" in row and int(row["year"]) >= start.year:
                for column, text in row.items():
                    if column != "year" and text.replace(".", "", 1).replace("-", "", 1).isdigit():
                        row[column] = str(10.0 * float(text))
        return table

    for module in (past_module, paths_module):
        monkeypatch.setattr(module, "read_table", other)
    return past.__wrapped__(start)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("field", FIELDS)
def test_no_figure_of_the_run_is_known_before_it(
    start: Quarter, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.testing.assert_array_equal(
        getattr(blinded(start, monkeypatch), field), getattr(past(start), field)
    )


@pytest.mark.parametrize("field", FIELDS)
def test_a_longer_record_begins_like_a_shorter_one(field: str) -> None:
    """But for the half year in which the shorter one no longer knows where a line leads."""
    short, long = (getattr(past(Quarter.of(year)), field) for year in (2010, 2017))
    known = short.shape[-1] - 2
    np.testing.assert_allclose(short[..., :known], long[..., :known], rtol=1e-12)
