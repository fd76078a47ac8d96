"""Numbers with units: ``8.5 Mt/yr``, ``30 %``, ``6 weeks`` -> a number in the registry's unit.

pint does the conversion and is imported only when a unit really differs from the registry's: it
costs a third of a second.  A text is screened first, because pint would evaluate ``9**9**9 m``.
"""

from __future__ import annotations

import math
import re
import sys
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from steppe.scenario.problems import clip

if TYPE_CHECKING:
    import pint

DEFINITIONS = (
    "USD = [currency]",
    "kUSD = 1e3 USD",
    "MUSD = 1e6 USD",
    "BUSD = 1e9 USD",
    "thousand = 1e3",
    "mn = 1e6 = _ = million",
    "bn = 1e9 = _ = billion",
    "percent = 0.01",
    "pp = 0.01",
    "day = [time] = d = days",
    "hour = day / 24 = h = hours",
    "week = 7 day = _ = weeks",
    "year = 365.25 day = yr = years",
    "month = year / 12 = _ = months",
    "quarter = year / 4 = _ = quarters",
    "t = [mass] = _ = tonne = tonnes",
    "kg = 1e-3 t",
    "lb = 0.45359237e-3 t",
    "kt = 1e3 t",
    "Mt = 1e6 t",
    "km = [length]",
    "ha = [area]",
    "bcm = [gas_volume]",
    "bbl = [oil_volume]",
    "TEU = [container]",
    "person = [person] = _ = persons = people",
    "MW = [power]",
    "kW = 1e-3 MW",
    "GW = 1e3 MW",
    "kWh = kW * hour",
    "MWh = MW * hour",
    "GWh = GW * hour",
    "TWh = 1e3 GWh",
)
"""The units of the model, for pint.  A year is 365.25 days, a quarter a fourth of it."""

_WORDS = frozenset(
    word
    for line in DEFINITIONS
    for i, part in enumerate(line.split("="))
    if i != 1 and (word := part.strip()) != "_"
) | {"%"}
_MAX_LENGTH = 60
_NUMBER = r"[-+]?(?:(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,3})?"
_UNIT = r"(?:/\s*[A-Za-z]+|1|%|[A-Za-z]+)(?:\s*[ */]\s*(?:%|[A-Za-z]+))*"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_UNIT})?\s*")
_TOKEN = re.compile(r"%|[A-Za-z]+|1|[*/]")
_SPELLINGS = {"MUSD": "mn USD", "BUSD": "bn USD", "million": "mn", "billion": "bn", "yr": "year"}


class UnitError(ValueError):
    """A text that is no number with a unit, or has a unit that does not fit."""


def parse(text: str) -> tuple[float, str]:
    """Split ``8.5 Mt/yr`` into its number and its unit (empty when there is none)."""
    match = _QUANTITY.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if match is None:
        raise UnitError(
            f"expected a number, or a number with a unit such as 8.5 Mt/yr, found '{clip(text)}'"
        )
    unit = match[2] or ""
    return float(match[1]), f"1{unit}" if unit.startswith("/") else unit


def convert(value: float | str, unit: str) -> float:
    """Return ``value`` in ``unit``; a bare number is in that unit already.

    ``UnitError`` for a text that is no quantity, an unknown unit, one of another dimension, and
    for numbers that are not finite.
    """
    if isinstance(value, str):
        number, given = parse(value)
        if not given:
            raise UnitError(f"'{clip(value)}' has no unit: write the number without quotes")
        value = number if _canonical(given) == _canonical(unit) else _by_pint(number, given, unit)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise UnitError("must be a finite number")
    return number


def check_unit(unit: str) -> None:
    """Raise ``UnitError`` unless ``unit`` is written with the units of the model."""
    if len(unit) > _MAX_LENGTH or not re.fullmatch(_UNIT, unit):
        raise UnitError(f"unknown unit '{clip(unit)}'")
    for word in re.findall(r"%|[A-Za-z]+", unit):
        if word not in _WORDS:
            near = get_close_matches(word, _WORDS, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise UnitError(f"unknown unit '{clip(word)}'{hint}")


def _canonical(unit: str) -> tuple[str, ...]:
    """Return the parts of a unit in one spelling, so that equal units need no conversion."""
    parts: list[str] = []
    for token in _TOKEN.findall(unit):
        word = _SPELLINGS.get(token, token)
        parts += (word[:-1] if word.endswith("s") and word[:-1] in _WORDS else word).split()
    return tuple(parts)


def _by_pint(number: float, given: str, unit: str) -> float:
    check_unit(given)
    wanted = unit.replace("base-year ", "")
    try:
        check_unit(wanted)
    except UnitError:
        raise UnitError(f"write a bare number, in '{unit}', found '{given}'") from None
    registry = _registry()
    try:
        converted = registry.Quantity(number, _pint_text(given)).to(_pint_text(wanted)).magnitude
    except Exception as error:
        if type(error).__name__ != "DimensionalityError":
            raise
        expected = "a number without unit, or in %" if unit == "1" else f"a value in {unit}"
        raise UnitError(f"expected {expected}, found {given}") from None
    return float(f"{converted:.15g}")  # 2 years are 8 quarters, not 8.000000000000002


def _pint_text(unit: str) -> str:
    return unit.replace("%", " percent ").replace("1 ", "").strip() if unit != "1" else ""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    """Return a pint registry of the model's units alone."""
    # pint imports array libraries only to recognise their types: half of its import time
    hidden = [m for m in ("dask", "scipy", "xarray", "uncertainties") if m not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        import pint
    finally:
        for module in hidden:
            del sys.modules[module]
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    for line in DEFINITIONS:
        registry.define(line)
    return registry
