"""Lever cards and shocks: complete, in range, and steady in what they claim."""

from __future__ import annotations

from collections import Counter

import pytest

from steppe import parameters, scenario
from steppe.seminar import catalogue, effects
from steppe.seminar.catalogue import ACTORS, Lever, ShockKind
from steppe.seminar.settings import ACTS_FROM, Settings, Shock, scenario_of, scenarios

CARDS: list[Lever | ShockKind] = [*catalogue.levers(), *catalogue.shocks()]


def test_every_actor_has_levers() -> None:
    count = Counter(card.actor for card in catalogue.levers())
    assert set(count) == set(ACTORS)
    assert 30 <= sum(count.values()) <= 50
    assert len(catalogue.shocks()) >= 12


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_is_complete(card: Lever | ShockKind) -> None:
    for text in (card.what, card.examples, card.dynamics, *card.questions):
        assert text[0].isupper() or text[0].isdigit()
        assert text.rstrip()[-1] in ".?"
    assert all(question.endswith("?") for question in card.questions)
    assert len({level.name for level in card.levels}) == len(card.levels) >= 2
    assert 0.0 < card.step <= card.high - card.low


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_tells_who_gains_and_loses_as_measured(card: Lever | ShockKind) -> None:
    rows = card.effects
    assert rows, "run tools/measure_levers.py"
    for text, gain in ((card.gains, True), (card.loses, False)):
        told = [e for e in rows if e.sign and e.gain is gain]
        assert text.startswith("nobody") == (not told)
    for row in rows:
        assert row.measure in effects.BY_NAME
    if not any(row.sign for row in rows):
        assert card.id in WITHOUT_EFFECT


WITHOUT_EFFECT: set[str] = set()
"""Cards that move nothing that is told of: kept because a seminar asks for them."""


def test_measures_that_are_told_are_large_and_agreed_on() -> None:
    row = effects.Effect("x", 1.0, "Japan: influence", 0.2, 0.9, 0.1)
    assert (row.sign, row.gain) == (1, True)
    assert effects.Effect("x", 1.0, "Japan: influence", 0.2, 0.7, 0.3).sign == 0
    assert effects.Effect("x", 1.0, "Japan: influence", 0.01, 1.0, 0.0).sign == 0
    debt = effects.Effect("x", 1.0, "Tajikistan: debt", -2.0, 0.0, 1.0)
    assert (debt.sign, debt.gain) == (-1, True)
    assert effects.told([row, debt], gain=True) == (
        "Tajikistan (debt −2 points of GDP); Japan (influence +0.2 points)"
    )
    assert effects.told([], gain=False).startswith("nobody")


@pytest.mark.parametrize("card", catalogue.levers(), ids=lambda card: card.id)
def test_a_scenario_takes_both_ends_of_a_lever(card: Lever) -> None:
    assert card.low <= card.default <= card.high
    for value in (card.low, card.high):
        scenario.loads(_file(Settings().with_lever(card.parameter, value)))


@pytest.mark.parametrize("kind", catalogue.shocks(), ids=lambda kind: kind.id)
def test_a_scenario_takes_both_ends_of_a_shock(kind: ShockKind) -> None:
    for size in (kind.low, kind.high):
        for duration in (kind.shortest, kind.longest, *([None] if kind.may_stay else [])):
            shock = Shock(kind.id, ACTS_FROM, size, duration)
            scenario.loads(_file(Settings().with_shock(shock)))


def _file(chosen: Settings) -> str:
    from steppe.seminar.settings import to_yaml

    return to_yaml(chosen, "Both ends")


def test_levers_rest_where_their_scenario_leaves_them() -> None:
    rest = catalogue.resting(scenario_of(Settings()))
    assert rest["link.chabahar_mashhad.completion"] == pytest.approx((0.2, 0.2))
    finished = catalogue.resting(scenario_of(Settings("chabahar_completion")))
    now, end = finished["link.chabahar_mashhad.completion"]
    assert now == pytest.approx(0.2) and end == pytest.approx(1.0)
    assert rest["japan.concessional_budget"] == (1.0, 1.0)  # a factor
    assert rest["russia.growth_shift"] == (0.0, 0.0)  # an addition


def test_the_levers_of_shipped_scenarios_have_titles() -> None:
    assert len(scenarios()) > 30
    assert all(scenarios().values())


def test_uncertain_parameters_have_plain_words() -> None:
    drawn = list(scenario_of(Settings()).uncertainties)
    registry = parameters.registry()
    words = catalogue.catalogue().words
    assert sum(registry[name].template in words for name in drawn) > 0.9 * len(drawn)
    assert catalogue.plain("japan.concessional_budget") == "the aid of Japan"
    assert catalogue.plain("link.chabahar_port.capacity") == (
        "tonnage a year at which delays grow by 15 % (chabahar port)"
    )
    assert catalogue.plain("event.rail.duration") == "event rail.duration"
    for name in drawn:
        assert "{" not in catalogue.plain(name)
