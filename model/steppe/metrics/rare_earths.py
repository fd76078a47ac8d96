"""The market of rare earths."""

from __future__ import annotations

import numpy as np

from steppe import axes
from steppe.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "ree_price",
        (),
        (),
        "1",
        "World price of rare earths in constant dollars, 1 the usual price of 2009 (10.3 USD a kg)",
        lambda s: np.exp(s.rare_earths.price),
    ),
    Metric(
        "ree_china_share_of_japan_imports",
        (),
        (),
        "1",
        "China's part of Japan's imports of rare earths, direct shipments by weight",
        lambda s: s.rare_earths.china_share,
    ),
    Metric(
        "ree_japan_imports",
        ("country",),
        (axes.SOURCES,),
        "kt/yr",
        "Japan's imports of rare earths by source; re-processors sell on Chinese material",
        lambda s: s.rare_earths.given,
        outcome=False,
    ),
    Metric(
        "ree_output",
        ("country",),
        (axes.MINERS,),
        "kt/yr",
        "Rare earths mined",
        lambda s: s.rare_earths.output,
    ),
    Metric(
        "ree_china_exports",
        (),
        (),
        "kt/yr",
        "Rare earths that leave China, past its quota included",
        lambda s: s.rare_earths.exports,
        outcome=False,
    ),
    Metric(
        "ree_unmet",
        ("country",),
        (axes.USERS[1:],),
        "kt/yr",
        "Use of rare earths that is wanted at the price and not served",
        lambda s: s.rare_earths.unmet,
    ),
    Metric(
        "ree_stock",
        ("country",),
        (axes.USERS[1:],),
        "kt",
        "Rare earths in stock",
        lambda s: s.rare_earths.stock,
        outcome=False,
    ),
    Metric(
        "ree_restriction",
        (),
        (),
        "1",
        "China's restriction of exports: 0 none, 1 a quota, 2 a stop of shipments to Japan as well",
        lambda s: s.rare_earths.restriction,
    ),
    Metric(
        "ree_risk_memory",
        (),
        (),
        "1",
        "How far Japan remembers restrictions, 0-1",
        lambda s: s.rare_earths.memory,
        outcome=False,
    ),
)
