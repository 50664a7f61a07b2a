# SPDX-License-Identifier: MIT
"""Output folders that cannot be written, or that hold something else already."""

import json
import os
import signal
import subprocess
import time

from evaluation_folder import journal_line, whole_frame_lines
from malformed_case import CaseTable, Command, NotHere, as_owner
from siskin_process import RESOURCES

table = CaseTable()


# Places where nothing can be written

@table.add("file where the output folder should be", 3, "out")
def _(place):
    place.write("out", "a file")
    return place.evaluation()


@table.add("output folder below a file", 3, "out")
def _(place):
    place.write("out", "a file")
    return place.evaluation(out=place.out / "deeper")


@table.add("device as the output folder", 3, "/dev/full")
def _(place):
    return place.evaluation(out="/dev/full")


@table.add("output folder in /proc", 3, "/proc/nowhere")
def _(place):
    return place.evaluation(out="/proc/nowhere")


@table.add("output folder that may not be written", 3, "out", "permission")
def _(place):
    place.out.mkdir(mode=0o555)
    return Command(place.evaluation(), as_owner())


@table.add("output folder that is a circle of symbolic links", 3, "out")
def _(place):
    place.out.symlink_to(place.out)
    return place.evaluation()


@table.add("empty name of the output folder", 2, "--out")
def _(place):
    command = place.evaluation()
    return [part if part != place.out else "" for part in command]


for blocks in (4, 48):
    def _(place, blocks=blocks):
        return Command(place.evaluation(), ("sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"))
    table.add(f"limit of {blocks} blocks on the size of a file", 3, "too large", after=lambda place: place.resumes())(_)


def small_disk(place, kilobytes):
    """Mounts a disk of this size as the output folder; returns how to make it larger."""
    place.out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "siskin-test", place.out]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        raise NotHere("a small disk cannot be mounted here")
    place.at_end(lambda: subprocess.run(["umount", "-l", place.out], check=True))


def goes_on_with_room(place):
    subprocess.run(["mount", "-o", "remount,size=64m", place.out], check=True)
    return place.resumes("--submission")


for kilobytes in (0, 4, 8, 16, 40):
    def _(place, kilobytes=kilobytes):
        small_disk(place, max(4, kilobytes))
        if kilobytes == 0:
            (place.out / "filler").write_bytes(bytes(4096))
        return place.evaluation("--submission")
    table.add(f"disk with {kilobytes} KiB of room", 3, "no space", after=goes_on_with_room)(_)


# Something in the way

def add_obstacle(broken, name, *words, code=3, make=lambda path: path.mkdir()):
    def arrange(place):
        command = place.evaluation()
        place.out.mkdir()
        make(place.out / name)
        return command
    table.add(broken, code, *(words or (name,)))(arrange)


add_obstacle("folder where the journal should be", "journal.jsonl")
add_obstacle("folder where the scores should be", "scores.json")
add_obstacle("folder where the plan should be", "plan.json")
add_obstacle("named pipe as the journal", "journal.jsonl", make=os.mkfifo)
add_obstacle("named pipe as the plan", "plan.json", make=os.mkfifo)
add_obstacle("folder where the lock should be", ".lock", "out", "directory")


@table.add("two processes on one output folder", 1, "another")
def _(place):
    place.kitti(frames=40)
    first = place.siskin.start(*place.evaluation(), cwd=place.folder)
    deadline = time.monotonic() + 20
    while whole_frame_lines(place.out / "journal.jsonl") < 3 and time.monotonic() < deadline:
        time.sleep(0.002)
    first.send_signal(signal.SIGSTOP)

    def let_go():
        first.send_signal(signal.SIGCONT)
        if first.wait(timeout=20) != 0:
            raise RuntimeError("the first process was disturbed by the second one")
        first.communicate()
    place.at_end(let_go)
    return place.evaluation()


# Another plan

def other_model(place):
    return place.evaluation(model=("--model", "demo:spvcnn-0.125"))


for broken, options in (
    ("output folder of an evaluation with more models", ("--model", "demo:spvcnn-0.125")),
    ("output folder of an evaluation of other frames", ("--frame", "000001")),
    ("output folder of an evaluation in another precision", ("--precision", "fp16")),
    ("output folder of an evaluation with other classes", ("--class-map", "semantickitti-official")),
):
    def _(place, options=options):
        place.finished()
        return place.evaluation(*options)
    table.add(broken, 2, "--fresh")(_)


@table.add("output folder of an evaluation of another network", 2, "--fresh")
def _(place):
    place.finished()
    return other_model(place)


@table.add("output folder of an evaluation with other weights of one name", 2, "--fresh", "weights")
def _(place):
    weights = place.write("net.safetensors", b"")
    model = ("--model", f"minkunet:{weights}")
    content = (RESOURCES / "demo" / "minkunet-0.125.safetensors").read_bytes()
    weights.write_bytes(content)
    place.must_run(*place.evaluation(model=model))
    weights.write_bytes(content[:-2] + b"\x00\x00")
    return place.evaluation(model=model)


