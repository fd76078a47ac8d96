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
# # A sweep and its sensitivities
#
# A scenario gives one answer for every set of assumptions. A *sweep* asks many sets, and then three
# questions: which assumption **matters**, **where** does an outcome come about, and how **sure** can
# we be with so few points? You need a little pandas; all of it takes about a quarter of a minute.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import steppe

OUTCOME = "influence_share[JPN,UZB]"

# %% [markdown]
# ## The question, and what varies
#
# How large is Japan's share of influence in Uzbekistan, on average over 2036-40? Four things could
# decide it, and nobody knows any of them well:
#
# | parameter | range | in words |
# |---|---|---|
# | `japan.conversion` | 0.2 to 0.6 | how much of its money Japan turns into political weight |
# | `japan.budget` | 0.5 to 2.5 | Japan's purse, in times of what it was |
# | `china.budget` | 0.3 to 2 | China's purse |
# | `trade.elasticity` | 1.75 to 5 | how strongly trade answers to costs |
#
# 120 points of a *Latin hypercube* cover this four-dimensional space evenly: cut each range into 120
# slices, and every slice is used once. Each point is run with the same three members, so that the
# same luck meets every set of assumptions.

# %%
RANGES = {
    "japan.conversion": "0.2:0.6",
    "japan.budget": "0.5:2.5",
    "china.budget": "0.3:2",
    "trade.elasticity": "1.75:5",
}
folder = Path(tempfile.mkdtemp())
swept = steppe.sweep(
    "baseline",
    [f"{name}={ends}" for name, ends in RANGES.items()],
    samples=120,
    members=3,
    seed=1,
    out=folder / "lhs",
)
means = swept.outcomes.groupby("point")[OUTCOME].mean()
table = swept.design.set_index("point").assign(share=100 * means)
table.describe().loc[["min", "50%", "max"]].round(2)

# %% [markdown]
# ## Look before you compute
#
# A dot is a point. If you can see a slope, the parameter matters; a cloud without a shape says that
# the others drown it.

# %%
figure, panels = plt.subplots(1, 4, figsize=(10, 2.8), sharey=True, layout="constrained")
for axes, name in zip(panels, swept.design.columns[1:], strict=True):
    axes.scatter(table[name], table["share"], s=10, alpha=0.7)
    axes.set_xlabel(name)
    axes.spines[["top", "right"]].set_visible(False)
panels[0].set_ylabel("Japan's share, %")
_ = figure.suptitle("Japan's share of influence in Uzbekistan, 2036-40")

# %% [markdown]
# ## What matters
#
# **PAWN** puts a number on the slope, whatever its shape: it cuts a parameter's range into ten slices
# and measures how far the outcome's distribution moves from slice to slice, between 0 and 1. A
# *density-based* index like this one needs no special design.
#
# The interval says where the index would lie, 95 times in 100, if other points had been drawn.

# %%
indices = steppe.sensitivity(swept, OUTCOME)
indices.table.round(2)


# %%
def draw(axes, found, name, title):
    """Draw an index with its interval, the most influential parameter on top."""
    rows = found.table[::-1]
    low, high = rows[name] - rows[f"{name}_low"], rows[f"{name}_high"] - rows[name]
    axes.errorbar(rows[name], rows.index, xerr=[low, high], fmt="o", capsize=3)
    axes.set(title=title, xlim=(0, 1.05))
    axes.spines[["top", "right"]].set_visible(False)


figure, axes = plt.subplots(figsize=(8, 2.6), layout="constrained")
draw(axes, indices, "pawn", "What matters for Japan's share (PAWN, 95 % intervals)")
_ = axes.axvline(indices.threshold, color="0.5", ls="--", label="stays below: no effect")
_ = axes.legend(frameon=False)

