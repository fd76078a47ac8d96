"""The engine on real workers: the same numbers as ``steppe run``, and what is read off them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steppe import ensemble, scenario
from steppe.clock import Quarter
from steppe.metrics import BY_NAME
from steppe.results import Results
from steppe.seminar.answer import Answer
from steppe.seminar.engine import FIRST, WHOLE, Superseded
from steppe.seminar.settings import ACTS_FROM, Settings, Shock, from_yaml, to_yaml

pytestmark = pytest.mark.slow

METRICS = ("trade_share", "corridor_days", "committed", "influence_share", "real_gdp", "ree_price")
AID = "japan.concessional_budget"
MOVED = (
    Settings("chabahar_completion")
    .with_lever(AID, 3.0)
    .with_lever("china.restricts_from", 0.5)
    .with_shock(Shock("iran_sanctions", Quarter.of(2028), 1.0, 6))
    .with_shock(Shock("kyrgyz_unrest", Quarter.of(2030, 2), 1.0, 4))
)
OPENED = """\
title: Conditions that hold before and after the present
extends: iran_sanctions_snapback
events:
  - {id: early, target: japan.budget, shape: step, times: 2, start: 2019Q1,
     when: "real_gdp[KAZ] > 1"}
  - {id: rich, target: china.budget, shape: ramp, times: 0.5, start: 2018Q1, duration: 8,
     when: "trade_share[CHN,KAZ] > 0.55"}
  - {id: late, target: china.conversion, shape: decay, to: 2, start: 2026Q1, duration: 4,
     when: "influence_share[JPN,UZB] > 0.001"}
