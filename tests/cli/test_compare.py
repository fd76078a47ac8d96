"""``steppe compare`` as a user meets it: runs and scenarios, paired or not, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from steppe.analysis import sides
from steppe.cli import compare as command
from steppe.record import RunRecord

from .records import only_sentence, rewritten, run_undrawn

pytestmark = pytest.mark.usefixtures("one_source_tree")

BASE = """\
title: A short look
extends: baseline
horizon: {start: 2017Q1, end: 2017Q4}
ensemble: {members: 6, seed: 11}
"""
WIDER = """\
title: A wider Chabahar
extends: ./base.yaml
set: {trade.elasticity: 3.0}
events:
  - {id: rail, target: link.chabahar_mashhad.capacity, shape: step, times: 3, start: 2017Q2}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """Return a folder with two scenarios and a run of each in ``runs``."""
    place = tmp_path_factory.mktemp("desk")
    run_undrawn(place, base=BASE, wider=WIDER)
    return place


@pytest.fixture
def base(desk: Path) -> Path:
    return next((desk / "base").iterdir())


@pytest.fixture
def wider(desk: Path) -> Path:
    return next((desk / "wider").iterdir())


@pytest.fixture
def copied(base: Path, tmp_path: Path) -> Path:
    """Return a copy of a run to damage."""
    shutil.copytree(base, tmp_path / "copied")
    return tmp_path / "copied"


def answer(capsys: pytest.CaptureFixture[str], *arguments: object, **options: object) -> dict:
    code = command.run(*map(str, arguments), as_json=True, **options)
    said = capsys.readouterr()
    assert code == 0, said.err
    return json.loads(said.out)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object, **options: object) -> str:
    """Return the one sentence of a call that is refused."""
    assert command.run(*map(str, arguments), quiet=True, **options) == 2
    return only_sentence(capsys)


def test_two_runs_member_by_member(base, wider, capsys) -> None:
    found = answer(capsys, base, wider)
    assert (found["paired"], found["members"]) == (True, 6)
    assert found["first"]["run"] == str(base)
    assert found["second"]["scenario"] == "wider"
    label = "trade_share[CHN,KAZ]"
    members = [RunRecord.open(run).members()[label].to_numpy() for run in (base, wider)]
    row = found["outcomes"][label]
    assert row["mean"] == pytest.approx(np.mean(members[1] - members[0]))
    assert row["difference"]["median"] == pytest.approx(np.median(members[1] - members[0]))
    assert row["greater"] == pytest.approx(np.mean(members[1] > members[0]))
    assert 0.0 < row["variance_removed"] < 1.0
    assert set(row) == {
        *("metric", "unit", "members", "first", "second", "difference", "mean"),
        *("standard_error", "relative", "greater", "variance_removed"),
    }


def test_inputs_that_differ_are_told_in_one_line(base, wider, capsys) -> None:
    found = answer(capsys, base, wider)
    assert found["unlike"] == ["trade.elasticity"]
    (note,) = found["notes"]
    assert "(trade.elasticity): for these the pairing covers shocks only" in note


def test_the_table_is_at_most_100_columns_wide(base, wider, capsys) -> None:
    assert command.run(str(base), str(wider), quiet=True) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    assert "second less first, 6 members paired" in said
    assert re.search(r"first +median +90 % band +change +s\.e\. +rose in +removed", said)
    assert command.run(str(base), str(wider), metric="trade_value", quiet=True) == 2


def test_a_scenario_is_run_with_the_members_and_the_seed_of_the_run(desk, base, capsys) -> None:
    found = answer(capsys, base, desk / "base.yaml")
    assert (found["second"]["members"], found["second"]["seed"]) == (6, 11)
    assert found["second"]["run"] is None
    assert {row["mean"] for row in found["outcomes"].values()} == {0.0}
    assert found["notes"] == []


def test_two_scenarios_with_other_members_and_a_metric_that_is_no_outcome(desk, capsys) -> None:
    label = "trade_value[KAZ,CHN,minerals]"
    found = answer(
        capsys, desk / "base.yaml", desk / "wider.yaml", members=3, seed=5, metric=f"gdp,{label}"
    )
    assert (found["members"], found["first"]["seed"], found["second"]["seed"]) == (3, 5, 5)
    assert {row["metric"] for row in found["outcomes"].values()} == {"gdp", "trade_value"}
    assert label in found["outcomes"]


def test_members_that_both_have(copied, wider, capsys) -> None:
    table = pd.read_parquet(copied / "members.parquet")
    table.iloc[:4].to_parquet(copied / "members.parquet")
    rewritten(copied, members=4)
    found = answer(capsys, copied, wider)
    assert found["members"] == 4
    assert any("4 members are in both, of 4 and 6" in note for note in found["notes"])


