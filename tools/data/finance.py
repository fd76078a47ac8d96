"""What the powers are known to have lent, given and promised, and what was owed at the start."""

from __future__ import annotations

import pandas as pd

from data import extracts
from data.extracts import HOSTS, POWERS
from data.table import Table, ordered

FIT_UNTIL = 2009
"""Last year of the fit window: figures that reach beyond it only test."""
PROFILE_BASE = range(2005, 2010)
"""Years whose mean is 1 in the time profile of China's commitments."""
LOAN_PART = 0.7
"""[prior] Loans in Japan's net ODA of 1992-96; the rest were grants."""
DEBT_AT = 1996
"""Year at whose end the initial debts stand."""
CENTRAL_ASIA = "CA5"
MEASURES = (
    "net_oda",
    "oda",
    "commitments",
    "loan",
    "loan_rate",
    "credit_line",
    "debt_relief",
    "pledge",
)


def observed_table() -> Table:
    oda = extracts.read("japan_net_oda").rename(columns={"net_oda_musd": "value"})
    oda = oda.assign(
        donor="JPN",
        first_year=oda.year,
        last_year=oda.year,
        measure="net_oda",
        unit="mn USD",
    )
    frame = pd.concat([oda, extracts.read("development_finance")], ignore_index=True)
    frame["window"] = ["fit" if year <= FIT_UNTIL else "test" for year in frame.last_year]
    columns = ["donor", "host", "first_year", "last_year", "measure", "value", "unit", "window"]
    return Table(
        notes=(
            "What the powers lent, gave and promised to the hosts, by donor, host and years. Unit: "
            "in the column `unit`; USD are current but for China's commitments (bn constant 2021 "
            "USD, the whole of 2000-21). CA5: the five hosts together. measure. net_oda: grants "
            "and loans less repayments, negative for Kazakhstan from 2010. oda: cumulative aid, "
            "gross. commitments: all official commitments of China, aid and other. loan: one loan "
            "signed. loan_rate: commitment-weighted mean, % a year. credit_line: in force or "
            "confirmed. debt_relief: written off; the source says by 2017 only, first_year 1992 "
            "is the earliest possible. pledge: announced, never to be read as committed; the "
            "Japanese total of 2015 holds the rows by host. window: fit if the last year is "
            "before 2010, otherwise test. Press figures (all but net_oda, commitments and "
            "loan_rate) are coarse. Russia's 6,000 is a floor and holds 600 each through the "
            "United Nations and the World Bank."
        ),
        frame=ordered(
            frame,
            donor=POWERS,
            measure=MEASURES,
            first_year=None,
            last_year=None,
            host=(*HOSTS, CENTRAL_ASIA),
        )[[*columns, "source"]],
        decimals={"value": 3},
    )


def china_profile_table() -> Table:
    frame = extracts.read("china_world_commitments").set_index("year")
    gdp = extracts.read("macro").query("country == 'CHN'").set_index("year")["gdp_nominal_bn"]
    total = frame["total_bn_2021"]
    share = total / gdp.reindex(total.index)
    profile = pd.DataFrame(
        {
            "factor": total / total[list(PROFILE_BASE)].mean(),
            "factor_to_gdp": share / share[list(PROFILE_BASE)].mean(),
        }
    )
    return Table(
        notes=(
            "China's official commitments to the whole world by year: a profile in time only, "
            "never a level for the hosts. Unit: 1, the mean of 2005-09 is 1. factor: commitments "
            "in constant 2021 USD; factor_to_gdp: the same over China's nominal GDP of the year "
            "(the money grew about as fast as the economy until 2016, then fell). 2009 holds two "
            "very large oil loans to others (Russia, Brazil)."
        ),
        frame=profile.reset_index(),
        decimals={"factor": 4, "factor_to_gdp": 4},
        sources=("aidata_gcdf3", "wdi_gdp"),
    )


def initial_debt_table() -> Table:
    oda = extracts.read("japan_net_oda").query("year <= @DEBT_AT")
    lent = oda.groupby("host").net_oda_musd.sum().clip(lower=0) * LOAN_PART
    japan = pd.DataFrame({"creditor": "JPN", "host": lent.index, "musd": lent.to_numpy()})
    japan["source"] = "wdi_japan_oda: net ODA of 1992-96 x 0.7 (loan part, prior)"
    frame = pd.concat([japan, extracts.read("initial_debt_priors")], ignore_index=True)
    return Table(
        notes=(
            "Public debt of the hosts to the powers at the end of 1996. Unit: mn current USD. "
            "Japan: the sum of its net ODA of 1992-96 (not below 0) x 0.7, the part that is "
            "taken to be loans. All other rows are priors, orders of magnitude only (source "
            "starts with prior). Commercial debt, arrears on gas and what is owed to others "
            "are not held."
        ),
        frame=ordered(frame, creditor=POWERS, host=HOSTS)[["creditor", "host", "musd", "source"]],
        decimals={"musd": 1},
    )
