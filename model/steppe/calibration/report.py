"""What a calibration leaves behind: the sample, its diagnostics, a page."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.calibration.matching import CUT
from steppe.calibration.screening import ACTIVE, MOST
from steppe.calibration.targets import targets
from steppe.calibration.waves import Calibration
from steppe.parameters import registry

Array = NDArray[np.float64]

MOVED = 0.9
"""Spread of a parameter in the posterior over that in the prior, below which it has moved..."""
SHIFTED = 0.1
"""... or the shift of its median, in quantiles of the prior, above which it has."""
ERA = (".growth_shift",)
"""Ends of names of what belongs to the years of the window and says nothing of others."""

POSTERIOR, DIAGNOSTICS, PAGE = "posterior.csv", "calibration.json", "calibration.md"


def shipped(found: Calibration) -> tuple[str, ...]:
    """Return the parameters of the sample that hold beyond the window."""
    return tuple(n for n in found.space.names if not n.endswith(ERA))


def table(found: Calibration) -> str:
    """Return the sample as the CSV text that ``data/posterior.csv`` holds."""
    names = shipped(found)
    columns = [found.space.names.index(name) for name in names]
    plan = found.plan
    text = io.StringIO()
    text.write(
        "# Sample of the parameters that trade, growth, gas, aid and influence of 2001-09 leave\n"
        "# possible: a row a draw, columns in the registry's units.  Made by `steppe calibrate\n"
        f"# --trajectories {plan.trajectories} --waves {plan.waves} --points {plan.points} "
        f"--members {plan.members} --rows {plan.rows} --seed {plan.seed}`.\n"
        "# Growth shifts belong to those years: they were matched along and are not kept.\n"
    )
    text.write(",".join(names) + "\n")
    for row in found.posterior[:, columns]:
        text.write(",".join(f"{value:.6g}" for value in row) + "\n")
    return text.getvalue()


def diagnostics(found: Calibration) -> dict[str, Any]:
    """Return everything that the page says, as JSON."""
    spread = found.places.std(axis=0) * np.sqrt(12.0)
    low, middle, high = np.quantile(found.places, [0.05, 0.5, 0.95], axis=0)
    order = np.argsort(-found.screening.largest, kind="stable")
    return {
        "plan": {k: v for k, v in vars(found.plan).items() if k != "workers"},
        "screening": [
            {
                "parameter": found.screening.names[i],
                "effect": float(found.screening.largest[i]),
                "target": targets()[int(found.screening.effect[i].argmax())].name,
            }
            for i in order
        ],
        "waves": [
            {
                "points": len(wave.places),
                "left": wave.left,
                "skill_median": float(np.median(wave.emulator.skill)),
                "skill_least": float(wave.emulator.skill.min()),
            }
            for wave in found.waves
        ],
        "rows": len(found.posterior),
        "effective": found.effective,
        "parameters": [
            {
                "parameter": name,
                "kept": name in shipped(found),
                "spread": float(spread[i]),
                "q05": float(low[i]),
                "median": float(middle[i]),
                "q95": float(high[i]),
                "moved": bool(spread[i] < MOVED or abs(middle[i] - 0.5) > SHIFTED),
            }
            for i, name in enumerate(found.space.names)
        ],
        "targets": [
            {
                "target": t.name,
                "unit": t.unit,
                "observed": t.observed,
                "observation": t.observation,
                "discrepancy": t.discrepancy,
                "chance": float(np.sqrt(found.chance[k])),
                "prior": float(found.prior_distance[k]),
                "posterior": float(found.posterior_distance[k]),
                "source": t.source,
            }
            for k, t in enumerate(targets())
        ],
    }


def write(found: Calibration, folder: Path) -> None:
    """Write the sample, the diagnostics and the page into a folder."""
    told = diagnostics(found)
    (folder / POSTERIOR).write_text(table(found), encoding="utf-8")
    (folder / DIAGNOSTICS).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (folder / PAGE).write_text("\n".join(page(told)) + "\n", encoding="utf-8")


def page(told: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the page, from the diagnostics alone."""
    plan = told["plan"]
    yield "# Calibration on the years 2001 to 2009"
    yield ""
    yield (
        "Made by `steppe calibrate`; nothing after 2009 is read. Every prior is screened for what "
        f"it moves (Morris, {plan['trajectories']} trajectories); those that move a target by "
        f"{ACTIVE:g} of its standard error (the {MOST} strongest at most) are matched to history "
        f"in {plan['waves']} waves of "
        f"{plan['points']} points x {plan['members']} members; what is left is weighed by its "
        "likelihood and resampled. The standard error of a target joins the observation's own "
        "error, the model's stated discrepancy, the chance of one history and, in the waves, the "
        f"emulator's error; a place is ruled out beyond {CUT:g} of them."
    )
    yield ""
    yield from _waves(told)
    yield from _parameters(told)
    yield from _targets(told)
    yield from _screening(told)


