"""The chronicle: what is kept of a log, its order, its sentences and its table."""

from __future__ import annotations

import io
import pickle
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe import axes, ensemble, scenario, tables
from steppe.chronicle import KINDS, ROW, Chronicle, Log, blank
from steppe.clock import Quarter
from steppe.sentences import sentences

START = Quarter.of(2024)


def written(t: int, kind: str, amount: float = 0.0, **who: str) -> str:
    """Return the sentence of one happening, its actors given by their codes."""
    axis = {"partner": "power"}
    index = {name: axes.axis(axis.get(name, name)).index(code) for name, code in who.items()}
    log = Log()
    log.add(t, kind, [0], amount, **index)
    (sentence,) = sentences(log.rows(START, range(1))).to_pylist()
    return sentence


@pytest.mark.parametrize(
    ("happening", "sentence"),
    [
        (
            {"kind": "committed", "amount": 640, "power": "JPN", "host": "UZB", "sector": "power"},
            "Japan commits 640 mn USD to power in Uzbekistan",
        ),
        (
            {"kind": "committed", "amount": 1.25e6, "power": "JPN", "host": "UZB"}
            | {"sector": "agriculture_water", "mode": "multilateral"},
            "Japan commits 1,250,000 mn USD to farming and water in Uzbekistan through the "
            "development banks",
        ),
        (
            {"kind": "consortium", "amount": 1300, "power": "JPN", "host": "TKM"}
            | {"sector": "chemicals", "mode": "consortium", "partner": "TUR"},
            "Japan and Turkey form a consortium of 1,300 mn USD for chemicals in Turkmenistan",
        ),
        (
            {"kind": "committed", "amount": 1300, "power": "JPN", "host": "TKM"}
            | {"sector": "chemicals", "mode": "consortium"},
            "Japan commits 1,300 mn USD to chemicals in Turkmenistan in a consortium",
        ),
        (
            {"kind": "committed", "amount": 20, "power": "IND", "link": "chabahar_mashhad"},
            "India commits 20 mn USD to Chabahar-Zahedan-Mashhad",
        ),
        (
            {"kind": "committed", "amount": 20, "power": "CHN", "host": "KGZ"}
            | {"sector": "transport", "link": "kashgar_osh_andijan_rail"},
            "China commits 20 mn USD to Kashgar-Osh-Andijan railway in Kyrgyzstan",
        ),
        (
            {"kind": "refused", "amount": 640, "power": "CHN", "host": "UZB"}
            | {"sector": "transport"},
            "Uzbekistan refuses 640 mn USD of China for transport",
        ),
        (
            {"kind": "announced", "amount": 18000, "power": "JPN", "host": "TKM"},
            "Japan announces 18,000 mn USD for Turkmenistan",
        ),
        (
            {"kind": "completed", "amount": 640, "power": "JPN", "host": "UZB", "sector": "power"},
            "Japan's works of 640 mn USD in power in Uzbekistan are completed",
        ),
        (
            {"kind": "completed", "amount": 85, "power": "IND", "link": "chabahar_port"},
            "India's works of 85 mn USD on Chabahar port are completed",
        ),
        (
            {"kind": "cancelled", "amount": 320, "power": "CHN", "host": "KGZ"}
            | {"sector": "transport"},
            "China's works in transport in Kyrgyzstan are cancelled, 320 mn USD unpaid",
        ),
        (
            {"kind": "arrears", "amount": 12, "power": "CHN", "host": "KGZ"},
            "Kyrgyzstan falls 12 mn USD behind on its debt to China",
        ),
        (
            {"kind": "joined", "host": "UZB", "organisation": "EAEU"},
            "Uzbekistan joins the EAEU",
        ),
        (
            {"kind": "left", "power": "TUR", "organisation": "OTS"},
            "Turkey leaves the OTS",
        ),
        (
            {"kind": "opened", "link": "kashgar_osh_andijan_rail"},
            "Kashgar-Osh-Andijan railway opens",
        ),
    ],
)
def test_every_kind_has_its_sentence(happening, sentence):
    assert written(2, **happening) == f"2024Q3: {sentence}"


