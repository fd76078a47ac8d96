"""The record of a run: what is written, what is read back, and what happens when a disk refuses."""

from __future__ import annotations

import builtins
import errno
import hashlib
import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from steppe import provenance, record, tables
from steppe.chronicle import Chronicle
from steppe.metrics import DIMENSIONS
from steppe.migrations import SCHEMA_VERSION
from steppe.record import RecordError, RunFolder, RunRecord, files
from steppe.results import STATISTICS, not_finite, outcomes

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def results(make_results):
    return make_results()


@pytest.fixture
def folder(tmp_path, results):
    return open_folder(tmp_path / "runs", results)


def open_folder(parent, results):
    command = ["steppe", "run", "example"]
    return RunFolder.create(parent, results.scenario, command, results.members, 7, now=NOW)


def stored(folder):
    return json.loads((folder.path / "record.json").read_text(encoding="utf-8"))


def test_the_folder_says_scenario_time_and_hash(folder, results):
    digest = results.scenario.digest()
    assert folder.path.name == f"example-20260304T050607Z-{digest[:6]}"


def test_a_name_that_no_folder_could_have_is_made_plain():
    name = record.folder_name("../a b/ü:*", NOW, "abcdef0123")
    assert re.fullmatch(r"[\w.-]+-20260304T050607Z-abcdef", name)
    assert not name.startswith(".")


def test_the_record_is_there_from_the_start_and_says_running(folder, results):
    kept = stored(folder)
    assert kept["schema_version"] == SCHEMA_VERSION
    assert kept["status"] == "running"
    assert kept["finished"] is None
    assert kept["members"] == 5
    assert kept["seed"] == 7
    assert kept["command"] == ["steppe", "run", "example"]
    assert kept["scenario"]["sha256"] == results.scenario.digest()
    assert kept["quarters"] == {"planned": 4, "completed": 0}
    assert kept["environment"]["versions"]["numpy"] == np.__version__
    assert re.fullmatch("[0-9a-f]{64}", kept["data"]["sha256"])


def test_a_closed_record_names_every_other_file_with_its_hash(folder, results):
    folder.write(results)
    (folder.path / "figures").mkdir()
    (folder.path / "figures" / "map.png").write_bytes(b"png")
    folder.close("done")
    kept = stored(folder)
    names = {p.relative_to(folder.path).as_posix() for p in folder.path.rglob("*") if p.is_file()}
    assert set(kept["files"]) == names - {"record.json"}
    assert {"scenario.yaml", "members.parquet", "series.parquet", "summary.csv"} <= names
    for name, digest in kept["files"].items():
        assert hashlib.sha256((folder.path / name).read_bytes()).hexdigest() == digest
    assert kept["status"] == "done"
    assert kept["quarters"]["completed"] == 4
    assert kept["resources"]["wall_seconds"] >= 0
    assert kept["resources"]["peak_memory_mb"] > 10
    assert kept["finished"] >= kept["started"]


def test_the_scenario_file_has_the_hash_that_the_record_gives_the_scenario(folder, results):
    folder.write(results)
    folder.close("done")
    kept = stored(folder)
    assert kept["files"]["scenario.yaml"] == kept["scenario"]["sha256"]


def test_series_come_back_as_they_were(folder, results):
    folder.write(results)
    folder.close("done")
    frame = RunRecord.open(folder.path).series()
    assert list(frame) == ["metric", "quarter", *DIMENSIONS, "unit", *STATISTICS]
    assert len(frame) == len(results.series) * 4
    row = frame[
        (frame.metric == "trade_share")
        & (frame.power == "CHN")
        & (frame.host == "UZB")
        & (frame.quarter == "2017Q3")
    ].iloc[0]
    at = [s.label for s in results.series].index("trade_share[CHN,UZB]")
    assert [row[name] for name in STATISTICS] == list(results.statistics[2, at])
    assert row.unit == "1"
    assert pd.isna(row.corridor)
    assert pd.isna(row.exporter)
    days = frame[frame.metric == "corridor_days"]
    assert days.host.isna().all()
    assert not days.corridor.isna().any()


def test_series_hold_only_the_quarters_that_were_reached(tmp_path, make_results):
    results = make_results(completed=2)
    folder = open_folder(tmp_path, results)
    folder.write(results)
    folder.close("interrupted")
    frame = RunRecord.open(folder.path).series()
    assert set(frame.quarter) == {"2017Q1", "2017Q2"}
    assert not frame["mean"].isna().any()
    assert stored(folder)["quarters"] == {"planned": 4, "completed": 2}


