"""Hands for the page in a real browser: a server, a tab, levers and views."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1280, 720)
PHONE = (390, 844)
PATIENCE = 90_000
"""Milliseconds that a run may take on a machine that is busy with other tests."""


class Server:
    """``steppe seminar`` in a process of its own; ``said`` holds what it wrote on stderr."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        environment |= {"PYTHONPATH": str(ROOT / "model"), "PYTHONWARNINGS": "default"}
        self.said: list[str] = []
        self.address = ""
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "steppe", "seminar", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(60):
            self.stop()
            raise RuntimeError("the server did not start: " + "".join(self.said))

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)
            if found := re.search(r"http://\S+", line):
                self.address = found[0].split("?")[0].rstrip("/")
                self._ready.set()
        self._ready.set()

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def stop(self) -> None:
        """End the server as Ctrl+C does."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()

    @property
    def faults(self) -> list[str]:
        """What the server wrote beside where it is and that it has ended."""
        return [line for line in self.said if "the seminar" not in line]


@contextmanager
def tab(
    browser: Browser, address: str, *, size: tuple[int, int] = SIZE, query: str = ""
) -> Iterator[Page]:
    """Open a browser of its own on the page; any request to another host fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, accept_downloads=True
    )
    outside: list[str] = []
    wrong: list[str] = []
    page = context.new_page()
    page.set_default_timeout(PATIENCE)

    def seen(url: str) -> None:
        if not url.startswith((address, address.replace("http", "ws", 1), "data:", "blob:")):
            outside.append(url)

    context.on("request", lambda request: seen(request.url))
    page.on("websocket", lambda socket: seen(socket.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}/{query}")
    yield page
    context.close()
    assert outside == []
    assert wrong == []


def settled(page: Page, said: str = "") -> None:
    """Wait until the 200 members of the present settings are drawn and nothing is at work."""
    page.wait_for_function(
        """said => {
            const status = document.querySelector(".status");
            return status && status.textContent.startsWith("200 members")
                && status.textContent.includes(said) && !status.classList.contains("at-work");
        }""",
        arg=said,
        timeout=PATIENCE,
    )


def actor(page: Page, name: str) -> None:
    """Show the levers of an actor."""
    page.locator(".actors").get_by_role("button", name=name).click()


def move(page: Page, lever: str, value: float) -> None:
    """Put a lever on a value, as a hand on its slider does."""
    page.locator(f"#lever-{lever}").evaluate(
        """(slider, value) => {
            slider.value = value;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            slider.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        value,
    )


def query(page: Page, holds: str) -> str:
    """Return the query of the page's address once it holds some words."""
    page.wait_for_function("holds => location.search.includes(holds)", arg=holds, timeout=PATIENCE)
    return str(page.evaluate("location.search"))


def readings(page: Page) -> list[str]:
    """Return what both charts say of their last quarter."""
    return page.locator(".reading").all_inner_texts()


def choose(page: Page, scenario: str) -> None:
    """Choose a scenario by its title."""
    page.get_by_role("combobox", name="Scenario").click()
    page.get_by_role("option", name=scenario).click()


def view(page: Page, name: str) -> None:
    """Open a view."""
    page.get_by_role("tab", name=name).click()
