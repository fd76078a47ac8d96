"""What tests of several folders share: small results by hand and the command.

Most of what a short command takes is the start of a process: the imports, and the compiled kernels
from their cache.  The fixture ``steppe`` therefore runs the command in the process of the tests,
by its entry point.  Of every command that imports the model at least one test calls a process of
its own (``process``), as do the tests of signals, streams, imports and time.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from steppe import metrics, starts
from steppe.chronicle import Chronicle, Log, blank
from steppe.clock import Quarter, span
from steppe.results import STATISTICS, Results
from steppe.scenario import Horizon, Scenario

# At home every run of the tests looks at other examples; the build server repeats the same ones.
# No example has a deadline: the first may wait for a kernel to be compiled.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable" if "CI" in os.environ else "patient")

if "PYTHONPATH" in os.environ:  # also for subprocesses that start in another folder
    entries = os.environ["PYTHONPATH"].split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, entries))


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker run all tests that share a fixture of their module, so that it is made once.

    Tests that name a group of their own keep it.
    """
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        shared = any(fixture[-1].scope == "module" for fixture in fixtures)
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


COMMAND = (sys.executable, "-m", "steppe")
"""The command as ``.venv/bin/steppe`` runs it."""


@pytest.fixture(autouse=True)
def _starts_of_their_own() -> None:
    """Let no test take a start that another has lived through, perhaps with a law replaced."""
    starts.forget()


@pytest.fixture
def steppe(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``steppe`` with arguments in this process, in an empty folder."""
    return lambda *arguments: called(tmp_path, *arguments)


def called(place: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ``steppe`` with arguments in this process, in a folder; a warning is an error."""
    from steppe.cli import app

    words = ["steppe", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(place)
        patch.setattr(sys, "argv", words)
        for name in NOT_CLEAN & os.environ.keys():
            patch.delenv(name)
        with pytest.raises(SystemExit) as end:
            app.main()
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(words, end.value.code, *said)


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``steppe`` with arguments in a subprocess, in an empty folder."""

    def call(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        settings = {"cwd": tmp_path, "timeout": 120, "env": clean_environment()} | options
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            **settings,
        )

    return call


NOT_CLEAN = {"COLUMNS", "FORCE_COLOR", "PYTHONWARNINGS", "TERM", "NO_COLOR"}
"""What changes how terminals and warnings are treated."""


def clean_environment() -> dict[str, str]:
    """Return this environment without what changes how terminals and warnings are treated."""
    return {k: v for k, v in os.environ.items() if k not in NOT_CLEAN}


@pytest.fixture
def make_results() -> Callable[..., Results]:
    """Return :func:`results_by_hand`."""
    return results_by_hand


def results_by_hand(
    *,
    name: str = "example",
    members: int = 5,
    quarters: int = 4,
    completed: int | None = None,
    shift: float = 0.0,
    trajectories: bool = False,
    chosen: tuple[str, ...] = (),
    parent: str | None = None,
) -> Results:
    """Return results of two metrics; a value is its cell's number + member / 10 + ``shift``."""
    start = Quarter.of(2017)
    scenario = Scenario(
        name=name,
        title="An example: öäü, 90 %",
        horizon=Horizon(start, start + (quarters - 1)),
        members=members,
        seed=7,
        metrics=chosen,
        parent=parent,
    )
    done = quarters if completed is None else completed
    series = tuple(s for m in ("trade_share", "corridor_days") for s in metrics.BY_NAME[m].series)
    member = np.arange(members, dtype=float)
    paths = np.arange(len(series))[None, :, None] + member / 10 + np.zeros((quarters, 1, 1)) + shift
    statistics = np.full((quarters, len(series), len(STATISTICS)), np.nan)
    for t in range(done):
        statistics[t, :, 0] = paths[t].mean(axis=-1)
        statistics[t, :, 1:] = np.quantile(paths[t], [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1).T
    table = {"member": member, "trade.elasticity": 2.0 + member}
    table |= {s.label: paths[-1, i].copy() for i, s in enumerate(series)}
    by_metric = {
        m: paths[:, [i for i, s in enumerate(series) if s.metric == m]].copy()
        for m in ("trade_share", "corridor_days")
    }
    return Results(
        scenario=scenario,
        seed=7,
        members=members,
        quarters=span(scenario.horizon.start, scenario.horizon.end),
        completed=done,
        series=series,
        statistics=statistics,
        table=table,
        trajectories=by_metric if trajectories else None,
        chronicle=happenings_by_hand(start),
    )


def happenings_by_hand(start: Quarter) -> Chronicle:
    """Return that an event closed a border in one member and that Japan committed money."""
    log = Log()
    log.add(2, "committed", [3, 4], [640.0, 7.25], power=0, host=1, sector=1, window=0, mode=0)
    event = blank(1, "event")
    event["quarter"], event["member"], event["text"] = start.ordinal + 1, 3, 0
    return Chronicle.concat([Chronicle(event, ("a border closes",)), log.rows(start, range(5))])
