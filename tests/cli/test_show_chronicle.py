"""``steppe show RUN --chronicle`` and ``--often``: what happened, as a user reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppe import axes
from steppe.chronicle import Chronicle, Log, blank
from steppe.cli import chronicle as happenings
from steppe.clock import Quarter
from steppe.record import RunFolder, RunRecord
from steppe.results import Results

START = Quarter.of(2017)
JPN, CHN, RUS = (axes.POWERS.index(code) for code in ("JPN", "CHN", "RUS"))
KAZ, UZB = (axes.HOSTS.index(code) for code in ("KAZ", "UZB"))
POWER, TRANSPORT = (axes.SECTORS.index(code) for code in ("power", "transport"))


def five_worlds() -> Chronicle:
    """Return what happened in five members, small enough to count by hand."""
    log = Log()
    # Japan builds power in Uzbekistan in members 0 to 3: 100, 200 + 300, 400 and 600 + 600 + 600
    log.add(4, "committed", [0, 1, 2, 3], [100, 200, 400, 600], power=JPN, host=UZB, sector=POWER)
    log.add(9, "committed", [1, 3], [300.0, 600.0], power=JPN, host=UZB, sector=POWER)
    log.add(10, "committed", [3], 600.0, power=JPN, host=UZB, sector=POWER)
    log.add(5, "refused", [1], 640.0, power=CHN, host=UZB, sector=TRANSPORT)
    log.add(6, "committed", np.arange(5), 0.5, power=RUS, link=axes.LINKS.index("kulma_road"))
    log.add(8, "joined", [2], 0.0, host=UZB, organisation=axes.ORGANISATIONS.index("EAEU"))
    event = blank(5, "event")
    event["quarter"], event["member"] = START.ordinal + 1, np.arange(5)
    event["text"], event["amount"] = [0, 0, 0, 1, 1], 7.0
    texts = ("a.b goes to 7 for good (shut)", "a.b goes to 8 for good (shut)")
    return Chronicle.concat([Chronicle(event, texts), log.rows(START, range(5))]).ordered()


@pytest.fixture
def record_of(tmp_path, make_results) -> Callable[[Chronicle], RunRecord]:
    """Return a function that leaves the record of a run in which this happened."""

    def write(chronicle: Chronicle) -> RunRecord:
        results: Results = make_results()
        results.chronicle = chronicle
        folder = RunFolder.create(tmp_path / "runs", results.scenario, ["steppe"], 5, 7)
        folder.write(results)
        folder.close("done")
        return RunRecord.open(folder.path)

    return write


@pytest.fixture
def run(record_of) -> RunRecord:
    return record_of(five_worlds())


def test_a_member_is_told_year_by_year(run, steppe):
    shown = steppe("show", run.path, "--chronicle", "--member", 1)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (
        "2017Q2: a.b goes to 7 for good (shut)\n"
        "\n"
        "2018Q1: Japan commits 200 mn USD to power in Uzbekistan\n"
        "2018Q2: Uzbekistan refuses 640 mn USD of China for transport\n"
        "2018Q3: Russia commits 0.5 mn USD to Kashgar-Kulma-Dushanbe road\n"
        "\n"
        "2019Q2: Japan commits 300 mn USD to power in Uzbekistan\n"
    )
    first = steppe("show", run.path, "--chronicle")
    assert "Japan commits 100 mn USD" in first.stdout, "member 0 unless told"


def test_kinds_and_a_limit_choose(run, capsys):
    assert happenings.show(run.path, member=1, kinds="committed, refused", limit=2) == 0
    assert capsys.readouterr().out == (
        "2018Q1: Japan commits 200 mn USD to power in Uzbekistan\n"
        "2018Q2: Uzbekistan refuses 640 mn USD of China for transport\n"
        "\n(2 more; a larger --limit shows them)\n"
    )


def test_a_member_as_json(run, capsys):
    happenings.show(run.path, member=2, kinds="joined,refused", as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["member"] == 2
    assert answer["left_out"] == 0
    (joined,) = answer["happenings"]
    assert joined == {
        "quarter": "2019Q1",
        "kind": "joined",
        "actors": None,
        "host": "UZB",
        "sector": None,
        "window": None,
        "mode": None,
        "link": None,
        "organisation": "EAEU",
        "partner": None,
        "amount": None,
        "sentence": "2019Q1: Uzbekistan joins the EAEU",
    }


def counts(run: RunRecord) -> dict[tuple[str, ...], dict]:
    rows = happenings.counted(run.chronicle(), 5)
    names = ("kind", "actors", "host", "sector", "link", "organisation", "event")
    return {tuple(row[n] for n in names if row[n]): row for row in rows}


def test_what_happens_is_counted_over_members(run):
    found = counts(run)
    assert list(found) == [
        ("committed", "RUS", "kulma_road"),
        ("event", "shut"),
        ("committed", "JPN", "UZB", "power"),
        ("refused", "CHN", "UZB", "transport"),
        ("joined", "UZB", "EAEU"),
    ], "by share of members, then by amount"
    measures = ("share", "number", "first", "amount")
    values = {key: tuple(row[m] for m in measures) for key, row in found.items()}
    # times 1, 2, 1, 3; amounts 100, 500, 400, 1800
    assert values["committed", "JPN", "UZB", "power"] == (0.8, 1.5, "2018Q1", 450.0)
    assert values["committed", "RUS", "kulma_road"] == (1.0, 1.0, "2018Q3", 0.5)
    assert values["refused", "CHN", "UZB", "transport"] == (0.2, 1.0, "2018Q2", 640.0)
    assert values["event", "shut"] == (1.0, 1.0, "2017Q2", None), "whatever was drawn"
    assert values["joined", "UZB", "EAEU"] == (0.2, 1.0, "2019Q1", None)


def test_first_is_the_earlier_of_two_in_the_middle(record_of):
    log = Log()
    for member, t in enumerate((0, 3, 8, 9)):
        log.add(t, "committed", [member], 1.0, power=JPN, host=UZB)
    (row,) = counts(record_of(log.rows(START, range(5)))).values()
    assert row["first"] == str(START + 3)


def test_the_table_of_what_happens_how_often(run, steppe):
    shown = steppe("show", run.path, "--often", "--limit", 3)
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert [" ".join(line.split()) for line in lines[:4]] == [
        "who where what in members times first mn USD",
        "committed Russia Kashgar-Kulma-Dushanbe road 100 % 1 2018Q3 0.5",
        "event shut 100 % 1 2017Q2 -",
        "committed Japan Uzbekistan power 80 % 1.5 2018Q1 450",
    ]
    assert lines[-1] == "(2 more; a larger --limit shows them)"
    every = steppe("show", run.path, "--often", "--kind", "refused,joined").stdout
    assert "Uzbekistan   the EAEU" in every
    assert "committed" not in every
    assert "more" not in every


def test_often_as_json_leaves_nothing_out_unless_told(record_of, capsys):
    log = Log()
    for sector in range(len(axes.SECTORS)):
        for host in range(5):
            log.add(0, "committed", [0, 4], 10.0 + host, power=JPN, host=host, sector=sector)
    run = record_of(log.rows(START, range(5)))
    happenings.show(run.path, often=True, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["happenings"]) == 35
    assert answer["left_out"] == 0
    assert answer["happenings"][0]["host"] == "TJK", "the largest first"
    assert answer["happenings"][0]["share"] == 0.4
    happenings.show(run.path, often=True, as_json=True, limit=4)
    assert json.loads(capsys.readouterr().out)["left_out"] == 31
    happenings.show(run.path, often=True)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "(5 more; a larger --limit shows them)"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--chronicle", "--often"], "--chronicle and --often exclude each other"),
        (["--often", "--member", 1], "--often counts over all members"),
        (["--member", 0], "--member goes with --chronicle"),
        (["--kind", "event"], "--kind goes with --chronicle or --often"),
        (["--chronicle", "--member", 5], "no member 5 in this run, they are 0 to 4"),
        (["--chronicle", "--member", -1], "no member -1 in this run"),
        (["--chronicle", "--kind", "commited"], "unknown kind 'commited'; kinds are event, "),
        (["--often", "--kind", ""], "unknown kind ''"),
        (["--often", "--limit", 0], "--limit must be at least 1, found 0"),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence(run, steppe, options, sentence):
    shown = steppe("show", run.path, *options)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert sentence in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--chronicle", "--often"])
def test_a_scenario_has_no_chronicle(steppe, option):
    shown = steppe("show", "baseline", option)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == "--chronicle and --often look into a run: name its folder\n"


@pytest.mark.parametrize("often", [False, True])
def test_a_run_without_its_chronicle_says_so(run, capsys, often):
    (run.path / "chronicle.parquet").unlink()
    assert happenings.show(run.path, often=often) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith("this run has no chronicle.parquet\n")


def test_where_nothing_happened_there_is_a_sentence(record_of, capsys):
    run = record_of(Chronicle())
    happenings.show(run.path)
    happenings.show(run.path, often=True, kinds="joined,left")
    assert capsys.readouterr().out == (
        "nothing happened in member 0\n"
        "nothing of the kind joined or left happened in any of 5 members\n"
    )
    happenings.show(run.path, often=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["happenings"] == []
    happenings.show(run.path, as_json=True)
    assert json.loads(capsys.readouterr().out)["happenings"] == []


def test_a_chronicle_of_an_older_version_is_read(run, capsys):
    """It had fewer columns, nulls in most of them, and only events of scenarios."""
    word = pa.dictionary(pa.int32(), pa.string())
    count = 2
    columns = {n: pa.array([None] * count, word) for n in ("actors", "host", "sector")} | {
        "quarter": pa.array(["2017Q1", "2018Q3"], word),
        "member": pa.array([0, 1], pa.int64()),
        "kind": pa.array(["event"] * count, word),
        "amount": pa.array([3.0, 4.0]),
        "sentence": pa.array(["2017Q1: a goes (x)", "2018Q3: a goes (x)"], word),
    }
    pq.write_table(pa.table(columns), run.path / "chronicle.parquet")
    file = run.path / "record.json"
    stored = json.loads(file.read_text())
    del stored["files"]["chronicle.parquet"]
    file.write_text(json.dumps(stored))
    assert happenings.show(run.path, member=1) == 0
    assert capsys.readouterr().out == "2018Q3: a goes (x)\n"
    assert happenings.show(run.path, often=True) == 0
    assert "event" in capsys.readouterr().out
    (row,) = happenings.counted(RunRecord.open(run.path).chronicle(), 5)
    assert (row["event"], row["share"], row["first"]) == ("x", 0.4, "2017Q1")


def test_a_reader_who_leaves_ends_it_quietly(record_of):
    log = Log()
    for t in range(30_000):
        log.add(t % 4, "committed", [0], float(t), power=JPN, host=KAZ)
    run = record_of(log.rows(START, range(5)))
    said = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m steppe show {run.path} --chronicle | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stderr == ""
    assert said.stdout == "2017Q1: Japan commits 0 mn USD to Kazakhstan\n"
