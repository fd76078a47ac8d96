"""``steppe sweep``, ``status`` and ``merge``: many points of a scenario, and how far they are."""

from __future__ import annotations

import json
import re
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from steppe.cli.codes import DONE, FAILED, INTERRUPTED, SOME_FAILED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import say
from steppe.cli.usage import UsageError, worker_count
from steppe.scenario import Problems

if TYPE_CHECKING:
    from steppe.sweeps import Swept
    from steppe.sweeps.drive import Progress
    from steppe.sweeps.session import Session

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s?)?", re.ASCII)
_SECONDS_BETWEEN_WORDS = 10.0


def sweep(
    case: str | None,
    *,
    vary: Sequence[str] = (),
    points: Path | None = None,
    method: str = "lhs",
    samples: int | None = None,
    members: int | None = None,
    seed: int | None = None,
    set_values: Sequence[str] = (),
    out: Path | None = None,
    resume: bool = False,
    extend: int | None = None,
    retry_failed: bool = False,
    share: str | None = None,
    max_time: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    dry_run: bool = False,
    as_json: bool = False,
    quiet: bool = False,
    debug: bool = False,
) -> int:
    """Begin a sweep or go on with one; return the exit code."""
    from steppe import sweeps

    request = sweeps.Request(case, vary, points, method, samples, members, seed, set_values)
    with Interruption() as stop:
        try:
            part, seconds = _share(share), _seconds(max_time)
            hands = worker_count(workers)
            if workers is not None and scheduler is not None:
                raise UsageError("--workers and --scheduler exclude each other")
            if dry_run:
                from steppe.cli.sweep_forecast import forecast

                return forecast(sweeps.prepared(request), hands, as_json)
            swept = sweeps.sweep(
                request,
                out=out,
                resume=resume,
                extend=extend,
                retry_failed=retry_failed,
                share=part,
                seconds=seconds,
                workers=hands,
                scheduler=scheduler,
                command=["steppe", *sys.argv[1:]],
                stop=stop,
                on_start=_Voice(quiet).begins,
                on_part=_Voice(quiet).goes_on,
            )
        except (Problems, UsageError) as problem:
            say(problem)
            return USAGE
        except sweeps.SweepError as problem:
            say(f"error: {problem}")
            return FAILED if problem.begun else USAGE
        except sweeps.HandsError as problem:
            say(f"error: {problem}; what is done is kept: steppe sweep --resume --out DIR")
            return FAILED
        except MemoryError:
            say("error: out of memory; use fewer workers")
            return FAILED
        except Exception:
            if debug:
                traceback.print_exc()
            raise
    return _report(swept, as_json, quiet)


