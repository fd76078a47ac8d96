"""Powers' own rules, removed as rules: what shows in the chronicle, in time or in states that no
metric records.  What a rule moves when its parameter is zero is in the YAML files beside this one.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.agents import powers
from steppe.agents.china import China
from steppe.agents.japan import Japan
from steppe.agents.power import Power
from steppe.agents.turkey import Turkey
from steppe.chronicle import KINDS
from steppe.results import Results

Array = NDArray[np.float64]

pytestmark = pytest.mark.xdist_group("rules of powers")

MEMBERS = 40
TRACED = ("committed", "cancelled", "committed_by_sector")


# --- the powers without a rule -------------------------------------------------------------------


class FearlessJapan(Japan):
    screen = Power.screen


class UnpilotedJapan(Japan):
    def screen(self, risk: Array) -> Array | float:
        return (risk <= self.model.values["japan.risk_limit"]).astype(np.float64)


class SteadyLender(China):
    appetite = Power.appetite


class IndifferentChina(China):
    minds = Power.minds


class EvenTurkey(Turkey):
    appetite = Power.appetite
    steadiness = Power.steadiness


# --- runs ----------------------------------------------------------------------------------------


class Watched(Power):
    """Writes down, quarter by quarter, a state that no metric shows."""

    watched: ClassVar[str]
    seen: ClassVar[dict[str, list[NDArray[Any]]]] = {}

    def appetite(self) -> Array:
        result = super().appetite()
        if self.model.t == 0:
            self.seen[self.watched] = []
        if self.model.t >= 0:
            self.seen[self.watched].append(getattr(self, self.watched).copy())
        return result


class WatchedChina(Watched, China):
    watched = "going"


class WatchedTurkey(Watched, Turkey):
    watched = "mood"


@cache
def baseline() -> tuple[Results, NDArray[np.bool_], Array]:
    """Return the baseline, China's phase (going or not) and Turkey's mood, (quarter, member)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(powers.RULES, "CHN", WatchedChina)
        patch.setitem(powers.RULES, "TUR", WatchedTurkey)
        case = scenario.load("baseline")
        found = ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=TRACED)
    return found, np.array(Watched.seen["going"]), np.array(Watched.seen["mood"])


@cache
def run(rules: type[Power] | None = None, fixed: str = "") -> Results:
    """Run the baseline with one power's ``rules`` replaced and parameters ``fixed``."""
    if rules is None and not fixed:
        return baseline()[0]
    case = scenario.loads(f"title: Fixed\nextends: baseline\nset: {{{fixed}}}\n", name="fixed")
    with pytest.MonkeyPatch.context() as patch:
        if rules is not None:
            owner = next(code for code, own in powers.RULES.items() if issubclass(rules, own))
            patch.setitem(powers.RULES, owner, rules)
        return ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=TRACED)


def path(result: Results, metric: str, power: str) -> Array:
    """Return the power's flow to all hosts by quarter, (quarter, member)."""
    assert result.trajectories is not None
    field = result.trajectories[metric].reshape(-1, len(axes.POWERS), len(axes.HOSTS), MEMBERS)
    total: Array = field[:, axes.POWERS.index(power)].sum(axis=1)
    return total


def routes_of_others(result: Results) -> Array:
    """Return what Japan, Turkey and India committed to transport by quarter, (quarter, member)."""
    assert result.trajectories is not None
    shape = (-1, len(axes.POWERS), len(axes.SECTORS), MEMBERS)
    field = result.trajectories["committed_by_sector"].reshape(shape)
    rows = [axes.POWERS.index(code) for code in ("JPN", "TUR", "IND")]
    total: Array = field[:, rows, axes.SECTORS.index("transport")].sum(axis=1)
    return total


def business(result: Results, host: str) -> float:
    """Return what Japan committed commercially in the host, the mean over members, mn USD."""
    told = result.chronicle
    wanted = (
        (told["kind"] == KINDS.index("committed"))
        & (told["power"] == axes.POWERS.index("JPN"))
        & (told["host"] == axes.HOSTS.index(host))
        & (told["window"] == axes.WINDOWS.index("commercial"))
    )
    return float(told["amount"][wanted].sum()) / MEMBERS


