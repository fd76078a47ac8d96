"""``steppe rerun``: a record run again, verified, or refused; and the warnings of ``check``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from steppe import provenance
from steppe.cli import rerun as command
from steppe.cli import run as run_command
from steppe.record import RunRecord

from .records import only_sentence, rewritten, undrawn

pytestmark = pytest.mark.usefixtures("one_source_tree")

OLD = Path(__file__).parents[1] / "data" / "record_version_1"
SHORT = """\
title: A short look
extends: baseline
horizon: {start: 2017Q1, end: 2017Q2}
ensemble: {members: 4, seed: 3}
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("original")
    (place / "short.yaml").write_text(SHORT)
    options = {"members": 3, "seed": 9, "set_values": ["trade.elasticity=3"]}
    with undrawn():
        code = run_command.run(
            str(place / "short.yaml"), out=place / "runs", trajectories="gdp", quiet=True, **options
        )
    assert code == 0
    return next((place / "runs").iterdir())


@pytest.fixture
def copied(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "copied")
    return tmp_path / "copied"


def verified(capsys: pytest.CaptureFixture[str], run: Path, code: int) -> dict:
    assert command.run(run, verify=True, as_json=True, quiet=True) == code
    return json.loads(capsys.readouterr().out)


def refusal(capsys: pytest.CaptureFixture[str], run: object, **options: object) -> str:
    assert command.run(str(run), quiet=True, **options) == 2
    return only_sentence(capsys)


def test_a_record_run_again_leaves_a_run_of_its_own(original, tmp_path, capsys) -> None:
    assert command.run(original, out=tmp_path / "again", quiet=True) == 0
    again = RunRecord.open(next((tmp_path / "again").iterdir()))
    first = RunRecord.open(original)
    assert again.record["rerun_of"] == {
        "run": original.name,
        "record_sha256": provenance.sha256(original / "record.json"),
    }
    assert again.status == "done"
    for name in (f"{t}.parquet" for t in ("series", "chronicle", "trajectories")):
        assert again.record["files"][name] == first.record["files"][name], name
    assert again.members()[first.members().columns].equals(first.members())
    assert (again.path / "scenario.yaml").read_bytes() == (original / "scenario.yaml").read_bytes()
    assert (again.record["members"], again.record["seed"]) == (3, 9)
    assert again.record["scenario"]["parent"] == "baseline"
    assert again.record["trajectories"] == ["gdp"]


def test_the_same_to_the_bit(original, capsys) -> None:
    found = verified(capsys, original, 0)
    assert found["verdict"] == "same to the bit"
    assert found["changes"] == []
    assert {p["table"] for p in found["parts"]} == {
        *("members", "series", "chronicle", "trajectories")
    }
    assert {p["verdict"] for p in found["parts"]} == {"same to the bit"}
    assert not [p for p in original.parent.iterdir() if p != original]  # nothing new is left


def test_the_same_to_a_tolerance_on_another_machine(copied, capsys) -> None:
    for name in ("members", "trajectories"):
        table = pd.read_parquet(copied / f"{name}.parquet")
        column = "value" if name == "trajectories" else "gdp[KAZ]"
        table[column] = np.nextafter(table[column], np.inf)
        table.to_parquet(copied / f"{name}.parquet")
    record = json.loads((copied / "record.json").read_text())
    elsewhere = record["environment"] | {"platform": "Elsewhere", "cpu_features": ["SSE"]}
    elsewhere["versions"] = elsewhere["versions"] | {"numpy": "1.0"}
    elsewhere["kernels"] = {"compiled": False, "target": "z80"}
    rewritten(copied, environment=elsewhere)
    found = verified(capsys, copied, 0)
    assert found["verdict"] == "same to a tolerance"
    unlike = [p for p in found["parts"] if p["verdict"] != "same to the bit"]
    assert {(p["table"], p["metric"]) for p in unlike} == {
        ("members", "gdp"),
        ("trajectories", "gdp"),
    }
    assert max(p["largest_relative_difference"] for p in unlike) < 1e-15
    changed = {c["what"] for c in found["changes"]}
    assert changed == {
        *("platform", "numpy", "CPU features", "kernels' target", "kernels compiled")
    }


