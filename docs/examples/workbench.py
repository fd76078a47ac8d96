"""The model in the EMA workbench: futures, levers, and where Japan's share is large.

    python docs/examples/workbench.py

Needs ``pip install 'steppe[analysis]'``.
"""

from __future__ import annotations

import ema_workbench
import pandas as pd
from ema_workbench.analysis import feature_scoring

import steppe


def main() -> pd.DataFrame:
    """Return how much each uncertainty and lever matters for two outcomes."""
    model = steppe.workbench_model(
        "chabahar_completion",
        ["influence_share[JPN,UZB]", "corridor_share[chabahar]"],
        uncertainties=["trade.elasticity", "japan.conversion"],  # as the scenario has them
        levers=["japan.budget=0.5:2", "india.budget=1,2"],
        members=4,
    )
    experiments, outcomes = ema_workbench.perform_experiments(
        model,
        scenarios=10,
        policies=4,
        evaluator=model.evaluator(),  # many experiments at once, in this process
        lever_sampling=ema_workbench.Samplers.LHS,
    )
    varied = experiments.drop(columns=["scenario", "policy", "model"])
    return feature_scoring.get_feature_scores_all(varied, outcomes).rename_axis(None)


if __name__ == "__main__":
    print(main().round(2))
