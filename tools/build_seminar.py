"""Build what the seminar page ships: the baseline of its first screen and docs/seminar.md.

``python tools/build_seminar.py`` runs the baseline and writes model/steppe/seminar/baseline.npz and
the lever pages of docs/seminar.md; with ``--check`` it tells what is out of date and writes nothing.
"""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from steppe.seminar.engine import WHOLE, Engine  # noqa: E402
from steppe.seminar.opening import FILE, to_store  # noqa: E402
from steppe.seminar.settings import Settings  # noqa: E402

STORE = ROOT / "model" / "steppe" / "seminar" / FILE
_TOLERANCE = 2e-3
"""Part by which a stored number may differ: rounding, and last bits between processors."""


async def _baseline() -> dict[str, np.ndarray]:
    engine = Engine()
    await engine.start()
    try:
        return to_store(await engine.ask(Settings(), "build", WHOLE))
    finally:
        await engine.close()


def _packed(store: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **store)
    return file.getvalue()


def stale(store: dict[str, np.ndarray]) -> str:
    """Return why the stored baseline is not that of today, or nothing."""
    if not STORE.is_file():
        return "it is missing"
    with np.load(STORE, allow_pickle=False) as kept:
        if list(kept["labels"]) != list(store["labels"]):
            return "it holds other series"
        if kept["values"].shape != store["values"].shape:
            return "it holds other quarters"
        same = np.isclose(kept["values"], store["values"], _TOLERANCE, 1e-6, equal_nan=True)
        if not same.all():
            place = np.argwhere(~same)[0]
            return f"{kept['labels'][place[0]]} and perhaps others have changed"
    return ""


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    store = asyncio.run(_baseline())
    if why := stale(store):
        print(f"{STORE.relative_to(ROOT)}: {why}", file=sys.stderr)
        if check:
            return 1
        STORE.write_bytes(_packed(store))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
