"""Each power's own rule, removed: not a weight set to zero but the rule, in paired members."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.agents import powers
from steppe.agents.china import China
from steppe.agents.india import India
from steppe.agents.japan import Japan
from steppe.agents.power import Power
from steppe.agents.russia import Russia
from steppe.agents.turkey import Turkey
from steppe.chronicle import KINDS
from steppe.results import Results

Array = NDArray[np.float64]

MEMBERS = 40
TRACED = ("committed", "cancelled", "committed_by_sector")

WORLDS = {
    "baseline": "",
    "unrest": "target: kazakhstan.unrest, shape: step, to: 1.2, start: 2026Q1",
    "credit": "target: china.budget, shape: step, to: 4, start: 2026Q1",
    "slump": "target: energy.oil_shift, shape: step, to: -0.7, start: 2026Q1",
    "relief": "target: link.chabahar_mashhad.sanctions, shape: step, to: 0.1, start: 2026Q1",
}
"""The worlds in which the rules are tried: an event over the baseline."""
POLICY = 36
"""Quarters before that event."""


# --- the powers without a rule -------------------------------------------------------------------


class PlainJapan(Japan):
    screen = Power.screen
    leaning = Power.leaning
    abroad = Power.abroad


class FearlessJapan(Japan):
    screen = Power.screen


class UnpilotedJapan(Japan):
    def screen(self, risk: Array) -> Array | float:
        return (risk <= self.model.values["japan.risk_limit"]).astype(np.float64)


class SteadyLender(China):
    appetite = Power.appetite


class UnsecuredLender(China):
    secured = Power.secured


class UndrawnChina(China):
    leaning = Power.leaning


class IndifferentChina(China):
    minds = Power.minds


class RussiaWithoutOil(Russia):
    appetite = Power.appetite


class RussiaWithoutPressure(Russia):
    decide = Power.decide


class IndifferentRussia(Russia):
    minds = Power.minds


class EvenTurkey(Turkey):
    appetite = Power.appetite
    steadiness = Power.steadiness


class IndiaAtHome(India):
    abroad = Power.abroad


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
def run(world: str, rules: type[Power] | None = None, fixed: str = "") -> Results:
    """Run one of ``WORLDS`` with one power's ``rules`` replaced and parameters ``fixed``."""
    if world == "baseline" and rules is None and not fixed:
        return baseline()[0]
    text = "title: A world\nextends: baseline\n"
    if WORLDS[world]:
        text += f"events:\n  - {{id: {world}, {WORLDS[world]}}}\n"
    if fixed:
        text += f"set: {{{fixed}}}\n"
    case = scenario.loads(text, name=world)
    with pytest.MonkeyPatch.context() as patch:
        if rules is not None:
            owner = next(code for code, own in powers.RULES.items() if issubclass(rules, own))
            patch.setitem(powers.RULES, owner, rules)
        return ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=TRACED)


def value(result: Results, label: str) -> Array:
    """Return an outcome (member,); ``*`` for a host sums over the hosts."""
    if "*" not in label:
        return result.table[label]
    cells = [result.table[label.replace("*", host)] for host in axes.HOSTS]
    return sum(cells, np.zeros(MEMBERS))


def without(world: str, rules: type[Power], label: str) -> Array:
    """Return what the removal of the rule changes, (member,)."""
    return value(run(world, rules), label) - value(run(world), label)


def moves(moved: Array, least: float, members: float) -> None:
    """Check the sign in a part of the ``members`` and the size of the median."""
    signed = moved * np.sign(least)
    assert (signed > 0).mean() >= members
    assert np.median(signed) >= abs(least)


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


def test_japans_money_goes_where_turkish_contractors_are() -> None:
    """Turkmenistan is where they are embedded most; what they build elsewhere with Japan makes
    the others catch up."""
    moves(without("baseline", PlainJapan, "committed[JPN,TKM]"), -150.0, 0.75)
    moves(without("baseline", PlainJapan, "debt_to_gdp[JPN,TKM]"), -0.0002, 0.9)
    moves(without("baseline", PlainJapan, "influence_share[JPN,TKM]"), -0.0004, 0.9)


