"""The figure of gas by buyer and oil by route."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe.figures import energy
from steppe.results import Results

PANELS = ("Turkmenistan: gas", "Uzbekistan: gas", "Kazakhstan: gas", "Kazakhstan: oil by route")


def panel(figure: Figure, title: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left") == title)


def rows(results: Results, metric: str) -> dict[tuple[str, ...], int]:
    return {s.cell: i for i, s in enumerate(results.series) if s.metric == metric}


def test_a_layer_is_as_high_as_what_the_buyer_takes(results: Results) -> None:
    gas = rows(results, "gas_export")
    for row in gas.values():
        results.statistics[:, row] = 0.0
    results.statistics[:, gas["TKM", "CHN"], 0] = 30.0
    results.statistics[:, gas["TKM", "RUS"], 0] = 10.0
    figure = energy.by_buyer(results)
    shown = panel(figure, "Turkmenistan: gas")
    edges = [line for line in shown.lines if line.get_label() == "edge"]
    heights = [float(np.asarray(line.get_ydata())[-1]) for line in edges]
    assert heights == pytest.approx([30.0, 40.0])
    said = [text.get_text() for text in shown.texts]
    assert "CHN 30" in said
    assert "RUS 10" in said
    empty = [text.get_text() for text in panel(figure, "Uzbekistan: gas").texts]
    assert empty == ["none in this run"]


def test_every_panel_is_there_and_the_parent_is_dashed(results: Results) -> None:
    figure = energy.by_buyer(results, results)
    for title in PANELS:
        assert any(x.get_label() == "parent" for x in panel(figure, title).lines), title
    keys = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any(text.startswith("mean of") for text in keys)
