"""``steppe run`` and ``steppe show RUN`` as a user meets them: the command in a subprocess."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from steppe import record, scenario
from steppe.cli import run as run_command
from steppe.record import RunRecord

COMMAND = (sys.executable, "-m", "steppe")

SHORT = """\
title: A short look at Chabahar
extends: chabahar_completion
horizon: {start: 2017Q1, end: 2018Q4}
ensemble: {members: 6, seed: 11}
set: {trade.elasticity: 3.0}
"""

LONG = SHORT.replace("2018Q4", "2040Q4").replace("members: 6", "members: 3000")


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Return the file of a scenario that runs in no time."""
    file = tmp_path / "short.yaml"
    file.write_text(SHORT, encoding="utf-8")
    return file


def only_run(parent: Path) -> RunRecord:
    folders = list(parent.iterdir())
    assert len(folders) == 1
    return RunRecord.open(folders[0])


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[subprocess.CompletedProcess[str], RunRecord]:
    """Return one run of four members and its record, for tests that only look."""
    place = tmp_path_factory.mktemp("done")
    (place / "short.yaml").write_text(SHORT, encoding="utf-8")
    process = subprocess.run(
        [*COMMAND, "run", "short.yaml", "--members", "4"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process, only_run(place / "runs")


@pytest.fixture
def copy(done, tmp_path) -> RunRecord:
    """Return a copy of that run, to damage."""
    shutil.copytree(done[1].path, tmp_path / "copy")
    return RunRecord.open(tmp_path / "copy")


def test_a_run_leaves_a_closed_record(done):
    _, run = done
    assert run.path.name.startswith("short-")
    assert run.status == "done"
    assert run.damaged() == []
    tables = {"members.parquet", "series.parquet", "chronicle.parquet"}
    assert tables | {"scenario.yaml", "summary.csv"} <= set(run.record["files"])
    assert [n for n in run.record["files"] if n.startswith("figures/") and n.endswith(".png")]
    assert run.record["command"] == ["steppe", "run", "short.yaml", "--members", "4"]
    assert run.record["quarters"] == {"planned": 8, "completed": 8}


def test_a_run_ends_with_a_table_against_its_parent(done):
    process, run = done
    assert "change from chabahar_completion" in process.stdout
    assert "trade_share (fraction)" in process.stdout
    assert max(map(len, process.stdout.splitlines())) <= 100
    moved = [r for r in run.summary() if r.moved > 0.0]
    assert moved


def test_a_run_says_where_results_and_figures_are(done):
    process, run = done
    assert f"results: runs/{run.path.name}" in process.stderr
    assert f"figures: runs/{run.path.name}/figures" in process.stderr
    assert "Warning" not in process.stderr


def test_the_tables_hold_every_quarter_and_member(done):
    _, run = done
    quarters = [f"{year}Q{quarter}" for year in (2017, 2018) for quarter in (1, 2, 3, 4)]
    assert list(dict.fromkeys(run.series().quarter)) == quarters
    members = run.members()
    assert members.member.tolist() == [0, 1, 2, 3]
    assert set(run.scenario().uncertainties) <= set(members.columns)
    assert {"trade_share[JPN,UZB]", "corridor_share[chabahar]"} <= set(members.columns)


def test_json_is_one_object_on_stdout(steppe, short, tmp_path):
    done = steppe("run", short, "--members", 4, "--seed", 5, "--json", "--out", tmp_path / "here")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {"run", "scenario", "members", "seed", "outcomes"} <= set(answer)
    assert (answer["scenario"], answer["members"], answer["seed"]) == ("short", 4, 5)
    run = RunRecord.open(answer["run"])
    assert run.path.parent == tmp_path / "here"
    share = answer["outcomes"]["trade_share[JPN,UZB]"]
    assert share["unit"] == "1"
    assert 0.0 <= share["q05"] <= share["median"] <= share["q95"] <= 1.0
    assert share["difference"]["q05"] <= share["difference"]["median"]
    members = run.members()
    assert share["median"] == pytest.approx(members["trade_share[JPN,UZB]"].median())


def test_the_same_call_gives_the_same_tables(steppe, short, tmp_path):
    for place, workers in (("a", 1), ("b", 2)):
        options = ("--members", 70, "--workers", workers, "--out", tmp_path / place, "--quiet")
        assert steppe("run", short, *options).returncode == 0
    first, second = (only_run(tmp_path / p).record["files"] for p in ("a", "b"))
    tables = ["members.parquet", "series.parquet", "chronicle.parquet", "summary.csv"]
    assert {n: first[n] for n in tables} == {n: second[n] for n in tables}


def test_trajectories_of_chosen_metrics_are_kept(steppe, short, tmp_path):
    done = steppe("run", short, "--members", 3, "--trajectories", "corridor_share,gdp", "--quiet")
    assert done.returncode == 0, done.stderr
    run = only_run(tmp_path / "runs")
    paths = run.trajectories()
    assert set(paths.metric) == {"corridor_share", "gdp"}
    assert set(paths.member) == {0, 1, 2}
    own = paths[(paths.country == "JPN") & (paths.quarter == "2018Q4")].value
    series = run.series()
    row = series[
        (series.country == "JPN") & (series.metric == "gdp") & (series.quarter == "2018Q4")
    ]
    assert own.mean() == pytest.approx(row["mean"].item())


def test_a_set_value_reaches_the_run_and_quiet_says_nothing(steppe, short, tmp_path):
    done = steppe("run", short, "--set", "trade.elasticity=2.5", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    run = only_run(tmp_path / "runs")
    assert run.scenario().set["trade.elasticity"] == 2.5
    assert run.record["command"][-2:] == ["--set", "trade.elasticity=2.5"]


# --- bad calls: nothing is written


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--members", "0"], "--members"),
        (["--members", "1000000000"], "--members"),
        (["--members", "many"], "--members"),
        (["--seed", "-1"], "--seed"),
        (["--workers", "0"], "--workers"),
        (["--set", "trade.elasticty=3"], "did you mean 'trade.elasticity'"),
        (["--set", "trade.elasticity=1e9"], "trade.elasticity"),
        (["--set", "trade.elasticity=3 days"], "unit"),
        (["--set", "trade.elasticity"], "--set"),
        (["--trajectories", "gpd"], "did you mean 'gdp'"),
        (["--trajectories", ""], "unknown metric"),
        (["--out", "short.yaml"], "is a file"),
        (["--out", "short.yaml/deeper"], "is a file"),
        (["--out", "/proc/none"], "cannot write a run to /proc/none"),
    ],
)
def test_a_bad_option_is_one_sentence_and_writes_nothing(steppe, short, tmp_path, options, told):
    done = steppe("run", short, *options)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir()] == ["short.yaml"]


