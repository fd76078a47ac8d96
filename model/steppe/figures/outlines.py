"""Country outlines of the region: Natural Earth, as cut by ``tools/build_outlines.py``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from steppe.figures.series import Array


@dataclass(frozen=True)
class Country:
    """One country: ISO code (empty where the model does not name it) and polygons.

    Each polygon is a tuple of rings ``(vertex, 2)`` in degrees east and north, the outer one first.
    """

    code: str
    name: str
    polygons: tuple[tuple[Array, ...], ...]


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """Read the packaged outlines (once a process)."""
    text = (resources.files("steppe") / "data" / "outlines.geojson").read_text(encoding="utf-8")
    return tuple(
        Country(
            code=feature["properties"]["code"],
            name=feature["properties"]["name"],
            polygons=tuple(
                tuple(np.array(ring, dtype=np.float64) for ring in polygon)
                for polygon in feature["geometry"]["coordinates"]
            ),
        )
        for feature in json.loads(text)["features"]
    )
