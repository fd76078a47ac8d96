"""``steppe query``: answers, what it refuses, and runs that are damaged or of other versions."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.records import only_sentence
from tests.conftest import COMMAND, clean_environment
from tests.findings.cases import invented, laid_out

from steppe.cli import export, query
from steppe.exchange import views
from steppe.exchange.query import Session
from steppe.record import RunRecord
from steppe.record.catalogue import catalogue
from steppe.sweeps.store import SweepFolder

Capture = pytest.CaptureFixture[str]

HOSTILE = "'; DROP TABLE runs; --\"[é]* %s"


@pytest.fixture(scope="module")
def place(kept: Path, bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two runs, one with a name that SQL would stumble over, and a sweep."""
    place = tmp_path_factory.mktemp("query") / "runs"
    shutil.copytree(kept, place / "batch" / HOSTILE)
    shutil.copytree(bare, place / "bare")
    design = laid_out("lhs", 12)
    invented(place / "swept", design, {"gdp[UZB]": lambda v, m: v[:, 0] + m}, block=8)
    return place


def asked(place: Path, sql: str, capsys: Capture, **options: Any) -> list[dict[str, Any]]:
    assert query.run(sql, places=(place,), form="json", **options) == 0
    said = capsys.readouterr()
    assert said.err == ""
    found: list[dict[str, Any]] = json.loads(said.out)
    return found


def test_runs_are_a_table(place: Path, capsys: Capture) -> None:
    rows = asked(place, "SELECT * FROM runs ORDER BY run", capsys)
    assert [Path(r["run"]).name for r in rows] == ["bare", HOSTILE, "swept"]
    assert [r["kind"] for r in rows] == ["run", "run", "sweep"]
    record = json.loads((place / "bare" / "record.json").read_text())
    assert rows[0]["scenario_sha256"] == record["scenario"]["sha256"]
    assert rows[0]["version"] == record["software"]["version"]
    assert rows[0]["started"].startswith(record["started"][:19])
    assert (rows[0]["members"], rows[0]["title"]) == (5, record["scenario"]["title"])


def test_tables_of_runs_are_those_of_their_files(place: Path, capsys: Capture) -> None:
    hostile = place / "batch" / HOSTILE
    own = RunRecord.open(hostile)
    text = str(hostile).replace("'", "''")
    (row,) = asked(
        place,
        "SELECT avg(mean) AS mean, count(*) AS n FROM series "
        f"WHERE run = '{text}' AND metric = 'gdp' AND country = 'UZB'",
        capsys,
    )
    series = own.series()
    series = series[(series.metric == "gdp") & (series.country == "UZB")]
    assert row == {"mean": pytest.approx(series["mean"].mean()), "n": 6}
    found = asked(place, 'SELECT run, max("gdp[UZB]") AS top FROM members GROUP BY run', capsys)
    tops = {Path(r["run"]).name: r["top"] for r in found}
    assert tops == {
        name: RunRecord.open(path).members()["gdp[UZB]"].max()
        for name, path in ((HOSTILE, hostile), ("bare", place / "bare"))
    }
    for view, rows in (("chronicle", own.chronicle()), ("trajectories", own.trajectories())):
        (row,) = asked(place, f"SELECT count(*) n FROM {view} WHERE run = '{text}'", capsys)
        assert row["n"] == len(rows)


def test_tables_of_sweeps_are_those_of_their_parts(place: Path, capsys: Capture) -> None:
    (row,) = asked(
        place,
        'SELECT avg("gdp[UZB]" - "trade.elasticity" - member) AS rest, count(*) AS n '
        "FROM outcomes JOIN design USING (run, point)",
        capsys,
    )
    assert row == {"rest": pytest.approx(0.0, abs=1e-12), "n": 24}