def test_different(copied, capsys) -> None:
    table = pd.read_parquet(copied / "members.parquet")
    table.loc[1, "gdp[KAZ]"] *= 1.001
    table.to_parquet(copied / "members.parquet")
    rewritten(copied)
    found = verified(capsys, copied, 1)
    assert found["verdict"] == "different"
    (part,) = [p for p in found["parts"] if p["verdict"] == "different"]
    assert (part["metric"], part["apart"], part["members"]) == ("gdp", 1, 1)
    assert command.run(copied, verify=True) == 1
    said = capsys.readouterr().out
    assert said.startswith("different: values differ by more than 1e-09 of themselves")
    assert "different: 1.0e-03, 1 members" in said
    assert "nothing that the record tells of software, data and machine has changed" in said


def test_an_old_record_is_verified_under_the_present_names(capsys) -> None:
    assert command.run(OLD, verify=True, as_json=True) == 1  # the model has changed since
    said = capsys.readouterr()
    assert "'consortia.pilot_visible' is now called 'consortia.pilot_part'" in said.err
    found = json.loads(said.out)
    (inputs,) = [p for p in found["parts"] if p["metric"] == "(inputs)"]
    assert inputs["verdict"] == "same to the bit"
    assert "data" in {c["what"] for c in found["changes"]}


def test_a_run_that_was_killed_is_run_again_but_not_verified(copied, tmp_path, capsys) -> None:
    for file in copied.glob("*.parquet"):
        file.unlink()
    quarters = {"planned": 2, "completed": 0}
    record = json.loads((copied / "record.json").read_text())
    record |= {"status": "running", "files": {}, "quarters": quarters, "resources": None}
    (copied / "record.json").write_text(json.dumps(record))
    assert "not complete (running, 0 of 2 quarters)" in refusal(capsys, copied, verify=True)
    (copied / "scenario.yaml").write_text(SHORT)
    assert "damaged or changed since the run" in refusal(capsys, copied)


def test_records_that_cannot_be_run_again(copied, tmp_path, capsys) -> None:
    assert "there is no such run" in refusal(capsys, tmp_path / "nothing")
    assert "not a run" in refusal(capsys, tmp_path)
    rewritten(copied, members=0)
    assert "'members' or 'seed' is out of range" in refusal(capsys, copied)
    rewritten(copied, members=3, quarters={"planned": 7, "completed": 7})
    assert "name different quarters" in refusal(capsys, copied)
    (copied / "scenario.yaml").write_text("title: [\n")
    assert "sha256 differs" in refusal(capsys, copied)
    rewritten(copied)
    assert "not valid for this version of steppe" in refusal(capsys, copied)
    rewritten(copied, schema_version=99)
    assert "record version 99" in refusal(capsys, copied)


def test_damaged_tables_are_not_verified(copied, capsys) -> None:
    (copied / "chronicle.parquet").write_bytes(b"")
    assert "missing, damaged or changed" in refusal(capsys, copied, verify=True)
    rewritten(copied)
    assert "not a readable Parquet file" in refusal(capsys, copied, verify=True)
    pd.DataFrame({"x": [1]}).to_parquet(copied / "chronicle.parquet")
    rewritten(copied)
    assert "lacks columns" in refusal(capsys, copied, verify=True)


def test_options_that_do_not_go_together(original, tmp_path, capsys) -> None:
    assert "--verify leaves no folder" in refusal(capsys, original, verify=True, out=tmp_path)
    assert "must be at least 1" in refusal(capsys, original, workers=0)


def test_show_tells_of_which_run_a_run_is_the_repetition(copied, steppe) -> None:
    rewritten(copied, rerun_of={"run": "short-x", "record_sha256": "0"})
    assert "rerun of  short-x" in steppe("show", copied).stdout


def test_check_warns_of_former_names_and_says_ok(steppe, tmp_path) -> None:
    (tmp_path / "old.yaml").write_text(SHORT + "set:\n  consortia.pilot_visible: 0.5\n")
    said = steppe("check", "old.yaml")
    assert (said.returncode, said.stdout) == (0, "ok old.yaml\n")
    place = "old.yaml:6:3: warning: parameter 'consortia.pilot_visible' is now called"
    assert said.stderr.startswith(place)
