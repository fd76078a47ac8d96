"""All accounts in all shipped scenarios to their end, with every prior at one of its two ends.

A few members of each also run apart from the others and must be the same to the bit.  Scenarios run
abreast, ``SOAK_MEMBERS`` members of each: more of them visit more corners of the priors, as in
``SOAK_MEMBERS=200 make test ARGS=tests/identities/test_soak.py``.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from steppe import scenario
from steppe.metrics import METRICS
from steppe.model import CentralAsia
from steppe.scenario import Distribution, Event, Scenario, shipped

from ..abreast import Abreast, packed
from ..models import new_model
from .accounts import ACCOUNTS, Account, audited

MEMBERS = int(os.environ.get("SOAK_MEMBERS", "64"))
"""Members of each scenario, at least as many as APART needs; each prior's two ends occur in them,
drawn anew for every prior, and a test below looks whether they do.  64 take some 60 s of processor
time in all."""
APART = (21, 3)
"""First of the members that run apart, and how many."""
TAIL = 0.01
"""What is cut off each end of a distribution that has none."""
PARTS = 4
"""Parts of the shipped scenarios, each a test."""


def ends(drawn: Distribution) -> Distribution:
    """Return the distribution of the two ends of another one, equally likely."""
    if drawn.shape in ("normal", "lognormal"):
        low, high = drawn.ppf(np.array([TAIL, 1.0 - TAIL]))
    else:
        low, high = drawn.support
    return Distribution("choice", (float(low), float(high)), quarters=drawn.quarters)


def at_the_ends(case: Scenario) -> Scenario:
    """Return the scenario whose members draw every uncertain value from one of its two ends."""
    return replace(
        case,
        uncertainties={name: ends(drawn) for name, drawn in case.uncertainties.items()},
        events=tuple(_at_the_ends(event) for event in case.events),
        correlations=(),
    )


def _at_the_ends(event: Event) -> Event:
    return replace(event, **{name: ends(drawn) for name, drawn in event.sampled().items()})


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_account_closes_at_the_ends_of_all_priors(part: int) -> None:
    cases = [at_the_ends(scenario.load(name)) for name in shipped.names()[part::PARTS]]
    for pack in packed(cases, MEMBERS):
        try:
            soak(pack)
        except (AssertionError, FloatingPointError) as error:
            for case in pack:
                try:
                    soak([case])
                except (AssertionError, FloatingPointError) as alone:
                    raise AssertionError(f"{case.name}: {alone}") from alone
            names = ", ".join(case.name for case in pack)
            raise AssertionError(f"none of {names} alone: {error}") from error


def soak(cases: Sequence[Scenario]) -> None:
    """Run scenarios to their end under all accounts, a few members of each apart as well."""
    whole = Abreast(cases, MEMBERS)
    first, count = APART
    apart = Abreast(cases, count, first_member=first)
    same = np.concatenate([np.arange(count) + whole.of(i).start + first for i in range(len(cases))])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for _ in audited(whole):
            apart.step()
            for metric in METRICS:
                together = metric.values(whole.state)[:, same]
                assert np.array_equal(together, metric.values(apart.state), equal_nan=True), (
                    f"identity 11: {metric.name}"
                )
    assert whole.quarter == cases[0].horizon.end
    del whole, apart
    gc.collect()


@pytest.mark.parametrize("name", ["backcast_2000", "backcast_2009", "baseline"])
def test_every_account_closes_over_the_priors(name: str) -> None:
    model = CentralAsia(name, 12, collect=False)
    assert list(audited(model)) == list(range(len(model.quarters)))


def test_every_account_closes_where_goods_are_one() -> None:
    """Apart, half and wholly one, one member each."""
    merged = {"trade.one_good": np.array([0.0, 0.5, 1.0])}
    model = CentralAsia("backcast_2000", 3, collect=False, parameters=merged)
    assert list(audited(model)) == list(range(len(model.quarters)))


# --- that the soak can fail -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["baseline", "backcast_2000", "chabahar_completion"])
def test_members_draw_the_ends_of_every_prior(name: str) -> None:
    case = scenario.load(name)
    drawn = scenario.sample(
        at_the_ends(case), scenario.parameters.registry(), range(MEMBERS)
    ).varied
    assert set(drawn) == set(
        scenario.sample(case, scenario.parameters.registry(), range(2)).varied
    ), "nothing that varies is left out"
    for prior, values in drawn.items():
        assert len(set(values)) == 2, prior
    low, high = case.uncertainties["trade.elasticity"].support
    assert set(drawn["trade.elasticity"]) == {low, high}


SPOILT = {
    "Projects": lambda model: model.state.money.disbursed.__setitem__(..., 1e6),
    "Purses": lambda model: model.state.money.purse.__setitem__(..., -1.0),
    "Debts": lambda model: model.state.money.grace.__iadd__(1.0),
    "Trade": lambda model: model.state.trade.__imul__(1.001),
    "Tonnage": lambda model: model.logistics.transport.shares.__imul__(0.9),
    "RareEarthMarket": lambda model: model.state.rare_earths.exports.__imul__(1.01),
    "Pipelines": lambda model: model.state.pipeline_flow.__imul__(1.01),
    "Influence": lambda model: model.state.politics.autonomy.__imul__(1.001),
    "Bounds": lambda model: model.state.oil.__setitem__(..., 2000.0),
}
"""What breaks each account."""


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda a: a.__name__)
def test_an_account_that_does_not_close_is_found(account: type[Account]) -> None:
    model = new_model("baseline", 2)
    opened = account(model)
    opened.before()
    model.step()
    opened.after()
    SPOILT[account.__name__](model)
    with pytest.raises(AssertionError):
        opened.after()