def test_formats_hold_the_same(place: Path, tmp_path: Path, capsys: Capture) -> None:
    sql = "SELECT quarter, mean, power FROM series WHERE metric = 'gdp' AND country = 'JPN'"
    rows = asked(place, sql, capsys)
    assert query.run(sql, places=(place,), out=tmp_path / "a.parquet") == 0
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == rows
    assert query.run(sql, places=(place,), form="csv") == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [(r["quarter"], float(r["mean"]), r["power"]) for r in lines] == [
        (r["quarter"], r["mean"], "") for r in rows
    ]
    assert query.run(sql, places=(place,)) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == ["quarter", "mean", "power"] and len(table) == 1 + len(rows)
    assert query.run("SELECT * FROM range(20000)", places=(place,)) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1 + query.MOST and "first 10,000 rows" in said.err


def test_odd_values_are_written(place: Path, tmp_path: Path, capsys: Capture) -> None:
    sql = (
        "SELECT 'a,\"b\nc' AS t, NULL AS n, 'nan'::DOUBLE AS f, true AS b, [1, NULL] AS l, "
        "DATE '2020-01-02' AS d, {'x': 1.5} AS s, '\\xAA'::BLOB AS h, 1::HUGEINT AS i"
    )
    (row,) = asked(place, sql, capsys)
    assert row["t"] == 'a,"b\nc' and row["n"] is None and row["f"] is None and row["b"] is True
    assert (row["l"], row["d"], row["s"], row["h"]) == ([1, None], "2020-01-02", {"x": 1.5}, "aa")
    assert query.run(sql, places=(place,), form="csv") == 0
    (line,) = csv.DictReader(capsys.readouterr().out.splitlines(keepends=True))
    assert (line["t"], line["f"], line["b"], line["l"]) == ('a,"b\nc', "", "true", "[1, null]")
    assert query.run(sql, places=(place,)) == 0


def test_columns_of_one_name_are_all_there(
    place: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "CELLS", 1)  # a row at a time
    sql = "SELECT a.i AS x, b.i AS x, 0 AS x_1 FROM range(2) a(i) JOIN range(2) b(i) ON b.i = 1"
    rows = [{"x": 0, "x_1": 1, "x_1_1": 0}, {"x": 1, "x_1": 1, "x_1_1": 0}]
    assert asked(place, sql, capsys) == rows
    assert query.run(sql, places=(place,), out=tmp_path / "a.parquet") == 0
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == rows
    assert query.run(sql, places=(place,), form="csv") == 0
    assert capsys.readouterr().out.split() == ["x,x_1,x_1_1", "0,1,0", "1,1,0"]


def test_a_view_is_found_however_its_name_is_put_together(place: Path, capsys: Capture) -> None:
    (row,) = asked(place, "SELECT count(*) n FROM query('FROM ' || 'ser' || 'ies')", capsys)
    assert row["n"] > 0


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE series", "SUMMARIZE runs"])
def test_tables_can_be_looked_at(place: Path, sql: str, capsys: Capture) -> None:
    assert asked(place, sql, capsys)


SECRET = "treasure"

OUTSIDE = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_parquet('{run}/series.parquet')",
    "SELECT * FROM '{run}/series.parquet'",
    "SELECT * FROM parquet_metadata('{run}/series.parquet')",
    "SELECT * FROM parquet_schema('{run}/series.parquet')",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "SELECT * FROM query_table('{file}')",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "COPY runs FROM '{file}'",
    "WITH x AS (COPY (SELECT 1) TO '{folder}/new.csv') SELECT * FROM x",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/new.csv'",
    "EXPORT DATABASE '{folder}/new'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/new.db'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "CALL enable_logging()",
    "USE memory",
    "CREATE TABLE t AS SELECT 1",
    "CREATE SECRET s (TYPE s3)",
    "DROP VIEW runs",
    "INSERT INTO runs SELECT * FROM runs",
    "UPDATE runs SET seed = 1",
    "DELETE FROM runs",
    "PREPARE p AS SELECT 1",
    "BEGIN",
    "CHECKPOINT",
    "VACUUM",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/new.csv'",
    "SELECT getenv('HOME')",
    "SELECT * FROM files",
    "SELECT * FROM place",
    "SELECT * FROM read_csv('https://example.org/x.csv')",
]


