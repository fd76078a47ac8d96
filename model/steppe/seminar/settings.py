"""What a participant has chosen: a scenario, levers and shocks.

Settings become a scenario for the engine, a link to share and a scenario file that ``steppe run``
accepts.  All three give the same numbers to the bit.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypedDict
from urllib.parse import parse_qsl, quote

import yaml
from ruamel.yaml import YAML

from steppe import scenario
from steppe.clock import Quarter
from steppe.scenario import Event, Problem, Problems, Scenario, shipped
from steppe.scenario.problems import clip
from steppe.scenario.resolved import Change
from steppe.scenario.source import Document, parse
from steppe.seminar import catalogue
from steppe.seminar.catalogue import Lever, ShockKind

ACTS_FROM = Quarter.of(2026)
"""The present quarter, from which levers act: the years before are shared with the baseline."""
FIRST_SHOCK, LAST_SHOCK = ACTS_FROM, Quarter.of(2039, 4)
"""First and last quarter in which a shock may begin and levers may act."""
MEMBERS = 200
"""Members of a saved scenario: those of the second pass."""
MOST_SHOCKS = 12
MOST_EVENTS = 300
"""Events of an opened file: each costs time in every quarter."""
MOST_LINK = 16_000
"""Characters of the longest link."""
MOST_LINKED = 60_000
"""Characters of the longest opened file inside a link: it is read while others wait."""
MOST_BYTES = 1_000_000
"""Size of the largest file that is opened."""

_BASELINE = "baseline"
_MARK = "# steppe seminar: "
"""Begins the line of a saved file that holds its settings."""
_VERSION = "1"
_KEYS = ("v", "s", "from", "x", "y")
_STEPS = 200
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Shock:
    """A dated event of a kind of the catalogue.

    ``size`` is in the kind's unit; ``duration`` in quarters, None for one that stays.
    """

    kind: str
    start: Quarter
    size: float
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A participant's choice; immutable, hashable, comparable.

    ``levers`` holds (parameter, value) of the moved levers only, a value in the unit of the
    lever's card; levers act by a step event from ``acts_from``.  They are ordered by parameter,
    ``shocks`` by start, however they are given.  ``opened`` is the text of a scenario file that
    stands in place of the shipped ``scenario``.
    """

    scenario: str = _BASELINE
    levers: tuple[tuple[str, float], ...] = ()
    shocks: tuple[Shock, ...] = ()
    acts_from: Quarter = ACTS_FROM
    opened: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levers", tuple(sorted(self.levers)))
        object.__setattr__(self, "shocks", tuple(sorted(self.shocks, key=_by_date)))

    def lever(self, parameter: str) -> float | None:
        """Return a lever's value, None where it is not moved."""
        return dict(self.levers).get(parameter)

    def with_lever(self, parameter: str, value: float | None) -> Settings:
        """Return the settings with a lever moved, or back at rest (None)."""
        moved = {k: v for k, v in self.levers if k != parameter}
        if value is not None:
            moved[parameter] = float(value) + 0.0  # no minus before a zero
        return replace(self, levers=tuple(moved.items()))

    def with_shock(self, shock: Shock) -> Settings:
        """Return the settings with one more shock, ordered by start."""
        return replace(self, shocks=(*self.shocks, shock))

    def without_shock(self, index: int) -> Settings:
        """Return the settings without the shock at a position of ``shocks``."""
        kept = [s for i, s in enumerate(self.shocks) if i != index]
        return replace(self, shocks=tuple(kept))

    def with_scenario(self, name: str) -> Settings:
        """Return the settings on another shipped scenario (an opened one goes)."""
        return replace(self, scenario=name, opened=None)

    @property
    def plain(self) -> bool:
        """Tell whether no lever is moved and no shock set."""
        return not self.levers and not self.shocks


# --- scenarios -----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def scenarios() -> dict[str, str]:
    """Return the titles of the shipped scenarios that the page offers, by name, baseline first.

    Those that begin from another base year cannot be paired with the baseline and are left out.
    """
    parts = {name: _shipped_part(name) for name in shipped.names()}
    fits = {name: _first_quarter(name, parts) for name in parts}
    titles = {
        name: str(part.get("title", name))
        for name, part in parts.items()
        if fits[name] == fits[_BASELINE]
    }
    return {_BASELINE: titles.pop(_BASELINE)} | titles


def _first_quarter(name: str, parts: dict[str, dict[str, Any]]) -> str | None:
    """Return the first quarter of a shipped scenario: its own, or that of what it extends."""
    for _ in parts:
        part = parts.get(name, {})
        if start := part.get("horizon", {}).get("start"):
            return str(start)
        name = part.get("extends", "")
    return None


