"""``steppe check``, ``list``, ``show``, ``new``, ``diff``, ``schema``: what a user meets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from steppe import parameters, scenario
from steppe.cli import app, check, layout, new
from steppe.record import run_folder
from steppe.scenario import Problems, shipped
from steppe.scenario.json_schema import generate

BAD = Path(__file__).parent / "bad"
Steppe = Callable[..., subprocess.CompletedProcess[str]]

BASE = """\
title: A small world
description: For tests.
horizon: {start: 2017Q1, end: 2040Q4}
ensemble: {members: 8, seed: 7}
set: {trade.supply_size: 0.7}
uncertainties: {trade.elasticity: prior}
events:
  - {id: rail, target: link.chabahar_mashhad.completion, shape: step, to: 1, start: 2026Q3}
"""
CHILD = """\
title: A child
extends: ./base.yaml
set: {trade.elasticity: 3}
events:
  - {id: rail, remove: true}
  - id: wider
    target: link.chabahar_mashhad.capacity
    shape: ramp
    times: 2
    start: 2030Q1
    duration: 8
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two scenario files."""
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "child.yaml").write_text(CHILD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version_and_help(steppe: Steppe) -> None:
    assert re.fullmatch(r"steppe \d+\.\d+\.\d+\n", steppe("--version").stdout)
    said = steppe("--help")
    assert said.returncode == 0
    for command in ("run", "check", "list", "show", "new", "diff", "schema", "validate"):
        assert f"\n  {command} " in said.stdout


def test_options_of_run(steppe: Steppe) -> None:
    said = steppe("run", "--help").stdout
    given = set(re.findall(r"--[a-z]+", said))
    assert given == {
        *("--members", "--seed", "--set", "--out", "--workers", "--trajectories"),
        *("--json", "--quiet", "--debug", "--help"),
    }


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("check",), ("list", "nothing"), ("run",), ("check", "--what")]
)
def test_a_wrong_call_is_exit_code_2(steppe: Steppe, arguments: tuple[str, ...]) -> None:
    said = steppe(*arguments)
    assert (said.returncode, said.stdout) == (2, "")
    assert "Traceback" not in said.stderr


def test_what_a_command_imports(desk: Path) -> None:
    program = """
