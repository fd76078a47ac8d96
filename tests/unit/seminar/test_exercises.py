"""The facilitator's sheet: exercises that can be given, and a page that is up to date."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from steppe.seminar import catalogue
from steppe.seminar.answer import all_series
from steppe.seminar.exercises import EXERCISES
from steppe.seminar.settings import Settings, from_link, scenario_of, to_link

ROOT = Path(__file__).resolve().parents[3]


def test_there_are_three_exercises() -> None:
    assert [exercise.id for exercise in EXERCISES] == ["chabahar", "rare_earths", "tandem"]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_every_step_can_be_set_shared_and_measured(exercise: object) -> None:
    known = all_series()
    for variant in exercise.variants:  # type: ignore[attr-defined]
        assert variant.settings != Settings()
        assert scenario_of(variant.settings)
        assert from_link(to_link(variant.settings)) == variant.settings
        assert variant.ask.endswith("?")
    for measure in exercise.measures:  # type: ignore[attr-defined]
        assert all(label in known for label in measure.labels)
    assert all(label in known for label in exercise.charts)  # type: ignore[attr-defined]


def test_the_sheet_holds_every_card_under_the_same_headings() -> None:
    text = (ROOT / "docs" / "seminar.md").read_text(encoding="utf-8")
    for card in (*catalogue.levers(), *catalogue.shocks()):
        level = "####" if card in catalogue.levers() else "###"
        after = text.partition(f"\n{level} {card.title}\n")[2]
        section = re.split(r"^#+ ", after, maxsplit=1, flags=re.M)[0]
        heads = re.findall(r"^- \*\*([A-Z][a-z ]+)\*\*", section, re.M)
        assert heads == [
            *("Range", "Examples", "Key dynamics", "Who gains", "Who loses"),
            *("Questions", "Source"),
        ], card.id


def test_what_was_measured_belongs_to_the_exercises() -> None:
    told = json.loads((ROOT / "docs" / "seminar.json").read_text(encoding="utf-8"))
    assert {name: [row["variant"] for row in rows] for name, rows in told.items()} == {
        exercise.id: [variant.title for variant in exercise.variants] for exercise in EXERCISES
    }


def test_the_sheet_is_up_to_date() -> None:
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from pages import seminar
    finally:
        sys.path[:] = before
    text = (ROOT / "docs" / "seminar.md").read_text(encoding="utf-8")
    assert seminar.page() == text, "run make docs"
