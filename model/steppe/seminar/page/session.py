"""One browser tab's work: its settings with their history, what it shows, what it asks for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import numpy as np

from steppe.clock import Quarter
from steppe.seminar.engine import (
    FIRST,
    WHOLE,
    Answer,
    Engine,
    EngineError,
    Shown,
    Superseded,
)
from steppe.seminar.page.address import MOST_PINNED, Place, View, write
from steppe.seminar.page.charts import Array, Curve, reference
from steppe.seminar.page.labels import Face, face, number
from steppe.seminar.page.palette import PINNED, VARIANT
from steppe.seminar.settings import History, Settings, describe

YOURS = "Your variant"
MOST_STEPS = 60
"""Steps that outlive a reload."""
_KEPT = 96
"""Bands of variants for comparison that a tab keeps."""


@dataclass(frozen=True)
class Sight:
    """What there is to draw: a variant and the baseline over the same members."""

    variant: Shown
    baseline: Shown
    settings: Settings

    @property
    def answers(self) -> tuple[Answer, Answer] | None:
        """Both as answers of the engine, None on the first screen."""
        if isinstance(self.variant, Answer) and isinstance(self.baseline, Answer):
            return self.variant, self.baseline
        return None

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        return self.variant.quarters


def no_sight(_: Sight) -> None:
    """Draw nothing."""


def no_word(_: str) -> None:
    """Say nothing."""


@dataclass
class Session:
    """Settings, view and pinned variants of one tab; ``drawn`` and ``told`` reach its page.

    An answer is not held here: the engine's cache holds it, so that memory stays bounded however
    many tabs there are.
    """

    engine: Engine
    owner: str
    view: View
    history: History
    pinned: list[Settings] = field(default_factory=list)
    trail: list[Settings] = field(default_factory=list)
    """The steps of ``history`` from the first to the last that can be redone."""
    at: int = 0
    """The present step's place on the trail."""
    drawn: Callable[[Sight], None] = no_sight
    told: Callable[[str], None] = no_word
    """Says one sentence to the user: an error."""
    busy: Callable[[bool], None] = lambda _: None
    shown: Settings = field(default_factory=Settings)
    """What the charts show: behind ``history.now`` while the engine works."""
    members: int = 0
    turn: int = 0
    _bands: OrderedDict[tuple[Settings, str, bool, int], Array] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, engine: Engine, owner: str, place: Place) -> Session:
        """Return the session of an address."""
        view = replace(place.view, name="")  # a name is the tab's own, whatever the link says
        return cls(engine, owner, view, History(place.settings), list(place.pinned))

    def __post_init__(self) -> None:
        self.trail = [self.history.now]

    @property
    def settings(self) -> Settings:
        return self.history.now

    def change(self, settings: Settings) -> None:
        """Take new settings as a step that can be undone."""
        if settings != self.settings:
            self.history.change(settings)
            self.trail = [*self.trail[: self.at + 1], settings][-MOST_STEPS:]
            self.at = len(self.trail) - 1

    def undo(self) -> None:
        """Go a step back, if there is one."""
        if self.history.can_undo:
            self.history.undo()
            self.at = max(self.at - 1, 0)

    def redo(self) -> None:
        """Go a step forward, if there is one."""
        if self.history.can_redo:
            self.history.redo()
            self.at = min(self.at + 1, len(self.trail) - 1)

    def retrace(self, trail: Sequence[Settings], at: int) -> None:
        """Walk a trail again, as it was before a reload, and stop at one of its steps."""
        if not trail or not 0 <= at < len(trail) or trail[at] != self.settings:
            return
        self.history = History(trail[0])
        for settings in trail[1:]:
            self.history.change(settings)
        for _ in trail[at + 1 :]:
            self.history.undo()
        self.trail, self.at = list(trail), at

    def query(self) -> str:
        """Return the query of this tab's address: it names nobody.

        Without the kept variants when one of them has no link, and without settings when they
        have none.
        """
        for settings, pinned in ((self.settings, self.pinned), (self.settings, ())):
            try:
                return write(settings, self.nameless, pinned)
            except ValueError:
                continue
        return write(Settings(), self.nameless)

    @property
    def nameless(self) -> View:
        """The view as a link holds it: who follows it is somebody else."""
        return replace(self.view, name="")

    async def show(self, settings: Settings, *, draft: bool = False) -> bool:
        """Ask for an answer of 64, then of 200 members, and draw each; False when none was drawn.

        A ``draft`` stops at 64.  A later call ends an earlier one, which draws nothing more.
        """
        self.turn += 1
        turn, drew = self.turn, False
        self.busy(True)
        try:
            async with aclosing(self._passes(settings, draft=draft)) as passes:
                async for answer in passes:
                    base = await self.engine.baseline(answer.members)
                    if turn != self.turn:
                        return drew
                    self.shown, self.members = settings, answer.members
                    await self._learn_pinned(answer.members)
                    if turn != self.turn:
                        return drew
                    self.drawn(Sight(answer, base, settings))
                    drew = True
                    del answer, base  # not held while the second pass is waited for
        except Superseded:
            return drew
        except (ValueError, EngineError) as error:
            if turn == self.turn:
                self.told(str(error))
            return drew
        finally:
            if turn == self.turn:
                self.busy(False)
        return drew

    async def _passes(self, settings: Settings, *, draft: bool) -> AsyncGenerator[Answer]:
        """Yield the answer of the first pass and, unless it is a draft, that of the second.

        One after the other: side by side the first would wait for a part of the second.
        """
        yield await self.engine.ask(settings, self.owner, FIRST)
        if not draft:
            yield await self.engine.ask(settings, self.owner, WHOLE)

    async def sight(self) -> Sight | None:
        """Return what is shown, from the engine's cache; None while there is no answer."""
        if not self.members:
            return None
        settings, members = self.shown, self.members
        try:
            answer = await self.engine.ask(settings, f"{self.owner}:view", members)
            base = await self.engine.baseline(answer.members)
        except Superseded:
            return None
        except (ValueError, EngineError) as error:
            self.told(str(error))
            return None
        return Sight(answer, base, settings)

    async def redraw(self) -> None:
        """Draw again after the view has changed."""
        turn = self.turn
        if self.members:
            await self._learn_pinned(self.members)
        sight = await self.sight()
        if sight is not None and turn == self.turn:
            self.drawn(sight)

    def look(self, **changes: object) -> None:
        """Change the view."""
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]

    # --- variants that are kept for comparison ---

    def pin(self) -> str:
        """Keep the present settings for comparison; return a sentence when that cannot be."""
        if self.settings in self.pinned:
            return "This variant is kept already."
        if len(self.pinned) >= MOST_PINNED:
            return f"{MOST_PINNED} variants are kept already: take one away first."
        self.pinned.append(self.settings)
        return ""

    async def _learn_pinned(self, members: int) -> None:
        """Compute the bands of the pinned variants for both charts, where they are not known."""
        difference = self.view.difference
        for place, settings in enumerate(self.pinned):
            missing = [
                label
                for label in dict.fromkeys((self.view.first, self.view.second))
                if (settings, label, difference, members) not in self._bands
            ]
            if not missing:
                continue
            try:
                answer = await self.engine.ask(settings, f"{self.owner}:{place}", members)
                base = await self.engine.baseline(answer.members)
            except Superseded:
                break  # the tab is closed, or a newer draw does the same
            except (ValueError, EngineError) as error:
                self.told(str(error))
                continue
            for label in missing:
                bands = answer.difference(label, base) if difference else answer.bands(label)
                self._bands[settings, label, difference, members] = bands
        while len(self._bands) > _KEPT:
            self._bands.popitem(last=False)

    def curves(self, sight: Sight, label: str) -> list[Curve]:
        """Return the curves of a large chart: baseline, pinned variants, the present one."""
        own = face(label)
        found = curves(own, sight, difference=self.view.difference)
        variant = found.pop() if len(found) > 1 else None
        for place, settings in enumerate(self.pinned):
            key = settings, label, self.view.difference, self.members
            if key in self._bands:
                name = f"{'ABC'[place]}: {clipped(moves(settings))}"
                bands = self._bands[key] * own.factor
                found.append(Curve(name, bands, PINNED[place], banded=False))
        return found if variant is None else [*found, variant]


