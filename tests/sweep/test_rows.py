"""A member's row is the same alone, in a run, in any chunk and in any sweep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe import ensemble, scenario
from steppe.sweeps import Request, prepared, sweep
from steppe.sweeps.work import compute

from .cases import TEXT, case, request, rows, same, swept


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    swept(folder)
    return folder


def test_every_row_is_there_once(whole: Path) -> None:
    found = rows(whole)
    assert list(zip(found["point"], found["member"], strict=True)) == [
        (p, m) for p in range(6) for m in range(3)
    ]
    assert found["point"].dtype == np.int64
    assert found["member"].dtype == np.int64
    design = pq.read_table(whole / "design.parquet")
    assert design.column_names == ["point", "trade.elasticity", "powers.lapse"]
    assert len(design) == 6
    assert len(pq.read_table(whole / "members.parquet")) == 3


def test_a_row_is_the_runs_with_the_same_values(whole: Path) -> None:
    design = pq.read_table(whole / "design.parquet").to_pandas()
    found = rows(whole)
    for point in (0, 4):
        values = [f"{n}={float(design[n][point])!r}" for n in design.columns[1:]]
        alone = scenario.loads(TEXT, name="short", set_values=values)
        table = ensemble.run(alone, members=3).table
        here = found[found["point"] == point]
        for label in found.columns[2:]:
            np.testing.assert_array_equal(here[label].to_numpy(), table[label], err_msg=label)


@settings(max_examples=4, deadline=None)
@given(block=st.integers(1, 40))
def test_the_cut_into_blocks_changes_nothing(whole: Path, block: int) -> None:
    plan = prepared(request(block=block))
    tables = [compute(plan.job(b)).table for b in range(plan.blocks)]
    import pyarrow as pa

    same(pa.concat_tables(tables).to_pandas(), rows(whole))


def test_workers_change_nothing(whole: Path, tmp_path: Path) -> None:
    swept(tmp_path / "two", workers=2)
    same(rows(tmp_path / "two"), rows(whole))


def test_points_share_their_members(whole: Path) -> None:
    """Common random numbers: two points with the same values have the same rows."""
    table = whole.parent / "points.csv"
    table.write_text("trade.elasticity,powers.lapse\n3,0.1\n2.5,0.1\n3,0.1\n")
    sweep(request(vary=(), points=table), out=whole.parent / "given")
    found = rows(whole.parent / "given")
    first, second, third = (found[found["point"] == p].iloc[:, 2:].to_numpy() for p in range(3))
    np.testing.assert_array_equal(first, third)
    assert (first != second).any()


def test_an_extension_ends_like_a_sweep_of_that_length(whole: Path, tmp_path: Path) -> None:
    sweep(request(samples=4), out=tmp_path / "a")
    sweep(request(case=None), out=tmp_path / "a", extend=3)
    first = rows(tmp_path / "a")
    assert len(first) == 7 * 3
    sweep(request(method="sobol", samples=2), out=tmp_path / "b")
    sweep(request(case=None), out=tmp_path / "b", extend=2)
    sweep(request(method="sobol", samples=4), out=tmp_path / "c")
    same(rows(tmp_path / "b"), rows(tmp_path / "c"))


def test_a_members_draws_are_the_scenarios(whole: Path) -> None:
    members = pq.read_table(whole / "members.parquet").to_pandas()
    table = ensemble.run(case(), members=3).table
    for name in members.columns[1:]:
        np.testing.assert_array_equal(members[name].to_numpy(), table[name], err_msg=name)
    assert "trade.elasticity" not in members


@pytest.mark.parametrize(("points", "members", "block"), [(10, 10, 256), (410, 10, 512)])
def test_a_large_sweep_has_larger_blocks(points: int, members: int, block: int) -> None:
    plan = prepared(Request("baseline", ["trade.elasticity=2:4"], samples=points, members=members))
    assert plan.block == block
    numbers = [plan.numbers(b) for b in range(plan.blocks)]
    rows = np.concatenate([p * members + m for p, m in numbers])
    np.testing.assert_array_equal(rows, np.arange(points * members))