@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_query_cannot_leave_the_runs(
    place: Path, sql: str, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "secret.csv").write_text(f"{SECRET}\n1\n")
    words = {"file": tmp_path / "secret.csv", "folder": tmp_path, "run": place / "bare"}
    before = {p: p.stat().st_mtime_ns for p in place.rglob("*")}
    assert query.run(sql.format(**words), places=(place,)) == 2
    said = only_sentence(capsys)
    assert said.startswith("error: ") and SECRET not in said
    assert [p.name for p in tmp_path.iterdir()] == ["secret.csv"]
    assert {p: p.stat().st_mtime_ns for p in place.rglob("*")} == before


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT scenaro FROM runs", "no column 'scenaro' (did you mean 'scenario'?)"),
        ("SELECT r.sed FROM runs r", "no column 'sed' (did you mean 'seed'?)"),
        ('SELECT "gdp[UZX]" FROM members', "no column 'gdp[UZX]' (did you mean 'gdp[UZB]'?)"),
        ("SELECT * FROM serie", "no table 'serie' (did you mean 'series'?)"),
        ("SELEC 1", "syntax error"),
        ("", "give one query, found 0"),
        ("SELECT 1; SELECT 2", "give one query, found 2"),
        ("SELECT '\0", "unterminated"),
        ("SELECT '\udcff'", "no text in UTF-8"),
        ("SELECT 1/'x'", ""),
        ("SELECT error('told')", "told"),
    ],
)
def test_a_wrong_query_is_told_in_a_sentence(
    place: Path, sql: str, said: str, capsys: Capture
) -> None:
    assert query.run(sql, places=(place,)) == 2
    assert said in only_sentence(capsys)


