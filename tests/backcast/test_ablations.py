"""Ablations: a null at the default is no null, differences are judged, tables are complete."""

from __future__ import annotations

import json

import numpy as np
import pytest

from steppe import scenario
from steppe.analysis import ablations, nulls, patterns, score_rows, sheets, validate
from steppe.analysis.ablations import Ablations, Change
from steppe.analysis.nulls import NULLS, Null
from steppe.analysis.score_rows import ROWS, Row
from steppe.parameters import registry

MEMBERS = 6
ITSELF = Null("itself", "test", {"rare_earths.market": 1.0, "corridors.fallback_cost": 1.25})
EROSION = next(null for null in NULLS if null.name == "no erosion")


@pytest.fixture(scope="module")
def found() -> Ablations:
    result = ablations.run(MEMBERS, [ITSELF, EROSION])
    assert result is not None
    return result


def test_a_null_at_the_default_changes_nothing_at_all(found: Ablations) -> None:
    for change in found.changes["itself"]:
        assert change.change == 0.0 and change.error == 0.0, change.row.name
        assert change.told == "."
    assert found.turned["itself"] == ()
    assert found.idle == ["itself"]


def test_erosion_earns_its_place(found: Ablations) -> None:
    assert "2000.2001-09.share_mae_pp" in found.earned("no erosion", score_rows.FIT)


def test_the_full_model_scores_as_steppe_validate_says(found: Ablations) -> None:
    told = validate.validate(MEMBERS)
    assert told is not None
    for window in score_rows.WINDOWS:
        score = told.scores[window.base, window.name, "model"]
        for key, value in vars(score).items():
            assert found.full[f"{window.base}.{window.name}.{key}"] == pytest.approx(value)
    inside = found.full["patterns.fit.inside"] + found.full["patterns.test.inside"]
    of_backcasts = [one for one in told.patterns if one.pattern in patterns.PATTERNS]
    assert inside == sum(one.passed for one in of_backcasts)


def test_the_same_members_give_the_same_table(found: Ablations) -> None:
    again = ablations.run(MEMBERS, [EROSION])
    assert again is not None
    assert again.changes["no erosion"] == found.changes["no erosion"]


def test_every_null_exists_and_is_away_from_the_default() -> None:
    names = registry()
    bases = {scenario.load(name).base for name in validate.BACKCASTS.values()}
    for null in NULLS:
        values = null.variant.values(names)
        for name, value in values.items():
            assert names[name].low <= value <= names[name].high, name
        moved = any(v != names[n].default(base) for n, v in values.items() for base in bases)
        assert moved or names[next(iter(values))].prior if values else null.without, null.name
    events = {e.id for e in scenario.load("backcast_2000").events}
    assert all(set(null.without) <= events for null in NULLS)
    assert len({null.name for null in NULLS}) == len(NULLS)
    asked = {"no hedging", "no consortia", "linear dependence", "instant trade"}
    asked |= {"exogenous minerals", "chi = 1", "no politics", "one good"}
    assert asked <= {null.name for null in NULLS} | set(nulls.MISSING)
    for phrase in nulls.MISSING.values():
        assert "proposed: " in phrase
        assert phrase.split("proposed: ")[1].split(",")[0] not in names, "it is there now: use it"


ERROR = Row("an.error", "e", score_rows.FIT, -1, 0.01, relative=True)
RANK = Row("a.rank", "r", score_rows.TEST, 1, 0.01)


@pytest.mark.parametrize(
    ("change", "earns", "costs", "told"),
    [
        (Change(ERROR, 4.0, 4.5, 0.1), True, False, "+0.50*"),
        (Change(ERROR, 4.0, 3.5, 0.1), False, True, "-0.50!"),
        (Change(ERROR, 4.0, 4.5, 0.2), False, False, "+0.50"),  # within three standard errors
        (Change(ERROR, 4.0, 4.03, 0.0), False, False, "+0.03"),  # less than one in a hundred
        (Change(RANK, 0.9, 0.8, 0.01), True, False, "-0.10*"),
        (Change(RANK, 0.9, 0.895, 0.0), False, False, "-0.01"),
        (Change(RANK, 0.9, 0.9, 0.0), False, False, "."),
    ],
)
def test_a_difference_counts_beyond_noise_and_trifles(
    change: Change, earns: bool, costs: bool, told: str
) -> None:
    assert (change.earns, change.costs, change.told) == (earns, costs, told)


def test_bands_that_hold_everything_cover_all() -> None:
    members = np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])
    assert score_rows.covered(members, np.array([2.0]), 0.5) == 1.0
    assert score_rows.covered(members, np.array([3.5]), 0.5) == 0.0, "band 1 to 3"


def test_a_wide_table_has_its_columns_closer_together() -> None:
    """Nine columns of 7 beside one of 24: 24 + 9 x 8 = 96 wide, where two spaces made 105."""
    sheet = sheets.Sheet("wide", ("a" * 24, *["b" * 7] * 9), (("x", *["1"] * 9),))
    assert [len(line) for line in sheet.text()] == [4, 96, 96]
    assert len(sheets.Sheet("not", ("a" * 24, *["b" * 7] * 8), ()).text()[1]) == 24 + 8 * 9


def test_tables_are_complete_and_narrow(found: Ablations) -> None:
    told = json.loads(json.dumps(found.as_json()))
    assert set(told["full"]) == {row.name for row in ROWS}
    assert set(told["nulls"]["itself"]["change"]) == set(told["full"])
    text = sheets.text(found.sheets())
    assert max(map(len, text.splitlines())) < 100
    assert "Earning nothing on any: itself." in text
