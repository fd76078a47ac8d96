"""``steppe report`` as a user meets it: what it tells, offline, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.records import only_sentence, rewritten, run_undrawn, undrawn
from tests.findings.cases import invented, laid_out, unit

from steppe.analysis import compare as comparing
from steppe.analysis.compare import series_of
from steppe.cli import batch as batch_command
from steppe.cli import compare as compare_command
from steppe.cli import report as command
from steppe.cli import run as run_command
from steppe.clock import Quarter
from steppe.record import RunRecord
from steppe.report import curves, pictures, words
from steppe.report.told import BOX
from steppe.results import Band, Outcome

BASE = """\
title: A short look
extends: baseline
horizon: {start: 2017Q1, end: 2017Q4}
ensemble: {members: 6, seed: 11}
metrics: [corridor_share, trade_share, committed]
"""
HOSTILE = "<script>alert('1')</script> & {{ 7*7 }} <img src=http://evil.example/x>"
WIDER = f"""\
title: "{HOSTILE}"
extends: ./base.yaml
question: "Who gains?"
set: {{trade.elasticity: 3.0}}
events:
  - {{id: rail, target: link.chabahar_mashhad.capacity, shape: step, times: 3, start: 2017Q2,
     source: "<b>a source</b>"}}
"""
Capture = pytest.CaptureFixture[str]


class Page(HTMLParser):
    """A page's tags with their attributes, its headings and its text."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.source = file.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(self.source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run of either scenario, in ``base`` and ``wider``."""
    place = tmp_path_factory.mktemp("desk")
    run_undrawn(place, base=BASE, wider=WIDER)
    return place


@pytest.fixture
def base(desk: Path) -> Path:
    return next((desk / "base").iterdir())


@pytest.fixture
def wider(desk: Path, tmp_path: Path) -> Path:
    """Return a copy of the run, to be written to."""
    own = next((desk / "wider").iterdir())
    shutil.copytree(own, tmp_path / own.name)
    return tmp_path / own.name


