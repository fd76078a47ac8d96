"""Every shipped table comes out of tools/extracts again, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "model" / "steppe" / "data"
EXTRACTS = ROOT / "tools" / "extracts"
TABLES = (
    "trade_bilateral",
    "trade_totals",
    "base_trade",
    "openness",
    "gas",
    "uranium",
    "commodity_prices",
    "macro",
    "growth_outlook",
    "remittances",
    "distances",
    "tariffs",
    "memberships",
    "finance_observed",
    "china_profile",
    "initial_debt",
    "stability",
    "influence_observed",
    "influence_later",
    "un_agreement",
    "un_positions",
    "proximity",
    "import_security",
    "supply_potential",
    "rival_weights",
    "rare_earth_mines",
    "rare_earth_use",
    "rare_earth_policy",
    "rare_earth_observed",
)


@pytest.fixture(scope="module")
def rebuilt(build_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rebuilt")
    done = build_data("--out", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_shipped_table_is_what_the_script_makes(rebuilt, name):
    assert (rebuilt / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()


def test_the_script_makes_these_tables_and_no_other(rebuilt):
    assert {path.stem for path in rebuilt.iterdir()} == set(TABLES)


def test_check_accepts_fresh_tables(build_data, rebuilt):
    assert build_data("--check", "--out", str(rebuilt)).returncode == 0


def test_check_names_a_stale_table_and_leaves_it_alone(build_data, rebuilt, tmp_path):
    shutil.copytree(rebuilt, tmp_path, dirs_exist_ok=True)
    macro = tmp_path / "macro.csv"
    altered = macro.read_text(encoding="utf-8").replace(",KAZ,", ",KAZ,1", 1)
    macro.write_text(altered, encoding="utf-8")
    (tmp_path / "gas.csv").unlink()

    done = build_data("--check", "--out", str(tmp_path))

    assert done.returncode == 1
    assert "stale tables: gas, macro" in done.stderr
    assert macro.read_text(encoding="utf-8") == altered
    assert not (tmp_path / "gas.csv").exists()


@pytest.mark.parametrize("name", TABLES)
def test_table_says_what_it_holds_in_which_unit_and_from_where(name):
    notes = [
        line
        for line in (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        if line.startswith("# ")
    ]
    assert any(word in " ".join(notes).lower() for word in ("unit", "status:"))
    assert any(line.startswith("# Source ") for line in notes)


def test_every_licence_and_table_is_explained():
    sources = pd.read_csv(EXTRACTS / "SOURCES.csv", keep_default_na=False)
    licences = (DATA / "LICENSES.md").read_text(encoding="utf-8")
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for licence in sources["licence"].unique():
        assert f"## {licence}\n" in licences
    for name in TABLES:
        assert f"`{name}.csv`" in readme


def test_every_extract_row_names_a_known_source():
    known = set(pd.read_csv(EXTRACTS / "SOURCES.csv")["key"])
    for path in EXTRACTS.glob("*.csv"):
        frame = pd.read_csv(path)
        if path.stem != "SOURCES":
            cells = {key for cell in frame["source"] for key in str(cell).split(";")}
            assert {cell.partition(":")[0] for cell in cells} <= known, path.name


def test_extracts_stay_small():
    assert sum(path.stat().st_size for path in EXTRACTS.iterdir()) < 1_500_000