def test_a_run_stopped_before_its_first_quarter_can_be_recorded(tmp_path, make_results):
    results = make_results(completed=0, trajectories=True)
    folder = open_folder(tmp_path, results)
    folder.write(results)
    folder.close("interrupted")
    run = RunRecord.open(folder.path)
    assert len(run.series()) == 0
    assert len(run.trajectories()) == 0


def test_members_come_back_as_they_were(folder, results):
    folder.write(results)
    folder.close("done")
    frame = RunRecord.open(folder.path).members()
    assert list(frame.columns) == list(results.table)
    assert frame.member.tolist() == [0, 1, 2, 3, 4]
    assert frame.member.dtype == np.int64
    for name, values in results.table.items():
        assert frame[name].tolist() == values.tolist()


def test_trajectories_come_back_as_they_were(tmp_path, make_results):
    results = make_results(trajectories=True)
    folder = open_folder(tmp_path, results)
    folder.write(results)
    folder.close("done")
    frame = RunRecord.open(folder.path).trajectories()
    assert list(frame) == ["metric", "quarter", *DIMENSIONS, "unit", "member", "value"]
    path = frame[(frame.corridor == "chabahar") & (frame.member == 3)]
    assert path.quarter.tolist() == ["2017Q1", "2017Q2", "2017Q3", "2017Q4"]
    cell = [s.cell for s in results.series if s.metric == "corridor_days"].index(("chabahar",))
    assert path.value.tolist() == results.trajectories["corridor_days"][:, cell, 3].tolist()
    file = pq.ParquetFile(folder.path / "trajectories.parquet")
    groups = [file.read_row_group(i, ["metric"]) for i in range(file.num_row_groups)]
    assert [set(g["metric"].to_pylist()) for g in groups] == [{"trade_share"}, {"corridor_days"}]


def test_without_trajectories_there_is_no_file_for_them(folder, results):
    folder.write(results)
    folder.close("done")
    with pytest.raises(RecordError, match="has no trajectories.parquet"):
        RunRecord.open(folder.path).trajectories()


def test_the_chronicle_has_its_columns_even_when_nothing_happened(folder, results):
    folder.write(results)
    frame = RunRecord.open(folder.path).chronicle()
    assert list(frame) == list(tables.CHRONICLE)
    assert frame.sentence.tolist() == [
        "2017Q2: a border closes",
        "2017Q3: Japan commits 640 mn USD to power in Uzbekistan",
        "2017Q3: Japan commits 7.2 mn USD to power in Uzbekistan",
    ]
    assert frame.member.tolist() == [3, 3, 4]
    assert frame.amount.tolist() == [0.0, 640.0, 7.25]
    committed = frame.iloc[2]
    assert committed[["kind", "actors", "host", "sector", "window", "mode"]].tolist() == [
        "committed",
        "JPN",
        "UZB",
        "power",
        "concessional",
        "solo",
    ]
    assert committed[["link", "organisation"]].isna().all()
    assert frame.iloc[0][["actors", "host", "sector", "window", "mode"]].isna().all()
    results.chronicle = Chronicle()
    folder.write(results)
    empty = RunRecord.open(folder.path).chronicle()
    assert list(empty) == list(tables.CHRONICLE)
    assert len(empty) == 0


def test_the_same_results_give_the_same_bytes(tmp_path, make_results):
    hashes = []
    for place in ("a", "b"):
        results = make_results(trajectories=True)
        folder = open_folder(tmp_path / place, results)
        folder.write(results)
        folder.close("done")
        hashes.append(stored(folder)["files"])
    assert hashes[0] == hashes[1]


def test_the_resolved_scenario_comes_back(tmp_path):
    from steppe import scenario

    text = "title: T\nhorizon: {start: 2017Q1, end: 2018Q4}\nensemble: {members: 3, seed: 1}\n"
    own = scenario.loads(text, name="small")
    folder = RunFolder.create(tmp_path, own, ["steppe"], 3, 1)
    (folder.path / "scenario.yaml").write_text(own.dump(), encoding="utf-8")
    folder.close("done")
    assert RunRecord.open(folder.path).scenario() == own


# --- the summary


