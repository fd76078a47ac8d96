"""The runner of behaviours itself: a false predicate fails, an idle switch is found, mistakes are
one clear sentence each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steppe import ensemble, metrics, scenario

from . import behaviours
from .behaviours import (
    MEMBERS,
    Behaviour,
    Fault,
    Label,
    Laboratory,
    Paths,
    Run,
    check,
    parse,
    read,
)

REFORM = {
    "id": "reform",
    "target": "link.urumqi_dostyk.border_days",
    "shape": "step",
    "times": 0.5,
    "start": "2017Q3",
}
SHORT = {
    "describe": "Border reform",
    "it": "brings goods",
    "scenario": "backcast_2009",
    "against": "backcast_2009",
    "off": {"trade.elasticity": 0.2},
}
GOODS = {
    "metric": "trade_total[CHN,KAZ]",
    "change": "difference",
    "least": 50,
    "members": 0.9,
    "outside": True,
}
EARLY = REFORM | {"start": "2011Q1"}


def entry(*predicates: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an entry of a file: a reform in the shortest scenario, and what it must do."""
    return SHORT | {"events": [EARLY], "predicates": list(predicates) or [GOODS]} | changes


def laboratory(*entries: dict[str, Any]) -> Laboratory:
    behaviours = [parse(e) for e in entries]
    for behaviour in behaviours:
        check(behaviour)
    return Laboratory(behaviours, members=6)


DAYS = {
    "metric": "link_days[urumqi_dostyk]",
    "quarter": "2011Q1",
    "change": "ratio",
    "most": 0.9,
    "members": 1,
}
ENTRIES = {
    "true": entry(),
    "false": entry(GOODS | {"least": 1e9}),
    "wrong way": entry({k: v for k, v in GOODS.items() if k != "least"} | {"most": -1}),
    "stays": entry(DAYS),
    "stays, excused": entry(DAYS | {"off_fails": False}),
    "idle": entry(off={"corridors.congestion_response": 0}),
    "inside": entry(GOODS | {"outside": False}, off={"trade.elasticity": 0.3}),
    "against off": entry(against="off"),
}
"""Behaviours that do or do not do what they say; congestion is off in backcasts anyway."""


@pytest.fixture(scope="module")
def lab() -> Laboratory:
    return laboratory(*ENTRIES.values())


def called(lab: Laboratory, name: str) -> Behaviour:
    return lab.behaviours[list(ENTRIES).index(name)]


# --- what holds and what does not ----------------------------------------------------------------


def test_a_true_predicate_holds(lab: Laboratory) -> None:
    assert lab.shortfalls(called(lab, "true")) == []
    assert lab.survivors(called(lab, "true")) == []


@pytest.mark.parametrize("name", ["false", "wrong way"])
def test_a_false_predicate_fails(lab: Laboratory, name: str) -> None:
    (said,) = lab.shortfalls(called(lab, name))
    assert "trade_total[CHN,KAZ]" in said and "in 0% of the members instead of 90%" in said


def test_a_predicate_that_holds_without_the_mechanism_is_found(lab: Laboratory) -> None:
    """The days are saved whatever they are worth."""
    (said,) = lab.survivors(called(lab, "stays"))
    assert "100% of the members with trade.elasticity = 0.2 as well" in said
    assert lab.survivors(called(lab, "stays, excused")) == []


def test_a_switch_that_does_nothing_is_reported(lab: Laboratory) -> None:
    behaviour = called(lab, "idle")
    assert lab.shortfalls(behaviour) == []
    assert lab.survivors(behaviour), "and the behaviour does not need it either"
    (said,) = lab.idle(behaviour.switch)
    assert "corridors.congestion_response = 0 moves nothing outside" in said
    assert "trade_total[CHN,KAZ] in 0% of the members" in said


def test_a_switch_without_a_metric_outside_is_reported(lab: Laboratory) -> None:
    (said,) = lab.idle(called(lab, "inside").switch)
    assert "no predicate is marked outside" in said


def test_a_mechanism_that_matters_is_not_reported(lab: Laboratory) -> None:
    assert lab.idle(called(lab, "true").switch) == []


def test_against_off_compares_with_the_same_scenario_without_the_mechanism(
    lab: Laboratory,
) -> None:
    behaviour = called(lab, "against off")
    on = lab.changes(behaviour, behaviour.predicates[0])
    off = lab.changes(behaviour, behaviour.predicates[0], off=True)
    assert (on != 0.0).all()
    assert (off == 0.0).all()
    assert behaviour.there == behaviour.here_off == behaviour.there_off


