"""The parameter registry: every number that a scenario may set, vary or let an event change.

``parameters.yaml`` holds one entry a parameter with its unit, default, admissible range, prior,
one sentence and source.  An entry whose name holds ``{axis}`` stands for one parameter per code
of that axis: ``"{power}.conversion"`` is ``japan.conversion``, ``china.conversion``, ...  A default
may point into a table of ``data/`` (``{table: links, column: days}``), with a value per base year
where the table has a ``base`` column; ``key`` names the column that holds the code, two joined by a
hyphen for a pair (``power-host``).  ``aliases`` lists the names that an entry had before, with its
axis or, as ``{code: [names]}``, of single codes: files and records that use them stay readable.

At run time every parameter is a row of one array ``(parameter, member)``; a templated entry is a
contiguous block of rows, so that a law sees it as ``(axis, member)`` without a copy.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from steppe import axes

Array = NDArray[np.float64]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_KEYS = {
    *("unit", "default", "range", "prior", "meaning", "source", "evidence"),
    *("aliases", "starting"),
}
"""What an entry of the registry may say."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One registered parameter.

    ``unit`` is the unit of every value below; ``low`` and ``high`` bound what a scenario may give;
    ``prior`` is the distribution that ``baseline`` samples, as written in the registry, or None;
    ``template`` names the entry that this one was expanded from (itself when it stands alone).
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    source: str
    evidence: str
    template: str
    code: str | None
    prior: Mapping[str, Any] | None
    defaults: Mapping[int, float] = field(repr=False)
    aliases: tuple[str, ...] = ()
    starting: bool = False
    """It is read before a run begins only: an event on it moves nothing."""

    def default(self, base: int) -> float:
        """Return the default for a run that starts from the base state of year ``base``."""
        return self.defaults[base]

    @property
    def stream(self) -> str:
        """Return the name of its random stream: its first name, so that renaming moves no draw."""
        return self.aliases[0] if self.aliases else self.name


class Registry:
    """All parameters in file order; ``index`` gives the row of a name in the run-time array.

    ``aliases`` gives the present name of a former one; nothing else here knows former names.
    """

    def __init__(self, parameters: tuple[Parameter, ...]) -> None:
        self.parameters = parameters
        self.index = {p.name: i for i, p in enumerate(parameters)}
        self.rows: dict[str, slice] = {}
        for i, p in enumerate(parameters):
            first = self.rows.get(p.template, slice(i, i)).start
            self.rows[p.template] = slice(first, i + 1)
        self.aliases: dict[str, str] = {}
        for p in parameters:
            for former in p.aliases:
                if former in self.index or former in self.aliases:
                    raise ValueError(f"parameters.yaml: {p.template}: alias {former} is taken")
                self.aliases[former] = p.name

    def current(self, name: str) -> str:
        """Return the present name of a parameter that a file may call by a former one."""
        return self.aliases.get(name, name)

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[self.index[name]]

    def __contains__(self, name: object) -> bool:
        return name in self.index

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def near(self, name: str, n: int = 3) -> list[str]:
        """Return the registered names most like ``name``, best first."""
        return get_close_matches(name, self.index, n=n, cutoff=0.6)

    def defaults(self, base: int) -> Array:
        """Return the defaults ``(parameter,)`` for the base state of year ``base``."""
        return np.array([p.default(base) for p in self.parameters])


class Values:
    """Run-time values of all parameters, ``table`` of shape ``(parameter, member)``, in place."""

    def __init__(self, registry: Registry, table: Array) -> None:
        self.registry = registry
        self.table = table
        self._rows: dict[str, Array] = {}
        self._blocks: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """Return the values ``(member,)`` of one parameter (a view)."""
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = self.table[self.registry.index[name]]
        return row

    def over(self, template: str) -> Array:
        """Return the values ``(axis, member)`` of a templated entry (a view)."""
        block = self._blocks.get(template)
        if block is None:
            block = self._blocks[template] = self.table[self.registry.rows[template]]
        return block


def read_table(name: str) -> list[dict[str, str]]:
    """Read ``data/<name>.csv``: one dict a row; lines that start with # are notes."""
    text = (resources.files("steppe") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@lru_cache(maxsize=1)
def registry() -> Registry:
    """Read ``parameters.yaml`` and expand its templates (once a process)."""
    text = (resources.files("steppe") / "parameters.yaml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = yaml.load(text, Loader=_LOADER)
    return Registry(tuple(p for name, entry in entries.items() for p in _expand(name, entry)))


def _expand(template: str, entry: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters of one registry entry, in the order of its axis."""
    axis = template.partition("{")[2].partition("}")[0]
    codes: tuple[str | None, ...] = axes.axis(axis) if axis else (None,)
    if extra := set(entry) - _KEYS:
        raise ValueError(f"parameters.yaml: {template}: unknown keys {sorted(extra)}")
    low, high = entry["range"]
    former = entry.get("aliases", ())
    if isinstance(former, dict) and (extra := set(former) - set(codes)):
        raise ValueError(f"parameters.yaml: {template}: aliases of unknown codes {sorted(extra)}")
    for code in codes:
        spelled = axes.NAMES.get(code, code) if code else ""
        own = former.get(code, ()) if isinstance(former, dict) else former
        name = template.replace(f"{{{axis}}}", spelled) if axis else template
        prior = entry.get("prior")
        if prior is not None and code in prior:
            prior = prior[code]
        elif prior is not None and axis and any(c in prior for c in codes):
            prior = None
        yield Parameter(
            name=name,
            unit=entry["unit"],
            low=float(low),
            high=float(high),
            meaning=entry["meaning"],
            source=entry["source"],
            evidence=entry["evidence"],
            template=template,
            code=code,
            prior=prior,
            defaults=_defaults(entry["default"], code),
            aliases=tuple(a.replace(f"{{{axis}}}", spelled) if axis else a for a in own),
            starting=entry.get("starting", False),
        )


def _defaults(default: Any, code: str | None) -> dict[int, float]:
    """Return the default of one code for every base year."""
    if isinstance(default, dict) and "table" in default:
        column = default["column"]
        keys = default.get("key", default["table"].rstrip("s")).split("-")
        rows = [r for r in _table(default["table"]) if "-".join(r[k] for k in keys) == code]
        if rows and "base" in rows[0]:
            return {int(r["base"]): float(r[column]) for r in rows}
        return dict.fromkeys(axes.BASES, float(rows[0][column]))
    if isinstance(default, dict) and code in default:
        default = default[code]
    if isinstance(default, dict):
        return {base: float(default[base]) for base in axes.BASES}
    return dict.fromkeys(axes.BASES, float(default))


@cache
def _table(name: str) -> list[dict[str, str]]:
    return read_table(name)
