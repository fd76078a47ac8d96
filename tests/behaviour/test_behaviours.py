"""Every behaviour of the YAML files here: with its mechanism, without it, and as recorded.

The behaviours are tested in a few parts, each by one worker, which makes each run of its part once.
"""

from __future__ import annotations

import pytest

from .behaviours import (
    FOLDER,
    Behaviour,
    Laboratory,
    Reading,
    parted,
    read_all,
    recorded,
    row_of,
    spelled,
)

BEHAVIOURS, FAULTS = read_all()
ROWS = 23
"""Rows of docs/systems.yaml that have behaviours."""

LABORATORY = Laboratory(BEHAVIOURS)
SWITCHES = {b.switch: b for b in BEHAVIOURS}

SHARE, MEDIAN = 0.075, 0.1
"""How far a recorded share of members may be off, and a recorded median relative to its size."""


GROUPS = {
    b.name: pytest.mark.xdist_group(f"behaviours {i}")
    for i, part in enumerate(parted(BEHAVIOURS), start=1)
    for b in part
}
"""The group of tests that a behaviour belongs to."""


def each() -> list[object]:
    return [pytest.param(b, id=b.name, marks=GROUPS[b.name]) for b in BEHAVIOURS]


def test_the_files_hold_no_mistake() -> None:
    assert not FAULTS, "\n".join(FAULTS)


def test_so_many_rows_have_behaviours() -> None:
    assert len({b.row for b in BEHAVIOURS if b.row is not None}) == ROWS


@pytest.mark.parametrize("behaviour", each())
def test_it_shows(behaviour: Behaviour) -> None:
    short = LABORATORY.shortfalls(behaviour)
    assert not short, "\n".join(short)


@pytest.mark.parametrize("behaviour", each())
def test_it_is_gone_without_its_mechanism(behaviour: Behaviour) -> None:
    left = LABORATORY.survivors(behaviour)
    assert not left, "\n".join(left)


@pytest.mark.parametrize(
    "switch",
    [
        pytest.param(switch, id=spelled(switch), marks=GROUPS[behaviour.name])
        for switch, behaviour in SWITCHES.items()
    ],
)
def test_every_mechanism_matters_elsewhere(switch: tuple[tuple[str, float], ...]) -> None:
    idle = LABORATORY.idle(switch)
    assert not idle, "\n".join(idle)


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, ...], Reading]:
    return recorded(FOLDER / "results.csv")


@pytest.mark.parametrize("behaviour", each())
def test_the_results_are_those_recorded(
    behaviour: Behaviour, table: dict[tuple[str, ...], Reading]
) -> None:
    """``python tools/measure_behaviours.py`` writes results.csv anew."""
    for predicate in behaviour.predicates:
        said = table.get(row_of(behaviour, predicate))
        assert said is not None, f"{predicate.metric}: not in results.csv"
        found = LABORATORY.measure(behaviour, predicate)
        for kind in ("share", "share_off", "carried"):
            assert getattr(said, kind) == pytest.approx(getattr(found, kind), abs=SHARE), kind
        size = max(abs(found.median), abs(found.median_off))
        for kind in ("median", "median_off"):
            expected = pytest.approx(getattr(found, kind), abs=MEDIAN * size, nan_ok=True)
            assert getattr(said, kind) == expected, f"{predicate.metric}: {kind}"


def test_the_recorded_results_are_of_present_behaviours() -> None:
    known = {row_of(b, p) for b in BEHAVIOURS for p in b.predicates}
    assert set(recorded(FOLDER / "results.csv")) <= known
