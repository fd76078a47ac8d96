"""How much one power weighs in another's economy: trade and, for China in Turkey, finance."""

from __future__ import annotations

import pandas as pd

from data import extracts
from data.extracts import POWERS
from data.table import Table, ordered


def lent_to_turkey() -> pd.Series:
    """Return China's commitments to Turkey so far over Turkey's external debt, by year.

    The total is spread over years as China's commitments to the world are; debt outside the years
    at hand is their mean ratio to GDP.
    """
    world = extracts.read("china_world_commitments").set_index("year")["total_bn_2021"]
    total = extracts.read("rival_finance").set_index(["rival", "state"])["committed_bn_2021"]
    lent = total["CHN", "TUR"] * world.cumsum() / world.sum()
    gdp = extracts.read("macro").query("country == 'TUR'").set_index("year")["gdp_nominal_bn"]
    debt = extracts.read("external_debt").query("country == 'TUR'").set_index("year")["debt_bn"]
    usual = gdp * (debt / gdp.reindex(debt.index)).mean()
    share: pd.Series = lent / debt.reindex(lent.index).fillna(usual.reindex(lent.index))
    return share


def weights_table() -> Table:
    trade = extracts.read("rival_trade")
    trade["trade_share"] = trade.trade_musd / trade.total_musd
    frame = pd.concat([trade, extracts.read("rival_trade_priors")], ignore_index=True)
    gdp = extracts.read("macro").pivot(index="year", columns="country", values="gdp_nominal_bn")
    world = gdp.sum(axis=1)
    frame["intensity"] = [
        share / (gdp.loc[year, rival] / world[year])
        for rival, year, share in zip(frame.rival, frame.year, frame.trade_share, strict=True)
    ]
    lent = lent_to_turkey()
    chinese = (frame.rival == "CHN") & (frame.state == "TUR")
    frame["finance_share"] = [
        lent[year] if known else 0.0 for known, year in zip(chinese, frame.year, strict=True)
    ]
    columns = ["rival", "state", "year", "trade_share", "intensity", "finance_share", "source"]
    return Table(
        notes=(
            "What one power, the rival, weighs in the economy of another, the state. Unit: 1. "
            "trade_share: the rival's part of the state's exports and imports. intensity: "
            "trade_share over the rival's part of world GDP in the year, so that the weight "
            "moves with the rival's economy where trade is not known. finance_share: China's "
            "official commitments to Turkey since 2000 (28.3 bn constant 2021 USD by 2021, spread "
            "over years as those to the world are) over Turkey's external debt (0.45 of GDP "
            "where the year's is not at hand); 0 for the other pairs, nothing is known of them. "
            "Press figures of China's trade with Turkey are coarse: 2009, 2010 and 2020 are "
            "first halves. One row a pair for the rest, priors."
        ),
        frame=ordered(frame, rival=POWERS, state=POWERS, year=None)[columns],
        decimals={"trade_share": 4, "intensity": 3, "finance_share": 4},
        sources=("aidata_gcdf3", "wdi_external_debt", "wdi_gdp"),
    )
