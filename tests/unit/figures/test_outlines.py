"""The packaged outlines, how they were made, and the projection that they are drawn in."""

from __future__ import annotations

import importlib.util
import io
import json
import tarfile
from importlib import resources
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from steppe import axes
from steppe.figures import outlines
from steppe.figures.projection import MERIDIAN, ORIGIN, albers

CAPITALS = {
    "KAZ": (71.4, 51.1), "UZB": (69.3, 41.3), "TKM": (58.4, 38.0), "KGZ": (74.6, 42.8),
    "TJK": (68.8, 38.6), "CHN": (116.4, 39.9), "IRN": (51.4, 35.7), "IND": (77.2, 28.6),
    "RUS": (37.6, 55.8), "TUR": (32.9, 39.9), "PAK": (73.0, 33.7), "AFG": (69.2, 34.5),
    "JPN": (139.7, 35.9),
}  # fmt: skip


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = Path(__file__).parents[3] / "tools" / "build_outlines.py"
    spec = importlib.util.spec_from_file_location("build_outlines", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_capitals_lie_in_their_countries() -> None:
    by_code = {c.code: c for c in outlines.countries() if c.code}
    assert set(axes.HOSTS) <= set(by_code)
    for code, capital in CAPITALS.items():
        rings = [Outline(polygon[0]) for polygon in by_code[code].polygons]
        assert any(ring.contains_point(capital) for ring in rings), code
        others = [c for c in by_code if c != code]
        assert not any(
            Outline(p[0]).contains_point(capital) for o in others for p in by_code[o].polygons
        ), code


def test_file_tells_its_source_licence_and_input() -> None:
    text = (resources.files("steppe") / "data" / "outlines.geojson").read_text(encoding="utf-8")
    assert len(text.encode()) < 250_000
    head = json.loads(text)
    assert head["type"] == "FeatureCollection"
    assert "Natural Earth" in head["source"] and "public domain" in head["licence"]
    assert len(head["sha256"]) == 64
    licence = (resources.files("steppe") / "data" / "outlines.LICENSE.md").read_text("utf-8")
    assert head["sha256"] in licence


def test_the_tool_cuts_and_joins_a_small_topology(tool: ModuleType, tmp_path: Path) -> None:
    """Two squares that share a border: one in the region, the other half outside of it."""
    topology = {
        "type": "Topology",
        "transform": {"scale": [1.0, 1.0], "translate": [150.0, 40.0]},
        "arcs": [
            [[10, 0], [0, 10]],  # the shared border, northwards at 160 E
            [[10, 10], [-10, 0], [0, -10], [10, 0]],  # the western square's rest
            [[10, 10], [10, 0], [0, -10], [-10, 0]],  # the eastern square's rest
        ],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "398", "arcs": [[0, 1]], "properties": {"name": "W"}},
                    {"type": "Polygon", "arcs": [[-1, -3]], "properties": {"name": "E"}},
                    {"type": None, "properties": {"name": "none"}},
                ]
            }
        },
    }
    raw = json.dumps(topology).encode()
    tarball = tmp_path / "atlas.tgz"
    with tarfile.open(tarball, "w:gz") as package:
        entry = tarfile.TarInfo(tool.MEMBER)
        entry.size = len(raw)
        package.addfile(entry, io.BytesIO(raw))
    made = json.loads(tool.build(tarball))
    east, west = made["features"]
    assert (west["properties"], east["properties"]) == (
        {"code": "KAZ", "name": "W"},
        {"code": "", "name": "E"},
    )
    square = np.array(west["geometry"]["coordinates"][0][0])
    assert square.min(axis=0).tolist() == [150, 40] and square.max(axis=0).tolist() == [160, 50]
    assert square[0].tolist() == square[-1].tolist()
    assert np.array(east["geometry"]["coordinates"][0][0])[:, 0].max() == tool.EAST


def test_simplification_keeps_ends_and_stays_close(tool: ModuleType) -> None:
    rng = np.random.default_rng(4)
    line = [(i / 50, float(y)) for i, y in enumerate(np.cumsum(rng.normal(0, 0.02, 200)))]
    short = tool.simplify(line, 0.05)
    assert short[0] == line[0] and short[-1] == line[-1] and len(short) < len(line) / 2
    x, y = np.array(line).T
    assert np.abs(np.interp(x, *np.array(short).T) - y).max() < 0.2


def test_albers_keeps_areas_and_its_origin() -> None:
    np.testing.assert_allclose(albers(np.array(MERIDIAN), np.array(ORIGIN)), [0, 0], atol=1e-9)
    areas = []
    for latitude in (10.0, 35.0, 60.0):  # cells of the same area on the sphere
        step = 1 / np.cos(np.radians(latitude))
        side = np.linspace(0, 1, 40)
        lon = 100 + step * np.concatenate([side, np.ones(40), 1 - side, np.zeros(40)])
        lat = latitude - 0.5 + np.concatenate([np.zeros(40), side, np.ones(40), 1 - side])
        x, y = albers(lon, lat).T
        areas.append(abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2)
    np.testing.assert_allclose(areas, areas[0], rtol=1e-3)