"""


def same_as_the_command(answer: Answer, results: Results) -> None:
    assert answer.quarters == results.quarters
    assert results.trajectories is not None
    for metric in METRICS:
        kept = results.trajectories[metric].astype(np.float32)
        for place, series in enumerate(BY_NAME[metric].series):
            path = answer.paths(series.label)
            np.testing.assert_array_equal(path, kept[:, place, : answer.members])


def saved_run(chosen: Settings, folder: Path, members: int | None = None) -> Results:
    """Return the run of the saved file, as ``steppe run`` does it."""
    file = folder / "saved.yaml"
    file.write_text(to_yaml(chosen, "Saved"), encoding="utf-8")
    case = scenario.load(file)
    return ensemble.run(case, members=members, trajectories=METRICS)


def test_a_saved_file_gives_what_the_page_shows_to_the_bit(running: Any, tmp_path: Path) -> None:
    results = saved_run(MOVED, tmp_path)
    assert results.members == WHOLE
    for members in (FIRST, WHOLE):
        answer = running(running.engine.ask(MOVED, "test", members))
        assert answer.members == members
        same_as_the_command(answer, results)
    own = answer.chronicle(77)
    rows = results.chronicle.rows
    assert len(own) == np.count_nonzero(rows["member"] == 77)
    for label in ("trade_share[CHN,KAZ]", "committed[JPN,UZB]", "ree_price"):
        np.testing.assert_allclose(answer.outcomes([label])[label], results.table[label], rtol=1e-5)
    drawn = answer.parameters()
    np.testing.assert_array_equal(drawn["trade.elasticity"], results.table["trade.elasticity"])


def test_an_opened_file_with_conditions_runs_as_the_command_does(
    running: Any, tmp_path: Path
) -> None:
    chosen = from_yaml(OPENED, "own.yaml").with_lever("hosts.hedging", 0.0)
    answer = running(running.engine.ask(chosen, "test"))
    same_as_the_command(answer, saved_run(chosen, tmp_path, FIRST))
    again = running(running.engine.ask(chosen.with_lever("hosts.hedging", 1.0), "test"))
    same_as_the_command(again, saved_run(again.settings, tmp_path, FIRST))


def test_a_shorter_opened_run_is_compared_as_far_as_it_goes(running: Any) -> None:
    text = "title: Short\nextends: baseline\nhorizon: {end: 2032Q4}\n"
    short = running(running.engine.ask(from_yaml(text, "short.yaml"), "test"))
    base = running(running.engine.baseline())
    assert short.quarters[-1] == Quarter.of(2032, 4)
    change = short.difference("gdp[KAZ]", base)
    assert change.shape == (len(short.quarters), 5)
    assert not change.any()


def test_differences_are_of_paired_members(running: Any) -> None:
    base = running(running.engine.baseline(WHOLE))
    answer = running(running.engine.ask(MOVED, "test"))
    label = "influence_share[JPN,UZB]"
    paired = answer.paths(label).astype(float) - base.paths(label)[:, :FIRST].astype(float)
    found = answer.difference(label, base)
    expected = np.quantile(paired, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1).T
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)
    present = ACTS_FROM - answer.quarters[0]
    assert not found[:present].any()  # the years before are shared
    assert found[present:].any()
    at = answer.difference_at(answer.quarters[-1], [label], base)
    np.testing.assert_array_equal(at[0], found[-1])
    np.testing.assert_array_equal(base.at(base.quarters[50], [label])[0], base.bands(label)[50])
    with pytest.raises(ValueError, match="lies outside"):
        base.at(Quarter.of(2050), [label])
    with pytest.raises(KeyError):
        base.bands("nothing[JPN]")


def test_what_changed_most_comes_first(running: Any) -> None:
    base = running(running.engine.baseline())
    answer = running(running.engine.ask(MOVED, "test"))
    changes = answer.changes(base)
    assert {change.label for change in changes} == set(answer.headline())
    moved = [change.moved for change in changes]
    assert moved == sorted(moved, reverse=True) and moved[0] > 0.0
    for change in changes:
        assert change.rose is None or 0.0 <= change.rose + (change.fell or 0.0) <= 1.0
    assert all(change.moved == 0.0 for change in base.changes(base))


def test_the_chronicle_says_how_often(running: Any) -> None:
    answer = running(running.engine.ask(MOVED, "test"))
    told = answer.chronicle(5, since=ACTS_FROM)
    assert [h.quarter for h in told] == sorted(h.quarter for h in told)
    lever = next(h for h in told if "(lever_japan_aid)" in h.sentence)
    assert (lever.quarter, lever.kind, lever.often) == (ACTS_FROM, "event", 1.0)
    assert all(1 / FIRST <= h.often <= 1.0 for h in told)
    assert {h.kind for h in answer.chronicle(5, kinds=["completed"])} == {"completed"}
    # by hand: in how many members is Japan at work on power in Uzbekistan?
    here = next(h for h in told if h.kind == "completed")
    words = here.sentence.split(" mn USD ")[-1], here.sentence.split(" works of ")[0]
    count = sum(
        any(w.sentence.endswith(words[0]) and w.sentence.startswith(words[1]) for w in every)
        for member in range(FIRST)
        for every in [answer.chronicle(member, kinds=["completed"])]
    )
    assert here.often == count / FIRST
    with pytest.raises(ValueError, match="no member"):
        answer.chronicle(FIRST)
    with pytest.raises(ValueError, match="no happening"):
        answer.chronicle(0, kinds=["wedding"])


def test_tables_to_save(running: Any) -> None:
    base = running(running.engine.baseline())
    frame = base.table(["gdp[KAZ]", "ree_price"])
    assert list(frame) == ["label", "unit", "quarter", "mean", "q05", "q25", "q50", "q75", "q95"]
    assert len(frame) == 2 * len(base.quarters)
    assert (frame["q05"] <= frame["q95"]).all()


def test_moves_in_haste_leave_the_last(running: Any) -> None:
    async def hasty() -> list[Any]:
        asks = [
            asyncio.ensure_future(
                running.engine.ask(Settings().with_lever(AID, value), "hasty", WHOLE)
            )
            for value in (0.25, 0.5, 0.75, 1.25)
        ]
        return list(await asyncio.gather(*asks, return_exceptions=True))

    found = running(hasty())
    assert all(isinstance(answer, Superseded) for answer in found[:-1])
    assert found[-1].settings.lever(AID) == 1.25
    assert running.engine.waiting == 0


def test_a_worker_that_is_killed_is_not_missed(running: Any) -> None:
    async def killed() -> Answer:
        asked = asyncio.ensure_future(
            running.engine.ask(Settings().with_lever(AID, 1.75), "killed", WHOLE)
        )
        await asyncio.sleep(0.2)
        os.kill(running.engine._workers[0].pid, signal.SIGKILL)
        return await asked

    answer = running(killed())
    again = running(running.engine.ask(Settings().with_lever(AID, 2.0), "killed"))
    assert (answer.members, again.members) == (WHOLE, FIRST)
