"""The reference pages: every scenario and row is there, and nothing claims what is missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from steppe import scenario
from steppe.scenario import shipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages() -> Iterator[ModuleType]:
    """Return tools/pages, importable as a tool imports it."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "tools"))
    import pages
    from pages import scenarios, systems

    assert scenarios and systems
    yield pages
    sys.path[:] = before


@pytest.fixture
def source(pages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a docs/systems.yaml to spoil."""
    path = tmp_path / "systems.yaml"
    path.write_text(pages.systems.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(pages.systems, "SOURCE", path)
    return path


# --- systems --------------------------------------------------------------------------------------


def test_there_are_twenty_three_rows(pages: ModuleType) -> None:
    assert [row["row"] for row in pages.systems.rows()] == list(range(1, 24))


def test_a_row_without_behaviours_is_shown_as_missing(pages: ModuleType) -> None:
    text = pages.systems.page()
    behaviours, faults = pages.systems.read_all()
    assert not faults
    shown = {b.row for b in behaviours}
    for row in pages.systems.rows():
        number = row["row"]
        section = text.partition(f"## Row {number}\n")[2].partition("\n## ")[0]
        assert row["texts"] in section
        assert ("**Missing**" in section) == (number not in shown)
        assert ("mechanism" in row) == (number in shown), "nothing is claimed without a behaviour"


def test_every_predicate_stands_with_what_was_measured(pages: ModuleType) -> None:
    text = pages.systems.page()
    for behaviour in pages.systems.read_all()[0]:
        assert f"**{behaviour.describe}**: {behaviour.it}." in text
        for predicate in behaviour.predicates:
            assert f"| `{predicate.metric}`" in text


def test_a_row_with_behaviours_must_name_its_mechanism(pages: ModuleType, source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("  mechanism:"))
    source.write_text(text.replace(line + "\n", "", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="row 1 has behaviours"):
        pages.systems.page()


def test_a_module_must_exist(pages: ModuleType, source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("laws/debt.py", "laws/dept.py", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="row 1: there is no model/steppe/laws/dept.py"):
        pages.systems.page()


def test_a_predicate_without_a_result_is_named(
    pages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.systems, "recorded", lambda path: {})
    with pytest.raises(ValueError, match="has no result: run python tools/measure_behaviours.py"):
        pages.systems.page()


# --- scenarios ------------------------------------------------------------------------------------


def test_every_scenario_has_its_section(pages: ModuleType) -> None:
    text = pages.scenarios.page()
    for name in shipped.names():
        case = scenario.load(name)
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert " ".join(case.question.split()) in section
        for source in case.sources:
            assert " ".join(source.split()) in section
        for metric in case.metrics:
            assert f"`{metric}`" in section


def test_events_are_told_with_date_change_and_source(pages: ModuleType) -> None:
    text = pages.scenarios.page()
    assert (
        "| 2026Q1, over 12 quarters | `china.budget`: factor on both budgets of this power (China) "
        "| to between 0.25 and 0.35 (uniform) | As deep as the fall of 2016-21" in text
    )
    assert "| between 2031Q1 and 2034Q4 | `link.kashgar_osh_andijan_rail.open`" in text
    assert "| 2026Q1, for 1 quarter | `pledge.japan_kazakhstan`" in text
    assert "to 5500 mn USD/quarter" in text


def test_inherited_events_are_not_told_again(pages: ModuleType) -> None:
    section = pages.scenarios.page().partition("\n## double_retreat\n")[2].partition("\n## ")[0]
    assert "china.budget" in section
    assert "organisation.CSTO" not in section


# --- ablations ------------------------------------------------------------------------------------


def test_the_page_of_ablations_follows_from_its_results(pages: ModuleType) -> None:
    from pages import ablations

    told = json.loads(ablations.SOURCE.read_text(encoding="utf-8"))
    text = ablations.page()
    assert text == (ROOT / "docs" / "ablations.md").read_text(encoding="utf-8")
    idle = told["ablations"]["results"]["idle"]
    assert f"**Earning nothing on any score: {', '.join(idle)}.**" in text
    for name in told["ablations"]["results"]["nulls"]:
        assert f"| {name} |" in text
    for part in told.values():
        assert part["results"] and part["tables"]


def test_the_stored_ablations_are_of_the_nulls_and_scores_of_today(pages: ModuleType) -> None:
    from pages import ablations
    from steppe.analysis.nulls import NULLS
    from steppe.analysis.score_rows import ROWS

    told = json.loads(ablations.SOURCE.read_text(encoding="utf-8"))["ablations"]["results"]
    assert list(told["nulls"]) == [null.name for null in NULLS], "run tools/measure_trust.py"
    assert set(told["full"]) == {row.name for row in ROWS}


def test_the_front_page_names_the_mechanisms_that_earn_nothing(pages: ModuleType) -> None:
    from pages import ablations, validation
    from steppe.analysis.nulls import NULLS, mechanism

    told = json.loads(ablations.SOURCE.read_text(encoding="utf-8"))["ablations"]["results"]
    stored = json.loads((ROOT / "docs" / "validation.json").read_text(encoding="utf-8"))
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"**{', '.join(mechanism(name) for name in told['idle'])}**. There" in readme
    few = {"idle": ["no hedging", "chi = 1"], "full": dict.fromkeys("abc", 1.0)}
    block = " ".join(validation.block(stored, few).split())
    assert "any of 3 scores ([docs/ablations.md](docs/ablations.md)): **hedging, unequal" in block
    none = " ".join(validation.block(stored, {**few, "idle": []}).split())
    assert "Every mechanism that was taken out is missed on some of 3 scores" in none
    names = [mechanism(null.name) for null in NULLS]
    assert len(set(names)) == len(NULLS)
    assert not any(name.startswith("no ") for name in names)


def test_a_page_without_its_results_says_what_is_missing(
    pages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages import ablations

    told = json.loads(ablations.SOURCE.read_text(encoding="utf-8"))
    del told["convergence"]
    part = tmp_path / "part.json"
    part.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr(ablations, "SOURCE", part)
    with pytest.raises(ValueError, match="not measured: convergence"):
        ablations.page()