def test_paths_that_do_not_fit_into_memory_are_refused(short, monkeypatch):
    monkeypatch.setattr(run_command, "_memory", lambda: 1e5)
    with pytest.raises(run_command.UsageError, match="do not fit into half of this machine"):
        run_command.trajectory_metrics("all", scenario.load(short))
    assert run_command.trajectory_metrics(" gdp , corridor_share", scenario.load(short)) == (
        "corridor_share",
        "gdp",
    )


def test_an_unknown_scenario_is_one_sentence(steppe, tmp_path):
    done = steppe("run", "chabahar_completoin")
    assert done.returncode == 2
    assert "chabahar_completion" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_occupied_run_folder_is_left_alone(steppe, short, tmp_path):
    digest = scenario.load(short).digest()
    start = datetime.now(UTC)
    for second in range(60):
        name = record.folder_name("short", start + timedelta(seconds=second), digest)
        (tmp_path / "runs" / name).mkdir(parents=True)
    done = steppe("run", short)
    assert done.returncode == 2
    assert "already exists" in done.stderr
    assert not [p for p in (tmp_path / "runs").rglob("*") if p.is_file()]


def test_a_disk_that_refuses_during_the_run_leaves_a_failed_record(steppe, short, tmp_path):
    limit = 16_000  # bytes a file: enough for the record, too few for the series
    done = steppe(
        *("run", short),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    run = only_run(tmp_path / "runs")
    assert run.status == "failed"
    assert "file too large" in run.record["error"]
    assert "series.parquet" not in run.record["files"]
    assert run.damaged() == []


# --- interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_with_a_closed_record(tmp_path, number):
    (tmp_path / "long.yaml").write_text(LONG, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "run", "long.yaml"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for_record(tmp_path / "runs", process)
        time.sleep(2.0)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert out == ""
    assert "interrupted after" in err
    assert "Traceback" not in err
    run = only_run(tmp_path / "runs")
    assert run.status == "interrupted"
    assert run.record["finished"] is not None
    assert run.record["quarters"]["completed"] < run.record["quarters"]["planned"] == 96
    assert run.damaged() == []
    if run.record["quarters"]["completed"]:
        assert len(set(run.series().quarter)) == run.record["quarters"]["completed"]


def wait_for_record(parent: Path, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if list(parent.glob("*/record.json")):
            return
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    pytest.fail("no record after 30 s")


def test_a_killed_run_says_that_it_was_never_closed(tmp_path, steppe):
    (tmp_path / "long.yaml").write_text(LONG, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "run", "long.yaml", "--quiet"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    wait_for_record(tmp_path / "runs", process)
    process.kill()
    process.communicate()
    run = only_run(tmp_path / "runs")
    assert run.status == "running"
    shown = steppe("show", run.path)
    assert shown.returncode == 0
    assert "still running, or killed" in shown.stdout


# --- show


def test_show_tells_what_ran_and_what_came_of_it(done, steppe):
    _, run = done
    shown = steppe("show", run.path)
    assert shown.returncode == 0
    for word in ("A short look at Chabahar", "done", "2017Q1 to 2018Q4", "series.parquet"):
        assert word in shown.stdout
    assert "change from chabahar_completion" in shown.stdout
    answer = json.loads(steppe("show", run.path, "--json").stdout)
    assert answer["record"]["status"] == "done"
    assert answer["damaged"] == []
    assert "corridor_share[chabahar]" in answer["outcomes"]


def test_show_warns_of_a_changed_file(copy, steppe):
    with open(copy.path / "members.parquet", "ab") as file:
        file.write(b"x")
    shown = steppe("show", copy.path)
    assert shown.returncode == 0
    assert "members.parquet is not as the run left it" in shown.stderr


def test_show_of_a_run_without_its_summary_still_shows_it(copy, steppe):
    (copy.path / "summary.csv").write_text("nonsense")
    shown = steppe("show", copy.path)
    assert shown.returncode == 2
    assert len(shown.stderr.splitlines()) == 1
    (copy.path / "summary.csv").unlink()
    shown = steppe("show", copy.path)
    assert shown.returncode == 0
    assert "summary.csv is not as the run left it" in shown.stderr


def test_show_of_a_damaged_run_is_one_sentence(steppe, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "record.json").write_text("{")
    shown = steppe("show", tmp_path / "run")
    assert shown.returncode == 2
    assert "not valid JSON" in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_show_of_a_run_loads_no_table_library(done):
    _, run = done
    code = (
        "import sys; from steppe.cli.show import show_run; show_run(sys.argv[1]);"
        "heavy = {'mesa', 'matplotlib', 'dask', 'scipy', 'pandas', 'pyarrow'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, run.path], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
