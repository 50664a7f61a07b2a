# SPDX-License-Identifier: MIT
"""Shards that do not belong together, reports that cannot be compared, files that cannot be checked."""

import json
import shutil

from malformed_case import CaseTable

table = CaseTable()


def merge(place, *folders):
    return ["merge", *folders, "--out", place.report, "--quiet"]


@table.add("shard that is missing", 3, "2", "3")
def _(place):
    shards = place.shards(3)
    shutil.rmtree(shards[1])
    return merge(place, place.out)


@table.add("shard that is given twice", 3, "shard-01-of-02")
def _(place):
    shards = place.shards(2)
    return merge(place, *shards, shards[0])


@table.add("copy of a shard beside it", 3, "copy", "1/2")
def _(place):
    shards = place.shards(2)
    shutil.copytree(shards[0], place.folder / "copy")
    return merge(place, *shards, place.folder / "copy")


@table.add("shards of two divisions", 3, "shard")
def _(place):
    return merge(place, place.shards(2)[0], *place.shards(3)[1:])


@table.add("shards of two networks", 3, "models")
def _(place):
    first, _ = place.shards(2)
    other = place.folder / "other"
    place.finished("--shard", "2/2", out=other, model=("--model", "demo:spvcnn-0.125"))
    return merge(place, first, other / "shard-02-of-02")


@table.add("shards of two data sets", 3, "frames")
def _(place):
    first, second = place.shards(2)
    shutil.rmtree(second)
    shutil.rmtree(place.data)
    place.kitti(frames=6)
    place.must_run(*place.evaluation("--shard", "2/2"))
    return merge(place, first, second)


@table.add("shard with a frame that was not done", 3, "shard-02-of-02")
def _(place):
    _, second = place.shards(2)
    journal = second / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if not line.startswith(b'{"frame":{"position":3,')))
    return merge(place, place.out)


@table.add("shard whose journal is damaged", 3, "shard-02-of-02", "line")
def _(place):
    _, second = place.shards(2)
    journal = second / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"points"', b'"poinst"', 1))
    return merge(place, place.out)


@table.add("shard without its plan", 3, "2/2")
def _(place):
    _, second = place.shards(2)
    (second / "plan.json").unlink()
    return merge(place, place.out)


@table.add("shard without its journal", 3, "shard-02-of-02")
def _(place):
    _, second = place.shards(2)
    (second / "journal.jsonl").unlink()
    return merge(place, place.out)


@table.add("shards that are not there", 3, "nowhere")
def _(place):
    return merge(place, place.folder / "nowhere")


@table.add("folder without shards", 3, "empty")
def _(place):
    (place.folder / "empty").mkdir()
    return merge(place, place.folder / "empty")


@table.add("file instead of a folder of shards", 3, "file")
def _(place):
    return merge(place, place.write("file", "no folder"))


@table.add("file where the merged report should be", 3, "report")
def _(place):
    place.shards(2)
    place.write("report", "a file")
    return merge(place, place.out)


@table.add("folds of something else than S3DIS", 3, "fold")
def _(place):
    place.finished()
    return [*merge(place, place.out), "--folds"]


# compare

def add_report(broken, *words, code=3, content=None, options=()):
    """Compares a healthy report with one of this content (a function of the healthy bytes)."""
    def arrange(place):
        place.finished()
        healthy = place.out / "report.json"
        other = place.folder / "other.json"
        other.write_bytes(content(healthy.read_bytes()) if content else healthy.read_bytes())
        return ["compare", healthy, other, *options]
    table.add(broken, code, *words)(arrange)


def changed(**changes):
    return lambda whole: json.dumps({**json.loads(whole), **changes}).encode()


def changed_scores(**changes):
    def change(whole):
        report = json.loads(whole)
        report["scores"].update(changes)
        return json.dumps(report).encode()
    return change


add_report("report that ends in the middle", "other.json", "byte", content=lambda whole: whole[:len(whole) // 2])
add_report("empty report", "other.json", content=lambda whole: b"")
add_report("report that is a list", "other.json", content=lambda whole: b"[]")
add_report("report of another schema", "other.json", "schema", content=changed(schema="something"))
add_report("report without models", "other.json", "models", content=changed_scores(models=[]))
add_report("report with a text for its models", "other.json", "models", content=changed_scores(models="none"))
add_report("report nested a million deep", "other.json", content=lambda whole: b"[" * 1_000_000)
add_report("report with something deep in it", "other.json", content=lambda whole: b'{"schema":' + b"[" * 500_000 + b"]" * 500_000 + b"}")
add_report("gate that is no number", "--max-latency", code=2, options=("--max-latency", "much"))
add_report("gate of another unit", "--max-latency", code=2, options=("--max-latency", "+5kg"))
add_report("gate that is not a finite number", "--min-miou", code=2, options=("--min-miou", "nan"))


@table.add("report that is not there", 3, "nowhere.json", "no such")
def _(place):
    place.finished()
    return ["compare", place.out / "report.json", place.folder / "nowhere.json"]


@table.add("folder instead of a report", 3, "folder")
def _(place):
    place.finished()
    (place.folder / "folder").mkdir()
    return ["compare", place.out / "report.json", place.folder / "folder"]


# --check

@table.add("submission to check that is not there", 3, "nowhere")
def _(place):
    return place.evaluation("--check", place.folder / "nowhere")


@table.add("archive to check that is none", 3, "archive.zip")
def _(place):
    return place.evaluation("--check", place.write("archive.zip", b"PK\x03\x04" + bytes(100)))
