"""The Python interface of findings: the numbers of the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steppe
from steppe import scenario
from steppe.analysis.findings import FindingError
from steppe.cli import discover, robustness, sensitivity

from .cases import THREE, invented, ishigami, laid_out, unit

LABEL = "influence_share[JPN,UZB]"
Array = Any


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("method", "samples"), [("sobol", 64), ("morris", 10), ("lhs", 100)])
def test_indices_are_those_of_the_command(
    method: str, samples: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = laid_out(method, samples)
    place = invented(tmp_path / "sweep", design, {LABEL: ishigami(design)}).path
    found = steppe.sensitivity(place, LABEL)
    assert sensitivity.run(str(place), metric=LABEL, as_json=True) == 0
    told = said(capsys)
    own = told["outcomes"][LABEL]
    assert found.method == told["method"]
    assert list(found.table.index) == list(own["parameters"])
    for name, indices in own["parameters"].items():
        for index, value in indices.items():
            ends = value if isinstance(value, dict) else {"value": value}
            for end, number in ends.items():
                column = index if end == "value" else f"{index}_{end}"
                assert found.table.loc[name, column] == number
    assert (found.threshold, found.samples_needed) == (own["threshold"], own["samples_needed"])


def test_a_region_is_that_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = laid_out("lhs", 200)

    def middle(values: Array, member: Array) -> Array:
        """Return most in the middle of the first range, so that the box has two ends there."""
        found: Array = 1.0 - 2.0 * np.abs(unit(values, design)[:, 0] - 0.5) + 0.01 * member
        return found

    first = {LABEL: middle}
    place = invented(tmp_path / "sweep", design, first).path
    found = steppe.discover(steppe.open(place), f"{LABEL} > 0.7")  # type: ignore[arg-type]
    assert discover.run(str(place), where=f"{LABEL}>0.7", as_json=True) == 0
    told = said(capsys)
    assert found.condition == told["where"]
    for name in ("coverage", "density"):
        assert getattr(found, name) == told["box"][name]
    assert list(found.box.index) == list(told["box"]["limits"]) == [THREE[0].partition("=")[0]]
    for name, limits in told["box"]["limits"].items():
        row = found.box.loc[name]
        ends = [limits["low"], limits["high"], *limits["sweep"]]
        assert row[["low", "high", "sweep_low", "sweep_high"]].tolist() == ends
        assert None not in limits["quasi_p"]
        assert row["quasi_p"] == max(p for p in limits["quasi_p"] if p is not None)
    steps = found.peeling.reset_index().to_dict("records")
    assert steps == told["peeling"]
    kept = scenario.load(told["scenario_of_box"])
    assert scenario.loads(found.scenario, name="box").uncertainties == kept.uncertainties


def test_strategies_are_those_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crossed = ("japan.conversion=0,0.4,0.8", "japan.budget=1,2", "china.budget=0.5,1")
    design = laid_out("factorial", 0, crossed)
    shape = {LABEL: lambda v, member: v[:, 0] * v[:, 2] + 0.1 * v[:, 1] * (member - 5.0)}
    place = invented(tmp_path / "sweep", design, shape, members=12).path
    found = steppe.robustness(place, "japan", LABEL, where=f"{LABEL} > 0.2")
    options = {"levers": ["japan"], "metric": LABEL, "where": f"{LABEL} > 0.2"}
    assert robustness.run(str(place), as_json=True, **options) == 0  # type: ignore[arg-type]
    told = said(capsys)
    assert (found.outcome, found.reference) == (told["metric"], told["reference"])
    assert found.levers.to_dict("records") == told["levers"]
    for row, own in zip(found.strategies.to_dict("records"), told["strategies"], strict=True):
        levels = own.pop("levels")
        own.pop("satisfies_by_state")
        assert row == levels | own


def test_mistakes_are_told_as_the_commands_tell_them(tmp_path: Path) -> None:
    design = laid_out("lhs", 40)
    place = invented(tmp_path / "sweep", design, {LABEL: ishigami(design)}).path
    with pytest.raises(FindingError, match="did you mean 'influence_share"):
        steppe.sensitivity(place, "influence_shar[JPN,UZB]")
    with pytest.raises(FindingError, match="sobol needs its own design: steppe sweep"):
        steppe.sensitivity(place, LABEL, "sobol")
    with pytest.raises(FindingError, match="keeps none of 40 points"):
        steppe.discover(place, f"{LABEL} > 1e9")
    with pytest.raises(FindingError, match="no two strategies meet"):
        steppe.robustness(place, "japan", LABEL)
    with pytest.raises(steppe.sweeps.SweepError):  # type: ignore[attr-defined]
        steppe.sensitivity(tmp_path / "nothing", LABEL)


def test_an_outcome_is_one(tmp_path: Path) -> None:
    design = laid_out("lhs", 40)
    two = {label: ishigami(design) for label in (LABEL, "influence_share[CHN,UZB]")}
    place = invented(tmp_path / "sweep", design, two).path
    with pytest.raises(FindingError, match="are 2 outcomes, indices are of one"):
        steppe.sensitivity(place, "influence_share")
    assert np.isfinite(steppe.sensitivity(place, LABEL).table["pawn"]).all()
