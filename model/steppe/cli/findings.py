"""What the commands about findings share: the sweep that is named, and where findings are kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from steppe import __version__
from steppe.analysis.compare import series_of
from steppe.analysis.findings import FindingError
from steppe.analysis.findings.reading import Points, Source, opened
from steppe.cli import table
from steppe.cli.codes import FAILED, USAGE
from steppe.cli.progress import say
from steppe.record import reason, run_folder, write_whole
from steppe.record.files import put
from steppe.scenario.problems import clip
from steppe.sweeps import SweepError
from steppe.sweeps.store import FINDINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = table.WIDTH
_PLAIN = re.compile(r"[A-Za-z0-9_\[\],]+")
_LONGEST = 80
_LONGEST_LINE = 5_000

OPTIONS = {"metric": "--metric", "where": "--where", "lever": "--lever", "step": "--step"}
"""Options by what a :class:`FindingError` is about."""


class CannotWrite(Exception):
    """The findings cannot be written; the message is one sentence for the user."""


@dataclass(frozen=True)
class Kept:
    """The folder of one finding; nothing is written outside it."""

    path: Path

    def write(self, name: str, content: str) -> None:
        """Write a text file, whole or not at all."""
        self._write(name, lambda file: put(file, content))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        self.write(name, text.getvalue())

    def data(self, content: Mapping[str, Any]) -> None:
        self.write(
            "finding.json",
            json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        )

    def figure(self, name: str, figure: Figure) -> Path:
        from steppe.figures import style

        try:
            return style.save(figure, self.path / name)
        except OSError as error:
            raise self._refused(name, error) from error

    def _write(self, name: str, fill: Callable[[IO[bytes]], None]) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_whole(self.path / name, fill)
        except OSError as error:
            raise self._refused(name, error) from error

    def _refused(self, name: str, error: OSError) -> CannotWrite:
        return CannotWrite(
            f"cannot write {self.path / name}: {reason(error)}; --out DIR is another"
        )


def explained(work: Callable[[], int]) -> int:
    """Do the work of a command; what cannot be found out is told in one sentence."""
    try:
        return work()
    except FindingError as problem:
        option = OPTIONS.get(problem.argument)
        told = f"{option}: error: {problem.sentence}" if option else f"error: {problem}"
        say(clip(told, _LONGEST_LINE))
        return USAGE
    except SweepError as problem:
        say(clip(f"error: {problem}", _LONGEST_LINE))
        return USAGE
    except CannotWrite as problem:
        say(clip(f"error: {problem}", _LONGEST_LINE))
        return FAILED


def source_of(sweep: str) -> Source:
    """Return the sweep in a folder, or with a name in ``./runs``."""
    return opened(run_folder(sweep) or Path(sweep))


def kept(source: Source, out: Path | None, kind: str, *texts: str) -> Kept:
    """Return the folder of a finding: in the sweep's ``findings``, or in ``out``.

    Its name is made of plain letters, whatever the texts hold.
    """
    base = source.folder.path / FINDINGS if out is None else out
    if base.exists() and not base.is_dir():
        raise FindingError(f"{base}: findings are kept in a folder, this is a file")
    return Kept(base / "-".join([kind, *map(plain, texts)]))


def plain(text: str) -> str:
    """Return a text as a part of a file's name; a hash stands for what had to go."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    if _PLAIN.fullmatch(text) and len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{name[:_LONGEST].strip('_')}_{digest}".lstrip("_")


def about(source: Source, points: Points) -> dict[str, Any]:
    """Return what a finding tells of its sweep."""
    return {
        "sweep": str(source.folder.path),
        "scenario": source.plan.scenario.name,
        "scenario_sha256": source.plan.scenario.digest(),
        "design": source.design.method,
        "points": len(points),
        "points_planned": points.planned,
        "members": source.plan.members,
        "seed": source.plan.seed,
        "varied": list(source.names),
        "steppe": __version__,
        "command": ["steppe", *sys.argv[1:]],
    }


def unit(label: str) -> str:
    """Return an outcome's unit as a reader knows it."""
    series = series_of(label)
    return table.worded(series.metric, series.outcome_unit)


def title(source: Source, points: Points) -> str:
    """Return one line on the sweep that something was found in."""
    return (
        f"{source.folder.path}: {source.plan.scenario.name}, {len(points):,} points "
        f"({source.design.method}) x {source.plan.members} members"
    )


def notes(sentences: Sequence[str]) -> list[str]:
    """Return notes as lines for a reader."""
    return [
        line
        for note in sentences
        for line in textwrap.wrap(
            note if note.startswith("warning: ") else f"note: {note}",
            WIDTH,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]
