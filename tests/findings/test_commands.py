"""``steppe sensitivity``, ``discover`` and ``robustness`` as a user meets them."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.records import only_sentence

from steppe import scenario
from steppe.cli import check, discover, robustness, sensitivity
from steppe.sweeps import Request, sweep
from steppe.sweeps.plan import content_hash

from .cases import THREE, case, invented, ishigami, laid_out, unit

Capture = pytest.CaptureFixture[str]
LABEL = "influence_share[JPN,UZB]"
HOSTILE = "../../../evil[$\\frac{1}$/..]"


@pytest.fixture(scope="module")
def lhs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sweep: one outcome has a box, one a name that would leave a folder."""
    folder = tmp_path_factory.mktemp("findings") / "lhs"
    design = laid_out("lhs", 120)

    def planted(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        u = unit(values, design)
        return np.where((u[:, 0] > 0.6) & (u[:, 2] < 0.5), 0.2, 0.05) + 0.01 * u[:, 1] + 0 * member

    invented(
        folder,
        design,
        {LABEL: planted, "gdp[UZB]": ishigami(design), HOSTILE: ishigami(design)},
    )
    return folder


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("findings") / "crossed"
    vary = ("japan.conversion=0,0.25,0.5", "japan.chabahar_finance=0,200", "china.conversion=0,1")
    design = laid_out("factorial", 0, vary)
    luck = np.random.default_rng(1).normal(size=30)

    def formula(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        japan, money, china = values.T
        return 0.05 + 0.1 * japan * (1 - china) + 1e-4 * money * (china - 0.4) + luck[member] / 50

    invented(folder, design, {LABEL: formula, "gdp[UZB]": formula}, members=30)
    return folder


def told(capsys: Capture) -> dict[str, Any]:
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    found: dict[str, Any] = json.loads(said.out)
    return found


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


# a real sweep, from the model to the findings


def test_a_real_sweep_from_its_points_to_its_findings(tmp_path: Path, capsys: Capture) -> None:
    vary = ("japan.conversion=0,0.4", "trade.elasticity=2,3,4", "china.conversion=0.2,0.6")
    request = Request(case(), vary, method="factorial", members=3)
    swept = sweep(request, out=tmp_path / "real")
    assert swept.complete
    place = str(tmp_path / "real")
    outcome = "trade_share[JPN,UZB]"
    options = {"metric": outcome, "figure": True, "as_json": True}
    assert sensitivity.run(place, **options) == 0
    answer = told(capsys)
    own = answer["outcomes"][outcome]
    assert (answer["method"], answer["points"], answer["members"]) == ("pawn", 12, 3)
    assert set(own["parameters"]) == {"japan.conversion", "trade.elasticity", "china.conversion"}
    assert own["noise"]["share"] >= 0.0
    assert robustness.run(place, levers=["japan"], **options) == 0
    answer = told(capsys)
    assert (answer["worlds"], len(answer["strategies"]), len(answer["states"])) == (18, 2, 6)
    for folder in (own["finding"], answer["finding"]):
        kept = json.loads((Path(folder) / "finding.json").read_text())
        assert kept["sweep"] == place
        assert list(Path(folder).glob("*.png"))
    values = np.concatenate([t[outcome] for t in _tables(tmp_path / "real")])
    middle = float(np.median(values.reshape(12, 3).mean(axis=1)))
    where = f"{outcome} > {middle!r}"
    assert discover.run(place, where=where) == 2, "12 points are too few for a box"
    assert "too few" in only_sentence(capsys)


def test_a_real_box_can_be_run_again(tmp_path: Path, capsys: Capture) -> None:
    request = Request(
        case(), ("trade.elasticity=2:4", "powers.lapse=0.05:0.2"), samples=24, members=1, seed=3
    )
    sweep(request, out=tmp_path / "real")
    outcome = "trade_share[CHN,KAZ]"
    values = np.concatenate([t[outcome] for t in _tables(tmp_path / "real")])
    where = f"{outcome} > {float(np.quantile(values, 0.7))!r}"
    assert discover.run(str(tmp_path / "real"), where=where, as_json=True) == 0
    answer = told(capsys)
    assert answer["of_interest"] == np.count_nonzero(values > np.quantile(values, 0.7))
    assert check.check([answer["scenario_of_box"]]) == 0
    read = scenario.load(answer["scenario_of_box"])
    assert {"trade.elasticity", "powers.lapse"} <= set(read.uncertainties)


def _tables(folder: Path) -> list[dict[str, np.ndarray]]:
    parts = sorted((folder / "outcomes").glob("*.parquet"))
    return [
        {name: t.column(name).to_numpy() for name in t.column_names}
        for t in map(pq.read_table, parts)
    ]


# what is said and kept


def test_the_table_of_sensitivities(lhs: Path, capsys: Capture) -> None:
    assert sensitivity.run(str(lhs), metric=f"gdp,{LABEL}", figure=True) == 0
    said = capsys.readouterr().out
    assert "120 points (lhs) x 2 members" in said
    assert "gdp[UZB]" in said and f"{LABEL} (fraction)" in said
    assert "noise:" in said and "without any effect PAWN stays below" in said
    assert max(map(len, said.splitlines())) <= 120 or "kept in" in said
    place = lhs / "findings" / "sensitivity-pawn-influence_share_JPN_UZB"
    rows = _rows(place / "table.csv")
    assert {row["parameter"] for row in rows} == {v.partition("=")[0] for v in THREE}
    assert float(rows[0]["pawn"]) >= float(rows[1]["pawn"])
    assert (place / "indices.png").stat().st_size > 10_000


def test_warnings_say_how_many_samples_would_do(tmp_path: Path, capsys: Capture) -> None:
    for method, samples, words in (("sobol", 16, "groups of Saltelli's"), ("morris", 6, "traject")):
        design = laid_out(method, samples)
        invented(tmp_path / method, design, {LABEL: ishigami(design)})
        assert sensitivity.run(str(tmp_path / method), metric=LABEL) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "warning: the widest interval" in said
        assert words in said
        extend = shlex.split(said[said.index("steppe sweep --extend") :])
        assert int(extend[3]) > 0 and extend[5] == str(tmp_path / method)
        assert sensitivity.run(str(tmp_path / method), metric=LABEL, as_json=True) == 0
        caught = capsys.readouterr()
        own = json.loads(caught.out)["outcomes"][LABEL]
        assert own["too_wide"] and own["samples_needed"] == samples + int(extend[3])
        assert caught.err.startswith(f"warning: {LABEL}")


def test_much_noise_is_told(tmp_path: Path, capsys: Capture) -> None:
    design = laid_out("lhs", 60)
    rng = np.random.default_rng(1)
    invented(tmp_path / "n", design, {LABEL: lambda v, m: v[:, 0] + 3 * rng.normal(size=len(v))})
    assert sensitivity.run(str(tmp_path / "n"), metric=LABEL) == 0
    assert "members a point would bring it to 5%" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_wrong_design_is_refused_with_the_right_command(
    lhs: Path, capsys: Capture, method: str
) -> None:
    from steppe import sweeps

    assert sensitivity.run(str(lhs), metric=LABEL, method=method) == 2
    said = only_sentence(capsys)
    assert f"{method} needs its own design" in said
    words = shlex.split(said[said.index("steppe sweep") :])
    given = {k: v for k, v in zip(words[3::2], words[4::2], strict=True) if k != "--vary"}
    vary = [v for k, v in zip(words[3::2], words[4::2], strict=True) if k == "--vary"]
    plan = sweeps.prepared(
        Request(
            words[2],
            vary,
            method=given["--method"],
            samples=int(given["--samples"]),
            members=int(given["--members"]),
            seed=int(given["--seed"]),
        )
    )
    assert plan.design.method == method
    assert [v.name for v in plan.design.variables] == [v.partition("=")[0] for v in THREE]


def test_a_box_and_its_scenario(lhs: Path, capsys: Capture) -> None:
    where = f"{LABEL} > 0.1"
    assert discover.run(str(lhs), where=where, figure=True) == 0
    said = capsys.readouterr().out
    assert "box: coverage" in said and "tree (CART)" in said
    box = Path(said.strip().splitlines()[-1].partition(": ")[2])
    assert check.check([str(box)]) == 0
    read = scenario.load(box)
    low, high = read.uncertainties["trade.elasticity"].arguments
    assert 3.0 < low < 3.4 and high == 4.0
    assert read.uncertainties["powers.lapse"].arguments == (0.05, 0.2)
    assert (box.parent / "peeling.png").stat().st_size > 10_000
    rows = _rows(box.parent / "peeling.csv")
    assert float(rows[0]["coverage"]) == 1.0
    kept = json.loads((box.parent / "finding.json").read_text())
    assert kept["box"]["limits"]["trade.elasticity"]["quasi_p"][1] is None
    assert kept["where"] == where


def test_strategies_and_levers(crossed: Path, capsys: Capture) -> None:
    options: dict[str, Any] = {"levers": ["japan"], "metric": LABEL}
    assert robustness.run(str(crossed), **options, figure=True) == 0
    said = capsys.readouterr().out
    assert "6 strategies" in said and "60 worlds (2 states x 30 members)" in said
    assert "(china.conversion 0)" in said
    assert robustness.run(str(crossed), **options, where=f"{LABEL} > 0.06", as_json=True) == 0
    answer = told(capsys)
    best = answer["strategies"][0]
    assert best["levels"]["japan.conversion"] == 0.5
    turns = {(t["lever"], t["level"]): t for t in answer["levers"]}
    assert turns["japan.conversion", 0.5]["harms"] == 0.0
    finance = turns["japan.chabahar_finance", 200.0]
    assert (finance["helps"], finance["least"]) == (0.5, 0.0)
    assert answer["states"][finance["state"]] == {"china.conversion": 0.0}
    place = Path(answer["finding"])
    assert len(_rows(place / "strategies.csv")) == 6
    assert len(_rows(place / "levers.csv")) == 3
    assert len(list((crossed / "findings").iterdir())) == 2, "another question, another folder"
    assert robustness.run(str(crossed), **options, less=True) == 0


def test_levers_that_are_not_crossed_get_the_command(lhs: Path, capsys: Capture) -> None:
    assert robustness.run(str(lhs), levers=["japan.conversion"], metric=LABEL) == 2
    said = only_sentence(capsys)
    assert "--method factorial" in said
    assert "--vary japan.conversion=0.0:0.8:3 --vary trade.elasticity=2.0:4.0:3" in said


# names and places


def test_hostile_names_stay_in_the_folder(lhs: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "deep" / "er" / "out"
    options = {"out": out, "figure": True}
    assert sensitivity.run(str(lhs), metric=HOSTILE.replace(" ", ""), **options) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["deep"]
    (place,) = out.iterdir()
    assert place.parent == out and place.name.replace("_", "").replace("-", "").isalnum()
    assert not list(tmp_path.rglob("*evil[*"))
    capsys.readouterr()
    assert discover.run(str(lhs), where=f"{HOSTILE} > 0", **options) == 2
    assert "--where" in only_sentence(capsys)


def test_places_that_cannot_be_written(lhs: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert sensitivity.run(str(lhs), metric=LABEL, out=file) == 2
    assert "this is a file" in only_sentence(capsys)
    assert sensitivity.run(str(lhs), metric=LABEL, out=file / "x") == 1
    assert "cannot write" in only_sentence(capsys)


def test_findings_are_no_part_of_the_sweep(tmp_path: Path) -> None:
    design = laid_out("lhs", 40)
    invented(tmp_path / "s", design, {LABEL: ishigami(design)})
    assert sensitivity.run(str(tmp_path / "s"), metric=LABEL, as_json=True) == 0
    with pytest.raises(Exception, match="holds a sweep already"):
        sweep(Request(case(), THREE, samples=2, members=1), out=tmp_path / "s")
    record = json.loads((tmp_path / "s" / "record.json").read_text())
    assert not any("findings" in name for name in record["files"])


# what is wrong


Commands = dict[str, Callable[[str], int]]
COMMANDS: Commands = {
    "sensitivity": lambda place: sensitivity.run(place, metric=LABEL),
    "discover": lambda place: discover.run(place, where=f"{LABEL} > 0.1"),
    "robustness": lambda place: robustness.run(place, levers=["japan"], metric=LABEL),
}


def _truncated(folder: Path, name: str) -> None:
    file = next(folder.glob(name))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _changed(folder: Path) -> None:
    """Change a value of a part behind its hash."""
    file = next(folder.glob("outcomes/part-*"))
    table = pq.read_table(file)
    place = table.column_names.index(LABEL)
    other = table.set_column(place, LABEL, pa.array(np.zeros(len(table))))
    pq.write_table(other, file)


def _foreign(folder: Path) -> None:
    """Let a sound part claim a point that the design does not have."""
    file = next(folder.glob("outcomes/part-*"))
    table = pq.read_table(file)
    moved = table.set_column(0, "point", pa.array(table.column("point").to_numpy() + 10_000))
    note = json.loads(table.schema.metadata[b"steppe"])
    columns = {n: moved.column(n).to_numpy() for n in moved.column_names}
    note["content"] = content_hash(columns)
    pq.write_table(moved.replace_schema_metadata({b"steppe": json.dumps(note)}), file)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "part": (lambda f: _truncated(f, "outcomes/part-*"), "damaged; resume the sweep"),
    "value": (_changed, "damaged; resume the sweep"),
    "foreign": (_foreign, "not of this sweep"),
    "design": (lambda f: _truncated(f, "design.parquet"), "damaged"),
    "no design": (lambda f: (f / "design.parquet").unlink(), "has no design.parquet"),
    "record": (lambda f: _truncated(f, "record.json"), "not valid JSON"),
    "no record": (lambda f: (f / "record.json").unlink(), "holds no record.json"),
    "scenario": (lambda f: (f / "scenario.yaml").write_text("title: x\n"), "scenario.yaml"),
    "no parts": (lambda f: next(f.glob("outcomes/part-*")).unlink(), "no outcomes yet"),
    "garbage": (
        lambda f: next(f.glob("outcomes/part-*")).write_bytes(b"PAR1"),
        "damaged; resume the sweep",
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_sweep_is_one_sentence(
    tmp_path: Path, capsys: Capture, command: str, damage: str
) -> None:
    folder = tmp_path / "s"
    design = laid_out("lhs", 20)
    invented(folder, design, {LABEL: ishigami(design)})
    harm, words = DAMAGE[damage]
    harm(folder)
    assert COMMANDS[command](str(folder)) == 2
    assert words in only_sentence(capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_sweep(tmp_path: Path, capsys: Capture, command: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "record.json").write_text('{"status": "done"}')
    (tmp_path / "file").write_text("")
    for place, words in (
        (tmp_path / "nowhere", "no such sweep"),
        (tmp_path / "file", "not a sweep, but a file"),
        (run, "not a sweep"),
        ("", "holds no record.json"),
        ("\x00", "no such sweep"),
        ("x\x1b[31m\ny", "no such sweep"),
    ):
        assert COMMANDS[command](str(place)) == 2
        assert words in only_sentence(capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_sweep_without_a_whole_point(tmp_path: Path, capsys: Capture, command: str) -> None:
    design = laid_out("lhs", 3)
    invented(tmp_path / "s", design, {LABEL: ishigami(design)}, members=8, block=4, blocks=1)
    assert COMMANDS[command](str(tmp_path / "s")) == 2
    assert "steppe sweep --resume --out" in only_sentence(capsys)


def test_an_unfinished_sweep_is_used_as_far_as_it_goes(tmp_path: Path, capsys: Capture) -> None:
    design = laid_out("factorial", 0, ("china.conversion=0,0.5,1", "japan.conversion=0,0.5"))
    formula = ishigami(
        laid_out("lhs", 2, ("china.conversion=0:1", "japan.conversion=0:1", "trade.elasticity=2:4"))
    )

    def wide(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        return formula(np.column_stack([values, values[:, 0] + 2]), member)

    for blocks, states in ((5, 2), (4, 2), (2, 1)):
        place = tmp_path / str(blocks)
        invented(place, design, {LABEL: wide}, members=2, block=2, blocks=blocks)
        assert robustness.run(str(place), levers=["japan"], metric=LABEL, as_json=True) == 0
        answer = told(capsys)
        assert len(answer["states"]) == states
        assert any("left out" in note for note in answer["notes"])
    invented(tmp_path / "1", design, {LABEL: wide}, members=2, block=2, blocks=1)
    assert robustness.run(str(tmp_path / "1"), levers=["japan"], metric=LABEL) == 2
    assert "no state is computed for all strategies yet" in only_sentence(capsys)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: sensitivity.run(p, metric="gpd[UZB]"), "did you mean 'gdp[UZB]'"),
        (lambda p: sensitivity.run(p, metric=""), "--metric: error: name an outcome"),
        (lambda p: sensitivity.run(p, metric=None), "--metric: error: name an outcome"),
        (lambda p: sensitivity.run(p, metric=LABEL, method="sobel"), "did you mean 'sobol'"),
        (lambda p: discover.run(p, where=f"{LABEL} > 7"), "keeps none of 120 points"),
        (lambda p: discover.run(p, where=f"{LABEL} > -7"), "keeps all of 120 points"),
        (lambda p: discover.run(p, where="gdp[UZZ] > 1"), "did you mean 'gdp[UZB]'"),
        (lambda p: discover.run(p, where=f"{LABEL} > 0.1", step=-1), "--step: error"),
        (lambda p: robustness.run(p, levers=["jpan"], metric=LABEL), "it varies trade.elasticity"),
        (lambda p: robustness.run(p, levers=[""], metric=LABEL), "--lever: error: name"),
        (lambda p: robustness.run(p, levers=["japan"], metric="gdq[UZB]"), "did you mean"),
        (lambda p: robustness.run(p, levers=["japan"], metric=f"{LABEL},gdp"), "2 outcomes"),
    ],
)
def test_what_cannot_be_found_is_one_sentence(
    lhs: Path, capsys: Capture, call: Callable[[str], int], words: str
) -> None:
    assert call(str(lhs)) == 2
    assert words in only_sentence(capsys)


def test_an_idle_condition_of_good_enough(crossed: Path, capsys: Capture) -> None:
    for where, words in (
        (f"{LABEL} > 9", "none of 360 runs"),
        (f"{LABEL} > -9", "all of 360 runs"),
    ):
        assert robustness.run(str(crossed), levers=["japan"], metric=LABEL, where=where) == 2
        assert words in only_sentence(capsys)


def test_the_commands_in_a_shell(steppe: Callable[..., Any], lhs: Path, tmp_path: Path) -> None:
    for name in COMMANDS:
        told = steppe(name, "--help")
        assert told.returncode == 0, told.stderr
    found = steppe("discover", lhs, "--where", f"{LABEL} > 0.1", "--out", "f", "--json")
    assert found.returncode == 0, found.stderr
    assert found.stderr == ""
    box = json.loads(found.stdout)["scenario_of_box"]
    assert steppe("check", box).returncode == 0
    assert steppe("sensitivity", lhs).returncode == 2, "--metric is missing"
    wrong = steppe("robustness", lhs, "--lever", "japan", "--metric", "gdp[UZZ]")
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr
