"""What is given about powers and hosts beyond trade: what they finance, need and think."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR, Quarter
from steppe.parameters import read_table
from steppe.world.organisations import dated, memberships
from steppe.world.past import FIRST

Array = NDArray[np.float64]

P, H, S = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS)
MOST_AT_STAKE = 2.0
"""Largest stake over the mean of the powers: bills for minerals are small, partly unknown."""


@dataclass(frozen=True)
class Setting:
    """Tables as arrays; shares and scores 0-1 unless said.

    - ``profile`` (power, window, sector): how a window divides over sectors before motives; sums 1.
    - ``endowment``, ``wanted`` (host, sector): what there is to invest in, and what the host wants.
    - ``at_stake`` (power, sector): import bill over GDP x concentration of suppliers, over the mean
      of the powers; ``potential`` (host, sector): what hosts can supply, 1 the largest of them.
    - ``ramp`` (power, quarter): factor on budgets, from ``FIRST`` on.
    - ``debt`` (power, host): mn USD at ``FIRST``; ``pledges`` (power, host, quarter): mn USD that
      was announced in the years before the run, in the last quarter of its year.
    - ``roles``, ``guards`` (organisation, power): institutional and security weight of a power in
      an organisation; ``soft`` 1/yr and ``business`` in units of motives: what it does for the
      power's soft channel and commercial offers; ``members`` (organisation, region, quarter) and
      ``transit_members`` (organisation, transit, quarter): status, from ``FIRST`` on.
    - ``unrest`` (host, quarter), ``conflict`` and ``concern`` (quarter,) of Afghanistan and
      ``friendship`` (quarter,): dated levels 0-1, from ``FIRST`` on; in the run parameters take
      over from all but the conflict, which stays as what usual budgets hold.
    - ``positions`` (issue, region) -1 to 1, those of powers and hosts.
    - ``rival_trade``, ``rival_finance`` (power, state, quarter): intensity of a power's trade with
      another over what its part of world GDP implies, and its part of the other's debts.
    """

    profile: Array
    endowment: Array
    wanted: Array
    at_stake: Array
    potential: Array
    ramp: Array
    debt: Array
    pledges: Array
    roles: Array
    guards: Array
    soft: Array
    business: Array
    members: Array
    transit_members: Array
    unrest: Array
    conflict: Array
    concern: Array
    friendship: Array
    positions: Array
    rival_trade: Array
    rival_finance: Array


@cache
def setting(start: Quarter, quarters: int) -> Setting:
    """Return what is given for a run of ``quarters`` quarters from ``start``."""
    base = start.year
    forward = base == max(axes.BASES)
    when = FIRST.year + (np.arange(start - FIRST + quarters) + 0.5) / PER_YEAR
    roles = {column: _roles(column) for column in ("institutional", "security", "soft", "business")}
    members, regions = memberships(when), len(axes.REGIONS)
    return Setting(
        profile=_profile(),
        endowment=_host_sectors("endowment"),
        wanted=_host_sectors("need"),
        at_stake=_at_stake(base),
        potential=_potential(base),
        ramp=_ramps(when, forward),
        debt=_debt(),
        pledges=_pledges(start, len(when)),
        roles=roles["institutional"],
        guards=roles["security"],
        soft=roles["soft"],
        business=roles["business"],
        members=members[:, :regions],
        transit_members=members[:, regions:],
        unrest=np.array([dated(f"unrest.{host}", FIRST, len(when)) for host in axes.HOSTS]),
        conflict=dated("afghan_conflict", FIRST, len(when)),
        concern=dated("afghan_concern", FIRST, len(when)),
        friendship=dated("jacafa", FIRST, len(when)),
        positions=_positions(base),
        rival_trade=_rivals("intensity", when),
        rival_finance=_rivals("finance_share", when),
    )


def _profile() -> Array:
    profile = np.zeros((P, len(axes.WINDOWS), S))
    for row in read_table("sector_profiles"):
        cell = (
            axes.POWERS.index(row["power"]),
            axes.WINDOWS.index(row["window"]),
            axes.SECTORS.index(row["sector"]),
        )
        profile[cell] = float(row["share"])
    return profile


def _host_sectors(column: str) -> Array:
    field = np.zeros((H, S))
    for row in read_table("host_sectors"):
        cell = axes.HOSTS.index(row["host"]), axes.SECTORS.index(row["sector"])
        field[cell] = float(row[column])
    return field


def _at_stake(base: int) -> Array:
    field = np.zeros((P, S))
    for row in read_table("import_security"):
        if int(row["base"]) == base:
            cell = axes.POWERS.index(row["power"]), axes.SECTORS.index(row["sector"])
            field[cell] = float(row["bill_to_gdp"]) * float(row["concentration"])
    mean = field.mean(axis=0)
    return np.minimum(field / np.where(mean > 0.0, mean, 1.0), MOST_AT_STAKE)


def _potential(base: int) -> Array:
    field = np.zeros((H, S))
    for row in read_table("supply_potential"):
        if int(row["base"]) == base:
            cell = axes.HOSTS.index(row["host"]), axes.SECTORS.index(row["sector"])
            field[cell] = float(row["potential"])
    return field


def _ramps(when: Array, forward: bool) -> Array:
    """Return factors (power, quarter): linear between the table's years, flat outside them."""
    ramps = np.ones((P, len(when)))
    for p, power in enumerate(axes.POWERS):
        rows = [
            (float(row["year"]) + 0.5, float(row["factor"]))
            for row in read_table("budget_ramps")
            if row["power"] == power and (forward or row["use"] == "all")
        ]
        years, factors = zip(*sorted(rows), strict=True)
        ramps[p] = np.interp(when, years, factors)
    return ramps


