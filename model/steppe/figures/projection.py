"""The maps' projection: Albers' equal-area conic, so that areas compare over the whole region."""

from __future__ import annotations

import numpy as np

from steppe.figures.series import Array

RADIUS = 6371.0
"""Mean radius of the Earth in km; the projection treats it as a sphere."""
MERIDIAN, ORIGIN, SOUTHERN, NORTHERN = 76.0, 40.0, 25.0, 55.0
"""Central meridian, latitude of origin and the two parallels without distortion, in degrees."""


def albers(longitude: Array, latitude: Array) -> Array:
    """Project degrees to km east and north of the origin: ``(..., 2)``.

    Snyder (1987), *Map Projections: A Working Manual*, USGS Professional Paper 1395, p. 100.
    """
    p1, p2, p0 = np.radians([SOUTHERN, NORTHERN, ORIGIN])
    n = (np.sin(p1) + np.sin(p2)) / 2
    c = np.cos(p1) ** 2 + 2 * n * np.sin(p1)
    rho = RADIUS * np.sqrt(c - 2 * n * np.sin(np.radians(latitude))) / n
    rho0 = RADIUS * np.sqrt(c - 2 * n * np.sin(p0)) / n
    theta = n * np.radians(np.asarray(longitude) - MERIDIAN)
    return np.stack([rho * np.sin(theta), rho0 - rho * np.cos(theta)], axis=-1)


def rounded(path: Array) -> Array:
    """Return a path (point, 2), its corners cut twice at a quarter of each side (Chaikin 1974)."""
    for _ in range(2 if len(path) > 2 else 0):
        a, b = path[:-1], path[1:]
        inner = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        path = np.vstack([path[:1], inner[1:-1], path[-1:]])
    return path