def _shipped_part(name: str) -> dict[str, Any]:
    """Return a shipped file as plain data, unchecked: the fast loader may read what is our own."""
    path = shipped.find(name)
    assert path is not None
    part: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    return part


def scenario_of(settings: Settings) -> Scenario:
    """Return the scenario that the engine runs; ``ValueError`` with one sentence if it has none."""
    _check(settings)
    return _scenario_of(settings)


@lru_cache(maxsize=256)
def _scenario_of(settings: Settings) -> Scenario:
    base = _base(settings)
    events = (*base.events, *_events(settings))
    return replace(base, events=events, members=MEMBERS, seed=_seed())


def _base(settings: Settings) -> Scenario:
    return _shipped(settings.scenario) if settings.opened is None else _opened(settings.opened)


@lru_cache(maxsize=64)
def _shipped(name: str) -> Scenario:
    return scenario.load(name)


@lru_cache(maxsize=64)
def _opened(text: str) -> Scenario:
    try:
        return _read(text, "opened")
    except Problems as error:
        raise ValueError(f"the opened scenario cannot be read: {_first(error)}") from None


def _seed() -> int:
    """Return the seed of all runs, so that member k meets the same shocks in every one."""
    return _shipped(_BASELINE).seed


def hash_of(settings: Settings) -> str:
    """Return a hash (hexadecimal) of everything that decides the run's numbers."""
    _check(settings)
    return _hashes(settings)[0]


def history_hash(settings: Settings) -> str:
    """Return a hash of what decides the years before the present."""
    _check(settings)
    return _hashes(settings)[1]


@lru_cache(maxsize=1024)
def _hashes(settings: Settings) -> tuple[str, str]:
    case = _scenario_of(settings)
    return _hash(case), _hash(history_of(case))


def _hash(case: Scenario) -> str:
    data = case.as_data()
    for words in ("name", "title", "description", "question", "look_at", "sources", "metrics"):
        data.pop(words, None)
    for event in data.get("events", ()):
        event.pop("source", None)
        event.pop("note", None)
    data["levers"] = {name: lever.default for name, lever in sorted(case.levers.items())}
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def history_of(case: Scenario) -> Scenario:
    """Return a run's scenario without the events of the present quarter and later.

    Runs that agree in it share the years before the present.
    """
    before = tuple(e for e in case.events if e.first < ACTS_FROM)
    return replace(
        case,
        events=before,
        name="history",
        title="history",
        description="",
        question="",
        look_at=(),
        sources=(),
        metrics=(),
        levers={},
        set=case.fixed(),
        parent=None,
        file=None,
        origins={},
        warnings=(),
    )


def _events(settings: Settings) -> list[Event]:
    """Return the events of the levers, then those of the shocks."""
    made = []
    for parameter, value in settings.levers:
        card = catalogue.lever(parameter)
        made.append(
            Event(
                id=f"lever_{card.id}",
                target=parameter,
                shape="step",
                start=settings.acts_from,
                **_amount(card.change, value),
                note=f"Lever of a seminar: {card.title}",
            )
        )
    for number, shock in enumerate(settings.shocks, 1):
        kind = catalogue.shock(shock.kind)
        for place, part in enumerate(kind.parts, 1):
            of_many = f"_{place}" if len(kind.parts) > 1 else ""
            made.append(
                Event(
                    id=f"shock_{number}_{kind.id}{of_many}",
                    target=part.target,
                    shape="step" if shock.duration is None else "pulse",
                    start=shock.start,
                    duration=None if shock.duration is None else float(shock.duration),
                    **_amount(part.change, part.amount(shock.size)),
                    note=f"Shock of a seminar: {kind.title}",
                )
            )
    return made


class _Amount(TypedDict, total=False):
    to: float
    by: float
    times: float


def _amount(change: Change, value: float) -> _Amount:
    amount: _Amount = {}
    amount[change] = value
    return amount


# --- checks --------------------------------------------------------------------------------------


