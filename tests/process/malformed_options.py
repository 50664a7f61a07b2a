# SPDX-License-Identifier: MIT
"""Command lines that ask for something impossible."""

from malformed_case import CaseTable, Command

table = CaseTable()

OTHER_COMMANDS = (
    ("no command", (), "no command"),
    ("unknown command", ("evla",), "'eval'"),
    ("eval without data", ("eval", "--model", "demo:minkunet-0.125", "--out", "out"), "data"),
    ("eval without a model", ("eval", "data", "--out", "out"), "--model"),
    ("eval without an output folder", ("eval", "data", "--model", "demo:minkunet-0.125"), "--out"),
    ("merge without folders", ("merge", "--out", "out"), "merge"),
    ("merge without an output folder", ("merge", "data"), "--out"),
    ("unknown option of merge", ("merge", "data", "--ouput", "x"), "--out"),
    ("compare with one report", ("compare", "report.json"), "two"),
    ("unknown option of compare", ("compare", "a", "b", "--max-latencies", "5"), "--max-latency"),
)

for broken, arguments, word in OTHER_COMMANDS:
    table.add(broken, 2, word)(lambda place, arguments=arguments: [*arguments])

for broken, words, arguments in (
    ("unknown option", ("--modle", "--model"), ("--modle", "x")),
    ("option without its value", ("--split",), ("--split",)),
    ("unknown class map", ("semantickitti-spvnas",), ("--class-map", "semantickitti-spvnsa")),
    ("unknown region", ("ATLANTIS",), ("--region", "ATLANTIS")),
    ("unknown precision", ("fp12",), ("--precision", "fp12")),
    ("unknown way of running frames", ("sideways",), ("--parallel", "sideways")),
    ("unknown frame", ("999999",), ("--frame", "999999")),
    ("unknown split", ("nosuch",), ("--split", "nosuch")),
    ("shard 0 of 4", ("0/4",), ("--shard", "0/4")),
    ("shard 5 of 4", ("5/4",), ("--shard", "5/4")),
    ("shard in letters", ("a/b",), ("--shard", "a/b")),
    ("shard without a count", ("--shard 1 ",), ("--shard", "1")),
    ("shard of three numbers", ("1/2/3",), ("--shard", "1/2/3")),
    ("shard of no shards", ("1/0",), ("--shard", "1/0")),
    ("negative shard", ("-1/4",), ("--shard", "-1/4")),
    ("shard with more digits than a number has", ("/4",), ("--shard", "99999999999999999999999/4")),
    ("shard with a tail", ("1/4x",), ("--shard", "1/4x")),
    ("empty shard", ("--shard",), ("--shard", "")),
    ("negative number of threads", ("--threads",), ("--threads=-1",)),
    ("number of threads in letters", ("--threads",), ("--threads=many",)),
    ("negative number of sweeps", ("--sweeps",), ("--sweeps=-1",)),
    ("more sweeps than a number holds", ("--sweeps",), ("--sweeps", "99999999999")),
    ("negative number of warm-up runs", ("--warm-up",), ("--warm-up=-1",)),
    ("negative power", ("--tdp",), ("--tdp=-5",)),
    ("power that is not a number", ("--tdp",), ("--tdp", "nan")),
    ("two output folders", ("--out",), ("--out", "again")),
):
    table.add_command(broken, 2, *words, arguments=arguments)

table.add_command("unknown device", 4, "tpu", "cpu", arguments=("--device", "tpu"))
table.add_command("device that this machine lacks", 4, "cuda", arguments=("--device", "cuda"))

for broken, code, model, word in (
    ("unknown network", 2, "spvcn:weights.pt", "spvcnn"),
    ("network of the demo that is not there", 2, "demo:minkunet-0.25", "minkunet-0.125"),
    ("width in letters", 2, "minkunet:random:wide", "wide"),
    ("negative width", 2, "minkunet:random:-1", "-1"),
    ("model without a file", 2, "minkunet:", "minkunet"),
    ("predictions without a folder", 2, "predictions:", "predictions"),
    ("empty model", 2, "", "unknown model"),
):
    table.add(broken, code, word)(lambda place, model=model: place.evaluation(model=("--model", model)))

for broken, word, variables in (
    ("Slurm task number in letters", "SLURM_ARRAY_TASK_ID", {"ID": "two", "COUNT": "4", "MIN": "1", "STEP": "1"}),
    ("Slurm task number beyond the last one", "task 9", {"ID": "9", "COUNT": "4", "MIN": "1", "STEP": "1"}),
    ("Slurm task number before the first one", "task 1", {"ID": "1", "COUNT": "4", "MIN": "2", "STEP": "1"}),
    ("Slurm task number between two tasks", "task 2", {"ID": "2", "COUNT": "4", "MIN": "1", "STEP": "2"}),
    ("Slurm array of no tasks", "of 0", {"ID": "1", "COUNT": "0", "MIN": "1", "STEP": "1"}),
    ("Slurm array with a step of zero", "steps of 0", {"ID": "1", "COUNT": "4", "MIN": "1", "STEP": "0"}),
    ("Slurm task number without a count", "SLURM_ARRAY_TASK_COUNT", {"ID": "1"}),
    ("Slurm task count with a tail", "SLURM_ARRAY_TASK_COUNT", {"ID": "1", "COUNT": "4x", "MIN": "1", "STEP": "1"}),
):
    variables = {f"SLURM_ARRAY_TASK_{name}": value for name, value in variables.items()}
    table.add_command(broken, 2, word, arguments=(), environment=variables)


@table.add("standard output that is full", 3, "standard output", "full")
def _(place):
    return Command(place.evaluation(), ("sh", "-c", 'exec "$@" >/dev/full', "sh"))
