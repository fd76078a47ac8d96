"""Relations: everything that passes between powers and hosts, before the run and in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.clock import PER_YEAR
from steppe.environment.capital import Capital
from steppe.environment.construction import Construction
from steppe.environment.diplomacy import Diplomacy
from steppe.environment.insecurity import Insecurity
from steppe.environment.lending import Lending
from steppe.environment.logistics import Logistics
from steppe.environment.organisations import Organisations
from steppe.environment.outlook import Outlook
from steppe.environment.passage import Passage
from steppe.environment.plants import Plants
from steppe.environment.telling import Teller
from steppe.environment.works import Works
from steppe.laws import consortia, motives
from steppe.laws.links import Changes
from steppe.parameters import Values
from steppe.streams import Draws
from steppe.world.base import uranium_part
from steppe.world.offers import no_offers
from steppe.world.setting import Setting
from steppe.world.state import State
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]
Draw = Callable[[str, int], Draws[Any]]

P, H, W, S = len(axes.POWERS), len(axes.HOSTS), len(axes.WINDOWS), len(axes.SECTORS)
RESURVEY = 8
"""Quarters after which the powers look anew at which links their trade relies on."""
PRIOR_OFFERS = 500.0
"""Offers, mn USD, as much as which what is expected of acceptance weighs."""
_UNION = axes.ORGANISATIONS.index("EAEU")
_PLANTS = axes.SECTORS.index("power")
_RUSSIA = axes.POWERS.index("RUS")
_CHABAHAR = axes.LINKS.index("chabahar_mashhad")
_WARY = [f"{{power}}.wary_of_{axes.NAMES[code]}" for code in axes.POWERS]
_CHINA, _TURKEY = axes.POWERS.index("CHN"), axes.POWERS.index("TUR")


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
        base_values: Values,
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
            self.money, self.politics, self.works, values, self.log, uniform, setting.unrest
        )
        self.lending = Lending(self.money, values, self.log, setting.debt)
        self.capital = Capital(self.money, values, outlook.base_quarters)
        self.plants = Plants(setting, uranium_part(outlook.base), state, values)
        self.construction.sector_risk = self.plants.risk
        self.insecurity = Insecurity(setting, values, base_values)
        self.diplomacy = Diplomacy(setting, self.politics, self.money, values, self.insecurity)
        self.organisations = Organisations(setting, values, base_values, outlook.past.quarters - 1)
        self.base_union = base_values.over("{host}.eaeu").copy()
        """Membership of the customs union that the base year's figures hold, (host, member)."""
        self.pressure_seen = self.politics.pressure.copy()
        """Russia's pressure at the end of the last quarter, (host, member)."""
        self.wish = np.zeros_like(self.politics.accession)
        """What hosts decide about the customs union this quarter, (host, member)."""
        self.passage = Passage(
            logistics.network, state, values, self.works, self.organisations, self.insecurity
        )
        self.teller = Teller(self.log, setting, self.works, self.diplomacy, state.members)
        members = state.members
        self._numbers = {
            "count": chances("offer_count", P * W * H),
            "sector": chances("offer_sector", P * W * H),
            "accept": chances("acceptance", P * W * H),
            "size": normals("offer_size", P * W * H),
        }
        self._numbers_of_pilots = chances("consortium", P * W * H)
        self._choices = chances("accession", H).whole()
        self.affinity = normals("affinity", P * H)[0].reshape(P, H, members)
        self.credit_cycle = np.ascontiguousarray(chances("credit_cycle", 1).whole()[:, 0])
        self.moods = np.ascontiguousarray(normals("mood", 1).whole()[:, 0])
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
        self.unpredictable = np.zeros((P, members))
        """Spread of each power's moods as its partners see it, (power, member), by the powers."""
        self.wary = np.zeros((P, P, members))
        """How much each power minds the influence of each, (power, other, member)."""
        self.may_pilot = np.zeros((P, P, members), bool)
        """Whose contractors a power may build with, (financier, pilot, member)."""
        self.menace = np.zeros((P, P, members))
        """What a financier's rivals weigh in a pilot's economy, (financier, pilot, member)."""
        self.hazard = np.zeros((P, H, members))
        """Chance of cancellation that powers reckon with in negotiations, (power, host, member)."""
        self.served = np.zeros((P, H, members))
        """Part of its own trade that a power's works in each host serve, (power, host, member)."""
        self.around: Surroundings
        self.crowding = np.ones((H, S, members))
        """What capital in place leaves of the income from more, (host, sector, member)."""
        self.lent = self.lending.lent()
        """Part of an offer that is lent, (power, host, window, member)."""
        self.quarter, self.t = -1, -1
        self._offered, self._agreed = np.zeros((2, P, W, H, members))
        self._look_at_routes()

    @property
    def first(self) -> bool:
        """Tell whether this is the first quarter of the record."""
        return self.quarter == 0

    def observe(self, quarter: int, t: int, deflator: Array, year: float) -> None:
        """Take in the quarter: incomes, trade, routes and the random numbers of choices."""
        self.quarter, self.t = quarter, t
        self.pressure_seen = self.politics.pressure.copy()
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
        self.plants.survey(quarter, t > 0)
        self.lent = self.lending.lent()
        self._know_partners()
        shape = P, W, H, self.state.members
        self.drawn = {
            name: numbers[quarter].reshape(shape).astype(np.float64, copy=False)
            for name, numbers in self._numbers.items()
        }
        self.drawn_pilots = self._numbers_of_pilots[quarter].reshape(shape)

    def _know_partners(self) -> None:
        """Weigh who is whose rival, in whose economy, and who may therefore build for whom."""
        values, setting, quarter = self.values, self.setting, self.quarter
        for other, wary in enumerate(_WARY):
            self.wary[:, other] = values.over(wary)
        self.may_pilot = consortia.may_pilot(self.wary, values["consortia.wariness_limit"])
        weight = consortia.rival_weight(
            setting.rival_trade[:, :, quarter],
            self.around.gdp,
            setting.rival_finance[:, :, quarter],
        )
        weight[_CHINA, _TURKEY] += values["turkey.chinese_weight"]
        self.menace = consortia.menace(self.wary, weight)

    def size_up(self) -> None:
        """Reckon with the risk of works as it stands, before anybody negotiates."""
        self.hazard = self.construction.hazard(self.quarter, self.t)

    def settle(self) -> None:
        """Build and pay what is under way, begin what was agreed, serve debts, renew capital."""
        if self.first:
            self.construction.inherit(self.inherited, self.offers.sector)
        self.politics.accession[:] = self.wish
        self._build_abroad()
        load = self.passage.load() if self.t >= 0 else self.state.link_volume
        self.construction.build(self.quarter, self.t, self.around.deflator, load)
        self.construction.commit(self.offers, self.quarter, self.t)
        self._offered += self.expected
        self._agreed += np.where(self.offers.accepted, self.offers.amount, 0.0)
        self.lending.serve(self.around, self.t)
        self.capital.renew(self.around)
        if self.t >= 0:
            works = self.money.completed_sectors[:, :, _PLANTS]
            self.plants.renew(np.add.reduce(works, axis=0), self.around.prices)

    def evolve(self) -> None:
        """Carry influence into the next quarter."""
        self.diplomacy.evolve(self.around, self.quarter, self.t)
        if self.t < 0:
            taken = self.offers_taken()
            self.capital.remember(self.quarter, self.expected * taken, self.expected_works * taken)
        else:
            self.teller.tell(self.quarter, self.t)

    def start(self) -> None:
        """Begin the run: what was disbursed lately is what the base year's figures hold already."""
        self.capital.start(self.state.base_gdp[axes.HOST, None])
        self.diplomacy.start(self.quarter)
        self.plants.start()
        self.pressure_before = self.politics.pressure.copy()

    def links(self) -> Changes:
        """Return what works, organisations, unrest, conflict and pressure change on the links.

        Called before the quarter is taken in: memberships and pressure are the last quarter's.
        """
        return self.passage.changes(
            self.quarter, self.t, self.diplomacy.customs_union(), self.pressed()
        )

    def pressed(self) -> Array:
        """Return the pressure on each host beyond what the base year held, 0-1, (host, member).

        Nobody is pressed further than it stands outside the union.
        """
        outside = 1.0 - self.diplomacy.union(self.quarter, self.t)
        pressure = np.minimum(self.politics.pressure, outside)
        beyond: Array = np.maximum(pressure - self.pressure_before, 0.0)
        return beyond

    def decides_on_union(self) -> bool:
        """Tell whether hosts think about the union this quarter: once a year, if there is one."""
        exists = self.setting.members[_UNION, _RUSSIA, self.quarter] > 0.0
        due = self.t >= 0 and self.quarter % PER_YEAR == 0
        return bool(exists and due and self.values["organisations.endogenous"].any())

    def luck(self, host: int) -> Array:
        """Return the host's chance of the year in its decision on the union, 0-1, (member,)."""
        chance: Array = self._choices[self.quarter, host].astype(np.float64)
        return chance

    def lets_banks_through(self, link: int = _CHABAHAR) -> Array:
        """Return 1 where sanctions on a link let banks through, in the run, (member,)."""
        sanctions = self.values.over("link.{link}.sanctions")[link]
        allowed: Array = (sanctions <= self.values["india.sanctions_limit"]) * float(self.t >= 0)
        return allowed

    def note_pledges(self, power: int, announced: Array) -> None:
        """Write announcements (host, member) of a power into the chronicle."""
        self.teller.note_pledges(self.t, power, announced)

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
        self.teller.count(self.spent_abroad)

    def _look_at_routes(self) -> None:
        reliance = self.logistics.reliance()
        self.served[:] = 0.0
        for site in self.works.sites:
            if site.host >= 0:
                self.served[site.power, site.host] += site.share * reliance[site.power, site.link]
        self.diplomacy.transit = self.logistics.transit()
