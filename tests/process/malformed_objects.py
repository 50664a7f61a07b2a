# SPDX-License-Identifier: MIT
"""Broken race tracks and networks for cones, broken frames of the KITTI object benchmark, and where results cannot go."""

import array
import json
import threading

from malformed_case import CaseTable, Command, as_owner
from malformed_models import DEMO_WEIGHTS
from small_objects import CAR, P2, R0, TO_CAMERA, TRACK, write_kitti_object, write_track
from weight_files import read_safetensors, safetensors

table = CaseTable()

_training = threading.Lock()


def cones(place, *options, model="pointnet:random", out=None):
    """The usual command; makes a track when there is none."""
    if not place.data.exists():
        write_track(place.data)
    return ["cones", place.data, "--model", model, "--out", out or place.out, "--quiet", *options]


def frustums(place, *options, model="pointnet:random", out=None):
    if not place.data.exists():
        write_kitti_object(place.data)
    return ["frustums", place.data, "--model", model, "--out", out or place.out, "--quiet", *options]


def trained(place):
    """(header, tensors) of a network for cones, trained once for all cases."""
    folder = place.shared("cones")
    with _training:
        if not folder.exists():
            data = write_track(place.shared("track"))
            place.must_run("train", "--model", "cone-pointnet", "--steps", 1, "--batch", 2, "--data", data, "--out", folder, "--quiet")
    return read_safetensors(folder / "last.safetensors")


def nothing_written(place):
    """A good answer comes before the first result."""
    files = [str(path) for path in place.out.rglob("*") if path.is_file()] if place.out.is_dir() else []
    return [f"{path} was written" for path in files]


# What works when it is whole

@table.add("race track that is whole", 0)
def _(place):
    return cones(place)


@table.add("KITTI frame that is whole", 0)
def _(place):
    return frustums(place, "--frame", "000000", "--frame", "000000")


# Race tracks

for broken, content, words in (
    ("more frames on a track than a number holds", {**TRACK, "framesPerTrack": 1 << 32}, ("framesPerTrack",)),
    ("more beams than a number holds", {**TRACK, "beams": (1 << 32) - 1}, ("beams",)),
    ("no frames on a track", {**TRACK, "framesPerTrack": 0}, ("framesPerTrack",)),
    ("negative beams", {**TRACK, "beams": -3}, ("beams",)),
    ("half a beam", {**TRACK, "beams": 6.5}, ("beams",)),
    ("no beams", {"format": TRACK["format"]}, ("beams",)),
    ("track.json of a later format", {**TRACK, "format": "siskin-track-9"}, ("siskin-track-1",)),
    ("track.json that is a list", [], ("siskin-track-1",)),
    ("empty track.json", b"", ("byte 1",)),
    ("track.json that ends in the middle", json.dumps(TRACK)[:20].encode(), ("byte 21",)),
    ("track.json nested a million deep", b"[" * 1_000_000, ("levels deep",)),
    ("track.json with a key twice", b'{"format":"siskin-track-1","beams":32,"beams":64}', ("'beams' occurs twice",)),
):
    @table.add(broken, 3, "track.json", *words, after=nothing_written)
    def _(place, content=content):
        command = cones(place)
        (place.data / "track.json").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return command


@table.add("track.json that may not be read", 3, "track.json", "permission")
def _(place):
    command = cones(place)
    (place.data / "track.json").chmod(0)
    return Command(command, as_owner())


for broken, line in (
    ("line of a cone that ends in the middle", "7 blue 5 0"),
    ("cone at NaN", "7 blue nan 0 -0.9 30"),
    ("cone of no kind", "7 none 5 0 -0.9 30"),
    ("cone with a number too many", "7 blue 5 0 -0.9 30 1"),
    ("cone with a negative number of points", "7 blue 5 0 -0.9 -3"),
    ("cone whose instance has more digits than a number", "99999999999 blue 5 0 -0.9 30"),
    ("zeros in place of a cone", "\0" * 40),
):
    @table.add(broken, 3, "000001.txt, line 2", "is no cone", after=nothing_written)
    def _(place, line=line):
        command = cones(place)
        (place.data / "cones" / "000001.txt").write_text("# instance kind x y z points\n" + line)
        return command


