"""The page's own elements: each is a file of ``static/`` with its properties and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from steppe.figures import colours
from steppe.seminar.catalogue import ACTORS, Lever, ShockKind
from steppe.seminar.page import palette
from steppe.seminar.page.labels import Face, words
from steppe.seminar.settings import FIRST_SHOCK, LAST_SHOCK, MOST_SHOCKS, Shock

Event = Mapping[str, Any]
Handler = Callable[[Event], Any]


class Part(Element):
    """An element whose events carry one object of plain values."""

    def listen(self, event: str, handler: Handler) -> None:
        """Call the handler with what the event carries; anything but an object is ignored."""

        def take(arguments: GenericEventArguments) -> Any:
            return handler(arguments.args) if isinstance(arguments.args, dict) else None

        self.on(event, take)

    def put(self, **values: Any) -> None:
        """Set properties and send them, once, when one of them is new."""
        changed = {k: v for k, v in values.items() if self._props.get(k) != v}
        if changed:
            dict.update(self._props, changed)  # large: not to be watched item by item
            self.update()


class Levers(Part, component="static/levers.js"):
    """Cards of the levers, by actor."""

    def __init__(self, levers: Sequence[Lever]) -> None:
        super().__init__()
        actors = [actor for actor in ACTORS if any(lever.actor == actor for lever in levers)]
        self._props["cards"] = [
            {
                "id": lever.id,
                "parameter": lever.parameter,
                "actor": lever.actor,
                "title": lever.title,
                "unit": lever.unit,
                "low": lever.low,
                "high": lever.high,
                "step": lever.step,
                "default": lever.default,
                "levels": [level.model_dump() for level in lever.levels],
            }
            for lever in levers
        ]
        self._props["actors"] = [{"code": actor, "title": ACTORS[actor]} for actor in actors]
        self._props["values"] = {}


class Shocks(Part, component="static/shocks.js"):
    """The shocks that are set, and the kinds that may be added."""

    def __init__(self, kinds: Sequence[ShockKind]) -> None:
        super().__init__()
        self._props["kinds"] = [
            {
                "id": kind.id,
                "title": kind.title,
                "unit": kind.unit,
                "low": kind.low,
                "high": kind.high,
                "step": kind.step,
                "shortest": kind.shortest,
                "longest": kind.longest,
                "may_stay": kind.may_stay,
                "levels": [level.model_dump() for level in kind.levels],
            }
            for kind in kinds
        ]
        self._props["shocks"] = []
        self._props["first"] = FIRST_SHOCK.ordinal
        self._props["last"] = LAST_SHOCK.ordinal
        self._props["most"] = MOST_SHOCKS


class Timeline(Part, component="static/timeline.js"):
    """The shocks as bars over the years."""

    def __init__(self) -> None:
        super().__init__()
        self._props["shocks"] = []
        self._props["first"] = FIRST_SHOCK.ordinal
        self._props["last"] = LAST_SHOCK.ordinal
        self._props["end"] = LAST_SHOCK.ordinal + 5


def shock_row(shock: Shock, title: str) -> dict[str, Any]:
    """Return a shock as the page's elements read it."""
    return {
        "kind": shock.kind,
        "title": title,
        "start": shock.start.ordinal,
        "size": shock.size,
        "duration": shock.duration,
    }


class Search(Part, component="static/search.js"):
    """Choosing a series by words."""

    def __init__(self, name: str, face: Face) -> None:
        super().__init__()
        self._props["name"] = name
        self.show(face)

    def show(self, face: Face) -> None:
        """Show which series is chosen."""
        self.put(title=face.title, label=face.label)


class Multiples(Part, component="static/multiples.js"):
    """A grid of small bands."""

    def __init__(self) -> None:
        super().__init__()
        self._props["panels"] = []
        self._props["columns"] = 3


class RegionMap(Part, component="static/map.js"):
    """The map with its time slider."""

    def __init__(self) -> None:
        super().__init__()
        self._props["frames"] = {}
        self._props["powers"] = [
            {"code": code, "title": words(code)} for code in colours.POWER_COLOURS
        ]
        self._props["colours"] = colours.POWER_COLOURS
        self._props["autonomy"] = palette.AUTONOMY
        self._props["mode-colours"] = colours.MODE_COLOURS
        self._props["other"] = colours.OTHER_MODE
        self._props["more"] = colours.MORE
        self._props["less"] = colours.LESS


class Tour(Part, component="static/tour.js"):
    """The tour of the page."""

    def __init__(self, steps: Sequence[Mapping[str, str]]) -> None:
        super().__init__()
        self._props["steps"] = [dict(step) for step in steps]

    def start(self) -> None:
        """Begin at the first step."""
        self.run_method("start")


class Chart(ui.echart):
    """A chart whose options are replaced as a whole."""

    def show(self, option: dict[str, Any], spoken: str) -> None:
        """Draw the options; ``spoken`` is what a screen reader says of the chart."""
        dict.update(self._props, {"options": option, "aria-label": spoken})
        self.update()