# Damaged journals

def add_journal(broken, *words, code=3, after=None):
    """`change` gets the lines of a finished journal and returns other ones."""
    def register(change):
        def arrange(place):
            command = place.finished()
            path = place.out / "journal.jsonl"
            path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
            return command
        table.add(broken, code, *words, after=after)(arrange)
        return change
    return register


@add_journal("journal damaged in the middle", "journal.jsonl", "line 3")
def _(lines):
    return lines[:2] + [lines[2].replace(b"position", b"poSition")] + lines[3:]


@add_journal("journal without one of its line ends", "journal.jsonl", "line 2")
def _(lines):
    return lines[:1] + [lines[1].rstrip()] + lines[2:]


def frame_lines(lines):
    return [i for i, line in enumerate(lines) if line.startswith(b'{"frame"')]


@add_journal("journal with a frame twice", "journal.jsonl", "twice")
def _(lines):
    return lines + [lines[frame_lines(lines)[1]]]


@add_journal("journal of zero bytes", "journal.jsonl")
def _(lines):
    return [bytes(5000), b"\n", *lines[1:]]


@add_journal("journal without its first line", "journal.jsonl", "line 1")
def _(lines):
    return lines[1:]


@add_journal("journal with a line that is nested a million deep", "journal.jsonl")
def _(lines):
    return lines[:1] + [journal_line('{"frame":' + "[" * 500_000 + "]" * 500_000 + "}").encode()] + lines[1:]


def add_changed_frame(broken, change):
    """A journal whose second frame, checksum included, says something impossible."""
    def change_lines(lines):
        number = frame_lines(lines)[1]
        entry = json.loads(lines[number].rpartition(b"\t")[0])
        change(entry["frame"])
        return lines[:number] + [journal_line(entry).encode()] + lines[number + 1:]
    add_journal(broken, "journal.jsonl", "line")(change_lines)


def set_confusion(place, value):
    return lambda frame: frame["models"][0]["scores"]["confusions"][0].__setitem__(place, value)


add_changed_frame("journal with a class that does not exist", set_confusion(0, 200))
add_changed_frame("journal with a negative number of points", set_confusion(2, -5))
add_changed_frame("journal with a text instead of a number", lambda frame: frame.update(points="many"))
add_changed_frame("journal with a frame that the plan does not have", lambda frame: frame.update(position=10 ** 9))
add_changed_frame("journal with a list of two numbers that come in threes",
                  lambda frame: frame["models"][0]["scores"]["confusions"][0].pop())


def all_counted(place):
    return [] if whole_frame_lines(place.out / "journal.jsonl") == 4 else ["frames are lost or counted twice"]


@add_journal("journal whose last line is torn", code=0, after=all_counted)
def _(lines):
    return lines[:frame_lines(lines)[2]] + [lines[frame_lines(lines)[2]][:20]]


@add_journal("journal whose first line is torn", code=0, after=all_counted)
def _(lines):
    return [lines[0][:10]]


@add_journal("empty journal", code=0, after=all_counted)
def _(lines):
    return []


def add_plan(broken, content, *words):
    def arrange(place):
        command = place.finished()
        path = place.out / "plan.json"
        path.write_bytes(content(path.read_bytes()))
        return command
    table.add(broken, 3, "plan.json", *words)(arrange)


add_plan("plan that ends in the middle", lambda whole: whole[:100], "byte")
add_plan("empty plan", lambda whole: b"", "byte")
add_plan("plan that is a list", lambda whole: b"[]")
add_plan("plan nested a million deep", lambda whole: b"[" * 1_000_000)
add_plan("plan with something deep in it", lambda whole: b'{"schema":' + b"[" * 500_000 + b"]" * 500_000 + b"}")
add_plan("plan of a later version", lambda whole: whole.replace(b'"version": 1', b'"version": 99'), "version")
add_plan("plan with a text instead of a number", lambda whole: whole.replace(b'"frames": 4', b'"frames": "four"'), "frames")


@table.add("journal of another plan", 3, "journal.jsonl", "another")
def _(place):
    other = place.folder / "other"
    place.finished(model=("--model", "demo:spvcnn-0.125"), out=other)
    command = place.finished()
    (place.out / "journal.jsonl").write_bytes((other / "journal.jsonl").read_bytes())
    return command


def all_counted_now_readable(place):
    (place.out / "journal.jsonl").chmod(0o600)
    return all_counted(place)


@table.add("journal that may not be read", 3, "journal.jsonl", after=all_counted_now_readable)
def _(place):
    command = place.finished()
    (place.out / "journal.jsonl").chmod(0o200)
    return Command(command, as_owner())