@table.add("label too few in a race track", 3, "000001.label")
def _(place):
    command = cones(place)
    path = place.data / "labels" / "000001.label"
    path.write_bytes(path.read_bytes()[:-4])
    return command


for broken, column, value, word in (
    ("position that is NaN in a race track", 0, float("nan"), "000001"),
    ("intensity of 200 in a race track", 3, 200.0, "divide it"),
    ("negative intensity in a race track", 3, -1.0, "not between 0 and 1"),
):
    @table.add(broken, 3, word)
    def _(place, column=column, value=value):
        command = cones(place)
        path = place.data / "velodyne" / "000001.bin"
        points = array.array("f", path.read_bytes())
        points[40 + column] = value
        path.write_bytes(points.tobytes())
        return command


@table.add("race track without scans", 3, "no scans", "velodyne")
def _(place):
    command = cones(place)
    for path in (place.data / "velodyne").iterdir():
        path.unlink()
    return command


@table.add("frame that the race track does not have", 2, "000007")
def _(place):
    return cones(place, "--frame", "000007")


# Networks for cones

def add_weights(broken, code, *words, kind=""):
    def register(make):
        @table.add(broken, code, *words)
        def _(place):
            path = place.write("w.safetensors", make(*trained(place)))
            return cones(place, model=f"{kind}{path}")
        return make
    return register


@add_weights("network for cones with NaN in it", 3, "w.safetensors")
def _(header, tensors):
    return safetensors(header, b"\xff" * len(tensors))


@add_weights("network for cones of an unknown kind", 2, "pvcnnn")
def _(header, tensors):
    header["__metadata__"]["siskin.object_model"] = "pvcnnn"
    return safetensors(header, tensors)


@add_weights("network for cones of another kind than the command says", 2, "holds a PointNet, not a PVCNN", kind="pvcnn:")
def _(header, tensors):
    return safetensors(header, tensors)


@add_weights("network for cones that ends in the middle", 3, "w.safetensors")
def _(header, tensors):
    return safetensors(header, tensors[:100])


for broken, code, model, words in (
    ("network for LiDAR scans in place of one for cones", 2, str(DEMO_WEIGHTS), ("not a network for cones",)),
    ("network for cones that is not there", 3, "nope.pt", ("nope.pt",)),
    ("kind for cones without weights", 2, "pvcnn", ("which weights",)),
    ("unknown kind for cones", 2, "pvcn:random", ("did you mean 'pvcnn'",)),
    ("width for cones", 2, "pvcnn:random:0.5", ("one size",)),
    ("precision for cones", 2, "pvcnn:random@int8", ("fp32",)),
    ("empty model for cones", 2, "", ("network for cones ''",)),
):
    @table.add(broken, code, *words, after=nothing_written)
    def _(place, model=model):
        return cones(place, model=model)

table.add("threads without end for cones", 2, "--threads", "1024")(lambda place: cones(place, "--threads", 100_000_000))
table.add("power for cones that is not a number", 2, "nan")(lambda place: cones(place, "--tdp", "nan"))
table.add("device for cones that this machine lacks", 4, "cuda")(lambda place: cones(place, "--device", "cuda"))


# Where results cannot go

for broken, make in (("cones", cones), ("frustums", frustums)):
    @table.add(f"{broken} into a file", 3, "notes.txt", "cannot write there")
    def _(place, make=make):
        return make(place, out=place.write("notes.txt", "mine"))


@table.add("cones into a folder that may not be written", 3, "out", "permission")
def _(place):
    place.out.mkdir(mode=0o500)
    return Command(cones(place), as_owner())


@table.add("cones where a folder has the report's name", 3, "report.json")
def _(place):
    (place.out / "report.json").mkdir(parents=True)
    return cones(place)


