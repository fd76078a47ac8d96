"""``dump`` says everything: reading it back gives an equal scenario, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe import scenario
from steppe.clock import Quarter
from steppe.parameters import Registry
from steppe.scenario import Correlation, Distribution, Event, Horizon, Lever, Scenario
from steppe.scenario.conditions import Condition

unit_interval = st.floats(0.0, 1.0)
text = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n\t"), min_size=1
).filter(str.strip)
quarters = st.integers(Quarter.parse("2017Q1").ordinal, Quarter.parse("2030Q4").ordinal)


@st.composite
def intervals(draw: st.DrawFn, shape: str = "uniform", **options: object) -> Distribution:
    low, high = sorted(draw(st.lists(unit_interval, min_size=2, max_size=2, unique=True)))
    return Distribution(shape, (low, high), **options)


@st.composite
def dates(draw: st.DrawFn) -> Quarter | Distribution:
    ends = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
    if draw(st.booleans()):
        return Quarter(ends[0])
    return Distribution("uniform", tuple(map(float, ends)), quarters=True)


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    shape = draw(st.sampled_from(["step", "ramp", "pulse", "decay"]))
    change = draw(st.sampled_from(["to", "by", "times"]))
    return Event(
        id=f"event_{number}",
        target="japan.conversion",
        shape=shape,
        start=draw(dates()),
        duration=None if shape == "step" else draw(st.floats(0.1, 400.0)),
        when=draw(
            st.none()
            | st.builds(
                Condition,
                st.just("corridor_share"),
                st.just(("chabahar",)),
                st.sampled_from(["<", "<=", ">", ">="]),
                st.floats(allow_nan=False, allow_infinity=False, width=32),
            )
        ),
        source=draw(st.none() | text),
        note=draw(st.none() | text),
        **{change: draw(unit_interval | intervals())},
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    levels = draw(st.dictionaries(st.text("abc", min_size=1), st.floats(0.0, 1000.0), max_size=2))
    return Scenario(
        name=draw(st.from_regex(r"[a-z0-9_]{1,30}", fullmatch=True)),
        title=draw(text.filter(lambda t: len(t) <= 200)),
        description=draw(st.just("") | text),
        question=draw(st.just("") | text),
        look_at=tuple(draw(st.lists(text, max_size=2))),
        sources=tuple(draw(st.lists(text, max_size=2))),
        horizon=Horizon(Quarter.parse("2017Q1"), Quarter(draw(st.integers(8123, 8163)))),
        members=draw(st.integers(1, 100_000)),
        seed=draw(st.integers(0, 2**63 - 1)),
        set=draw(
            st.dictionaries(
                st.sampled_from(["turkey.conversion", "india.conversion"]), unit_interval
            )
        ),
        events=tuple(draw(events(n)) for n in range(draw(st.integers(0, 3)))),
        uncertainties={
            "russia.conversion": draw(intervals()),
            "china.conversion": Distribution(
                "normal", (draw(unit_interval), draw(st.floats(1e-9, 10.0))), 0.0, 1.0
            ),
        },
        correlations=draw(
            st.just(())
            | st.builds(
                lambda rho: (Correlation(("russia.conversion", "china.conversion"), rho),),
                st.floats(-0.99, 0.99),
            )
        ),
        levers={
            "japan.chabahar_finance": Lever(
                0.0, 1000.0, draw(st.floats(0.0, 1000.0)), "mn USD/yr", levels=levels
            )
        },
        metrics=tuple(draw(st.just(()) | st.just(("gdp", "corridor_share")))),
    )


@given(case=scenarios())
def test_round_trip(case: Scenario, registry: Registry) -> None:
    again = scenario.loads(case.dump(), name="other", registry=registry)
    assert again == case
    assert again.dump() == case.dump()
    assert again.digest() == case.digest()


@pytest.mark.parametrize(
    "words", [": 0", ":", ": - a", "?0", "a\x85b", "a\u2028b", "\u2029a", "a: b", "- a", "{a", "#a"]
)
def test_any_text_is_read_back(
    loads: Callable[..., Scenario], registry: Registry, words: str
) -> None:
    event = Event("one", "japan.conversion", "step", Quarter.of(2018), to=0.3, note=words)
    level = Lever(0.0, 1000.0, 1.0, "mn USD/yr", levels={words: 2.0})
    case = replace(
        loads("set: {turkey.conversion: 0.3}\n"),
        title=words,
        look_at=(words, "a"),
        events=(event, replace(event, id="two", note=None, source=words)),
        levers={"japan.chabahar_finance": level},
    )
    assert scenario.loads(case.dump(), name=case.name, registry=registry) == case


def test_the_dump_does_not_depend_on_the_order_of_keys(loads: Callable[..., Scenario]) -> None:
    first = loads("set: {japan.conversion: 0.1, china.conversion: 0.2}\n")
    second = loads("set: {china.conversion: 0.2, japan.conversion: 0.1}\n")
    assert first.digest() == second.digest()


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"members": 9}, {"set": {"japan.conversion": 0.1 + 1e-17 + 2e-17}}]
)
def test_the_digest_follows_every_value(
    loads: Callable[..., Scenario], change: dict[str, object]
) -> None:
    case = loads("set: {japan.conversion: 0.3}\n")
    assert replace(case, **change).digest() != case.digest()


def test_the_dump_needs_no_other_file(loads: Callable[..., Scenario], registry: Registry) -> None:
    case = loads("uncertainties: {trade.elasticity: prior}\n", set_values=["japan.conversion=0.4"])
    dumped = case.dump()
    assert "extends" not in dumped and "prior" not in dumped
    assert scenario.loads(dumped, registry=registry) == case
