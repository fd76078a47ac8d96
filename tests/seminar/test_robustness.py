"""What may go wrong in a seminar: reloads, two tabs, closed tabs, hostile files and links."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.seminar.browser import PHONE, Server, move, query, readings, settled, tab, view

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("seminar")]

HOSTILE = {
    "bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: *c\n",
    "types.yaml": b"title: 3\nextends: baseline\nset: [1, 2]\nensemble: {members: true}\n",
    "binary.yaml": bytes(range(256)) * 40,
    "deep.yaml": b"title: " + b"[" * 5000 + b"]" * 5000,
    "unknown.yaml": b"title: x\nextends: baseline\nset:\n  japan.convertion: 0.4\n",
    "elsewhere.yaml": b"title: x\nextends: ../../../etc/passwd\n",
    "tag.yaml": b"title: !!python/object/apply:os.system ['true']\nextends: baseline\n",
}
CRAFTED = (
    "?v=1&s=../../etc/passwd",
    "?v=99&s=baseline",
    "?v=1&s=baseline&japan_aid=1e999",
    "?v=1&s=baseline&japan_aid=nan",
    "?v=1&y=AAAA",
    "?<script>alert(1)</script>",
    "?v=1&s=baseline&x=nothing~2028Q1~1~stays",
    "?v=1&s=baseline&" + "japan_aid=1&" * 3000,
)


def test_a_reload_keeps_settings_steps_and_view(page: Any) -> None:
    move(page, "japan_aid", 3)
    settled(page, "Japan's aid")
    move(page, "japan_aid", 2)
    settled(page, "\N{MULTIPLICATION SIGN} 2")
    page.get_by_role("button", name="Difference").click()
    page.wait_for_function("location.search.includes('view.d=1')")
    shown = readings(page)
    page.reload()
    settled(page, "Japan's aid")
    assert readings(page) == shown
    assert page.get_by_role("button", name="Difference").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Undo", exact=True).click()
    settled(page, "\N{MULTIPLICATION SIGN} 3")
    page.get_by_role("button", name="Undo", exact=True).click()
    settled(page, "Baseline")


def test_two_tabs_have_settings_of_their_own(page: Any, another: Callable[..., Any]) -> None:
    move(page, "japan_aid", 3)
    with another() as second:
        settled(second)
        assert "Baseline" in second.locator(".status").inner_text()
        move(second, "japan_business", 2)
        settled(second, "Japan's business money")
        settled(page, "Japan's aid")
        assert "business" not in page.locator(".status").inner_text()
        assert query(page, "japan_aid") != query(second, "japan_business")


def test_a_link_opens_the_same_variant(page: Any, another: Callable[..., Any]) -> None:
    move(page, "japan_aid", 3)
    settled(page, "Japan's aid")
    with another(query=query(page, "japan_aid=3")) as second:
        settled(second, "Japan's aid")
        assert readings(second) == readings(page)


def test_a_tab_that_is_closed_in_mid_run_disturbs_nobody(
    page: Any, another: Callable[..., Any]
) -> None:
    for value in (2, 3, 4):
        with another() as second:
            settled(second)
            move(second, "japan_aid", value)
    move(page, "japan_aid", 0)
    settled(page, "Japan's aid")


def test_hostile_files_are_refused_in_words(page: Any) -> None:
    for name, content in HOSTILE.items():
        open_file(page, name, content)
        said = page.locator(".problems").inner_text()
        assert said.strip() and "Traceback" not in said, name
        page.get_by_role("button", name="Close", exact=True).click()
        page.locator(".problems").wait_for(state="detached")
        assert "Baseline" in page.locator(".status").inner_text(), name


def test_the_place_of_a_mistake_is_told(page: Any) -> None:
    open_file(page, "mine.yaml", HOSTILE["unknown.yaml"])
    said = page.locator(".problems").inner_text()
    assert "mine.yaml:4:3: error" in said and "japan.conversion" in said


def test_a_file_that_is_too_large_is_not_read(page: Any, tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"# " + b"x" * 50_000_000)
    page.get_by_role("button", name="Link, files and charts").click()
    page.get_by_text("Open a scenario (YAML)").click()
    page.locator("input[type=file]").set_input_files(large)
    page.locator(".problems").get_by_text("larger than 1 MB").wait_for()


def test_the_server_refuses_a_large_body_itself(server: Server) -> None:
    request = urllib.request.Request(f"{server.address}/anything", data=b"x" * 3_000_000)
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(request, timeout=30)
    if isinstance(refused.value, urllib.error.HTTPError):
        with refused.value:
            assert refused.value.code == 413


def test_a_saved_file_opens_again(page: Any, tmp_path: Path) -> None:
    move(page, "japan_aid", 3)
    settled(page, "Japan's aid")
    shown = readings(page)
    page.get_by_role("button", name="Link, files and charts").click()
    with page.expect_download() as download:
        page.get_by_text("Save as a scenario (YAML)").click()
    saved = tmp_path / "saved.yaml"
    download.value.save_as(saved)
    page.get_by_role("button", name="Put all levers and shocks back").click()
    settled(page, "Baseline")
    open_file(page, "saved.yaml", saved.read_bytes(), refused=False)
    settled(page, "Japan's aid")
    assert readings(page) == shown


@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_data_are_saved(page: Any, tmp_path: Path, kind: str) -> None:
    import pandas

    move(page, "japan_aid", 3)
    settled(page, "Japan's aid")
    page.get_by_role("button", name="Link, files and charts").click()
    name = "Data of the charts (CSV)" if kind == "CSV" else "All data (Parquet)"
    with page.expect_download() as download:
        page.get_by_text(name).click()
    path = tmp_path / f"data.{kind.lower()}"
    download.value.save_as(path)
    table = pandas.read_csv(path) if kind == "CSV" else pandas.read_parquet(path)
    assert set(table["scenario"]) == {"variant", "baseline"}
    assert table["label"].nunique() == (2 if kind == "CSV" else table["label"].nunique())


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_charts_are_saved(page: Any, tmp_path: Path, kind: str) -> None:
    files: list[Any] = []
    page.on("download", lambda file: files.append(file))
    page.get_by_role("button", name="Link, files and charts").click()
    page.get_by_text(f"Charts as {kind}").click()
    page.wait_for_timeout(500)
    for _ in range(60):
        if len(files) == 2:
            break
        page.wait_for_timeout(250)
    path = tmp_path / "chart"
    files[0].save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG") if kind == "PNG" else b"<svg" in content[:300]


def test_crafted_links_are_told_and_do_nothing(chromium: Any, server: Server) -> None:
    with tab(chromium, server.address) as page:
        for crafted in CRAFTED:
            page.goto(f"{server.address}/{crafted}")
            page.locator(".q-notification").first.wait_for()
            settled(page, "Baseline")
            text = page.locator("body").inner_text()
            assert "Traceback" not in text and "root:" not in text, crafted[:80]


def test_the_phone_has_everything(chromium: Any, server: Server) -> None:
    with tab(chromium, server.address, size=PHONE) as page:
        settled(page)
        page.get_by_role("button", name="Levers").last.click()
        move(page, "japan_aid", 3)
        settled(page, "Japan's aid")
        page.get_by_role("button", name="Close").click()
        for name in ("Outcomes", "Map", "Chronicle", "Assumptions"):
            view(page, name)
            page.wait_for_timeout(300)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE[0], name


def test_nothing_scrolls_on_a_projector(page: Any) -> None:
    for name in ("Charts", "Outcomes", "Map", "Chronicle", "Why", "Compare", "Assumptions"):
        view(page, name)
        page.wait_for_timeout(200)
        tall = page.evaluate("document.documentElement.scrollHeight")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (wide, tall) <= (1280, 720), name


def test_every_button_and_field_has_a_name(page: Any) -> None:
    """What a screen reader would read of each control is not empty."""
    page.get_by_role("button", name="Shocks", exact=True).click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=slider]")]
            .filter((e) => e.offsetParent !== null)
            .filter((e) => !(e.ariaLabel || e.innerText.trim() || (e.labels && e.labels.length)
                || e.getAttribute("aria-labelledby") || e.title))
            .map((e) => e.outerHTML.slice(0, 160))"""
    )
    assert nameless == []


