"""Cut the packaged country outlines from Natural Earth, as redistributed by npm's world-atlas.

    npm pack world-atlas@2.0.2
    python tools/build_outlines.py world-atlas-2.0.2.tgz

Reads ``countries-50m.json`` (TopoJSON, 1:50 million) out of the package's tarball, simplifies its
arcs, cuts the countries to the region of the model and writes
``model/steppe/data/outlines.geojson`` with the source, the licence and the hash of the input.  The
same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

MEMBER = "package/countries-50m.json"
TARGET = Path(__file__).resolve().parent.parent / "model" / "steppe" / "data" / "outlines.geojson"
WEST, SOUTH, EAST, NORTH = -6.0, -12.0, 165.0, 76.0
"""Edges of the cut in degrees: a little wider than any map drawn of the region."""
TOLERANCE = 0.04
"""Simplification: no vertex is dropped that lies further than this from the line, in degrees."""
DECIMALS = 2
SMALLEST = 0.03
"""Rings below this area (square degrees) are left out: islets that no map of the region shows."""
CODES = {
    "004": "AFG",
    "031": "AZE",
    "156": "CHN",
    "268": "GEO",
    "356": "IND",
    "364": "IRN",
    "392": "JPN",
    "398": "KAZ",
    "417": "KGZ",
    "586": "PAK",
    "643": "RUS",
    "762": "TJK",
    "792": "TUR",
    "795": "TKM",
    "860": "UZB",
}
"""ISO 3166 numeric to alpha-3 codes of the countries that the model names."""


def decode_arcs(topology: dict[str, Any]) -> list[Ring]:
    """Return the arcs in degrees: TopoJSON stores quantised differences."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line: Ring = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append((x * kx + dx, y * ky + dy))
        arcs.append(line)
    return arcs


def simplify(line: Ring, tolerance: float) -> Ring:
    """Return the line with the vertices that Douglas and Peucker (1973) keep; ends stay."""
    keep = {0, len(line) - 1}
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        (x0, y0), (x1, y1) = line[first], line[last]
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy
        worst, at = 0.0, first
        for i in range(first + 1, last):
            x, y = line[i][0] - x0, line[i][1] - y0
            t = 0.0 if length == 0 else min(max((x * dx + y * dy) / length, 0.0), 1.0)
            distance = (x - t * dx) ** 2 + (y - t * dy) ** 2
            if distance > worst:
                worst, at = distance, i
        if worst > tolerance * tolerance:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def stitch(indices: Sequence[int], arcs: list[Ring]) -> Ring:
    """Join arcs to a ring; ``~i`` means arc ``i`` backwards."""
    ring: Ring = []
    for index in indices:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += line if not ring else line[1:]
    return ring


def clip(ring: Ring) -> Ring:
    """Cut a closed ring to the region's rectangle (Sutherland and Hodgman 1974)."""
    for axis, edge, sign in ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1)):
        cut: Ring = []
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            a_in, b_in = sign * (a[axis] - edge) >= 0, sign * (b[axis] - edge) >= 0
            if a_in:
                cut.append(a)
            if a_in != b_in:
                t = (edge - a[axis]) / (b[axis] - a[axis])
                cut.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        ring = cut
    return ring


def area(ring: Ring) -> float:
    """Return the area of a ring in square degrees."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def rounded(ring: Ring) -> list[list[float]]:
    """Round a ring, drop repeated vertices and close it."""
    out: list[list[float]] = []
    for x, y in ring:
        point = [round(x, DECIMALS), round(y, DECIMALS)]
        if not out or point != out[-1]:
            out.append(point)
    if out[0] != out[-1]:
        out.append(out[0])
    return out


def polygons(geometry: dict[str, Any]) -> Iterator[list[list[int]]]:
    """Yield the polygons of a geometry, each a list of rings of arc indices."""
    if geometry["type"] == "Polygon":
        yield geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["arcs"]


def features(topology: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a GeoJSON feature for every country that reaches into the region."""
    arcs = [simplify(line, TOLERANCE) for line in decode_arcs(topology)]
    out = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        shape = []
        for polygon in polygons(geometry):
            cut = [clip(stitch(indices, arcs)) for indices in polygon]
            rings = [rounded(ring) for ring in cut if ring and area(ring) >= SMALLEST]
            if rings:
                shape.append(rings)
        if shape:
            name = geometry["properties"]["name"]
            properties = {"code": CODES.get(geometry.get("id", ""), ""), "name": name}
            body = {"type": "MultiPolygon", "coordinates": shape}
            out.append({"type": "Feature", "properties": properties, "geometry": body})
    return sorted(out, key=lambda feature: feature["properties"]["name"])


def build(tarball: Path) -> str:
    """Return the text of the GeoJSON file, one country a line."""
    with tarfile.open(tarball) as package:
        member = package.extractfile(MEMBER)
        if member is None:
            raise FileNotFoundError(f"{tarball} holds no {MEMBER}")
        raw = member.read()
    head = {
        "type": "FeatureCollection",
        "source": "Natural Earth 4.1.0, 1:50m Admin 0 Countries (naturalearthdata.com), by "
        "world-atlas 2.0.2 (registry.npmjs.org/world-atlas/-/world-atlas-2.0.2.tgz), "
        + MEMBER.partition("/")[2],
        "licence": "data: public domain (Natural Earth); package: ISC, Copyright 2013-2019 "
        "Michael Bostock; see outlines.LICENSE.md",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "note": "De facto boundaries as drawn by Natural Earth; they imply no view on any claim. "
        f"Cut to {WEST:g} to {EAST:g} E, {SOUTH:g} to {NORTH:g} N and simplified to {TOLERANCE:g} "
        "degrees by tools/build_outlines.py.",
        "bbox": [WEST, SOUTH, EAST, NORTH],
    }
    shapes = features(json.loads(raw))
    rows = [json.dumps(shape, ensure_ascii=False, separators=(",", ":")) for shape in shapes]
    opening = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    return f'{opening},\n "features": [\n' + ",\n".join(rows) + "\n]}\n"


def main() -> None:
    """Write the outlines from the tarball named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tarball", type=Path, help="world-atlas-2.0.2.tgz")
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    text = build(arguments.tarball)
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{arguments.out}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
