"""The Python interface: the numbers of the ensemble and of the command's files, to the bit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.conftest import clean_environment

import steppe
from steppe import ensemble, metrics, scenario
from steppe.cli import batch as batch_command
from steppe.cli import compare as compare_command
from steppe.record import RecordError
from steppe.scenario import Problems
from steppe.sweeps import SweepError

BASE = """\
title: A short look
extends: backcast_2000
horizon: {end: 2001Q2}
ensemble: {members: 4, seed: 11}
metrics: [trade_share, gdp]
"""
WIDER = """\
title: Trade that answers more
extends: ./base.yaml
set: {trade.elasticity: 3.0}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """Return a folder with two scenarios and a batch of them."""
    place = tmp_path_factory.mktemp("desk")
    (place / "base.yaml").write_text(BASE)
    (place / "wider.yaml").write_text(WIDER)
    files = [str(place / "base.yaml"), str(place / "wider.yaml")]
    assert batch_command.batch(files, out=place / "batch", trajectories="gdp", quiet=True) == 0
    return place


@pytest.fixture(scope="module")
def base(desk: Path) -> steppe.Run:
    return steppe.run(desk / "base.yaml", trajectories="gdp")


@pytest.fixture(scope="module")
def wider(desk: Path) -> steppe.Run:
    return steppe.run(desk / "wider.yaml")


@pytest.fixture(scope="module")
def recorded(desk: Path) -> steppe.Run:
    return steppe.open(next((desk / "batch").glob("base-*")))


@pytest.fixture(scope="module")
def swept(desk: Path) -> steppe.Sweep:
    vary = ["trade.elasticity=2,3"]
    return steppe.sweep(desk / "base.yaml", vary, method="factorial", members=3, out=desk / "sweep")


def in_a_process(code: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    (tmp_path / "script.py").write_text(code)
    return subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


# runs


def test_a_run_is_the_ensembles_and_the_commands(desk, base, recorded) -> None:
    own = scenario.load(desk / "base.yaml")
    results = ensemble.run(own)
    assert (base.scenario, base.seed, base.path) == (own, 11, None)
    assert list(base.members.columns) == list(results.table)
    for name, values in results.table.items():
        np.testing.assert_array_equal(base.members[name], values, err_msg=name)
    for table in ("members", "series", "chronicle", "trajectories"):
        mine, theirs = getattr(base, table), getattr(recorded, table)
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True, check_categorical=False)


def test_a_recorded_run_opens_with_what_it_was(desk, base, recorded) -> None:
    assert recorded.path is not None
    assert recorded.scenario.digest() == base.scenario.digest()
    assert recorded.seed == 11
    assert steppe.open(str(recorded.path)).members.equals(recorded.members)


def test_xarray_has_dimensions_coordinates_and_units(base, recorded) -> None:
    pytest.importorskip("xarray")
    cube, read = base.to_xarray(), recorded.to_xarray()
    assert cube.identical(read)
    share = cube["trade_share"]
    assert share.dims[0] == "quarter"
    assert share.dims[-1] == "statistic"
    assert list(cube["quarter"].values)[-1] == "2001Q2"
    assert cube.attrs == {"scenario": "base", "seed": 11}
    assert share.attrs["units"] == metrics.BY_NAME["trade_share"].unit
    gdp = cube["gdp"]
    assert gdp.dims[-1] == "member"
    assert gdp.shape[-1] == 4
    frame = base.trajectories
    one = frame[(frame["member"] == 2) & (frame["quarter"] == "2001Q2")]
    row = one[one["country"] == "KAZ"] if "country" in one else one
    dim = gdp.dims[1]
    value = row[row[dim] == "KAZ"]["value"].item()
    assert gdp.sel({"quarter": "2001Q2", dim: "KAZ", "member": 2}).item() == value


def test_no_trajectories_without_asking(wider) -> None:
    assert wider.trajectories is None


def test_fixed_parameters_are_those_of_a_file(desk, wider) -> None:
    same = steppe.run(desk / "base.yaml", set={"trade.elasticity": 3.0})
    np.testing.assert_array_equal(same.members["gdp[KAZ]"], wider.members["gdp[KAZ]"])
    assert steppe.run(desk / "base.yaml", members=2, seed=3).members.shape[0] == 2