def test_the_page_is_worked_by_keys(page: Any) -> None:
    page.locator("#lever-japan_aid").focus()
    page.keyboard.press("PageUp")
    settled(page, "Japan's aid")
    page.keyboard.press("2")
    page.locator(".multiple").first.wait_for()
    page.keyboard.press("Control+z")
    settled(page, "Baseline")
    page.keyboard.press("p")
    page.wait_for_function("document.body.classList.contains('present')")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.body.classList.contains('present')")


def test_the_tour_walks_through_the_page(page: Any) -> None:
    page.get_by_role("button", name="Help").click()
    page.get_by_text("Two-minute tour").click()
    for step in range(1, 8):
        page.get_by_role("dialog", name=f"Tour, step {step} of 7").wait_for()
        page.keyboard.press("Enter")
    page.locator(".tour").wait_for(state="detached")


def test_the_handout_fits_one_page(page: Any, another: Callable[..., Any]) -> None:
    move(page, "japan_aid", 3)
    settled(page, "Japan's aid")
    with another(query="handout" + query(page, "japan_aid=3")) as handout:
        handout.get_by_text("Print or save as PDF").wait_for()
        handout.wait_for_timeout(800)
        content = handout.pdf(prefer_css_page_size=True)
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 1


def test_a_restart_of_the_server_loses_nothing(chromium: Any, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    first = Server(tmp_path, "--port", port)
    try:
        with tab(chromium, first.address) as page:
            settled(page)
            move(page, "japan_aid", 3)
            settled(page, "Japan's aid")
            first.stop()
            first = Server(tmp_path, "--port", port)
            page.wait_for_function("!document.querySelector('.status').textContent.includes('200')")
            settled(page, "Japan's aid")
            page.get_by_role("button", name="Undo", exact=True).click()
            settled(page, "Baseline")
    finally:
        first.stop()
    assert first.faults == []


def open_file(page: Any, name: str, content: bytes, *, refused: bool = True) -> None:
    """Upload a scenario file and wait until it was taken or its problems are told."""
    page.get_by_role("button", name="Link, files and charts").click()
    page.get_by_text("Open a scenario (YAML)").click()
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/yaml", "buffer": content}]
    )
    if refused:
        page.locator(".problems div").first.wait_for()
