"""``steppe export``: runs in the formats of others."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from steppe import provenance
from steppe.cli.codes import DONE, FAILED, USAGE
from steppe.cli.files import CannotWrite, free, whole
from steppe.cli.progress import say
from steppe.exchange import ExchangeError
from steppe.exchange.source import Source, chosen, opened
from steppe.record import RecordError, run_folder
from steppe.scenario.problems import clip, nearest

FORMATS = {"iamc": ".iamc.csv", "csv": ".csv", "netcdf": ".nc", "ro-crate": ".crate.zip"}
"""What a format's files end with when nobody names one."""

STDOUT = Path("-")
EXCEL = ".xlsx"

_LONGEST, _LONGEST_LINE = 120, 1_000
_SINGLE = ("netcdf", "ro-crate")
_OPTIONS = {"metrics": "--metrics", "out": "--out", "format": "--format", "annual": "--annual"}

Fill = Callable[[TextIO], None]


def run(
    runs: Sequence[str],
    *,
    form: str,
    out: Path | None = None,
    metrics: str | None = None,
    annual: str | None = None,
    members: bool = False,
    author: Sequence[str] = (),
    force: bool = False,
    as_json: bool = False,
) -> int:
    """Write runs in a format, say where, and return the exit code."""
    try:
        _fitting(runs, form, annual, members, author, metrics)
        names = chosen(metrics)
        sources = [opened(name, names) for name in runs]
        target = _target(sources, form, out, force)
        notes = _written(sources, form, target, annual, members, author)
    except ExchangeError as problem:
        option = _OPTIONS.get(problem.argument)
        say(_line(f"{option}: error: {problem}" if option else f"error: {problem}"))
        return USAGE
    except RecordError as problem:
        say(_line(f"error: {problem}"))
        return USAGE
    except CannotWrite as problem:
        say(_line(f"error: {problem}"))
        return FAILED
    for note in notes:
        say(_line(f"note: {note}"))
    if target is not None:
        _tell(target, form, sources, as_json)
    return DONE


def _line(text: str) -> str:
    return clip(text, _LONGEST_LINE)


def _tell(target: Path, form: str, sources: Sequence[Source], as_json: bool) -> None:
    if as_json:
        answer = {
            "file": str(target),
            "format": form,
            "sha256": provenance.sha256(target),
            "runs": [str(source.run.path) for source in sources],
        }
        print(json.dumps(answer))
    else:
        print(target)


def _fitting(
    runs: Sequence[str],
    form: str,
    annual: str | None,
    members: bool,
    author: Sequence[str],
    metrics: str | None,
) -> None:
    """Raise :class:`ExchangeError` for options that do not go together."""
    if form not in FORMATS:
        near = nearest(form, FORMATS)
        hint = f" (did you mean '{near}'?)" if near else ""
        raise ExchangeError(f"'{clip(form)}' is none of {', '.join(FORMATS)}{hint}", "format")
    if form in _SINGLE and len(runs) > 1:
        raise ExchangeError(f"{form} holds one run; export {len(runs)} runs one by one", "format")
    if annual not in (None, "end", "mean"):
        raise ExchangeError("the year of a stock is its 'end' or its 'mean'", "annual")
    for option, given, own in (
        ("--annual", annual is not None, "iamc"),
        ("--members", members, "csv"),
        ("--author", bool(author), "ro-crate"),
    ):
        if given and form != own:
            raise ExchangeError(f"{option} goes with --format {own}")
    if metrics is not None and form == "ro-crate":
        raise ExchangeError("--metrics does not go with --format ro-crate: it holds the whole run")
    seen = [os.path.realpath(run_folder(name) or name) for name in runs if "\0" not in name]
    if len(set(seen)) < len(seen):
        raise ExchangeError("a run is named twice")


def _target(sources: Sequence[Source], form: str, out: Path | None, force: bool) -> Path | None:
    """Return the file to write, None for stdout."""
    if out is None:
        if len(sources) > 1:
            raise ExchangeError("name the file of several runs", "out")
        out = Path(_stem(sources[0].folder) + FORMATS[form])
    if out == STDOUT:
        if form in _SINGLE:
            raise ExchangeError(f"{form} is no text: name a file", "out")
        return None
    if form != "iamc" and out.suffix.lower() == EXCEL:
        raise ExchangeError("only --format iamc is written as an Excel file", "out")
    free(out, force)
    place = out.parent.resolve()
    for source in sources:
        if source.run.path.resolve() in (place, *place.parents):
            raise ExchangeError(f"{clip(str(out), 200)} is inside a run: choose another", "out")
    return out


def _stem(folder: str) -> str:
    """Return a folder's name as the beginning of a file's, in plain letters."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", folder).lstrip(".-")[:_LONGEST] or "run"


def _written(
    sources: Sequence[Source],
    form: str,
    target: Path | None,
    annual: str | None,
    members: bool,
    author: Sequence[str],
) -> list[str]:
    """Write the file and return notes on what it leaves out."""
    if target is not None and form == "netcdf":
        from steppe.exchange import netcdf

        whole(target, lambda path: netcdf.write(sources[0], path))
        return []
    if target is not None and form == "ro-crate":
        from steppe.exchange import crate

        whole(target, lambda path: crate.write(sources[0], path, author))
        return []
    if form == "iamc":
        return _iamc(sources, target, annual)
    from steppe.exchange import tidy

    write = tidy.write_members if members else tidy.write_series
    _put(target, lambda file: write(sources, file))
    return []


def _iamc(sources: Sequence[Source], target: Path | None, annual: str | None) -> list[str]:
    from steppe.exchange import iamc

    found = iamc.sheets(sources, "mean" if annual == "mean" else "end")
    if target is not None and target.suffix.lower() == EXCEL:
        whole(target, lambda path: iamc.workbook(found, path))
    else:
        _put(target, lambda file: iamc.write(found, file))
    return [f"{sheet.source.run.path}: {note}" for sheet in found for note in sheet.notes]


def _put(target: Path | None, fill: Fill) -> None:
    """Write a text to a file or to stdout, in UTF-8."""
    if target is None:
        fill(sys.stdout)
        return

    def written(path: Path) -> None:
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            fill(file)

    whole(target, written)