def _waves(told: dict[str, Any]) -> Iterator[str]:
    yield "| wave | points | emulator R2, median (least) | part of the prior left |"
    yield "|---|---|---|---|"
    for number, wave in enumerate(told["waves"], 1):
        skill = f"{wave['skill_median']:.2f} ({wave['skill_least']:.2f})"
        yield f"| {number} | {wave['points']} | {skill} | {wave['left']:.1%} |"
    yield ""
    yield (
        f"The sample has {told['rows']} rows and tells as much as {told['effective']:.0f} "
        "independent ones."
    )
    yield ""


def _parameters(told: dict[str, Any]) -> Iterator[str]:
    yield "## Which priors moved"
    yield ""
    yield (
        "Places in the prior, as quantiles (a uniform spread has median 0.5, 5 % at 0.05 and 95 % "
        f"at 0.95). Moved: narrower than {MOVED:.0%} of the prior, or the median off by more than "
        f"{SHIFTED:g}. Growth shifts belong to the years of the window and are not kept."
    )
    yield ""
    yield "| parameter | 5 % | median | 95 % | spread over prior | moved | kept |"
    yield "|---|---|---|---|---|---|---|"
    for p in sorted(told["parameters"], key=lambda p: p["spread"]):
        sides = f"{p['q05']:.2f} | {p['median']:.2f} | {p['q95']:.2f} | {p['spread']:.2f}"
        moved, kept = ("yes" if p[key] else "no" for key in ("moved", "kept"))
        yield f"| `{p['parameter']}` | {sides} | {moved} | {kept} |"
    yield ""


def _targets(told: dict[str, Any]) -> Iterator[str]:
    def rms(key: str) -> float:
        return float(np.sqrt(np.mean([t[key] ** 2 for t in told["targets"]])))

    yield "## Targets"
    yield ""
    yield (
        "Distance of the mean over runs from what was observed, in standard errors; root mean "
        f"square {rms('prior'):.2f} over the prior, {rms('posterior'):.2f} over the sample."
    )
    yield ""
    yield "| target | unit | observed | its error | discrepancy | chance | prior | sample |"
    yield "|---|---|---|---|---|---|---|---|"
    for t in told["targets"]:
        errors = f"{t['observation']:.2g} | {t['discrepancy']:.2g} | {t['chance']:.2g}"
        distance = f"{t['prior']:.2f} | {t['posterior']:.2f}"
        yield f"| {t['target']} | {t['unit']} | {t['observed']:.3g} | {errors} | {distance} |"
    yield ""


def _screening(told: dict[str, Any]) -> Iterator[str]:
    yield "## Screening"
    yield ""
    strong = [s for s in told["screening"] if s["effect"] >= ACTIVE / 2]
    yield (
        f"Largest effect (mu*) of a prior on any target, in standard errors, from {ACTIVE / 2:g} "
        f"on; the other {len(told['screening']) - len(strong)} priors move nothing that was "
        "observed to 2009, and keep their priors."
    )
    yield ""
    yield "| parameter | effect | on | meaning |"
    yield "|---|---|---|---|"
    names = registry()
    for s in strong:
        meaning = names[s["parameter"]].meaning.partition(".")[0]
        yield f"| `{s['parameter']}` | {s['effect']:.2f} | {s['target']} | {meaning} |"
