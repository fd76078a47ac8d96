"""Whatever happens to a sweep, going on with it ends in the same rows."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import steppe.record
from steppe.model import CentralAsia
from steppe.sweeps import SweepError, SweepFolder, sweep
from steppe.sweeps.status import merge, state

from .cases import request, rows, same, swept

CLIENT = """
import os, signal, sys
from pathlib import Path
from steppe.sweeps import sweep
from tests.sweep.cases import request

folder, moments = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
count, replace = 0, os.replace
def dying(*paths):
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*paths)
os.replace = dying
for at in moments:
    child = os.fork()  # a process of its own, without the time that the imports take
    if not child:
        sweep(request(), out=folder, resume=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        sys.exit(f"it was to die in write {at}")
"""

WHOLE = """
import sys
from pathlib import Path
from steppe.sweeps import sweep
from tests.sweep.cases import request

sweep(request(), out=Path(sys.argv[1]), resume=True)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    swept(folder)
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def call(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": path},
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_killed_between_the_temporary_file_and_its_name(whole: Path, tmp_path: Path) -> None:
    """At every one of the first writes: scenario, members, design, record, parts."""
    assert call(CLIENT, tmp_path / "sweep", 1, 2, 3, 4, 5, 7).wait(240) == 0
    left = [p.name for p in (tmp_path / "sweep").rglob(".*.tmp")]
    assert left, "the last one died with a temporary file"
    swept(tmp_path / "sweep", resume=True)
    same(rows(tmp_path / "sweep"), rows(whole))
    assert not list((tmp_path / "sweep").rglob(".*.tmp"))


def part(folder: Path, block: int) -> Path:
    return folder / "outcomes" / f"part-{block:06d}.parquet"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [cut, flip, empty, Path.unlink])
def test_a_damaged_part_is_found_and_computed_again(whole: Path, copy: Path, harm) -> None:
    harm(part(copy, 2))
    done = sweep(request(case=None), out=copy, resume=True)
    assert done.progress.computed == 4, "only that part"
    same(rows(copy), rows(whole))


def test_parts_of_another_place_or_sweep_are_found(whole: Path, copy: Path, tmp_path: Path) -> None:
    sweep(request(samples=5), out=tmp_path / "other")
    shutil.copyfile(part(tmp_path / "other", 1), part(copy, 1))
    shutil.copyfile(part(whole, 0), part(copy, 3))
    shutil.copyfile(part(whole, 0), copy / "outcomes" / "part-000099.parquet")
    assert sweep(request(case=None), out=copy, resume=True).progress.computed == 8
    same(rows(copy), rows(whole))
    told = [e["why"] for e in SweepFolder(copy).logged() if e["event"] == "rejected"]
    assert sorted(told) == ["computed from something else", "damaged", "no part of this sweep"]


def test_a_full_disk_ends_a_sweep_and_space_lets_it_go_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, written = os.fsync, []

    def full(number: int) -> None:
        written.append(number)
        if len(written) > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(number)

    monkeypatch.setattr(steppe.record.files.os, "fsync", full)
    with pytest.raises(SweepError, match=r"cannot write .*part-\d+.parquet.*(full|space)") as told:
        swept(tmp_path / "sweep")
    assert told.value.begun
    monkeypatch.undo()
    assert not list((tmp_path / "sweep").rglob(".*.tmp"))
    assert 0 < len(list((tmp_path / "sweep" / "outcomes").iterdir())) < 5
    swept(tmp_path / "sweep", resume=True)
    same(rows(tmp_path / "sweep"), rows(whole))


def test_a_second_sweep_in_a_folder_in_use_is_refused(copy: Path) -> None:
    with SweepFolder(copy), pytest.raises(SweepError, match="another sweep is at work"):
        sweep(request(case=None), out=copy, resume=True)


def test_another_sweep_in_the_folder_is_refused(copy: Path, tmp_path: Path) -> None:
    for changes, what in (
        ({"members": 4}, "the number of members"),
        ({"samples": 7}, "points"),
        ({"vary": ("trade.elasticity=2:4",)}, "what varies"),
        ({"method": "sobol"}, "the method"),
        ({"set_values": ("powers.temperature=0.9",), "case": "backcast_2000"}, "the scenario"),
    ):
        with pytest.raises(SweepError, match=what):
            sweep(request(**changes), out=copy, resume=True)
    with pytest.raises(SweepError, match="holds a sweep already"):
        swept(copy)
    with pytest.raises(SweepError, match="no such sweep"):
        sweep(request(case=None), out=tmp_path / "nowhere", resume=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(SweepError, match="holds other files"):
        swept(tmp_path / "full")
    with pytest.raises(SweepError, match="this is a file"):
        swept(tmp_path / "full" / "letter.txt")


def test_damaged_surroundings_are_told(copy: Path) -> None:
    kept = {name: (copy / name).read_bytes() for name in ("record.json", "design.parquet")}
    scenario = (copy / "scenario.yaml").read_text()
    for name, content, word in (
        ("record.json", b"{", "not valid JSON"),
        ("record.json", b"{}", "not a sweep"),
        ("record.json", b'{"kind": "sweep"}', "damaged or of another version"),
        ("design.parquet", b"PAR1", "not a readable Parquet file"),
        ("scenario.yaml", scenario.replace("seed: 2", "seed: 3").encode(), "changed since"),
        ("scenario.yaml", b"title: [", "scenario.yaml"),
    ):
        before = (copy / name).read_bytes()
        (copy / name).write_bytes(content)
        with pytest.raises(SweepError, match=word):
            sweep(request(case=None), out=copy, resume=True)
        (copy / name).write_bytes(before)
    record = json.loads(kept["record.json"])
    record["software"]["version"] = "0.0.1"
    (copy / "record.json").write_text(json.dumps(record))
    with pytest.raises(SweepError, match=r"begun with version 0\.0\.1"):
        sweep(request(case=None), out=copy, resume=True)


def test_a_damaged_log_does_not_hide_how_far_a_sweep_is(copy: Path) -> None:
    whole = state(copy)
    lines = ['{"event":"failed","point":1}', '{"event":"part","block":"x","rows":[]}', "{", "\xff"]
    (copy / "log.jsonl").write_text("\n".join(lines))
    found = state(copy)
    assert (found.rows_done, found.parts_done) == (whole.rows, whole.parts)
    assert found.rate is None


def test_a_table_of_members_that_is_gone(copy: Path, tmp_path: Path) -> None:
    before = pd.read_parquet(copy / "members.parquet")
    (copy / "members.parquet").unlink()
    with pytest.raises(SweepError, match="has no members.parquet"):
        merge([copy], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    sweep(request(), out=copy, resume=True)
    assert pd.read_parquet(copy / "members.parquet")[before.columns].equals(before)


@pytest.mark.parametrize("key", ["members", "block"])
def test_a_record_with_impossible_numbers(copy: Path, key: str) -> None:
    record = json.loads((copy / "record.json").read_text()) | {key: -2}
    (copy / "record.json").write_text(json.dumps(record))
    with pytest.raises(SweepError, match="damaged or of another version"):
        sweep(request(), out=copy, resume=True)
    with pytest.raises(SweepError, match="damaged or of another version"):
        state(copy)


def test_a_point_that_fails_is_told_and_the_others_go_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = CentralAsia.step
    design = rows(whole)  # point 2 by its elasticity
    import pyarrow.parquet as pq

    bad = pq.read_table(whole / "design.parquet").column("trade.elasticity")[2].as_py()

    def failing(self: CentralAsia) -> None:
        if (self.values["trade.elasticity"] == bad).any():
            raise FloatingPointError("the market does not clear")
        step(self)

    monkeypatch.setattr(CentralAsia, "step", failing)
    done = swept(tmp_path / "sweep")
    assert done.complete
    assert done.progress.failed_points == 1
    (first, *_) = done.progress.failures
    assert first["point"] == 2
    assert first["parameters"]["trade.elasticity"] == bad
    assert "the market does not clear" in first["message"]
    same(rows(tmp_path / "sweep"), design[design["point"] != 2].reset_index(drop=True))
    listed = (tmp_path / "sweep" / "failures.csv").read_text().splitlines()
    assert listed[0] == "point,members,trade.elasticity,powers.lapse,message"
    assert listed[1].startswith("2,")
    assert state(tmp_path / "sweep").failed_points == 1
    assert sweep(request(case=None), out=tmp_path / "sweep", resume=True).progress.computed == 0
    monkeypatch.undo()
    again = sweep(request(case=None), out=tmp_path / "sweep", retry_failed=True)
    assert again.progress.failed_points == 0
    same(rows(tmp_path / "sweep"), rows(whole))
    assert not (tmp_path / "sweep" / "failures.csv").exists()


def test_rows_that_are_not_finite_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steppe.sweeps import work

    outcomes = work.simulate

    def broken(job, stop):
        values = outcomes(job, stop)
        values[3, (job.points == 1) & (job.members == 2)] = float("inf")
        return values

    monkeypatch.setattr(work, "simulate", broken)
    done = swept(tmp_path / "sweep")
    (only,) = done.progress.failures
    assert (only["point"], only["members"]) == (1, [2])
    assert "is not a finite number" in only["message"]
    found = rows(tmp_path / "sweep")
    assert len(found) == 17
    assert ((found["point"] == 1) & (found["member"] != 2)).sum() == 2


def test_time_is_up_and_a_polite_signal(whole: Path, tmp_path: Path) -> None:
    done = swept(tmp_path / "sweep", seconds=0.0)
    assert done.status == "interrupted"
    calls = iter([False] * 12 + [True] * 1000)
    done = swept(tmp_path / "sweep", resume=True, stop=lambda: next(calls))
    assert done.status == "interrupted"
    assert not done.complete
    assert state(tmp_path / "sweep").status == "interrupted"
    swept(tmp_path / "sweep", resume=True)
    same(rows(tmp_path / "sweep"), rows(whole))


def test_shares_on_two_machines_are_merged(whole: Path, tmp_path: Path) -> None:
    for i in (1, 2):
        done = swept(tmp_path / f"share{i}", share=(i, 2))
        assert done.status == "done"
        assert not done.complete
    with pytest.raises(SweepError, match="new or an empty"):
        merge([tmp_path / "share1"], tmp_path / "share2")
    half = merge([tmp_path / "share1"], tmp_path / "half")
    assert len(half.done) == 3
    both = merge([tmp_path / "share1", tmp_path / "share2"], tmp_path / "both")
    assert len(both.done) == both.blocks
    same(rows(tmp_path / "both"), rows(whole))
    assert state(tmp_path / "both").rows_done == 18
    sweep(request(case=None), out=tmp_path / "half", resume=True)
    same(rows(tmp_path / "half"), rows(whole))
    sweep(request(samples=5), out=tmp_path / "other")
    with pytest.raises(SweepError, match="not parts of one sweep"):
        merge([tmp_path / "share1", tmp_path / "other"], tmp_path / "no")


def test_state_tells_a_killed_sweep(tmp_path: Path) -> None:
    client = call(WHOLE, tmp_path / "sweep")
    deadline = time.monotonic() + 100
    while not list((tmp_path / "sweep").glob("outcomes/part-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert state(tmp_path / "sweep").status == "running"
    client.send_signal(signal.SIGKILL)
    client.wait(60)
    assert state(tmp_path / "sweep").status == "killed"
    swept(tmp_path / "sweep", resume=True)
    assert state(tmp_path / "sweep").rows_done == 18
