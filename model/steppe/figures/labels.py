"""Placing the names of points on a map so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from steppe.figures.series import Array

DISTANCES = (6.0, 11.0, 18.0, 27.0, 38.0)
"""Distances of a label from its point that are tried, in pixels beyond the marker."""
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
LEADER = 15.0
"""From this distance a label needs a line to its point."""
HIT, CROSSING, FAR, OUTSIDE = 1000.0, 4.0, 0.35, 1e6
"""Cost of covering a label or point, a sample of a link, of a pixel of distance, of the edge."""


def place(points: Array, sizes: Array, lines: Array, taken: Array, frame: Sequence[float]) -> Array:
    """Return the lower left corner ``(label, 2)`` of every label.

    ``points`` and ``sizes`` ``(label, 2)`` are the labels' points and extents, ``lines``
    ``(sample, 2)`` points along what should stay visible, ``taken`` ``(box, 4)`` boxes that are
    taken already, ``frame`` the panel; boxes are (left, bottom, right, top), all in pixels.
    Labels are set one by one, most crowded point first, each where it costs least.
    """
    corners = np.full_like(points, np.nan)
    boxes = np.asarray(taken, dtype=np.float64).reshape(-1, 4)
    marks = np.hstack([points - 4, points + 4])
    gaps = np.abs(points[:, None] - points[None]).max(axis=2)
    crowd = (gaps < 60).sum(axis=1)
    for i in np.argsort(-crowd, kind="stable"):
        options = _options(points[i], sizes[i])
        costs = [
            _cost(box, distance, np.vstack([boxes, np.delete(marks, i, axis=0)]), lines, frame)
            for box, distance in options
        ]
        box = options[int(np.argmin(costs))][0]
        corners[i] = box[:2]
        boxes = np.vstack([boxes, box])
    return corners


def _options(point: Array, size: Array) -> list[tuple[Array, float]]:
    """Return the boxes (left, bottom, right, top) that are tried, each with its distance."""
    options = []
    for distance, (east, north) in product(DISTANCES, DIRECTIONS):
        reach = distance if 0 in (east, north) else 0.7 * distance
        left = point[0] + east * reach - (1 - east) / 2 * size[0]
        bottom = point[1] + north * reach - (1 - north) / 2 * size[1]
        options.append((np.array([left, bottom, left + size[0], bottom + size[1]]), distance))
    return options


def _cost(box: Array, distance: float, taken: Array, lines: Array, frame: Sequence[float]) -> float:
    left, bottom, right, top = box
    hits = (
        (taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < top) & (taken[:, 3] > bottom)
    )
    inside = (
        (lines[:, 0] > left) & (lines[:, 0] < right) & (lines[:, 1] > bottom) & (lines[:, 1] < top)
    )
    outside = left < frame[0] or bottom < frame[1] or right > frame[2] or top > frame[3]
    return float(HIT * hits.sum() + CROSSING * inside.sum() + FAR * distance + OUTSIDE * outside)
