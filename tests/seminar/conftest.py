"""One server and one Chromium for all tests of a module of this folder.

They do not outlive it: the driver of the browser runs an event loop in the thread of the tests, in
which no other test could run one of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.seminar.browser import Server, settled, tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return the system's Chromium, without a way to any other machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("STEPPE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        if "CI" in os.environ:
            pytest.fail("no Chromium: .ci/run installs it")
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server; it must have nothing to complain of at the end."""
    own = Server(tmp_path_factory.mktemp("seminar"), "--port", "0")
    yield own
    own.stop()
    assert own.faults == []


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """Return the page on a projector's screen, with the baseline's 200 members drawn."""
    with tab(chromium, server.address) as own:
        settled(own)
        yield own


@pytest.fixture
def another(chromium: Browser, server: Server) -> Callable[..., object]:
    """Return a function that opens the page once more, as ``with another(query=...) as page``."""

    def opened(**options: object) -> object:
        return tab(chromium, server.address, **options)  # type: ignore[arg-type]

    return opened
