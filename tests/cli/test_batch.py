"""``steppe batch`` as a user meets it: its index, going on, and what is refused in one sentence."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import COMMAND, clean_environment

from steppe.record import RunRecord

Call = Callable[..., subprocess.CompletedProcess[str]]

SHORT = """\
title: A short look
extends: backcast_2000
horizon: {end: 2001Q2}
ensemble: {members: 3, seed: 11}
metrics: [gdp]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two scenarios and a batch of them."""
    place = tmp_path_factory.mktemp("desk")
    write(place)
    said = subprocess.run(
        [*COMMAND, "batch", "one.yaml", "two.yaml", "--out", "batch"],
        cwd=place,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    (place / "said").write_text(said.stdout)
    return place


@pytest.fixture
def there(desk: Path, tmp_path: Path) -> Path:
    """Return a copy of the folder, in which the command runs."""
    shutil.copytree(desk, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write(place: Path) -> None:
    (place / "one.yaml").write_text(SHORT)
    two = SHORT.replace("backcast_2000", "./one.yaml") + "set: {trade.elasticity: 3.0}\n"
    (place / "two.yaml").write_text(two)


def again(steppe: Call, *more: object) -> subprocess.CompletedProcess[str]:
    return steppe("batch", "one.yaml", "two.yaml", "--out", "batch", "--resume", *more)


def index(place: Path) -> list[dict[str, str]]:
    with (place / "batch" / "index.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def refusal(said: subprocess.CompletedProcess[str]) -> str:
    assert (said.returncode, said.stdout) == (2, ""), said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr
    return said.stderr


def test_the_index_has_every_headline_outcome_of_every_run(desk: Path) -> None:
    rows = index(desk)
    told = [line.split() for line in (desk / "said").read_text().splitlines()]
    assert [(name, status) for name, status, _ in told] == [("one", "done"), ("two", "done")]
    assert {row["outcome"].partition("[")[0] for row in rows} == {"gdp"}
    for name, _, folder in told:
        run = RunRecord.open(desk / "batch" / folder)
        assert not run.damaged()
        assert (run.record["members"], run.record["seed"]) == (3, 11)
        own = [row for row in rows if row["scenario"] == name]
        assert [row["outcome"] for row in own] == [o.series.label for o in run.summary()]
        assert {row["run"] for row in own} == {folder}
    moved = [row for row in rows if row["scenario"] == "two"]
    assert all(float(row["parent_median"]) > 0.0 for row in moved)
    assert any(float(row["difference_median"]) for row in moved)


def test_resuming_keeps_what_is_whole(steppe: Call, there: Path) -> None:
    before = index(there)
    assert again(steppe).returncode == 0
    assert index(there) == before
    folder = there / "batch" / before[0]["run"]
    (folder / "members.parquet").write_bytes(b"damaged")
    assert again(steppe, "--quiet").returncode == 0
    now = index(there)
    assert now[0]["run"] != before[0]["run"]
    assert now[-1]["run"] == before[-1]["run"]
    assert [r | {"run": ""} for r in now] == [r | {"run": ""} for r in before]


def test_a_killed_batch_goes_on(steppe: Call, there: Path) -> None:
    """It says what it is from the beginning, so that one killed in its first run can go on."""
    record = json.loads((there / "batch" / "batch.json").read_text())
    first, second = (row["run"] for row in record["runs"])
    shutil.rmtree(there / "batch" / second)
    (there / "batch" / first / "record.json").unlink()
    record |= {"runs": [], "waiting": ["one", "two"]}
    (there / "batch" / "batch.json").write_text(json.dumps(record))
    assert again(steppe, "--quiet").returncode == 0
    assert {row["scenario"] for row in index(there)} == {"one", "two"}


@pytest.mark.slow
def test_a_polite_signal(tmp_path: Path) -> None:
    write(tmp_path)
    process = subprocess.Popen(
        [*COMMAND, "batch", "baseline", "one.yaml", "--members", "200", "--out", "batch"],
        cwd=tmp_path,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60.0
    while not list(tmp_path.glob("batch/baseline-*/record.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "interrupted after 0 of 2 scenarios; go on with --resume --out batch" in told
    assert "interrupted" in out
    record = json.loads((tmp_path / "batch" / "batch.json").read_text())
    assert record["waiting"] == ["one"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("one.yaml", "--out", "batch"), "batch: error: holds something; --resume"),
        (("one.yaml", "--out", "batch", "--resume"), "has the scenario two, too"),
        (("one.yaml", "two.yaml", "--members", 2, "--out", "batch", "--resume"), "has 3 members"),
        (("one.yaml", "two.yaml", "--seed", 2, "--out", "batch", "--resume"), "and seed 11, this"),
        (("one.yaml", "--out", ".", "--resume"), "holds no batch to go on with"),
        (("one.yaml", "--resume"), "name the batch's folder"),
        (("one.yaml", "--out", "one.yaml"), "a batch is a folder, this is a file"),
        (("one.yaml", "--out", "one.yaml/x"), "cannot write one.yaml/x"),
        (("one.yaml", "--members", 0), "--members 0: error: must lie between"),
        (("one.yaml", "--workers", 0), "--workers 0: error: must be at least 1"),
        (("one.yaml", "--set", "trade.elasticty=2"), "did you mean 'trade.elasticity'"),
        (("one.yaml", "--trajectories", "gpd"), "unknown metric 'gpd'"),
        (("nowhere",), "unknown scenario"),
        (("",), "unknown scenario"),
        (("batch",), "no scenario files (*.yaml) in this folder"),
    ],
)
def test_what_is_refused_in_one_sentence(
    steppe: Call, there: Path, arguments: tuple[object, ...], told: str
) -> None:
    before = sorted(there.rglob("*"))
    assert told in refusal(steppe("batch", *arguments))
    assert sorted(there.rglob("*")) == before


def test_every_file_is_checked_before_anything_runs(steppe: Call, there: Path) -> None:
    (there / "bad.yaml").write_text("title: [")
    said = steppe("batch", "one.yaml", "bad.yaml", "nowhere", "--out", "new")
    assert said.returncode == 2
    assert "bad.yaml:1:9: error: not valid YAML" in said.stderr
    assert "nowhere: error: unknown scenario" in said.stderr
    assert not (there / "new").exists()
    os.makedirs(there / "other")
    shutil.copy(there / "one.yaml", there / "other")
    assert "two scenarios have this name" in refusal(steppe("batch", "one.yaml", "other"))


def test_a_damaged_batch_is_told(steppe: Call, there: Path) -> None:
    for text in ("{", "[]", '{"runs": [{}], "waiting": []}', '{"runs": [], "waiting": null}'):
        (there / "batch" / "batch.json").write_text(text)
        assert "batch.json: error: damaged" in refusal(again(steppe))


def test_names_from_anywhere(steppe: Call, there: Path) -> None:
    folder = there / "dör ü" / "ß"
    folder.mkdir(parents=True)
    (folder / "ça va.yaml").write_text(SHORT)
    said = steppe("batch", "dör ü/ß", "--out", "dör ü/out put", "--json", "--quiet")
    assert said.returncode == 0, said.stderr
    (row,) = json.loads(said.stdout)["runs"]
    assert RunRecord.open(there / "dör ü" / "out put" / row["run"]).status == "done"


def test_runs_sweeps_and_batches_are_listed(steppe: Call, there: Path) -> None:
    (there / "runs").mkdir()
    shutil.copytree(there / "batch", there / "runs" / "batch")
    shutil.copytree(next((there / "batch").glob("one-*")), there / "runs" / "one")
    vary = ("--vary", "trade.elasticity=2,3", "--method", "factorial", "--members", 2)
    assert steppe("sweep", "one.yaml", *vary, "--out", "runs/swept", "--quiet").returncode == 0
    for name, text in (("x", "{"), ("y", "[]"), ("z", '{"kind": "sweep"}')):
        (there / "runs" / name).mkdir()
        (there / "runs" / name / "record.json").write_text(text)
    said = steppe("list", "runs", "--json")
    assert said.returncode == 0
    assert said.stderr.count("cannot be read") == 3
    rows = {Path(row["run"]).name: row for row in json.loads(said.stdout)}
    assert {name: row["kind"] for name, row in rows.items()} == {
        "batch": "batch",
        "one": "run",
        "swept": "sweep",
    }
    assert rows["batch"]["scenario"] == ["one", "two"]
    assert (rows["batch"]["status"], rows["batch"]["members"]) == ("done", 3)
    assert "a batch of runs" in refusal(steppe("show", "batch"))
    assert "a batch of runs" in refusal(steppe("compare", "runs/batch", "one"))
    for command in ("show", "rerun"):
        assert "runs/swept: a sweep, not a run" in refusal(steppe(command, "swept"))
    assert steppe("status", "swept").stdout.startswith("runs/swept: done")
