"""What a fresh clone relies on: the locks, the search for an interpreter, what a wheel holds."""

from __future__ import annotations

import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import steppe

ROOT = Path(__file__).resolve().parents[2]
CORE, DEV, SOLARA = "requirements.lock", "requirements-dev.lock", "requirements-solara.lock"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, Version]:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in pins}


@pytest.mark.parametrize("name", [CORE, DEV, SOLARA])
def test_a_lock_names_no_address_and_no_path_of_a_machine(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"://|@ |^-|/(?:home|root|opt|work|usr|tmp|Users)/", text, re.MULTILINE)


@pytest.mark.parametrize("name", [CORE, DEV, SOLARA])
def test_every_locked_package_has_hashes(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    blocks = [block for block in blocks if block.strip()]
    assert len(blocks) >= 30
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_the_two_locks_agree():
    core, dev = locked(CORE), locked(DEV)
    assert {name: dev.get(name) for name in core} == core


def test_the_core_lock_is_all_that_an_install_needs():
    project, groups = SETTINGS["project"], SETTINGS["dependency-groups"]
    pins = locked(CORE)
    for text in (*project["dependencies"], *SETTINGS["build-system"]["requires"], *groups["build"]):
        wanted = Requirement(text)
        assert pins[canonicalize_name(wanted.name)] in wanted.specifier, text


def test_the_development_lock_has_the_extras_and_the_tests():
    project, groups = SETTINGS["project"], SETTINGS["dependency-groups"]
    pins, extras = locked(DEV), project["optional-dependencies"]
    own = [text for extra in extras.keys() - {"solara"} for text in extras[extra]]
    for text in (*own, *groups["test"], *groups["docs"]):
        wanted = Requirement(text)
        assert pins[canonicalize_name(wanted.name)] in wanted.specifier, text


def test_the_page_of_mesa_has_a_lock_of_its_own():
    project, pins = SETTINGS["project"], locked(SOLARA)
    for text in (*project["dependencies"], *project["optional-dependencies"]["solara"]):
        wanted = Requirement(text)
        assert pins[canonicalize_name(wanted.name)] in wanted.specifier, text
    dev = locked(DEV)
    others = {n for n, v in pins.items() if dev.get(n, v) != v}
    assert others <= {"starlette"}, "the tests lay it over the development environment"


def test_every_dependency_has_a_floor():
    project = SETTINGS["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    for text in (*project["dependencies"], *extras):
        assert ">=" in text, text


def test_the_citation_names_this_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {steppe.__version__}\n" in text


def test_a_wheel_holds_what_the_package_reads(tmp_path):
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(ROOT))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "model" / "steppe"
    data = [p for p in (package / "data").rglob("*") if p.is_file()]
    assert {p.relative_to(package.parent).as_posix() for p in data} <= names
    shipped = {f"steppe/shipped_scenarios/{p.name}" for p in (ROOT / "scenarios").glob("*.yaml")}
    assert shipped
    assert shipped <= names
    assert {"steppe/py.typed", "steppe/parameters.yaml", "steppe/cli/app.py"} <= names
    templates = {p.name for p in (package / "report" / "templates").iterdir()}
    assert {f"steppe/report/templates/{name}" for name in templates} <= names
    assert {"steppe/CITATION.cff", "steppe/validation.json"} <= names
    assert not [n for n in names if n.startswith(("tests/", "runs/"))]


# --- the interpreter


@pytest.fixture
def find_python(tmp_path):
    """Return a function that looks for an interpreter among stand-ins given by name and answer."""

    def call(stand_ins: dict[str, str], **environment: str) -> subprocess.CompletedProcess[str]:
        for name, line in stand_ins.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
            (tmp_path / name).chmod(0o755)
        return subprocess.run(
            ["/bin/sh", str(ROOT / "tools" / "find_python.sh")],
            env={"PATH": str(tmp_path), "HOME": str(tmp_path)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


OLD = "echo 'no 3.11.2 /usr/bin/python3'"
BARE = "echo 'no 3.13.0 lacks-venv'"
GOOD = "echo 'yes 3.12.1 /opt/with space/python3.12'"
SHIM = "echo 'command not found' >&2; exit 127"


def test_an_interpreter_that_fails_or_is_old_is_passed_over(find_python):
    done = find_python({"python3.13": SHIM, "python3": OLD, "python": GOOD})
    assert (done.returncode, done.stdout) == (0, "/opt/with space/python3.12\n")


def test_only_old_interpreters_are_one_clear_sentence(find_python):
    done = find_python({"python3.13": SHIM, "python3": OLD, "python": BARE})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "needs Python 3.12 or newer" in done.stderr
    assert "python3 3.11.2" in done.stderr
    assert "python 3.13.0 without its venv" in done.stderr


def test_no_interpreter_at_all_is_one_clear_sentence(find_python):
    done = find_python({})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_named_interpreter_is_the_only_one_tried(find_python):
    done = find_python({"mine": OLD, "python3.13": GOOD}, PYTHON="mine")
    assert done.returncode == 1
    assert "mine 3.11.2" in done.stderr


def test_this_machine_has_one():
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "find_python.sh")],
        capture_output=True,
        text=True,
        check=True,
    )
    version = subprocess.run(
        [
            done.stdout.strip(),
            "-c",
            "import sys, venv, ensurepip; print(sys.version_info >= (3, 12))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert version.stdout == "True\n"
