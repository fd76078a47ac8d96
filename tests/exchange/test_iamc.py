"""IAMC files as pyam reads them, beside what the run holds."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest

from steppe import axes, metrics
from steppe.cli import export
from steppe.exchange import annual, names
from steppe.exchange.problem import pyam_library
from steppe.record import RunRecord

matplotlib.use("Agg")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what pyam calls in pandas


@pytest.fixture(scope="module")
def pyam() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyam_library()


def exported(run: Path, file: Path, **options: Any) -> pd.DataFrame:
    assert export.run([str(run)], form="iamc", out=file, **options) == 0
    return pd.read_csv(file, keep_default_na=False)


@pytest.fixture(scope="module")
def file(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("iamc") / "kept.csv"
    exported(kept, file)
    return file


@pytest.fixture(scope="module")
def frame(file: Path, pyam: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyam.IamDataFrame(file)


def one(frame: Any, variable: str, region: str) -> tuple[float, str]:
    found = frame.filter(variable=variable, region=region)
    assert len(found.data) == 1, (variable, region)
    return float(found.data["value"].iloc[0]), str(found.data["unit"].iloc[0])


def paths(run: Path, metric: str, **cell: str) -> np.ndarray:
    """Return a path a member (quarter, member)."""
    table = RunRecord.open(run).trajectories()
    table = table[table["metric"] == metric]
    for dim, code in cell.items():
        table = table[table[dim] == code]
    return table["value"].to_numpy().reshape(-1, 5)


def test_pyam_reads_it_and_years_are_whole(frame: Any, capsys: Any) -> None:
    assert frame.model == ["steppe 0.1.0"]
    assert frame.scenario == ["kept"]
    assert frame.year == [2001]
    assert {"Kazakhstan", "Kazakhstan>China", "Japan>Uzbekistan", "World"} <= set(frame.region)
    assert not [v for v in frame.variable if "{" in v or "_" in v]


def test_every_metric_of_a_run_is_in_the_file(frame: Any) -> None:
    assert {v.metric for v in names.VARIABLES} == set(metrics.BY_NAME)
    for variable in names.VARIABLES:
        pattern = variable.name
        for dim in metrics.BY_NAME[variable.metric].dims:
            pattern = pattern.replace("{" + dim + "}", "*")
        assert frame.filter(variable=pattern).data.size, pattern


def test_years_are_those_of_members(frame: Any, kept: Path) -> None:
    cell = {"power": "CHN", "host": "KAZ"}
    share = 100.0 * paths(kept, "influence_share", **cell)[:4].mean(axis=0)
    money = paths(kept, "committed", **cell)[:4].sum(axis=0)
    for name, unit, members in (
        ("Influence Share|China", "%", share),
        ("Project Finance|Committed|China", "million USD_current/yr", money),
    ):
        assert one(frame, name, "Kazakhstan") == (pytest.approx(members.mean()), unit)
        for percentile in (5.0, 50.0, 95.0):
            value, _ = one(frame, f"Ensemble|{name}|{percentile}th Percentile", "Kazakhstan")
            assert value == pytest.approx(np.percentile(members, percentile))


def test_flows_are_sums_stocks_stand_at_the_end_rates_are_means(
    frame: Any, kept: Path, tmp_path: Path
) -> None:
    table = RunRecord.open(kept).series()

    def quarters(metric: str, **cell: str) -> np.ndarray:
        rows = table[table["metric"] == metric]
        for dim, code in cell.items():
            rows = rows[rows[dim] == code]
        return rows["mean"].to_numpy()[:4]

    assert one(frame, "GDP|Nominal", "Japan")[0] == pytest.approx(
        quarters("gdp", country="JPN").mean()
    )
    real = one(frame, "GDP|MER", "Japan")
    assert real == (
        pytest.approx(quarters("real_gdp", country="JPN").mean()),
        "billion USD_2000/yr",
    )
    power = quarters("power_capacity", host="UZB")
    assert one(frame, "Capacity|Electricity", "Uzbekistan") == (
        pytest.approx(power[-1] / 1e3),
        "GW",
    )
    owed = quarters("debt", power="CHN", host="KGZ")
    assert owed[-1] != pytest.approx(owed.mean())
    assert one(frame, "Debt|China", "Kyrgyzstan")[0] == pytest.approx(owed[-1])
    remitted = quarters("remittances", host="TJK")
    assert one(frame, "Remittances|Received", "Tajikistan")[0] == pytest.approx(remitted.sum())
    means = exported(kept, tmp_path / "mean.csv", annual="mean", metrics="debt")
    row = means[(means.variable == "Debt|China") & (means.region == "Kyrgyzstan")]
    assert row["value"].item() == pytest.approx(owed.mean())


def test_sums_add_up_and_percentiles_do_not_count(frame: Any) -> None:
    summed = [v.name for v in names.VARIABLES if v.over and v.name not in ("Gas Exports|Pipeline",)]
    assert len(summed) > 15
    for name in summed:
        if frame.filter(variable=f"{name}|*", level=0).data.size:
            assert frame.check_aggregate(name) is None, name
    for name in ("Influence Share", "Trade Share among Powers", "Corridor Share"):
        found = frame.aggregate(name).data["value"].to_numpy()
        np.testing.assert_allclose(found, 100.0, rtol=1e-9, err_msg=name)
    own = frame.filter(variable="Trade|Exports", region="Uzbekistan").data["value"].sum()
    flows = frame.filter(variable="Bilateral Trade", region="Uzbekistan>*").data["value"].sum()
    assert own == pytest.approx(flows)


def test_pyam_plots_it_and_converts_real_dollars_only(frame: Any, pyam: Any) -> None:
    import matplotlib.pyplot as plt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gdp = frame.filter(variable="GDP|MER", region="Kazakhstan")
        converted = gdp.convert_unit("billion USD_2000/yr", "billion USD_2010/yr")
        axis = frame.filter(variable="Influence Share|*", region="Kazakhstan").plot.bar(
            x="variable", bars="region"
        )
        with pytest.raises(pyam.units.UndefinedUnitError):
            frame.filter(variable="GDP|Nominal").convert_unit(
                "billion USD_current/yr", "billion USD_2010/yr"
            )
    assert converted.data["value"].item() > gdp.data["value"].item()
    heights = [patch.get_height() for patch in axis.patches]
    assert sum(heights) == pytest.approx(100.0)
    plt.close("all")


def test_percentiles_of_projects_need_members(frame: Any, bare: Path, tmp_path: Path) -> None:
    found = set(exported(bare, tmp_path / "bare.csv").variable)
    without = {v for v in found if v.startswith("Ensemble|Project Finance|")}
    assert without == set()
    assert "Ensemble|Influence Share|Japan|5.0th Percentile" in found
    assert frame.filter(variable="Ensemble|Project Finance|Committed|5.0th Percentile").data.size
    assert not {v for v in found if v.startswith("Ensemble|Trade|Exports")}


def test_the_same_run_gives_the_same_bytes(kept: Path, file: Path, tmp_path: Path) -> None:
    exported(kept, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


def test_several_runs_and_an_excel_file(
    kept: Path, bare: Path, tmp_path: Path, pyam: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "both.xlsx"
    runs = [str(kept), str(bare)]
    assert export.run(runs, form="iamc", out=book, metrics="gdp,influence_share") == 0
    assert "2002Q1 to 2002Q2 left out" in capsys.readouterr().err
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pyam.IamDataFrame(book)
        gc.collect()  # pyam leaves the file open: it must not be told of in another test
    assert frame.scenario == ["bare", "kept"]
    assert frame.meta["members"].astype(int).tolist() == [5, 5]
    assert frame.meta["run"].tolist() == [bare.name, kept.name]


def test_scenarios_of_one_name_are_told_apart(kept: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other|*\n'; DROP"
    shutil.copytree(kept, other)
    out = tmp_path / "two.csv"
    assert export.run([str(kept), str(other)], form="iamc", out=out, metrics="gdp") == 0
    found = pd.read_csv(out)["scenario"].unique().tolist()
    assert found == [f"kept ({kept.name})", "kept (other_ DROP)"]


def test_years() -> None:
    found = annual.years(["2016Q3", "2016Q4", *(f"2017Q{q}" for q in (1, 2, 3, 4)), "2018Q1"])
    assert (found.numbers, found.left_out) == ((2017,), ("2016Q3", "2016Q4", "2018Q1"))
    values = np.arange(7.0)[:, None]
    assert [found.of(values, rule).item() for rule in ("sum", "mean", "end")] == [14.0, 3.5, 5.0]
    assert annual.years(["2017Q2", "2017Q3"]).numbers == ()


def test_codes_have_names() -> None:
    for metric in metrics.METRICS:
        for dim, codes in zip(metric.dims, metric.codes, strict=True):
            titles = [names.title(dim, code) for code in codes]
            assert len(set(titles)) == len(titles)
            assert not any("|" in t or "_" in t or "*" in t or ">" in t for t in titles)
    assert names.title("host", axes.HOSTS[0]) == "Kazakhstan"
    assert names.title("power", "RUS") == "Russian Federation"  # as nomenclature.countries has it


@pytest.mark.parametrize(
    ("start", "year"), [("2001Q1", 2000), ("2010Q1", 2009), ("2017Q1", 2015), ("2020Q3", 2015)]
)
def test_constant_dollars_are_of_the_middle_of_the_base_years(start: str, year: int) -> None:
    assert names.base_of(start) == year