def test_a_behaviour_says_on_how_many_members_it_is_measured() -> None:
    """The first of the scenario's members, whose numbers do not depend on how many there are."""
    behaviours = [parse(entry(pairs=4)), parse(entry(it="says it of more", pairs=6))]
    found = Laboratory(behaviours)
    few, more = (found.changes(b, b.predicates[0]) for b in behaviours)
    assert len(few) == 4 and len(more) == 6
    np.testing.assert_array_equal(few, more[:4])
    assert parse(entry()).pairs == MEMBERS


def test_each_run_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[scenario.Scenario] = []

    class Counted(behaviours.Abreast):
        def __init__(self, cases: list[scenario.Scenario], each: int) -> None:
            made.extend(cases)
            super().__init__(cases, each)

    monkeypatch.setattr(behaviours, "Abreast", Counted)
    lab = Laboratory([parse(entry()), parse(entry(it="says it again"))], members=2)
    for behaviour in lab.behaviours:
        lab.shortfalls(behaviour)
        lab.survivors(behaviour)
        lab.idle(behaviour.switch)
    assert len(made) == 4, "with and without the event, with and without the mechanism"


# --- series and times -----------------------------------------------------------------------------


def test_outcomes_are_those_of_the_member_table() -> None:
    labels = ["committed[JPN,KAZ]", "corridor_days[chabahar]", "spent_abroad[IND]", "gdp[TJK]"]
    lab = laboratory(
        entry(*({"metric": m, "change": "level", "least": -1, "members": 1} for m in labels))
    )
    (behaviour,) = lab.behaviours
    table = ensemble.run(behaviour.here.case(), members=6, chunk=6).table
    for predicate in behaviour.predicates:
        found = lab.paths(behaviour.here).value(predicate)
        np.testing.assert_allclose(found, table[predicate.metric], rtol=1e-12)


def test_a_star_sums_over_the_recorded_cells_of_a_dimension() -> None:
    whole = Label.read("trade_value[KAZ,*,*]")
    cells = [s.cell for s in metrics.BY_NAME["trade_value"].series]
    assert {cells[row] for row in whole.rows} == {c for c in cells if c[0] == "KAZ"}
    assert len(Label.read("committed[*,*]").rows) == 25
    assert Label.read("committed[JPN, KAZ]").rows == Label.read("committed[JPN,KAZ]").rows


def test_times() -> None:
    start = scenario.load("backcast_2009").horizon.start
    path = np.arange(28.0)[:, None] * np.array([1.0, np.nan])
    paths = Paths(tuple(start + i for i in range(28)), {"gdp[KAZ]": path})

    def value(**when: str) -> float:
        given = {"metric": "gdp[KAZ]", "change": "level", "least": 0, "members": 1} | when
        (predicate,) = parse(entry(given)).predicates
        return float(paths.value(predicate)[0])

    assert value(quarter="2010Q3") == 2.0
    assert value(sum="2010Q2-2010Q4") == 1.0 + 2.0 + 3.0
    assert value(mean="2010Q2-2010Q4") == 2.0
    assert value() == np.arange(8, 28).mean(), "an outcome: the last twenty quarters"


def test_a_member_without_a_value_reaches_nothing() -> None:
    (predicate,) = parse(entry()).predicates
    assert predicate.holds(np.array([60.0, np.nan, 0.5])).tolist() == [True, False, False]


# --- switches -------------------------------------------------------------------------------------


def test_patterns_stand_for_all_parameters_that_match() -> None:
    fixed = Run("baseline", fixed=(("*.wary_of_china", 0.0),)).case().set
    assert {n for n in fixed if n.endswith(".wary_of_china")} >= {"japan.wary_of_china"}
    assert all(v == 0.0 for n, v in fixed.items() if n.endswith(".wary_of_china"))


def test_fixed_is_fixed_whatever_the_events_say() -> None:
    free = Run("russia_weakened").case()
    fixed = Run("russia_weakened", fixed=(("russia.opposition", 0.0),)).case()
    assert {e.id for e in free.events} - {e.id for e in fixed.events} == {"objections"}
    assert fixed.set["russia.opposition"] == 0.0
    assert "russia.opposition" not in fixed.uncertainties


def test_fixing_a_parameter_leaves_the_others_of_a_member() -> None:
    cases = [Run("baseline", fixed=f).case() for f in ((), (("hosts.hedging", 0.0),))]
    drawn = [scenario.sample(c, scenario.parameters.registry(), range(5)).varied for c in cases]
    assert set(drawn[0]) - set(drawn[1]) == {"hosts.hedging"}
    for name, values in drawn[1].items():
        np.testing.assert_array_equal(values, drawn[0][name])


# --- mistakes -------------------------------------------------------------------------------------

