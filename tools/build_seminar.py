"""Build the stored baseline with which the seminar page opens.

``python tools/build_seminar.py`` runs the baseline and writes model/steppe/seminar/baseline.npz;
with ``--check`` it tells whether that is out of date and writes nothing.
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
_TOLERANCE = 0.03
"""Part of a series' widest band by which it may differ: last bits between processors add up."""


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
        before, now = kept["values"].astype(float), store["values"].astype(float)
    width = np.nanmax(now[:, :, 4] - now[:, :, 0], axis=1)[:, None, None]
    level = np.nanmax(np.abs(now), axis=(1, 2))[:, None, None]
    far = ~(np.abs(before - now) <= _TOLERANCE * width + 1e-3 * level)
    far &= ~(np.isnan(before) & np.isnan(now))
    if far.any():
        return f"{store['labels'][np.argwhere(far)[0][0]]} and perhaps others have changed"
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