def test_the_summary_pairs_members_with_the_parent(folder, make_results):
    results, parent = make_results(shift=0.5), make_results()
    results.table["corridor_days[chabahar]"][0] = np.nan  # unused by one member
    results.table["trade_share[JPN,KAZ]"][:2] -= 1.0  # falls in two members of five
    folder.write(results, parent)
    folder.close("done")
    rows = {r.series.label: r for r in RunRecord.open(folder.path).summary()}
    days = rows["corridor_days[chabahar]"]
    assert days.difference.median == pytest.approx(0.5)
    assert days.difference.width == pytest.approx(0.0)
    assert days.rose == 1.0
    assert rows["trade_share[JPN,KAZ]"].rose == pytest.approx(0.6)
    share = rows["trade_share[CHN,UZB]"]
    here = results.table["trade_share[CHN,UZB]"]
    assert share.band.median == pytest.approx(np.median(here), rel=1e-5)
    assert share.band.q95 == pytest.approx(np.quantile(here, 0.95), rel=1e-5)
    assert share.parent.median == pytest.approx(np.median(here) - 0.5, rel=1e-5)


def test_the_summary_of_a_run_without_parent_leaves_the_parent_empty(folder, results):
    folder.write(results)
    rows = RunRecord.open(folder.path).summary()
    assert len(rows) == len(results.series)
    assert all(r.parent is None and r.difference is None and r.rose is None for r in rows)


def test_the_scenario_chooses_and_orders_the_headline(tmp_path, make_results):
    results = make_results(chosen=("corridor_days",))
    folder = open_folder(tmp_path, results)
    folder.write(results)
    assert {r.series.metric for r in RunRecord.open(folder.path).summary()} == {"corridor_days"}


def test_an_outcome_without_any_value_is_empty_not_wrong(folder, results):
    results.table["corridor_days[chabahar]"][:] = np.nan
    folder.write(results, results)
    row = next(r for r in RunRecord.open(folder.path).summary() if r.series.cell == ("chabahar",))
    assert np.isnan(row.band.median)
    assert row.moved == 0.0


def test_moves_are_measured_in_widths_of_the_parent_band(make_results):
    rows = outcomes(make_results(shift=-0.36), make_results())
    width = 0.4 * 0.9  # members lie at 0, 0.1 ... 0.4
    assert rows[0].moved == pytest.approx(0.36 / width)
    assert rows[0].rose == 0.0


def test_an_outcome_that_stays_did_not_rise(make_results):
    row = outcomes(make_results(), make_results())[0]
    assert (row.rose, row.moved, row.difference.width) == (0.0, 0.0, 0.0)


# --- refusals: nothing left behind


def test_an_occupied_folder_is_refused_and_left_alone(tmp_path, results):
    first = open_folder(tmp_path, results)
    before = (first.path / "record.json").read_bytes()
    with pytest.raises(RecordError, match="already exists"):
        open_folder(tmp_path, results)
    assert (first.path / "record.json").read_bytes() == before


def test_a_file_in_place_of_the_folder_is_refused(tmp_path, results):
    name = record.folder_name("example", NOW, results.scenario.digest())
    (tmp_path / name).write_text("mine")
    with pytest.raises(RecordError, match="already exists"):
        open_folder(tmp_path, results)
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("inside", ["", "deep/er"])
def test_a_file_as_parent_is_refused(tmp_path, results, inside):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RecordError, match="file: is a file, runs need a folder"):
        open_folder(tmp_path / "file" / inside, results)


def test_a_parent_that_nobody_can_make_is_refused(results):
    with pytest.raises(RecordError, match="cannot write a run to /proc/none"):
        open_folder(Path("/proc/none/runs"), results)


def test_a_full_disk_at_the_start_leaves_nothing(tmp_path, results, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(RecordError, match="no space left on the disk"):
        open_folder(tmp_path / "new" / "runs", results)
    assert list(tmp_path.iterdir()) == []


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_during_the_run_leaves_a_closed_record(folder, results, monkeypatch):
    def open_some(path, *arguments, **options):
        if "series" in str(path):
            full_disk()
        return opened(path, *arguments, **options)

    opened = builtins.open
    monkeypatch.setattr(builtins, "open", open_some)
    with pytest.raises(RecordError, match="cannot write .*series.parquet: no space left"):
        folder.write(results)
    folder.close("failed", "no space left on the disk")
    kept = stored(folder)
    assert kept["status"] == "failed"
    assert kept["error"] == "no space left on the disk"
    assert set(kept["files"]) == {"scenario.yaml", "members.parquet"}
    assert not list(folder.path.glob(".*"))


def test_a_write_that_fails_half_way_keeps_what_was_there(tmp_path):
    target = tmp_path / "record.json"
    target.write_text("before")

    def half(file):
        file.write(b"aft")
        full_disk()

    with pytest.raises(OSError, match="No space"):
        record.write_whole(target, half)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["record.json", ".record.json.tmp"])
