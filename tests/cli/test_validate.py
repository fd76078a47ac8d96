"""``steppe validate``: its tables, figures, and any table of observations against the baseline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from steppe.analysis import against, nowcast
from steppe.analysis.tables_of_observations import read, resolve
from steppe.cli import against as printed
from steppe.metrics import BY_NAME
from steppe.results import Results
from steppe.scenario import Problems

ROOT = Path(__file__).resolve().parents[2]
Steppe = Callable[..., subprocess.CompletedProcess[str]]
YEARS = range(2017, 2041)
GOOD = """\
# figures of a friend
series,year,value,low,high,source
trade_total[CHN,KAZ],2018,19900,,,"customs, both"
"trade_total[RUS, *]",2018,28000,26000,30000,customs
debt_to_gdp[CHN,KGZ],2017,0.2
ree_price,2018,1.1
"""


def table(folder: Path, text: str) -> Path:
    path = folder / "observed.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read_with_its_labels_ranges_and_notes(tmp_path: Path) -> None:
    found = read(table(tmp_path, GOOD), YEARS)
    assert [one.label for one in found] == [
        *("trade_total[CHN,KAZ]", "trade_total[RUS,*]", "debt_to_gdp[CHN,KGZ]", "ree_price")
    ]
    assert found[0].source == "customs, both" and found[0].low is None
    assert len(found[1].rows) == 5 and found[1].high == 30000.0
    assert found[3].rows == (0,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("# only a note\n", "is empty"),
        ("series,year,value\n", "holds no observations, only a header"),
        ("series,when,value\nree_price,2018,1\n", ":1: error: the first line must name"),
        ("series,year,value,unit\nree_price,2018,1,x\n", "unknown or repeated column 'unit'"),
        ("series,year,value\nree_prize,2018,1\n", "(did you mean 'ree_price'?)"),
        ("series,year,value\ntrade_total[CHN,KAX],2018,1\n", "unknown host 'KAX'"),
        ("series,year,value\ntrade_total[CHN],2018,1\n", "a series of trade_total[power,host]"),
        ("series,year,value\ntrade_total,2018,1\n", "a series of trade_total[power,host]"),
        ("series,year,value\nree_price,2016,1\n", "lies outside the run, 2017 to 2040"),
        ("series,year,value\nree_price,20180,1\n", "lies outside the run, 2017 to 2040"),
        ("series,year,value\nree_price,2018.5,1\n", "'2018.5' is no year"),
        ("series,year,value\nree_price,2018,nan\n", "'nan' in column 'value' is no number"),
        ("series,year,value\nree_price,2018,1_0\n", "'1_0' in column 'value' is no number"),
        ("series,year,value\nree_price,2018,\n", "'' in column 'value' is no number"),
        ("series,year,value,low\nree_price,2018,1,2\n", "lies outside low and high"),
        ("series,year,value\nree_price,2018,1,2\n", "4 cells in a table of 3 columns"),
        ("series,year,value\nree_price,2018,1\nree_price,2018,2\n", ":3: error: 'ree_price' has"),
    ],
)
def test_a_bad_table_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problems) as error:
        read(table(tmp_path, text), YEARS)
    assert said in str(error.value)


def test_every_bad_line_is_told_but_not_a_thousand(tmp_path: Path) -> None:
    lines = "".join(f"nothing_{i},2018,1\n" for i in range(1000))
    with pytest.raises(Problems) as error:
        read(table(tmp_path, f"series,year,value\n{lines}"), YEARS)
    assert len(error.value.problems) == 21
    assert "980 more such lines" in str(error.value)


@pytest.mark.parametrize("name", ["missing.csv", ".", "bytes.csv"])
def test_a_file_that_cannot_be_read_ends_with_code_2(
    steppe: Steppe, tmp_path: Path, name: str
) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    said = steppe("validate", "--against", tmp_path / name, "--members", 4)
    assert (said.returncode, said.stdout) == (2, "")
    assert "Traceback" not in said.stderr and len(said.stderr.splitlines()) == 1


def invented(**series: list[float]) -> Results:
    """Return results of two years in which each series goes the same way in all three members."""
    from types import SimpleNamespace

    from steppe.clock import Quarter, span

    quarters = span(Quarter.of(2017), Quarter.of(2018, 4))
    paths = {}
    for label, values in series.items():
        metric, rows, _ = resolve(label)
        path = paths.setdefault(metric.name, np.zeros((8, metric.recorded_cells, 3)))
        path[:, list(rows)] = np.array(values)[:, None, None] * np.array([1.0, 2.0, 3.0])
    return SimpleNamespace(quarters=quarters, trajectories=paths)  # type: ignore[return-value]


def test_flows_are_summed_stocks_are_means_and_last_is_last() -> None:
    path = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    results = invented(**{"trade_total[CHN,KAZ]": path, "ree_price": path})
    flow = against.annual(results, BY_NAME["trade_total"], [5], 2018)
    assert list(flow) == [26.0, 52.0, 78.0]
    assert against.unit_of(BY_NAME["trade_total"]) == "mn USD/yr"
    mean = against.annual(results, BY_NAME["ree_price"], [0], 2017)
    assert list(mean) == [2.5, 5.0, 7.5]
    last = next(m for m in BY_NAME.values() if m.summary == "last" and "/quarter" not in m.unit)
    ends = SimpleResults(results, last.name, np.arange(8.0)[:, None, None] * np.ones((8, 1, 3)))
    assert list(against.annual(ends, last, [0], 2018)) == [7.0, 7.0, 7.0]


def SimpleResults(results: Results, name: str, path: np.ndarray) -> Results:
    results.trajectories[name] = path  # type: ignore[index]
    return results


def test_a_figure_is_placed_among_the_members(tmp_path: Path) -> None:
    results = invented(**{"trade_total[CHN,KAZ]": [250.0] * 8})
    text = "series,year,value,low,high\ntrade_total[CHN,KAZ],2017,2500\n"
    text += "trade_total[CHN,KAZ],2018,4000,2800,5000\n"
    inside, beyond = (against.hold(results, one) for one in read(table(tmp_path, text), YEARS))
    assert (inside.median, inside.rank) == (2000.0, pytest.approx(2.0 / 3.0))
    assert inside.inside_90 and inside.inside_50
    assert beyond.rank == 1.0 and beyond.inside_90, "its own range reaches the band"
    assert not beyond.inside_50
    expected = np.abs(np.array([1000.0, 2000.0, 3000.0]) - 2500.0).mean() - 4000.0 / 9.0
    assert inside.crps == pytest.approx(expected)
    said = against.Comparison("baseline", 3, [inside, beyond])
    assert said.summary()["inside_50"] == 0.5
    assert said.by_metric()["trade_total"]["observations"] == 2
    assert "trade_total[CHN,KAZ] 2017       2500       2000" in printed.text(said)


def test_against_prints_documented_json(steppe: Steppe, tmp_path: Path) -> None:
    path = table(tmp_path, GOOD)
    said = steppe("validate", "--against", path, "--members", 4, "--json")
    assert said.returncode == 0, said.stderr
    tree = json.loads(said.stdout)
    assert (tree["scenario"], tree["members"]) == ("baseline", 4)
    assert len(tree["observations"]) == 4
    assert set(tree["by_metric"]) == {"trade_total", "debt_to_gdp", "ree_price"}
    assert {"series", "year", "value", "median", "q05", "q95", "rank", "crps", "inside_90"} <= set(
        tree["observations"][0]
    )


def test_a_run_cut_short_has_the_members_of_the_whole() -> None:
    from steppe import ensemble, scenario

    short = against.forecast(["trade_total"], 2017, 3)
    assert short is not None and short.trajectories is not None
    whole = ensemble.run(scenario.load("baseline"), members=3, trajectories=("trade_total",))
    assert whole.trajectories is not None
    assert np.array_equal(
        short.trajectories["trade_total"][:4], whole.trajectories["trade_total"][:4]
    )


def test_figures_do_not_go_with_a_table(steppe: Steppe, tmp_path: Path) -> None:
    path = table(tmp_path, GOOD)
    said = steppe("validate", "--against", path, "--figures", tmp_path / "figures")
    assert said.returncode == 2 and "--figures" in said.stderr
    assert not (tmp_path / "figures").exists()


def test_figures_need_a_folder_that_can_be_made(steppe: Steppe, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = steppe("validate", "--members", 2, "--figures", tmp_path / "file")
    assert said.returncode == 2 and "--figures" in said.stderr and not said.stdout


def test_figures_and_tables_of_a_validation(steppe: Steppe, tmp_path: Path) -> None:
    said = steppe("validate", "--members", 4, "--figures", tmp_path / "figures")
    assert said.returncode == 0, said.stderr
    assert len(list((tmp_path / "figures").glob("validation_*.png"))) == 5
    assert max(map(len, said.stdout.splitlines())) < 100
    for heading in ("goals", "worst failures", "the model by host", "not held: Japan's net aid"):
        assert heading in said.stdout
    assert said.stdout.count("below persistence with bands (goal 20 %)") == 4


# --- what the model is worth ----------------------------------------------------------------------

PARTS = {
    "--ablations": {"members", "full", "idle", "missing", "nulls"},
    "--influence": {"members", "rankings", "trends", "rises", "dependence_forms"},
    "--convergence": {"scenario", "reference", "recommended", "precision", "conclusions"},
}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ablations", "--influence"), "--ablations: error: does not go with --influence"),
        (("--convergence", "--influence"), "--influence: error: does not go with --convergence"),
        (("--influence", "--against", "x.csv"), "--influence: error: does not go with --against"),
        (("--ablations", "--figures", "x"), "belongs to the backcasts, not to --ablations"),
        (("--convergence", "--members", "25"), "--members 25: error: must lie between 26 and"),
        (("--ablations", "--members", "1"), "--members 1: error: must lie between 2 and"),
        (("--influence", "--members", "0"), "--members 0: error: must lie between 2 and"),
    ],
)
def test_options_that_exclude_each_other_end_with_code_2(
    steppe: Steppe, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    found = steppe("validate", *options)
    assert (found.returncode, found.stdout) == (2, "")
    assert said in found.stderr and "Traceback" not in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", ["ablations", "convergence", "influence"])
def test_each_measurement_needs_memory_for_what_it_keeps(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 0.75 MB a world and 0.25 GB beside: in 80 % of 4 GB fit 3,000, not ten times them."""
    from steppe.cli import usage, validate, validate_trust

    monkeypatch.setattr(usage, "_memory", lambda: 4e9)
    ran = []
    monkeypatch.setattr(validate_trust, "run", lambda *given, **_: ran.append(given) or 0)
    if part == "ablations":
        with pytest.raises(Problems, match="need more memory than this machine has to spare"):
            validate.run(members=3000, parts=[part])
    else:
        assert validate.run(members=3000, parts=[part]) == 0
        assert ran == [(part, 3000)]


