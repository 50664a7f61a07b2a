#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills `siskin eval` at twenty random moments and goes on with the same command.

    kill_resume_test.py --siskin PROGRAM [--seed N] [--frames N] [--keep FOLDER]

The scores and the prediction files must have the bytes of an undisturbed run, and no frame may be
lost or counted twice. The moments are spread over starting, loading, running and writing the
report. Also: SIGTERM and SIGINT stop it between two frames with exit code 130, and the bytes are
the same for any number of threads.
"""

import argparse
import itertools
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from evaluation_folder import differences, faults, results, whole_frame_lines  # noqa: E402
from siskin_process import EXIT_INTERRUPTED, Siskin  # noqa: E402
from small_kitti import write_data_set  # noqa: E402

MODELS = ("--model", "demo:minkunet-0.125", "--model", "demo:spvcnn-0.125")
KILLS_BEFORE, KILLS_BETWEEN, KILLS_AFTER = 4, 12, 4  # the first frame, two frames, the last frame
LONGEST = 150  # seconds, any one run


class Evaluation:
    """One data set, evaluated again and again."""

    def __init__(self, siskin, folder, frames, seed):
        self.frames = frames
        self.folder = folder
        self._siskin = siskin
        self._data = write_data_set(folder / "data", frames, seed=seed)
        self.reference = folder / "undisturbed"
        begin = time.monotonic()
        process = self.start(self.reference)
        self._wait_for_frames(process, self.reference, 1)
        self.until_first = time.monotonic() - begin
        self._wait_for_frames(process, self.reference, frames)
        before_report = time.monotonic()
        self._end(process, 0)
        self.for_report = time.monotonic() - before_report
        self.expected = results(self.reference)

    def start(self, out, *options):
        return self._siskin.start("eval", self._data, *MODELS, "--out", out, "--submission", "--quiet", *options)

    def finish(self, out, *options):
        """Runs the command to its end; returns what is wrong with the outcome."""
        self._end(self.start(out, *options), 0)
        wrong = [f"{path} differs from the undisturbed run" for path in differences(self.expected, results(out))]
        return wrong + faults(out, self.frames)

    def stop(self, out, with_signal, frames, pause):
        """Sends a signal `pause` seconds after the journal has so many frames (0: after the start).
        Returns how many frames are counted then, or nothing when the program was faster."""
        process = self.start(out)
        self._wait_for_frames(process, out, frames)
        try:
            process.wait(timeout=pause)
        except subprocess.TimeoutExpired:
            process.send_signal(with_signal)
        killed = with_signal == signal.SIGKILL
        finished = self._end(process, *((-signal.SIGKILL, 0) if killed else (EXIT_INTERRUPTED, 0))) == 0
        return None if finished else whole_frame_lines(out / "journal.jsonl")

    @staticmethod
    def _wait_for_frames(process, out, frames):
        deadline = time.monotonic() + LONGEST
        while whole_frame_lines(out / "journal.jsonl") < frames and process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
                raise RuntimeError("no more frames are counted")
            time.sleep(0.001)

    @staticmethod
    def _end(process, *codes):
        try:
            _, err = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        if process.returncode not in codes:
            raise RuntimeError(f"exit code {process.returncode}, not one of {codes}: {err.strip()}")
        return process.returncode


def moments(evaluation, random_source):
    """(frames that the journal has, seconds to wait then) of every kill."""
    def spread(count, low, high):
        width = (high - low) / count
        return [low + width * (i + random_source.random()) for i in range(count)]

    for pause in spread(KILLS_BEFORE, 0.0, evaluation.until_first):
        yield 0, pause
    for frames in spread(KILLS_BETWEEN, 1, evaluation.frames):
        yield int(frames), random_source.uniform(0.0, 0.01)
    for pause in spread(KILLS_AFTER, 0.0, evaluation.for_report):
        yield evaluation.frames, pause


def kill(evaluation, name, frames, pause):
    """Kills a new evaluation, earlier when it was faster than the kill; returns folder, frames and pause."""
    for attempt in range(5):
        out = evaluation.folder / f"{name}-{attempt}"
        done = evaluation.stop(out, signal.SIGKILL, frames, pause)
        if done is not None:
            return out, done, pause
        pause /= 2
    raise RuntimeError("the evaluation is always faster than the kill")


def check_kills(evaluation, random_source):
    """Every fourth one is killed again while it goes on."""
    failed, between = [], 0
    for number, (frames, pause) in enumerate(moments(evaluation, random_source), 1):
        out, done, pause = kill(evaluation, f"kill-{number:02}", frames, pause)
        between += 0 < done < evaluation.frames
        text = f"kill {number:2}: {1000 * pause:4.0f} ms after frame {frames:2}, {done} frames counted"
        if number % 4 == 0:
            again = evaluation.stop(out, signal.SIGKILL, min(done + 3, evaluation.frames), 0.0)
            text += f", then again with {again}"
        wrong = evaluation.finish(out)
        print(text + (": " + "; ".join(wrong) if wrong else ""))
        failed += [f"kill {number}: {line}" for line in wrong]
    if between < KILLS_BETWEEN // 2:
        failed.append(f"only {between} kills hit the evaluation between two frames")
    return failed


def check_signals(evaluation):
    failed = []
    for name in ("SIGINT", "SIGTERM"):
        out = evaluation.folder / name
        done = evaluation.stop(out, getattr(signal, name), evaluation.frames // 3, 0.0)
        print(f"{name}: {done} frames counted")
        if done is None or done >= evaluation.frames:
            failed.append(f"{name} did not stop the evaluation")
        failed += [f"{name}: {line}" for line in evaluation.finish(out)]
    return failed


def check_threads(evaluation):
    failed = []
    for threads, parallel in itertools.product((1, 2), ("frames", "threads")):
        out = evaluation.folder / f"{threads}-{parallel}"
        wrong = evaluation.finish(out, "--threads", threads, "--parallel", parallel)
        failed += [f"--threads {threads} --parallel {parallel}: {line}" for line in wrong]
    return failed


def check_again(evaluation):
    """Running the command once more changes nothing."""
    journal = (evaluation.reference / "journal.jsonl").read_bytes()
    wrong = evaluation.finish(evaluation.reference)
    if not (evaluation.reference / "journal.jsonl").read_bytes().startswith(journal):
        wrong.append("journal.jsonl was written anew")
    return [f"run again: {line}" for line in wrong]


def run(options, folder):
    siskin = Siskin(options.siskin)
    evaluation = Evaluation(siskin, folder, options.frames, options.seed)
    print(f"{options.frames} frames, seed {options.seed}: the first one after {evaluation.until_first:.2f} s, "
          f"the report takes {evaluation.for_report:.2f} s")
    if len(evaluation.expected) != 3 + len(MODELS) // 2 * (options.frames + 1):
        return [f"{len(evaluation.expected)} result files, 3, and per model one per frame and a zip were expected"]
    return (check_again(evaluation) + check_kills(evaluation, random.Random(options.seed)) +
            check_signals(evaluation) + check_threads(evaluation))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--siskin", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=40)
    parser.add_argument("--keep", type=pathlib.Path, help="an empty folder for what is written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="siskin-kill-") as temporary:
        failed = run(options, options.keep or pathlib.Path(temporary))
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
