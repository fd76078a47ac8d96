"""Errors of resampled quantiles have their closed forms; conclusions are read off paths."""

from __future__ import annotations

import json

import numpy as np
import pytest

from steppe import axes
from steppe.analysis import convergence, sheets
from steppe.analysis.conclusions import CONCLUSIONS, cell, lead, of_power, over
from steppe.analysis.convergence import Convergence, Verdict, resampled, robust
from steppe.analysis.variants import Variant


def test_errors_of_normal_outcomes_have_their_closed_form() -> None:
    """sqrt(pi/2)/sqrt(n) and sqrt(0.05 0.95)/phi(1.645)/sqrt(n), over the width 3.29."""
    values = np.random.default_rng(3).standard_normal((12, 20_000))
    (some,), outcomes = resampled(values, [400])
    assert outcomes == 12
    assert some.median_typical == pytest.approx(0.381 / 20.0, rel=0.1)
    assert some.edges_typical == pytest.approx(0.642 / 20.0, rel=0.15)


def test_four_times_the_members_halve_the_error() -> None:
    values = np.random.default_rng(4).standard_normal((8, 5_000))
    few, many = resampled(values, [50, 200])[0]
    assert few.median_typical / many.median_typical == pytest.approx(2.0, rel=0.15)
    assert few.median_high >= few.median_typical


def test_outcomes_without_width_or_value_are_left_out() -> None:
    values = np.vstack([np.linspace(0.0, 1.0, 40), np.full(40, 2.0), np.full(40, np.nan)])
    assert resampled(values, [10])[1] == 1


def test_the_same_values_give_the_same_errors() -> None:
    values = np.random.default_rng(5).standard_normal((3, 60))
    assert resampled(values, [20, 40]) == resampled(values, [20, 40])


def test_a_conclusion_is_robust_if_it_reads_alike_everywhere() -> None:
    def by(*shares: float) -> dict[str, Verdict]:
        return {str(n): Verdict(share, 0.0) for n, share in enumerate(shares)}

    assert robust(by(0.95, 1.0)) and robust(by(0.5, 0.6, 0.4))
    assert not robust(by(0.95, 0.8)) and not robust(by(0.3, 0.3, 0.45))


def test_measures_read_the_end_of_a_path() -> None:
    """Quarter 0 .. 39 of value power + host / 10 + quarter / 100."""
    p, h, t = np.arange(5.0), np.arange(5.0), np.arange(40.0)
    path = (t[:, None, None] / 100 + p[:, None] + h / 10)[..., None]
    late = t[-20:].mean() / 100
    assert cell("RUS", "TKM")(path) == pytest.approx([2.2 + late])
    assert of_power("CHN")(path) == pytest.approx([5 * (1 + late) + 1.0])
    assert over("RUS", "JPN")(path) == pytest.approx([2.0])
    assert lead("IND", "KAZ")(path) == pytest.approx([1.0])
    assert lead("JPN", "KAZ")(path) == pytest.approx([-4.0])
    with pytest.raises(KeyError):
        cell("MARS")(path)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, Verdict]]:
    settings = [Variant("priors"), Variant("Jp 0.6", {"japan.conversion": 0.6})]
    own = [c for c in CONCLUSIONS if c.scenario == "baseline"]
    found = convergence.sensitivity(4, settings, own)
    assert found is not None
    return found


def test_conclusions_are_told_by_setting(verdicts: dict[str, dict[str, Verdict]]) -> None:
    assert len(verdicts) == len(axes.HOSTS) + 2
    for by_setting in verdicts.values():
        assert set(by_setting) == {"priors", "Jp 0.6"}
        assert all(0.0 <= v.share <= 1.0 for v in by_setting.values())
    japan = verdicts["Turkey above Japan"]
    assert japan["Jp 0.6"].size < japan["priors"].size, "Japan converts more, Turkey leads less"


def test_results_are_printable() -> None:
    values = np.random.default_rng(6).standard_normal((4, 100))
    precision, outcomes = resampled(values, [25, 50])
    verdicts = {
        c.name: {s.name: Verdict(1.0, -0.000123456) for s in convergence.SETTINGS}
        for c in CONCLUSIONS
    }
    found = Convergence("baseline", 100, outcomes, tuple(precision), 8, verdicts)
    assert found.recommended == 100, "25 and 50 are not enough"
    told = json.loads(json.dumps(found.as_json()))
    assert [p["count"] for p in told["precision"]] == [25, 50]
    assert told["conclusions"]["China largest in KAZ 2040"]["robust"] is True
    assert max(map(len, sheets.text(found.sheets()).splitlines())) < 100
