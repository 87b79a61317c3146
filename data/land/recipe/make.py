#!/usr/bin/env python3
"""Make data/land/land.csv, the outlines of land behind the maps, from Natural Earth.

Python's standard library is enough, and the same recipe makes the same bytes.
The source is `land-50m.json` of the npm package world-atlas 2.0.2, which is not in
this repository (545 kB). To get it, beside this file:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz package/land-50m.json
    mv package/land-50m.json . && rmdir package && rm world-atlas-2.0.2.tgz

`make.py` writes the file; `make.py --check` writes nothing, compares, and exits with 1
where they differ. Without the source, `--check` judges what can be judged without it.
"""

import csv
import hashlib
import io
import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "land-50m.json"
SHA256 = "619477ff690c086885e45cb91707d783805561bd75ae8e437b7d4694b0204e0f"
TARGET = HERE.parent / "land.csv"

# A point that lies closer to the line through its neighbours adds nothing to a map of a
# continent; degrees of a great circle, 0.08 is 9 km.
TOLERANCE = 0.08
# Smaller islands and lakes are left out; square degrees at the equator, 0.03 is 370 km².
SMALLEST = 0.03
HEADER = ["ring", "longitude", "latitude"]


def arcs(topology):
    """Every arc as points in degrees: quantised steps, added up, scaled (TopoJSON 1.0, section 2.1)."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        yield points


def unrolled(points):
    """The ring without jumps at ±180°: longitudes go on beyond. One that runs around the globe is led by its pole."""
    out = [points[0]]
    for longitude, latitude in points[1:]:
        turns = round((out[-1][0] - longitude) / 360)
        out.append((longitude + 360 * turns, latitude))
    if abs(out[-1][0] - out[0][0]) > 180:
        pole = math.copysign(90, out[0][1])
        out += [(out[-1][0], pole), (out[0][0], pole), out[0]]
    shift = 360 * math.floor((min(longitude for longitude, _ in out) + 180) / 360)
    return [(longitude - shift, latitude) for longitude, latitude in out]


def rings(topology):
    """Every ring of the land, its first point repeated as the last."""
    lines = list(arcs(topology))

    def ring(indices):
        points = []
        for index in indices:
            # The one's complement of an arc is the arc backwards.
            line = lines[index] if index >= 0 else lines[~index][::-1]
            points.extend(line[1:] if points else line)
        return points

    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for indices in polygon:
                yield unrolled(ring(indices))


def distance(point, start, end):
    """Degrees from a point to a segment, on a plane true to scale at the point's latitude."""
    narrow = max(0.05, math.cos(math.radians(point[1])))
    px, py = (point[0] - start[0]) * narrow, point[1] - start[1]
    dx, dy = (end[0] - start[0]) * narrow, end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, (px * dx + py * dy) / length))
    return math.hypot(px - along * dx, py - along * dy)


def simplified(points):
    """The points that Ramer, Douglas and Peucker keep; poles stay."""
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    for index, (_, latitude) in enumerate(points):
        if abs(latitude) > 89.99:
            keep[index] = True
    fixed = [index for index, kept in enumerate(keep) if kept]
    # A ring starts and ends at one point: the farthest from it halves the ring.
    if len(fixed) == 2:
        far = max(range(len(points)), key=lambda index: (math.dist(points[index], points[0]), -index))
        keep[far] = True
        fixed.insert(1, far)
    spans = list(zip(fixed, fixed[1:]))
    while spans:
        first, last = spans.pop()
        worst, at = 0.0, None
        for index in range(first + 1, last):
            away = distance(points[index], points[first], points[last])
            if away > worst:
                worst, at = away, index
        if at is not None and worst > TOLERANCE:
            keep[at] = True
            spans += [(first, at), (at, last)]
    return [point for point, kept in zip(points, keep) if kept]


def area(points):
    """Square degrees, as if at the equator: the shoelace formula, narrowed by the middle latitude."""
    middle = sum(latitude for _, latitude in points) / len(points)
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:]))
    return abs(twice) / 2 * math.cos(math.radians(middle))


def decimal(value):
    """Two digits, no trailing zeros, no negative zero."""
    out = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if out == "-0" else out


def made(topology):
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)
    kept = [simplified(ring) for ring in rings(topology) if area(ring) >= SMALLEST]
    kept = [ring for ring in kept if len(ring) >= 4]
    kept.sort(key=lambda ring: (-area(ring), ring[0]))
    for number, ring in enumerate(kept):
        last = None
        # The last point repeats the first.
        for longitude, latitude in ring[:-1]:
            row = (decimal(longitude), decimal(latitude))
            if row != last:
                rows.writerow((number, *row))
            last = row
    return out.getvalue().encode("ascii")


def judged(content):
    """What is wrong with a file that cannot be compared with its source."""
    rows = list(csv.reader(io.StringIO(content.decode("ascii"))))
    if rows[0] != HEADER:
        return "its header"
    numbers = [int(row[0]) for row in rows[1:]]
    if numbers != sorted(numbers) or sorted(set(numbers)) != list(range(numbers[-1] + 1)):
        return "the order of its rings"
    if any(numbers.count(number) < 3 for number in set(numbers)):
        return "a ring of fewer than three points"
    if any(not -180 <= float(row[1]) <= 540 or abs(float(row[2])) > 90 for row in rows[1:]):
        return "a point beyond the globe"
    return None


def main():
    is_check = sys.argv[1:] == ["--check"]
    if not SOURCE.exists():
        if not is_check:
            sys.exit(f"{SOURCE.name} is missing: the head of this file says how to get it")
        wrong = judged(TARGET.read_bytes())
        if wrong:
            sys.exit(f"land.csv is wrong: {wrong}")
        print(f"land.csv is sound; it was not compared with its source, because {SOURCE.name} is not there")
        return
    source = SOURCE.read_bytes()
    if hashlib.sha256(source).hexdigest() != SHA256:
        sys.exit(f"{SOURCE.name} is not the one of world-atlas 2.0.2")
    content = made(json.loads(source))
    if not is_check:
        TARGET.write_bytes(content)
    elif TARGET.read_bytes() != content:
        sys.exit("land.csv is not what recipe/make.py makes")
    else:
        print("land.csv is what the recipe makes")


main()