class _Voice:
    """Says on stderr what is being computed and how far it is, not too often."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._said = time.monotonic()

    def begins(self, session: Session) -> None:
        plan = session.plan
        if not self._quiet:
            say(
                f"sweeping {plan.scenario.name}: {len(plan.design):,} points x {plan.members} "
                f"members = {plan.rows:,} runs, {plan.blocks:,} parts in {session.folder.path}"
            )

    def goes_on(self, progress: Progress) -> None:
        now = time.monotonic()
        tty = sys.stderr is not None and sys.stderr.isatty()
        if self._quiet or now - self._said < (0.5 if tty else _SECONDS_BETWEEN_WORDS):
            return
        self._said = now
        rate = progress.computed / max(progress.seconds, 1e-9)
        left = (progress.rows - progress.rows_done) / max(rate, 1e-9)
        done = f"{progress.rows_done:,} of {progress.rows:,} runs"
        line = f"{done}, {rate:.0f} a second, {span_of(left)} left"
        if progress.failed_points:
            line += f", {progress.failed_points} points failed"
        if tty:
            with suppress(OSError, ValueError):
                print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
        else:
            say(line)


def _report(swept: Swept, as_json: bool, quiet: bool) -> int:
    """Print what came of the sweep and return its exit code."""
    progress = swept.progress
    if not quiet and sys.stderr is not None and sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if as_json:
        rate = progress.computed / progress.seconds if progress.seconds else None
        answer = {
            "sweep": str(swept.path),
            "status": swept.status,
            "complete": swept.complete,
            "points": len(swept.plan.design),
            "members": swept.plan.members,
            "rows": swept.plan.rows,
            "rows_done": progress.rows_done,
            "failed_points": progress.failed_points,
            "seconds": round(progress.seconds, 3),
            "runs_per_second": None if rate is None else round(rate, 2),
        }
        print(json.dumps(answer), flush=True)
    if swept.status == "interrupted":
        say(
            f"interrupted with {progress.rows_done:,} of {progress.rows:,} runs done; go on with "
            f"steppe sweep --resume --out {swept.path}"
        )
        return INTERRUPTED
    if not quiet:
        if progress.computed:
            rate = progress.computed / max(progress.seconds, 1e-9)
            say(f"{progress.computed:,} runs in {span_of(progress.seconds)}, {rate:.0f} a second")
        say(f"outcomes: {swept.path / 'outcomes'} ({len(progress.done)} parts)")
        if not swept.complete:
            say(f"this share is done; {swept.plan.blocks - len(progress.done)} parts are elsewhere")
    if progress.failed_points:
        first = progress.failures[0]
        say(
            f"{progress.failed_points} of {len(swept.plan.design):,} points failed, the first: "
            f"point {first['point']}, {first['message']}; all in {swept.path / 'failures.csv'}"
        )
        return SOME_FAILED
    return DONE


def status(path: Path, as_json: bool) -> int:
    """Print how far the sweep in a folder is."""
    from steppe.record import run_folder
    from steppe.sweeps import SweepError
    from steppe.sweeps.status import state

    try:
        found = state(run_folder(str(path)) or path)
    except SweepError as problem:
        say(f"error: {problem}")
        return USAGE
    if as_json:
        print(json.dumps(found.data()))
        return DONE
    share = found.rows_done / max(found.rows, 1)
    print(f"{found.path}: {found.status}")
    print(f"scenario  {found.scenario}")
    print(f"points    {found.points:,} x {found.members} members")
    print(f"runs      {found.rows_done:,} of {found.rows:,} ({share:.1%})")
    print(f"parts     {found.parts_done:,} of {found.parts:,}")
    if found.failed_points:
        print(f"failed    {found.failed_points:,} points, see failures.csv or log.jsonl")
    if found.rejected:
        print(f"rejected  {found.rejected:,} parts that were damaged or foreign")
    if found.rate is not None:
        print(f"rate      {found.rate:.0f} runs a second, {found.workers} at work")
    if found.seconds_left is not None:
        print(f"left      {span_of(found.seconds_left)}")
    if found.status in ("killed", "interrupted", "failed"):
        print(f"go on     steppe sweep --resume --out {found.path}")
    return DONE


def merge(paths: Sequence[Path], out: Path) -> int:
    """Join the parts of one sweep from several folders."""
    from steppe.sweeps import SweepError
    from steppe.sweeps.status import merge as join

    try:
        progress = join(paths, out)
    except SweepError as problem:
        say(f"error: {problem}")
        return USAGE
    except OSError as error:
        say(f"error: cannot write {out}: {error.strerror or error}")
        return FAILED
    missing = progress.blocks - len(progress.done)
    say(f"{len(progress.done):,} parts, {progress.rows_done:,} runs in {out}")
    if missing:
        say(f"{missing:,} parts are missing: steppe sweep --resume --out {out}")
    return SOME_FAILED if progress.failed_points else DONE


def _share(text: str | None) -> tuple[int, int]:
    """Read ``I/N``."""
    if text is None:
        return 1, 1
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text, re.ASCII)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--share {text[:40]}: write it as I/N, such as 1/2 and 2/2")
    return int(match[1]), int(match[2])


def _seconds(text: str | None) -> float:
    """Read a span of time: ``90s``, ``30m``, ``2h``, ``1h30m``."""
    if text is None:
        return float("inf")
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()) or len(text) > 20:
        raise UsageError(f"--max-time {text[:40]}: write it as 90s, 30m, 2h or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600.0 * hours + 60.0 * minutes + seconds


def span_of(seconds: float) -> str:
    """Return a span of time in words."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