def test_all_that_states_do_has_a_sentence_for_whoever_does_it():
    log = Log()
    states = dict(power=1, host=3, sector=2, window=1, mode=1)
    for kind in KINDS[1:]:
        log.add(0, kind, [0], 5.0, **states)
        log.add(0, kind, [0], 5.0)
        log.add(0, kind, [0], 5.0, link=4, organisation=2)
    told = sentences(log.rows(START, range(1))).to_pylist()
    assert len(told) == 3 * len(KINDS[1:])
    for sentence in told:
        assert sentence.startswith("2024Q1: ")
        assert "  " not in sentence
        assert "None" not in sentence


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0.0, "0"),
        (-0.01, "0"),
        (0.26, "0.3"),
        (9.94, "9.9"),
        (9.96, "10"),
        (10.4, "10"),
        (1234.5, "1,234"),
        (1e6, "1,000,000"),
        (np.inf, "inf"),
    ],
)
def test_amounts_are_told_with_as_many_digits_as_matter(amount, told):
    sentence = written(0, "arrears", amount, power="RUS", host="TJK")
    assert sentence == f"2024Q1: Tajikistan falls {told} mn USD behind on its debt to Russia"


def test_a_log_keeps_values_although_the_arrays_it_was_given_change():
    members, amount = np.array([1, 2]), np.array([10.0, 20.0])
    log = Log()
    log.add(3, "committed", members, amount, power=np.array([0, 1]), host=4)
    members[:], amount[:] = 0, 0.0
    kept = log.rows(START, range(10, 15))
    assert kept["member"].tolist() == [11, 12]
    assert kept["amount"].tolist() == [10.0, 20.0]
    assert kept["power"].tolist() == [0, 1]
    assert kept["host"].tolist() == [4, 4]
    assert kept["quarter"].tolist() == [START.ordinal + 3] * 2
    assert kept["sector"].tolist() == kept["text"].tolist() == [-1, -1]
    assert kept.rows.tolist() == log.rows(START, range(10, 15)).rows.tolist(), (
        "reading changes nothing"
    )


def test_worlds_that_only_pad_a_chunk_leave_nothing():
    log = Log()
    log.add(0, "opened", [0, 1], 0.0, link=1)
    log.add(1, "opened", [1], 0.0, link=2)
    alone = log.rows(START, [7])
    assert alone["member"].tolist() == [7]
    assert alone["link"].tolist() == [1]


def test_nobody_and_nothing_leave_nothing():
    log = Log()
    log.add(0, "committed", [], [], power=np.array([], int))
    assert len(log.rows(START, range(3))) == 0
    assert len(Log().rows(START, range(3))) == 0
    assert len(Chronicle.concat([])) == 0
    assert sentences(Chronicle()).to_pylist() == []


def test_what_does_not_fit_is_refused_where_it_is_added():
    with pytest.raises(ValueError, match="no happening is of the kind 'commited'"):
        Log().add(0, "commited", [0], 1.0)
    with pytest.raises(ValueError, match="broadcast"):
        Log().add(0, "committed", [0, 1], [1.0, 2.0, 3.0])


def of_events(texts: list[str], member: int) -> Chronicle:
    rows = blank(len(texts), "event")
    different = tuple(dict.fromkeys(texts))
    rows["text"] = [different.index(text) for text in texts]
    rows["quarter"], rows["member"] = START.ordinal, member
    return Chronicle(rows, different)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=4))
def test_ready_sentences_survive_putting_parts_together(parts):
    log = Log()
    log.add(1, "opened", [9], 0.0, link=axes.LINKS.index("chabahar_port"))
    whole = Chronicle.concat(
        [*(of_events(texts, 0) for texts in parts), log.rows(START, range(10))]
    )
    expected = [f"2024Q1: {text}" for texts in parts for text in texts]
    assert sentences(whole).to_pylist() == [*expected, "2024Q2: Chabahar port opens"]
    assert len(whole.texts) == len(set(whole.texts))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30), st.integers(1, 6))