def test_another_seed_is_not_paired(copied, wider, capsys) -> None:
    rewritten(copied, seed=12)
    found = answer(capsys, copied, wider)
    assert not found["paired"]
    assert found["notes"][0].startswith("not paired: the seeds differ, 12 and 11")
    assert {row["variance_removed"] for row in found["outcomes"].values()} == {None}
    assert command.run(str(copied), str(wider), quiet=True) == 0
    said = capsys.readouterr().out
    assert "removed" not in said
    assert "pairs of any two members" in " ".join(said.split())


def test_one_member_has_no_bands(copied, base, capsys, tmp_path) -> None:
    table = pd.read_parquet(copied / "members.parquet")
    table.iloc[:1].to_parquet(copied / "members.parquet")
    rewritten(copied, members=1)
    assert command.run(str(copied), str(base), quiet=True) == 0
    said = capsys.readouterr()
    assert "note: one member only: there are no bands" in said.out
    told = refusal(capsys, copied, base, figure=tmp_path / "x.png")
    assert "a band needs 2 members" in told


def test_runs_of_other_versions_say_so(copied, base, capsys) -> None:
    record = json.loads((copied / "record.json").read_text())
    rewritten(copied, data={"sha256": "0" * 64}, software=record["software"] | {"version": "0.0"})
    (note,) = answer(capsys, copied, base)["notes"]
    assert note.startswith("made by other versions (steppe, data)")


def test_a_figure(base, wider, tmp_path, capsys) -> None:
    file = tmp_path / "difference.png"
    assert command.run(str(base), str(wider), figure=file) == 0
    said = capsys.readouterr()
    assert f"figure: {file}" in said.err
    height, width, _ = matplotlib.image.imread(file).shape
    assert width == 1600
    assert 600 < height < 2000


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"metric": "trade_shar"}, "unknown outcome 'trade_shar' (did you mean 'trade_share'?)"),
        ({"metric": "gdp[KAX]"}, "unknown outcome 'gdp[KAX]' (did you mean 'gdp[KAZ]'?)"),
        ({"metric": "trade_value"}, "has no outcome 'trade_value'"),
        ({"members": 4}, "--members: error: both are runs already"),
        ({"seed": 4}, "--seed: error: both are runs already"),
        ({"figure": "x.pdf"}, "the figure is a .png file"),
        ({"figure": "nowhere/x.png"}, "there is no such folder"),
    ],
)
def test_options_that_cannot_be_carried_out(base, wider, capsys, option, told) -> None:
    assert told in refusal(capsys, base, wider, **option)


def test_folders_that_are_no_runs(base, tmp_path, capsys) -> None:
    assert "not a run, it holds no record.json" in refusal(capsys, tmp_path, base)
    assert "unknown scenario" in refusal(capsys, base, "chabahar_complet")
    assert "no such file" in refusal(capsys, base, tmp_path / "nothing.yaml")


@pytest.mark.parametrize("status", ["running", "failed", "interrupted"])
def test_a_run_that_is_not_complete(copied, base, capsys, status) -> None:
    rewritten(copied, status=status, quarters={"planned": 4, "completed": 2})
    assert "not complete (" in refusal(capsys, copied, base)


def test_a_damaged_table(copied, base, capsys) -> None:
    (copied / "members.parquet").write_bytes(b"no table")
    assert "sha256 differs" in refusal(capsys, copied, base)
    rewritten(copied)
    assert "not a readable Parquet file" in refusal(capsys, copied, base)
    pd.DataFrame({"number": range(6), "gdp[KAZ]": range(6)}).to_parquet(copied / "members.parquet")
    rewritten(copied)
    assert "does not number them" in refusal(capsys, copied, base, metric="gdp[KAZ]")
    pd.DataFrame({"member": range(3)}).to_parquet(copied / "members.parquet")
    rewritten(copied)
    assert "it holds 3 members of 6" in refusal(capsys, copied, base)
    (copied / "members.parquet").unlink()
    assert "has no members.parquet" in refusal(capsys, copied, base)


def test_as_a_command(process, base, wider) -> None:
    said = process("compare", base, wider, "--metric", "gdp", "--quiet")
    assert (said.returncode, said.stderr) == (0, "")
    assert "gdp (" in said.stdout
    assert process("compare", base).returncode == 2


def test_names_are_split_outside_brackets() -> None:
    assert sides.words("gdp, trade_share[JPN, UZB],x") == ["gdp", "trade_share[JPN,UZB]", "x"]
    assert sides.words(None) == sides.words(" , ") == []
