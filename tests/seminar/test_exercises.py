"""The facilitator's three exercises, as a participant does them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.seminar.browser import actor, choose, move, readings, settled, view

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("seminar")]


def test_chabahar(page: Any) -> None:
    """A completed Chabahar takes a part of Japan's trade; the map shows where from."""
    before = readings(page)[1]
    choose(page, "Chabahar port and its railway are completed")
    settled(page, "Chabahar port")
    after = readings(page)[1]
    assert "+" in after and after != before

    page.get_by_role("button", name="Difference").click()
    page.wait_for_function("location.search.includes('view.d=1')")
    assert page.get_by_role("button", name="Difference").get_attribute("aria-pressed") == "true"

    view(page, "Map")
    page.get_by_role("button", name="Change", exact=True).click()
    page.locator(".map .flow").first.wait_for()
    assert "more than baseline" in page.locator(".map-side").inner_text()
    page.get_by_label("Quarter").fill("0")
    assert page.locator(".map-time output").inner_text() == "2017 Q1"

    page.keyboard.press("Control+z")
    settled(page, "Baseline")
    assert page.get_by_role("button", name="Redo").is_enabled()
    page.keyboard.press("Control+y")
    settled(page, "Chabahar port")


def test_rare_earth_shock(page: Any) -> None:
    """China stops rare earths: its share of Japan's imports falls; a later date moves the fall."""
    page.get_by_role("button", name="First chart").click()
    page.get_by_role("combobox", name="First chart").fill("china share japan rare-earth")
    page.keyboard.press("Enter")
    page.get_by_text("China's share of Japan's rare-earth imports").first.wait_for()

    page.get_by_role("button", name="Shocks", exact=True).click()
    page.locator("[data-kind=rare_earth_stop]").click()
    settled(page, "rare earths")
    assert "\N{MINUS SIGN}" in readings(page)[0] or "+" in readings(page)[0]
    bar = page.locator(".timeline .bar")
    assert bar.get_attribute("aria-valuetext") == "2028 Q1"

    bar.focus()
    page.keyboard.press("Shift+ArrowRight")
    settled(page, "2029Q1")
    assert bar.get_attribute("aria-valuetext") == "2029 Q1"

    view(page, "Chronicle")
    page.locator(".chronicle tbody tr").first.wait_for()
    assert "of 200" in page.locator(".chronicle .often").first.inner_text()

    view(page, "Outcomes")
    page.get_by_role("button", name="Rare earths", exact=True).click()
    page.get_by_role("button", name="World price of rare earths").wait_for()

    page.get_by_role("button", name="Take away: China restricts rare earths").click()
    settled(page, "Baseline")


def test_the_tandem(page: Any, another: Callable[..., Any]) -> None:
    """Two groups try the tandem with levers of their own; the projector shows both."""
    actor(page, "Turkey")
    move(page, "tandem_cost", 0)
    settled(page, "Cost of working together")
    page.get_by_role("button", name="Keep this variant").click()
    actor(page, "Japan")
    move(page, "japan_business", 2)
    settled(page, "Japan's business money")
    view(page, "Compare")
    page.locator(".compare-table tbody tr").first.wait_for()
    assert page.locator(".compare-table thead th").all_inner_texts()[2:] == ["A", "Your variant"]

    join(page, "Aiko")
    with another() as second, another(query="projector") as projector:
        settled(second)
        actor(second, "Turkey")
        move(second, "turkey_purse", 2)
        join(second, "Deniz")
        projector.get_by_text("Aiko").wait_for()
        projector.get_by_text("Deniz").wait_for()
        charts = projector.locator(".chart")
        projector.wait_for_function(
            """() => [...document.querySelectorAll(".chart")].every(
                (c) => /Aiko/.test(c.ariaLabel) && /Deniz/.test(c.ariaLabel))"""
        )
        assert charts.count() == 2


def join(page: Any, name: str) -> None:
    """Join with a name."""
    page.get_by_role("button", name="Several participants").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    page.get_by_role("button", name="Join", exact=True).wait_for(state="detached")
