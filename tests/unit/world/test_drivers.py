"""The usual course of what drives growth, as the table says it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from steppe import axes
from steppe.clock import Quarter
from steppe.parameters import read_table
from steppe.world.drivers import Drivers, expected_drivers
from steppe.world.paths import paths

TABLE = read_table("growth_drivers")


def test_the_table_has_every_host_and_year_once() -> None:
    years = {"2001": range(2001, 2010), "2017": range(2017, 2041)}
    wanted = [(b, h, str(y)) for b, span in years.items() for h in axes.HOSTS for y in span]
    assert [(row["base"], row["host"], row["year"]) for row in TABLE] == wanted


def test_forward_every_year_has_its_own_course() -> None:
    drivers = expected_drivers(Quarter.of(2017), 24 * 4 + 4)
    for row in TABLE:
        if row["base"] == "2017":
            year, host = int(row["year"]) - 2017, axes.HOSTS.index(row["host"])
            for name in Drivers._fields:
                own = getattr(drivers, name)[host, 4 * year : 4 * year + 4]
                np.testing.assert_allclose(own, float(row[name]) / 4)
    for change in drivers:
        assert not change[:, -4:].any(), "nothing is known after the table's end"


@pytest.mark.parametrize("start", [2001, 2010])
def test_in_backcasts_the_mean_course_of_the_fit_window_goes_on(start: int) -> None:
    total: dict[tuple[str, str], float] = defaultdict(float)
    for row in TABLE:
        if row["base"] == "2001":
            for name in Drivers._fields:
                total[row["host"], name] += float(row[name])
    drivers = expected_drivers(Quarter.of(start), 28)
    for h, host in enumerate(axes.HOSTS):
        for name in Drivers._fields:
            np.testing.assert_allclose(getattr(drivers, name)[h] * 36, total[host, name])


@pytest.mark.parametrize(("start", "after"), [(2001, 36), (2010, 0)])
def test_the_window_ends_with_2009(start: int, after: int) -> None:
    found = [paths(Quarter.of(start), 60).after_window(t) for t in range(60)]
    assert found == [t >= after for t in range(60)]


def test_a_forward_run_has_no_window() -> None:
    assert not any(paths(Quarter.of(2017), 8).after_window(t) for t in range(8))
