"""Identity 9 at every step: no line above its capacity; output = home use + flows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from steppe import axes
from steppe.laws import gas
from steppe.model import CentralAsia
from steppe.world.pipelines import L

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
MEMBERS = 12


@pytest.mark.parametrize("name", SHIPPED)
def test_pipelines_carry_what_they_can_and_what_there_is(name: str) -> None:
    model = CentralAsia(name, MEMBERS, collect=False)
    lines = model.pipelines.lines
    while model.running:
        model.step()
        s, v = model.state, model.values
        flow = s.pipeline_flow
        assert np.isfinite(flow).all()
        assert (flow >= 0.0).all()
        opened = v.over("pipeline.{pipeline}.open")
        most = v.over("pipeline.{gas_line}.capacity") * opened[:L]
        done = v.over("pipeline.{pipeline}.completion")[:L] + s.pipeline_built >= 1.0 - 1e-9
        assert (flow[:L] <= most * done * (1 + 1e-9)).all()
        assert (flow[L:] <= v.over("pipeline.{oil_route}.capacity") * opened[L:] * (1 + 1e-9)).all()
        fields = gas.output_capacity(
            v.over("{host}.gas_output"),
            v.over("{host}.gas_growth"),
            model.years_since_base,
            s.gas_added,
        )
        sold = s.gas_export.sum(axis=1)
        output = s.gas_home + sold
        assert (output <= fields * (1 + 1e-9) + 1e-9).all()
        by_seller = np.zeros_like(sold)
        np.add.at(by_seller, lines.seller, flow[:L])
        np.testing.assert_allclose(sold, by_seller, rtol=1e-9, atol=1e-12)
        booked = s.trade[axes.HOST][:, [axes.REGIONS.index(p) for p in axes.PARTNERS], 0]
        assert (model.pipelines.value <= booked + 1e-9).all()
        shipped = flow[L:].sum(axis=0)
        assert (shipped <= v["oil.exports"] * np.exp(v["oil.growth"] * model.years_since_base)
                * (1 + 1e-9)).all()  # fmt: skip
