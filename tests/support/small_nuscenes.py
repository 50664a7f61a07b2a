# SPDX-License-Identifier: MIT
"""A small made-up nuScenes with lidarseg: two scenes of three keyframes, a sweep after each."""

import array
import json
import pathlib
import random

VERSION = "v1.0-mini"
SCENES = ("scene-0061", "scene-0103")  # of the official mini_train and mini_val
KEYFRAMES = 3
CATEGORIES = ("noise", "vehicle.car", "flat.driveable_surface", "static.manmade", "static.vegetation")
STRAIGHT = {"translation": [0.0, 0.0, 1.8], "rotation": [1.0, 0.0, 0.0, 0.0]}


def _write_points(root, file, seed, points):
    random_source = random.Random(seed)
    values = array.array("f")
    for _ in range(points):
        values.extend((random_source.uniform(-20, 20), random_source.uniform(-20, 20), random_source.uniform(-2, 2),
                       float(random_source.randrange(256)), float(random_source.randrange(32))))
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(values.tobytes())


def _link(records):
    """A chain: `prev` and `next` of records that follow each other."""
    for i, record in enumerate(records):
        record["prev"] = records[i - 1]["token"] if i > 0 else ""
        record["next"] = records[i + 1]["token"] if i + 1 < len(records) else ""


def _tables():
    tables = {
        "attribute": [], "visibility": [], "instance": [], "sample_annotation": [], "map": [],
        "log": [{"token": "log-0", "logfile": "log-0", "vehicle": "n000", "date_captured": "2026-01-01", "location": "nowhere"}],
        "sensor": [{"token": "sensor-top", "channel": "LIDAR_TOP", "modality": "lidar"}],
        "calibrated_sensor": [{"token": "cs-top", "sensor_token": "sensor-top", "camera_intrinsic": [], **STRAIGHT}],
        "category": [{"token": f"category-{i}", "name": name, "description": "", "index": i} for i, name in enumerate(CATEGORIES)],
        "scene": [], "sample": [], "sample_data": [], "ego_pose": [], "lidarseg": [],
    }
    for number, scene in enumerate(SCENES):
        samples, data = [], []
        for i in range(KEYFRAMES):
            time = 1_000_000_000_000 + number * 60_000_000 + i * 500_000
            sample = {"token": f"sample-{number}-{i}", "timestamp": time, "scene_token": f"scene-{number}"}
            samples.append(sample)
            for kind, offset in (("samples", 0), ("sweeps", 250_000)):
                token = f"{kind[:-1]}-data-{number}-{i}"
                tables["ego_pose"].append({"token": f"ego-{token}", "timestamp": time + offset, **STRAIGHT})
                data.append({"token": token, "sample_token": sample["token"], "ego_pose_token": f"ego-{token}",
                             "calibrated_sensor_token": "cs-top", "timestamp": time + offset, "fileformat": "pcd",
                             "is_key_frame": offset == 0, "height": 0, "width": 0,
                             "filename": f"{kind}/LIDAR_TOP/{token}.pcd.bin"})
            key = data[-2]["token"]
            tables["lidarseg"].append({"token": key, "sample_data_token": key,
                                       "filename": f"lidarseg/{VERSION}/{key}_lidarseg.bin"})
        _link(samples)
        _link(data)
        tables["sample"] += samples
        tables["sample_data"] += data
        tables["scene"].append({"token": f"scene-{number}", "name": scene, "description": "", "log_token": "log-0",
                                "nbr_samples": KEYFRAMES, "first_sample_token": samples[0]["token"],
                                "last_sample_token": samples[-1]["token"]})
    return tables


def write_tables(root, tables):
    for name, records in tables.items():
        path = pathlib.Path(root) / VERSION / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(records, indent=0))


def write_nuscenes(root, points=200):
    """Writes the data set; returns its tables, {name: list of records}, to change and write again."""
    root = pathlib.Path(root)
    tables = _tables()
    write_tables(root, tables)
    for seed, record in enumerate(tables["sample_data"]):
        _write_points(root, record["filename"], seed, points)
    for seed, record in enumerate(tables["lidarseg"]):
        labels = random.Random(seed).choices(range(len(CATEGORIES)), k=points)
        path = root / record["filename"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(labels))
    return tables