def test_workers_change_nothing(tmp_path, desk, base) -> None:
    code = f"""
import steppe
from steppe import ensemble
if __name__ == "__main__":
    ensemble.CHUNK = 2
    steppe.run({str(desk / "base.yaml")!r}, workers=2).members.to_pickle("members.pkl")
"""
    said = in_a_process(code, tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert pd.read_pickle(tmp_path / "members.pkl").equals(base.members)


@pytest.mark.slow
@pytest.mark.parametrize(
    "call",
    [
        'steppe.run("backcast_2000", members=4, workers=2)',
        'steppe.batch(["backcast_2000"], members=4, workers=2)',
        'steppe.sweep("backcast_2000", ["trade.elasticity=2:4"], out="s", samples=2, workers=2)',
    ],
)
def test_a_script_without_a_guard_gets_one_sentence(tmp_path, call) -> None:
    """The workers import the script: they neither start its work again nor hang."""
    before = 'import steppe\nsteppe.sweep("backcast_2000", ["trade.elasticity=2,3"], out="a", '
    before += 'method="factorial", members=1)\n'
    said = in_a_process(f"{before}{call}\n", tmp_path)
    assert said.returncode == 1
    assert said.stderr.count("__main__") == 1
    assert said.stderr.count("Traceback") == 1
    assert 'below `if __name__ == "__main__":`' in said.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"case": "chabahar_complet"}, "unknown scenario"),
        ({"set": {"trade.elasticty": 2}}, "did you mean 'trade.elasticity'"),
        ({"set": {"trade.elasticity": "3 kg"}}, "trade.elasticity"),
        ({"members": 0}, "members"),
        ({"seed": -1}, "seed"),
        ({"workers": 0}, "workers=0: must be at least 1"),
        ({"trajectories": "gpd"}, "unknown metric 'gpd' (did you mean 'gdp'?)"),
        ({"case": scenario.load("baseline"), "members": 0}, "members=0: must lie between 1 and"),
        ({"case": scenario.load("baseline"), "set": {"trade.elasticity": 2}}, "fix parameters"),
    ],
)
def test_mistakes_are_told(options, told) -> None:
    with pytest.raises((Problems, ValueError)) as error:
        steppe.run(**options)
    assert told in str(error.value)


# batches


def test_a_batch_is_its_runs_beside_their_parents(desk, base, wider) -> None:
    files = [desk / "base.yaml", desk / "wider.yaml"]
    found = steppe.batch(files)
    assert list(found.runs) == ["base", "wider"]
    assert found.runs["base"].members.equals(base.members)
    assert found.runs["wider"].members.equals(wider.members)
    index = found.index
    assert not index.duplicated(["scenario", "outcome"]).any()
    row = index[(index["scenario"] == "wider") & (index["outcome"] == "gdp[KAZ]")].iloc[0]
    difference = (wider.members["gdp[KAZ]"] - base.members["gdp[KAZ]"]).to_numpy()
    assert row["parent"] == "./base.yaml"
    assert row["headline"]
    assert row["median"] == np.quantile(wider.members["gdp[KAZ]"], 0.5)
    assert row["parent_q95"] == np.quantile(base.members["gdp[KAZ]"], 0.95)
    assert row["difference_q05"] == np.quantile(difference, 0.05)
    assert row["rose"] == np.mean(difference > 0.0)


def test_the_index_is_the_commands(desk) -> None:
    mine = steppe.batch([desk / "base.yaml", desk / "wider.yaml"]).index
    mine = mine[mine["headline"]]
    theirs = steppe.open(desk / "batch")
    assert list(theirs.index.columns) == list(mine.columns)
    assert {*theirs.runs} == {"base", "wider"}
    keys = ["scenario", "outcome"]
    both = mine.merge(theirs.index, on=keys, how="outer", suffixes=("", "_file"))
    assert len(both) == len(mine) == len(theirs.index)
    for name in ("median", "parent_q05", "difference_q95", "rose"):
        spelled = both[name].map(lambda v: float(f"{v:.6g}"))
        np.testing.assert_array_equal(spelled, both[f"{name}_file"])


def test_members_and_seed_of_the_first_count_for_all(desk) -> None:
    found = steppe.batch([desk / "wider.yaml", "backcast_2000"], members=2)
    assert [(r.scenario.members, r.seed) for r in found.runs.values()] == [(2, 11)] * 2
    with pytest.raises(Problems, match="two scenarios have this name"):
        steppe.batch([scenario.load("baseline"), "baseline"])
    with pytest.raises(Problems, match="no scenario is named"):
        steppe.batch([])


# comparisons


