"""One tiny bad file per error: the first line that a user reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from steppe import scenario
from steppe.parameters import Registry
from steppe.scenario import Problems
from steppe.scenario.problems import nearest

BAD = Path(__file__).parents[2] / "cli" / "bad"
EXPECTED = {
    line.partition(".yaml")[0]: line.partition(".yaml -> ")[2] or line
    for line in (BAD / "expected.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}


def test_every_bad_file_has_an_expected_line() -> None:
    assert {p.stem for p in BAD.glob("*.yaml")} - {"_base"} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_first_line(
    name: str, registry: Registry, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(Problems) as caught:
        scenario.load(f"{name}.yaml", registry=registry)
    assert str(caught.value).splitlines()[0] == EXPECTED[name]


def test_the_file_that_they_extend_is_good(registry: Registry) -> None:
    assert scenario.load(BAD / "_base.yaml", registry=registry).members == 8


def test_all_problems_of_a_file_and_its_parents_at_once(registry: Registry, shelf: Path) -> None:
    (shelf / "parent.yaml").write_text(
        "title: Parent\nextends: baseline\nset: {japan.convertion: 1}\n"
    )
    child = shelf / "child.yaml"
    child.write_text(
        "titel: Child\n"
        "extends: ./parent.yaml\n"
        "set: {japan.conversion: 3, trade.elasticity: [1]}\n"
        "events:\n"
        "  - {id: a, target: nowhere, shape: step, to: 1, start: 2050Q1}\n"
        "  - {id: b, target: japan.conversion, shape: wobble, to: 1, start: 2026Q1}\n"
        "metrics: [happiness]\n"
    )
    with pytest.raises(Problems) as caught:
        scenario.load(child, registry=registry, set_values=["china.conversion=lots"], members=0)
    places = [(Path(p.file).name, p.line, p.message.split(" (")[0]) for p in caught.value.problems]
    assert places == [
        ("child.yaml", 1, "missing key 'title'"),
        ("child.yaml", 1, "unknown key 'titel'"),
        ("child.yaml", 3, "japan.conversion must lie between 0 and 1, found 3"),
        (
            "child.yaml",
            3,
            "expected a number, or a number with a unit such as 8.5 Mt/yr, found a list",
        ),
        ("child.yaml", 5, "unknown parameter 'nowhere'"),
        ("child.yaml", 5, "event 'a' begins outside the horizon 2017Q1 to 2040Q4"),
        ("child.yaml", 6, "must be 'step', 'ramp', 'pulse' or 'decay'"),
        ("child.yaml", 7, "unknown metric 'happiness'"),
        ("parent.yaml", 3, "unknown parameter 'japan.convertion'"),
        ("--members 0", None, "must lie between 1 and 100,000"),
        (
            "--set china.conversion=lots",
            None,
            "expected a number, or a number with a unit such as 8.5 Mt/yr, found 'lots'",
        ),
    ]


def test_a_problem_shows_its_line_with_carets(registry: Registry) -> None:
    with pytest.raises(Problems) as caught:
        scenario.loads("title: T\nset:\n  japan.convertion: 0.4\n", registry=registry, name="x")
    assert str(caught.value.problems[-1]).splitlines() == [
        "x.yaml:3:3: error: unknown parameter 'japan.convertion' "
        "(did you mean 'japan.conversion'?)",
        "      japan.convertion: 0.4",
        "      ^^^^^^^^^^^^^^^^",
    ]


def test_a_long_or_unprintable_line_is_cut_and_cleaned() -> None:
    line = "x" * 500 + "\x1b[31m" + "y" * 500
    problem = scenario.Problem("f", "m", 1, 501, line, 1000)
    _, source, carets = str(problem).splitlines()
    assert len(source) <= 104 and "\x1b" not in source
    assert source[len(carets) - carets.count("^")] == " "  # what stands at the mark: the escape
    assert len(carets) <= len(source)


def test_only_the_first_problems_are_printed() -> None:
    problems = Problems(scenario.Problem("f", str(n)) for n in range(70))
    assert str(problems).splitlines()[-1] == "... and 20 more problems"


def test_all_that_is_wrong_with_an_event_at_once(slips: Callable[..., list[str]]) -> None:
    assert slips(
        "events:\n"
        "  - {id: a, target: nosuch.x, shape: ramp, to: 5, start: 2050Q1, duraton: 8}\n"
        "  - {id: b, target: trade.elasticity, shape: stp, to: 500, start: 2050Q1}\n"
    ) == [
        "unknown parameter 'nosuch.x'",
        "event 'a' begins outside the horizon 2017Q1 to 2040Q4",
        "unknown key 'duraton' (did you mean 'duration'?)",
        "must be 'step', 'ramp', 'pulse' or 'decay' (did you mean 'step'?)",
        "trade.elasticity must lie between 0.2 and 15, found 500",
        "event 'b' begins outside the horizon 2017Q1 to 2040Q4",
    ]


PARAMETERS = "japan.erosion_factor", "russia.gas_price", "pledge.japan_kazakhstan"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("chabahar", "chabahar_completion"),
        ("snapback", "iran_sanctions_snapback"),
        ("kaz", "KAZ"),
        ("japan.convertion", None),
        ("japan.erosion_facto", "japan.erosion_factor"),
        ("jpan.erosion_factor", "japan.erosion_factor"),
        ("erosion_factor.japan", "japan.erosion_factor"),
        ("JPN.erosion_factor", "japan.erosion_factor"),
        ("pledge.KAZ-JPN", "pledge.japan_kazakhstan"),
        ("pledge.KAZ_JPN.x", None),
    ],
)
def test_the_name_that_was_meant(name: str, meant: str | None) -> None:
    known = ["backcast_2000", "chabahar_completion", "iran_sanctions_snapback", "KAZ"]
    assert nearest(name, [*known, *PARAMETERS]) == meant
