"""Influence beside the published index and votes: definitions on known cases, and a real run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from steppe import axes
from steppe.analysis import dependence_forms as forms
from steppe.analysis import influence_check as check
from steppe.analysis import sheets
from steppe.analysis.dependence_forms import Ties
from steppe.analysis.influence_result import InfluenceCheck

CELLS = (len(check.POWERS), len(axes.HOSTS))


@pytest.fixture(scope="module")
def found() -> InfluenceCheck:
    result = check.check(12)
    assert result is not None
    return result


def observed_path(name: str = "fbic", members: int = 2) -> np.ndarray:
    """Return the index itself as if a model had made it, (year, power, host, member)."""
    years = np.stack([check.index()[name][year] for year in check.YEARS])
    return np.repeat(years[..., None], members, axis=-1)


def test_the_index_ranks_and_trends_like_itself() -> None:
    itself = observed_path()
    ranked = check.ranking("itself", itself, check.index()["fbic"], check.YEARS, (2000,))
    assert ranked.mean.median == pytest.approx(1.0)
    assert 0.8 < (ranked.persistence or 0.0) < 1.0
    logs = {year: np.log(check.index()["fbic"][year]) for year in check.YEARS}
    direction = check.trend("itself", np.log(itself), logs, check.POWERS)
    assert direction.right.median == 10 and direction.rank.median == pytest.approx(1.0)
    assert direction.wrong == []
    for rise in check.rises(itself):
        assert rise.simulated.median == pytest.approx(rise.observed) and rise.inside


def test_the_reverse_order_has_rank_minus_one() -> None:
    upside_down = -observed_path()
    ranked = check.ranking("reverse", upside_down, check.index()["fbic"], check.YEARS)
    assert ranked.mean.median == pytest.approx(-1.0)
    assert ranked.persistence is None


def test_china_rose_over_russia_in_every_host() -> None:
    """From the table: the sums of 2001 and 2009 over hosts."""
    rises = {rise.host: rise.observed for rise in check.rises(observed_path())}
    first = np.log(
        (0.0486 + 0.0099 + 0.0053 + 0.0659 + 0.0127) / (0.546 + 0.202 + 0.115 + 0.183 + 0.428)
    )
    last = np.log(
        (0.0953 + 0.0879 + 0.0445 + 0.1779 + 0.1135) / (0.573 + 0.289 + 0.131 + 0.449 + 0.505)
    )
    assert rises["all"] == pytest.approx(last - first, abs=0.005)
    assert min(rises.values()) > 0.0


def test_years_with_few_votes_are_left_out(found: InfluenceCheck) -> None:
    votes = next(r for r in found.rankings if r.name.startswith("votes"))
    assert 2001 not in votes.years, "Uzbekistan, Kyrgyzstan and Tajikistan cast none"
    assert set(votes.years) == set(range(2002, 2010))


def test_a_check_is_complete_and_printable(found: InfluenceCheck) -> None:
    told = json.loads(json.dumps(found.as_json()))
    assert set(told) == {"members", "rankings", "trends", "rises", "dependence_forms"}
    assert -1.0 <= told["rankings"]["index, simulated"]["mean"]["median"] <= 1.0
    assert max(map(len, sheets.text(found.sheets()).splitlines())) < 100
    assert sheets.markdown(found.sheets()).count("\n## ") == 3


def test_forms_of_dependence_agree_on_small_shares_and_part_on_large_ones() -> None:
    """-ln(1 - s) is s but for its square; a share of one half counts ln 2."""
    small = Ties(*(np.full((1, 1), value) for value in (1e-4, 2e-4, 0.3, 0.2)))
    assert forms.convex(small) == pytest.approx(forms.linear(small), rel=1e-3)
    large = Ties(*(np.full((1, 1), value) for value in (0.5, 0.0, 0.3, 0.2)))
    assert forms.convex(large)[0, 0] == pytest.approx(0.3 * np.log(2.0))
    assert forms.linear(large)[0, 0] == pytest.approx(0.15)
    assert forms.over_gdp(large)[0, 0] == pytest.approx(0.15)
    assert forms.share(large)[0, 0] == pytest.approx(0.3)


def test_positions_that_stand_still_have_no_direction() -> None:
    still = np.full((9, 5, 5, 2), 0.3)
    paths = {"fbic": observed_path(), "votes": still}
    assert check.scores(paths)["votes_trend"] == 0.0
    assert check.trend("still", still, check.votes(), axes.POWERS).right.median == 0.0


def test_the_same_members_give_the_same_check(found: InfluenceCheck) -> None:
    assert check.check(12) == found
