"""The model in Mesa's own batch runner: two elasticities, two seeds, two processes.

python docs/examples/batch_run.py
"""

from __future__ import annotations

import mesa
import pandas as pd

from steppe.model import CentralAsia

PARAMETERS = {
    "case": "backcast_2009",  # a scenario's name or file
    "members": 20,  # worlds of one model: a row holds their means
    "trade__elasticity": [2.0, 4.0],  # a parameter, with __ where its path has a dot
}


def main() -> pd.DataFrame:
    """Return a row a parameter, seed and ninth quarter."""
    rows = mesa.batch_run(
        CentralAsia,
        PARAMETERS,
        rng=[1, 2],
        number_processes=2,
        data_collection_period=9,  # quarters 1, 10, 19 and 28, the last one
        display_progress=False,
    )
    frame = pd.DataFrame(rows)
    return frame[["rng", "trade__elasticity", "Step", "gdp[KAZ]", "trade_share[CHN,KAZ]"]]


if __name__ == "__main__":
    print(main().sort_values(["trade__elasticity", "rng", "Step"]).to_string(index=False))