def test_damaged_files_are_told_and_left_out(place: Path, tmp_path: Path, capsys: Capture) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(place / "bare", runs / "good")
    for name in ("cut", "torn", "text"):
        shutil.copytree(place / "bare", runs / name)
    content = bytearray((runs / "good" / "series.parquet").read_bytes())
    (runs / "cut" / "series.parquet").write_bytes(content[: len(content) // 2])
    content[100:-20_000] = bytes(len(content[100:-20_000]))  # pages are gone, the end is whole
    (runs / "torn" / "series.parquet").write_bytes(content)
    pq.write_table(pa.table({"a": [1]}), runs / "text" / "series.parquet")
    shutil.copytree(place / "bare", runs / "twice")
    whole = pq.read_table(runs / "twice" / "series.parquet")
    whole = whole.append_column("Metric", whole["metric"])
    pq.write_table(whole, runs / "twice" / "series.parquet")
    (runs / "odd").mkdir()
    (runs / "odd" / "record.json").write_text("{")
    sql = "SELECT run, sum(mean) s, min(quarter) q FROM series GROUP BY run"
    assert query.run(sql, places=(runs,), form="json") == 0
    said = capsys.readouterr()
    assert [Path(r["run"]).name for r in json.loads(said.out)] == ["good"]
    warned = said.err.splitlines()
    assert len(warned) == 4 and all(w.startswith("warning: ") for w in warned)
    for name in ("cut", "torn", "text", "twice"):
        assert sum(f"/{name}/series.parquet is damaged" in w for w in warned) == 1
    assert query.run("SELECT count(*) n FROM runs", places=(runs,), form="json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == [{"n": 5}]
    assert said.err.count("cannot be read") == 1


def test_words_that_no_text_can_hold(place: Path, tmp_path: Path, capsys: Capture) -> None:
    for name in ("plain", os.fsdecode(b"b\xff")):
        shutil.copytree(place / "bare", tmp_path / "runs" / name)
    file = tmp_path / "runs" / "plain" / "record.json"
    record = json.loads(file.read_text()) | {"seed": 1 << 90}
    record["scenario"] |= {"name": "ba\ud800re"}
    file.write_text(json.dumps(record))
    rows = asked(tmp_path / "runs", "SELECT run, scenario, seed FROM runs ORDER BY run", capsys)
    assert [Path(row["run"]).name for row in rows] == ["b?", "plain"]
    assert rows[1] | {"run": ""} == {"run": "", "scenario": "ba?re", "seed": None}
    sql = "SELECT DISTINCT run FROM series"
    assert query.run(sql, places=(tmp_path / "runs",), form="json") == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 1 and said.err.count("not UTF-8") == 1
    for run in (tmp_path / "runs").iterdir():
        for form in ("iamc", "csv", "netcdf", "ro-crate"):
            options = {} if form == "ro-crate" else {"metrics": "gdp"}
            out = tmp_path / "out"
            assert export.run([str(run)], form=form, out=out, force=True, **options) == 0
        assert "Error" not in capsys.readouterr().err


def test_runs_of_other_versions_unite_by_name(place: Path, tmp_path: Path, capsys: Capture) -> None:
    runs = tmp_path / "runs"
    for name in ("now", "then"):
        shutil.copytree(place / "bare", runs / name)
    old = pq.read_table(runs / "then" / "series.parquet").drop_columns(["pipeline", "q25"])
    whole = pa.array(np.arange(len(old)))
    old = old.set_column(old.schema.get_field_index("q50"), "q50", whole)
    pq.write_table(old.append_column("extra", whole), runs / "then" / "series.parquet")
    rows = asked(
        runs,
        "SELECT count(*) n, count(q25) q, count(extra) e, typeof(any_value(q50)) t "
        "FROM series GROUP BY run ORDER BY run",
        capsys,
    )
    count = len(old)
    assert [tuple(r.values()) for r in rows] == [
        (count, count, 0, "DOUBLE"),
        (count, 0, count, "DOUBLE"),
    ]


def test_nothing_to_ask(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for view in ("runs", "members", "series", "chronicle", "trajectories", "design", "outcomes"):
        assert query.run(f"SELECT count(*) n FROM {view}", form="json") == 0
        assert json.loads(capsys.readouterr().out) == [{"n": 0}]
    for options, said in (
        ({"places": (Path("absent"),)}, "--in: error: there is no folder absent"),
        ({"form": "cvs"}, "did you mean 'csv'"),
        ({"form": "parquet"}, "name a file"),
        ({"out": Path("answer.doc")}, "--out: error: name the --format"),
        ({"out": Path("no/answer.csv")}, "there is no folder no"),
    ):
        assert query.run("SELECT 1", **options) == 2
        assert said in only_sentence(capsys)
    (tmp_path / "mine.csv").write_text("mine")
    assert query.run("SELECT 1", out=Path("mine.csv")) == 2
    assert "exists already" in only_sentence(capsys)
    assert query.run("SELECT 1 AS one", out=Path("mine.csv"), force=True) == 0
    assert (tmp_path / "mine.csv").read_bytes() == b"one\r\n1\r\n"


def test_a_sweep_at_work_is_read_as_far_as_it_goes(tmp_path: Path, capsys: Capture) -> None:
    design = laid_out("lhs", 12)
    outcomes = {"gdp[UZB]": lambda v, m: v[:, 0]}
    swept = invented(tmp_path / "swept", design, outcomes, block=8, blocks=2)
    assert isinstance(swept, SweepFolder)
    (row,) = asked(tmp_path, "SELECT count(*) n FROM outcomes", capsys)
    assert row["n"] == 16


def test_an_interruption_ends_a_query(place: Path, tmp_path: Path) -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(1000000000) a, range(1000000000) b"
    started = subprocess.Popen(
        [*COMMAND, "query", endless, "--in", str(place), "--out", "answer.csv"],
        cwd=tmp_path,
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not os.listdir(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)  # the answer's file is there before the query begins
    time.sleep(0.5)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert (started.returncode, said) == (130, "interrupted\n")
    assert os.listdir(tmp_path) == []


def test_files_are_not_opened_after_an_interruption(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def schema(file: Path) -> pa.Schema:
        opened.append(file)
        return pq.read_schema(file)

    monkeypatch.setattr(views, "_schema", schema)
    with Session(catalogue([place]), opened.append) as session:
        answers: list[Any] = []
        sql = "SELECT count(*) FROM members"
        assert not session.ask(sql, answers.append, stop=lambda: len(opened) > 0)
    assert len(opened) == 1 and answers == []


def test_the_command(process: Callable[..., Any], place: Path) -> None:
    said = process("query", "SELECT count(*) AS n FROM runs", "--in", place)
    assert (said.returncode, said.stdout, said.stderr) == (0, "n\n3\n", "")
