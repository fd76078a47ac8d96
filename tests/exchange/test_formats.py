"""CSV, NetCDF and RO-Crates beside what the run holds, and refusals of ``steppe export``."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.cli.records import only_sentence

from steppe import metrics
from steppe.cli import export
from steppe.exchange.netcdf import QUANTILES, UNITS
from steppe.record import RunRecord

Capture = pytest.CaptureFixture[str]

# csv


def test_a_table_of_series_is_tidy(kept: Path, bare: Path, tmp_path: Path) -> None:
    out = tmp_path / "series.csv"
    wanted = {"form": "csv", "out": out, "metrics": "influence_share,uranium_price"}
    assert export.run([str(kept), str(bare)], **wanted) == 0
    assert out.read_bytes().count(b"\r\n") == len(out.read_bytes().splitlines())
    found = pd.read_csv(out)
    assert list(found.columns[:7]) == [
        "run",
        "scenario",
        "metric",
        "series",
        "quarter",
        "power",
        "host",
    ]
    assert "exporter" not in found and set(found.run) == {kept.name, bare.name}
    own = RunRecord.open(kept).series()
    own = own[own.metric == "influence_share"].reset_index(drop=True)
    mine = found[(found.run == kept.name) & (found.metric == "influence_share")]
    np.testing.assert_array_equal(mine["q95"].to_numpy(), own["q95"].to_numpy())
    assert mine["series"].iloc[0] == "influence_share[JPN,KAZ]"
    assert set(found.unit) == {"1", "USD/lb"} or set(found.unit.astype(str)) == {"1", "USD/lb"}


def test_a_table_of_members_has_what_was_drawn_and_what_came_of_it(
    kept: Path, capsys: Capture
) -> None:
    options: dict[str, Any] = {"members": True, "metrics": "gdp", "out": Path("-")}
    assert export.run([str(kept)], form="csv", **options) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    own = RunRecord.open(kept).members()
    outcomes = {row["name"] for row in rows if row["kind"] == "outcome"}
    assert outcomes == {f"gdp[{code}]" for code in metrics.BY_NAME["gdp"].codes[0]}
    drawn = [row for row in rows if row["kind"] == "drawn"]
    assert drawn and all(row["name"] in own.columns for row in drawn)
    value = next(r for r in rows if r["name"] == "gdp[UZB]" and r["member"] == "3")
    assert (float(value["value"]), value["unit"]) == (own["gdp[UZB]"][3], "bn USD/yr")


# netcdf


@pytest.fixture(scope="module")
def data(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    out = tmp_path_factory.mktemp("netcdf") / "kept.nc"
    assert export.run([str(kept)], form="netcdf", out=out) == 0
    return xr.load_dataset(out)


def test_every_value_of_a_run_is_in_its_netcdf_file(data: xr.Dataset, kept: Path) -> None:
    table = RunRecord.open(kept).series()
    quarters = list(data["quarter"].values)
    quantiles = list(data["quantile"].values)
    for metric in metrics.METRICS:
        rows = table[table.metric == metric.name]
        at = [[quarters.index(q) for q in rows["quarter"]]]
        for dim in metric.dims:
            codes = list(data[dim].values)
            at.append([codes.index(code) for code in rows[dim]])
        mean = data[metric.name].transpose("time", *metric.dims).values
        np.testing.assert_array_equal(mean[tuple(at)], rows["mean"], err_msg=metric.name)
        assert np.isfinite(mean).sum() == rows["mean"].notna().sum()
        name = f"{metric.name}_quantiles"
        band = data[name].transpose("time", *metric.dims, "quantile").values
        for column, quantile in QUANTILES.items():
            found = band[(*at, quantiles.index(quantile))]
            np.testing.assert_array_equal(found, rows[column], err_msg=name)


def test_members_are_there_where_their_paths_were_kept(data: xr.Dataset, kept: Path) -> None:
    paths = RunRecord.open(kept).trajectories()
    own = paths[
        (paths.metric == "influence_share") & (paths.power == "TUR") & (paths.host == "TKM")
    ]
    found = data["influence_share_members"].sel(power="TUR", host="TKM")
    np.testing.assert_array_equal(found.values.ravel(), own["value"].to_numpy())
    assert {str(n) for n in data.data_vars if str(n).endswith("_members")} == {
        "committed_members",
        "influence_share_members",
        "trade_value_members",
    }


def test_a_netcdf_file_tells_what_it_holds(data: xr.Dataset, kept: Path) -> None:
    record = json.loads((kept / "record.json").read_text())
    assert data.attrs["Conventions"].startswith("CF-1.")
    assert data.attrs["steppe_seed"] == str(record["seed"])
    assert data.attrs["steppe_scenario_sha256"] == record["scenario"]["sha256"]
    assert data.attrs["title"].endswith("öäü") and "steppe run" in data.attrs["history"]
    for name, array in data.data_vars.items():
        if name != "time_bounds":
            assert array.attrs["units"] and array.attrs["long_name"], name
    assert data["gdp"].attrs["units"] == "1e9 USD year-1"
    for name in ("real_gdp", "corridor_cost", "gdp", "trade_value"):
        constant = name in ("real_gdp", "corridor_cost")  # freight does not follow inflation
        assert ("base years" in data[name].attrs["comment"]) is constant
    for name in ("trade_value", "consortium_count"):
        assert data[name].attrs["cell_methods"] == "time: sum realization: mean"
    assert all("_FillValue" not in array.encoding for array in data.coords.values())
    assert data["time"].attrs["bounds"] == "time_bounds"
    bounds = data["time_bounds"].values
    assert (bounds[1:, 0] == bounds[:-1, 1]).all()
    assert str(bounds[0, 0])[:10] == "2001-01-01" and str(bounds[-1, 1])[:10] == "2002-07-01"
    assert set(UNITS) == {metric.unit for metric in metrics.METRICS}


# ro-crate


def test_a_crate_holds_the_run_and_how_to_repeat_it(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rocrate.rocrate import ROCrate

    def offline(*_: object) -> None:
        raise AssertionError("no network")

    monkeypatch.setattr(socket.socket, "connect", offline)
    out = tmp_path / "kept.zip"
    assert export.run([str(kept)], form="ro-crate", out=out, author=("Ада Ö.",)) == 0
    crate = ROCrate(out)
    record = json.loads((kept / "record.json").read_text())
    files = {entity.id: entity for entity in crate.data_entities}
    assert set(files) == {"record.json", *record["files"]}
    assert crate.root_dataset["datePublished"] == record["finished"]
    with zipfile.ZipFile(out) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name, entity in files.items():
            content = archive.read(name)
            assert content == (kept / name).read_bytes()
            assert int(entity["contentSize"]) == len(content)
            if name != "record.json":
                assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        archive.extractall(tmp_path / "unpacked")
    root = crate.root_dataset
    assert root["license"].id == "https://spdx.org/licenses/MIT"
    assert [person["name"] for person in root["author"]] == ["Ада Ö."]
    (action,) = [e for e in crate.contextual_entities if e.type == "CreateAction"]
    assert action["instrument"]["version"] == record["software"]["version"]
    assert "softwareVersion" not in action["instrument"], "one of both, says the profile"
    with zipfile.ZipFile(out) as archive:
        metadata = json.loads(archive.read("ro-crate-metadata.json"))
    assert metadata["@context"][1] == {"sha256": "http://schema.org/sha256"}
    assert action["object"][0].id == "scenario.yaml" and "steppe rerun" in action["description"]
    again = RunRecord.open(tmp_path / "unpacked")
    assert again.damaged() == [] and again.scenario().name == "kept"


@pytest.mark.parametrize(
    ("status", "told"), [("done", "Completed"), ("failed", "Failed"), ("interrupted", "Failed")]
)
def test_a_crate_tells_how_a_run_ended(kept: Path, status: str, told: str, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "run")
    file = tmp_path / "run" / "record.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"status": status}))
    out = tmp_path / "out.zip"
    assert export.run([str(tmp_path / "run")], form="ro-crate", out=out) == 0
    with zipfile.ZipFile(out) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    (action,) = (entity for entity in graph if entity["@id"] == "#run")
    assert action["actionStatus"] == f"http://schema.org/{told}ActionStatus"


def test_crates_and_netcdf_files_have_the_same_bytes_again(kept: Path, tmp_path: Path) -> None:
    for form in ("ro-crate", "netcdf"):
        made = []
        for name in ("one", "two"):
            own = "gdp,trade_value" if form == "netcdf" else None
            out = tmp_path / name
            assert export.run([str(kept)], form=form, out=out, metrics=own, force=True) == 0
            made.append((tmp_path / name).read_bytes())
        assert made[0] == made[1]


# refusals


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"form": "iamcc"}, "--format: error: 'iamcc' is none of.*did you mean 'iamc'"),
        ({"metrics": "gpd"}, "--metrics: error: unknown metric 'gpd'.*did you mean 'gdp'"),
        ({"metrics": " , "}, "--metrics: error: name metrics"),
        ({"annual": "sum"}, "--annual: error: "),
        ({"members": True}, "--members goes with --format csv"),
        ({"author": ("me",)}, "--author goes with --format ro-crate"),
        ({"form": "netcdf", "out": Path("-")}, "--out: error: netcdf is no text"),
        ({"form": "csv", "out": Path("x.xlsx")}, "--out: error: only --format iamc"),
        ({"out": Path("no/such/place.csv")}, "--out: error: there is no folder no/such"),
        ({"out": Path(".")}, "--out: error: . is a folder"),
        ({"out": Path("a\0b")}, "--out: error: "),
        ({"out": Path("x" * 300)}, "--out: error: "),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(
    kept: Path,
    options: dict[str, Any],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    import re

    monkeypatch.chdir(tmp_path)
    assert export.run([str(kept)], **({"form": "iamc"} | options)) == 2
    assert re.search(said, only_sentence(capsys))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_or_into_a_run(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in kept.iterdir())
    target = tmp_path / "mine.csv"
    target.write_text("mine")
    os.mkfifo(tmp_path / "pipe")
    for out, said in (
        (target, "exists already; --force"),
        (tmp_path / "pipe", "is no file"),
        (kept / "series.csv", "inside a run"),
    ):
        assert export.run([str(kept)], form="csv", out=out) == 2
        assert said in only_sentence(capsys)
    assert target.read_text() == "mine"
    assert sorted(path.name for path in kept.iterdir()) == before
    assert export.run([str(kept)], form="csv", out=target, metrics="gdp", force=True) == 0
    assert target.read_text().startswith("run,scenario")


def test_what_is_no_whole_run_is_refused(
    kept: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def damaged(name: str, change: Callable[[Path], object]) -> Path:
        shutil.copytree(kept, tmp_path / name)
        change(tmp_path / name)
        return tmp_path / name

    def rewritten(run: Path, **changes: object) -> None:
        record = json.loads((run / "record.json").read_text()) | changes
        (run / "record.json").write_text(json.dumps(record))

    (tmp_path / "empty").mkdir()
    cut = damaged("cut", lambda run: (run / "series.parquet").write_bytes(b"PAR1"))
    gone = damaged("gone", lambda run: (run / "series.parquet").unlink())
    runs = damaged("still", lambda run: rewritten(run, status="running"))
    record = json.loads((kept / "record.json").read_text())
    begun = damaged("begun", lambda run: rewritten(run, scenario=record["scenario"] | {"start": 3}))
    based = damaged("based", lambda run: rewritten(run, data="none"))
    swept = damaged("swept", lambda run: rewritten(run, kind="sweep"))
    outside = json.loads((kept / "record.json").read_text())["files"] | {"../cut/record.json": "0"}
    away = damaged("away", lambda run: rewritten(run, files=outside))
    for run, form, said in (
        (tmp_path / "empty", "csv", "not a run"),
        (tmp_path / "absent", "csv", "no such run"),
        (cut, "iamc", "damaged or changed since the run"),
        (cut, "ro-crate", "changed since the run"),
        (gone, "netcdf", "has no series.parquet"),
        (runs, "ro-crate", "not closed"),
        (swept, "iamc", "a sweep, not a run"),
        (begun, "netcdf", "record.json: damaged"),
        (based, "ro-crate", "record.json: damaged"),
        (away, "ro-crate", "record"),
    ):
        assert export.run([str(run)], form=form, out=tmp_path / "out") == 2, (run, form)
        assert said in only_sentence(capsys)
    assert export.run([str(kept), str(kept)], form="csv", out=tmp_path / "out") == 2
    assert "named twice" in only_sentence(capsys)
    assert not (tmp_path / "out").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".steppe")]


@pytest.mark.parametrize("harm", ["shuffled", "no quarters", "a code of another version"])
def test_series_of_another_layout_are_refused_and_other_codes_are_kept(
    bare: Path, harm: str, tmp_path: Path, capsys: Capture
) -> None:
    run = tmp_path / "run"
    shutil.copytree(bare, run)
    table = pd.read_parquet(run / "series.parquet").astype({"country": str, "quarter": str})
    if harm == "shuffled":
        table = table.sample(frac=1.0, random_state=1)
    elif harm == "no quarters":
        table["quarter"] = "spring"
    else:
        table["country"] = table["country"].replace("UZB", "XXX")
    table.to_parquet(run / "series.parquet")
    record = json.loads((run / "record.json").read_text())
    record["files"]["series.parquet"] = hashlib.sha256(
        (run / "series.parquet").read_bytes()
    ).hexdigest()
    (run / "record.json").write_text(json.dumps(record))
    for form in ("iamc", "netcdf", "csv"):
        code = export.run([str(run)], form=form, out=tmp_path / f"out.{form}", metrics="gdp")
        if harm == "a code of another version":
            assert code == 0, capsys.readouterr().err
        else:
            assert (code, list(tmp_path.iterdir())) == (2, [run])
            assert "not laid out as this version" in only_sentence(capsys)
    if harm == "a code of another version":
        gdp = xr.load_dataset(tmp_path / "out.netcdf")["gdp"]
        assert gdp.sel(country="XXX").notnull().all() and gdp.sel(country="UZB").isnull().all()


def test_a_full_disk_leaves_what_was_there(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert export.run([str(kept)], form="csv", out=target, metrics="gdp", force=True) == 1
    assert "no space left" in only_sentence(capsys)
    assert target.read_text() == "before" and list(tmp_path.iterdir()) == [target]


def test_the_command_names_the_file_by_the_run(
    process: Callable[..., Any], kept: Path, tmp_path: Path
) -> None:
    hostile = tmp_path / "'; DROP <b>é"
    shutil.copytree(kept, hostile)
    said = process("export", hostile, "--format", "csv", "--metrics", "gdp", "--json")
    assert said.returncode == 0, said.stderr
    answer = json.loads(said.stdout)
    assert answer["file"] == "_DROP_b_.csv"
    written = (tmp_path / answer["file"]).read_bytes()
    assert answer["sha256"] == hashlib.sha256(written).hexdigest()
