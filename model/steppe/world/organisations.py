"""Who belongs to what, and on which links organisations ease the border: tables as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import Quarter
from steppe.parameters import read_table

Array = NDArray[np.float64]
Index = NDArray[np.intp]

STATES = (*axes.REGIONS, *axes.TRANSIT)
"""Everybody who may belong to an organisation or own a border, regions first."""
UNION = "EAEU", "CUSTOMS_UNION"
"""The union and what it grew from: one body for influence."""


@dataclass(frozen=True)
class Borders:
    """Effects of organisations on links, one row each, and the parties of every border.

    ``link``, ``organisation`` (row,); ``parties`` (party, row) on the axis of ``STATES``, the first
    repeated where a link has fewer; ``border``, ``outside``, ``freight`` (row, 1) shares;
    ``slots``: rows of which no two are of the same link.  ``crossed`` (host, link): 1 where the
    link crosses a border of the host.
    """

    link: Index
    organisation: Index
    parties: Index
    border: Array
    outside: Array
    freight: Array
    slots: tuple[Index, ...]
    crossed: Array


@cache
def borders() -> Borders:
    """Read which organisation eases which border (once a process)."""
    mode = {row["link"]: row["mode"] for row in read_table("links")}
    effects = read_table("organisation_effects")
    found, crossed = [], np.zeros((len(axes.HOSTS), len(axes.LINKS)))
    for line in read_table("link_borders"):
        parties, link = line["parties"].split(), axes.LINKS.index(line["link"])
        for code in set(parties) & set(axes.HOSTS):
            crossed[axes.HOSTS.index(code), link] = 1.0
        for effect in effects:
            anchors = set(effect["anchors"].split())
            if effect["mode"] == mode[line["link"]] and (not anchors or anchors & set(parties)):
                found.append((link, parties, effect))
    return _laid_out(found, crossed)


def _laid_out(found: Sequence[tuple[int, list[str], dict[str, str]]], crossed: Array) -> Borders:
    most = max(len(parties) for _, parties, _ in found)
    padded = [[*parties, *[parties[0]] * (most - len(parties))] for _, parties, _ in found]
    link = np.array([link for link, _, _ in found], dtype=np.intp)
    rank = np.array([(link[:row] == at).sum() for row, at in enumerate(link)])

    def column(name: str) -> Array:
        return np.array([[float(effect[name])] for _, _, effect in found])

    return Borders(
        link=link,
        organisation=np.array(
            [axes.ORGANISATIONS.index(effect["organisation"]) for _, _, effect in found], np.intp
        ),
        parties=np.array([[STATES.index(code) for code in row] for row in padded], np.intp).T,
        border=column("border"),
        outside=column("outside"),
        freight=column("freight"),
        slots=tuple(np.flatnonzero(rank == slot) for slot in range(int(rank.max()) + 1)),
        crossed=crossed,
    )


def memberships(when: Array) -> Array:
    """Return status 0, 0.5 or 1 (organisation, state, quarter) by the dates of the table.

    ``when`` (quarter,): middles of quarters, in years; states as in ``STATES``.
    """
    status = np.zeros((len(axes.ORGANISATIONS), len(STATES), len(when)))
    for row in sorted(read_table("memberships"), key=lambda r: r["date"]):
        name = "EAEU" if row["organisation"] in UNION else row["organisation"]
        if name not in axes.ORGANISATIONS or row["country"] not in STATES:
            continue
        year, month, day = (int(part) for part in row["date"].split("-"))
        since = year + (month - 1) / 12 + (day - 1) / 365
        if row["organisation"] == "CUSTOMS_UNION" and float(row["status"]) == 0.0:
            continue  # succeeded by the union, not left
        cell = axes.ORGANISATIONS.index(name), STATES.index(row["country"])
        status[cell][when >= since] = float(row["status"])
    return status


def spillover() -> Array:
    """Return how far Afghanistan's conflict reaches each link, (link, 1)."""
    share = np.zeros((len(axes.LINKS), 1))
    for row in read_table("afghan_spillover"):
        share[axes.LINKS.index(row["link"])] = float(row["share"])
    return share


def dated(series: str, first: Quarter, quarters: int) -> Array:
    """Return a dated series of ``political_record.csv``, one level a quarter from ``first`` on."""
    level = np.zeros(quarters)
    rows = [row for row in read_table("political_record") if row["series"] == series]
    for row in rows:
        since = Quarter.parse(row["from"]) - first
        level[max(since, 0) :] = float(row["level"])
    return level
