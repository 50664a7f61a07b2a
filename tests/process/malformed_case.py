# SPDX-License-Identifier: MIT
"""A table of broken inputs: how each is made, and what the program must answer."""

import ctypes
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import threading

from siskin_process import EXIT_INTERRUPTED, files_below, temporaries_below
from small_kitti import write_data_set, write_frame
from small_nuscenes import write_nuscenes, write_tables

MODEL = ("--model", "demo:minkunet-0.125")
MOST_WORK = 20  # seconds of processor time for any one command
LONGEST = 150  # seconds until it is taken for hanging: machines can be busy

# Without these root reads and writes everything, whatever the permissions say.
AS_OWNER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


class NotHere(Exception):
    """This machine cannot make the case; the text says why."""


@dataclasses.dataclass
class Command:
    """Arguments of siskin and the circumstances."""
    arguments: list
    prefix: tuple = ()
    environment: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Case:
    broken: str
    code: int
    words: tuple  # that the line must hold; the case of letters does not count
    arrange: object  # (Place) -> Command or arguments
    after: object  # (Place) -> what is wrong, a list of lines


class CaseTable:
    def __init__(self):
        self.cases = []

    def add(self, broken, code, *words, after=None):
        def register(arrange):
            self.cases.append(Case(broken, code, words, arrange, after or (lambda place: [])))
            return arrange
        return register

    def add_command(self, broken, code, *words, arguments, environment=None):
        """Nothing is wrong but the command line; `arguments` follow the usual ones of `eval`."""
        self.add(broken, code, *words)(lambda place: Command(place.evaluation(*arguments), environment=environment or {}))


class Place:
    """A folder of its own with healthy data to break."""
    _made = {}  # finished evaluations by their options
    _lock = threading.Lock()

    def __init__(self, siskin, folder, shared):
        self.siskin = siskin
        self.folder = folder
        self.data = folder / "data"
        self.out = folder / "out"
        self.report = folder / "report"  # of siskin merge
        self.model = MODEL
        self._shared = shared
        self._at_end = []

    def at_end(self, action):
        self._at_end.append(action)

    def leave(self):
        for action in reversed(self._at_end):
            action()

    # Healthy data

    def kitti(self, frames=2):
        """Returns the folder of the sequence."""
        write_data_set(self.data, frames, points=(150, 250))
        return self.data / "sequences" / "08"

    def scan(self, frames=2):
        """The last scan of `kitti`."""
        return self.kitti(frames) / "velodyne" / f"{frames - 1:06d}.bin"

    def label(self, frames=2):
        return self.kitti(frames) / "labels" / f"{frames - 1:06d}.label"

    def nuscenes(self, change=None):
        """`change` gets the tables, {name: list of records}, before they are written. Returns their folder."""
        self.model = ("--model", "minkunet:random:0.1")  # those of the demo know other classes
        tables = write_nuscenes(self.data)
        if change:
            change(tables)
            write_tables(self.data, tables)
        return self.data / "v1.0-mini"

    def frame(self, name="000000"):
        return write_frame(self.data / "sequences" / "08", name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def shared(self, name):
        """A path that all cases have in common."""
        return self._shared / f"shared-{name}"

    # Commands

    def evaluation(self, *options, model=None, out=None):
        """The usual command; makes a data set when there is none."""
        if not self.data.exists() and not self.data.is_symlink():
            self.kitti(frames=4)
        return ["eval", self.data, *(model or self.model), "--out", out or self.out, "--quiet", *options]

    def finished(self, *options, out=None, model=MODEL):
        """Puts a finished evaluation of the usual data into `out` and returns its command. Made once for
        all cases: only the folder is copied."""
        command = self.evaluation(*options, out=out, model=model)
        key = (*options, *model)
        with Place._lock:
            if key not in Place._made:
                made = self._shared / str(len(Place._made))
                self.must_run(*self.evaluation(*options, out=made, model=model))
                Place._made[key] = made
        shutil.copytree(Place._made[key], out or self.out, dirs_exist_ok=True)
        return command

    def shards(self, count):
        """All shards, finished, below `out`."""
        for i in range(1, count + 1):
            self.finished("--shard", f"{i}/{count}")
        return [self.out / f"shard-{i:02}-of-{count:02}" for i in range(1, count + 1)]

    def must_run(self, *arguments):
        result = self.siskin.run(*arguments, timeout=LONGEST, cwd=self.folder)
        if result.code != 0:
            raise RuntimeError(f"what should work does not: {result}")
        return result

    def resumes(self, *options):
        """For `after`: the usual command now ends well."""
        result = self.siskin.run(*self.evaluation(*options), timeout=LONGEST, cwd=self.folder)
        return [] if result.code == 0 else [f"it does not go on: {result}"]


ENDS = {".json": (b"}", b"]"), ".csv": (b"\n",), ".html": (b"</html>",)}


def half_written(folder, before):
    """Temporary files, and reports that the command wrote without their end."""
    found = [f"{path} was left behind" for path in temporaries_below(folder)]
    for name, content in files_below(folder, ENDS).items():
        ends = ENDS[pathlib.Path(name).suffix]
        if content != before.get(name) and not (content if b"\n" in ends else content.rstrip()).endswith(ends):
            found.append(f"{name} is half written")
        elif name.endswith(".json") and content != before.get(name):
            json.loads(content)
    return found


def complaints(case, result):
    """What is wrong with the answer of the program."""
    found = []
    if result.code != case.code:
        found.append(f"exit code {result.code}, not {case.code}")
    lines = [line for line in result.err.splitlines() if not line.startswith("siskin: warning: ")]
    start = "siskin: cancelled" if case.code == EXIT_INTERRUPTED else "siskin: error: "
    if case.code != 0 and (len(lines) != 1 or not lines[0].startswith(start)):
        found.append(f"{len(lines)} lines, not one that begins with '{start}'")
    if case.code == 0 and lines:
        found.append("a complaint where all is well")
    found += [f"'{word}' is not in the line" for word in case.words if word.lower() not in result.err.lower()]
    return found


def run_case(case, place):
    """What is wrong with a case, a list of lines; raises `NotHere`."""
    arranged = case.arrange(place)
    command = arranged if isinstance(arranged, Command) else Command(arranged)
    before = files_below(place.folder, ENDS)
    try:
        result = place.siskin.run(*command.arguments, timeout=LONGEST, cpu_seconds=MOST_WORK, prefix=command.prefix, cwd=place.folder,
                                  environment=command.environment)
    except subprocess.TimeoutExpired:
        return [f"still running after {LONGEST} s"]
    found = complaints(case, result)
    found += half_written(place.folder, before)
    found += [f"{path} is a core dump" for path in place.folder.glob("core*")]
    found += case.after(place)
    return found + [str(result)] if found else []


def keep_mounts_private():
    """What a case mounts disappears with this process, however it ends. Before any thread starts."""
    new_mounts, recursive, private = 0x20000, 0x4000, 0x40000
    libc = ctypes.CDLL(None)
    if os.geteuid() == 0 and libc.unshare(new_mounts) == 0:
        libc.mount(None, b"/", None, recursive | private, None)


def needs(program):
    if shutil.which(program) is None:
        raise NotHere(f"{program} is not installed")


def as_owner():
    """A prefix under which permissions count, also for root."""
    if os.geteuid() != 0:
        return ()
    needs("setpriv")
    return AS_OWNER