def test_influence_is_printed_for_readers_and_as_one_object(steppe: Steppe) -> None:
    told = steppe("validate", "--influence", "--members", 4)
    assert told.returncode == 0, told.stderr
    assert max(map(len, told.stdout.splitlines())) < 100
    assert "Formal Bilateral Influence Capacity" in told.stdout and "| " not in told.stdout
    said = steppe("validate", "--influence", "--members", 4, "--json")
    assert (said.returncode, said.stderr) == (0, "")
    tree = json.loads(said.stdout)
    assert set(tree) >= PARTS["--influence"] and tree["members"] == 4


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("part", ["ablations", "convergence"])
def test_measurements_print_tables_or_one_object(
    part: str, as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two nulls, or one conclusion in two settings, stand for all: the whole takes minutes."""
    from steppe.analysis import ablations, convergence
    from steppe.cli import validate

    monkeypatch.setattr(ablations.run, "__defaults__", (100, ablations.NULLS[:2]))
    few = (60, convergence.SETTINGS[:2], convergence.CONCLUSIONS[:1])
    monkeypatch.setattr(convergence.sensitivity, "__defaults__", few)
    monkeypatch.setattr(convergence, "SETTINGS", convergence.SETTINGS[:2])
    assert validate.run(members=26, as_json=as_json, parts=[part]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    if as_json:
        assert set(json.loads(said.out)) >= PARTS[f"--{part}"]
    else:
        assert max(map(len, said.out.splitlines())) < 100
        head = {"ablations": "no erosion", "convergence": "China largest in KAZ 2040"}[part]
        assert head in said.out


@pytest.mark.parametrize("part", ["ablations", "convergence", "influence"])
def test_an_interrupted_measurement_says_so(
    part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from steppe.cli import validate, validate_trust
    from steppe.cli.codes import INTERRUPTED

    class Stopped(validate_trust.Interruption):
        def __call__(self) -> bool:
            return True

    monkeypatch.setattr(validate_trust, "Interruption", Stopped)
    assert validate.run(members=26, parts=[part]) == INTERRUPTED
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"interrupted: no {part}\n")


# --- pages ----------------------------------------------------------------------------------------


def test_the_pages_follow_from_the_stored_figures() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_validation.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stored_forecasts_are_a_table_that_can_be_held_against_the_members() -> None:
    found = read(ROOT / "docs" / "nowcast.csv", YEARS)
    labels = {one.label for one in found}
    assert labels == {label for group in nowcast.GROUPS.values() for label in group}
    assert {one.year for one in found} == set(range(nowcast.FIRST, nowcast.LAST + 1))
    assert all(one.low <= one.value <= one.high for one in found if one.low and one.high)


def test_images_of_the_page_are_small_and_there() -> None:
    text = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    images = list((ROOT / "docs" / "images").glob("validation_*.png"))
    assert len(images) == 5
    for path in images:
        assert f"images/{path.name}" in text
        assert path.stat().st_size < 150_000


def test_the_page_says_what_the_baseline_takes_as_known() -> None:
    known = nowcast.taken_as_known()
    text = (ROOT / "docs" / "nowcast.md").read_text(encoding="utf-8")
    for name in known:
        assert f"- {name}: " in text
    assert "2022" in known["dollar prices"] and "2024" in known["GDP"]
