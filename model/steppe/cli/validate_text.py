"""What ``steppe validate`` prints: the tables of a validation for a reader, under 100 columns."""

from __future__ import annotations

import textwrap

from steppe import axes
from steppe.analysis.goals import WORST, failures, goals
from steppe.analysis.patterns import NOT_HELD
from steppe.analysis.validate import BACKCASTS, WINDOWS, Validation

_COLUMNS = {
    "model": "model",
    "persistence": "persist.",
    "trend": "trend",
    "gravity": "gravity",
    "gravity_erosion": "eroded gr.",
    "constant_shares_gas": "const.+gas",
    "other_source": "oth.source",
}
_ROWS = (
    ("share_mae_pp", "mean absolute error of shares, percentage points", ".1f"),
    ("share_mae_pp_end", "the same in the last year alone, percentage points", ".1f"),
    ("log_mae", "mean absolute log error of trade", ".2f"),
    ("crps", "continuous ranked probability score of log trade", ".2f"),
)


def text(found: Validation) -> str:
    """Return the table for a reader, under 100 columns wide."""
    names = ", ".join(BACKCASTS.values())
    lines = [
        f"Trade scores of {names}: 25 power-host pairs, exports and imports together;",
        f"the model's point forecast is the median of {found.members} members.",
        "fit: parameters were chosen on these years; test: they never were.",
    ]
    for row, title, form in _ROWS:
        lines += ["", title]
        lines.append(f"{'base -> years':22}" + "".join(f"{c:>11}" for c in _COLUMNS.values()))
        for window in WINDOWS:
            label = f"{window.base} -> {window.name} {window.label}"
            scores = (
                format(getattr(found.scores[window.base, window.name, column], row), form)
                for column in _COLUMNS
            )
            lines.append(f"{label:22.22}" + "".join(f"{score:>11}" for score in scores))
    lines += [*_bands(found), *_split(found)]
    lines += ["", "patterns of history: median of the members (90 % band) and where history lies"]
    lines.append(f"{'base years pattern':62}{'model':>7}{'band':>17}{'history':>11}")
    for one in found.patterns:
        p = one.pattern
        title = f"{p.base} {p.label.removeprefix('development '):4} {p.name}"
        band, history = _span(one.q05, one.q95), _span(p.low, p.high)
        sign = "" if one.passed else " *"
        lines.append(f"{title:62.62}{_short(one.median):>7}{band:>17}{history:>11}{sign}")
    lines.append("*: the median lies outside.")
    lines += [f"not held: {name}" for name, _ in NOT_HELD]
    lines += [*_goals(found), *_failures(found)]
    lines += [
        "",
        "persist.: base year's value, its CRPS with bands of its own errors of 1995-2009 by lead;",
        "trend: its log-linear slope of nine years; gravity: GDP growth to the power 0.8;",
        "eroded gr.: with residuals of CHN, RUS, TUR eroding as fitted;",
        "const.+gas: constant shares of observed host GDP and the contracted gas line;",
        "oth.source: the source that differs most from the chosen one, the data's own error.",
    ]
    return "\n".join(lines)


def _short(value: float) -> str:
    """Return a figure in three digits, a year in four."""
    return f"{value:.4g}" if abs(value) >= 1000.0 else f"{value:.3g}"


def _span(low: float, high: float) -> str:
    """Return a range: ``0.8-0.9``, with a negative end ``-0.2..-0.1``."""
    return f"{_short(low)}{'..' if low < 0.0 else '-'}{_short(high)}"


def _bands(found: Validation) -> list[str]:
    """Return how much the bands hold, how wide they are, and what the sources say."""
    lines = ["", "share of the observed trade figures that lie inside the model's bands, all years"]
    for base, bands in found.coverage.items():
        lines.append(f"{base}: 50 % band {bands['p50']:.0%}, 90 % band {bands['p90']:.0%}")
    lines += ["", "with the stated error of the figures, and beside the range of all sources"]
    lines.append(f"{'base -> years':22}{'in 50 %':>11}{'in 90 %':>11}{'median in range':>17}")
    lines[-1] += f"{'log error beyond it':>21}"
    for window in WINDOWS:
        held = found.sources[window.base, window.name]
        label = f"{window.base} -> {window.name} {window.label}"
        lines.append(
            f"{label:22.22}{held['p50']:>11.0%}{held['p90']:>11.0%}"
            f"{held['within_sources']:>17.0%}{held['log_mae_beyond']:>21.2f}"
        )
    lines += ["", "mean width of the bands of trade, log points"]
    for base, wide in found.widths.items():
        lines.append(f"{base}: 50 % band {wide['p50']:.2f}, 90 % band {wide['p90']:.2f}")
    return lines


def _split(found: Validation) -> list[str]:
    """Return the model's scores by power and by host in the last window of each base."""
    lines = []
    for kind, codes in (("power", axes.POWERS), ("host", axes.HOSTS)):
        lines += ["", f"the model by {kind}: share error (pp) / log error / part inside 90 % bands"]
        lines.append(f"{'base -> years':22}" + "".join(f"{code:>15}" for code in codes))
        for base in found.coverage:
            window = [w for w in WINDOWS if w.base == base][-1]
            held = found.errors[base, window.name, "model"]
            cells = []
            for code in codes:
                one = held.score(**{kind: code})
                inside = found.coverages[base][f"by_{kind}"][code]["p90"]
                cells.append(f"{one.share_mae_pp:.1f}/{one.log_mae:.2f}/{inside:.0%}")
            label = f"{window.base} -> {window.name} {window.label}"
            lines.append(f"{label:22.22}" + "".join(f"{cell:>15}" for cell in cells))
    return lines


def _goals(found: Validation) -> list[str]:
    """Return every goal with its figure, and whether it is met."""
    lines = ["", "goals", f"{'base years':13}{'goal':55}{'model':>7}{'target':>12}"]
    for goal in goals(found):
        where = f"{goal.base or ''} {goal.window}"
        low = "" if goal.low is None else f"{goal.low:.3g}"
        high = "" if goal.high is None else f"{goal.high:.3g}"
        target = f"{low}-{high}" if low and high else f">= {low}" if low else f"<= {high}"
        met = "met" if goal.met else "not met"
        lines.append(f"{where:13}{goal.name:55}{goal.value:>7.3g}{target:>12}  {met}")
    lines.append("")
    for window in WINDOWS:
        own, theirs = (
            found.scores[window.base, window.name, name].crps for name in ("model", "persistence")
        )
        below = f"CRPS {1.0 - own / theirs:.0%} below persistence with bands"
        lines.append(f"{window.base} -> {window.name} {window.label}: {below} (goal 20 %)")
    return lines


def _failures(found: Validation) -> list[str]:
    """Return the worst failures: widths of a pattern's range, parts of a goal's target."""
    worst = failures(found)[:WORST]
    lines = ["", "worst failures, by widths of a pattern's range or parts of a goal's target"]
    for number, failure in enumerate(worst, start=1):
        lines += textwrap.wrap(
            f"{number}. {failure.sentence} [{failure.miss:.2f}]", 96, subsequent_indent="   "
        )
    return lines