def test_a_link_in_the_way_leads_no_write_elsewhere(tmp_path, name):
    away = tmp_path / "mine"
    away.write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(away)
    target = tmp_path / "run" / "record.json"
    record.write_whole(target, lambda file: file.write(b"after"))
    assert away.read_text() == "mine"
    assert target.read_text() == "after" and list(target.parent.iterdir()) == [target]


def test_a_record_on_a_full_disk_is_closed_over_the_first_one(folder, monkeypatch):
    size = (folder.path / "record.json").stat().st_size
    assert size >= 8192
    (folder.path / "figures").mkdir()
    for number in range(20):
        (folder.path / "figures" / f"{number}.png").write_bytes(b"png")
    monkeypatch.setattr(files, "write_whole", full_disk)
    folder.close("failed", "no space left on the disk")
    run = RunRecord.open(folder.path)
    assert (run.status, run.damaged()) == ("failed", [])
    assert (folder.path / "record.json").stat().st_size == size


def test_a_record_that_does_not_fit_in_its_place_leaves_the_first_one(folder, monkeypatch):
    monkeypatch.setattr(files, "write_whole", full_disk)
    with pytest.raises(RecordError, match="cannot close the record"):
        folder.close("failed", "x" * 10_000)
    assert stored(folder)["status"] == "running"


def test_a_failed_write_names_the_file_that_was_meant(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space") as caught:
        record.write_whole(tmp_path / "map.png", lambda f: None)
    assert caught.value.filename == str(tmp_path / "map.png")


def test_the_scenario_is_there_from_the_start(folder, results):
    text = (folder.path / "scenario.yaml").read_text(encoding="utf-8")
    assert text == results.scenario.dump()


def test_a_disk_without_room_for_the_scenario_leaves_nothing(tmp_path, results, monkeypatch):
    def write_some(path, content):
        if path.name == "scenario.yaml":
            full_disk()
        wrote(path, content)

    wrote = files.write_whole
    monkeypatch.setattr(files, "write_whole", write_some)
    with pytest.raises(RecordError, match="no space left on the disk"):
        open_folder(tmp_path / "runs", results)
    assert list(tmp_path.iterdir()) == []


def test_an_abandoned_run_is_closed_without_half_written_files(folder):
    (folder.path / "figures").mkdir()
    (folder.path / "figures" / ".map.png.tmp").write_bytes(b"half")
    folder.abandon()
    run = RunRecord.open(folder.path)
    assert run.status == "interrupted"
    assert list(run.record["files"]) == ["scenario.yaml"]


# --- values that are not finite, and rounding


def test_outcomes_that_are_not_finite_are_counted(folder, results):
    results.table["trade_share[JPN,UZB]"][:2] = np.inf
    results.table["trade_share[CHN,UZB]"][1:3] = np.nan
    results.table["corridor_days[chabahar]"][:] = np.nan  # nobody uses it: no overflow
    folder.write(results)
    folder.close("done")
    assert stored(folder)["not_finite"] == {"outcomes": 2, "members": 3}


def test_outcomes_that_were_not_reached_are_not_counted(make_results):
    results = make_results(completed=1)
    for label in results.outcomes:
        results.table[label][:] = np.nan
    assert not_finite(results) == {"outcomes": 0, "members": 0}


def test_rounding_is_no_change(make_results):
    results, parent = make_results(), make_results()
    label = "trade_share[JPN,KAZ]"
    results.table[label] = parent.table[label] * (1.0 + 1e-12)
    results.table["trade_share[JPN,UZB]"] = parent.table["trade_share[JPN,UZB]"] * (1.0 + 1e-7)
    rows = {r.series.label: r for r in outcomes(results, parent)}
    assert (rows[label].rose, rows[label].moved) == (0.0, 0.0)
    assert rows["trade_share[JPN,UZB]"].rose == 1.0
    assert rows["trade_share[JPN,UZB]"].moved > 0.0


def test_a_difference_that_is_not_finite_is_no_rounding(make_results):
    results, parent = make_results(), make_results()
    results.table["trade_share[JPN,KAZ]"] += 1.0
    results.table["trade_share[JPN,KAZ]"][0] = np.inf
    row = next(r for r in outcomes(results, parent) if r.series.label == "trade_share[JPN,KAZ]")
    assert row.rose == 1.0  # of the members that have a value in both
    assert row.difference.q05 == pytest.approx(1.0)


# --- reading: one sentence when wrong


@pytest.fixture
def run(folder, results):
    folder.write(results)
    folder.close("done")
    return RunRecord.open(folder.path)


def test_an_untouched_run_is_not_damaged(run):
    assert run.status == "done"
    assert run.damaged() == []


def test_a_changed_or_missing_file_is_noticed(run):
    file = run.path / "series.parquet"
    bytes_before = bytearray(file.read_bytes())
    bytes_before[len(bytes_before) // 2] ^= 1
    file.write_bytes(bytes_before)
    (run.path / "summary.csv").unlink()
    assert run.damaged() == ["series.parquet", "summary.csv"]
    with pytest.raises(RecordError, match="damaged or changed since the run"):
        run.series()
    with pytest.raises(RecordError, match="has no summary.csv"):
        run.summary()


def test_a_torn_table_of_an_unclosed_run_is_one_sentence(folder, results):
    folder.write(results)
    file = folder.path / "series.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(RecordError, match="not a readable Parquet file"):
        RunRecord.open(folder.path).series()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "not the record of a run"),
        ("{}", "not the record of a run"),
        ('{"schema_version": 99}', "record version 99, made by a newer steppe"),
        ('{"schema_version": 0}', "there is no record version 0"),
        ('{"schema_version": true}', "not the record of a run"),
        ('{"schema_version": 1, "status": 3}', "'status' is missing or wrong"),
    ],
)
def test_a_damaged_record_is_one_sentence(tmp_path, content, told):
    (tmp_path / "record.json").write_text(content)
    with pytest.raises(RecordError, match=told) as caught:
        RunRecord.open(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scenario", {}),
        ("scenario.title", 3),
        ("quarters.completed", "many"),
        ("software", []),
        ("software.git", "abc"),
        ("software.git.commit", 7),
        ("resources", "much"),
        ("not_finite", 3),
        ("error", {}),
        ("files", []),
        ("files", {"series.parquet": None}),
    ],
)
def test_a_record_of_wrong_types_is_one_sentence(run, key, value):
    kept = json.loads((run.path / "record.json").read_text(encoding="utf-8"))
    *outer, last = key.split(".")
    inner = kept
    for word in outer:
        inner[word] = inner[word] or {}
        inner = inner[word]
    inner[last] = value
    (run.path / "record.json").write_text(json.dumps(kept))
    with pytest.raises(RecordError, match="damaged, '.*' is missing or wrong") as caught:
        RunRecord.open(run.path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("place", "told"),
    [("none", "no such run"), ("file", "this is a file"), ("empty", "holds no record.json")],
)
def test_what_is_not_a_run_is_one_sentence(tmp_path, place, told):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordError, match=told):
        RunRecord.open(tmp_path / place)


