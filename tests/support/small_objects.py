# SPDX-License-Identifier: MIT
"""Small made-up frames of race tracks (datasets/track) and of the KITTI object benchmark, always the same bytes."""

import array
import json
import math
import pathlib

TRACK = {"format": "siskin-track-1", "beams": 32, "framesPerTrack": 2}
CONES = "7 blue 5 0 -0.9 30\n8 yellow 7 1 -0.9 30\n"

P2 = "P2: 700 0 600 0 0 700 180 0 0 0 1 0\n"
R0 = "R0_rect: 1 0 0 0 1 0 0 0 1\n"
TO_CAMERA = "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
CAR = "Car 0 0 -1.5 550 170 650 255 1.5 1.7 4 0 1.6 15 0\n"


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_track(root, frames=2):
    """Flat ground, a blue and a yellow cone. Returns `root`."""
    root = pathlib.Path(root)
    points, labels = array.array("f"), array.array("I")
    for i in range(3600):
        points.extend((i // 60 / 4, (i % 60 - 30) / 4, -0.9, 0.5))
        labels.append(5)
    for i in range(30):
        up = 0.1 + 0.006 * i
        x, y = ((0.15 - 0.4 * up) * turned for turned in (math.cos(0.7 * i), math.sin(0.7 * i)))
        points.extend((5 + x, y, up - 0.9, 0.5, 7 + x, 1 + y, up - 0.9, 0.5))
        labels.extend((1 | 7 << 16, 2 | 8 << 16))
    for i in range(frames):
        _write(root / "velodyne" / f"{i:06d}.bin", points.tobytes())
        _write(root / "labels" / f"{i:06d}.label", labels.tobytes())
        _write(root / "cones" / f"{i:06d}.txt", CONES)
    _write(root / "track.json", json.dumps(TRACK))
    return root


def write_kitti_object(root):
    """One frame with one car, below `root`/training. Returns that folder."""
    folder = pathlib.Path(root) / "training"
    points = array.array("f")
    for i in range(200):
        points.extend((13 + i % 20 / 5, i % 7 / 4 - 0.75, -1.5 + i % 11 / 8, 0.3))
    _write(folder / "velodyne" / "000000.bin", points.tobytes())
    _write(folder / "calib" / "000000.txt", P2 + R0 + TO_CAMERA)
    _write(folder / "label_2" / "000000.txt", CAR)
    return folder
