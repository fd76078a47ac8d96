"""A power: its economy is exogenous; it weighs rivals, fills its purses and makes offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.country import Country
from steppe.clock import PER_YEAR
from steppe.environment.capital import BUILT
from steppe.laws import budgets, consortia, motives, offers
from steppe.world.offers import ALONE, ORDINARY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

P, H, S, W = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
CONCESSIONAL, COMMERCIAL = range(W)
MOTIVES = ("return", "security", "balance", "network", "need", "caution")
HYDROCARBONS = axes.SECTORS.index("hydrocarbons")
AID = tuple(motive for motive in MOTIVES if motive != "security")
"""Motives of concessional money: it finances nothing that secures supplies."""
ALIKE = "security", "balance"
"""Motives whose unit is the same for every power: one without fuel imports has none to secure."""
EXTRACTION = [HYDROCARBONS, axes.SECTORS.index("minerals")]
TRANSPORT = axes.SECTORS.index("transport")
PLEDGE_UNIT = 200.0
"""Open pledges, mn USD, that pull like one log of two."""
LEAST_CULTURE = 0.01
SCHOOLS = axes.SECTORS.index("education_culture")
SOLO, JOINT = axes.MODES.index("solo"), axes.MODES.index("consortium")
JOINTLY_BUILT = np.isin(axes.SECTORS, ("hydrocarbons", "power", "transport", "chemicals"))
"""Sectors whose large works are complex enough to need builders who know the host."""
MOST_ABROAD = 0.5
"""Part of the commercial authority of a quarter that works in transit countries take at most."""


class Power(Country):
    """Japan, China, Russia, Turkey or India; the subclasses say how each differs.

    What a subclass may change: :meth:`stir` (what moves in it), :meth:`appetite` (how much money),
    :meth:`emergency` (money beyond budgets), :meth:`screen` (what it does not finance),
    :meth:`leaning` (where else it is drawn), :meth:`wariness` (whom it minds), :meth:`at_stake`
    (which supplies it fears for), :meth:`propose` (what is no ordinary offer), :meth:`abroad`
    (works in transit countries), :meth:`minds` (whose bids it opposes), :meth:`steadiness` (how
    firmly it stands by its projects), :meth:`unpredictability` (what partners must expect of it),
    :meth:`secured` (loans against resources).
    """

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        self.power = axes.POWERS.index(code)
        v, p = model.values, self.power
        self.weights = {
            window: {motive: v.over(f"{{power}}.{window}_{motive}")[p] for motive in motives_of}
            for window, motives_of in zip(axes.WINDOWS, (AID, MOTIVES), strict=True)
        }
        self.wary = [v.over(f"{{power}}.wary_of_{axes.NAMES[other]}")[p] for other in axes.POWERS]
        self.rate = [v.over(f"{{power}}.{window}_budget")[p] for window in axes.WINDOWS]
        self.mean_offer = [v.over(f"{{power}}.{window}_offer")[p] for window in axes.WINDOWS]
        self.loan_rate = v.over("loan_rate.{pair}").reshape(P, H, -1)[p]
        self.scale: list[Array] = []
        self.first_grant = np.zeros((W, model.state.members))

    # --- what a subclass may change --------------------------------------------------------------

    def stir(self) -> None:
        """Move what moves in it before it decides."""

    def wariness(self) -> Array:
        """Return how much it minds each other power, (power, member)."""
        return np.stack(self.wary)

    def at_stake(self) -> Array:
        """Return what it has at stake in foreign supplies, (sector, member) or (sector, 1)."""
        stake: Array = self.model.relations.setting.at_stake[self.power][:, None]
        return stake

    def emergency(self) -> Array | float:
        """Return what it grants for business beyond its budget this quarter, mn USD, (member,)."""
        return 0.0

    def propose(self) -> None:
        """Put on the table what is no offer of a window, and reserve its money."""

    def appetite(self) -> Array:
        """Return the factor of its own affairs on the budgets, (member,) or (window, member)."""
        return np.ones(self.model.state.members)

    def screen(self, risk: Array) -> Array | float:
        """Return 1 where it offers commercial money, else 0, by country risk (host, member)."""
        return 1.0

    def leaning(self, window: int) -> Array | float:
        """Return what else draws its money to a host, in units of motives, (host, member)."""
        return 0.0

    def abroad(self) -> Array | float:
        """Return what it spends on works in transit countries this quarter, mn USD, (member,)."""
        return 0.0

    def minds(self) -> Array | float:
        """Return how far it minds others' bids, 0-1, (power, sector, member)."""
        return 0.0

    def steadiness(self) -> Array | float:
        """Return the factor on the cancellation of its projects, (member,)."""
        return 1.0

    def unpredictability(self) -> Array | float:
        """Return the spread of its moods as its partners see it, (member,)."""
        return 0.0

    def secured(self) -> Array | float:
        """Return the part of debts to it that resources secure, (host, member)."""
        return 0.0

    # --- the phases ------------------------------------------------------------------------------

    def observe(self) -> None:
        self.model.economy.advance(self.region)

    def decide(self) -> None:
        """Weigh the rivals, fill the purses, make offers."""
        m, p = self.model, self.power
        self.stir()
        m.relations.secured[p] = self.secured()
        m.relations.construction.steadiness[p] = self.steadiness()
        m.relations.unpredictable[p] = self.unpredictability()
        m.relations.opposition[p] = self.minds()
        self._weigh_rivals()
        self._fund()
        self.propose()
        risk = self._risk()
        fields = self._motives(risk)
        for window in range(W):
            self._offer(window, fields, risk)

    def known_by_pilots(self) -> Array:
        """Return how well the best of its possible pilots knows each host, (host, member)."""
        relations = self.model.relations
        known = relations.politics.embedded * self.model.values["consortia.reach"]
        allowed = relations.may_pilot[self.power, :, None]
        result: Array = np.maximum.reduce(np.where(allowed, known, 0.0), axis=0)
        return result

    def seek_pilot(self) -> None:
        """Look for a pilot for each large and complex work that it offers alone (negotiate, 1).

        The pilot is the one of the largest surplus; whether it comes about is chance.
        """
        m, p, v = self.model, self.power, self.model.values
        relations, table = m.relations, m.relations.offers
        table.pilot[p], table.fee[p] = ORDINARY, 0.0
        large = table.amount[p] >= v["consortia.least"] * relations.around.prices
        large &= JOINTLY_BUILT[table.sector[p]] & (table.mode[p] == SOLO)
        place = np.nonzero(large)
        window, host, member = place
        if not len(member):
            return
        table.pilot[p][place] = ALONE
        if not relations.may_pilot[p].any():
            return
        surplus, pilot = self._best_pilot(table.sector[p][place], host, member)
        chance = consortia.probability(surplus, v["consortia.noise"][member])
        chance = chance * v["consortia.possible"][member]
        forms = (pilot >= 0) & (relations.drawn_pilots[p][place] < chance)
        place = window[forms], host[forms], member[forms]
        fee = consortia.fee(surplus, v["consortia.bargaining"][member])
        table.mode[p][place], table.pilot[p][place] = JOINT, pilot[forms]
        table.fee[p][place] = fee[forms] * table.amount[p][place]

    def _best_pilot(
        self, sector: NDArray[np.intp], host: NDArray[np.intp], member: NDArray[np.intp]
    ) -> tuple[Array, NDArray[np.intp]]:
        """Return the surplus of the best pilot for each work and who it is, (work,) each.

        A pilot knows the host better than the financier does; -1 where nobody may be one.
        """
        m, p, v = self.model, self.power, self.model.values
        relations, embedded = m.relations, m.relations.politics.embedded
        best, who = np.full(len(member), -np.inf), np.full(len(member), -1, np.intp)
        hazard = relations.hazard[p, host, member] * consortia.alone(
            embedded[p, host, member], v["consortia.alone"][member]
        )
        years = v.over("projects.years.{sector}")[sector, member]
        lost = consortia.loss(hazard, years)
        effect, reach = v["consortia.pilot_effect"][member], v["consortia.reach"][member]
        for pilot in np.flatnonzero(relations.may_pilot[p].any(axis=1)):
            known = reach * embedded[pilot, host, member]
            joint = consortia.loss(
                hazard * consortia.relief(known, effect), years * v["consortia.haste"][member]
            )
            surplus = consortia.gain(
                lost, joint, v["consortia.loss_borne"][member], v["consortia.access"][member], known
            ) - consortia.cost(
                v["consortia.cost"][member],
                v["consortia.unpredictability"][member],
                relations.unpredictable[pilot, member],
                v["consortia.rival_weight"][member],
                relations.menace[p, pilot, member],
            )
            useful = relations.may_pilot[p, pilot, member] & (known > embedded[p, host, member])
            surplus = np.where(useful, surplus, -np.inf)
            better = surplus > best
            best[better], who[better] = surplus[better], pilot
        return best, who

    def _weigh_rivals(self) -> None:
        m, p = self.model, self.power
        politics = m.relations.politics
        politics.threat[p] = budgets.threat(self.wariness(), politics.share, p)
        if m.relations.first:
            politics.threat_before[p] = politics.threat[p]

    def _fund(self) -> None:
        """Let authority lapse, grant the quarter's and pay for works abroad."""
        m, p, money, v = self.model, self.power, self.model.relations.money, self.model.values
        politics = m.relations.politics
        response = v["powers.balancing"] * v.over("{power}.rivalry_response")[p]
        factor = (
            m.relations.setting.ramp[p, m.relations.quarter]
            * v.over("{power}.budget")[p]
            * budgets.rivalry(response, politics.threat[p], politics.threat_before[p])
            * self.appetite()
        )
        granted = budgets.grant(np.stack(self.rate), m.relations.around.gdp[self.region], factor)
        granted[CONCESSIONAL] *= m.relations.insecurity.aid_factor(
            p, m.relations.quarter, m.relations.t
        )
        self._take_up_pledges(granted)
        granted[COMMERCIAL] += self.emergency()
        if m.relations.first:
            self.first_grant = granted
            granted = budgets.opening_purse(
                granted, v.over("{power}.spending_time")[p], v["powers.lapse"]
            )
        lapsed = v["powers.lapse"] * money.purse[p]
        money.purse[p] += granted - lapsed
        money.granted[p] += granted
        money.lapsed[p] += lapsed
        spent = np.minimum(self.abroad(), MOST_ABROAD * granted[COMMERCIAL])
        spent = np.minimum(spent, money.purse[p, COMMERCIAL])
        money.purse[p, COMMERCIAL] -= spent
        money.spent[p, COMMERCIAL] += spent
        money.abroad[p, COMMERCIAL] += spent
        m.relations.spent_abroad[p] = spent

    def _take_up_pledges(self, granted: Array) -> None:
        """Let open pledges fade; a part of what fades is new commercial authority."""
        m, p, money, v = self.model, self.power, self.model.relations.money, self.model.values
        known = m.relations.setting.pledges[p, :, m.relations.quarter, None]
        announced = v.over("pledge.{pair}").reshape(P, H, -1)[p] * float(m.relations.t >= 0) + known
        money.pledged_now[p] = announced
        faded = np.minimum(v["powers.pledge_decay"] / PER_YEAR, 1.0) * money.pool[p]
        money.pool[p] += announced - faded
        granted[COMMERCIAL] += v["powers.pledge_conversion"] * np.add.reduce(faded, axis=0)
        m.relations.note_pledges(p, announced)

    def _risk(self) -> Array:
        """Return country risk, minus stability plus distress and unrest, (host, member)."""
        m, v = self.model, self.model.values
        distress = m.relations.money.distress * (1.0 - m.relations.secured[self.power])
        unrest = m.relations.insecurity.unrest(m.relations.quarter, m.relations.t)
        result: Array = -v.over("{host}.stability") + distress + unrest
        return result

    def _motives(self, risk: Array) -> list[list[Array]]:
        """Return the motives of each window, (host, sector, member), in units of their spread."""
        m, p, v = self.model, self.power, self.model.values
        s = m.relations.setting
        shape = (H, S, m.state.members)
        wanted, around = m.relations.plants.wanted, m.relations.around
        network = np.zeros(shape)
        network[:, TRANSPORT] = m.relations.served[p]
        common = [
            motives.security(self.at_stake(), s.potential[..., None]),
            motives.balance(m.relations.politics.threat[p])[:, None] * v["powers.balancing"],
            network,
            motives.need(around.gdp_per_head / around.prices, v["powers.poverty_line"], wanted),
            -risk[:, None],
        ]
        spread = v.over("{power}.commercial_spread")[p]
        rates = self.loan_rate, self.loan_rate + spread
        returns = [self._returns(rate) for rate in rates]
        if not self.scale:
            own = zip(MOTIVES, [returns[COMMERCIAL], *common], self._varies(), strict=True)
            self.scale = [
                np.ones(shape[-1]) if name in ALIKE else motives.spread(field[:, sectors])
                for name, field, sectors in own
            ]
        of_return, *of_common = self.scale
        common = [field / unit for field, unit in zip(common, of_common, strict=True)]
        return [[one / of_return, *common] for one in returns]

    @staticmethod
    def _varies() -> list[list[int] | slice]:
        """Return the sectors over which each motive differs: zeros elsewhere have no spread."""
        every, alike = slice(None), slice(0, 1)
        return [every, EXTRACTION, alike, [TRANSPORT], every, alike]

    def _returns(self, rate: Array) -> Array:
        """Return net present values per dollar, (host, sector, member); ``rate`` (host, member)."""
        m, v = self.model, self.model.values
        income = v.over("projects.income.{sector}") * m.relations.setting.endowment[..., None]
        income[:, EXTRACTION] *= m.relations.around.oil / m.relations.around.oil_usual
        income = income * m.relations.crowding
        hurdle = np.ones((S, m.state.members))
        hurdle[EXTRACTION] = v["projects.hurdle"]
        return motives.present_value(
            income, rate[:, None], v.over("projects.years.{sector}"), v["projects.life"], hurdle
        )

    def _offer(self, window: int, fields: list[list[Array]], risk: Array) -> None:
        """Draw the window's offers to each host and put them on the table."""
        m, p, v = self.model, self.power, self.model.values
        relations = m.relations
        around, drawn, gdp = relations.around, relations.drawn, relations.around.gdp[axes.HOST]
        purse = relations.money.purse[p, window] - relations.reserved[p, window]
        if window == CONCESSIONAL:
            allowed = motives.graduation(
                around.gdp_per_head / around.prices, v["powers.graduation"]
            )
        else:
            allowed = np.broadcast_to(self.screen(risk), gdp.shape)
        weight = relations.setting.profile[p, window][:, None] * allowed[:, None]
        weight = weight * (1.0 - relations.plants.withheld)
        weight[:, SCHOOLS] *= v.over("{power}.schooling")[p]
        shares = motives.choice(self._utility(window, fields[window]), weight)
        host_share = np.add.reduce(shares, axis=1)
        built = np.add.reduce(shares[:, BUILT], axis=1) / np.maximum(host_share, 1e-12)
        if window == CONCESSIONAL:  # what richer hosts no longer get is not shifted to the others
            host_share = host_share * motives.kept(host_share, allowed)
        mean = offers.mean_size(self.mean_offer[window], gdp)
        rate = host_share * purse / (v.over("{power}.spending_time")[p] * mean)
        number = offers.count(rate, drawn["count"][p, window])
        package = offers.package(
            mean, number, v["powers.offer_spread"], drawn["size"][p, window], gdp
        )
        table, cell = relations.offers, (p, window)
        table.amount[cell] = offers.trim(package, mean, purse, relations.quarter % H)
        average = host_share * purse / v.over("{power}.spending_time")[p]
        relations.expected[cell] = average
        relations.expected_works[cell] = average * built
        table.sector[cell], left = offers.sector(shares, drawn["sector"][cell])
        table.mode[cell] = left < offers.beside_banks(
            v.over("{power}.multilateral_share")[p],
            risk - v["powers.usual_risk"],
            v["powers.multilateral_risk"],
        )
        if relations.first:
            taken = v["hosts.expected_acceptance"]
            relations.inherited[cell] = taken * host_share * self.first_grant[window]

    def _utility(self, window: int, fields: list[Array]) -> Array:
        """Return U = alpha ln Y + pledges + (sum a z + ties of culture and its own)/T.

        ``fields`` the motives z (host, sector, member) each; result (host, sector, member).
        """
        m, p, v = self.model, self.power, self.model.values
        around, relations = m.relations.around, m.relations
        pull = np.zeros((H, S, m.state.members))
        for motive, weight in self.weights[axes.WINDOWS[window]].items():
            pull += weight * fields[MOTIVES.index(motive)]
        culture = np.maximum(v.over("culture.{pair}").reshape(P, H, -1)[p], LEAST_CULTURE)
        near = v["powers.affinity"] * relations.affinity[p] + v["powers.kinship"] * np.log(culture)
        pull += (near + self.leaning(window) + self._drawn(window))[:, None]
        size = v.over("{power}.size_preference")[p] * np.log(around.gdp[axes.HOST])
        if window == COMMERCIAL:  # pledges are business deals
            pool = relations.money.pool[p] / (PLEDGE_UNIT * around.prices)
            size = size + v["powers.pledge_pull"] * np.log1p(pool)
        result: Array = size[:, None] + pull / v["powers.temperature"]
        return result

    def _drawn(self, window: int) -> Array:
        """Return what organisations (business) and Afghanistan (aid) add to the pull of hosts.

        In units of motives, (host, member).
        """
        relations, p = self.model.relations, self.power
        if window == COMMERCIAL:
            pull: Array = relations.diplomacy.attraction[p]
            return pull
        return relations.insecurity.aid_pull(p, relations.quarter, relations.t)
