"""Which rules each power plays by."""

from __future__ import annotations

from steppe.agents.china import China
from steppe.agents.india import India
from steppe.agents.japan import Japan
from steppe.agents.power import Power
from steppe.agents.russia import Russia
from steppe.agents.turkey import Turkey

RULES: dict[str, type[Power]] = {
    "JPN": Japan,
    "CHN": China,
    "RUS": Russia,
    "TUR": Turkey,
    "IND": India,
}