def _debt() -> Array:
    debt = np.zeros((P, H))
    for row in read_table("initial_debt"):
        debt[axes.POWERS.index(row["creditor"]), axes.HOSTS.index(row["host"])] = float(row["musd"])
    return debt


def _pledges(start: Quarter, quarters: int) -> Array:
    pledges = np.zeros((P, H, quarters))
    for row in read_table("finance_observed"):
        known = row["measure"] == "pledge" and row["host"] in axes.HOSTS
        quarter = Quarter.of(int(row["first_year"]), PER_YEAR) - FIRST
        if known and 0 <= quarter < start - FIRST:
            cell = axes.POWERS.index(row["donor"]), axes.HOSTS.index(row["host"]), quarter
            pledges[cell] += float(row["value"])
    return pledges


def _roles(column: str) -> Array:
    roles = np.zeros((len(axes.ORGANISATIONS), P))
    for row in read_table("organisation_roles"):
        cell = axes.ORGANISATIONS.index(row["organisation"]), axes.POWERS.index(row["power"])
        roles[cell] = float(row[column])
    return roles


def _positions(base: int) -> Array:
    field = np.zeros((len(axes.ISSUES), len(axes.REGIONS)))
    for row in read_table("positions"):
        field[axes.ISSUES.index(row["issue"]), axes.REGIONS.index(row["state"])] = float(
            row["position"]
        )
    votes = axes.ISSUES.index("un_votes")
    for row in read_table("un_positions"):
        if int(row["base"]) == base:
            field[votes, axes.REGIONS.index(row["state"])] = float(row["position"])
    return field


def _rivals(column: str, when: Array) -> Array:
    """Return what powers are in each other's economies, (power, state, quarter).

    Linear between the table's years, flat outside them; 0 for pairs that it does not hold.
    """
    field = np.zeros((P, P, len(when)))
    rows = read_table("rival_weights")
    for pair in {(row["rival"], row["state"]) for row in rows}:
        known = [row for row in rows if (row["rival"], row["state"]) == pair]
        points = sorted((float(row["year"]) + 0.5, float(row[column])) for row in known)
        years, values = zip(*points, strict=True)
        cell = axes.POWERS.index(pair[0]), axes.POWERS.index(pair[1])
        field[cell] = np.interp(when, years, values)
    return field
