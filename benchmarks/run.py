"""How long the usual things take here, in seconds and in units of a NumPy kernel of this machine.

    python benchmarks/run.py [--members 200] [--repeat 3]

The kernel, ``exp(p log x)`` over an array of the model's usual size, takes the machine's speed out
of a comparison with figures from another one.  Nothing is asserted: the figures are for a reader.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from timing import best

STEPPE = (sys.executable, "-m", "steppe")
KERNEL_SHAPE, KERNEL_PASSES = (600, 64), 200
EXTENSIONS = {
    "rare_earths.market": 0,
    "gas.competition": 0,
    "pipelines.projects": 0,
    "pipelines.transit_effect": 0,
    "uranium.effect": 0,
    "consortia.possible": 0,
    "organisations.effects": 0,
    "organisations.endogenous": 0,
    "unrest.effects": 0,
    "afghanistan.spillover": 0,
    "soft.channels": 0,
}
"""Switches of the markets, consortia and organisations, and the values that take them away."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many is shown")
    wanted = parser.parse_args()
    kernel = best(wanted.repeat, reference_kernel)
    print(f"reference kernel  {kernel:7.3f} s   (the unit of the last column)\n")

    def show(label: str, seconds: float, note: str = "") -> None:
        print(f"{label:<44}{seconds:8.3f} s {seconds / kernel:8.1f}  {note}".rstrip())

    show("steppe --help", best(wanted.repeat, lambda: command("--help")))
    check = best(wanted.repeat, lambda: command("check", wanted.scenario))
    show(f"steppe check {wanted.scenario}", check)

    from steppe import ensemble, scenario

    loaded = scenario.load(wanted.scenario, members=wanted.members)
    print(f"\n{loaded.name}, {loaded.members} members, {loaded.horizon.quarters} quarters")
    for workers in (1, 2):
        seconds = best(wanted.repeat, lambda n=workers: ensemble.run(loaded, workers=n))
        show(f"  ensemble in this process, {workers} at a time", seconds)
    stages = split(loaded)
    lean, missing = without_extensions(wanted.scenario, wanted.members)
    full = best(wanted.repeat, lambda: ensemble.run(loaded)) / loaded.members
    core = best(wanted.repeat, lambda: ensemble.run(lean)) / loaded.members
    print(
        f"  milliseconds a member: {1e3 * full:.2f} full, {1e3 * core:.2f} with the extensions off"
    )
    print(f"  ratio {full / core:.2f}" + (f" (not in this version: {missing})" if missing else ""))
    print("  one at a time, by stage")
    for name, seconds in stages.items():
        show(f"    {name}", seconds)
    wall, memory = whole(wanted.scenario, wanted.members, wanted.repeat)
    show("  steppe run, start to end with figures", wall, f"peak memory {memory:,.0f} MB")


def without_extensions(name: str, members: int) -> tuple[Any, str]:
    """Return the scenario with all extensions switched off, and the switches there are not.

    What is left is trade, corridors, growth, money, debt and influence.
    """
    from steppe import scenario
    from steppe.parameters import registry

    known = registry()
    off = [f"{switch}={value}" for switch, value in EXTENSIONS.items() if switch in known]
    missing = ", ".join(switch for switch in EXTENSIONS if switch not in known)
    return scenario.load(name, members=members, set_values=off), missing


def reference_kernel() -> None:
    """Raise an array of the model's usual size to a power, over and over."""
    values = np.linspace(0.5, 2.0, KERNEL_SHAPE[0] * KERNEL_SHAPE[1]).reshape(KERNEL_SHAPE)
    exponent = np.linspace(1.0, 2.0, KERNEL_SHAPE[1])
    for _ in range(KERNEL_PASSES):
        np.exp(exponent * np.log(values))


def command(*arguments: str) -> None:
    subprocess.run([*STEPPE, *arguments], check=True, stdout=subprocess.DEVNULL)


def split(loaded: Any) -> dict[str, float]:
    """Return the seconds of one ensemble by stage: build, draws, model, recording."""
    from steppe import ensemble, model, scenario, streams
    from steppe.record import RunFolder

    spent: dict[str, float] = defaultdict(float)
    with (
        timed(spent, "model objects", model.CentralAsia, "__init__"),
        timed(spent, "steps", model.CentralAsia, "step"),
        timed(spent, "samples", scenario, "sample"),
        timed(spent, "shocks", streams, "normals"),
        timed(spent, "ensemble", ensemble, "run"),
        tempfile.TemporaryDirectory() as place,
    ):
        results = ensemble.run(loaded, workers=1)
        start = time.perf_counter()
        folder = RunFolder.create(place, loaded, ["benchmark"], loaded.members, loaded.seed)
        folder.write(results)
        folder.close("done")
        files = time.perf_counter() - start
    draws = spent["samples"] + spent["shocks"]
    return {
        "build": spent["model objects"] - draws,
        "draws": draws,
        "model": spent["steps"],
        "statistics": spent["ensemble"] - spent["model objects"] - spent["steps"],
        "recording": files,
    }


@contextmanager
def timed(spent: dict[str, float], stage: str, owner: Any, name: str) -> Iterator[None]:
    """Add the time of every call of ``owner.name`` to a stage."""
    original = getattr(owner, name)

    def measured(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*arguments, **options)
        finally:
            spent[stage] += time.perf_counter() - start

    setattr(owner, name, measured)
    try:
        yield
    finally:
        setattr(owner, name, original)


def whole(name: str, members: int, repeat: int) -> tuple[float, float]:
    """Return seconds and peak memory (MB) of the command, each in a process of its own."""
    times, peaks = [], []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as place:
            start = time.perf_counter()
            command("run", name, "--members", str(members), "--quiet", "--out", place)
            times.append(time.perf_counter() - start)
            record = next(Path(place).glob("*/record.json"))
            kept = json.loads(record.read_text(encoding="utf-8"))
            peaks.append(kept["resources"]["peak_memory_mb"])
    return min(times), max(peaks)


if __name__ == "__main__":
    main()