# %% [markdown]
# How to read it:
#
# - Left of the dashed line an index cannot be told from **no effect**: PAWN is never exactly zero. That is
#   where China's purse and the elasticity of trade end up.
# - Where two intervals **overlap** widely, do not rank the two parameters.
# - The column `first` estimates the part of the variance that a parameter has alone. Near zero its interval
#   reaches below zero: an estimate, not a mistake.
# - `samples_needed` tells how many points would make the intervals narrow, None that they are;
#   `steppe sweep --extend` adds points to a sweep.
# - The intervals are about *points*. They say nothing of ranges that are wrong: had `japan.conversion`
#   been swept from 0.39 to 0.41 it would matter little. **A sensitivity is a statement about ranges.**

# %%
{"points": len(swept.design), "enough would be": indices.samples_needed}

# %% [markdown]
# ## Where it matters
#
# *Scenario discovery* asks the other way round: given an outcome that somebody cares about, under
# which assumptions does it come about? Say a share among the highest quarter. **PRIM** peels off
# slices of the space in which the outcome is rare, until a box is left that is mostly cases of
# interest.

# %%
high = round(float(means.quantile(0.75)), 4)
region = steppe.discover(swept, f"{OUTCOME} > {high}")
print(f"{region.condition}: {region.base_rate:.0%} of all points")
print(f"in the box: density {region.density:.0%}, coverage {region.coverage:.0%}")
region.box.round(3)

# %% [markdown]
# *Density* says how often the condition holds inside the box, *coverage* how much of all that holds it
# catches. `quasi_p` is the chance of such a density if the limit did nothing: small is good, but it is of
# the very points in which the box was found. Test it on new ones: `region.scenario` is a scenario file.

# %%
figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
first, second = [*region.box.index, *indices.table.index.difference(region.box.index)][:2]
inside = table["share"] > 100 * high
for chosen, colour, label in ((~inside, "0.7", "lower"), (inside, "#33508A", "highest quarter")):
    axes.scatter(table.loc[chosen, first], table.loc[chosen, second], s=18, c=colour, label=label)
ends = {name: (table[name].min(), table[name].max()) for name in (first, second)}
ends |= {name: tuple(region.box.loc[name, ["low", "high"]]) for name in region.box.index}
(left, right), (bottom, top) = ends[first], ends[second]
axes.add_patch(
    plt.Rectangle((left, bottom), right - left, top - bottom, fill=False, ec="#D08A2E", lw=2)
)
axes.set(
    xlabel=first, ylabel=second, title="Japan's share of influence, and the box that PRIM found"
)
figure.legend(loc="outside lower center", ncols=2, frameon=False)
axes.spines[["top", "right"]].set_visible(False)

# %% [markdown]
# ## How much, and is it alone?
#
# **Sobol indices** divide the variance between points among the parameters: the *first-order* index
# is what a parameter moves alone, the *total* index what it moves together with others. If both are
# alike there are no interactions. They need a design of their own, so we sweep again, the two that
# matter: 32 groups of 4 points.

# %%
matters = list(indices.table.query("pawn > @indices.threshold").index[:2])
groups = steppe.sweep(
    "baseline",
    [f"{name}={RANGES[name]}" for name in matters],
    method="sobol",
    samples=32,
    members=3,
    seed=1,
    out=folder / "sobol",
)
sobol = steppe.sensitivity(groups, OUTCOME)
sobol.table.round(2)

# %% [markdown]
# Look at the widths: 32 groups are a toy, and an interval that reaches beyond 1, which no index can, says so
# plainly. `samples_needed` tells what a study would take, and the command line warns in the same words. Here
# you may write "conversion matters more than the purse", since the intervals of the totals do not overlap,
# but never "conversion explains 74 % of the variance". Total and first-order indices are alike within their
# intervals: *no sign* of an interaction, which is less than *a sign of none*.

# %%
{"groups": 32, "enough would be": sobol.samples_needed}

# %% [markdown]
# ## Try it yourself
#
# 1. Sweep `russia.budget` as a fifth parameter. Does the order change?
# 2. Take `influence_share[CHN,UZB]` for the outcome. What matters now?
# 3. Narrow `japan.conversion` to 0.39 to 0.41. What did you learn about the word "important"?
# 4. Save `region.scenario` as a file and run it with 100 members. Does the condition hold as often as the
#    density said?
