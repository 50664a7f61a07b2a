# SPDX-License-Identifier: MIT
"""The `siskin` program from outside, for tests in Python."""

import dataclasses
import os
import pathlib
import re
import resource
import subprocess
import time

# What the data, the weights and the program determine: equal bytes after any kill, shard or thread count.
DETERMINED = ("scores.json", "frames.csv", "classes.csv")
TEMPORARY = re.compile(r"\.tmp(-\d+)?$")

RESOURCES = pathlib.Path(os.environ.get("SISKIN_RESOURCES", pathlib.Path(__file__).resolve().parents[2] / "resources"))

EXIT_INTERRUPTED = 130


@dataclasses.dataclass
class Result:
    command: list
    code: int  # negative: ended by that signal
    out: str
    err: str
    seconds: float

    def __str__(self):
        return f"{' '.join(map(str, self.command))}\n  exit code {self.code}, {self.seconds:.1f} s\n  {self.err.strip()}"


class Siskin:
    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())
        # The test may itself run inside a Slurm job.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
        self.environment["SISKIN_RESOURCES"] = str(RESOURCES)

    def start(self, *arguments, prefix=(), environment=None, **options):
        """`prefix` is a command that starts the program, e.g. with other rights or limits."""
        return subprocess.Popen([*prefix, self.program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                                env={**self.environment, **(environment or {})}, **options)

    def run(self, *arguments, timeout=60, cpu_seconds=None, **options):
        """Runs to the end; raises `subprocess.TimeoutExpired`, the program then being killed. One that
        uses more processor time than `cpu_seconds` ends by SIGXCPU."""
        begin = time.monotonic()
        with self.start(*arguments, **options) as process:
            if cpu_seconds:
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
            try:
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return Result(process.args, process.returncode, out, err, time.monotonic() - begin)


def files_below(folder, endings=("",)):
    """{path relative to the folder: bytes} of the regular files whose names end so."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.name.endswith(tuple(endings)) and path.is_file() and not path.is_symlink()}


def temporaries_below(folder):
    """Half-written files that were left behind."""
    return [str(path) for path in sorted(pathlib.Path(folder).rglob("*")) if TEMPORARY.search(path.name)]
