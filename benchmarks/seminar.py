"""Measure the engine of the seminar page: a lever move, eight people at once, memory.

``python benchmarks/seminar.py [--seconds 20]`` prints wall times from an ask to its answer, and the
CPU time of a pass in its worker, which depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import time
from statistics import median, quantiles

from steppe.seminar.engine import FIRST, WHOLE, Engine, Superseded
from steppe.seminar.settings import Settings

_MOVES = 15


def moved(chance: random.Random) -> Settings:
    """Return settings that nobody has asked for yet."""
    aid, purse = chance.uniform(0.0, 4.0), chance.uniform(0.0, 2.0)
    base = Settings().with_lever("japan.concessional_budget", aid)
    return base.with_lever("china.budget", purse)


async def alone(engine: Engine) -> None:
    """Move a lever again and again, waiting for both answers."""
    chance = random.Random(1)
    times: dict[int, list[float]] = {FIRST: [], WHOLE: []}
    for _ in range(_MOVES):
        settings, start = moved(chance), time.perf_counter()
        async for answer in engine.answers(settings, "alone"):
            times[answer.members].append(time.perf_counter() - start)
    for members, taken in times.items():
        if taken:
            told = f"median {median(taken):.2f} s, slowest {max(taken):.2f} s of {len(taken)}"
            print(f"a lever move, {members} members: {told}")
    for slot, spent in engine.cpu_seconds.items():
        members = FIRST if slot == 0 else WHOLE - FIRST
        print(f"CPU of a pass of {members}: median {median(spent):.2f} s, least {min(spent):.2f} s")


async def together(engine: Engine, seconds: float) -> None:
    """Let eight people move levers, each a moment after the answer."""
    until, ended = time.monotonic() + seconds, 0
    times: list[float] = []

    async def person(number: int) -> None:
        nonlocal ended
        chance = random.Random(number)
        while time.monotonic() < until:
            start = time.perf_counter()
            try:
                await engine.ask(moved(chance), f"person {number}")
                times.append(time.perf_counter() - start)
            except Superseded:
                ended += 1
            await asyncio.sleep(chance.uniform(0.5, 1.5))

    await asyncio.gather(*(person(number) for number in range(8)))
    tail = quantiles(times, n=20)[-1]
    told = f"median {median(times):.2f} s, 95 % within {tail:.2f} s, {ended} without an answer"
    print(f"eight people: {len(times)} answers of {FIRST} members in {seconds:.0f} s: {told}")


async def measure(seconds: float) -> None:
    engine = Engine()
    start = time.perf_counter()
    await engine.start()
    await engine.baseline(FIRST)
    print(f"the first baseline of {FIRST} members: {time.perf_counter() - start:.1f} s")
    await engine.baseline(WHOLE)
    try:
        await alone(engine)
        await together(engine, seconds)
    finally:
        kept = engine.kept_bytes
        await engine.close()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    told = f"page's process {own:.0f} MB ({kept / 2**20:.0f} MB of it answers)"
    print(f"memory: {told}, a worker {worker:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long eight people play")
    asyncio.run(measure(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
