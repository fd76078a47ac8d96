"""Construction: what was agreed is begun, paid and built, or cancelled, quarter by quarter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.environment import insecurity
from steppe.environment.portfolio import Ground, Index, Portfolio, flat_cell, unflat
from steppe.environment.works import Works
from steppe.laws import consortia, projects
from steppe.parameters import Values
from steppe.streams import Draws
from steppe.world.money import Money, by_window
from steppe.world.offers import ORDINARY, Offers
from steppe.world.politics import Politics

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)
_TRANSPORT = axes.SECTORS.index("transport")
_VOTES = axes.ISSUES.index("un_votes")
_KAZAKH_MINES = axes.MINERS.index("KAZ")
_PLANT = int(
    flat_cell(
        axes.POWERS.index("JPN"),
        np.array(axes.HOSTS.index("KAZ")),
        np.array(axes.SECTORS.index("minerals")),
        np.array(axes.WINDOWS.index("commercial")),
        np.array(axes.MODES.index("solo")),
    )
)
"""Where the equity of a plant of rare earths stands: Japan's business in Kazakh minerals."""
APART = 10_000.0
"""Phase of plants beyond the quarter: their draws are not those of an offer of the same quarter."""


class Plants:
    """What Japan proposes to Kazakhstan: a plant of rare earths in each member, or none.

    ``size`` kt/yr and ``equity`` mn USD, 0 where nothing is proposed, written by Japan; ``agreed``
    by Kazakhstan, all (member,).
    """

    def __init__(self, members: int) -> None:
        self.size, self.equity = np.zeros((2, members))
        self.agreed = np.zeros(members, bool)