def test_japans_limit_keeps_its_business_out_of_tajikistan() -> None:
    """It binds there all along; aid is not subject to it, so the sum of all money hides it."""
    bound, fearless = run("baseline"), run("baseline", FearlessJapan)
    assert business(bound, "TJK") < 0.2 * business(fearless, "TJK")
    assert business(fearless, "TJK") - business(bound, "TJK") > 10.0
    assert value(bound, "committed[JPN,TJK]").mean() > 10.0 * business(fearless, "TJK")


def test_in_kyrgyzstan_the_limit_binds_until_turkish_contractors_are_there() -> None:
    """All of the business that Japan does there is done beside them."""
    with_pilot, without_pilot = run("baseline"), run("baseline", UnpilotedJapan)
    assert business(with_pilot, "KGZ") - business(without_pilot, "KGZ") > 30.0
    assert business(without_pilot, "KGZ") < 0.2 * business(with_pilot, "KGZ")
    assert business(run("baseline", FearlessJapan), "KGZ") > 1.05 * business(with_pilot, "KGZ")


def test_a_pilot_keeps_japan_in_a_host_in_unrest() -> None:
    """Without one the limit sends Japan's business from Kazakhstan to Uzbekistan."""
    moves(without("unrest", UnpilotedJapan, "committed[JPN,KAZ]"), -1500.0, 0.9)
    moves(without("unrest", UnpilotedJapan, "committed[JPN,UZB]"), +1000.0, 0.9)


# --- China ---------------------------------------------------------------------------------------


def test_chinas_credit_cycle_shows_in_what_is_committed() -> None:
    """A year after, as purses take time: half as much again in a go as in a stop."""
    lag, going = 4, baseline()[1]
    with_rule, without_rule = run("baseline"), run("baseline", SteadyLender)

    def go_over_stop(result: Results) -> float:
        flow = path(result, "committed", "CHN")[lag:]
        level, phase = flow / flow.mean(axis=1, keepdims=True), going[:-lag]
        return float(level[phase].mean() / level[~phase].mean())

    assert go_over_stop(with_rule) > 1.25
    assert 0.85 < go_over_stop(without_rule) < 1.15
    uneven, even = (unevenness(r, "CHN", 16) for r in (with_rule, without_rule))
    assert (even < uneven).mean() >= 0.6
    assert even.mean() < 0.88 * uneven.mean()


def test_loans_against_resources_keep_chinas_credit_open_to_turkmenistan() -> None:
    """Only where China lends much: at the baseline's credit, debts are too small to frighten."""
    moves(without("credit", UnsecuredLender, "committed[CHN,TKM]"), -2000.0, 0.8)
    moves(without("credit", UnsecuredLender, "committed[CHN,UZB]"), +1500.0, 0.9)


def test_chinas_business_is_drawn_to_those_who_sell_resources() -> None:
    for label, least in (
        ("committed[CHN,KAZ]", -1800.0),
        ("committed[CHN,UZB]", +1200.0),
        ("committed[CHN,KGZ]", +300.0),
    ):
        moves(without("baseline", UndrawnChina, label), least, 0.9)


def test_china_minds_routes_around_it() -> None:
    """Little at the prior: lumps of projects fall away in two of five members, seldom come."""
    heard, unheard = run("baseline"), run("baseline", IndifferentChina)
    more = routes_of_others(unheard).sum(axis=0) - routes_of_others(heard).sum(axis=0)
    assert (more > 1.0).mean() >= 0.3
    assert (more < -1.0).mean() <= 0.2
    assert more.mean() > 35.0


def test_a_china_that_minds_fully_costs_others_their_routes() -> None:
    heard, unheard = run("baseline", None, "china.opposition: 1"), run("baseline", IndifferentChina)
    more = routes_of_others(unheard).sum(axis=0) - routes_of_others(heard).sum(axis=0)
    moves(more, +110.0, 0.8)


