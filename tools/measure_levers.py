"""Measure what the levers, shocks and exercises of the seminar page do.

``python tools/measure_levers.py`` moves each to its lowest and highest named level and to its
telling one, on paired members, and writes model/steppe/seminar/effects.csv; with names only theirs,
and the other rows stay.  With ``--check`` it writes nothing and tells which signs have changed.

A lever is measured over the last five years; a shock of its first duration, from 2027Q1 on, over
its own time and the year after.  What the steps of the three exercises do goes to
docs/seminar.json (with ``exercises`` as a name: only that).
"""

from __future__ import annotations

import asyncio
import csv
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from steppe.clock import Quarter  # noqa: E402
from steppe.seminar import effects  # noqa: E402
from steppe.seminar.catalogue import Lever, ShockKind, levers, shocks  # noqa: E402
from steppe.seminar.effects import BY_NAME, LEAST_MEMBERS, Effect, change, measured  # noqa: E402
from steppe.seminar.engine import Engine  # noqa: E402
from steppe.seminar.exercises import EXERCISES  # noqa: E402
from steppe.seminar.settings import ACTS_FROM, Settings, Shock  # noqa: E402

FILE = ROOT / "model" / "steppe" / "seminar" / effects.FILE
TOLD = ROOT / "docs" / "seminar.json"
COLUMNS = ("card", "value", "measure", "median", "rose", "fell")
MEMBERS = 64
_SHOCK = Quarter.of(2027)
_END = Quarter.of(2040, 4)


def values(card: Lever | ShockKind) -> list[float]:
    """Return the values at which a card is measured: but at rest there is nothing to measure."""
    named = [level.value for level in card.levels]
    rest = card.default if isinstance(card, Lever) else None
    chosen = {min(named), max(named), card.telling} if isinstance(card, Lever) else {card.telling}
    return sorted(v for v in chosen if v != rest)


def settings(
    card: Lever | ShockKind, value: float
) -> tuple[Settings, tuple[Quarter, Quarter], Quarter]:
    """Return the settings that are measured, the window, and when the change begins."""
    if isinstance(card, Lever):
        return Settings().with_lever(card.parameter, value), (_END + -19, _END), ACTS_FROM
    length = card.duration or 20
    shock = Shock(card.id, _SHOCK, value, card.duration)
    return Settings().with_shock(shock), (_SHOCK, _SHOCK + (length + 3)), _SHOCK


async def measure(cards: list[Lever | ShockKind]) -> list[Effect]:
    """Return what the cards do, one after the other on both workers."""
    engine = Engine(cache_bytes=2**28)
    await engine.start()
    try:
        baseline = await engine.baseline(MEMBERS)
        gate = asyncio.Semaphore(2)

        async def one(card: Lever | ShockKind, value: float) -> list[Effect]:
            async with gate:
                chosen, window, begins = settings(card, value)
                answer = await engine.ask(chosen, f"{card.id} {value}", MEMBERS)
                return measured(card.id, value, answer, baseline, window, begins)

        found = await asyncio.gather(*(one(card, v) for card in cards for v in values(card)))
    finally:
        await engine.close()
    return [effect for part in found for effect in part]


async def exercises() -> dict[str, list[dict[str, object]]]:
    """Return what every step of the exercises changes, by exercise."""
    engine = Engine(cache_bytes=2**28)
    await engine.start()
    told: dict[str, list[dict[str, object]]] = {}
    try:
        baseline = await engine.baseline(MEMBERS)
        for exercise in EXERCISES:
            told[exercise.id] = []
            for variant in exercise.variants:
                answer = await engine.ask(variant.settings, "exercises", MEMBERS)
                row: dict[str, object] = {"variant": variant.title}
                for column in exercise.measures:
                    numbers = change(column, answer, baseline, exercise.window, exercise.begins)
                    if numbers is not None:
                        row[column.name] = [float(f"{number:.3g}") for number in numbers]
                told[exercise.id].append(row)
    finally:
        await engine.close()
    return told


def changed(found: list[Effect]) -> list[str]:
    """Return what cards tell and is not so any more: another sign, or far from being told."""
    kept = {(e.card, e.value, e.measure): e for rows in effects.effects().values() for e in rows}
    wrong = []
    for effect in found:
        before = kept.get((effect.card, effect.value, effect.measure))
        if before is None or before.sign == effect.sign:
            continue
        least = BY_NAME[effect.measure].least
        agree = max(effect.rose, effect.fell)
        opposite = before.sign * effect.median < 0.0
        gone = before.sign and (abs(effect.median) < 0.5 * least or agree < LEAST_MEMBERS - 0.1)
        new = effect.sign and (abs(before.median) < 0.5 * least)
        if opposite or gone or new:
            wrong.append(f"{effect.card} at {effect.value:g}: {effect.told()}, was {before.told()}")
    return wrong


def main(arguments: list[str]) -> int:
    start = time.perf_counter()
    names = {name for name in arguments if not name.startswith("--")}
    every: list[Lever | ShockKind] = [*levers(), *shocks()]
    if unknown := names - {card.id for card in every} - {"exercises"}:
        print(f"no cards {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    cards = [card for card in every if not names or card.id in names]
    if "--check" not in arguments and (not names or "exercises" in names):
        text = json.dumps(asyncio.run(exercises()), indent=1, ensure_ascii=False)
        TOLD.write_text(text + "\n", encoding="utf-8")
    if not cards:
        return 0
    found = asyncio.run(measure(cards))
    print(f"{len(cards)} cards in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    if "--check" in arguments:
        wrong = changed(found)
        print(*wrong, sep="\n")
        return 1 if wrong else 0
    others = [e for rows in effects.effects().values() for e in rows]
    measured_now = {card.id for card in cards}
    place = {card.id: i for i, card in enumerate(every)}
    kept = [e for e in others if e.card not in measured_now and e.card in place]
    rows = effects.rows_of(sorted([*kept, *found], key=lambda e: (place[e.card], e.value)))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