def _check(settings: Settings) -> None:
    """Raise ``ValueError`` with one sentence for settings that no page would make."""
    if settings.opened is None and settings.scenario not in scenarios():
        raise ValueError(f"there is no scenario '{clip(settings.scenario)}' to choose")
    if not FIRST_SHOCK <= settings.acts_from <= LAST_SHOCK:
        raise ValueError(f"levers act from a quarter between {FIRST_SHOCK} and {LAST_SHOCK}")
    names = [name for name, _ in settings.levers]
    if len(names) > len(set(names)):
        raise ValueError("a lever is set twice")
    for parameter, value in settings.levers:
        card = _known(catalogue.lever, parameter, "lever")
        _check_value(card.title, value, card.low, card.high, card.unit)
    if len(settings.shocks) > MOST_SHOCKS:
        raise ValueError(f"there are at most {MOST_SHOCKS} shocks, found {len(settings.shocks)}")
    for shock in settings.shocks:
        kind = _known(catalogue.shock, shock.kind, "kind of shock")
        _check_value(kind.title, shock.size, kind.low, kind.high, kind.unit)
        if not FIRST_SHOCK <= shock.start <= LAST_SHOCK:
            told = f"'{kind.title}' must begin between {FIRST_SHOCK} and {LAST_SHOCK}"
            raise ValueError(f"{told}, found {shock.start}")
        _check_duration(kind, shock.duration)


def _known[T: (Lever, ShockKind)](find: Callable[[str], T], name: str, what: str) -> T:
    try:
        return find(name)
    except KeyError:
        raise ValueError(f"there is no {what} '{clip(name)}'") from None


def _check_value(title: str, value: float, low: float, high: float, unit: str) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        told = f"'{title}' must lie between {low:g} and {high:g} {unit}".rstrip()
        raise ValueError(f"{told}, found {value:g}")


def _check_duration(kind: ShockKind, duration: int | None) -> None:
    if duration is None:
        if not kind.may_stay:
            raise ValueError(f"'{kind.title}' does not stay for good: give it a duration")
    elif not kind.shortest <= duration <= kind.longest:
        told = f"'{kind.title}' lasts {kind.shortest} to {kind.longest} quarters"
        raise ValueError(f"{told}, found {duration}")


# --- links ---------------------------------------------------------------------------------------


def to_link(settings: Settings) -> str:
    """Return the settings as the query of a link, without '?'; ``ValueError`` if it is too long.

    A moved lever is ``its id=value``, a shock ``x=kind.start.size.duration``.
    """
    parts = [("v", _VERSION)]
    if settings.opened is None:
        parts.append(("s", settings.scenario))
    else:
        packed = zlib.compress(settings.opened.encode(), 9)
        parts.append(("y", urlsafe_b64encode(packed).decode().rstrip("=")))
    if settings.acts_from != ACTS_FROM:
        parts.append(("from", str(settings.acts_from)))
    parts += [(catalogue.lever(name).id, _number(value)) for name, value in settings.levers]
    for shock in settings.shocks:
        stays = "stays" if shock.duration is None else str(shock.duration)
        parts.append(("x", "~".join([shock.kind, str(shock.start), _number(shock.size), stays])))
    link = "&".join(f"{key}={quote(text, safe='~_-.')}" for key, text in parts)
    if len(link) > MOST_LINK or len((settings.opened or "").encode()) > MOST_LINKED:
        raise ValueError("the opened scenario is too long for a link: save it as a file instead")
    return link


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def from_link(text: str) -> Settings:
    """Return the settings of a link's query; ``ValueError`` with one sentence for a bad one."""
    if len(text) > MOST_LINK:
        raise ValueError("this link is too long")
    try:
        pairs = parse_qsl(
            text.removeprefix("?"),
            keep_blank_values=True,
            strict_parsing=bool(text.removeprefix("?")),
            max_num_fields=200,
            errors="strict",
        )
    except ValueError:
        raise ValueError("this link is damaged") from None
    once = dict(pairs)
    keys = [key for key, _ in pairs if key != "x"]
    if doubled := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"this link says '{clip(doubled)}' twice")
    if once.get("v", _VERSION) != _VERSION:
        raise ValueError("this link was made by another version of steppe")
    if "s" in once and "y" in once:
        raise ValueError("this link names two scenarios")
    levers = []
    for key, value in pairs:
        if key not in _KEYS:
            card = next((c for c in catalogue.levers() if c.id == key), None)
            if card is None:
                raise ValueError(f"this link moves a lever that is not here: '{clip(key)}'")
            levers.append((card.parameter, _read_number(value, card.title)))
    opened = _unpacked(once["y"]) if "y" in once else None
    settings = Settings(
        scenario=once.get("s", _BASELINE),
        levers=tuple(levers),
        shocks=tuple(_read_shock(value) for key, value in pairs if key == "x"),
        acts_from=_read_quarter(once["from"]) if "from" in once else ACTS_FROM,
        opened=opened,
    )
    if opened is not None:
        _opened(opened)
    _check(settings)
    return settings