@table.add("cones to a standard output that is full", 3, "standard output", "full")
def _(place):
    return Command(cones(place), ("sh", "-c", 'exec "$@" >/dev/full', "sh"))


@table.add("boxes into the folder of the labels", 2, "--out", "read from there", after=lambda place: [] if (
    place.data / "training" / "label_2" / "000000.txt").read_text() == CAR else ["the labels have changed"])
def _(place):
    return frustums(place, out=place.data / "training" / "label_2")


# Frames of the KITTI object benchmark

for broken, name, content, words in (
    ("calibration that is not there", "calib", None, ("000000.txt", "no such file")),
    ("calibration without P2", "calib", R0 + TO_CAMERA, ("P2",)),
    ("calibration with P2 twice", "calib", P2 + P2 + R0 + TO_CAMERA, ("line 2", "second time")),
    ("calibration with a number too few", "calib", P2[:-3] + "\n" + R0 + TO_CAMERA, ("line 1", "11 numbers")),
    ("calibration with NaN", "calib", P2.replace("180", "nan") + R0 + TO_CAMERA, ("line 1", "nan")),
    ("camera without a focal length", "calib", P2.replace("700", "0") + R0 + TO_CAMERA, ("focal",)),
    ("boxes of a frame that are not there", "label_2", None, ("000000.txt", "no such file")),
    ("box with columns too few", "label_2", CAR[:-3] + "\n", ("line 1", "14 columns")),
    ("box whose right side is left", "label_2", CAR.replace("650", "50"), ("line 1", "no box")),
    ("box larger than any number", "label_2", CAR.replace("650", "1e999"), ("line 1", "1e999")),
):
    @table.add(broken, 3, *words, after=nothing_written)
    def _(place, name=name, content=content):
        command = frustums(place)
        path = place.data / "training" / name / "000000.txt"
        path.unlink() if content is None else path.write_text(content)
        return command


@table.add("KITTI scans that may not be listed", 3, "velodyne", "can be read")
def _(place):
    command = frustums(place)
    folder = place.data / "training" / "velodyne"
    folder.chmod(0)
    place.at_end(lambda: folder.chmod(0o700))
    return Command(command, as_owner())


@table.add("folder of 2D boxes of other frames", 3, "no text file of any frame", "000000.txt", after=nothing_written)
def _(place):
    place.write("detections/000009.txt", CAR)
    return frustums(place, "--boxes", place.folder / "detections")


for broken, code, options, model, words in (
    ("KITTI frame that is not there", 2, ("--frame", "../000000"), "pointnet:random", ("../000000",)),
    ("frustum network that is not there", 3, (), "pvcnn:nope.pt", ("nope.pt",)),
    ("frustum network without a kind", 2, (), ":random", ("frustum network ':random'",)),
    ("network for LiDAR scans in place of a frustum network", 3, (), str(DEMO_WEIGHTS), ("not a frustum network",)),
):
    @table.add(broken, code, *words, after=nothing_written)
    def _(place, options=options, model=model):
        return frustums(place, *options, model=model)


# Made-up tracks, and learning from them

for broken, word, options in (
    ("race track of no frames", "--frames 0", ("--frames", 0)),
    ("race track of a LiDAR that nobody knows", "16 beams", ("--beams", 16)),
    ("race track with threads without end", "--threads", ("--threads", 100_000_000)),
):
    @table.add(broken, 2, word, after=lambda place: [f"{path} is left" for path in place.folder.glob("out*")])
    def _(place, options=options):
        return ["make-dataset", "track", "--out", place.out, "--quiet", *options]


@table.add("network for cones that learns from streets", 2, "not a race track")
def _(place):
    return ["train", "--model", "cone-pvcnn", "--data", "demo:street", "--out", place.out, "--quiet"]


@table.add("network for cones that learns without cones", 3, "000000.txt", after=nothing_written)
def _(place):
    data = write_track(place.data)
    for path in (data / "cones").iterdir():
        path.unlink()
    return ["train", "--model", "cone-pvcnn", "--data", data, "--out", place.out, "--quiet"]
