"""The page for Mesa's SolaraViz in a real browser.

Its extra needs an older web framework than the seminar page, so that it gets an environment of its own,
laid over this one: it holds only what differs, from ``requirements-solara.lock``.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from tests.conftest import clean_environment
from tests.seminar.conftest import chromium  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements-solara.lock"
EXAMPLE = ROOT / "docs" / "examples" / "solara_page.py"
PATIENCE = 90_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python() -> Path:
    """Return the interpreter of the environment, made when there is none of this lock."""
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = Path(sys.prefix) / "cache" / f"solara-{key}"
    place.parent.mkdir(parents=True, exist_ok=True)
    own = place / "bin" / "python"
    with FileLock(f"{place}.lock"):
        if not (place / "whole").exists():
            venv.create(place, clear=True, with_pip=False)
            below = sysconfig.get_path("purelib")
            _site(own).joinpath("below.pth").write_text(
                f"import site; site.addsitedir({below!r})\n", encoding="utf-8"
            )
            _install(own)
            (place / "whole").touch()
    return own


def _site(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def _install(python: Path) -> None:
    options = ["--require-hashes", "--only-binary", ":all:", "--retries", "5", "--timeout", "30"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-qq", *options, "-r", LOCK],
        env=clean_environment() | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    if done.returncode:
        pytest.fail(f"the registry did not give requirements-solara.lock:\n{done.stderr[-2000:]}")


@pytest.fixture(scope="module")
def address(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where ``solara run`` serves the page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("solara")
    log = place / "log"
    environment = {k: v for k, v in clean_environment().items() if not k.startswith("PYTEST")}
    environment |= {"PYTHONPATH": str(ROOT / "model"), "HOME": str(place), "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [python, "-m", "solara", "run", EXAMPLE, "--port", str(port), "--no-open", "--production"],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    own = f"http://127.0.0.1:{port}"
    try:
        _wait(own, server, log)
        yield own
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"solara did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:  # noqa: F811
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    own = context.new_page()
    own.set_default_timeout(PATIENCE)
    own.goto(address)
    yield own
    context.close()


def test_a_step_and_a_lever_change_the_figures(page: Page) -> None:
    from steppe import scenario

    for lever in scenario.load("japan_turkey_tandem").levers.values():
        page.get_by_text(lever.name or "", exact=False).first.wait_for()
    page.wait_for_function("document.querySelectorAll('img').length >= 3")
    first = figures(page)
    page.get_by_role("button", name="Step", exact=False).first.click()
    page.get_by_text("Step: 1", exact=False).first.wait_for()
    page.wait_for_function(CHANGED, arg=first)
    assert len(figures(page)) == 3


CHANGED = """before => {
    const now = [...document.querySelectorAll('img')].map(i => i.src);
    return now.length === before.length && now.every((src, i) => src !== before[i]);
}"""


def figures(page: Page) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('img')].map(i => i.src)")
    return found
