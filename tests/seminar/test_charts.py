"""Charts: what bands become in the options of ECharts."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.clock import Quarter, span
from steppe.seminar.page.charts import Curve, band_chart, extent, nice, points, reference
from steppe.seminar.page.labels import face

QUARTERS = span(Quarter.of(2017), Quarter.of(2018, 4))
SHARE = face("influence_share[JPN,UZB]")
INDEX = face("ree_price")


def bands(middle: float, width: float = 1.0) -> np.ndarray:
    """Return bands (quarter, 5) around a line that rises by 1 a quarter."""
    line = middle + np.arange(8.0)[:, None]
    return line + width * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


def test_the_baseline_lies_behind_the_variant() -> None:
    curves = [reference(SHARE, QUARTERS, bands(0.1)), Curve("Your variant", bands(9), "#0072B2")]
    series = band_chart(SHARE, QUARTERS, curves)["series"]
    by_id = {one["id"]: one for one in series}
    assert by_id["0median"]["name"] == "Baseline"
    assert all(by_id[f"0{n}"]["z"] < by_id["1median"]["z"] for n in ("outer high", "median"))
    assert by_id["0outer high"]["areaStyle"]["color"] != by_id["1outer high"]["areaStyle"]["color"]


def test_a_band_is_its_lower_end_and_its_width() -> None:
    series = band_chart(SHARE, QUARTERS, [Curve("a", bands(5), "#000")])["series"]
    by_id = {one["id"]: one for one in series}
    low, high = by_id["0outer low"], by_id["0outer high"]
    assert low["stack"] == high["stack"] and low["stackStrategy"] == "all"
    assert [row[1] for row in low["data"]] == [3 + n for n in range(8)]
    assert [row[1] for row in high["data"]] == [4.0] * 8


def test_the_median_carries_its_band_for_the_tooltip() -> None:
    series = band_chart(SHARE, QUARTERS, [Curve("a", bands(5), "#000")])["series"]
    assert series[4]["data"][0] == [2017.125, 5.0, 3.0, 7.0]


def test_every_chart_has_the_same_number_of_series_so_that_lines_move() -> None:
    curves = [Curve("a", bands(5), "#000"), Curve("b", bands(4), "#111", banded=False)]
    values = band_chart(SHARE, QUARTERS, curves)
    change = band_chart(SHARE, QUARTERS, curves, difference=True)
    assert [s["id"] for s in values["series"]] == [s["id"] for s in change["series"]]


@pytest.mark.parametrize(("difference", "unit"), [(False, "%"), (True, "percentage points")])
def test_units_stand_on_the_axis(difference: bool, unit: str) -> None:
    curves = [Curve("a", bands(5), "#000")]
    option = band_chart(SHARE, QUARTERS, curves, difference=difference)
    assert option["yAxis"]["name"] == unit
    assert option["xAxis"]["min"] == 2017 and option["xAxis"]["max"] == 2019


def test_a_difference_shows_zero() -> None:
    option = band_chart(SHARE, QUARTERS, [Curve("a", bands(50), "#000")], difference=True)
    assert option["yAxis"]["min"] == 0
    assert {
        k: v for k, v in option["series"][-1]["markLine"]["data"][0].items() if k == "yAxis"
    } == {"yAxis": 0}


def test_missing_values_are_gaps() -> None:
    broken = bands(5)
    broken[3] = np.nan
    option = band_chart(INDEX, QUARTERS, [Curve("a", broken, "#000")])
    assert option["series"][4]["data"][3] == [2017.875, None, None, None]
    empty = band_chart(INDEX, QUARTERS, [Curve("a", np.full((8, 5), np.nan), "#000")])
    assert (empty["yAxis"]["min"], empty["yAxis"]["max"]) == (0, 1)


def test_marks_are_dated() -> None:
    marks = [(Quarter.of(2018), "#123456")]
    option = band_chart(SHARE, QUARTERS, [Curve("a", bands(5), "#000")], marks=marks)
    assert option["series"][-1]["markLine"]["data"][0]["xAxis"] == 2018


def test_the_presentation_has_larger_type() -> None:
    curves = [Curve("a", bands(5), "#000")]
    small, large = (band_chart(SHARE, QUARTERS, curves, scale=s) for s in (1.0, 1.5))
    assert large["xAxis"]["axisLabel"]["fontSize"] == 1.5 * small["xAxis"]["axisLabel"]["fontSize"]


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (0, 4.6, (0, 5, 1)),
        (0.21, 0.34, (0.2, 0.35, 0.05)),
        (-3, 9, (-5, 10, 2.5)),
        (5, 5, (4.4, 5.6, 0.2)),
    ],
)
def test_axes_end_at_round_numbers(low: float, high: float, ends: tuple[float, ...]) -> None:
    assert nice(low, high) == pytest.approx(ends)


def test_what_is_not_drawn_does_not_stretch_the_axis() -> None:
    assert extent([Curve("a", bands(5), "#000", banded=False)]) == (5, 12)
    assert extent([Curve("a", bands(5), "#000")]) == (3, 14)


def test_points_are_short() -> None:
    assert points(np.array([2017.125]), np.array([1 / 3])) == [[2017.125, 0.333333]]
