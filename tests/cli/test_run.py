"""``steppe run`` and ``steppe show RUN`` as a user meets them."""

from __future__ import annotations

import errno
import json
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import called

from steppe import crews, figures, record, scenario
from steppe.cli import run as run_command
from steppe.cli import usage
from steppe.cli.progress import Progress
from steppe.cli.show import show_run
from steppe.record import RunRecord
from steppe.scenario import Problem, Problems

from . import records

COMMAND = (sys.executable, "-m", "steppe")

SHORT = """\
title: A short look at Chabahar
extends: chabahar_completion
horizon: {start: 2017Q1, end: 2018Q4}
ensemble: {members: 6, seed: 11}
set: {trade.elasticity: 3.0}
"""

LONG = SHORT.replace("2018Q4", "2040Q4").replace("members: 6", "members: 600")
"""Some ten seconds, in three chunks."""


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


shared = pytest.mark.xdist_group("a finished run")
"""Marks the tests that look at that run, so that one worker makes it for all of them."""


@pytest.fixture
def copy(done, tmp_path) -> RunRecord:
    """Return a copy of that run, to damage."""
    shutil.copytree(done[1].path, tmp_path / "copy")
    return RunRecord.open(tmp_path / "copy")


@shared
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


@shared
def test_a_run_ends_with_a_table_against_its_parent(done):
    process, run = done
    assert "change from chabahar_completion" in process.stdout
    assert "trade_share (fraction)" in process.stdout
    assert max(map(len, process.stdout.splitlines())) <= 100
    moved = [r for r in run.summary() if r.moved > 0.0]
    assert moved


@shared
def test_a_run_says_where_results_and_figures_are(done):
    process, run = done
    assert f"results: runs/{run.path.name}" in process.stderr
    assert f"figures: runs/{run.path.name}/figures" in process.stderr
    assert "Warning" not in process.stderr


@shared
def test_the_tables_hold_every_quarter_and_member(done):
    _, run = done
    quarters = [f"{year}Q{quarter}" for year in (2017, 2018) for quarter in (1, 2, 3, 4)]
    assert list(dict.fromkeys(run.series().quarter)) == quarters
    members = run.members()
    assert members.member.tolist() == [0, 1, 2, 3]
    assert set(run.scenario().uncertainties) <= set(members.columns)
    assert {"trade_share[JPN,UZB]", "corridor_share[chabahar]"} <= set(members.columns)


@pytest.fixture
def undrawn() -> Iterator[None]:
    """Let the runs of this process draw no figures."""
    with records.undrawn():
        yield


def test_json_is_one_object_on_stdout(steppe, undrawn, short, tmp_path):
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


def test_the_same_call_gives_the_same_tables(steppe, process, undrawn, short, tmp_path):
    """Whatever the process, and however many of them."""
    for call, place, workers in ((steppe, "a", 1), (process, "b", 2)):
        options = ("--members", 70, "--workers", workers, "--out", tmp_path / place, "--quiet")
        assert call("run", short, *options).returncode == 0
    first, second = (only_run(tmp_path / p).record["files"] for p in ("a", "b"))
    tables = ["members.parquet", "series.parquet", "chronicle.parquet", "summary.csv"]
    assert {n: first[n] for n in tables} == {n: second[n] for n in tables}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> tuple[subprocess.CompletedProcess[str], RunRecord]:
    """Return a run of three members with ``--quiet``, a value set and some paths kept."""
    place = tmp_path_factory.mktemp("quiet")
    (place / "short.yaml").write_text(SHORT, encoding="utf-8")
    options = ["--members", "3", "--trajectories", "corridor_share,gdp", "--quiet"]
    said = called(place, "run", "short.yaml", *options, "--set", "trade.elasticity=2.5")
    return said, only_run(place / "runs")


@shared
def test_trajectories_of_chosen_metrics_are_kept(quiet):
    process, run = quiet
    assert process.returncode == 0, process.stderr
    paths = run.trajectories()
    assert set(paths.metric) == {"corridor_share", "gdp"}
    assert set(paths.member) == {0, 1, 2}
    own = paths[(paths.country == "JPN") & (paths.quarter == "2018Q4")].value
    series = run.series()
    row = series[
        (series.country == "JPN") & (series.metric == "gdp") & (series.quarter == "2018Q4")
    ]
    assert own.mean() == pytest.approx(row["mean"].item())


@shared
def test_a_set_value_reaches_the_run_and_quiet_says_nothing(quiet):
    process, run = quiet
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert run.scenario().set["trade.elasticity"] == 2.5
    command = run.record["command"]
    assert command[command.index("--set") :][:2] == ["--set", "trade.elasticity=2.5"]


