"""The site that `make site` builds: without a warning, and of use without a network."""

from __future__ import annotations

import html
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import clean_environment
from tests.seminar.browser import PHONE, SIZE
from tests.seminar.conftest import chromium  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
INCLUDED = {"ablations_findings"}
"""Texts that are no pages but stand in one."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site's folder, built as `make site` does; a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    options = ["-b", "html", "-W", "--keep-going", "-q", "-d", str(folder / "doctrees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(ROOT / "docs"), str(folder / "html")],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture
def page(chromium: Browser, site: Path) -> Iterator[Page]:  # noqa: F811
    """Return a tab; a request that leaves the site's folder, or an error, fails the test."""
    context = chromium.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    outside: list[str] = []
    wrong: list[str] = []
    home = site.as_uri()
    context.on(
        "request", lambda r: None if r.url.startswith((home, "data:")) else outside.append(r.url)
    )
    own = context.new_page()
    own.on("pageerror", lambda error: wrong.append(str(error)))
    own.on("requestfailed", lambda request: wrong.append(request.url))
    yield own
    context.close()
    assert outside == []
    assert wrong == []


def test_every_page_and_notebook_is_in_the_site(site: Path) -> None:
    front = (site / "index.html").read_text(encoding="utf-8")
    for source in ROOT.glob("docs/**/*"):
        if source.suffix in (".md", ".ipynb") and source.stem not in INCLUDED:
            name = source.relative_to(ROOT / "docs").with_suffix(".html")
            assert (site / name).is_file(), name
            if source.parent.name != "decisions":
                assert f'href="{name.as_posix()}"' in front or name.stem == "index", name


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    lost = []
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"#?]+)', text):
            if not re.match(r"[a-z]+:", link) and not (file.parent / html.unescape(link)).exists():
                lost.append((file.name, link))
    assert lost == []


@pytest.mark.parametrize(
    "name", ["index", "parameters", "validation", "api", "notebooks/the_tandem"]
)
@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desk", "phone"])
def test_pages_fit_their_window(page: Page, site: Path, name: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto((site / f"{name}.html").as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "the page scrolls sideways"
    over = page.evaluate(
        """() => [...document.querySelectorAll("article table, article img")].filter(e => {
            const frame = e.closest(".table-wrapper, .output") || e;
            return frame.getBoundingClientRect().right > window.innerWidth + 1;
        }).length"""
    )
    assert over == 0


def test_a_word_is_found(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_placeholder("Search").first.fill("consortia.bargaining")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a", timeout=30_000)
    found = page.locator("#search-results li a").all_inner_texts()
    assert "Scenarios" in " ".join(found)


def test_the_reference_has_what_python_offers(site: Path) -> None:
    import steppe

    text = (site / "api.html").read_text(encoding="utf-8")
    missing = [n for n in steppe.__all__ if n != "__version__" and f'id="steppe.{n}"' not in text]
    assert missing == []


def test_the_page_of_the_commands_has_them_all(site: Path) -> None:
    from steppe.cli.app import app

    text = (site / "commands.html").read_text(encoding="utf-8")
    names = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
    assert [
        n for n in names if f"steppe {n}</span>" not in text and f"steppe-{n}" not in text
    ] == []


def test_a_page_that_no_list_names_is_listed_all_the_same(tmp_path: Path) -> None:
    settings = runpy.run_path(str(ROOT / "docs" / "conf.py"))
    (tmp_path / "new_page.md").write_text("# New", encoding="utf-8")
    settings["_listed"].__globals__["DOCS"] = tmp_path
    text = ["```{toctree}\n\nsweeps\n```\n"]
    settings["_listed"](None, "index", text)
    assert "\nnew_page\n" in text[0].partition(":caption: More")[2]


def test_links_out_of_the_folder_lead_to_copies(site: Path) -> None:
    text = (site / "ODD.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'href="(_downloads/[^"]*LICENSES.md)"', text)
    assert (site / link).read_bytes() == (ROOT / "model/steppe/data/LICENSES.md").read_bytes()
