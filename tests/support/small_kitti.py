# SPDX-License-Identifier: MIT
"""Small made-up frames in the layout of SemanticKITTI, the same bytes for the same seed."""

import array
import pathlib
import random

ROAD, BUILDING, VEGETATION, CAR, POLE, UNLABELED = 40, 50, 70, 10, 80, 0  # raw ids of SemanticKITTI


def _sides(random_source):
    """One point of a street without corners: ground, two walls, bushes, cars, poles."""
    x = random_source.uniform(-25.0, 25.0)
    kind = random_source.random()
    if kind < 0.5:
        return x, random_source.uniform(-8.0, 8.0), -1.7 + random_source.gauss(0.0, 0.02), ROAD
    side = random_source.choice((-1.0, 1.0))
    if kind < 0.7:
        return x, 9.0 * side, random_source.uniform(-1.7, 4.0), BUILDING
    if kind < 0.85:
        return x, side * random_source.uniform(7.0, 8.5), random_source.uniform(-1.7, 0.5), VEGETATION
    if kind < 0.93:
        return 2.0 + 4.0 * random_source.random(), 4.0 * side, random_source.uniform(-1.6, -0.3), CAR
    return 10.0 * round(x / 10.0), 6.0 * side, random_source.uniform(-1.7, 3.0), POLE


def frame(seed, points):
    """(bytes of a .bin, bytes of a .label); every twentieth point has no label."""
    random_source = random.Random(seed)
    values = array.array("f")
    labels = array.array("I")
    for i in range(points):
        x, y, z, label = _sides(random_source)
        values.extend((x, y, z, random_source.random()))
        labels.append(UNLABELED if i % 20 == 0 else label)
    return values.tobytes(), labels.tobytes()


def write_frame(sequence, name, seed=1, points=200):
    """Writes one frame into the folder of a sequence; returns its .bin and its .label."""
    scan = pathlib.Path(sequence) / "velodyne" / f"{name}.bin"
    label = pathlib.Path(sequence) / "labels" / f"{name}.label"
    for path, content in zip((scan, label), frame(seed, points)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return scan, label


def write_data_set(root, frames, points=(2000, 4000), seed=1, sequence="08"):
    """Writes `frames` frames of `points` (from, to) points each; returns `root`."""
    sizes = random.Random(seed)
    for i in range(frames):
        write_frame(pathlib.Path(root) / "sequences" / sequence, f"{i:06d}", seed * 1000 + i, sizes.randint(*points))
    return root
