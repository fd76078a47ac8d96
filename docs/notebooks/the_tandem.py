# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The tandem: Japan's money, Turkey's contractors
#
# Japanese banks lend, Turkish firms build: they know the ministries, the languages and the sites of
# Central Asia. In 2021 observers called it a tandem. Suppose that from 2026 on the two governments make
# it a standing one. **What gets built that Japan alone does not build, and who gains from it?**
#
# We run the scenario and the baseline over the *same* worlds and look at the difference.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import steppe
from steppe.figures import map as maps
from steppe.figures.network import read_network

HOSTS = ["KAZ", "UZB", "TKM", "KGZ", "TJK"]

# %%
baseline = steppe.run("baseline", members=80)
tandem = steppe.run("japan_turkey_tandem", members=80, seed=baseline.seed)
for event in tandem.scenario.events:
    if event.id not in {e.id for e in baseline.scenario.events}:
        print(f"{event.start}  {event.target}  {event.change} {event.amount:g}   ({event.id})")

# %% [markdown]
# Six dated changes are all that the scenario says. What follows from them is the model's: who seeks a
# pilot, what hosts accept, what is finished and what it does to influence.
#
# ## Paired differences
#
# A *member* is one world: it draws its own uncertain parameters and meets its own shocks. Member 17 of the
# baseline and member 17 of the tandem are the same world with one thing changed. Compare them, not the
# two clouds.

# %%
outcome = "consortium_value[JPN,KAZ]"
both = pd.DataFrame({"baseline": baseline.members[outcome], "tandem": tandem.members[outcome]})
both = both / 1000  # bn USD over the whole run
both["difference"] = both["tandem"] - both["baseline"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
left.boxplot([both["baseline"], both["tandem"]], tick_labels=["baseline", "tandem"], whis=(5, 95))
left.set(ylabel="bn USD, 2017-40", title="Two clouds that overlap")
right.hist(both["difference"], bins=20)
right.axvline(0, color="0.4", lw=1)
right.set(xlabel="tandem less baseline, bn USD", ylabel="worlds", title="The same worlds, paired")
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)
_ = figure.suptitle("Works that Japan finances and a pilot builds in Kazakhstan")

# %%
both.describe().loc[["mean", "std", "50%"]].round(2)

# %% [markdown]
# The standard deviation of the difference is the smaller one: what both runs share has gone.
#
# `steppe.compare` does this for every outcome. `rose` is the part of the worlds in which the tandem has
# more, `variance_removed` the part of the noise that pairing takes away; where it is near 1 a few dozen
# worlds are as good as thousands.

# %%
compared = steppe.compare(
    baseline, tandem, ["consortium_value", "consortium_count", "influence_share", "completed"]
)
table = compared.set_index("outcome")
columns = ["first_median", "difference_median", "difference_q05", "difference_q95", "rose"]
table.loc[
    [f"consortium_value[JPN,{host}]" for host in HOSTS], [*columns, "variance_removed"]
].round(2)

# %% [markdown]
# Read a row from the right: in how many worlds, within which band, how much in the median. In Kazakhstan
# there is more in six worlds of seven. In Uzbekistan the median is close to zero, the band crosses it and
# `rose` is that of a coin: there the model has *no* answer, whatever the mean says. In the other three the
# median world sees no change at all.

# %% [markdown]
# ## Who gains influence
#
# The financier pays, the pilot is seen on the site. Whose share of influence grows?

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 3), sharex=True, sharey=True, layout="constrained")
for axes, power, name in zip(panels, ("JPN", "TUR"), ("Japan", "Turkey"), strict=True):
    rows = table.loc[[f"influence_share[{power},{host}]" for host in HOSTS]]
    low = 100 * (rows["difference_median"] - rows["difference_q05"])
    high = 100 * (rows["difference_q95"] - rows["difference_median"])
    axes.errorbar(100 * rows["difference_median"], HOSTS, xerr=[low, high], fmt="o", capsize=3)
    axes.axvline(0, color="0.5", lw=0.8)
    axes.set(title=name, xlabel="percentage points, median and 90 % band")
    axes.spines[["top", "right"]].set_visible(False)
