"""Relations: everything that passes between powers and hosts, before the run and in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.clock import PER_YEAR
from steppe.environment.capital import Capital
from steppe.environment.construction import Construction
from steppe.environment.diplomacy import Diplomacy
from steppe.environment.lending import Lending
from steppe.environment.logistics import Logistics
from steppe.environment.outlook import Outlook
from steppe.environment.works import Works
from steppe.laws import motives
from steppe.laws.corridors import Changes
from steppe.parameters import Values
from steppe.world.offers import no_offers
from steppe.world.setting import Setting
from steppe.world.state import State
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]
Draw = Callable[[str, int], Array]

P, H, W, S = len(axes.POWERS), len(axes.HOSTS), len(axes.WINDOWS), len(axes.SECTORS)
RESURVEY = 8
"""Quarters after which the powers look anew at which links their trade relies on."""
_PRESSED = [axes.LINKS.index(x) for x in ("moscow_saryagash_rail", "moscow_beyneu_rail")]
"""Railways from Russia towards the hosts outside the union."""
PRIOR_OFFERS = 500.0
"""Offers, mn USD, as much as which what is expected of acceptance weighs."""
ENOUGH = 0.99
"""Membership of the union, 0-1, that counts as joined."""
_UNION = axes.ORGANISATIONS.index("EAEU")
_CHABAHAR = axes.LINKS.index("chabahar_mashhad")


class Relations:
    """Money and influence of a chunk, moved quarter by quarter.

    Quarters are counted from the start of the record (``quarter``); ``t`` counts those of the run
    and is negative before it.  ``normals(process, cells)`` and ``chances(process, cells)`` give the
    random numbers of the whole record, (quarter, cell, member).
    """

    def __init__(
        self,
        setting: Setting,
        outlook: Outlook,
        logistics: Logistics,
        state: State,
        values: Values,
        normals: Draw,
        chances: Draw,
    ) -> None:
        self.setting, self.outlook, self.logistics = setting, outlook, logistics
        self.state, self.values = state, values
        self.money, self.politics = state.money, state.politics
        self.log = Log()
        self.works = Works(
            state,
            values.over("link.{link}.completion"),
            values.over("link.{link}.open").copy(),
        )
        uniform = chances("construction", 2 * P * H)
        self.construction = Construction(
            self.money, self.politics, self.works, values, self.log, uniform
        )
        self.lending = Lending(self.money, values, self.log, setting.debt)
        self.capital = Capital(self.money, values, outlook.base_quarters)
        self.diplomacy = Diplomacy(setting, self.politics, self.money, values)
        members = state.members
        self._numbers = {
            "count": chances("offer_count", P * W * H),
            "sector": chances("offer_sector", P * W * H),
            "accept": chances("acceptance", P * W * H),
            "size": normals("offer_size", P * W * H),
        }
        self._passed = 0
        self.affinity = normals("affinity", P * H)[0].reshape(P, H, members)
        self.credit_cycle = chances("credit_cycle", 1)[:, 0]
        self.moods = normals("mood", 1)[:, 0]
        self.offers = no_offers(members)
        self.pressure_before = np.zeros((H, members))
        """Russia's pressure that the base year's transport holds already, (host, member)."""
        self.expected = np.zeros((P, W, H, members))
        """Money that the quarter's offers amount to on average, (power, window, host, member)."""
        self.expected_works = np.zeros((P, W, H, members))
        """The part of it for infrastructure."""
        self.inherited = np.zeros((P, W, H, members))
        """Flow of commitments before the record, (power, window, host, member) mn USD/quarter."""
        self.reserved = np.zeros((P, W, members))
        """Part of a purse that is kept for a proposal of its own kind, (power, window, member)."""
        self.spent_abroad = np.zeros((P, members))
        """Spent on works in transit countries this quarter, (power, member) mn USD."""
        self.secured = np.zeros((P, H, members))
        """Part of each debt that resources secure, (power, host, member)."""
        self.opposition = np.zeros((P, P, S, members))
        """How far each rival minds each power's bids, (rival, power, sector, member)."""
        self.served = np.zeros((P, H, members))
        """Part of its own trade that a power's works in each host serve, (power, host, member)."""
        self.around: Surroundings
        self.crowding = np.ones((H, S, members))
        """What capital in place leaves of the income from more, (host, sector, member)."""
        self.lent = self.lending.lent()
        """Part of an offer that is lent, (power, host, window, member)."""
        self.quarter, self.t = -1, -1
        self._offered, self._agreed = np.zeros((2, P, W, H, members))
        self._spent_this_year = np.zeros((P, members))
        self._opened = self.works.opened()
        self._union = values.over("{host}.eaeu") > ENOUGH
        self._look_at_routes()

    @property
    def first(self) -> bool:
        """Tell whether this is the first quarter of the record."""
        return self.quarter == 0

    def observe(self, quarter: int, t: int, deflator: Array, year: float) -> None:
        """Take in the quarter: incomes, trade, routes and the random numbers of choices."""
        self.quarter, self.t = quarter, t
        inflation = self.values["growth.dollar_inflation"]
        if t < 0:
            self.around = self.outlook.before(quarter, inflation)
        else:
            self.around = self.outlook.now(year, deflator, inflation)
            if t % RESURVEY == 0 and t > 0:
                self._look_at_routes()
        if self.first:
            self.diplomacy.begin(self.around, quarter, t)
        self.crowding = motives.crowding(
            np.add.reduce(self.money.operating, axis=0),
            self.around.gdp[axes.HOST] * MN_PER_BN,
            self.values["projects.absorption"],
        )
        self.lent = self.lending.lent()
        shape, place = (P, W, H, self.state.members), quarter - self._passed
        self.drawn = {
            name: numbers[place].reshape(shape).astype(np.float64)
            for name, numbers in self._numbers.items()
        }

    def settle(self) -> None:
        """Build and pay what is under way, begin what was agreed, serve debts, renew capital."""
        if self.first:
            self.construction.inherit(self.inherited, self.offers.sector)
        self._build_abroad()
        load = self._load() if self.t >= 0 else self.state.link_volume
        self.construction.build(self.quarter, self.t, self.around.deflator, load)
        self.construction.commit(self.offers, self.quarter, self.t)
        self._offered += self.expected
        self._agreed += np.where(self.offers.accepted, self.offers.amount, 0.0)
        self.lending.serve(self.around, self.t)
        self.capital.renew(self.around)

    def evolve(self) -> None:
        """Carry influence into the next quarter."""
        self.diplomacy.evolve(self.around, self.quarter, self.t)
        if self.t < 0:
            taken = self.offers_taken()
            self.capital.remember(self.quarter, self.expected * taken, self.expected_works * taken)
        else:
            self._tell()

    def start(self) -> None:
        """Begin the run: what was disbursed lately is what the base year's figures hold already."""
        self.capital.start(self.state.base_gdp[axes.HOST, None])
        self.diplomacy.start()
        self.pressure_before = self.politics.pressure.copy()
        self._passed = self.quarter + 1
        for name, numbers in self._numbers.items():  # those of the past are not needed any more
            self._numbers[name] = numbers[self._passed :].copy()

    def links(self) -> Changes:
        """Return what works and pressure change on the links."""
        border = np.zeros_like(self.state.link_built)
        for link in _PRESSED:
            border[link] = self._pressed() * self.values["russia.pressure_days"]
        response = self.values["corridors.works_response"]
        return Changes(
            completion=response * self.state.link_built,
            capacity=response * self.state.link_added,
            opened=response * self.works.opened(),
            border_days=response * border,
        )

    def _pressed(self) -> Array:
        """Return the mean pressure on hosts outside the union beyond the base year's, (member,).

        The base year's days hold its own.
        """
        outside = 1.0 - self.diplomacy.union(self.quarter, self.t)
        beyond = np.maximum(self.politics.pressure - self.pressure_before, 0.0) * outside
        number = np.maximum(np.add.reduce(outside, axis=0), 1.0)
        result: Array = np.add.reduce(beyond, axis=0) / number
        return result

    def lets_banks_through(self, link: int = _CHABAHAR) -> Array:
        """Return 1 where sanctions on a link let banks through, in the run, (member,)."""
        sanctions = self.values.over("link.{link}.sanctions")[link]
        allowed: Array = (sanctions <= self.values["india.sanctions_limit"]) * float(self.t >= 0)
        return allowed

    def note_pledges(self, power: int, announced: Array) -> None:
        """Write announcements (host, member) of a power into the chronicle."""
        if self.t >= 0 and announced.any():
            host, member = np.nonzero(announced > 0.0)
            self.log.add(
                self.t, "announced", member, announced[host, member], power=power, host=host
            )

    def offers_taken(self) -> Array:
        """Return what hosts took so far of what offers amount to on average, 0-1.

        Trimming, caps and refusals included; (power, window, host, member).
        """
        expected = self.values["hosts.expected_acceptance"] * PRIOR_OFFERS
        taken: Array = (self._agreed + expected) / (self._offered + PRIOR_OFFERS)
        return np.minimum(taken, 1.0)

    def _build_abroad(self) -> None:
        """Put on the network what the powers spend in transit countries."""
        for power in np.flatnonzero(self.spent_abroad.any(axis=1)):
            money = self.spent_abroad[power] / self.around.deflator
            self.works.spend_abroad(int(power), money, self.lets_banks_through)
        self._spent_this_year += self.spent_abroad

    def _tell(self) -> None:
        """Write into the chronicle what opened, who joined what, and the year's works abroad."""
        opened = self.works.opened()
        link, member = np.nonzero(opened > self._opened)
        self.log.add(self.t, "opened", member, 0.0, link=link)
        self._opened = opened
        if (self.quarter + 1) % PER_YEAR == 0:
            power, member = np.nonzero(self._spent_this_year)
            amount = self._spent_this_year[power, member]
            self.log.add(self.t, "spent", member, amount, power=power)
            self._spent_this_year[:] = 0.0
        status = self.setting.members[:, :, self.quarter]
        change = status - self.setting.members[:, :, self.quarter - 1]
        everybody = np.arange(self.state.members)
        change[_UNION, axes.HOST] = 0.0  # told by the parameter below
        for body, region in np.argwhere(change != 0.0):
            kind = "joined" if status[body, region] == 1.0 else "left"
            if kind == "left" and change[body, region] > 0.0:
                continue  # an observer's seat
            place = {"power": region} if region < P else {"host": region - P}
            self.log.add(self.t, kind, everybody, 0.0, organisation=body, **place)
        union = self.values.over("{host}.eaeu") > ENOUGH
        for kind, which in (("joined", union & ~self._union), ("left", self._union & ~union)):
            host, member = np.nonzero(which)
            self.log.add(self.t, kind, member, 0.0, host=host, organisation=_UNION)
        self._union = union

    def _load(self) -> Array:
        """Return traffic over capacity of the links, (link, member)."""
        background = self.values.over("link.{link}.background")
        capacity = self.values.over("link.{link}.capacity") + self.state.link_added
        load: Array = (self.state.link_volume + background) / capacity
        return load

    def _look_at_routes(self) -> None:
        reliance = self.logistics.reliance()
        self.served[:] = 0.0
        for site in self.works.sites:
            if site.host >= 0:
                self.served[site.power, site.host] += site.share * reliance[site.power, site.link]
        self.diplomacy.transit = self.logistics.transit()