@pytest.fixture(autouse=True)
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one figure: the others are tested elsewhere, and take a second each."""
    monkeypatch.setattr(pictures, "MOST", 1)


def reported(capsys: Capture, *given_: object, out: Path | None = None) -> Page:
    assert command.run(*map(str, given_), out=out) == 0
    return Page(Path(capsys.readouterr().out.strip()))


def refused(capsys: Capture, *given_: object, out: Path | None = None) -> str:
    assert command.run(*map(str, given_), out=out) == 2
    return only_sentence(capsys)


def is_offline_and_readable(page: Page) -> None:
    """Hold a page against what every report must be."""
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form"), tag
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "srcset", "href", "xlink:href", "data", "action", "poster"):
            address = attributes.get(name)
            assert address is None or address.startswith(("data:", "#")), address
    assert not re.search(
        r"url\(|@import|https?://", page.source.split("</style>")[0].split("<style>")[1]
    )
    assert page.of("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(image["alt"] for image in page.of("img"))
    assert len(page.of("caption")) == len(page.of("table")) > 0
    assert all(head.get("scope") for head in page.of("th"))
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in page.of("a")} <= {f"#{i}" for i in ids}


def test_a_run(wider: Path, capsys: Capture) -> None:
    page = reported(capsys, wider)
    is_offline_and_readable(page)
    assert (wider / "report.html").is_file()
    record = json.loads((wider / "record.json").read_text())
    for told in (record["scenario"]["sha256"], record["data"]["sha256"], record["started"]):
        assert told in page.text
    assert "Who gains?" in page.text
    assert f"steppe rerun {wider.name} --verify" in page.text
    assert "@software{steppe," in page.text
    assert "How far to trust it" in page.text and "Worst known failures" in page.text
    row = max(RunRecord.open(wider).summary(), key=lambda r: r.moved)
    name = words.named(row.series)
    assert row.difference is not None
    for told in (
        words.bare(name.factor * row.band.median, name.unit),
        words.span(row.band, name),
        words.bare(name.factor * row.difference.median, name.change_unit, sign=True),
        words.span(row.difference, name, change=True),
    ):
        assert f'<td class="n">{told}</td>' in page.source
    assert len(page.of("img")) == 1


def test_what_others_wrote_is_text(wider: Path, capsys: Capture) -> None:
    page = reported(capsys, wider)
    assert "<script>" not in page.source and "<b>a source</b>" not in page.source
    assert "<script>alert('1')</script> & {{ 7*7 }}" in page.text
    assert "evil.example" not in "".join(str(a) for a in page.of("img"))


def test_the_record_stays_whole_and_bytes_are_the_same(wider: Path, capsys: Capture) -> None:
    first = reported(capsys, wider).source
    assert RunRecord.open(wider).damaged() == []
    assert reported(capsys, wider).source == first  # also over the first one


def test_a_comparison_tells_what_compare_tells(
    base: Path, wider: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert compare_command.run(str(base), str(wider), as_json=True, quiet=True) == 0
    told = json.loads(capsys.readouterr().out)
    page = reported(capsys, base, wider)
    is_offline_and_readable(page)
    assert (wider / f"report-against-{base.name}.html").is_file()
    for note in told["notes"]:
        assert note[1:] in page.text
    row = told["outcomes"]["corridor_share[chabahar]"]
    name = words.named(series_of("corridor_share[chabahar]"))
    assert words.bare(100 * row["difference"]["median"], name.change_unit, sign=True) in page.text


def test_one_member_has_no_bands(desk: Path, tmp_path: Path, capsys: Capture) -> None:
    with undrawn():
        code = run_command.run(str(desk / "wider.yaml"), members=1, out=tmp_path / "o", quiet=True)
    assert code == 0
    page = reported(capsys, next((tmp_path / "o").iterdir()))
    is_offline_and_readable(page)
    assert "One member only" in page.text and "5 to 95" not in page.text.partition("Results")[2]
    first = page.text.partition("In short")[2].partition("How far to trust")[0]
    assert "in the one member of this run" in first
    assert not re.search("medians|bracket|90 %", first)
    assert not [c for c in page.text.split("Table ") if "Headline outcomes: median" in c]
    assert "How often" in page.text and "In members" not in page.text


def test_runs_of_other_years_and_members_say_so(
    base: Path, desk: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "later.yaml").write_text(BASE.replace("2017Q4", "2018Q2"))
    with undrawn():
        code = run_command.run(
            str(tmp_path / "later.yaml"), members=4, out=tmp_path / "o", quiet=True
        )
    assert code == 0
    page = reported(capsys, base, next((tmp_path / "o").iterdir()))
    assert "4 members are in both, of 6 and 4" in page.text
    first = page.text.partition("In short")[2].partition("How far to trust")[0]
    assert "Outcomes of later are means over 2017Q1 to 2018Q2" in first
    assert "Outcomes of base are means over 2017Q1 to 2017Q4" in first
    assert "Lines and bands are over all members of each run" in page.text
    assert "On the way" not in page.text  # medians of other members part by chance


def test_what_happens_is_told_of_members_that_both_runs_have(
    base: Path, desk: Path, tmp_path: Path, capsys: Capture
) -> None:
    with undrawn():
        code = run_command.run(str(desk / "base.yaml"), members=1, out=tmp_path / "o", quiet=True)
    assert code == 0
    page = reported(capsys, base, next((tmp_path / "o").iterdir()))
    assert "Nothing happens noticeably more often" in page.text


def test_a_chart_has_room_for_the_years_of_both_runs() -> None:
    quarters = [Quarter.of(year, q) for year in range(2010, 2020) for q in (1, 2, 3, 4)]
    values = np.random.default_rng(1).uniform(0.1, 0.2, (40, 1, 6)).cumsum(axis=2)
    early, late = (
        curves.Paths(tuple(own), (LABEL,), values[: len(own)])
        for own in (quarters[:20], quarters[20:])
    )
    row = Outcome(series_of(LABEL), Band(0.2, 0.1, 0.3), Band(0.1, 0.0, 0.2), Band(0.1, 0, 0.2), 1)
    drawn = curves.chart([row], late, early, ("late", "early"), 20)
    assert drawn is not None
    places = [
        float(point.split(",")[0])
        for shape in drawn.panels[0].shapes
        for point in shape.points.split()
    ]
    assert min(places) >= 0.0 and max(places) <= BOX[0]


def test_a_run_against_itself_has_nothing_to_tell(
    base: Path, tmp_path: Path, capsys: Capture
) -> None:
    shutil.copytree(base, tmp_path / "again")
    page = reported(capsys, base, tmp_path / "again")
    first = page.text.partition("In short")[2].partition("How far to trust")[0]
    assert "differs noticeably" in first and "On the way" not in first
    assert "outcomes that change most" not in page.text.lower()
    assert "none of them changes noticeably" in page.text


@pytest.mark.parametrize("status", ["failed", "interrupted", "running"])
def test_an_unfinished_run_gives_no_answers(wider: Path, capsys: Capture, status: str) -> None:
    for name in ("summary.csv", "series.parquet", "members.parquet", "chronicle.parquet"):
        (wider / name).unlink()
    files = {"scenario.yaml": ""}
    quarters = {"planned": 4, "completed": 0}
    rewritten(wider, status=status, error="a <b>reason</b>\x07", quarters=quarters, files=files)
    page = reported(capsys, wider)
    is_offline_and_readable(page)
    assert (
        "0 of 4 quarters are complete" in page.text
        and "a <b>reason</b>\N{REPLACEMENT CHARACTER}" in page.text
    )
    assert "There is nothing to tell" in page.text


def test_a_record_of_an_older_version(tmp_path: Path, capsys: Capture) -> None:
    old = Path(__file__).parents[1] / "data" / "record_version_1"
    page = reported(capsys, old, out=tmp_path / "old.html")
    is_offline_and_readable(page)


def test_a_batch(desk: Path, tmp_path: Path, capsys: Capture) -> None:
    names = [str(desk / f"{name}.yaml") for name in ("base", "wider")]
    with undrawn():
        assert batch_command.batch(names, members=2, out=tmp_path / "b", quiet=True) == 0
    shutil.rmtree(next((tmp_path / "b").glob("base-*")))
    page = reported(capsys, tmp_path / "b")
    is_offline_and_readable(page)
    assert "base is left out" in page.text and "Who gains?" in page.text


LABEL = "influence_share[JPN,UZB]"


def swept(place: Path, points: int = 40, blocks: int | None = None, method: str = "lhs") -> Path:
    design = laid_out(method, points)

    def formula(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        return 0.05 + 0.1 * values[:, 2] + 1e-4 * member

    invented(place, design, {LABEL: formula}, block=20, blocks=blocks)
    return place


def test_a_sweep_tells_what_matters(tmp_path: Path, capsys: Capture) -> None:
    page = reported(capsys, swept(tmp_path / "sweep"))
    is_offline_and_readable(page)
    short = page.text.partition("In short")[2].partition("How far")[0]
    assert "What matters most" in short and "(japan.conversion; PAWN" in short
    assert "points with more of it have a higher outcome (rank correlation +1" in short
    assert "not finished" not in page.text


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("sobol", r"\d+ % of the variance [\w ,]+, 95 % interval \d+ to \d+ %"),
        (
            "morris",
            r"8\.\d+ percentage points over its range on average, 95 % interval [\d. to]+\)",
        ),
    ],
)
def test_indices_are_told_with_their_intervals(
    method: str, told: str, tmp_path: Path, capsys: Capture
) -> None:
    page = reported(capsys, swept(tmp_path / method, points=64, method=method))
    is_offline_and_readable(page)
    assert re.search(told, page.text.partition("In short")[2].partition("How far")[0])


def test_four_groups_of_saltellis_tell_nothing(tmp_path: Path, capsys: Capture) -> None:
    design = laid_out("sobol", 4)

    def rough(values: np.ndarray, member: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.sin(97.0 * unit(values, design).sum(axis=1)) + 0.0 * member
        return found

    invented(tmp_path / "sweep", design, {LABEL: rough})
    page = reported(capsys, tmp_path / "sweep")
    short = page.text.partition("In short")[2].partition("How far")[0]
    assert "4 groups of Saltelli's cannot tell what matters" in short
    assert "of the variance between points, inter" not in short
    assert re.search(r"(Saltelli's|points) would make them narrow", page.text)


def test_parameters_that_cannot_be_told_apart_are_both_named(
    tmp_path: Path, capsys: Capture
) -> None:
    design = laid_out("lhs", 60)
    both = {LABEL: lambda v, member: unit(v, design)[:, 0] + unit(v, design)[:, 1] + 0.0 * member}
    invented(tmp_path / "sweep", design, both)
    page = reported(capsys, tmp_path / "sweep")
    short = page.text.partition("In short")[2].partition("How far")[0]
    assert "may matter as much, by its interval" in short


def test_half_a_sweep_says_so(tmp_path: Path, capsys: Capture) -> None:
    page = reported(capsys, swept(tmp_path / "half", blocks=2))
    is_offline_and_readable(page)
    assert "20 of 40 points are not computed" in page.text and "is not finished" in page.text


def test_few_points_or_none(tmp_path: Path, capsys: Capture) -> None:
    page = reported(capsys, swept(tmp_path / "few", points=3))
    assert "What matters most" not in page.text and "Indices rest on" not in page.text
    assert "over 3 points, median" in page.text and "90 % of the points" not in page.text
    page = reported(capsys, swept(tmp_path / "one", points=1))
    is_offline_and_readable(page)
    assert "Only one point is computed" in page.text and "There is nothing to tell" not in page.text
    assert "has no outcomes yet" in refused(capsys, swept(tmp_path / "none", blocks=0))


def test_a_damaged_table_is_one_sentence(wider: Path, capsys: Capture) -> None:
    content = bytearray((wider / "series.parquet").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (wider / "series.parquet").write_bytes(content)
    assert "series.parquet: damaged" in refused(capsys, wider)
    assert not (wider / "report.html").exists()


def test_what_is_no_report_is_never_overwritten(
    wider: Path, tmp_path: Path, capsys: Capture
) -> None:
    foreign = tmp_path / "letter.html"
    foreign.write_text("<!doctype html><title>Mine</title>")
    link = tmp_path / "link.html"
    link.symlink_to(foreign)
    for out in (foreign, link, wider / "record.json"):
        before = out.read_bytes()
        assert "is no report of steppe" in refused(capsys, wider, out=out)
        assert out.read_bytes() == before
    assert link.is_symlink()
    dangling = tmp_path / "dangling.html"
    dangling.symlink_to(tmp_path / "nowhere.html")
    assert "is no report of steppe" in refused(capsys, wider, out=dangling)
    assert "a folder; name the file" in refused(capsys, wider, out=tmp_path)
    assert "there is no folder" in refused(capsys, wider, out=tmp_path / "no" / "x.html")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("baseline", "a scenario, not a run; first: steppe run baseline"),
        ("nowhere", "there is no such run, sweep or batch"),
        ("../../x\x00", "there is no such run"),
        (".", "holds no record.json"),
    ],
)
def test_what_is_no_subject(
    given_: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in refused(capsys, given_)


def test_only_runs_are_compared(base: Path, tmp_path: Path, capsys: Capture) -> None:
    assert "only two runs" in refused(capsys, base, swept(tmp_path / "sweep", points=4))


def test_the_command(steppe: Callable, wider: Path, tmp_path: Path) -> None:
    found = steppe("report", wider, "-o", tmp_path / "x.html")
    assert (found.returncode, found.stdout.strip()) == (0, str(tmp_path / "x.html"))
    assert steppe("report").returncode == 2


# --- sentences

numbers = st.floats(-1e4, 1e4, allow_subnormal=False).map(lambda v: round(v, 6))


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=9), st.sampled_from(
    ["influence_share[JPN,UZB]", "corridor_days[chabahar]", "committed[CHN,KAZ]", "odd[x]"]
))  # fmt: skip
def test_a_sentence_says_what_the_numbers_say(pairs: list[tuple[float, float]], label: str) -> None:
    before, after = np.array(pairs).T
    difference = comparing.band(after - before)
    row = Outcome(
        series_of(label),
        comparing.band(after),
        comparing.band(before),
        difference,
        float(np.mean(after > before)),
    )
    told = words.changed(row, "baseline", len(pairs))
    assert ("higher by" in told) == (difference.median > 0.0)
    assert ("lower by" in told) == (difference.median < 0.0)
    ends = words.tidy(difference)
    if difference.median != 0.0:
        assert ("the sign is open" in told) == (ends.q05 < 0.0 < ends.q95)
    name = words.named(row.series)
    if difference.median > 0.0 and "open" not in told:
        size = words.value(name.factor * difference.median, name.change_unit)
        assert f"higher by {size} than in the baseline" in told
    assert told.endswith(".") and "nan" not in told


def test_medians_that_differ_the_other_way_are_told_to() -> None:
    row = Outcome(
        series_of(LABEL), Band(0.05, 0.04, 0.07), Band(0.06, 0.05, 0.08), Band(0.01, 0.0, 0.02), 0.9
    )
    told = words.changed(row, "baseline", 100)
    assert "higher by 1.00 percentage points" in told
    assert "instead of" not in told and "5.00 % and 6.00 %, differ the other way" in told


def test_numbers_have_their_unit() -> None:
    row = Outcome(
        series_of(LABEL),
        Band(0.063, 0.05, 0.08),
        Band(0.051, 0.04, 0.07),
        Band(0.012, 0.004, 0.021),
        1.0,
    )
    assert words.changed(row, "baseline", 100) == (
        "Japan's share of influence in Uzbekistan is higher by 1.20 percentage points than in the "
        "baseline (0.40 to 2.10 in 90 % of members): 6.30 % instead of 5.10 %."
    )


def test_the_annex_tells_what_is_drawn_from_the_calibrated_sample() -> None:
    from steppe.report import scenarios
    from steppe.scenario import load, posterior

    found = scenarios.annex(load("baseline"))
    assert found is not None
    (table,) = found.blocks
    joint = len(posterior.columns())
    assert f"{joint} parameters marked posterior" in str(table)
    low, high = posterior.columns()["trade.elasticity"].support
    assert f"between {low:.3g} and {high:.3g} (posterior)" in str(table)