panels[0].invert_yaxis()
_ = figure.suptitle("Share of influence in each host, tandem less baseline, 2036-40")

# %%
shares = [f"influence_share[{power},{host}]" for power in ("JPN", "TUR") for host in HOSTS]
percent = table.loc[shares, columns]
percent[columns[:-1]] *= 100
percent.round(2)

# %% [markdown]
# The scenario's own question was whether the pilot gains where the financier pays. Hold both against the
# same rule. Japan's bands begin at zero or hardly below it, and its share is higher in fourteen to nineteen
# worlds of twenty: a gain, and a small one. Turkey's medians are of the same size, but its bands reach far below
# zero: the sign is open in every host. That is a finding, too.

# %% [markdown]
# ## One world in sentences
#
# Behind every number are happenings. Here are the largest consortia of one world from 2026 on, then how
# often things happen in the median world of either scenario.

# %%
happened = tandem.chronicle
formed = happened.query("member == 5 and kind == 'consortium'")
formed = formed[formed["quarter"].astype(str) >= "2026"]
for sentence in formed.nlargest(6, "amount").sort_values("quarter")["sentence"]:
    print(sentence)


# %%
def often(run):
    """Return how often Japan's happenings of each kind occur in the median world."""
    own = run.chronicle[run.chronicle["actors"].astype(str).str.contains("JPN")]
    counts = own.groupby(["kind", "member"], observed=True).size().unstack(fill_value=0)
    return counts.median(axis=1)


kinds = ["consortium", "committed", "completed", "cancelled", "refused"]
pd.DataFrame({"baseline": often(baseline), "tandem": often(tandem)}).reindex(kinds)

# %% [markdown]
# ## On the map
#
# Works that are finished change routes and trade. **Read the scale before the colours**: the widest line is
# a few hundredths of a million tonnes a year, where whole corridors carry millions. A map that is drawn to
# its own largest change always looks dramatic.

# %%
figure = maps.difference(tandem.source.results, baseline.source.results, read_network())
figure.set_dpi(64)
figure

# %% [markdown]
# ## What one may conclude
#
# Three questions, in this order.
#
# **1. Is the difference larger than luck?** The worlds are paired, so luck is mostly gone: where the 90 %
# band does not cross zero, the *model* says so firmly. Where it begins at zero, as that of works in
# Kazakhstan, say in how many worlds.
#
# **2. Has the model earned our trust there?** It was run on the past. Errors of the powers' shares in each
# host's trade, in percentage points, beside forecasts that anyone could have made:

# %%
from steppe.analysis.trust import FORECASTS, read

found = read()
pd.DataFrame(
    {
        f"from {score.base}, {score.years}": {
            FORECASTS[name]: error for name, error in score.errors.items() if name in FORECASTS
        }
        for score in found.scores
    }
).round(1)

# %% [markdown]
# That is about *trade*. For consortia the record is silent: switch them off and not one of 33 scores of the
# past gets worse ([ablations](../ablations.md)). So the history that we have cannot tell whether this
# mechanism is right, only that it does no harm.
#
# **3. What was put in?** That a joint work "costs no more to arrange than one's own", that "business
# follows" and that a line of Japan's export bank pays for it are assumptions of the scenario, marked
# `[prior]` in its file. That more is built jointly *follows from* them and is no news. News is what was not put in: that it happens in
# Kazakhstan and hardly elsewhere, and that the pilot's influence does not clearly grow.

# %% [markdown]
# | you may write | you may not write |
# |---|---|
# | "If a joint work costs no more to arrange, the model builds more of them in Kazakhstan in six worlds of seven." | "The tandem will bring Japan a billion dollars of works." |
# | "In Uzbekistan the model does not tell the two scenarios apart." | "The tandem has no effect in Uzbekistan." |
# | "The result rests on assumptions that no past record supports or refutes." | "Validated on 2000-16." |
#
# ## Try it yourself
#
# 1. `no_pilot` takes the pilots away. Is the loss as large as the tandem's gain?
# 2. In `tandem_break` the partners fall out. What stays built?
# 3. Sweep `consortia.bargaining` over its range in the tandem and ask
#    `steppe.sensitivity(swept, "influence_share[TUR,TKM]")` how much hangs on it.
