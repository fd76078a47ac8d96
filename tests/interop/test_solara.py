"""The page for Mesa's SolaraViz, by Solara's own renderer.

A browser would fetch parts of Solara's page from another host, which tests do not do.  The extra
needs an older web framework than the seminar page, so that it gets an environment of its own, laid
over this one: it holds only what differs, from ``requirements-solara.lock``.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from tests.conftest import clean_environment

from steppe import scenario

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = ROOT / "requirements-solara.lock"
EXAMPLE = ROOT / "docs" / "examples" / "solara_page.py"

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
def seen(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a visitor saw."""
    place = tmp_path_factory.mktemp("solara")
    environment = {k: v for k, v in clean_environment().items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        [python, HERE / "solara_session.py", EXAMPLE],
        cwd=place,
        env=environment | {"PYTHONPATH": str(ROOT / "model"), "HOME": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_page_has_the_scenarios_levers_and_three_pictures(seen: dict[str, Any]) -> None:
    case = scenario.load("japan_turkey_tandem")
    assert len(case.levers) >= 4
    for lever in case.levers.values():
        assert lever.name and lever.name in seen["words"]
    assert len(set(seen["first"])) == 3


def test_a_step_changes_every_picture(seen: dict[str, Any]) -> None:
    assert all(a != b for a, b in zip(seen["first"], seen["step"], strict=True))
    assert ("Time: 0.0" in seen["words"], "Time: 1.0" in seen["words after"]) == (True, True)


def test_a_lever_makes_another_model_and_without_it_the_same(seen: dict[str, Any]) -> None:
    assert seen["again"] == seen["step"], "reset and step with nothing changed"
    assert seen["moved"] != seen["step"]
