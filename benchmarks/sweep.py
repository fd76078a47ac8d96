"""How fast sweeps are here: runs a second by block and workers, memory, and what bounds them.

    python benchmarks/sweep.py [--quick] [--large 10000]

One run, member, point = the full model over 96 quarters with its draws, its past and its outcomes.
Nothing is asserted: the figures are for a reader, and docs/performance.md keeps some.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from timing import best

BLOCKS = (2, 8, 32, 64, 128, 256, 512)
VARY = ("trade.elasticity=2:4", "japan.conversion=0:0.5", "powers.lapse=0.05:0.2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller sweeps, one repetition")
    parser.add_argument("--large", type=int, default=0, metavar="N", help="points of 10 members")
    parser.add_argument("--part", choices=PARTS, help="only this part")
    wanted = parser.parse_args()
    for name, part in PARTS.items():
        if wanted.part in (None, name):
            part(wanted)


def one_process(wanted: argparse.Namespace) -> None:
    """Print runs a second by block, everything included, and the time of ensembles."""
    from steppe import ensemble, scenario
    from steppe.sweeps import Request, prepared
    from steppe.sweeps.work import compute

    repeat = 1 if wanted.quick else 3
    plan = prepared(Request("baseline", VARY, samples=64, members=10, block=64))
    compute(plan.job(0))  # compiles and fills caches
    print("one process, draws and recording included")
    print(f"{'block':>8} {'seconds':>9} {'runs/s':>8}")
    for block in BLOCKS:
        plan = prepared(Request("baseline", VARY, samples=64, members=10, block=block))
        job = plan.job(0)
        seconds = best(repeat, lambda job=job: compute(job))
        print(f"{block:>8} {seconds:>9.3f} {len(job.points) / seconds:>8.1f}")
    print("\nan ensemble in process, statistics of all series included; the start lived, and kept")
    case = scenario.load("baseline")
    for members in (1, 64, 200):

        def run(members: int = members) -> None:
            ensemble.run(case, members=members)

        lived = best(2, run)  # from the third run on the years before the run are kept
        kept = best(repeat, run)
        print(f"{members:>8} members {lived:>9.3f} s {kept:>9.3f} s")


def mesa_alone(wanted: argparse.Namespace) -> None:
    """Print the same work through mesa.batch_run, one member at a time."""
    import mesa

    from steppe.model import CentralAsia

    count = 3 if wanted.quick else 8
    settings = {
        "case": "baseline",
        "members": 1,
        "trade__elasticity": list(np.linspace(2, 4, count)),
    }
    options = {"max_steps": 96, "data_collection_period": -1, "display_progress": False}
    seconds = best(1, lambda: mesa.batch_run(CentralAsia, settings, rng=[1], **options))
    print(f"\nmesa.batch_run, one member at a time: {count / seconds:.2f} runs/s")


def workers(wanted: argparse.Namespace) -> None:
    """Print whole sweeps by the command, with one and two workers, start-up told apart."""
    samples = 60 if wanted.quick else 300
    rows = 10 * samples
    print(f"\nsteppe sweep, {samples} points x 10 members, the command as a whole")
    rates = {}
    for count in (1, 2):
        answer = command(samples, "--workers", str(count))
        rates[count] = answer["runs_per_second"]
        print(f"  {count} workers: {rates[count]:7.1f} runs/s of {rows:,} (start-up apart)")
    print(f"  two over one: {rates[2] / rates[1]:.2f}")


def large(wanted: argparse.Namespace) -> None:
    """Print a large sweep with two workers: time, memory of every process, size on disk."""
    if not wanted.large:
        return
    print(f"\nsteppe sweep, {wanted.large:,} points x 10 members, two workers")
    answer = command(wanted.large, "--workers", "2", keep=True)
    print(f"  {answer['rows_done']:,} runs in {answer['seconds']:.0f} s, {answer['mb']:.0f} MB")
    print(f"  {answer['runs_per_second']:.1f} runs/s, peak memory {answer['peak']}")


def kernels(wanted: argparse.Namespace) -> None:
    """Print how a block's time divides into interpreter, NumPy and kernels, beside a bound."""
    from kernels import report
    from steppe.sweeps import Request, prepared
    from steppe.sweeps.work import compute

    def block(rows: int) -> Callable[[], Any]:
        plan = prepared(Request("baseline", VARY, samples=64, members=10, block=rows))
        return lambda: compute(plan.job(0))

    block(2)()  # compiles and fills caches
    report(block, best, 128 if wanted.quick else 256)


def command(samples: int, *options: str, keep: bool = False) -> dict[str, Any]:
    """Run the command and return what it prints, with peak memory and size when kept."""
    import json

    vary = [word for text in VARY for word in ("--vary", text)]
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "sweep"
        call = [sys.executable, "-m", "steppe", "sweep", "baseline", *vary, "--members", "10"]
        call += ["--samples", str(samples), "--out", str(out), "--json", "--quiet", *options]
        answer = dict(json.loads(subprocess.run(call, check=True, stdout=subprocess.PIPE).stdout))
        if keep:
            lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
            peaks: dict[str, float] = {}
            for line in lines:
                if line["event"] == "part":
                    peaks[line["worker"]] = max(
                        peaks.get(line["worker"], 0), line["peak_memory_mb"] or 0
                    )
            record = json.loads((out / "record.json").read_text())
            client = record["resources"]["peak_memory_mb"]
            told = [*(f"worker {p:.0f} MB" for p in peaks.values()), f"client {client:.0f} MB"]
            answer["peak"] = ", ".join(told)
            answer["mb"] = sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) / 1e6
    return answer


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "one": one_process,
    "mesa": mesa_alone,
    "workers": workers,
    "kernels": kernels,
    "large": large,
}

if __name__ == "__main__":
    main()