def test_a_comparison_is_the_commands(desk, recorded, capsys) -> None:
    other = next((desk / "batch").glob("wider-*"))
    frame = steppe.compare(recorded, other)
    assert compare_command.run(str(recorded.path), str(other), as_json=True, quiet=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(frame["outcome"]) == list(told["outcomes"])
    for row in frame.to_dict("records"):
        theirs = told["outcomes"][row["outcome"]]
        for side in ("first", "second", "difference"):
            for q, value in theirs[side].items():
                np.testing.assert_equal(row[f"{side}_{q}"], np.nan if value is None else value)
        assert row["unit"] == theirs["unit"]
        for mine, key in (("rose", "greater"), ("mean", "mean"), ("relative", "relative")):
            np.testing.assert_equal(row[mine], np.nan if theirs[key] is None else theirs[key])
    assert frame.attrs["paired"] is told["paired"] is True
    for key in ("first", "second", "members", "unlike", "notes"):
        assert frame.attrs[key] == told[key]


def test_runs_folders_and_scenarios_compare_alike(desk, base, wider, recorded) -> None:
    frames = [
        steppe.compare(base, wider, "gdp"),
        steppe.compare(recorded, wider, ["gdp"]),
        steppe.compare(recorded.path, desk / "wider.yaml", "gdp"),
        steppe.compare(base.scenario, str(desk / "wider.yaml"), "gdp"),
        steppe.compare(desk / "base.yaml", wider, "gdp"),
    ]
    for other in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], other, check_exact=True)
    row = frames[0].set_index("outcome").loc["gdp[KAZ]"]
    difference = wider.members["gdp[KAZ]"] - base.members["gdp[KAZ]"]
    assert row["mean"] == difference.mean()
    assert row["members"] == 4


def test_why_members_are_not_paired(desk, base) -> None:
    frame = steppe.compare(base, steppe.run(desk / "base.yaml", seed=12))
    assert not frame.attrs["paired"]
    assert frame.attrs["unpaired"] == "the seeds differ, 11 and 12"
    assert frame["variance_removed"].isna().all()
    one = steppe.compare(desk / "base.yaml", desk / "wider.yaml", members=1, seed=5)
    assert (one.attrs["members"], one.attrs["seed"]) == (1, 5)
    assert one["difference_q05"].isna().all()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"members": 3}, "members: both are runs already"),
        ({"metrics": "gpd"}, "metrics: unknown outcome 'gpd' (did you mean 'gdp'?)"),
    ],
)
def test_comparisons_that_cannot_be_made(base, wider, options, told) -> None:
    with pytest.raises(ValueError) as error:
        steppe.compare(base, wider, **options)
    assert told in str(error.value)
    with pytest.raises(TypeError, match="not dict"):
        steppe.compare(base, {})
    with pytest.raises(Problems):
        steppe.compare(base, "nowhere")


# sweeps, and what is opened


def test_a_sweep_is_read_back(swept, desk, tmp_path) -> None:
    read = steppe.open(swept.path)
    assert (read.status, read.complete) == ("done", True)
    for table in ("design", "members", "outcomes", "failures"):
        pd.testing.assert_frame_equal(getattr(swept, table), getattr(read, table))
    assert len(read.outcomes) == 6
    alone = steppe.run(desk / "base.yaml", members=3, set={"trade.elasticity": 3.0})
    second = read.outcomes[read.outcomes["point"] == 1]
    np.testing.assert_array_equal(second["gdp[KAZ]"], alone.members["gdp[KAZ]"])


def test_a_sweep_as_xarray(swept) -> None:
    pytest.importorskip("xarray")
    cube = swept.to_xarray()
    assert dict(cube.sizes) == {"point": 2, "member": 3}
    assert list(cube["trade.elasticity"].values) == [2.0, 3.0]


def test_a_damaged_part_is_told(swept, tmp_path) -> None:
    shutil.copytree(swept.path, tmp_path / "s")
    (tmp_path / "s" / "outcomes" / "part-000000.parquet").write_bytes(b"nothing")
    with pytest.raises(SweepError, match="damaged; resume the sweep"):
        _ = steppe.open(tmp_path / "s").outcomes


def test_what_cannot_be_opened_is_told(tmp_path) -> None:
    with pytest.raises(RecordError, match="there is no such run"):
        steppe.open(tmp_path / "nothing")
    with pytest.raises(RecordError, match="holds no record.json"):
        steppe.open(tmp_path)
    (tmp_path / "record.json").write_text('{"kind": "sweep"}')
    with pytest.raises(SweepError, match="the record is damaged or of another version"):
        steppe.open(tmp_path)
    (tmp_path / "batch.json").write_text("{}")
    with pytest.raises(RecordError, match="damaged"):
        steppe.open(tmp_path)


def test_importing_steppe_loads_no_model() -> None:
    code = "import sys, steppe; print(sorted({'mesa', 'numpy', 'pandas'} & set(sys.modules)))"
    code += "; dir(steppe); print(hasattr(steppe, 'nothing'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["[]", "False"]
    assert all(hasattr(steppe, name) for name in steppe.__all__)
