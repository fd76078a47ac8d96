"""Indices of functions of which they are known, through a sweep's real designs and folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import pawn

from steppe.analysis.findings import FindingError, commands, given_data
from steppe.analysis.findings.noise import noise
from steppe.analysis.findings.reading import chosen, opened, read
from steppe.analysis.findings.sensitivity import Sensitivity, analyse, method_of
from steppe.design import Design

from .cases import THREE, Formula, invented, ishigami, laid_out, unit

LABEL = "influence_share[JPN,UZB]"

# Ishigami and Homma (1990) with a = 7 and b = 0.1: the closed form of Sobol's indices.
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOGETHER = B**2 * np.pi**8 * (1 / 18 - 1 / 50) / VARIANCE
TOTAL = FIRST + np.array([TOGETHER, 0.0, TOGETHER])


def found(
    folder: Path, design: Design, formula: Formula, method: str | None = None, **settings: int
) -> Sensitivity:
    invented(folder, design, {LABEL: formula}, **settings)
    source = opened(folder)
    return analyse(source.design, read(source, [LABEL]), LABEL, method or method_of(source.design))


def test_sobol_indices_of_ishigamis_function(tmp_path: Path) -> None:
    design = laid_out("sobol", 2048)
    one = found(tmp_path / "s", design, ishigami(design))
    assert (one.method, one.samples, one.enough) == ("sobol", 2048, None)
    total, first = one.indices
    for index, truth in ((total, TOTAL), (first, FIRST)):
        assert (index.low <= truth).all() and (truth <= index.high).all(), index
        np.testing.assert_allclose(index.value, truth, atol=0.05)
    assert one.order == [0, 1, 2]
    assert one.deviation**2 == pytest.approx(VARIANCE, rel=0.05)


def test_few_samples_are_told_to_be_few(tmp_path: Path) -> None:
    design = laid_out("sobol", 64)
    one = found(tmp_path / "s", design, ishigami(design))
    assert one.enough is not None
    assert 256 <= one.enough <= 4096
    assert one.enough & (one.enough - 1) == 0, "a power of two"
    assert one.widest > 0.2


def test_morris_ranks_the_strong_the_weak_and_the_idle(tmp_path: Path) -> None:
    four = (*THREE, "china.conversion=0:1")
    first = laid_out("morris", 2, four)

    def formula(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        u = unit(values[:, :4], first)
        return 10.0 * u[:, 1] + 3.0 * u[:, 0] + u[:, 3] * u[:, 2] + 0.0 * member

    design = laid_out("morris", 20, (*four, "russia.conversion=0.5,0,1"))
    one = found(tmp_path / "m", design, formula)
    star = one.indices[0].value
    assert one.order[:2] == [1, 0]
    assert star[1] == pytest.approx(10.0) and star[0] == pytest.approx(3.0)
    assert one.plain["sigma"][:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert one.plain["sigma"][2] > 0.1, "an interaction"
    assert star[4] == pytest.approx(0.0, abs=1e-9), "levels in any order"


def test_morris_ranks_ishigamis_parameters(tmp_path: Path) -> None:
    design = laid_out("morris", 200)
    one = found(tmp_path / "m", design, ishigami(design))
    assert one.enough is None
    assert set(one.order[:2]) == {0, 1}
    assert (one.indices[0].low > 0.0).all()


def test_pawn_on_a_latin_hypercube(tmp_path: Path) -> None:
    design = laid_out("lhs", 1000, (*THREE, "china.conversion=0:1", "russia.conversion=0,0.5,1"))
    three = laid_out("lhs", 2)
    formula = ishigami(three)
    one = found(tmp_path / "l", design, lambda values, member: formula(values[:, :3], member))
    index, first = one.indices
    assert one.order[:2] == [1, 0]
    np.testing.assert_allclose(first.value[:3], FIRST, atol=0.1)
    assert one.threshold is not None
    assert (index.value[:2] > one.threshold).all()
    assert (index.value[3:] < one.threshold).all(), "what has no effect is below the line"
    assert ((index.low <= index.value) & (index.value <= index.high)).all()


def test_pawn_is_that_of_salib() -> None:
    rng = np.random.default_rng(1)
    values = rng.random((600, 4))
    outcome = np.sin(6 * values[:, 0]) + values[:, 1] * values[:, 2] + 0.2 * rng.random(600)
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    theirs = pawn.analyze(problem, values, outcome, S=10)["median"]
    own, _ = given_data.indices(values, outcome)
    np.testing.assert_allclose(own, theirs, atol=0.01)


def test_pawn_takes_any_design(tmp_path: Path) -> None:
    for method, samples in (("sobol", 64), ("morris", 30)):
        design = laid_out(method, samples)
        one = found(tmp_path / method, design, ishigami(design), "pawn")
        assert one.method == "pawn"
        assert one.samples == samples, "whole groups are drawn anew"
    design = laid_out("factorial", 0, ("trade.elasticity=2:4:4", "japan.conversion=0:0.8:5"))
    one = found(
        tmp_path / "f",
        design,
        lambda values, member: values[:, 0] + 0.1 * values[:, 1] + 0 * member,
    )
    assert one.order == [0, 1]
    assert one.indices[1].value[0] > 0.9


def test_noise_is_what_members_leave(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    point, member = rng.normal(size=400), rng.normal(size=8)
    left = 2.0 * rng.normal(size=(400, 8))
    one = noise(point[:, None] + 5.0 * member[None, :] + left)
    assert one.points == pytest.approx(
        np.var(point) / (np.var(point) + 25 * np.var(member, ddof=1) + 4), rel=0.2
    )
    share = 4.0 / 8 / (1.0 + 4.0 / 8)
    assert one.share == pytest.approx(share, rel=0.15)
    assert one.much and "members a point would bring" in one.sentence()
    assert one.enough == pytest.approx(4.0 * 0.95 / 0.05, rel=0.3)
    assert np.isnan(noise(point[:, None]).share)
    assert "one member" in noise(point[:, None]).sentence()
    still = noise(np.ones((5, 3)))
    assert np.isnan(still.share)


def test_only_whole_samples_count(tmp_path: Path) -> None:
    for method, samples, size in (("sobol", 40, 5), ("morris", 40, 4), ("lhs", 200, 1)):
        design = laid_out(method, samples)
        invented(tmp_path / method, design, {LABEL: ishigami(design)}, block=51, blocks=5)
        source = opened(tmp_path / method)
        points = read(source, [LABEL])
        assert len(points) == 51 * 5 // 2
        assert "not computed" in points.notes()[0]
        one = analyse(source.design, points, LABEL, method_of(source.design))
        assert one.samples == len(points) // size
        assert one.points == one.samples * size


def test_points_without_a_value_take_their_sample_along(tmp_path: Path) -> None:
    design = laid_out("sobol", 32)
    formula = ishigami(design)

    def holed(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        outcome = formula(values, member)
        outcome[np.isclose(values, design.values[7]).all(axis=1)] = np.nan
        return outcome

    one = found(tmp_path / "s", design, holed)
    assert one.samples == 31


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (lambda values, member: 1.0 + 0.0 * values[:, 0], "same at all points"),
        (lambda values, member: np.nan * values[:, 0], "has no value"),
    ],
)
def test_an_outcome_that_says_nothing(tmp_path: Path, formula: Formula, told: str) -> None:
    with pytest.raises(FindingError, match=told):
        found(tmp_path / "s", laid_out("sobol", 16), formula)


def test_too_few_samples(tmp_path: Path) -> None:
    design = laid_out("morris", 2)
    with pytest.raises(FindingError, match="2 trajectories cannot tell"):
        found(tmp_path / "m", design, ishigami(design))


def test_outcomes_are_named_by_metric_or_cell(tmp_path: Path) -> None:
    design = laid_out("lhs", 30)
    labels = ["gdp[KAZ]", "gdp[UZB]", LABEL]
    invented(tmp_path / "s", design, dict.fromkeys(labels, ishigami(design)))
    source = opened(tmp_path / "s")
    assert chosen(source, ["gdp"]) == labels[:2]
    assert chosen(source, [LABEL, "gdp[UZB]", LABEL]) == [LABEL, "gdp[UZB]"]
    for word, near in (
        ("gpd[UZB]", "'gdp[UZB]'"),
        ("gdp[UZZ]", "'gdp[UZB]'"),
        ("influence_shares", "'influence_share'"),
    ):
        with pytest.raises(FindingError) as problem:
            chosen(source, [word])
        assert f"did you mean {near}?" in problem.value.sentence
    with pytest.raises(FindingError, match="name an outcome"):
        chosen(source, [])


def test_the_command_that_makes_the_right_design(tmp_path: Path) -> None:
    design = laid_out("lhs", 30)
    invented(tmp_path / "s", design, {LABEL: ishigami(design)}, members=3)
    source = opened(tmp_path / "s")
    command = commands.for_method(source, "sobol")
    assert command == (
        f"steppe sweep {tmp_path}/s/scenario.yaml --vary trade.elasticity=2.0:4.0 "
        "--vary powers.lapse=0.05:0.2 --vary japan.conversion=0.0:0.8 --method sobol "
        f"--samples 512 --members 3 --seed 20000101 --out {tmp_path}/s-sobol"
    )
    record = dict(source.record)
    words = "sweep baseline --vary levers --vary=trade.elasticity --samples 7 --members 4 --quiet"
    words += " --set powers.lapse=0.1 --workers 2 --out s"
    record["command"] = ["steppe", *words.split()]
    given = type(source)(source.folder, record, source.plan, source.labels)
    assert commands.for_method(given, "morris") == (
        "steppe sweep baseline --vary levers --vary trade.elasticity --method morris --samples 20 "
        f"--members 4 --set powers.lapse=0.1 --out {tmp_path}/s-morris"
    )


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn"])
def test_one_parameter_and_two_levels(tmp_path: Path, method: str) -> None:
    def formula(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        return 3.0 * values[:, 0] + 0.0 * member

    kind = {"pawn": "lhs"}.get(method, method)
    for number, vary in enumerate((("japan.conversion=0:1",), ("japan.conversion=0,1",))):
        design = laid_out(kind, 64, vary)
        one = found(tmp_path / str(number), design, formula, method)
        assert one.method == method
        top = {"sobol": 1.0, "morris": 3.0}.get(method)
        if method == "morris" and number:
            top = 4.5  # an effect of two levels, per two thirds of the range
        if top is not None:
            assert one.indices[0].value[0] == pytest.approx(top, rel=0.2)
        assert one.indices[0].low[0] > 0.2


@pytest.mark.parametrize("method", ["sobol", "morris", "lhs"])
@pytest.mark.parametrize(("scale", "shift"), [(1e300, 0.0), (1e-300, 0.0), (1e-3, 1e6)])
def test_indices_do_not_depend_on_the_outcomes_scale(
    tmp_path: Path, method: str, scale: float, shift: float
) -> None:
    design = laid_out(method, 64)
    formula = ishigami(design)
    own = found(tmp_path / "a", design, lambda v, m: formula(v, 0 * m))
    other = found(tmp_path / "b", design, lambda v, m: shift + scale * formula(v, 0 * m))
    factor = scale if method == "morris" else 1.0
    for one, two in zip(own.indices, other.indices, strict=True):
        np.testing.assert_allclose(two.value / factor, one.value, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(two.width / factor, one.width, rtol=1e-2, atol=1e-5)
    assert own.order == other.order and own.enough == other.enough
    assert other.deviation == pytest.approx(scale * own.deviation, rel=1e-5)
