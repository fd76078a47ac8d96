"""What is wrong with a scenario file: one :class:`Problem` a place, raised together as Problems.

A warning is a Problem that stops nobody: it is kept with the scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from typing import Literal

from steppe import axes

SHOWN = 50
"""Problems that are printed; a count stands for the rest."""

_LINE_WIDTH = 100
_LONGEST_NAME = 80
_HINTS = 25
_SHORTEST_PART = 3
_ALIKE, _LAST_PART_ALIKE = 0.6, 0.75
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clip(text: str, width: int = 60) -> str:
    """Return ``text`` on one printable line of at most ``width`` characters, to quote it safely."""
    text = _UNPRINTABLE.sub("?", text[: width + 1])
    return text if len(text) <= width else text[: width - 3] + "..."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, whatever the case of its letters.

    One that begins with ``name`` or contains it comes before one that is merely spelled alike;
    of names with dots, such as ``japan.erosion_factor``, every part must be alike, the last most.
    Last come names of the same parts in another order or with codes: ``unrest.KGZ``.
    """
    wanted = name.lower()
    lowered = {k.lower(): k for k in known}
    if wanted in lowered:
        return lowered[wanted]
    if len(wanted) >= _SHORTEST_PART:
        inside = [k for k in lowered if wanted in k]
        if inside:
            return lowered[min(inside, key=lambda k: (not k.startswith(wanted), len(k)))]
    near = get_close_matches(wanted, list(lowered), n=5, cutoff=_ALIKE)
    alike = (lowered[k] for k in near if _parts_alike(wanted, k))
    parts = _words(name)
    return next(alike, next((k for k in lowered.values() if _words(k) == parts), None))


def _words(name: str) -> list[str]:
    """Return the words of a name in alphabetical order, codes such as ``KGZ`` in full."""
    words = re.split(r"[._-]", name)
    full = ".".join(axes.NAMES.get(w.upper(), w) for w in words)
    return sorted(re.split(r"[._-]", full.lower()))


def _parts_alike(name: str, known: str) -> bool:
    parts = list(zip(reversed(name.split(".")), reversed(known.split(".")), strict=False))
    bounds = [_LAST_PART_ALIKE, *[_ALIKE] * len(parts)] if "." in name else [_ALIKE]
    return all(
        SequenceMatcher(None, a, b).ratio() >= bound
        for (a, b), bound in zip(parts, bounds, strict=False)
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake and its place, or a warning.

    ``file`` is the path as shown to the user, or an option such as ``--set japan.x=9``; ``line``
    and ``column`` count from 1; ``source`` is the line itself, ``width`` the characters to mark.
    """

    file: str
    message: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    width: int = 1
    kind: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return "\n".join([self.sentence, *self._excerpt()])

    @property
    def sentence(self) -> str:
        """Return place and message on one line."""
        place = ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)
        return f"{place}: {self.kind}: {self.message}"

    def _excerpt(self) -> list[str]:
        """Return the source line, cut to the part around the column, and the carets below it."""
        if self.column is None or self.source is None or not self.source.strip():
            return []
        column = self.column - 1
        first = max(0, column - _LINE_WIDTH // 2) if len(self.source) > _LINE_WIDTH else 0
        shown = _UNPRINTABLE.sub(" ", self.source[first : first + _LINE_WIDTH]).rstrip()
        carets = max(1, min(self.width, len(shown) - (column - first)))
        return [f"    {shown}", "    " + " " * (column - first) + "^" * carets]


class Problems(Exception):
    """All problems of a scenario: ``problems`` holds them, ``str`` is what a user sees."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        shown = [str(p) for p in self.problems[:SHOWN]]
        if hidden := len(self.problems) - len(shown):
            shown.append(f"... and {hidden} more problems")
        return "\n".join(shown)


class Report:
    """Collects problems, in any order, so that they can be raised at once, sorted by place.

    ``warnings`` are never raised.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._hints = 0

    def add(self, problem: Problem) -> None:
        if problem not in self.problems[-SHOWN:]:
            self.problems.append(problem)

    def warn(self, problem: Problem) -> None:
        """Keep a problem as a warning, once."""
        warning = replace(problem, kind="warning")
        if warning not in self.warnings:
            self.warnings.append(warning)

    def hint(self, name: str, known: Iterable[str]) -> str:
        """Return `` (did you mean 'x'?)`` or nothing; a few times only, as each costs a search."""
        if len(name) > _LONGEST_NAME or self._hints >= _HINTS:
            return ""
        self._hints += 1
        near = nearest(name, known)
        return f" (did you mean '{near}'?)" if near else ""

    def raise_if_any(self) -> None:
        """Raise :class:`Problems` when there are any, files in order of appearance."""
        if self.problems:
            files = {p.file: n for n, p in reversed(list(enumerate(self.problems)))}
            raise Problems(
                sorted(self.problems, key=lambda p: (files[p.file], p.line or 0, p.column or 0))
            )
