"""Numbers with units."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from steppe import metrics, parameters
from steppe.scenario import units
from steppe.scenario.units import UnitError


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("8.5 Mt/yr", "Mt/yr", 8.5),
        ("8.5Mt/year", "Mt/yr", 8.5),
        ("850 kt/yr", "Mt/yr", 0.85),
        ("2 kt/month", "Mt/yr", 0.024),
        ("30 %", "1", 0.3),
        ("30%", "1", 0.3),
        ("5 pp", "1", 0.05),
        ("6 weeks", "days", 42.0),
        ("36 hours", "days", 1.5),
        ("2 years", "quarters", 8.0),
        ("18 months", "quarters", 6.0),
        ("500 MUSD/yr", "mn USD/yr", 500.0),
        ("500 MUSD/yr", "mn USD/quarter", 125.0),
        ("1.5 bn USD/yr", "mn USD/quarter", 375.0),
        ("250 mn USD/quarter", "bn USD/yr", 1.0),
        ("1 USD/kg", "USD/t", 1000.0),
        ("40 USD/t", "USD/t", 40.0),
        ("3 %/week", "%/day", 3 / 7),
        ("0.02 /week", "1/yr", 0.02 * 365.25 / 7),
        ("2 1/quarter", "1/yr", 8.0),
        ("8 %/yr", "1/yr", 0.08),
        ("30 bcm/yr", "bcm/yr", 30.0),
        ("60 USD/bbl", "USD/bbl", 60.0),
        ("-1e-3 days", "days", -0.001),
        (".5 days", "days", 0.5),
        ("12 months", "yr", 1.0),
    ],
)
def test_conversion(text: str, unit: str, expected: float) -> None:
    assert units.convert(text, unit) == pytest.approx(expected, rel=1e-14)


def test_a_bare_number_is_in_the_unit_already() -> None:
    assert units.convert(8.5, "Mt/yr") == 8.5


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        ("8.5 Mt/yr", "days", "expected a value in days, found Mt/yr"),
        ("8.5 Mt/yr", "1", "expected a number without unit, or in %, found Mt/yr"),
        ("3 %", "%/day", "expected a value in %/day, found %"),
        ("3 weks", "days", "unknown unit 'weks' (did you mean 'weeks'?)"),
        ("3 days", "furlongs", "write a bare number, in 'furlongs', found 'days'"),
        ("3", "days", "'3' has no unit: write the number without quotes"),
        (float("nan"), "1", "must be a finite number"),
        (float("inf"), "1", "must be a finite number"),
        ("1e999 days", "days", "must be a finite number"),
        (10**400, "1", "must be a finite number"),
    ],
)
def test_refusal(value: float | str, unit: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        units.convert(value, unit)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        *("9**9**9 m", "__import__('os')", "1 (t)", "1 t^2", "1 t**9", "", " ", "1 t/1 t/1 t/"),
        *("9" * 500, "1 " + "t*" * 500 + "t", "0x10 t", "1_0 t", "nan t", "1 t\n2 t", "²"),
    ],
)
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(UnitError) as caught:
        units.convert(text, "days")
    assert time.perf_counter() - began < 1.0
    assert len(str(caught.value)) < 250


def test_every_unit_of_the_registries_is_known() -> None:
    given = {p.unit for p in parameters.registry()} | {m.unit for m in metrics.METRICS}
    for unit in sorted(given):
        units.check_unit(unit.replace("base-year ", ""))


def test_pint_comes_only_for_a_real_conversion_and_alone() -> None:
    program = """
import sys
from steppe.scenario import units
units.convert('8.5 Mt/year', 'Mt/yr'); units.convert('500 MUSD/yr', 'mn USD/yr')
assert 'pint' not in sys.modules
units.convert('850 kt/yr', 'Mt/yr')
assert 'pint' in sys.modules
heavy = {'dask', 'scipy', 'xarray', 'pandas'} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True)