# --- bad calls: nothing is written


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--members", "0"], "--members"),
        (["--members", "1000000000"], "--members"),
        (["--members", "many"], "--members"),
        (["--seed", "-1"], "--seed"),
        (["--workers", "0"], "--workers 0: error: must be at least 1"),
        (["--set", "trade.elasticty=3"], "did you mean 'trade.elasticity'"),
        (["--set", "trade.elasticity=1e9"], "trade.elasticity"),
        (["--set", "trade.elasticity=3 days"], "unit"),
        (["--set", "trade.elasticity"], "--set"),
        (["--trajectories", "gpd"], "--trajectories: error: unknown metric 'gpd' (did you mean 'g"),
        (["--trajectories", "ALL"], "did you mean 'all'"),
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
    monkeypatch.setattr(usage, "_memory", lambda: 1e5)
    with pytest.raises(usage.UsageError, match="do not fit into half of this machine"):
        usage.trajectory_metrics("all", scenario.load(short))
    assert usage.trajectory_metrics(" gdp , corridor_share", scenario.load(short)) == (
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


def test_a_disk_that_refuses_during_the_run_leaves_a_failed_record(process, short, tmp_path):
    limit = 16_000  # bytes a file: enough for the record, too few for the series
    done = process(
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


def start_crew(place: Path) -> subprocess.Popen[str]:
    """Return a long run with two workers, in a process group of its own, its record open."""
    (place / "long.yaml").write_text(LONG, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "run", "long.yaml", "--workers", "2"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for_record(place / "runs", process)
    return process


def group(leader: int) -> dict[int, str]:
    """Return the live processes of a process group with their command lines."""
    found = {}
    for place in Path("/proc").iterdir():
        try:
            state, _, own, *_ = (place / "stat").read_text().rpartition(")")[2].split()
            if int(own) == leader and state != "Z":
                found[int(place.name)] = (place / "cmdline").read_text()
        except (OSError, ValueError):
            continue
    return found


def workers_of(leader: int) -> list[int]:
    """Wait for both workers and return them."""
    for _ in range(600):
        found = [pid for pid, command in group(leader).items() if "spawn_main" in command]
        if len(found) == 2:
            return found
        time.sleep(0.02)
    pytest.fail("no workers after 12 s")


def assert_none_left(leader: int) -> None:
    for _ in range(200):
        if not group(leader):
            return
        time.sleep(0.05)
    left = group(leader)
    os.killpg(leader, signal.SIGKILL)
    pytest.fail(f"left behind: {left}")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize(
    ("number", "later"),
    [(signal.SIGINT, 0.0), (signal.SIGTERM, 0.2), (signal.SIGHUP, 1.0), (signal.SIGTERM, 4.0)],
)
def test_a_signal_to_the_group_is_an_interruption_with_workers_too(tmp_path, number, later):
    process = start_crew(tmp_path)
    workers_of(process.pid)
    time.sleep(later)
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), err
    assert "interrupted after" in err
    assert "Traceback" not in err
    run = only_run(tmp_path / "runs")
    assert run.status == "interrupted"
    assert run.damaged() == []
    assert len(set(run.series().quarter)) == run.record["quarters"]["completed"]
    assert_none_left(process.pid)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_a_killed_worker_fails_the_run_in_a_sentence(tmp_path):
    process = start_crew(tmp_path)
    time.sleep(3.0)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the run failed: a worker process ended unexpectedly; what there is" in err
    assert "Traceback" not in err
    run = only_run(tmp_path / "runs")
    assert (run.status, run.record["error"]) == ("failed", "a worker process ended unexpectedly")
    assert_none_left(process.pid)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_workers_end_with_a_killed_main_process(tmp_path):
    process = start_crew(tmp_path)
    workers_of(process.pid)
    time.sleep(1.0)
    process.kill()
    process.communicate(timeout=60)
    assert_none_left(process.pid)


def test_a_second_signal_ends_at_once_and_still_closes_the_record(tmp_path):
    (tmp_path / "long.yaml").write_text(LONG, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "run", "long.yaml"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    wait_for_record(tmp_path / "runs", process)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted after" not in err  # that is what the polite end says
    run = only_run(tmp_path / "runs")
    assert run.status == "interrupted"
    assert run.damaged() == []


# --- within this process: what a run says


@pytest.fixture
def call(tmp_path, monkeypatch, undrawn, capsys):
    """Return a function that runs a scenario file without figures: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def work(text: str, **options: object) -> tuple[int, str, str]:
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        code = run_command.run("own.yaml", members=2, **options)
        return code, *capsys.readouterr()

    return work


def test_set_values_hold_in_the_parent_too(call, tmp_path):
    text = SHORT.replace("set: {trade.elasticity: 3.0}\n", "")
    code, out, _ = call(text, set_values=["trade.elasticity=3"])
    assert code == 0
    assert "set in both scenarios: trade.elasticity=3" in out.splitlines()[:5]
    assert "change from chabahar_completion" in out
    # nothing but --set tells the two apart: nothing moves
    assert all(r.moved == 0.0 for r in only_run(tmp_path / "runs").summary())


def test_a_parent_that_cannot_take_the_values_is_not_compared(call, monkeypatch):
    def load(place, **options):
        if str(place) == "chabahar_completion" and options["set_values"]:
            raise Problems([Problem("--set trade.elasticity=3", "not here")])
        return loaded(place, **options)

    loaded = scenario.load
    monkeypatch.setattr(scenario, "load", load)
    code, out, err = call(SHORT, set_values=["trade.elasticity=3"])
    assert code == 0
    assert "note: no comparison with chabahar_completion: the parent scenario cannot take" in err
    assert "set: trade.elasticity=3" in out
    assert "change from" not in out


def test_a_parent_of_another_base_year_is_not_compared(call):
    text = SHORT.replace("chabahar_completion", "backcast_2009")
    code, out, err = call(text)
    assert code == 0
    assert "note: no comparison with backcast_2009: it starts from the base year 2010" in err
    assert len([line for line in err.splitlines() if "no comparison" in line]) == 1
    assert "change from" not in out


def test_inherited_events_outside_the_horizon_are_said(call):
    _, out, err = call(SHORT)
    told = "note: events of chabahar_completion that may begin outside 2017Q1 to 2018Q4 and are "
    (note,) = (line for line in err.splitlines() if line.startswith("note:"))
    assert note.startswith(told + "left out: ") and "rail" in note and "port_phase_2" in note
    assert "outcomes: means of the last 8 quarters, of projects the sums;" in out.splitlines()
    _, out, err = call(SHORT.replace("chabahar_completion", "baseline").replace("2018Q4", "2040Q4"))
    assert "note:" not in err
    assert "outcomes: means of the last 20 quarters, of projects the sums;" in out.splitlines()


def test_an_event_that_changes_a_set_value_is_said(call):
    event = "{id: shut, target: link.chabahar_port.open, shape: step, to: 0, start: 2018Q2}"
    text = f"{SHORT}events: [{event}]\n"
    _, _, err = call(text)
    assert "note: event 'shut'" not in err
    _, _, err = call(text, set_values=["link.chabahar_port.open=1"], out="again")
    told = "note: event 'shut' changes link.chabahar_port.open from 2018Q2 on, set to 1 before"
    assert told in err.splitlines()


def test_numbers_too_large_are_counted_and_not_warned_of(call, monkeypatch, tmp_path):
    def advance(self):
        blocks = advanced(self)
        with_warning = np.exp(np.full(blocks[0].shape[0], 1e6))
        blocks[0][:, 1] = with_warning
        return blocks

    advanced = crews.LocalCrew.advance
    monkeypatch.setattr(crews.LocalCrew, "advance", advance)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code, out, err = call(SHORT)
    assert code == 0, err
    count = only_run(tmp_path / "runs").record["not_finite"]
    assert count["members"] == 1
    assert f"(1 of 2 members have no finite value for {count['outcomes']:,} outcomes" in out
    assert show_run(tmp_path / "runs" / next((tmp_path / "runs").iterdir()).name) == 0


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(errno.ENOSPC, "", "figures/map.png"), "figures/map.png and the figures after it"),
        (ValueError("no limits"), "all figures are missing: ValueError: no limits"),
    ],
)
def test_missing_figures_leave_a_run_that_is_done_with_a_warning(
    call, monkeypatch, tmp_path, failure, told
):
    def write_all(*_):
        raise failure

    monkeypatch.setattr(figures, "write_all", write_all)
    code, out, err = call(SHORT)
    assert code == 1
    assert "change from" in out
    assert f"warning: {told}" in err
    run = only_run(tmp_path / "runs")
    assert run.status == "done"
    assert told in run.record["error"]
    assert run.damaged() == []


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_end_a_run(short, tmp_path, closed):
    words = shlex.join([*COMMAND, "run", "short.yaml", "--members", "2"])
    done = subprocess.run(
        ["sh", "-c", f"exec {words} {closed}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "running" not in done.stdout  # what belongs on stderr does not end up there
    run = only_run(tmp_path / "runs")
    assert (run.status, run.damaged()) == ("done", [])


def test_progress_needs_no_stderr(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with Progress(shown=True) as progress:
        progress.part("work", 4)(1, 4)


# --- show


@shared
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


@shared
def test_show_warns_of_a_changed_file(copy, steppe):
    with open(copy.path / "members.parquet", "ab") as file:
        file.write(b"x")
    shown = steppe("show", copy.path)
    assert shown.returncode == 0
    assert "members.parquet is not as the run left it" in shown.stderr


@shared
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


@shared
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
