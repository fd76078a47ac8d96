"""Older records in the present form, and those that this version cannot read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from steppe import migrations
from steppe.migrations import SCHEMA_VERSION, upgraded
from steppe.record import RecordError, RunRecord

OLD = Path(__file__).parents[1] / "data" / "record_version_1"


def test_there_is_a_step_from_every_older_version() -> None:
    assert list(migrations.STEPS) == list(range(1, SCHEMA_VERSION))


def test_a_record_of_version_1_says_what_later_ones_say() -> None:
    run = RunRecord.open(OLD)
    assert json.loads((OLD / "record.json").read_text())["schema_version"] == 1
    assert run.record["schema_version"] == SCHEMA_VERSION
    assert (run.record["trajectories"], run.record["rerun_of"]) == ([], None)
    assert run.damaged() == []
    assert len(run.members()) == 3


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (["steppe", "run", "x", "--trajectories", "gdp, debt"], ["gdp", "debt"]),
        (["steppe", "run", "x", "--trajectories", "all"], ["all"]),
        (["steppe", "run", "x", "--trajectories"], []),
        ("damaged", []),
        ([3, None], []),
    ],
)
def test_trajectories_come_from_the_command(command, kept) -> None:
    assert upgraded({"schema_version": 1, "command": command})["trajectories"] == kept


def test_the_scenario_of_an_old_record_has_the_present_names() -> None:
    found = RunRecord.open(OLD).scenario()
    assert found.set == {"consortia.pilot_part": 0.5}
    assert "consortia.financier_part" in found.uncertainties
    assert len(found.warnings) == 2


def test_steps_are_taken_one_after_the_other(monkeypatch) -> None:
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", 4)
    steps = {2: lambda r: r | {"a": 1}, 3: lambda r: r | {"b": r["a"] + 1}}
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS | steps)
    found = upgraded({"schema_version": 1})
    assert (found["schema_version"], found["a"], found["b"]) == (4, 1, 2)


@pytest.mark.parametrize(
    ("software", "maker"),
    [({"version": "7.0.0"}, "steppe 7.0.0"), (None, "a newer steppe"), ("x", "a newer steppe")],
)
def test_a_future_record_is_refused_in_one_sentence(tmp_path, software, maker) -> None:
    record = json.dumps({"schema_version": SCHEMA_VERSION + 1, "software": software})
    (tmp_path / "record.json").write_text(record)
    with pytest.raises(RecordError) as refused:
        RunRecord.open(tmp_path)
    said = str(refused.value)
    assert f"record version {SCHEMA_VERSION + 1}, made by {maker}" in said
    assert "\n" not in said


@pytest.mark.parametrize("record", [None, [], {}, {"schema_version": "1"}, {"schema_version": 0}])
def test_what_is_no_record_is_damaged(record) -> None:
    with pytest.raises(ValueError, match="damaged"):
        upgraded(record)
