"""Conditions on outcomes: what they mean, and what is refused without running anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.analysis.findings import FindingError
from steppe.analysis.findings.where import labels, parse

SHARE, GDP = "influence_share[JPN,UZB]", "gdp[UZB]"
KNOWN = (SHARE, "influence_share[CHN,UZB]", GDP, "membership")
VALUES = {
    SHARE: np.array([0.05, 0.1, 0.2, 0.3]),
    "influence_share[CHN,UZB]": np.array([0.1, 0.1, 0.1, 0.4]),
    GDP: np.array([4.0, 3.0, 2.0, 1.0]),
    "membership": np.array([0.0, 1.0, 1.0, 0.0]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SHARE} > 0.1", [0, 0, 1, 1]),
        (f"{SHARE} >= 1e-1", [0, 1, 1, 1]),
        (f"0.1 < {SHARE} <= .2", [0, 0, 1, 0]),
        ("influence_share[ JPN , UZB ]>0.1 AND gdp[UZB]<1.5", [0, 0, 0, 1]),
        (f"{GDP} > 3.5 or {GDP} < 2.5 and membership > 0.5", [1, 0, 1, 0]),
        (f"({GDP} > 3.5 or {GDP} < 2.5) and membership > 0.5", [0, 0, 1, 0]),
        (f"not {GDP} > 2.5", [0, 0, 1, 1]),
        (f"not ({GDP} > 2.5 and membership > 0.5) and not not membership < 0.5", [1, 0, 0, 1]),
        (f"{SHARE} > influence_share[CHN,UZB]", [0, 0, 1, 0]),
        (f"{GDP} > -2", [1, 1, 1, 1]),
    ],
)
def test_a_condition_holds_where_it_says(text: str, expected: list[int]) -> None:
    condition = parse(text, KNOWN)
    assert condition.holds(VALUES).astype(int).tolist() == expected
    again = parse(str(condition), KNOWN)
    assert again == condition, "what is told of a condition can be read back"


def test_no_value_satisfies_nothing() -> None:
    values = {SHARE: np.array([np.nan, 1.0])}
    assert parse(f"{SHARE} > 0", KNOWN).holds(values).tolist() == [False, True]
    assert parse(f"{SHARE} <= 0", KNOWN).holds(values).tolist() == [False, False]


def test_labels_come_once_in_order() -> None:
    condition = parse(f"{GDP} > 1 and ({SHARE} > 0.1 or not {GDP} < 3)", KNOWN)
    assert labels(condition) == [GDP, SHARE]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "found the end"),
        (f"{SHARE}", "expected <"),
        (f"{SHARE} >", "found the end"),
        (f"{SHARE} > 0.1 {GDP} > 1", "expected 'and' or 'or'"),
        (f"({SHARE} > 0.1", r"expected '\)'"),
        (f"{SHARE} > 0.1)", "expected 'and' or 'or'"),
        (f"{SHARE} == 0.1", "equal outcomes"),
        (f"{SHARE} > 0.1 && {GDP} > 1", "write 'and' instead of '&&'"),
        (f"!{SHARE} > 0.1", "write 'not'"),
        ("1 < 2", "two numbers"),
        (f"{SHARE} > 1e999", "too large"),
        ("influence_share > 0.1", "say which cell of influence_share"),
        ("influence_share[JPN,UZZ] > 0.1", r"did you mean 'influence_share\[JPN,UZB\]'"),
        ("influense_share[JPN,UZB] > 0.1", r"did you mean 'influence_share\[JPN,UZB\]'"),
        ("__import__('os').system('true') > 1", "cannot read|no outcome"),
        ("().__class__ > 1", "cannot read"),
        ("gdp[UZB].real > 1", "cannot read"),
        ("gdp[UZB] > 1; 2", "cannot read"),
        ("lambda: 0", "cannot read"),
        (f"{'(' * 200}{GDP} > 1{')' * 200}", "too many brackets"),
        (f"{'not ' * 200}{GDP} > 1", "too many brackets"),
        (f"{GDP} > 1 and " * 500, "longer than"),
        ("gdp[UZB\x00] > 1", "no outcome"),
        ("٣ < gdp[UZB]", "cannot read"),
    ],
)
def test_what_is_no_condition_is_one_sentence(text: str, told: str) -> None:
    with pytest.raises(FindingError, match=told) as problem:
        parse(text, KNOWN)
    assert problem.value.argument == "where"
    assert "\n" not in problem.value.sentence
    assert len(problem.value.sentence) < 400


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_sentence(text: str) -> None:
    try:
        parse(text, KNOWN)
    except FindingError as problem:
        assert problem.sentence
