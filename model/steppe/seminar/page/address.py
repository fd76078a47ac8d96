"""The page's address: the settings' link and, beside it, what the page shows of them.

Whatever stands in an address was written by anybody: unknown outcomes, tabs and names fall back to
what the page shows at first, bad settings raise one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, urlencode

from steppe.seminar.page.labels import FAMILIES, face
from steppe.seminar.settings import MOST_LINK, Settings, from_link, scenario_of, to_link

TABS = {
    "charts": "Charts",
    "outcomes": "Outcomes",
    "map": "Map",
    "chronicle": "Chronicle",
    "why": "Why",
    "compare": "Compare",
    "assumptions": "Assumptions",
}
"""Views of the page, in the order of their tabs."""
FIRST, SECOND = "influence_share[JPN,UZB]", "corridor_share[chabahar]"
"""What the two charts show at first."""
MOST_PINNED = 3
MOST_NAME = 24
"""Characters of a participant's name."""
_OWN = "view."
_FOREIGN = ("token", "fbclid", "gclid")
"""Keys that are no settings: the way in, and what websites and mails put behind a link."""


@dataclass(frozen=True)
class View:
    """What a tab of the browser shows."""

    first: str = FIRST
    second: str = SECOND
    difference: bool = False
    tab: str = "charts"
    family: str = "Headlines"
    name: str = ""
    """A participant's name, '' for one who has not joined."""


@dataclass(frozen=True)
class Place:
    """An address taken apart; ``problem`` is a sentence where its settings could not be read."""

    settings: Settings = field(default_factory=Settings)
    view: View = field(default_factory=View)
    pinned: tuple[Settings, ...] = ()
    problem: str = ""


def write(settings: Settings, view: View, pinned: Sequence[Settings] = ()) -> str:
    """Return the query of an address; ``ValueError`` with one sentence when it is too long."""
    start = View()
    own = [
        (_OWN + key, str(value))
        for key, value, usual in (
            ("a", view.first, start.first),
            ("b", view.second, start.second),
            ("d", "1" if view.difference else "", ""),
            ("t", view.tab, start.tab),
            ("f", view.family, start.family),
            ("n", view.name, ""),
        )
        if value != usual
    ]
    own += [(_OWN + "p", to_link(other)) for other in pinned]
    parts = [to_link(settings) if settings != Settings() else "", urlencode(own, quote_via=quote)]
    query = "&".join(part for part in parts if part)
    if len(query) > 2 * MOST_LINK:
        raise ValueError("These settings are too long for a link: save them as a scenario instead.")
    return query


def read(query: str) -> Place:
    """Return what an address asks for; nothing in it can do more than choose settings."""
    if len(query) > 2 * MOST_LINK:
        return Place(problem="The link is too long to be one of this page.")
    own: list[str] = []
    rest: list[str] = []
    for part in query.split("&"):
        key = part.partition("=")[0]
        if key not in _FOREIGN and not key.startswith("utm_"):
            (own if part.startswith(_OWN) else rest).append(part)
    view, problem = View(), ""
    pinned: list[Settings] = []
    try:
        asked = parse_qsl("&".join(own), max_num_fields=32, errors="replace")
    except ValueError:
        asked = []
    for key, value in asked:
        match key.removeprefix(_OWN):
            case "a":
                view = replace(view, first=known(value, view.first))
            case "b":
                view = replace(view, second=known(value, view.second))
            case "d":
                view = replace(view, difference=value == "1")
            case "t" if value in TABS:
                view = replace(view, tab=value)
            case "f" if value in FAMILIES:
                view = replace(view, family=value)
            case "n":
                view = replace(view, name=clean(value))
            case "p" if len(pinned) < MOST_PINNED:
                try:
                    pinned.append(comparable(from_link(value)))
                except ValueError as error:
                    problem = str(error)
            case _:
                pass
    link, settings = "&".join(part for part in rest if part), Settings()
    if link:
        try:
            settings = comparable(from_link(link))
        except ValueError as error:
            problem = str(error)
    return Place(settings, view, tuple(pinned), problem)


def comparable(settings: Settings) -> Settings:
    """Return settings that the page can draw beside the baseline; else ``ValueError``.

    The engine compares a shorter run as far as it goes; charts, map and readings of the last
    quarter need all of the baseline's quarters.
    """
    if settings.opened is not None:
        last, ends = scenario_of(Settings()).horizon.end, scenario_of(settings).horizon.end
        if ends != last:
            raise ValueError(
                f"The opened scenario ends in {ends} and the baseline in {last}: "
                "leave horizon.end out, so that they can be compared."
            )
    return settings


def known(label: str, otherwise: str) -> str:
    """Return the label of a recorded series, or the other one."""
    try:
        return face(label).label
    except KeyError:
        return otherwise


def clean(name: str) -> str:
    """Return a participant's name: printable, one line, short."""
    return "".join(c for c in " ".join(name.split()) if c.isprintable())[:MOST_NAME].strip()
