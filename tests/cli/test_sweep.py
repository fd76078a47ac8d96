"""``steppe sweep``, ``status`` and ``merge`` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

Call = Callable[..., Any]

SHORT = """title: A short look back
extends: backcast_2000
horizon: {end: 2001Q2}
levers:
  japan.conversion: {range: [0, 0.8], default: 0.25}
"""


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    return path


def test_a_sweep_from_its_call_to_its_status(
    steppe: Call, process: Call, short: Path, tmp_path: Path
) -> None:
    call = ("sweep", short, "--vary", "japan.conversion", "--vary", "trade.elasticity=2:4")
    options = ("--samples", 3, "--members", 2, "--out", "s")
    plan = steppe(*call, *options, "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "3 points of 2 parameters by lhs" in plan.stdout
    assert not (tmp_path / "s").exists()
    forecast = json.loads(steppe(*call, *options, "--dry-run", "--json").stdout)
    assert (forecast["points"], forecast["rows"], forecast["parts"]) == (3, 6, 1)
    done = process(*call, *options, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["sweep"] == "s"
    assert (answer["rows_done"], answer["failed_points"], answer["complete"]) == (6, 0, True)
    table = pq.read_table(tmp_path / "s" / "outcomes")
    assert table.column_names[:2] == ["point", "member"]
    assert "influence_share[JPN,UZB]" in table.column_names
    assert len(table) == 6
    told = steppe("status", "s")
    assert "runs      6 of 6 (100.0%)" in told.stdout
    assert json.loads(steppe("status", "s", "--json").stdout)["status"] == "done"
    again = steppe("sweep", "--resume", "--out", "s", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["rows_done"] == 6
    more = steppe("sweep", "--extend", 2, "--out", "s", "--json")
    assert json.loads(more.stdout)["points"] == 5
    events = [
        json.loads(x)["event"] for x in (tmp_path / "s" / "log.jsonl").read_text().split("\n") if x
    ]
    assert events[0] == "started"
    assert events[-1] == "ended"
    assert {"resumed", "extended", "part"} <= set(events)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--vary", "japan.convertion=0:1"), "did you mean 'japan.conversion'"),
        (("--vary", "japan.conversion=1:0"), "low end must be below"),
        ((), "nothing varies"),
        (("--vary", "levers", "--method", "grid"), "one of lhs, sobol, morris, factorial"),
        (("--vary", "levers", "--method", "factorial"), "needs levels"),
        (("--vary", "japan.conversion=0,1", "--method", "factorial", "--samples", 3), "factorial"),
        (("--vary", "levers", "--samples", 0), "at least 1"),
        (("--vary", "levers", "--samples", 10**12), "more than"),
        (("--vary", "levers", "--members", 0), "must lie between"),
        (("--vary", "levers", "--workers", 0), "at least 1"),
        (("--vary", "levers", "--workers", 2, "--scheduler", "tcp://a:1"), "exclude each other"),
        (("--vary", "levers", "--share", "3/2"), "I/N"),
        (("--vary", "levers", "--max-time", "soon"), "90s"),
        (("--vary", "levers", "--points", "x.csv"), "exclude each other"),
        (("--points", "absent.csv"), "absent.csv"),
        (
            ("--vary", "japan.conversion=0:0.5", "--set", "japan.conversion=0.1"),
            "the sweep varies it",
        ),
        (("--vary", "levers", "--extend", 3), "--out"),
        (("--vary", "levers", "--out", "short.yaml"), "this is a file"),
        (("--vary", "levers", "--out", "."), "holds other files"),
        (("--vary", "levers", "--out", "short.yaml/x"), "short.yaml"),
        (("--vary", "levers", "--seed", -1), "seed"),
    ],
)
def test_what_cannot_be_swept_is_one_sentence(
    steppe: Call, short: Path, arguments: tuple[object, ...], word: str
) -> None:
    told = steppe("sweep", short, *arguments)
    assert told.returncode == 2, told.stderr
    assert word in told.stderr
    assert "Traceback" not in told.stderr
    assert len(told.stderr.strip().splitlines()) <= 3


def test_no_scheduler_and_no_sweep(steppe: Call, process: Call, short: Path) -> None:
    for arguments in (("status", "nowhere"), ("status", "."), ("merge", "nowhere", "--out", "m")):
        told = steppe(*arguments)
        assert told.returncode == 2
        assert len(told.stderr.strip().splitlines()) == 1
    told = steppe("sweep", "--resume", "--out", "nowhere")
    assert told.returncode == 2
    assert "no such sweep" in told.stderr
    told = steppe("sweep", "no_such_scenario", "--vary", "levers")
    assert told.returncode == 2
    told = process(
        *("sweep", short, "--vary", "levers", "--samples", 2, "--members", 1),
        *("--scheduler", "banana", "--out", "b"),
    )
    assert told.returncode == 1
    assert "no scheduler answers at banana" in told.stderr
    assert "Traceback" not in told.stderr
