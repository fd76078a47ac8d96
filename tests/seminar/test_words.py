"""Labels, numbers, colours, addresses, small multiples, the map's data and the room."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe import axes, metrics
from steppe.analysis import trust
from steppe.clock import Quarter, span
from steppe.seminar.engine import Happening
from steppe.seminar.page import labels
from steppe.seminar.page.address import MOST_PINNED, View, clean, read, write
from steppe.seminar.page.charts import Curve
from steppe.seminar.page.chronicle import table
from steppe.seminar.page.drivers_panel import told
from steppe.seminar.page.keep import shown_name, slug
from steppe.seminar.page.map import frames, shapes
from steppe.seminar.page.multiples import panel
from steppe.seminar.page.room import AWAY, MOST, Room, RoomFull
from steppe.seminar.settings import Settings

QUARTERS = span(Quarter.of(2017), Quarter.of(2019, 4))


def test_every_metric_has_a_title() -> None:
    assert set(labels.TITLES) == set(metrics.BY_NAME)


def test_every_series_has_a_title_of_its_own_and_a_unit() -> None:
    titles = [own.title for own in labels.every()]
    assert len(set(titles)) == len(titles)
    assert all(own.unit and own.unit != "1" for own in labels.every())


def test_the_families_name_known_series() -> None:
    known = {own.label for own in labels.every()}
    assert all(set(family) <= known for family in labels.FAMILIES.values())


@pytest.mark.parametrize(
    "label", ["", "nothing", "influence_share", "influence_share[JPN]", "a[b]"]
)
def test_an_unknown_series_is_refused(label: str) -> None:
    with pytest.raises(KeyError):
        labels.face(label)


@pytest.mark.parametrize(
    ("value", "unit", "sign", "text"),
    [
        (2.345, "%", False, "2.35 %"),
        (42.25, "%", False, "42.2 %"),
        (-0.43, "percentage points", True, "\N{MINUS SIGN}0.43 pp"),
        (0.0, "percentage points", True, "0.0 pp"),
        (12345.6, "mn USD", False, "12,346 mn USD"),
        (float("nan"), "%", False, "no value"),
    ],
)
def test_numbers_are_read_easily(value: float, unit: str, sign: bool, text: str) -> None:
    assert labels.number(value, unit, sign=sign) == text


def test_an_address_comes_back_as_it_was() -> None:
    settings = Settings().with_lever("japan.conversion", 0.8)
    view = View(first="ree_price", difference=True, tab="map", family="Trade", name="Åsa & Bo")
    pinned = (Settings(), Settings(scenario="chabahar_completion"))
    place = read(write(settings, view, pinned))
    assert (place.settings, place.view, place.pinned) == (settings, view, pinned)
    assert place.problem == ""


def test_the_first_address_is_empty() -> None:
    assert write(Settings(), View()) == ""
    assert read("").settings == Settings()


def test_no_more_variants_are_kept_than_fit() -> None:
    query = "&".join(f"view.p={quote('v=1&s=baseline')}" for _ in range(9))
    assert len(read(query).pinned) == MOST_PINNED


@given(st.text(max_size=300))
def test_no_address_breaks_the_page(text: str) -> None:
    place = read(text)
    assert place.view.tab and isinstance(place.problem, str)
    assert labels.face(place.view.first) and labels.face(place.view.second)


@given(st.text(max_size=200))
def test_names_are_short_and_printable(text: str) -> None:
    name = clean(text)
    assert len(name) <= 24 and name.isprintable() and name == name.strip()


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.yaml", "y.yaml"),
        ("", "opened file"),
        ("<b>", "b"),
    ],
)
def test_names_of_files_hold_no_folders(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


def test_a_series_names_a_file() -> None:
    assert slug("influence_share[JPN,UZB]") == "influence_share_JPN_UZB"


def test_a_small_multiple_tells_the_last_change() -> None:
    own = labels.face("influence_share[JPN,UZB]")
    flat = np.full((12, 5), 10.0)
    curves = [Curve("b", flat, "#777"), Curve("v", flat + 2, "#00f")]
    made = panel(own, QUARTERS, curves, change=2.0)
    assert made["last"] == "12.0 %" and made["change"] == "+2.00 pp"
    assert len(made["bands"][0]["median"]) == 3
    assert panel(own, QUARTERS, curves, change=0.0)["change"] == ""
    assert panel(own, QUARTERS, curves)["change"] == ""


def test_reasons_are_told_in_the_unit_that_is_shown() -> None:
    share = told(labels.face("influence_share[JPN,UZB]"))
    assert share.name == "Japan's influence in Uzbekistan"
    assert share.size(-0.0036) == share.size(0.0036) == "0.36 pp"
    assert share.amount(-0.0036) == "\N{MINUS SIGN}0.36 pp" and share.amount(0.02) == "+2.00 pp"
    price = told(labels.face("ree_price"))
    assert price.name == "World price of rare earths" and price.size(-0.2) == "0.200"


class Fixed:
    """Bands that are the same in every quarter."""

    quarters = QUARTERS

    def __init__(self, flow: float) -> None:
        self.flow = flow
        hosts = [f"influence_share[{p},{h}]" for p in axes.POWERS for h in axes.HOSTS]
        self.labels = (*(f"link_flow[{link}]" for link in axes.LINKS), *hosts)

    def bands(self, label: str) -> np.ndarray:
        return np.full((12, 5), self.flow if label.startswith("link") else 0.1)


def test_the_map_has_every_link_and_every_host() -> None:
    made = frames(Fixed(3.0), Fixed(2.0))
    assert set(made["links"]) == set(axes.LINKS) and set(made["hosts"]) == set(axes.HOSTS)
    assert (made["most"], made["most_change"]) == (3.0, 1.0)
    assert made["hosts"]["UZB"][0] == [0.1] * 5
    assert frames(Fixed(2.0), Fixed(2.0))["most_change"] == 0


def test_the_outlines_are_small_and_plain() -> None:
    text = json.dumps(shapes())
    assert len(text) < 300_000
    assert [host["code"] for host in shapes()["hosts"]] == list(axes.HOSTS)
    assert {link["code"] for link in shapes()["links"]} == set(axes.LINKS)


def test_sentences_are_escaped() -> None:
    row = Happening(Quarter.of(2030), "event", "<img src=x onerror=alert(1)>", 0.5)
    made = table([row], 200)
    assert "<img" not in made and "100 of 200" in made


def test_the_scores_are_those_of_the_validation() -> None:
    found = trust.read()
    assert found is not None and found.scores
    assert all("model" in score.errors for score in found.scores)
    kept = json.loads(trust.path().read_text())["validation"]
    assert found.patterns[1] == len(kept["patterns"])


def test_a_participant_comes_back_with_the_same_colour() -> None:
    now = [0.0]
    room = Room(clock=lambda: now[0])
    first = room.join("a", "Aiko", Settings())
    room.join("b", "Deniz", Settings())
    colour = first.colour
    room.close("a")
    now[0] = AWAY / 2
    assert room.join("c", "Aiko", Settings()).colour == colour
    assert [person.key for person in room.present()] == ["c", "b"]


def test_who_is_away_for_long_leaves() -> None:
    now = [0.0]
    room = Room(clock=lambda: now[0])
    room.join("a", "Aiko", Settings())
    room.close("a")
    now[0] = AWAY + 1
    room.tidy()
    assert room.present() == []


def test_a_full_room_says_so() -> None:
    room = Room()
    people = [room.join(str(n), f"n{n}", Settings()) for n in range(MOST)]
    assert len({(p.colour, p.dash) for p in people}) == MOST
    with pytest.raises(RoomFull, match="full"):
        room.join("one more", "x", Settings())


def test_listeners_hear_of_changes() -> None:
    heard: list[int] = []
    room = Room()
    room.listeners.append(lambda: heard.append(1))
    room.join("a", "Aiko", Settings())
    room.join("a", "Aiko", replace(Settings(), scenario="abe_visit"))
    room.leave("a")
    assert len(heard) == 3
