"""``steppe list runs``: what lies where, and what became of what lay there before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppe.cli import listing
from steppe.record.catalogue import INDEX, catalogue

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name, seed in (("one", 1), ("deep/er/two", 2), ("three", 3)):
        left(tmp_path / "runs" / name, seed)
    return tmp_path / "runs"


def left(folder: Path, seed: int, **changes: object) -> None:
    folder.mkdir(parents=True)
    record = {
        "status": "done",
        "scenario": {"name": f"case{seed}"},
        "members": 8,
        "seed": seed,
        "started": "2026-01-01T00:00:00Z",
    }
    (folder / "record.json").write_text(json.dumps(record | changes))


def listed(place: Path, capsys: Capture) -> tuple[list[str], list[str]]:
    assert listing.list_("runs", True, (place,)) == 0
    said = capsys.readouterr()
    rows = [str(Path(row["run"]).relative_to(place)) for row in json.loads(said.out)]
    return rows, said.err.splitlines()


def test_moved_and_deleted_runs_are_told_once(runs: Path, capsys: Capture) -> None:
    assert listed(runs, capsys) == (["deep/er/two", "one", "three"], [])
    shutil.move(runs / "one", runs / "deep" / "new")
    shutil.rmtree(runs / "three")
    rows, notes = listed(runs, capsys)
    assert rows == ["deep/er/two", "deep/new"]
    assert sorted(notes) == [
        f"note: {runs / 'one'} is there no more: the same run is in {runs / 'deep/new'}",
        f"note: {runs / 'three'} (case3) is gone: deleted, or moved elsewhere",
    ]
    assert listed(runs, capsys) == (rows, [])
    shutil.rmtree(runs / "deep")
    left(runs / "deep" / "new", 9)
    rows, notes = listed(runs, capsys)
    assert rows == ["deep/new"]
    assert f"note: {runs / 'deep/new'} holds another run than before (case1)" in notes


def test_a_run_that_ends_stays_the_same_run(runs: Path, capsys: Capture) -> None:
    listed(runs, capsys)
    file = runs / "one" / "record.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"status": "failed", "files": {}}))
    assert listed(runs, capsys)[1] == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"runs": 3}', '{"runs": {"x": {}}}', "\udcff"])
def test_a_damaged_index_is_made_anew(runs: Path, text: str, capsys: Capture) -> None:
    listed(runs, capsys)
    whole = (runs / INDEX).read_text()
    (runs / INDEX).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert listed(runs, capsys) == (["deep/er/two", "one", "three"], [])
    assert (runs / INDEX).read_text() == whole


def test_links_neither_loop_nor_lead_away(runs: Path, tmp_path: Path, capsys: Capture) -> None:
    left(tmp_path / "elsewhere" / "four", 4)
    (runs / "loop").symlink_to(runs)
    (runs / "deep" / "up").symlink_to("..")
    (runs / "self").symlink_to("self")
    (runs / "away").symlink_to(tmp_path / "elsewhere")
    (runs / "linked").symlink_to(tmp_path / "elsewhere" / "four")
    (runs / "again").symlink_to(runs / "one")
    rows, notes = listed(runs, capsys)
    assert (len(rows), notes) == (4, [])
    assert {"deep/er/two", "linked", "three"} < set(rows)


def test_records_that_say_nothing_are_told(runs: Path, capsys: Capture) -> None:
    left(runs / "x\x1b[31m", 7, status=None, scenario=None)
    rows, notes = listed(runs, capsys)
    assert len(rows) == 3
    assert len(notes) == 1 and "cannot be read" in notes[0] and "\x1b" not in notes[0]


def test_what_was_told_of_runs_is_printable(runs: Path, capsys: Capture) -> None:
    left(runs / "x\x1b[31m", 7)
    listed(runs, capsys)
    shutil.rmtree(runs / "x\x1b[31m")
    (note,) = listed(runs, capsys)[1]
    assert "is gone" in note and "\x1b" not in note


def test_copies_have_one_identity(runs: Path, capsys: Capture) -> None:
    shutil.copytree(runs / "one", runs / "copy")
    found = {entry.path.name: entry.identity for entry in catalogue([runs]).entries}
    assert found["copy"] == found["one"] != found["three"]
    assert listed(runs, capsys)[1] == []
    shutil.rmtree(runs / "one")
    assert len(listed(runs, capsys)[0]) == 3


def test_places_of_the_command(steppe: Callable[..., Any], runs: Path, tmp_path: Path) -> None:
    assert len(steppe("list", "runs").stdout.splitlines()) == 4
    said = steppe("list", "runs", "--in", "runs/deep", "--in", "runs/one", "--json")
    assert [row["seed"] for row in json.loads(said.stdout)] == [2, 1]
    assert (runs / "one" / INDEX).exists() is False
    for arguments in (("runs", "--in", "absent"), ("metrics", "--in", "runs")):
        said = steppe("list", *arguments)
        assert (said.returncode, said.stdout) == (2, "")
        assert len(said.stderr.splitlines()) == 1
