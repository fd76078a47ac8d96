"""Colours of the page: Okabe and Ito (2008), told apart with any colour vision.

Powers and modes of transport have those of :mod:`steppe.figures.colours`.
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
AUTONOMY = "#D8D4C8"
INK, FAINT, RULE = "#1F2328", "#5A6169", "#E3E6E9"
SHOCK = "#B23A48"