def test_the_order_is_the_same_whatever_the_chunks_were(happenings, chunk):
    """As a model does, every chunk logs quarter by quarter; ``amount`` numbers a member's rows."""
    happenings = sorted(happenings, key=lambda happening: happening[0])

    def logged(first: int, members: int) -> Chronicle:
        log = Log()
        for number, (t, member) in enumerate(happenings):
            if first <= member < first + members:
                log.add(t, "committed", [member - first], number)
        return log.rows(START, range(first, first + members))

    whole = logged(0, 6).ordered()
    pieces = [logged(first, min(chunk, 6 - first)) for first in range(0, 6, chunk)]
    assert Chronicle.concat(pieces).ordered().rows.tolist() == whole.rows.tolist()
    keys = [(r["quarter"], r["member"], r["amount"]) for r in whole.rows]
    assert keys == sorted(keys)


def test_a_chronicle_goes_through_a_pipe_in_few_bytes():
    log = Log()
    log.add(0, "committed", np.arange(1000), np.arange(1000.0), power=1)
    sent = pickle.dumps(log.rows(START, range(1000)))
    back = pickle.loads(sent)
    assert len(sent) < 1000 * ROW.itemsize + 2000
    assert back.rows.dtype == ROW
    assert back["amount"].tolist() == list(range(1000))


def test_a_large_chronicle_is_written_in_parts_that_fit_together(monkeypatch):
    log = Log()
    log.add(0, "event", [0], 1.0)
    log.add(1, "committed", np.arange(5), 10.0, power=np.arange(5), host=2, sector=0)
    log.add(2, "joined", [3], 0.0, host=0, organisation=1)
    results = SimpleNamespace(chronicle=log.rows(START, range(5)))
    whole = next(tables.chronicle(results)).to_pylist()
    monkeypatch.setattr(tables, "_ROW_GROUP", 3)
    file = io.BytesIO()
    tables.write(file, tables.chronicle(results))
    assert pq.ParquetFile(file).num_row_groups == 3
    assert pq.read_table(file).to_pylist() == whole
    assert whole[0]["actors"] is None
    assert [row["actors"] for row in whole[1:6]] == list(axes.POWERS)
    assert whole[6]["amount"] is None, "joining costs nothing that could be told"
    assert whole[6]["organisation"] == "CSTO"


EVENTS = """
title: T
horizon: {start: 2017Q1, end: 2017Q4}
ensemble: {members: 3, seed: 5}
events:
  - {id: fixed, target: trade.elasticity, shape: step, to: 3, start: 2017Q2}
  - {id: drawn, target: link.chabahar_port.capacity, shape: ramp, times: {uniform: [1, 2]},
     start: 2017Q3, duration: 2}
  - {id: late, target: trade.elasticity, shape: pulse, by: 1, start: 2017Q4, duration: 1}
  - {id: never, target: trade.elasticity, shape: step, to: 4, start: 2017Q1,
     when: "corridor_share[chabahar] > 1"}
"""


@pytest.mark.parametrize("chunk", [2, 128])
def test_events_of_a_scenario_are_told_member_by_member(chunk):
    results = ensemble.run(scenario.loads(EVENTS, name="own"), chunk=chunk)
    events = results.chronicle.rows[results.chronicle["kind"] == KINDS.index("event")]
    own = Chronicle(events, results.chronicle.texts)
    told = sentences(own).to_pylist()
    assert told[:3] == ["2017Q2: trade.elasticity goes to 3 for good (fixed)"] * 3
    assert told[6:] == ["2017Q4: trade.elasticity changes by 1 for 1 quarter (late)"] * 3
    for sentence, amount in zip(told[3:6], own["amount"][3:6], strict=True):
        assert sentence == (
            "2017Q3: link.chabahar_port.capacity is multiplied by "
            f"{amount:.4g} over 2 quarters (drawn)"
        )
    assert len(set(own["amount"][3:6])) == 3, "each member drew its own"
    assert own["member"].tolist() == [0, 1, 2] * 3
    assert own["amount"][:3].tolist() == [3.0] * 3
