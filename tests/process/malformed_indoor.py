# SPDX-License-Identifier: MIT
"""Broken rooms of S3DIS and shapes of ShapeNetPart. `siskin info FILE` reads one of them."""

import json

from malformed_case import CaseTable

table = CaseTable()

POINT = "{} 0.5 0.5 10 20 30\n"
CATEGORIES = """Airplane 02691156, Bag 02773838, Cap 02954340, Car 02958343, Chair 03001627, Earphone 03261776, Guitar 03467517,
    Knife 03624134, Lamp 03636649, Laptop 03642806, Motorbike 03790512, Mug 03797390, Pistol 03948459, Rocket 04099429,
    Skateboard 04225987, Table 04379243"""


def room(place, **objects):
    """A room with a wall and these objects, {name: text}; returns its text file."""
    folder = place.data / "Area_1" / "hallway_1"
    objects = {"wall_1": "".join(POINT.format(x / 10) for x in range(50)), **objects}
    for name, text in objects.items():
        place.write(folder / "Annotations" / f"{name}.txt", text)
    return place.write(folder / "hallway_1.txt", "".join(objects.values()))


def shape(place, text, lists=None):
    """A data set of one chair; returns the file."""
    place.write(place.data / "synsetoffset2category.txt", "".join("\t".join(category.split()) + "\n" for category in CATEGORIES.split(",")))
    for split in ("train", "val", "test"):
        names = ["shape_data/03001627/one"] if split == "train" else []
        place.write(place.data / "train_test_split" / f"shuffled_{split}_file_list.json",
                    json.dumps(names) if lists is None else lists)
    return place.write(place.data / "03001627" / "one.txt", text)


@table.add("room all of whose objects are damaged", 3, "wall_1.txt", "line 1")
def _(place):
    return ["info", room(place, wall_1="no numbers at all\n")]


@table.add("room without a point", 3, "hallway_1")
def _(place):
    return ["info", room(place, wall_1="")]


@table.add("room with a folder where an object should be", 3, "wall_1.txt")
def _(place):
    file = room(place)
    path = file.parent / "Annotations" / "wall_1.txt"
    path.unlink()
    path.mkdir()
    return ["info", file]


@table.add("room with NaN", 3, "wall_1.txt", "line 1")
def _(place):
    return ["info", room(place, wall_1="nan 0 0 1 2 3\n")]


@table.add("shape with a column too few", 3, "one.txt", "line 2")
def _(place):
    return ["info", shape(place, "0 0 0 0 0 1 12.0\n0 0 0 0 0 1\n")]


@table.add("shape with a word", 3, "one.txt", "line 1")
def _(place):
    return ["info", shape(place, "0 0 zero 0 0 1 12.0\n")]


@table.add("shape with NaN", 3, "one.txt", "line 1")
def _(place):
    return ["info", shape(place, "0 0 nan 0 0 1 12.0\n")]


@table.add("shape with half a part", 3, "one.txt", "line 1")
def _(place):
    return ["info", shape(place, "0 0 0 0 0 1 12.5\n")]


@table.add("empty shape", 3, "one.txt")
def _(place):
    return ["info", shape(place, "")]


@table.add("list of shapes that ends in the middle", 3, "file_list.json")
def _(place):
    shape(place, "0 0 0 0 0 1 12.0\n", lists='["shape_data/0300')
    return ["info", place.data]


@table.add("list of shapes nested a million deep", 3, "file_list.json")
def _(place):
    shape(place, "0 0 0 0 0 1 12.0\n", lists="[" * 1_000_000)
    return ["info", place.data]


@table.add("list of shapes of a category that does not exist", 3, "file_list.json", "99999999")
def _(place):
    shape(place, "0 0 0 0 0 1 12.0\n", lists='["shape_data/99999999/one"]')
    return ["info", place.data]