def _by_date(shock: Shock) -> tuple[int, str, float, int]:
    return shock.start.ordinal, shock.kind, shock.size, shock.duration or 0


_PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[-+]?[0-9]{1,3})?")


def _read_number(text: str, title: str) -> float:
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"'{title}' needs a number, found '{clip(text, 30)}'")
    return float(text) + 0.0


def _read_quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError:
        raise ValueError(
            f"a quarter such as 2027Q1 is expected, found '{clip(text, 30)}'"
        ) from None


def _read_shock(text: str) -> Shock:
    parts = text.split("~")
    if len(parts) != 4:
        raise ValueError(f"this link has a damaged shock: '{clip(text)}'")
    kind, start, size, duration = parts
    title = _known(catalogue.shock, kind, "kind of shock").title
    stays = duration == "stays"
    if not stays and not re.fullmatch("[0-9]{1,3}", duration):
        raise ValueError(f"'{title}' needs a duration in quarters, found '{clip(duration, 30)}'")
    number = _read_number(size, title)
    return Shock(kind, _read_quarter(start), number, None if stays else int(duration))


def _unpacked(text: str) -> str:
    """Return the scenario file inside a link, at most :data:`MOST_LINKED` long."""
    try:
        packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        expand = zlib.decompressobj()
        raw = expand.decompress(packed, MOST_LINKED + 1)
        whole = expand.eof and not expand.unused_data and len(raw) <= MOST_LINKED
        opened = raw.decode() if whole else None
    except (ValueError, zlib.error):
        opened = None
    if opened is None:
        raise ValueError("the scenario in this link is damaged")
    return opened


# --- files ---------------------------------------------------------------------------------------


def to_yaml(settings: Settings, title: str) -> str:
    """Return a scenario file that ``steppe run`` accepts, with the same results to the bit.

    It extends the shipped scenario, or holds the whole of an opened one.
    """
    case = scenario_of(settings)
    title = clip(" ".join(title.split()), 200) or "A variant of a seminar"
    if settings.opened is not None:
        text = replace(case, title=title).dump()
    else:
        extra = len(_events(settings))
        data: dict[str, object] = {"title": title, "extends": settings.scenario}
        data["description"] = f"Saved from a seminar: {describe(settings)}."
        data["ensemble"] = {"members": case.members, "seed": case.seed}
        if extra:
            data["events"] = case.as_data()["events"][-extra:]
        writer = YAML(typ="safe", pure=True)
        writer.default_flow_style = None
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        writer.allow_unicode = True
        writer.width = 100
        stream = io.StringIO()
        writer.dump(data, stream)
        text = stream.getvalue()
    try:
        link = to_link(settings)
    except ValueError:
        return text
    return f"{_MARK}{link}\n{text}"


def from_yaml(text: str | bytes, name: str) -> Settings:
    """Return the settings of an uploaded scenario file.

    Raises :class:`steppe.scenario.Problems` (``str`` has file, line, column and the marked line).
    A file saved here gives its levers and shocks back; any other one becomes ``opened``.  It may
    extend a shipped scenario, never another file.  Its members and seed give way to the seminar's.
    A large file takes seconds: call it off the event loop.
    """
    shown = clip(re.sub(r".*[/\\]", "", name), 100) or "scenario.yaml"
    if len(text) > MOST_BYTES:
        raise _refused(shown, "larger than 1 MB: this is no scenario file")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise _refused(shown, "not UTF-8 text: save the file as UTF-8") from None
    case = _read(text, shown)
    first = text.lstrip("\ufeff").partition("\n")[0].strip()
    if first.startswith(_MARK):
        try:
            settings = from_link(first.removeprefix(_MARK))
            if _hash(scenario_of(settings)) == _hash(_paired(case)):
                return settings
        except ValueError:
            pass  # the file was changed by hand: it counts as it is written
    settings = Settings(opened=text)
    hash_of(settings)  # so that the event loop finds it read
    return settings


def _paired(case: Scenario) -> Scenario:
    return replace(case, members=MEMBERS, seed=_seed())