import sys
from steppe.cli.app import main
sys.argv = ["steppe", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"mesa", "matplotlib", "dask", "distributed", "scipy", "pandas", "pyarrow", "pint"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    calls = [["--help"], ["run", "--help"], ["--version"], ["check", "base.yaml", "child.yaml"]]
    calls += [["list", what] for what in ("scenarios", "parameters", "metrics", "runs")]
    calls += [["show", "child.yaml"], ["diff", "base.yaml", "child.yaml"], ["schema"]]
    calls += [["new", "mine", "--extends", "child.yaml"]]
    for arguments in calls:
        done = subprocess.run(
            [sys.executable, "-c", program.format(arguments=arguments)],
            cwd=desk,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr)


def test_help_and_check_are_quick(process: Steppe, desk: Path) -> None:
    def best(*arguments: str) -> float:
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            process(*arguments)
            taken.append(time.perf_counter() - began)
        return min(taken)

    # 0.12 and 0.45 s on two cores; the bounds leave room for a machine that does other things
    assert best("--help") < 1.0
    assert best("check", "child.yaml") < 2.0


def test_check_says_ok_and_finds_every_problem(steppe: Steppe, desk: Path) -> None:
    good = steppe("check", "base.yaml", "child.yaml")
    assert (good.returncode, good.stdout) == (0, "ok base.yaml\nok child.yaml\n")
    (desk / "wrong.yaml").write_text("titel: x\nextends: ./base.yaml\nset: {trade.elasticiti: 1}\n")
    mixed = steppe("check", "wrong.yaml", "base.yaml", "nowhere.yaml")
    assert (mixed.returncode, mixed.stdout) == (2, "ok base.yaml\n")
    assert mixed.stderr == (
        "wrong.yaml:1:1: error: missing key 'title'\n"
        "    titel: x\n"
        "    ^\n"
        "wrong.yaml:1:1: error: unknown key 'titel' (did you mean 'title'?)\n"
        "    titel: x\n"
        "    ^^^^^\n"
        "wrong.yaml:3:7: error: unknown parameter 'trade.elasticiti' "
        "(did you mean 'trade.elasticity'?)\n"
        "    set: {trade.elasticiti: 1}\n"
        "          ^^^^^^^^^^^^^^^^\n"
        "nowhere.yaml: error: no such file\n"
    )


def test_check_of_a_folder(steppe: Steppe, desk: Path) -> None:
    (desk / "empty").mkdir()
    assert steppe("check", ".").stdout.splitlines() == ["ok base.yaml", "ok child.yaml"]
    none = steppe("check", "empty")
    assert none.returncode == 2
    assert none.stderr == "empty: error: no scenario files (*.yaml) in this folder\n"


@pytest.mark.parametrize("path", sorted(BAD.glob("[a-z]*.yaml")), ids=lambda p: p.stem)
def test_no_bad_file_ends_in_a_traceback(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.check([str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.match(r"\S+\.yaml(:\d+:\d+)?: error: ", said.err)


def test_every_command_refuses_a_bad_scenario_alike(steppe: Steppe, desk: Path) -> None:
    first = (BAD / "expected.txt").read_text().splitlines()[-1].partition(": error: ")[2]
    for call in (
        ("show", BAD / "when_unknown_metric.yaml"),
        ("diff", "base.yaml", BAD / "when_unknown_metric.yaml"),
        ("new", "mine", "--extends", BAD / "when_unknown_metric.yaml"),
    ):
        said = steppe(*call)
        assert (said.returncode, said.stdout) == (2, "")
        assert first in said.stderr and "Traceback" not in said.stderr
    debugged = steppe("--debug", "show", BAD / "when_unknown_metric.yaml")
    assert debugged.returncode == 2 and "Traceback" in debugged.stderr
    debugged = steppe("show", "nothing", "--debug")
    assert debugged.returncode == 2 and "Traceback" in debugged.stderr


def test_an_unknown_name_shows_near_ones(steppe: Steppe, desk: Path) -> None:
    if "baseline" not in shipped.names():
        pytest.skip("no shipped scenarios")
    said = steppe("show", "basline")
    assert said.returncode == 2
    assert said.stderr.startswith("basline: error: unknown scenario (did you mean 'baseline'?)")
    said = steppe("check", "child")
    assert said.stderr == (
        "child: error: no shipped scenario, but there is a file: write child.yaml\n"
    )


def test_lists(steppe: Steppe, desk: Path) -> None:
    names = [p["name"] for p in json.loads(steppe("list", "parameters", "--json").stdout)]
    assert names == [p.name for p in parameters.registry()]
    listed = json.loads(steppe("list", "metrics", "--json").stdout)
    assert {"name", "dims", "unit", "description"} <= set(listed[0])
    listed = json.loads(steppe("list", "scenarios", "--json").stdout)
    assert [row["name"] for row in listed] == list(shipped.names())
    table = steppe("list", "parameters").stdout.splitlines()
    assert table[0].split()[:4] == ["name", "default", "low", "high"]
    assert len(table) == len(names) + 1


def test_list_runs_reads_records_and_skips_what_is_none(steppe: Steppe, desk: Path) -> None:
    nothing = steppe("list", "runs")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert json.loads(steppe("list", "runs", "--json").stdout) == []
    record = {
        "status": "done",
        "scenario": {"name": "child"},
        "members": 8,
        "seed": 7,
        "started": "2026-01-01T00:00:00Z",
    }
    for name, text in (("good", json.dumps(record)), ("broken", "{"), ("odd", "[]")):
        folder = desk / "runs" / name
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(text)
    said = steppe("list", "runs", "--json")
    assert [r["run"] for r in json.loads(said.stdout)] == ["runs/good"]
    assert said.stderr.count("warning: ") == 2
    assert run_folder("good") == Path("runs/good")
    assert run_folder("runs/good/") == Path("runs/good")
    assert run_folder("child.yaml") is None
    assert run_folder("\0") is None


def test_show_gives_every_value_its_line(steppe: Steppe, desk: Path) -> None:
    said = steppe("show", "child.yaml").stdout
    for line in (
        r"child: A child",
        r"start +2017Q1 +base\.yaml:3",
        r"members +8 +base\.yaml:4",
        r"trade\.supply_size +0\.7 +\S+ +base\.yaml:5",
        r"trade\.elasticity +3 +\S+ +child\.yaml:3",
        r"wider +link\.chabahar_mashhad\.capacity +"
        r"ramp times 2 from 2030Q1 over 8 quarters +child\.yaml:6",
    ):
        assert re.search(f"(?m)^{line}$", said), line
    assert "rail" not in said
    shown = json.loads(steppe("show", "child.yaml", "--json").stdout)
    assert shown["set"] == {"trade.elasticity": 3.0, "trade.supply_size": 0.7}
    assert shown["origins"]["set.trade.elasticity"] == "child.yaml:3"
    assert shown["digest"] == scenario.load("child.yaml").digest()


def test_diff_shows_values_by_kind(steppe: Steppe, desk: Path) -> None:
    said = steppe("diff", "base.yaml", "child.yaml")
    assert [line.split("  ")[0] for line in said.stdout.splitlines() if line.strip()] == [
        *("parameters", "", "trade.elasticity"),
        *("events", "", "rail", "wider"),
    ]
    assert re.search(r"(?m)^trade\.elasticity +uniform \[1\.75, 5\] +3$", said.stdout)
    assert "step to 1 from 2026Q3" in said.stdout
    same = steppe("diff", "child.yaml", "child.yaml")
    assert (same.returncode, same.stdout, same.stderr) == (0, "", "no difference\n")
    both = steppe("diff", BAD / "tab.yaml", BAD / "empty.yaml")
    assert both.stderr.count(": error: ") == 2


def test_new_writes_a_file_that_checks(steppe: Steppe, desk: Path) -> None:
    made = steppe("new", "mine", "--extends", "child.yaml")
    assert (made.returncode, made.stdout) == (0, "mine.yaml\n")
    assert steppe("check", "mine.yaml").stdout == "ok mine.yaml\n"
    assert scenario.load("mine.yaml").parent == "./child.yaml"
    again = steppe("new", "mine", "--extends", "child.yaml")
    assert (again.returncode, again.stderr) == (2, "mine.yaml: error: this file exists already\n")
    (desk / "scenarios").mkdir()
    assert steppe("new", "mine", "--extends", "child.yaml").stdout == "scenarios/mine.yaml\n"
    assert scenario.load("scenarios/mine.yaml").parent == "../child.yaml"


def test_the_commented_lines_of_a_new_file_are_valid(desk: Path) -> None:
    (desk / "base.yaml").write_text(BASE.replace("id: rail", "id: port"))
    new.new("mine", "base.yaml")
    text = Path("mine.yaml").read_text()
    assert scenario.load("mine.yaml").events[0].id == "port"
    live = re.sub(r"(?m)^# (?=[a-z ]+(_|:)|  )", "", text)
    assert live.count("\n# ") < text.count("\n# ") - 15
    found = scenario.loads(live, name="mine", folder=desk)
    assert found.set["link.chabahar_mashhad.capacity"] == 8.5
    assert [e.id for e in found.events] == ["rail"] and found.events[0].shape == "ramp"
    assert set(found.levers) == {"corridors.route_sensitivity"}


@pytest.mark.parametrize(
    "name", ["../x", "x/y", "", ".", "X", "a b", "x.yaml", "-x", "a" * 65, "con\0", "é"]
)
def test_new_refuses_names_that_are_not_plain(desk: Path, name: str) -> None:
    before = sorted(desk.rglob("*"))
    with pytest.raises(Problems, match="small letters"):
        new.new(name, "base.yaml")
    assert sorted(desk.rglob("*")) == before


def test_new_refuses_a_shipped_name(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "folder", lambda: desk)
    with pytest.raises(Problems, match="this file exists already"):
        new.new("child", "base")
    (desk / "elsewhere").mkdir()
    monkeypatch.chdir(desk / "elsewhere")
    with pytest.raises(Problems, match="has this name already"):
        new.new("child", "base")


def test_schema_prints_the_schema(steppe: Steppe) -> None:
    assert steppe("schema").stdout == generate(parameters.registry())


def test_a_closed_pipe_is_no_error(desk: Path) -> None:
    command = f"{sys.executable} -m steppe list parameters | head -1; echo ${{PIPESTATUS[0]}}"
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "0"
    assert said.stderr == ""


def test_an_interruption_is_exit_code_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "check", stop)
    monkeypatch.setattr(sys, "argv", ["steppe", "check", "x"])
    with pytest.raises(SystemExit) as end:
        app.main()
    assert end.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_an_unforeseen_error_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> int:
        raise ZeroDivisionError("of\nall things " + "x" * 5000)

    monkeypatch.setattr(check, "check", fail)
    monkeypatch.setattr(sys, "argv", ["steppe", "check", "x"])
    with pytest.raises(SystemExit) as end:
        app.main()
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ZeroDivisionError: of all things")
    assert len(said.splitlines()) == 1 and len(said) < 500


def test_the_first_scenario_of_the_readme_is_good() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = re.search(r"with:\n\n```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    assert [e.id for e in scenario.loads(block[1]).events][-1] == "reform"


@pytest.mark.parametrize("width", [40, 80, 100])
def test_a_terminal_cuts_nothing(width: int) -> None:
    row = [
        "link.chabahar_mashhad.capacity",
        "a sentence of many words " * 8,
        "scenarios/base.yaml:12",
    ]
    lines = layout.laid_out(("name", "meaning", "from"), [row], ("meaning",), width)
    assert max(map(len, lines)) <= width
    assert row[0] in "\n".join(lines) and row[2] in "\n".join(lines)
    assert " ".join(lines).count("sentence") == 8


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("list scenarios >&-", 0),
        ("show base.yaml >&-", 0),
        ("check base.yaml 2>&-", 0),
        ("check nothing 2>&-", 2),
        ("--help >/dev/full", 1),
        ("list parameters >/dev/full", 1),
    ],
)
def test_streams_that_take_nothing(desk: Path, call: str, code: int) -> None:
    said = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m steppe {call}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == code
    assert "Traceback" not in said.stderr and "Exception" not in said.stderr
    assert len(said.stderr.splitlines()) == (code == 1)


@pytest.mark.parametrize("members", [-1, 0, 1, 100_001])
def test_validate_refuses_a_number_of_members(steppe: Steppe, members: int) -> None:
    said = steppe("validate", "--members", members)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"--members {members}: error: must lie between 2 and 100,000\n"


def test_validate_refuses_what_does_not_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from steppe.cli import usage, validate

    monkeypatch.setattr(usage, "_memory", lambda: 1e9)
    with pytest.raises(Problems, match=r"--members 100000: error: .* need about"):
        validate.run(members=100_000)