def test_runs_are_listed_and_strangers_passed_over(tmp_path, results):
    (tmp_path / "runs" / "stranger").mkdir(parents=True)
    (tmp_path / "runs" / "README.md").write_text("")
    folder = open_folder(tmp_path / "runs", results)
    assert [r.path for r in record.runs(tmp_path / "runs")] == [folder.path]
    assert list(record.runs(tmp_path / "absent")) == []


# --- provenance


def test_the_data_hash_changes_with_any_table(tmp_path, monkeypatch):
    package = tmp_path / "steppe"
    (package / "data").mkdir(parents=True)
    (package / "parameters.yaml").write_text("a: 1")
    (package / "data" / "links.csv").write_text("x")
    monkeypatch.setattr(provenance.steppe, "__file__", str(package / "__init__.py"))
    before = provenance.data_hash()
    assert before == provenance.data_hash()
    (package / "data" / "links.csv").write_text("y")
    assert provenance.data_hash() != before


def test_outside_a_source_tree_there_is_no_commit(tmp_path, monkeypatch):
    package = tmp_path / "lib" / "steppe"
    package.mkdir(parents=True)
    monkeypatch.setattr(provenance.steppe, "__file__", str(package / "__init__.py"))
    assert provenance.source_state() is None


def test_without_git_the_record_is_silent_about_it(tmp_path, monkeypatch):
    package = tmp_path / "model" / "steppe"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(provenance.steppe, "__file__", str(package / "__init__.py"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.source_state() is None


def test_files_that_git_does_not_keep_are_no_changes(tmp_path, monkeypatch):
    package = tmp_path / "model" / "steppe"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(provenance.steppe, "__file__", str(package / "__init__.py"))
    named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "pyproject.toml"], [*named, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    (tmp_path / "mine.yaml").write_text("title: Mine")
    assert provenance.source_state()["dirty"] is False
    (tmp_path / "pyproject.toml").write_text("changed")
    assert provenance.source_state()["dirty"] is True
