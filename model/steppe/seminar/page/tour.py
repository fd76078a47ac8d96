"""The two-minute tour and the keys of the page: texts."""

from __future__ import annotations

STEPS: tuple[dict[str, str], ...] = (
    {
        "at": ".charts",
        "tab": "charts",
        "title": "What you see",
        "text": "Grey is the baseline: the middle line is the median of the members, the band "
        "holds 90 % of "
        "them. Blue is your variant. A band is wide where the model is not sure.",
    },
    {
        "at": ".left",
        "tab": "charts",
        "title": "Move a lever",
        "text": "Choose an actor, drag a slider and let go. The model runs again at once: first "
        "64 members, "
        "then 200. 'What is it?' tells who gains and who loses.",
    },
    {
        "at": ".scenario",
        "tab": "charts",
        "title": "Or begin with a scenario",
        "text": "A scenario sets many things together, such as a completed Chabahar. Levers and "
        "shocks act on "
        "top of it, from 2026 on.",
    },
    {
        "at": ".shock-strip",
        "tab": "charts",
        "title": "Add a shock with a date",
        "text": "Shocks stand on a timeline. Drag a bar, or move it with the arrow keys, and see "
        "what a later "
        "date changes.",
    },
    {
        "at": ".chart-card",
        "tab": "charts",
        "title": "Ask for any outcome",
        "text": "Press a chart's title and search among all outcomes. 'Difference' shows the "
        "change from "
        "the baseline, member by member, without the noise that both share.",
    },
    {
        "at": ".tabs",
        "tab": "charts",
        "title": "Look further",
        "text": "Small multiples, the map over time, what happens in one member, what drove a "
        "change, variants "
        "side by side, and all assumptions with their sources.",
    },
    {
        "at": ".bar-end",
        "tab": "charts",
        "title": "Keep it and share it",
        "text": "The address holds every setting: copy it as a link. Save the variant as a "
        "scenario file, take "
        "data and charts with you, or let others join with levers of their own.",
    },
)
"""Steps: the part of the page that is lit, the tab it is on, title and text."""

KEYS: tuple[tuple[str, str], ...] = (
    ("Ctrl + Z, Ctrl + Y", "Undo, redo"),
    ("R", "Replay the last change"),
    ("D", "Difference from the baseline"),
    ("1 to 7", "Charts, outcomes, map, chronicle, why, compare, assumptions"),
    ("P, Escape", "Presentation, and back"),
    ("Arrow keys on a slider", "Move it by a step"),
    ("Page up, page down on a slider", "Go to the next named level"),
    ("Arrow keys on a shock", "Move it by a quarter, with Shift by a year; Delete takes it away"),
    ("?", "This list"),
)
