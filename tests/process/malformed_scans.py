# SPDX-License-Identifier: MIT
"""Broken scans, labels and folders of SemanticKITTI."""

import os
import struct

from malformed_case import CaseTable, Command, as_owner

table = CaseTable()


def replace_values(path, values):
    """The first numbers of a file of float32."""
    content = bytearray(path.read_bytes())
    content[:4 * len(values)] = struct.pack(f"<{len(values)}f", *values)
    path.write_bytes(content)


@table.add("scan whose size is no whole number of points", 3, "000001.bin", "16")
def _(place):
    scan = place.scan()
    scan.write_bytes(scan.read_bytes()[:-3])
    return place.evaluation()


@table.add("empty scan", 3, "000001.bin", "empty")
def _(place):
    place.scan().write_bytes(b"")
    return place.evaluation()


@table.add("NaN coordinate", 3, "000001.bin", "byte 0")
def _(place):
    replace_values(place.scan(), [float("nan")])
    return place.evaluation()


@table.add("infinite remission", 3, "000001.bin", "byte 12")
def _(place):
    replace_values(place.scan(), [1.0, 2.0, 3.0, float("inf")])
    return place.evaluation()


@table.add("coordinate beyond every voxel grid", 3, "000001")
def _(place):
    replace_values(place.scan(), [1e30, -1e30, 0.0])
    return place.evaluation()


@table.add("scan of 5 GiB", 3, "000001.bin", "bytes")
def _(place):
    os.truncate(place.scan(), 5 << 30)  # takes no space
    return place.evaluation()


@table.add("one label too few", 3, "000001.label", "points")
def _(place):
    label = place.label()
    label.write_bytes(label.read_bytes()[:-4])
    return place.evaluation()


@table.add("label file that ends in the middle of a label", 3, "000001.label", "4")
def _(place):
    label = place.label()
    label.write_bytes(label.read_bytes()[:-1])
    return place.evaluation()


@table.add("empty label file", 3, "000001.label")
def _(place):
    place.label().write_bytes(b"")
    return place.evaluation()


@table.add("scan that may not be read", 3, "000001.bin", "permission")
def _(place):
    place.scan().chmod(0)
    return Command(place.evaluation(), as_owner())


@table.add("label file that may not be read", 3, "000001.label", "permission")
def _(place):
    place.label().chmod(0)
    return Command(place.evaluation(), as_owner())


@table.add("folder of scans that may not be read", 3, "velodyne", "permission")
def _(place):
    folder = place.kitti() / "velodyne"
    folder.chmod(0)
    place.at_end(lambda: folder.chmod(0o755))
    return Command(place.evaluation(), as_owner())


@table.add("data set that may not be entered", 3, "data")
def _(place):
    place.kitti()
    place.data.chmod(0)
    place.at_end(lambda: place.data.chmod(0o755))
    return Command(place.evaluation(), as_owner())


@table.add("symbolic link that goes round in a circle as a scan", 3, "000001.bin")
def _(place):
    scan = place.scan()
    scan.unlink()
    scan.symlink_to(scan)
    return place.evaluation("--frame", "000001")


@table.add("symbolic link that leads nowhere as a scan", 3, "000001.bin")
def _(place):
    scan = place.scan()
    scan.unlink()
    scan.symlink_to("nowhere.bin")
    return place.evaluation("--frame", "000001")


@table.add("symbolic link that goes round in a circle as a label file", 3, "000001.label")
def _(place):
    label = place.label()
    label.unlink()
    label.symlink_to(label)
    return place.evaluation()


@table.add("folder where a scan should be", 3, "000001.bin")
def _(place):
    scan = place.scan()
    scan.unlink()
    scan.mkdir()
    return place.evaluation("--frame", "000001")


@table.add("folder where a label file should be", 3, "000001.label")
def _(place):
    label = place.label()
    label.unlink()
    label.mkdir()
    return place.evaluation()


@table.add("named pipe as a scan", 3, "000001.bin")
def _(place):
    scan = place.scan()
    scan.unlink()
    os.mkfifo(scan)
    return place.evaluation("--frame", "000001")


@table.add("named pipe as a label file", 3, "000001.label")
def _(place):
    label = place.label()
    label.unlink()
    os.mkfifo(label)
    return place.evaluation()


@table.add("named pipe as the data set", 3, "data")
def _(place):
    os.mkfifo(place.data)
    return place.evaluation()


@table.add("file where the folder of scans should be", 3, "velodyne")
def _(place):
    place.write("data/sequences/08/velodyne", "no folder")
    return place.evaluation()


@table.add("data set that is not there", 3, "data", "no such")
def _(place):
    place.data.symlink_to("nowhere")
    return place.evaluation()


@table.add("data set that is a circle of symbolic links", 3, "data")
def _(place):
    place.data.symlink_to(place.data)
    return place.evaluation()


@table.add("empty folder as the data set", 3, "data")
def _(place):
    place.data.mkdir()
    return place.evaluation()


@table.add("/dev/null as the data set", 3, "/dev/null")
def _(place):
    command = place.evaluation()
    command[1] = "/dev/null"
    return command


@table.add("sequences without any scan", 3, "velodyne")
def _(place):
    (place.data / "sequences" / "08" / "velodyne").mkdir(parents=True)
    return place.evaluation()


@table.add("no pose file for scans that are to be accumulated", 3, "poses.txt")
def _(place):
    place.kitti()
    return place.evaluation("--sweeps", 2)


@table.add("pose file with words in it", 3, "poses.txt", "line 2")
def _(place):
    sequence = place.kitti()
    (sequence / "poses.txt").write_text("1 0 0 0 0 1 0 0 0 0 1 0\n" + "word " * 12 + "\n")
    (sequence / "calib.txt").write_text("Tr: 1 0 0 0 0 1 0 0 0 0 1 0\n")
    return place.evaluation("--sweeps", 2)


@table.add("pose file with fewer lines than scans", 3, "000001.bin", "poses.txt")
def _(place):
    sequence = place.kitti()
    (sequence / "poses.txt").write_text("1 0 0 0 0 1 0 0 0 0 1 0\n")
    (sequence / "calib.txt").write_text("Tr: 1 0 0 0 0 1 0 0 0 0 1 0\n")
    return place.evaluation("--sweeps", 2)
