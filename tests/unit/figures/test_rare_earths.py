"""The figure of rare earths: the price's scale, whole shares, observations in backcasts only."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe import axes
from steppe.figures import rare_earths
from steppe.results import Results

from .conftest import invented


@pytest.fixture
def shown(results: Results) -> Results:
    """Prices of 3 (1 to 9), imports of 10 from China and 2 from every other source."""
    for i, s in enumerate(results.series):
        if s.metric == "ree_price":
            results.statistics[:, i] = [3.5, 1.0, 2.0, 3.0, 4.0, 9.0]
        if s.metric == "ree_japan_imports":
            results.statistics[:, i] = 10.0 if s.cell == ("CHN",) else 2.0
    return results


def panel(figure: Figure, title: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left") == title)


def test_the_price_is_on_a_scale_of_factors_that_shows_the_whole_band(shown: Results) -> None:
    price = panel(rare_earths.market(shown), "Price")
    assert price.get_yscale() == "log"
    low, high = price.get_ylim()
    assert low <= 1.0 and high >= 9.0
    (median,) = (x for x in price.lines if x.get_label() == "median")
    assert set(np.asarray(median.get_ydata())) == {3.0}


def test_sources_sum_to_the_whole_with_china_at_the_bottom(shown: Results) -> None:
    sources = panel(rare_earths.market(shown), "Japan's imports by source")
    tops = [x.get_paths()[0].vertices[:, 1].max() for x in sources.collections]
    total = 10.0 + 2.0 * (len(axes.SOURCES) - 1)
    assert tops[0] == pytest.approx(100 * 10 / total)
    assert tops[-1] == pytest.approx(100.0)
    assert sources.collections[0].get_label() == "China"


def test_every_source_is_in_one_layer() -> None:
    drawn = [source for _, sources, _ in rare_earths.LAYERS for source in sources]
    assert sorted(drawn) == sorted(axes.SOURCES)


def test_observations_lie_over_backcasts_only(shown: Results) -> None:
    for part in rare_earths.market(shown).axes:
        assert not [x for x in part.lines if x.get_label() == "observed"]
    back = invented("backcast_2009", 2010, 2016)
    dots = [
        x
        for part in rare_earths.market(back).axes
        for x in part.lines
        if x.get_label() == "observed"
    ]
    assert len(dots) == 2
    when, price = dots[0].get_xdata(), dots[0].get_ydata()
    assert price[list(when).index(2011.5)] == pytest.approx(158.6 / 10.32)


def test_names_at_the_right_stay_on_the_page(shown: Results) -> None:
    figure = rare_earths.market(shown, shown)
    figure.canvas.draw()
    for text in [*figure.texts, *panel(figure, "Japan's imports by source").texts]:
        assert text.get_window_extent().x1 <= figure.bbox.width
