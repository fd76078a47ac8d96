"""Which series the page shows together, and what they are called in small panels."""

from __future__ import annotations

import re
from functools import lru_cache

from steppe import axes, metrics
from steppe.faces import PERCENT, TITLES, UNITS, Face, face, number, words

__all__ = [
    "FAMILIES",
    "PERCENT",
    "TITLES",
    "UNITS",
    "Face",
    "every",
    "face",
    "number",
    "short",
    "words",
]

FAMILIES: dict[str, tuple[str, ...]] = {
    "Headlines": (
        "influence_share[JPN,UZB]",
        "influence_share[CHN,KAZ]",
        "influence_share[RUS,KGZ]",
        "autonomy[UZB]",
        "corridor_share[chabahar]",
        "corridor_share[trans_siberian]",
        "trade_share[JPN,KAZ]",
        "debt_to_gdp[CHN,KGZ]",
        "ree_china_share_of_japan_imports",
    ),
    "Influence": tuple(f"influence_share[{p},{h}]" for p in axes.POWERS for h in axes.HOSTS),
    "Trade": tuple(f"trade_share[{p},{h}]" for p in axes.POWERS for h in axes.HOSTS),
    "Corridors": (
        *(f"corridor_share[{c}]" for c in axes.CORRIDORS),
        *(f"corridor_days[{c}]" for c in axes.CORRIDORS),
    ),
    "Autonomy and debt": (
        *(f"autonomy[{h}]" for h in axes.HOSTS),
        *(f"debt_to_gdp[CHN,{h}]" for h in axes.HOSTS),
    ),
    "Rare earths": (
        "ree_china_share_of_japan_imports",
        "ree_price",
        "ree_china_exports",
        "ree_unmet[JPN]",
        "ree_output[KAZ]",
        "ree_risk_memory",
    ),
}
"""Sets of small multiples."""

_LABEL = re.compile(r"([a-z_]+)(?:\[([^\]]*)\])?")


@lru_cache(maxsize=1)
def every() -> tuple[Face, ...]:
    """Return all series that a run records, in the order of the registry."""
    return tuple(face(series.label) for metric in metrics.METRICS for series in metric.series)


def short(face: Face, *, brief: bool = False) -> str:
    """Return a title for a small panel; a ``brief`` one leaves out what its whole family is."""
    match = _LABEL.fullmatch(face.label)
    assert match is not None
    if match[1] in ("influence_share", "trade_share") and match[2]:
        power, host = match[2].split(",")
        what = "trade" if match[1] == "trade_share" else "influence"
        pair = f"{words(power)} in {words(host)}"
        return pair if brief else f"{pair}, {what}"
    if match[1] == "corridor_share":
        return f"{words(match[2])} corridor, share"
    if match[1] == "corridor_days":
        return f"{words(match[2])} corridor, days"
    if match[1] == "ree_china_share_of_japan_imports":
        return "China's share, rare earths"
    if match[1] == "debt_to_gdp":
        power, host = match[2].split(",")
        return f"{words(host)}'s debt to {words(power)}"
    return face.title
