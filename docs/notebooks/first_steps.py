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
# # First steps with steppe from Python
#
# A run, one of its worlds, a comparison, a small sweep, and selections by name: half a minute in
# all. 24 worlds are enough to see how things look; quote figures from 200 or more.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import steppe

# %% [markdown]
# ## A run
#
# A scenario is a shipped name, a YAML file or a `Scenario`. Every *member* is one world: it draws
# its own uncertain parameters and meets its own shocks. `members` has a row for each, with what it
# drew and what came of it; outcomes are means of the last five years, of projects sums.

# %%
run = steppe.run("chabahar_completion", members=24, trajectories=["corridor_share"])
run.members[["trade.elasticity", "trade_share[JPN,UZB]", "corridor_share[chabahar]"]].describe()

# %% [markdown]
# `series` holds every metric quarter by quarter, as mean and quantiles over the members.

# %%
share = run.series.query("metric == 'trade_share' and power == 'JPN'")
figure, panels = plt.subplots(1, 5, figsize=(10, 2.8), sharey=True, layout="constrained")
for axes, (host, rows) in zip(panels, share.groupby("host", observed=True), strict=True):
    years = [int(q[:4]) + (int(q[5]) - 1) / 4 for q in rows["quarter"]]
    axes.fill_between(years, 100 * rows["q05"], 100 * rows["q95"], alpha=0.2, lw=0)
    axes.plot(years, 100 * rows["q50"])
    axes.set_title(host)
    axes.spines[["top", "right"]].set_visible(False)
panels[0].set(ylabel="%", ylim=(0, None))
_ = figure.suptitle("Japan's share in the trade of five hosts: median and 90 % band")

# %% [markdown]
# ## One of its worlds
#
# The chronicle tells what happened in a member, in sentences. Here are Japan's largest commitments
# in member 3, and then how often the kinds of happenings occur over all members.

# %%
chronicle = run.chronicle
own = chronicle.query("member == 3 and kind == 'committed' and actors == 'JPN'")
for sentence in own.nlargest(8, "amount").sort_values("quarter")["sentence"]:
    print(sentence)

# %%
counts = chronicle.groupby(["kind", "member"], observed=True).size().unstack(fill_value=0)
counts.median(axis=1).sort_values(ascending=False).rename("times in the median world").to_frame()

# %% [markdown]
# ## Against the baseline
#
# Members with the same number and seed meet the same shocks in both scenarios, so the difference
# is taken member by member. `rose` is the share of members in which the second is greater,
# `variance_removed` the part of the noise that pairing takes away.

# %%
difference = steppe.compare("baseline", run, ["corridor_share", "trade_share"])
{name: difference.attrs[name] for name in ("members", "seed", "paired", "notes")}

# %%
shown = difference.query("metric == 'corridor_share'").set_index("outcome")
shown[
    ["first_median", "difference_median", "difference_q05", "difference_q95", "rose",
     "variance_removed"]
].round(3)  # fmt: skip

# %%
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
low = 100 * (shown["difference_median"] - shown["difference_q05"])
high = 100 * (shown["difference_q95"] - shown["difference_median"])
names = [label.partition("[")[2].rstrip("]").replace("_", " ") for label in shown.index]
axes.errorbar(100 * shown["difference_median"], names, xerr=[low, high], fmt="o", capsize=3)
axes.axvline(0, color="0.5", lw=0.8)
axes.set_title("Chabahar less baseline: shares of corridors in Japan's trade, 2036-40")
axes.set_xlabel("percentage points, median and 90 % band")
axes.invert_yaxis()
axes.spines[["top", "right"]].set_visible(False)

# %% [markdown]
# ## A small sweep
#
# A sweep runs one scenario at many points of its parameters, with the same members at each. It
# leaves a folder that `steppe.open` reads again, here a temporary one.

# %%
folder = Path(tempfile.mkdtemp()) / "sweep"
swept = steppe.sweep(
    "chabahar_completion",
    ["trade.elasticity=1.75:5", "link.chabahar_mashhad.freight=40:160"],
    samples=24,
    members=4,
    seed=1,
    out=folder,
)
table = steppe.open(folder).outcomes.merge(swept.design, on="point")
len(swept.design), len(table), swept.failures.empty

# %%
figure, panels = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
for axes, name in zip(panels, swept.design.columns[1:], strict=True):
    axes.scatter(
        table[name],
        100 * table["corridor_share[chabahar]"],
        s=12,
        c=table["member"],
        cmap="tab10",
        vmax=9,
    )
    axes.set(xlabel=name)
    axes.spines[["top", "right"]].set_visible(False)
panels[0].set_ylabel("Chabahar's share in Japan's trade, %")
_ = figure.suptitle("A dot a world, a colour a member: 24 points of two parameters")
# %% [markdown]
# ## Selections by name
#
# `to_xarray()` gives a variable a metric, with its dimensions, units and codes: `statistic`, or
# `member` for metrics whose trajectories were kept.

# %%
cube = run.to_xarray()
cube["trade_share"].sel(power="JPN", host="UZB", statistic="q50")[-8:]

# %%
late = cube["corridor_share"].sel(quarter=slice("2036Q1", "2040Q4")).mean("quarter")
(100 * late.sel(corridor="chabahar")).quantile([0.05, 0.5, 0.95], dim="member").round(1)

# %% [markdown]
# ## Go on
#
# [A sweep and its sensitivities](sweep_and_sensitivities.ipynb) asks which assumption matters and where, and
# how to read an interval; [the tandem](the_tandem.ipynb) takes one scenario from its assumptions to what one
# may conclude.