def moves(settings: Settings) -> str:
    """Return what makes the settings differ from the baseline, in words for a reader."""
    rest = Settings(scenario=settings.scenario, opened=settings.opened)
    parts = [] if rest == Settings() else [describe(rest)]
    if settings != rest:
        parts.append(describe(settings, rest))
    return "; ".join(parts) or "Baseline"


def clipped(text: str, most: int = 40) -> str:
    """Return a text cut at a length."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;") + "\N{HORIZONTAL ELLIPSIS}"


def curves(own: Face, sight: Sight, *, difference: bool = False) -> list[Curve]:
    """Return the curves of the baseline and of the variant, in the unit that is shown."""
    behind = sight.baseline.bands(own.label)
    if sight.answers is None:  # the first screen: there is no variant yet
        return [reference(own, sight.quarters, behind)]
    if not difference:
        before = reference(own, sight.quarters, behind)
        return [before, Curve(YOURS, sight.variant.bands(own.label) * own.factor, VARIANT)]
    variant, baseline = sight.answers
    moved = variant.difference(own.label, baseline)
    zero = reference(own, sight.quarters, np.zeros_like(moved), banded=False)
    return [zero, Curve(YOURS, moved * own.factor, VARIANT)]


@dataclass(frozen=True)
class Reading:
    """The last quarter of a chart in words: the variant, the baseline, the paired change."""

    when: str
    variant: str
    baseline: str
    change: str


def reading(own: Face, sight: Sight) -> Reading:
    """Return what a large chart says of its last quarter."""
    now = float(sight.variant.bands(own.label)[-1, 2]) * own.factor
    before = float(sight.baseline.bands(own.label)[-1, 2]) * own.factor
    moved = change(own, sight) or 0.0
    text = number(moved, own.change_unit, sign=True)
    return Reading(
        str(sight.quarters[-1].year),
        number(now, own.unit),
        number(before, own.unit),
        text if text[:1] in "+\N{MINUS SIGN}" else "no change",
    )


def change(own: Face, sight: Sight) -> float | None:
    """Return the median change of paired members in the last quarter, in the unit shown.

    None on the first screen.
    """
    if sight.answers is None:
        return None
    variant, baseline = sight.answers
    return float(variant.difference(own.label, baseline)[-1, 2]) * own.factor
