"""Colours of powers, corridors and modes, on figures and on the seminar page alike.

They are fixed, so that a reader who knows one figure reads them all.  They come from two sets made
to be told apart with any colour vision: Okabe and Ito (2008), https://jfly.uni-koeln.de/color, for
the powers and Tol's *muted* and *vibrant* schemes, https://sronpersonalpages.nl/~pault, for
corridors and for modes of transport; Russia's black is lightened and the Trans-Caspian cyan
darkened, so that bands and lines both show.
"""

from __future__ import annotations

POWER_COLOURS = {
    "JPN": "#D55E00",
    "CHN": "#0072B2",
    "RUS": "#3F3F3F",
    "TUR": "#009E73",
    "IND": "#CC79A7",
}
CORRIDOR_COLOURS = {
    "trans_siberian": "#332288",
    "china_land_bridge": "#44AA99",
    "chabahar": "#882255",
    "bandar_abbas": "#CC6677",
    "gwadar_karakoram": "#999933",
    "trans_caspian": "#66B3DD",
}
MODE_COLOURS = {
    "rail": "#CC3311",
    "road": "#EE9944",
    "sea": "#0077BB",
    "ferry": "#33BBEE",
    "pipeline": "#8A5FA8",
}
OTHER_MODE = "#009988"
"""Colour of other modes: a port, too short to be seen."""
MORE, LESS = "#0077BB", "#EE7733"
"""Colours of what rises and what falls against a reference."""
