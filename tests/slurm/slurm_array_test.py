#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An evaluation as an array job of a real Slurm, with a task killed and another one out of time.

    slurm_array_test.py --siskin PROGRAM --scripts FOLDER [--frames N]

Compares the merged report bit by bit with that of a single run. Exit code 77 = skipped: there is no
Slurm here, or it does not come up.
"""

import argparse
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from one_node_slurm import OneNodeSlurm, SlurmUnavailable  # noqa: E402
from siskin_process import DETERMINED, Siskin  # noqa: E402
from small_kitti import write_data_set  # noqa: E402

SKIPPED = 77
TASKS = 4
MODEL = ("--model", "demo:minkunet-0.125")
BEFORE_THE_KILL = 5  # frames


def lines_of(journal):
    try:
        return journal.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def program_of(task, out):
    """Process id of the `siskin eval` of this task, or nothing yet."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        mine = b"eval" in words[1:2] and str(out).encode() in words
        if mine and f"SLURM_ARRAY_TASK_ID={task}".encode() in environment:
            return int(entry.name)
    return None


class ArrayRun:
    def __init__(self, slurm, scripts, data, out):
        self._slurm, self._out = slurm, out
        common = ("--mem=900", f"--chdir={slurm.folder}")
        self.job = slurm.submit(*common, "--cpus-per-task=1", f"--array=1-{TASKS}", scripts / "eval.sbatch",
                                data, *MODEL, "--out", out)
        self.merged = slurm.folder / "merged"
        self.merge_job = slurm.submit(*common, f"--dependency=afterok:{self.job}", scripts / "merge.sbatch",
                                      out, "--out", self.merged)

    def journal(self, task):
        return self._out / f"shard-{task:02}-of-{TASKS:02}" / "journal.jsonl"

    def in_the_middle(self, task, disturb):
        """Calls `disturb` with the process of a task that has some frames done and others not."""
        self._slurm.wait_until(lambda: program_of(task, self._out), 60, f"task {task} to start")
        process = program_of(task, self._out)
        deadline = time.monotonic() + 60
        while lines_of(self.journal(task)) < 1 + BEFORE_THE_KILL:
            assert time.monotonic() < deadline, f"task {task} writes no frames"
            time.sleep(0.002)
        os.kill(process, signal.SIGSTOP)  # it cannot finish meanwhile
        done = lines_of(self.journal(task)) - 1
        print(f"task {task}: disturbed after {done} frames")
        disturb(process)
        return done

    def kill(self, task):
        return self.in_the_middle(task, lambda process: os.kill(process, signal.SIGKILL))

    def announce_time_limit(self, task):
        """What Slurm sends two minutes before the limit, see #SBATCH --signal."""
        def announce(process):
            self._slurm.command("scancel", "--batch", "--signal=USR1", f"{self.job}_{task}")
            os.kill(process, signal.SIGCONT)
        return self.in_the_middle(task, announce)

    def finish(self):
        slurm = self._slurm
        slurm.wait_until(lambda: not slurm.tasks(self.job), 120, "the array to end")
        slurm.wait_until(lambda: slurm.details(self.merge_job)["JobState"] not in ("PENDING", "RUNNING", "COMPLETING"),
                         60, "the merge job to end")

    def logs(self):
        return "\n".join(f"--- {path.name}\n{path.read_text()}" for path in sorted(self._slurm.folder.glob("siskin-*.log")))

    def check(self, killed, frames):
        """Both disturbed tasks ran twice, and everything ended well."""
        failed = []
        for task in range(1, TASKS + 1):
            details = self._slurm.details(f"{self.job}_{task}")
            expected = ("COMPLETED", "1" if task in killed else "0")
            if (details["JobState"], details["Restarts"]) != expected:
                failed.append(f"task {task}: {details['JobState']}, {details['Restarts']} restarts, not {expected}")
        for task, done in killed.items():
            if done >= frames // TASKS:
                failed.append(f"task {task} was finished before it was disturbed: use more --frames")
        if self._slurm.details(self.merge_job)["JobState"] != "COMPLETED":
            failed.append("the merge job failed")
        return failed


def compare(single, merged):
    return [f"{name} of the merged report differs from that of a single run" for name in DETERMINED
            if not (merged / name).is_file() or (single / name).read_bytes() != (merged / name).read_bytes()]


def run(siskin, slurm, scripts, frames):
    data = write_data_set(slurm.folder / "data", frames)
    single = slurm.folder / "single"
    alone = siskin.run("eval", data, *MODEL, "--out", single, "--quiet", timeout=300)
    if alone.code != 0:
        return [str(alone)]
    array = ArrayRun(slurm, scripts, data, slurm.folder / "array")
    killed = {2: array.kill(2), 3: array.announce_time_limit(3)}
    array.finish()
    failed = array.check(killed, frames) + compare(single, array.merged)
    if failed:
        print(array.logs() + "\n" + slurm.logs())
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--siskin", required=True)
    parser.add_argument("--scripts", required=True, type=pathlib.Path, help="folder of eval.sbatch")
    parser.add_argument("--frames", type=int, default=400)
    options = parser.parse_args()
    siskin = Siskin(options.siskin)
    os.environ["SISKIN"] = siskin.program  # for the scripts
    try:
        with OneNodeSlurm() as slurm:
            failed = run(siskin, slurm, options.scripts.resolve(), options.frames)
    except SlurmUnavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    for line in failed:
        print(f"FAILED: {line}")
    print(f"{TASKS} tasks, {options.frames} frames: " + ("failed" if failed else "the same bytes as a single run"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
