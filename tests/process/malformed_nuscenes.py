# SPDX-License-Identifier: MIT
"""Broken tables and files of nuScenes."""

import os

from malformed_case import CaseTable, Command, as_owner

table = CaseTable()


def add_table(broken, *words, options=()):
    """A case in which `change` breaks the tables, {name: list of records}."""
    def register(change):
        def arrange(place):
            place.nuscenes(change)
            return place.evaluation(*options)
        table.add(broken, 3, *words)(arrange)
        return change
    return register


def add_file(broken, name, content, *words):
    """A case in which a table has this content; content may be a function of the healthy bytes."""
    def arrange(place):
        path = place.nuscenes() / name
        path.write_bytes(content(path.read_bytes()) if callable(content) else content)
        return place.evaluation()
    table.add(broken, 3, name, *words)(arrange)


add_file("table that ends in the middle", "sample_data.json", lambda whole: whole[:len(whole) // 2], "byte")
add_file("empty table", "scene.json", b"", "byte")
add_file("table of zero bytes", "ego_pose.json", bytes(4096), "byte")
add_file("table that is no list", "sample.json", b'{"token": 1}', "list of records")
add_file("table that is a number", "sample.json", b"7", "list of records")
add_file("list of texts instead of records", "sample.json", b'["a", "b"]', "list of records")
add_file("table nested a million deep", "sample.json", b"[" * 1_000_000, "sample.json")
add_file("record nested a million deep", "sample.json", b'[{"token": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}]", "sample.json")
add_file("text that is not UTF-8", "scene.json", lambda whole: whole.replace(b"scene-0061", b"scene-\xff\xfe"), "byte")
add_file("table with a tail", "scene.json", lambda whole: whole + b"]", "byte")


@add_table("samples whose `next` goes round in a circle", "sample.json", "circle")
def _(tables):
    tables["sample"][2]["next"] = tables["sample"][0]["token"]


@add_table("sample that is its own `next`", "sample.json", "circle")
def _(tables):
    tables["sample"][1]["next"] = tables["sample"][1]["token"]


@add_table("sample whose `next` leads nowhere", "sample.json", "nowhere")
def _(tables):
    tables["sample"][1]["next"] = "nowhere"


@add_table("sample whose `next` is of another scene", "sample.json", "scene")
def _(tables):
    tables["sample"][2]["next"] = tables["sample"][3]["token"]


@add_table("scene whose first sample is not there", "nowhere")
def _(tables):
    tables["scene"][0]["first_sample_token"] = "nowhere"


@add_table("sweeps whose `prev` goes round in a circle", "sample_data.json", "circle", options=("--sweeps", 10))
def _(tables):
    tables["sample_data"][1]["prev"] = tables["sample_data"][2]["token"]
    tables["sample_data"][0]["prev"] = tables["sample_data"][2]["token"]


@add_table("sweep that is its own `prev`", "sample_data.json", "circle", options=("--sweeps", 10))
def _(tables):
    tables["sample_data"][1]["prev"] = tables["sample_data"][1]["token"]


@add_table("sweep whose `prev` leads nowhere", "sample_data.json", "nowhere", options=("--sweeps", 10))
def _(tables):
    tables["sample_data"][1]["prev"] = "nowhere"


@add_table("sweep without its pose", "ego_pose", options=("--sweeps", 10))
def _(tables):
    tables["ego_pose"] = [record for record in tables["ego_pose"] if record["token"] != "ego-sweep-data-0-0"]


@add_table("keyframe without its pose", "ego_pose.json", "ego-sample-data-0-1")
def _(tables):
    tables["ego_pose"] = [record for record in tables["ego_pose"] if record["token"] != "ego-sample-data-0-1"]


@add_table("keyframe of a sensor that is not there", "sample_data.json", "nowhere")
def _(tables):
    tables["sample_data"][0]["calibrated_sensor_token"] = "nowhere"


@add_table("keyframe of a sample that is not there", "sample_data.json", "nowhere")
def _(tables):
    tables["sample_data"][0]["sample_token"] = "nowhere"


@add_table("two records with one token", "sample.json", "second")
def _(tables):
    tables["sample"][1]["token"] = tables["sample"][0]["token"]


@add_table("record without its token", "sample.json", "token")
def _(tables):
    del tables["sample"][1]["token"]


@add_table("number where a text should be", "scene.json", "first_sample_token")
def _(tables):
    tables["scene"][0]["first_sample_token"] = 7


@add_table("time that is a text", "sample.json", "timestamp")
def _(tables):
    tables["sample"][0]["timestamp"] = "noon"


@add_table("rotation that is no rotation", "calibrated_sensor.json", "rotation")
def _(tables):
    tables["calibrated_sensor"][0]["rotation"] = [0, 0, 0, 0]


@add_table("position of two numbers", "ego_pose.json", "translation")
def _(tables):
    tables["ego_pose"][0]["translation"] = [1, 2]


@add_table("two scenes of one name", "scene.json", "scene-0061")
def _(tables):
    tables["scene"][1]["name"] = tables["scene"][0]["name"]


@add_table("two categories of one number", "category.json", "index")
def _(tables):
    tables["category"][1]["index"] = tables["category"][2]["index"]


@add_table("category with the number 300", "category.json", "300")
def _(tables):
    tables["category"][1]["index"] = 300


@table.add("table that is not there", 3, "calibrated_sensor.json", "missing")
def _(place):
    (place.nuscenes() / "calibrated_sensor.json").unlink()
    return place.evaluation()


@table.add("folder where a table should be", 3, "sensor.json")
def _(place):
    path = place.nuscenes() / "sensor.json"
    path.unlink()
    path.mkdir()
    return place.evaluation()


@table.add("named pipe as a table", 3, "sensor.json")
def _(place):
    path = place.nuscenes() / "sensor.json"
    path.unlink()
    os.mkfifo(path)
    return place.evaluation()


@table.add("table that may not be read", 3, "sample_data.json")
def _(place):
    (place.nuscenes() / "sample_data.json").chmod(0)
    return Command(place.evaluation(), as_owner())


@table.add("no tables at all", 3, "tables")
def _(place):
    for path in place.nuscenes().iterdir():
        path.unlink()
    return place.evaluation()


@table.add("labels for fewer points than there are", 3, "lidarseg.bin", "points")
def _(place):
    place.nuscenes()
    path = next((place.data / "lidarseg" / "v1.0-mini").iterdir())
    path.write_bytes(path.read_bytes()[:-1])
    return place.evaluation()


@table.add("point file whose size is no whole number of points", 3, ".pcd.bin", "20")
def _(place):
    place.nuscenes()
    path = sorted((place.data / "samples" / "LIDAR_TOP").iterdir())[0]
    path.write_bytes(path.read_bytes()[:-7])
    return place.evaluation()