def unevenness(result: Results, power: str, quarters: int) -> Array:
    """Return how sums over so many quarters deviate in time from the members' mean, (member,)."""
    total = np.cumsum(path(result, "committed", power), axis=0)
    sums = total[quarters:] - total[:-quarters]
    deviation: Array = (sums / sums.mean(axis=1, keepdims=True)).std(axis=0)
    return deviation


# --- Japan ---------------------------------------------------------------------------------------


def test_japans_limit_keeps_its_business_out_of_tajikistan() -> None:
    """It binds there all along; aid is not subject to it, so the sum of all money hides it."""
    bound, fearless = run(), run(FearlessJapan)
    assert business(bound, "TJK") < 0.2 * business(fearless, "TJK")
    assert business(fearless, "TJK") - business(bound, "TJK") > 10.0
    assert bound.table["committed[JPN,TJK]"].mean() > 10.0 * business(fearless, "TJK")


def test_in_kyrgyzstan_the_limit_binds_until_turkish_contractors_are_there() -> None:
    """All of the business that Japan does there is done beside them."""
    with_pilot, without_pilot = run(), run(UnpilotedJapan)
    assert business(with_pilot, "KGZ") - business(without_pilot, "KGZ") > 30.0
    assert business(without_pilot, "KGZ") < 0.2 * business(with_pilot, "KGZ")
    assert business(run(FearlessJapan), "KGZ") > 1.05 * business(with_pilot, "KGZ")


# --- China ---------------------------------------------------------------------------------------


def test_chinas_credit_cycle_shows_in_what_is_committed() -> None:
    """A year after, as purses take time: half as much again in a go as in a stop."""
    lag, going = 4, baseline()[1]
    with_rule, without_rule = run(), run(SteadyLender)

    def go_over_stop(result: Results) -> float:
        flow = path(result, "committed", "CHN")[lag:]
        level, phase = flow / flow.mean(axis=1, keepdims=True), going[:-lag]
        return float(level[phase].mean() / level[~phase].mean())

    assert go_over_stop(with_rule) > 1.25
    assert 0.85 < go_over_stop(without_rule) < 1.15
    uneven, even = (unevenness(r, "CHN", 16) for r in (with_rule, without_rule))
    assert (even < uneven).mean() >= 0.6
    assert even.mean() < 0.88 * uneven.mean()


def test_china_minds_routes_around_it() -> None:
    """Little at the prior: lumps of projects fall away in two of five members, hardly ever come."""
    heard, unheard = run(), run(IndifferentChina)
    more = routes_of_others(unheard).sum(axis=0) - routes_of_others(heard).sum(axis=0)
    assert (more > 1.0).mean() >= 0.3
    assert (more < -1.0).mean() <= 0.2
    assert more.mean() > 35.0


def test_a_china_that_minds_fully_costs_others_their_routes() -> None:
    heard, unheard = run(None, "china.opposition: 1"), run(IndifferentChina)
    more = routes_of_others(unheard).sum(axis=0) - routes_of_others(heard).sum(axis=0)
    assert (more > 0.0).mean() >= 0.8
    assert np.median(more) >= 110.0


# --- Turkey --------------------------------------------------------------------------------------


def test_turkeys_mood_shows_in_what_is_committed() -> None:
    uneven, even = (unevenness(run(r), "TUR", 12) for r in (None, EvenTurkey))
    assert (even < uneven).mean() >= 0.8
    assert np.median(even / uneven) < 0.85


def test_turkeys_projects_are_cancelled_in_bad_moods() -> None:
    mood = baseline()[2]

    def bad_over_good(result: Results) -> float:
        lost = path(result, "cancelled", "TUR") > 0.0
        return float(lost[mood < -0.7].mean() / lost[mood > 0.7].mean())

    assert bad_over_good(run()) > 1.7
    assert bad_over_good(run(EvenTurkey)) < 1.25
