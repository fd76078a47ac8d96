"""How trade is seen and how far figures may be off: definitions on invented and known cases."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.analysis import forecasts, observations, scores

JPN, CHN = axes.POWERS.index("JPN"), axes.POWERS.index("CHN")
KGZ, UZB = axes.HOSTS.index("KGZ"), axes.HOSTS.index("UZB")


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> observations.Observations:
    """Figures of 10 everywhere from exporters, sources between 5 and 20; the pair 0, 0 is odd."""
    shape = (len(axes.POWERS), len(axes.HOSTS), observations.LAST - observations.FIRST + 1)
    ten = np.full(shape, 10.0)
    known = observations.Observations(ten, ten / 2.0, ten * 2.0, np.zeros(shape))
    known.cif[0, 0, 2001 - observations.FIRST :] = 1.0
    known.chosen[1, 1, 2002 - observations.FIRST] = 0.0
    for module in (observations, scores, forecasts):
        monkeypatch.setattr(module, "observations", lambda: known)
    return known


def test_trade_reads_higher_once_importers_report_it(invented: observations.Observations) -> None:
    trade = np.ones((5, 5, 2, 3))
    seen = observations.observed(trade, 2000, [2001, 2002])
    assert seen[0, 0] == pytest.approx(1.1)
    assert seen[2, 2] == pytest.approx(1.0)
    assert observations.observed(trade, 2001, [2001, 2002])[0, 0] == pytest.approx(1.0), (
        "the model starts from what importers wrote"
    )


def test_what_nobody_reports_is_no_observation(invented: observations.Observations) -> None:
    seen = observations.observed(np.ones((5, 5, 2, 3)), 2000, [2001, 2002])
    assert np.isnan(seen[1, 1, 1]).all()
    assert np.isfinite(seen).sum() == seen.size - 3


def test_the_error_is_half_the_log_range_and_never_below_its_floor(
    invented: observations.Observations,
) -> None:
    assert observations.error([2005]) == pytest.approx(0.5 * np.log(4.0))
    invented.low[:] = invented.high[:] = 10.0
    assert observations.error([2005]) == pytest.approx(observations.LEAST_ERROR)


def test_every_figure_since_2000_has_a_reporter_and_a_range() -> None:
    known = observations.observations()
    late = slice(2000 - observations.FIRST, None)
    assert (known.chosen[:, :, late] > 0.0).all()
    assert (known.low <= known.chosen).all() and (known.chosen <= known.high).all()
    assert ((known.cif >= 0.0) & (known.cif <= 1.0)).all()


def test_chinese_exports_that_are_sold_on_carry_the_largest_error() -> None:
    stated = observations.error(range(2001, 2017)).mean(axis=2)
    assert np.unravel_index(stated.argmax(), stated.shape) == (CHN, KGZ)
    assert stated[CHN, KGZ] > 0.5 * np.log(3.0)
    assert stated[CHN, UZB] < 0.15, "the sources repeat one report: Uzbekistan gives none"


def test_a_median_within_the_sources_is_told_so(invented: observations.Observations) -> None:
    invented.cif[:], invented.chosen[:] = 0.0, 10.0
    trade = np.full((5, 5, 2, 4), 15.0)
    trade[0] = 40.0
    found = scores.against_sources(trade, 2000, [2001, 2002])
    assert found["within_sources"] == pytest.approx(0.8)
    assert found["log_mae_beyond"] == pytest.approx(0.2 * np.log(2.0))
    assert found["error"] == pytest.approx(0.5 * np.log(4.0))


def test_bands_read_with_error_hold_more(invented: observations.Observations) -> None:
    """All members say 15 where 10 is observed: without error no band holds it, with it 90 % do."""
    invented.cif[:], invented.chosen[:] = 0.0, 10.0
    trade = np.full((5, 5, 1, 4), 15.0)
    alone = scores.held_at([0.5, 0.9], trade, 2000, [2001])
    noisy = scores.held_at([0.5, 0.9], trade, 2000, [2001], noisy=True)
    assert list(alone) == [0.0, 0.0]
    assert list(noisy) == [1.0, 1.0], "ln 1.5 is 0.58 errors: within a half of a normal's 0.67"


def test_persistence_knows_its_own_errors(invented: observations.Observations) -> None:
    """Trade that doubled every year: its errors are ln 2 a year of lead, without any spread."""
    invented.chosen[:] = 2.0 ** np.arange(invented.chosen.shape[2])
    years = [2010, 2011]
    bands = forecasts.persistence_bands(2009, years)
    assert bands.shape == (5, 5, 2, len(forecasts.LEVELS))
    assert bands == pytest.approx(np.broadcast_to(
        invented.years(*years)[..., None], bands.shape
    ))  # fmt: skip
    late = forecasts.persistence_bands(2000, [2014, 2016])
    assert late[..., 1, :] == pytest.approx(late[..., 0, :]), "no error of a lead beyond 14"


def test_scores_by_power_are_the_parts_of_the_whole() -> None:
    years = range(2010, 2017)
    found = scores.errors(forecasts.persistence(2009, years)[..., None], years)
    by_power = [found.score(power=code).log_mae for code in axes.POWERS]
    by_host = [found.score(host=code).share_mae_pp for code in axes.HOSTS]
    assert np.mean(by_power) == pytest.approx(found.score().log_mae)
    assert np.mean(by_host) == pytest.approx(found.score().share_mae_pp)


def test_the_width_of_a_band_is_in_logs() -> None:
    trade = np.exp(np.linspace(0.0, 1.0, 101)) * np.ones((5, 5, 1, 1))
    found = scores.width(trade)
    assert found["p90"] == pytest.approx(0.9)
    assert found["p50"] == pytest.approx(0.5)