def _read(text: str, shown: str) -> Scenario:
    """Return an opened scenario; ``Problems`` when it has any, or cannot be shown here."""
    stem = re.sub(r"\.ya?ml$", "", shown)
    document = parse(text, f"{stem}.yaml", None)  # as below, so that it is remembered
    parent = document.data.get("extends")
    if isinstance(parent, str) and shipped.find(parent) is None:
        message = "a file that is opened here may extend a shipped scenario only"
        raise Problems([document.problem(("extends",), message)])
    try:
        case = scenario.loads(text, name=stem)
    except RecursionError:
        raise _refused(shown, "this cannot be read as a scenario") from None
    problem = _unfit(case, document)
    if problem is not None:
        raise Problems([problem])
    return case


def _unfit(case: Scenario, document: Document) -> Problem | None:
    """Return why a sound scenario cannot be shown beside the baseline, if it cannot."""
    base = _shipped(_BASELINE)
    if case.horizon.start != base.horizon.start:
        message = f"only runs from {base.horizon.start} can be compared with the baseline"
        return document.problem(("horizon", "start"), message)
    if case.horizon.end < ACTS_FROM + 4:
        message = f"a run must reach {ACTS_FROM + 4} at least, a year after the present"
        return document.problem(("horizon", "end"), message)
    if len(case.events) > MOST_EVENTS:
        message = f"more than {MOST_EVENTS} events: too many for a page that answers at once"
        return document.problem(("events",), message, key=True)
    return None


def _refused(shown: str, message: str) -> Problems:
    return Problems([Problem(shown, message)])


def _first(error: Problems) -> str:
    return error.problems[0].message


# --- words ---------------------------------------------------------------------------------------


def describe(settings: Settings, before: Settings | None = None) -> str:
    """Return what is set, or what was changed since ``before``, in a few words for a reader."""
    told = []
    here = _said(settings)
    there = _said(before) if before is not None else {}
    told = [words for key, words in here.items() if there.get(key) != words]
    if before is not None:
        told += [_back(key, words) for key, words in there.items() if key not in here]
    if not told:
        return "nothing is changed" if before is not None else _title(settings)
    return "; ".join(told)


def _said(settings: Settings) -> dict[str, str]:
    said = {"scenario": _title(settings)}
    if settings.acts_from != ACTS_FROM:
        said["from"] = f"levers act from {settings.acts_from}"
    for parameter, value in settings.levers:
        card = catalogue.lever(parameter)
        said[parameter] = f"{card.title}: {card.told(value)}"
    for number, shock in enumerate(settings.shocks):
        kind = catalogue.shock(shock.kind)
        stay = "for good" if shock.duration is None else f"for {shock.duration} quarters"
        words = f"{kind.title} ({kind.told(shock.size)}) from {shock.start} {stay}"
        said[f"shock {shock} {settings.shocks[:number].count(shock)}"] = words
    return said


def _back(key: str, words: str) -> str:
    if key == "from":
        return f"levers act from {ACTS_FROM} again"
    if key.startswith("shock "):
        return f"without {words}"
    return f"{catalogue.lever(key).title}: at rest"


def _title(settings: Settings) -> str:
    if settings.opened is not None:
        return _opened(settings.opened).title
    return scenarios().get(settings.scenario, settings.scenario)


# --- undo ----------------------------------------------------------------------------------------


class History:
    """The settings of one participant, with undo and redo (at most 200 steps)."""

    def __init__(self, first: Settings | None = None) -> None:
        self._past: list[Settings] = []
        self._now = first or Settings()
        self._future: list[Settings] = []
        self._from: Settings | None = None

    @property
    def now(self) -> Settings:
        """The present settings."""
        return self._now

    @property
    def before(self) -> Settings | None:
        """The settings before the last move (also an undo), to replay it; None before any."""
        return self._from

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def last_change(self) -> str:
        """The last move in words, '' when there is none."""
        return "" if self._from is None else describe(self._now, self._from)

    def change(self, settings: Settings) -> Settings:
        """Take new settings (nothing happens when they are the present ones); return them."""
        if settings != self._now:
            self._past = [*self._past, self._now][-_STEPS:]
            self._future.clear()
            self._go(settings)
        return self._now

    def undo(self) -> Settings:
        """Go a step back, if there is one; return the present settings."""
        if self._past:
            self._future.append(self._now)
            self._go(self._past.pop())
        return self._now

    def redo(self) -> Settings:
        """Go a step forward again, if there is one; return the present settings."""
        if self._future:
            self._past.append(self._now)
            self._go(self._future.pop())
        return self._now

    def reset(self) -> Settings:
        """Put all levers and shocks at rest, on the same scenario (can be undone)."""
        return self.change(replace(self._now, levers=(), shocks=(), acts_from=ACTS_FROM))

    def _go(self, settings: Settings) -> None:
        self._from, self._now = self._now, settings