class Construction:
    """Projects of every member; their money is booked in ``money``.

    ``uniform`` (quarter, 2 x power x host, member) 0-1: two numbers a pair; ``unrest_before``
    (host, quarter): unrest dated before the run.
    """

    def __init__(
        self,
        money: Money,
        politics: Politics,
        works: Works,
        values: Values,
        log: Log,
        uniform: Array | Draws[Any],
        unrest_before: Array | None = None,
    ) -> None:
        self.money, self.politics, self.works = money, politics, works
        self.values, self.log, self.uniform = values, log, uniform
        members = money.due.shape[-1]
        if unrest_before is None:
            unrest_before = np.zeros((H, len(uniform)))
        self.unrest_before = unrest_before
        self.portfolio = Portfolio(money, members)
        self.sector_risk: Array | None = None
        """Factor on cancellations by host and sector, (host, sector, member); None for one."""
        self.proposal = Plants(members)
        self._begun = np.zeros(members)
        self.steadiness = np.ones((P, members))
        """Factor of each power on its cancellations, (power, member), written by the powers."""

    def build(self, quarter: int, t: int, deflator: Array, load: Array) -> None:
        """Advance, pay, complete and cancel; completed transport goes on the network in the run.

        ``quarter`` counts from the start of the record, ``t`` from that of the run; ``deflator``
        (member,) dollar prices over the base year's; ``load`` (link, member) traffic over capacity.
        """
        values, money = self.values, self.money
        speed = projects.advance_probability(values.over("projects.years.{sector}"))
        solo = self.hazard(quarter, t)
        hazard = np.stack([solo, solo * values["projects.multilateral_hazard"], solo], axis=2)
        uniform = self.uniform[quarter].reshape(2, P, H, -1)
        years = values.over("rare_earths.build_years.{miner}")[_KAZAKH_MINES]
        done, where, size, stopped, there, unpaid = self.portfolio.build(
            speed,
            hazard,
            uniform,
            self.ground(),
            self.sector_risk,
            projects.advance_probability(years),
        )
        completed = money.completed_sectors
        money.operating += completed
        if t < 0:
            return  # the base year's links hold what was built before
        self._note(t, "completed", done, where, size)
        self._note(t, "cancelled", stopped, there, unpaid)
        self.works.spend(completed[:, :, _TRANSPORT] / deflator, load)

    def hazard(self, quarter: int, t: int) -> Array:
        """Return the chance that a power's own work is cancelled in a quarter, before its builders.

        (power, host, member).
        """
        values = self.values
        return projects.hazard(
            values["projects.hazard"],
            values.over("{host}.stability"),
            insecurity.unrest(self.unrest_before, values, quarter, t),
            self.money.distress,
            self.politics.alignment[_VOTES],
            values["projects.alignment_effect"],
            self.steadiness[:, None],
        )

    def ground(self) -> Ground:
        """Return what builders who know the hosts, or do not, do to large works."""
        values, embedded = self.values, self.politics.embedded
        return Ground(
            alone=consortia.alone(embedded, values["consortia.alone"]),
            relief=consortia.relief(
                values["consortia.reach"] * embedded, values["consortia.pilot_effect"]
            ),
            haste=values["consortia.haste"],
        )

    def inherit(self, flow: Array, sector: NDArray[np.intp]) -> None:
        """Begin the record with works in every stage, as a steady flow would have left them.

        ``flow`` mn USD/quarter committed (power, window, host, member) and its ``sector``; a stage
        lasts as many quarters as the whole takes years.  It is booked as granted and spent.
        """
        money, years = self.money, self.values.over("projects.years.{sector}")
        place = np.nonzero(flow > 0.0)
        power, window, host, member = map(np.ascontiguousarray, place)
        kind = sector[place]
        amount = flow[place] * years[kind, member]
        cell = flat_cell(power, host, kind, window, np.zeros_like(kind))
        for stage in range(projects.STAGES):
            self.portfolio.inherit(cell, member, stage, amount)
        begun = np.add.reduce(by_window(money.committed), axis=1)
        money.granted += begun
        money.spent += begun

    def commit(self, offers: Offers, quarter: int, t: int) -> None:
        """Begin what was accepted and take it from the purses."""
        money = self.money
        place, cell, amount = self._chosen(offers, offers.accepted)
        member, pilot = np.ascontiguousarray(place[-1]), offers.pilot[place]
        fee = offers.fee[place]
        phase, plant = np.full(len(cell), float(quarter)), np.zeros(len(cell))
        agreed = np.flatnonzero(self.proposal.agreed)
        self._begun = size = self.proposal.size * self.proposal.agreed
        if len(agreed):
            alone = np.full(len(agreed), ORDINARY)
            cell = np.append(cell, np.full(len(agreed), _PLANT))
            member, pilot = np.append(member, agreed), np.append(pilot, alone)
            amount = np.append(amount, self.proposal.equity[agreed])
            fee, plant = np.append(fee, np.zeros(len(agreed))), np.append(plant, size[agreed])
            phase = np.append(phase, np.full(len(agreed), quarter + APART))
        self.portfolio.commit(cell, member, amount, phase, pilot, fee, plant)
        spent = np.add.reduce(by_window(money.committed_now), axis=1)
        money.spent += spent
        money.purse[:] = np.maximum(money.purse - spent, 0.0)  # rounding of a purse spent whole
        if t >= 0:
            joint = pilot >= 0
            self._note(
                t, "consortium", cell[joint], member[joint], amount[joint], partner=pilot[joint]
            )
            self._note(t, "committed", cell, member, amount)
            place, cell, amount = self._chosen(offers, ~offers.accepted)
            self._note(t, "refused", cell, place[-1], amount)

    def plants(self) -> tuple[Array, Array, Array]:
        """Return plants of rare earths begun, completed and given up, kt/yr (member,) each."""
        return self._begun, self.portfolio.built, self.portfolio.abandoned

    @staticmethod
    def _chosen(offers: Offers, which: NDArray[np.bool_]) -> tuple[tuple[Index, ...], Index, Array]:
        """Return places, cells and amounts of the offers that were made among ``which``."""
        place = np.nonzero(which & (offers.amount > 0.0))
        power, window, host, _ = place
        cell = flat_cell(power, host, offers.sector[place], window, offers.mode[place])
        return place, cell, offers.amount[place]

    def _note(
        self,
        t: int,
        kind: str,
        cell: Index,
        member: Index,
        amount: Array,
        partner: Index | int = -1,
    ) -> None:
        if len(cell):
            power, host, sector, window, mode = unflat(cell)
            self.log.add(
                t,
                kind,
                member,
                amount,
                power=power,
                host=host,
                sector=sector,
                window=window,
                mode=mode,
                partner=partner,
            )
