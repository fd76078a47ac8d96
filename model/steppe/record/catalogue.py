"""All runs, sweeps and batches below some folders, and where they were when last looked for.

What there is, is what lies on the disk: folders are walked every time.  A small file beside the
runs (``.index.json``) remembers only where each of them was, by what its record says, so that a
listing can tell what was moved or deleted since.  It is written anew each time, and nothing is
lost with it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from steppe.record.files import put, write_whole
from steppe.record.form import BATCH, RECORD

INDEX = ".index.json"

Kind = Literal["run", "sweep", "batch"]

_FIXED = ("started", "seed", "members", "rerun_of")
"""What a record says from its first moment to its last, whatever it is of."""

_DEEPEST = 16


@dataclass(frozen=True)
class Entry:
    """A folder with a record; ``identity`` is the hash of what its record says all its life."""

    path: Path
    kind: Kind
    record: Mapping[str, Any]
    identity: str


@dataclass(frozen=True)
class Catalogue:
    """What was found: ``entries`` by path, and record files that ``cannot`` be read."""

    entries: tuple[Entry, ...]
    cannot: tuple[Path, ...]


def catalogue(places: Iterable[Path]) -> Catalogue:
    """Return what lies in folders and below them; a folder inside a run or sweep is no run.

    A symbolic link counts where it leads to a run, sweep or batch; others are not followed, so that
    no loop of them keeps anybody.
    """
    entries: list[Entry] = []
    cannot: list[Path] = []
    seen: set[tuple[int, int]] = set()
    for place in places:
        for file in _records(place, seen, 0):
            try:
                entries.append(_entry(file))
            except (OSError, ValueError, RecursionError):
                cannot.append(file)
    return Catalogue(tuple(entries), tuple(cannot))


def _records(folder: Path, seen: set[tuple[int, int]], depth: int) -> Iterator[Path]:
    """Yield the record of every run, sweep and batch in a folder, in the order of paths."""
    try:
        place = folder.stat()
        names = sorted(os.listdir(folder))
    except (OSError, ValueError):
        return
    if (place.st_dev, place.st_ino) in seen:
        return
    seen.add((place.st_dev, place.st_ino))
    own = next((n for n in (BATCH, RECORD) if (folder / n).is_file()), None)
    if own is not None:
        yield folder / own
    if own == RECORD or depth >= _DEEPEST:
        return
    for name in names:
        below = folder / name
        if name.startswith(".") or not below.is_dir():
            continue
        if not below.is_symlink() or any((below / n).is_file() for n in (BATCH, RECORD)):
            yield from _records(below, seen, depth + 1)


def _entry(file: Path) -> Entry:
    record = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(record, dict):
        raise ValueError("a record is an object")
    kind: Kind = "batch" if file.name == BATCH else "run"
    if kind == "run" and record.get("kind") == "sweep":
        kind = "sweep"
    fixed = [kind, *(record.get(key) for key in _FIXED)]
    if kind == "run":
        fixed += [record.get("scenario"), record.get("command")]
    text = json.dumps(fixed, sort_keys=True, ensure_ascii=True)
    return Entry(file.parent, kind, record, hashlib.sha256(text.encode()).hexdigest())


@dataclass(frozen=True)
class Memory:
    """Where runs were, by identity: paths relative to a folder of runs, and their scenarios."""

    folder: Path
    known: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, folder: Path) -> Memory:
        """Read what is remembered; nothing where the file is missing or damaged."""
        try:
            found = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            known = {
                str(identity): {"folder": str(one["folder"]), "scenario": str(one["scenario"])}
                for identity, one in found["runs"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            known = {}
        return cls(folder, known)

    def changes(self, entries: Sequence[Entry]) -> list[str]:
        """Return a sentence for every run that is not where it was."""
        here: dict[str, list[Path]] = {}
        for entry in entries:
            here.setdefault(entry.identity, []).append(entry.path)
        told = []
        for identity, one in self.known.items():
            before = self.folder / one["folder"]
            now = here.get(identity, [])
            if before in now:
                continue
            if now:
                told.append(f"{before} is there no more: the same run is in {now[0]}")
            elif _is_there(before):
                told.append(f"{before} holds another run than before ({one['scenario']})")
            else:
                told.append(f"{before} ({one['scenario']}) is gone: deleted, or moved elsewhere")
        return told

    def keep(self, entries: Sequence[Entry]) -> None:
        """Remember where runs are now, where the disk allows it; nothing is put into a run."""
        if _is_there(self.folder):
            return
        runs = {}
        for entry in entries:
            with suppress(ValueError):
                name = entry.path.relative_to(self.folder).as_posix()
                runs[entry.identity] = {"folder": name, "scenario": scenario_of(entry.record)}
        if runs == self.known:
            return
        text = json.dumps({"runs": runs}, indent=1, ensure_ascii=True) + "\n"
        with suppress(OSError):
            write_whole(self.folder / INDEX, lambda file: put(file, text))


def _is_there(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (RECORD, BATCH))


def scenario_of(record: Mapping[str, Any]) -> str:
    """Return the scenario of a record, as far as it tells one."""
    about = record.get("scenario")
    if isinstance(about, dict):
        return str(about.get("name", ""))
    ran = record.get("runs")
    names = (
        [str(r.get("scenario")) for r in ran if isinstance(r, dict)]
        if isinstance(ran, list)
        else []
    )
    return ", ".join(names)


def copies(entries: Sequence[Entry]) -> dict[Path, Path]:
    """Return by folder the first folder with the same record, for all but the first."""
    first: dict[str, Path] = {}
    return {
        entry.path: first[entry.identity]
        for entry in entries
        if first.setdefault(entry.identity, entry.path) != entry.path
    }
