"""The market of rare earths after a quarter in every member: thrift, fears, mines."""

from __future__ import annotations

import numpy as np

from steppe.laws import rare_earths as laws
from steppe.laws.compiled import compiled
from steppe.laws.rare_earth_market import CHINA, KAZAKHSTAN, Market, Rules, mined_abroad
from steppe.world.rare_earths import MINERS, USERS


@compiled
def evolve(here: Market, v: Rules) -> None:
    """Learn thrift, remember, expect, and build mines."""
    for m in range(len(here.price)):
        on = v.market[m] > 0.0
        price, restriction = here.price[m], here.restriction[m]
        for user in range(USERS):
            here.thrift[user, m] = laws.thrift(
                here.thrift[user, m],
                here.inside[m] if user == CHINA else price,
                v.short_elasticity[m],
                v.long_elasticity[m],
                v.thrift_up[m],
                v.thrift_down[m],
            )
        here.risen[m] = max(restriction - here.before[m], 0.0)
        alarm = here.risen[m] + (1.0 - here.served_needs[m])
        here.panic[m] = laws.panic(here.panic[m], alarm, v.panic_rise[m], v.panic_decay[m])
        elsewhere = 0.0
        for miner in range(1, MINERS):
            elsewhere += np.log(v.cost[miner, m])
        cheaper = price < elsewhere / (MINERS - 1)
        here.memory[m] = laws.memory(
            here.memory[m], restriction, cheaper, v.memory_rise[m], v.memory_decay[m]
        )
        here.expected[m] = laws.expectation(here.expected[m], price, v.expectation_speed[m])
        _build(here, v, m)
        if restriction == 0.0:
            here.usual_exports[m] += (here.exports[m] - here.usual_exports[m]) / v.usual_quarters[m]
            here.to_japan[m] += (here.given[CHINA, m] - here.to_japan[m]) / v.usual_quarters[m]
        here.usual_bill[m] += (here.bill[m] - here.usual_bill[m]) / v.bill_quarters[m]
        if not on:
            here.thrift[:, m] = 0.0
            here.panic[m] = here.memory[m] = here.expected[m] = 0.0


@compiled
def _build(here: Market, v: Rules, m: int) -> None:
    """Begin, go on with, give up and complete mines; China's follow its plan."""
    on = v.market[m] > 0.0
    feared = here.expected[m] + np.log1p(v.risk_aversion[m] * here.memory[m])
    stages = np.empty(here.under_way.shape[1])
    for miner in range(MINERS):
        log_cost = np.log(v.cost[miner, m])
        started = whole = 0.0
        for stage in range(len(stages)):
            stages[stage] = here.under_way[miner, stage, m]
            whole += stages[stage]
        planned = miner in (CHINA, KAZAKHSTAN)
        if not planned and feared >= log_cost + np.log(v.hurdle[m]):
            room = max(v.potential[miner, m] - (whole + here.capacity[miner, m]), 0.0)
            started = v.start_share[m] * room * v.market[m]
        stopped = v.give_up[m] if feared < log_cost and on else 0.0
        here.capacity[miner, m] += laws.build(stages, started, v.build_years[miner, m], stopped)
        for stage in range(len(stages)):
            here.under_way[miner, stage, m] = stages[stage]
    abroad = 0.0
    for user in range(1, USERS):
        abroad += here.at_usual_price[user, m]
    abroad = max(abroad - mined_abroad(here, m), 0.0)
    planned_by_china = laws.planned_capacity(
        here.capacity[CHINA, m],
        here.at_usual_price[CHINA, m] + min(abroad, here.limit[m]),
        v.china_slack[m],
        v.china_up[m],
        v.china_down[m],
    )
    here.capacity[CHINA, m] = min(planned_by_china, v.potential[CHINA, m])
