"""How far to trust a report: scores of the backcasts, worst failures, limits of the model."""

from __future__ import annotations

from steppe.analysis import trust
from steppe.report import words
from steppe.report.told import Block, Bullets, Section, Table, Text

FAILURES = 3
"""Worst failures of the first page."""
NOMINAL = 0.9
FEW = 40
"""Members below which a 5 to 95 % band rests on two members or less at either end."""


def brief(members: int | None) -> tuple[str, ...]:
    """Return what the first page says; ``members`` of what is reported, None where it varies."""
    told = [*_scores(), *_members(members), f"{trust.LIMITS[1]} {trust.LIMITS[0]}"]
    return tuple(told)


def _scores() -> list[str]:
    found = trust.read()
    if found is None:
        return ["The figures of the validation did not come with this installation."]
    score = found.scores[0]
    own = score.errors["model"]
    others = {k: v for k, v in score.errors.items() if k not in ("model", "persistence")}
    told = (
        f"Run from {score.base} over 20{score.years.removeprefix('20')}, the model misses the "
        f"powers' shares in each host's trade by {own:.1f} percentage points on average"
    )
    beside = []
    if "persistence" in score.errors:
        beside.append(f"the forecast that nothing changes by {score.errors['persistence']:.1f}")
    if others:
        best = min(others, key=lambda k: others[k])
        beside.append(
            f"the best of the other simple forecasts ({trust.FORECASTS[best]}) by "
            f"{others[best]:.1f}"
        )
    told += f"; {words.listed(beside)}." if beside else "."
    held = [f"{100 * part:.0f} % from {base}" for base, part in found.coverage.items()]
    narrow = all(part < NOMINAL for part in found.coverage.values())
    bands = f"Its 90 % bands hold {words.listed(held)} of the observed figures" + (
        ": real uncertainty is larger than the bands." if narrow else "."
    )
    worst = "; ".join((found.missed or found.failures)[:FAILURES])
    return [f"{told} {bands}", f"Worst known failures, model run {worst}."]


def _members(members: int | None) -> list[str]:
    if members is None or members >= FEW:
        return []
    if members == 1:
        return ["One member only: there are no bands, and nothing tells luck from effect."]
    return [f"Only {members} members: the ends of the bands are rough; 100 or more are better."]


def section() -> Section:
    """Return the section with all scores and limits."""
    found = trust.read()
    blocks: list[Block] = []
    if found is None:
        blocks.append(Text("The figures of the validation did not come with this installation."))
    else:
        blocks += [_table(found), _patterns(found), Bullets(found.failures)]
    blocks += [Text("What the model cannot say", kind="head"), Bullets(trust.LIMITS)]
    return Section("trust", "How far to trust it", tuple(blocks), fresh=True)


def _table(found: trust.Scores) -> Table:
    rows = []
    for score in found.scores:
        cells = [score.errors.get(key) for key in trust.FORECASTS]
        rows.append(
            [
                f"{score.base}, {score.years}",
                *("–" if v is None else f"{v:.1f}" for v in cells),
            ]
        )
    return Table.plain(
        "Mean absolute error of the powers' shares in each host's trade, percentage points: the "
        "model run from the past, beside forecasts that anyone could make. Smaller is better.",
        ["From, years", *trust.FORECASTS.values()],
        rows,
        numbers=range(1, len(trust.FORECASTS) + 1),
    )


def _patterns(found: trust.Scores) -> Text:
    met, all_ = found.patterns
    goals, set_ = found.goals
    return Text(
        f"{met} of {all_} patterns of history lie in their range, {goals} of {set_} goals are met. "
        "The worst failures, the worst first:"
    )
