"""Diplomacy: how influence stands after a quarter, and what positions hosts take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.environment.insecurity import Insecurity
from steppe.laws import channels, influence, organisations
from steppe.laws.influence import ECONOMIC, INSTITUTIONAL, SECURITY, SOFT
from steppe.laws.notice import Seen, notice
from steppe.parameters import Values
from steppe.world.money import Money
from steppe.world.politics import Politics
from steppe.world.setting import Setting
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)
YEARS_BEFORE = 5.0
"""Years from independence to the first quarter of the record: institutions grew meanwhile."""
_JAPAN = axes.POWERS.index("JPN")
_RUSSIA = axes.POWERS.index("RUS")
_TURKEY = axes.POWERS.index("TUR")
_UNION = axes.ORGANISATIONS.index("EAEU")
_TREATY = axes.ORGANISATIONS.index("CANWFZ")
_VOTES = axes.ISSUES.index("un_votes")
OBSERVER = 0.5
FBIC_DEPENDENCE = 2.0
"""Largest trade dependence of the published index, beside the model's 1."""


class Diplomacy:
    """Moves the channels of influence, leverage, positions and alignment of ``politics``."""

    def __init__(
        self,
        setting: Setting,
        politics: Politics,
        money: Money,
        values: Values,
        insecurity: Insecurity,
    ) -> None:
        self.setting, self.politics, self.money, self.values = setting, politics, money, values
        self.insecurity = insecurity
        self.transit = np.zeros((P, H, politics.threat.shape[-1]))
        """Share of the host's trade that passes through a power, (power, host, member)."""
        self.oil_transit = np.zeros_like(self.transit)
        """Share of the host's oil that crosses a power, (power, host, member)."""
        self.oil_weight = np.zeros(self.transit.shape[1:])
        """Part of oil in the host's trade, (host, member)."""
        self.powers = setting.positions[:, axes.POWER]
        self.attraction = np.zeros((P, H, politics.threat.shape[-1]))
        """Pull of organisations on commercial offers, units of motives, (power, host, member)."""
        self.soft_before = self._pairs("culture.{pair}").copy()
        """Soft influence that the base year's trade holds already, (power, host, member)."""
        self.party = np.zeros(H)
        """Who was a party of the nuclear-weapon-free zone when votes were observed, (host,)."""
        self.own = setting.positions[:, axes.HOST][..., None] + np.zeros_like(politics.position)
        politics.position[:] = self.own
        politics.embedded[:] = self._pairs("embeddedness.{pair}")

    def begin(self, around: Surroundings, quarter: int, t: int) -> None:
        """Place the channels where history up to the first quarter of the record has left them."""
        politics, values = self.politics, self.values
        politics.channel[:, :, ECONOMIC] = self._capacity(around)
        joint = self._joint(quarter, t)
        self._belong(joint, quarter, t)
        for channel, inflow in (
            (INSTITUTIONAL, self._institutions(joint)),
            (SECURITY, self._security(joint)),
        ):
            half = values.over("influence.half_life.{channel}")[channel]
            politics.channel[:, :, channel] = influence.settled(half, inflow, YEARS_BEFORE)
        politics.channel[:, :, SOFT] = self._pairs("culture.{pair}")
        self._weigh(quarter, t)

    def start(self, quarter: int) -> None:
        """Place votes where the run's base observed them, and what hosts think by themselves so.

        The observed positions are those under influence: x0 = (x - sum S_p x_p) / S_0.
        ``quarter`` is the last of the record.
        """
        self.soft_before = self.politics.channel[:, :, SOFT].copy()
        self.party = self.setting.members[_TREATY, axes.HOST, quarter]
        politics = self.politics
        pull = np.add.reduce(politics.share * self.powers[_VOTES][:, None, None], axis=0)
        observed = self.setting.positions[_VOTES, axes.HOST][:, None]
        politics.position[_VOTES] = observed
        self.own[_VOTES] = np.clip((observed - pull) / politics.autonomy, -1.0, 1.0)
        politics.alignment[:] = influence.alignment(politics.position, self.powers[..., None])

    def evolve(self, around: Surroundings, quarter: int, t: int) -> None:
        """Carry influence into the next quarter; ``quarter`` from the start of the record."""
        politics, values = self.politics, self.values
        self._notice(around.prices)
        joint = self._joint(quarter, t)
        self._belong(joint, quarter, t)
        unrest = self.insecurity.unrest(quarter, t)
        inflows = channels.Inflows(
            capacity=self._capacity(around),
            institutions=self._institutions(joint),
            security=self._security(joint, self.insecurity.alliance_factor(quarter, t)),
            organised=values["soft.channels"] * organisations.weighted(self.setting.soft, joint),
            visible=politics.visible,
            taught=politics.taught * self._channels(quarter, t),
            culture=self._pairs("culture.{pair}"),
            gdp=around.gdp[axes.HOST] * MN_PER_BN,
            lost=values["influence.unrest_loss"] * unrest / PER_YEAR,
            half_life=values.over("influence.half_life.{channel}"),
        )
        channels.move(politics.channel, inflows)
        self._weigh(quarter, t)

    def _weigh(self, quarter: int, t: int) -> None:
        """Turn capacity into leverage and shares, and let positions follow the influential."""
        politics, values = self.politics, self.values
        realised = influence.leverage(
            politics.channel,
            values.over("influence.weight.{channel}"),
            values.over("{power}.conversion"),
        )
        politics.share[:], politics.autonomy[:] = influence.shares(
            realised, values.over("{host}.autonomy")
        )
        politics.position[:] = influence.opinion(
            politics.position,
            self._minds(quarter, t),
            self.powers[..., None],
            politics.share,
            politics.autonomy,
            values["influence.opinion_rate"],
        )
        np.clip(politics.position, -1.0, 1.0, out=politics.position)
        politics.alignment[:] = influence.alignment(politics.position, self.powers[..., None])
        politics.fbic[:] = influence.fbic(
            politics.bandwidth,
            values["influence.political_bandwidth"],
            politics.channel[:, :, SECURITY],
            FBIC_DEPENDENCE * politics.recorded,
            self._pairs("arms.{pair}"),
        )

    def _capacity(self, around: Surroundings) -> Array:
        """Return bandwidth x dependence (power, host, member) and keep both."""
        politics, money, values = self.politics, self.money, self.values
        ties = channels.Ties(
            imports=np.ascontiguousarray(around.imports),
            exports=np.ascontiguousarray(around.exports),
            hidden=around.hidden,
            remittances=around.remittances,
            gdp=around.gdp[axes.HOST] * MN_PER_BN,
            prices=around.prices,
            grace=money.grace,
            amortising=money.amortising,
            operating=money.operating,
            agreements=self._pairs("agreements.{pair}"),
            transit=self.transit,
            oil_transit=self.oil_transit,
            oil_weight=values["pipelines.transit_effect"] * self.oil_weight,
            elasticity=values["trade.elasticity"],
            half_loss=values["influence.half_loss"],
            convexity=values["influence.convexity"],
        )
        channels.depend(ties, politics.bandwidth, politics.dependence, politics.recorded)
        capacity: Array = politics.bandwidth * politics.dependence
        return capacity

    def membership(self, quarter: int, t: int) -> Array:
        """Return which hosts belong to what, (organisation, host, member)."""
        status = self.setting.members[:, axes.HOST, quarter]
        result: Array = np.repeat(status[..., None], self.politics.threat.shape[-1], axis=2)
        result[_UNION] = self.union(quarter, t)
        return result

    def union(self, quarter: int, t: int) -> Array:
        """Return hosts' membership of the Eurasian union, 0-1, (host, member).

        By the table's dates before the run, by the parameter in it; an observer counts half.
        """
        status = self.setting.members[_UNION, axes.HOST, quarter, None]
        if t < 0:
            result: Array = np.repeat(status, self.politics.threat.shape[-1], axis=1)
            return result
        observer = np.where(status == OBSERVER, OBSERVER, 0.0)
        return np.maximum(observer, self.customs_union())

    def customs_union(self) -> Array:
        """Return who belongs to the customs union in the run, 0-1, (host, member)."""
        return organisations.union(self.values.over("{host}.eaeu"), self.politics.accession)

    def _belong(self, joint: Array, quarter: int, t: int) -> None:
        """Keep who belongs to what, and what that makes of powers' business."""
        self.politics.membership[:] = self.membership(quarter, t)
        switch = self.values["organisations.effects"]
        self.attraction = switch * organisations.weighted(self.setting.business, joint)

    def _channels(self, quarter: int, t: int) -> Array:
        """Return the factor on what schooling does for a power's image, (power, host, member).

        Kinship of language (Turkey), Asian solidarity (Japan), and work in common of the two.
        """
        values = self.values
        factor = np.ones_like(self.politics.threat)
        common = values["soft.jacafa"] if t >= 0 else self.setting.friendship[quarter]
        common = values["soft.friendship"] * common
        switch = values["soft.channels"]
        factor[_TURKEY] += switch * (values["soft.turkic"] * values.over("{host}.turkic") + common)
        factor[_JAPAN] += switch * (values["soft.pan_asian"] + common)
        return factor

    def _minds(self, quarter: int, t: int) -> Array:
        """Return where hosts stand by themselves, (issue, host, member).

        Since the observed votes the parties of the nuclear-weapon-free zone are drawn from where
        they vote towards Japan: by a part of the gap, all of it at most.
        """
        if t < 0:
            return self.own
        strength = self.values["organisation.CANWFZ"]
        party = self.setting.members[_TREATY, axes.HOST, quarter]
        moved = party[:, None] * strength - self.party[:, None]
        minds = self.own.copy()
        gap = self.powers[_VOTES, _JAPAN] - self.politics.position[_VOTES]
        part = np.clip(self.values["influence.treaty_pull"] * moved, -1.0, 1.0)
        minds[_VOTES] += part * gap
        return minds

    def _joint(self, quarter: int, t: int) -> Array:
        """Return joint membership in each organisation, (organisation, power, host, member)."""
        return organisations.joint_membership(
            np.ascontiguousarray(self.setting.members[:, axes.POWER, quarter]),
            self.membership(quarter, t),
            self.values.over("organisation.{organisation}"),
        )

    def _institutions(self, joint: Array) -> Array:
        """Return the inflow of institutional influence, 1/yr, (power, host, member)."""
        weighted = organisations.weighted(self.setting.roles, joint)
        result: Array = self.values["influence.membership_rate"] * weighted
        return result

    def _security(self, joint: Array, need: Array | float = 1.0) -> Array:
        """Return the inflow of security influence, 1/yr, (power, host, member).

        ``need`` (host, member): factor on what alliances add.
        """
        allies = organisations.weighted(self.setting.guards, joint) * need
        arms = self.values["influence.arms_weight"] * self._pairs("arms.{pair}")
        result: Array = self.values["influence.security_rate"] * (allies + arms)
        return result

    def _notice(self, prices: Array) -> None:
        """Smooth what is seen of completed works and schooling; let builders embed themselves."""
        politics, money, values = self.politics, self.money, self.values
        notice(
            money.completed_now,
            money.disbursed_now,
            money.piloted_done_now,
            prices,
            Seen(
                banks=values["projects.multilateral_visibility"],
                financier=values["consortia.financier_part"],
                pilot=values["consortia.pilot_part"],
                embedding=values["influence.embedding"],
                builders=values.over("{power}.own_builders"),
            ),
            politics.visible,
            politics.taught,
            politics.embedded,
        )

    def _pairs(self, template: str) -> Array:
        """Return a parameter of pairs as (power, host, member)."""
        rows: Array = self.values.over(template).reshape(P, H, -1)
        return rows