MISTAKES = {
    "a metric": (
        {"predicates": [GOODS | {"metric": "trade_totals[CHN,KAZ]"}]},
        "unknown metric 'trade_totals' (did you mean 'trade_total'?)",
    ),
    "a code": (
        {"predicates": [GOODS | {"metric": "trade_total[CHN,KAZZ]"}]},
        "'trade_total[CHN,KAZZ]': unknown host 'KAZZ' (did you mean 'KAZ'?)",
    ),
    "codes missing": (
        {"predicates": [GOODS | {"metric": "trade_total[CHN]"}]},
        "'trade_total[CHN]' has 1 codes: the metric is trade_total[power,host]",
    ),
    "no label": (
        {"predicates": [GOODS | {"metric": "trade of China"}]},
        "a metric is written as in trade_share[JPN,*], found 'trade of China'",
    ),
    "a cell that is not computed": (
        {"predicates": [GOODS | {"metric": "trade_value[JPN,CHN,minerals]"}]},
        "'trade_value[JPN,CHN,minerals]' is not recorded: the model does not compute it",
    ),
    "a parameter": (
        {"off": {"trade.elastcity": 0.2}},
        "unknown parameter 'trade.elastcity' (did you mean 'trade.elasticity'?)",
    ),
    "a pattern": ({"off": {"*.no_such_thing": 0}}, "unknown parameter '*.no_such_thing'"),
    "a range": (
        {"off": {"trade.elasticity": 0}},
        "trade.elasticity must lie between 0.2 and 15, found 0",
    ),
    "a scenario": (
        {"scenario": "backcast_209"},
        "unknown scenario 'backcast_209' (did you mean 'backcast_2009'?)",
    ),
    "another seed": ({"against": "baseline"}, "backcast_2009 and baseline do not share"),
    "an event": ({"events": [EARLY | {"target": "x"}]}, "unknown parameter 'x'"),
    "a key": (
        {"predicates": [GOODS | {"mebers": 1}]},
        "predicates 1: unknown key 'mebers' (did you mean 'members'?)",
    ),
    "a key of the behaviour": (
        {"scenrio": "baseline"},
        "unknown key 'scenrio' (did you mean 'scenario'?)",
    ),
    "no switch": ({"off": {}}, "off: "),
    "no members": (
        {"predicates": [{k: v for k, v in GOODS.items() if k != "members"}]},
        "predicates 1: missing key 'members'",
    ),
    "no magnitude": (
        {"predicates": [{k: v for k, v in GOODS.items() if k != "least"}]},
        "least or most must give the magnitude",
    ),
    "a magnitude of nothing": (
        {"predicates": [GOODS | {"least": 0}]},
        "no change at all would do",
    ),
    "bounds the wrong way": (
        {"predicates": [GOODS | {"least": 200, "most": 100}]},
        "least is above most",
    ),
    "two times": (
        {"predicates": [GOODS | {"quarter": "2011Q1", "mean": "2011Q1-2011Q4"}]},
        "one of quarter, sum and mean says when, not two",
    ),
    "a quarter": ({"predicates": [GOODS | {"quarter": "2011"}]}, "predicates 1 quarter: "),
    "a time beyond the run": (
        {"predicates": [GOODS | {"quarter": "2030Q1"}]},
        "2030Q1 is not within the years of backcast_2009, 2010Q1 to 2016Q4",
    ),
    "the events as the mechanism": (
        {"off": {"link.urumqi_dostyk.border_days": 1}},
        "link.urumqi_dostyk.border_days = 1 takes the events away, not a mechanism",
    ),
    "a row": ({"row": 24}, "row: "),
    "one pair": ({"pairs": 1}, "pairs: "),
    "more pairs than a model carries": ({"pairs": 1000}, "pairs: "),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_clear_sentence(mistake: str, tmp_path: Path) -> None:
    changes, sentence = MISTAKES[mistake]
    with pytest.raises(Fault) as caught:
        check(parse(entry(**changes)))
    said = str(caught.value)
    assert sentence in said
    assert "\n" not in said


def test_a_mistake_in_a_file_does_not_hide_the_other_behaviours(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(
        "- {describe: a, it: is right, off: {trade.erosion: 0}, predicates: [{metric: 'gdp[KAZ]',"
        " change: difference, least: 1, members: 1}]}\n- {describe: b, it: is wrong}\n- 3\n",
        encoding="utf-8",
    )
    sound, faults = read(path)
    assert [b.it for b in sound] == ["is right"]
    assert faults == [
        "some.yaml: behaviour 2 (is wrong): missing key 'off'",
        "some.yaml: behaviour 3: expected a mapping with describe, it, off and predicates",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\n", "bad.yaml:2: "),
        ("describe: x\n", "bad.yaml: expected a list of behaviours"),
        ("- {it: a, it: b}\n", "bad.yaml:1: found duplicate key"),
    ],
)
def test_a_file_that_is_no_list_is_one_clear_sentence(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    sound, (fault,) = read(path)
    assert sound == []
    assert fault.startswith(said)


def test_off_is_a_word() -> None:
    """In YAML 1.1 it would be false."""
    assert "off" in Behaviour.model_fields
