"""Colours of the page: Okabe and Ito (2008), told apart with any colour vision.

Powers have the colours of :mod:`steppe.figures.style`, so that page and figures read alike.
"""

from __future__ import annotations

BASELINE = "#7D7D7D"
VARIANT = "#0072B2"
PINNED = ("#D55E00", "#009E73", "#CC79A7")
"""Colours of the variants that are kept for comparison, A to C."""
PEOPLE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
"""Colours of participants; the seventh has the first colour again and a dashed line."""
DASHES = ("solid", "dashed", "dotted")
MORE, LESS = "#0077BB", "#EE7733"
POWER_COLOURS = {
    "JPN": "#D55E00",
    "CHN": "#0072B2",
    "RUS": "#3F3F3F",
    "TUR": "#009E73",
    "IND": "#CC79A7",
}
MODE_COLOURS = {
    "rail": "#CC3311",
    "road": "#EE9944",
    "sea": "#0077BB",
    "ferry": "#33BBEE",
    "pipeline": "#8A5FA8",
}
OTHER_MODE = "#009988"
AUTONOMY = "#D8D4C8"
INK, FAINT, RULE = "#1F2328", "#5A6169", "#E3E6E9"
SHOCK = "#B23A48"