# --- Russia --------------------------------------------------------------------------------------


def test_russias_purses_follow_oil() -> None:
    """At half the oil price; GDP, which falls too, is the same with and without."""
    with_rule, without_rule = (
        path(run("slump", rules), "committed", "RUS")[POLICY:].sum(axis=0)
        for rules in (None, RussiaWithoutOil)
    )
    moves(with_rule / without_rule - 1.0, -0.045, 0.85)


def test_russias_pressure_holds_up_goods_of_hosts_outside_the_union() -> None:
    for label, least in (
        ("trade_total[RUS,TKM]", +4.0),
        ("trade_total[RUS,TJK]", +0.9),
        ("corridor_volume[trans_caspian]", -0.027),
        ("influence_share[RUS,TKM]", +0.00007),
        ("gdp[TKM]", +0.005),
    ):
        moves(without("baseline", RussiaWithoutPressure, label), least, 0.9)


def test_russias_objections_cost_china_projects() -> None:
    moves(without("baseline", IndifferentRussia, "committed[CHN,*]"), +6000.0, 0.9)


# --- Turkey --------------------------------------------------------------------------------------


def test_turkeys_mood_shows_in_what_is_committed() -> None:
    uneven, even = (unevenness(run("baseline", r), "TUR", 12) for r in (None, EvenTurkey))
    assert (even < uneven).mean() >= 0.8
    assert np.median(even / uneven) < 0.85


def test_turkeys_projects_are_cancelled_in_bad_moods() -> None:
    mood = baseline()[2]

    def bad_over_good(result: Results) -> float:
        lost = path(result, "cancelled", "TUR") > 0.0
        return float(lost[mood < -0.7].mean() / lost[mood > 0.7].mean())

    assert bad_over_good(run("baseline")) > 1.7
    assert bad_over_good(run("baseline", EvenTurkey)) < 1.25


# --- India, and Japan beside it ------------------------------------------------------------------

NOBODY_PAYS = "india.chabahar_finance: 0"


def test_more_is_paid_for_chabahar_once_banks_are_let() -> None:
    """India keeps at the port, which is exempt; Japan waits until the railway is let as well."""
    assert (run("baseline").table["spent_abroad[JPN]"] == 0.0).all()
    assert (run("relief").table["spent_abroad[JPN]"] > 300.0).all()
    more = run("relief").table["spent_abroad[IND]"] - run("baseline").table["spent_abroad[IND]"]
    assert (run("baseline").table["spent_abroad[IND]"] > 100.0).all()
    assert (more > 150.0).all()
    assert (run("relief", IndiaAtHome).table["spent_abroad[IND]"] == 0.0).all()


def test_japan_pays_for_chabahar_only_beside_india() -> None:
    assert (run("relief", None, NOBODY_PAYS).table["spent_abroad[JPN]"] == 0.0).all()


def test_chabahar_takes_money_from_the_hosts() -> None:
    moves(without("relief", IndiaAtHome, "committed[IND,*]"), +160.0, 0.9)
    nobody, japan = run("relief", None, NOBODY_PAYS), run("relief", IndiaAtHome)
    moves(value(nobody, "committed[JPN,*]") - value(japan, "committed[JPN,*]"), +190.0, 0.9)


def test_what_is_spent_on_chabahar_makes_it_cheaper_and_used() -> None:
    for label, least in (
        ("corridor_cost[chabahar]", +2.3),
        ("corridor_volume[chabahar]", -0.06),
        ("trade_total[IND,UZB]", -2.2),
    ):
        moves(without("relief", IndiaAtHome, label), least, 0.9)
    nobody, japan = run("relief", None, NOBODY_PAYS), run("relief", IndiaAtHome)
    label = "corridor_cost[chabahar]"
    moves(value(nobody, label) - value(japan, label), +3.0, 0.9)
