"""Which software, data and machine made a result."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import steppe

_VERSIONED = ("numpy", "numba", "llvmlite", "mesa", "pandas", "pyarrow", "scipy")
_GIT_SECONDS = 10


def sha256(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder: Path) -> list[str]:
    """Return the names of all files below ``folder``, relative to it, in a fixed order."""
    found = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return sorted(p.relative_to(folder).as_posix() for p in found)


def data_hash() -> str:
    """Return the sha256 over the data tables and the parameter registry of this installation."""
    package = Path(steppe.__file__).parent
    total = hashlib.sha256()
    for name in ("parameters.yaml", *(f"data/{n}" for n in files_below(package / "data"))):
        total.update(f"{name}\0{sha256(package / name)}\n".encode())
    return total.hexdigest()


def software() -> dict[str, Any]:
    """Return name, version and code hash of this software and the state of its source tree."""
    return {
        "name": "steppe",
        "version": steppe.__version__,
        "git": source_state(),
        "sha256": code_hash(),
    }


def origin() -> dict[str, Any]:
    """Return what a record tells of where its numbers come from: software, data, machine."""
    return {
        "software": software(),
        "data": {"sha256": data_hash()},
        "environment": environment(),
    }


def code_hash(without: tuple[str, ...] = ()) -> str:
    """Return the sha256 over the Python files of this installation.

    ``without`` names folders of the package that do not count.
    """
    package = Path(steppe.__file__).parent
    total = hashlib.sha256()
    for name in files_below(package):
        if name.endswith(".py") and name.split("/")[0] not in without:
            total.update(f"{name}\0{sha256(package / name)}\n".encode())
    return total.hexdigest()


def source_state() -> dict[str, Any] | None:
    """Return commit and dirty flag of the source tree that runs, None when git cannot tell.

    Files that git does not keep, such as a user's own scenarios, do not count as changes.
    """
    root = Path(steppe.__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file() or not (root / ".git").exists():
        return None  # installed elsewhere, perhaps inside another project's tree
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    if changes is None:
        return None
    return {"commit": _git(root, "rev-parse", "--verify", "HEAD"), "dirty": bool(changes)}


def environment() -> dict[str, Any]:
    """Return what besides code and inputs may change the last bits of a result."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "cpu_features": _cpu_features(),
        "versions": {name: _version(name) for name in _VERSIONED},
        "kernels": kernels(),
    }


def kernels() -> dict[str, Any]:
    """Return for which processor compiled kernels are made here, and whether they are at all."""
    target = os.environ.get("NUMBA_CPU_NAME")
    try:
        target = target or str(import_module("llvmlite.binding").get_host_cpu_name())
    except (ImportError, AttributeError):
        target = None
    return {"compiled": os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"), "target": target}


def cpu_seconds() -> float:
    """Return the processor time of this process and its finished children so far."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def peak_memory_mb() -> float | None:
    """Return the largest resident memory of this process so far, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git says about the tree at ``root``, None when it cannot tell."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_GIT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environ | {"GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _cpu_features() -> list[str] | None:
    """Return the vector instructions that NumPy finds here (it does not promise to tell)."""
    try:
        umath = import_module("numpy._core._multiarray_umath")
        return sorted(name for name, on in umath.__cpu_features__.items() if on)
    except (ImportError, AttributeError):
        return None


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
