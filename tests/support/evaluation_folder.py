# SPDX-License-Identifier: MIT
"""The folder that `siskin eval --out` fills, as seen from outside."""

import json
import pathlib
import zlib

from siskin_process import DETERMINED, files_below, temporaries_below


def journal_line(entry):
    """One line as the program writes it: JSON, a tab, the CRC-32 of the JSON in hexadecimal."""
    text = entry if isinstance(entry, str) else json.dumps(entry, separators=(",", ":"))
    return f"{text}\t{zlib.crc32(text.encode()):08x}\n"


def read_journal(path):
    """The entries of a journal; raises `ValueError` for a line that is not whole."""
    entries = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(keepends=True), 1):
        text, tab, _ = line.rpartition("\t")
        if not tab or journal_line(text) != line:
            raise ValueError(f"{path}: line {number} is damaged")
        entries.append(json.loads(text))
    return entries


def frame_positions(path):
    """Numbers of the frames that the journal counts, in its order."""
    return [entry["frame"]["position"] for entry in read_journal(path) if "frame" in entry]


def whole_frame_lines(path):
    """How many frames a journal has, while it may be being written."""
    try:
        content = pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        return 0
    return sum(line.startswith(b'{"frame"') for line in content.split(b"\n")[:-1])


def faults(out, frames):
    """What a finished folder of a whole evaluation may not have, one line each."""
    out = pathlib.Path(out)
    found = [f"{name} is missing" for name in DETERMINED if not (out / name).is_file()]
    found += [f"{path} was left behind" for path in temporaries_below(out)]
    counted = sorted(frame_positions(out / "journal.jsonl"))
    if counted != list(range(frames)):
        lost = sorted(set(range(frames)) - set(counted))
        twice = sorted({position for position in counted if counted.count(position) > 1})
        found.append(f"journal.jsonl: frames lost: {lost}, counted twice: {twice}")
    return found


def results(out):
    """{path: bytes} of what data, weights and program determine: scores and prediction files."""
    return {path: content for path, content in files_below(out).items()
            if path in DETERMINED or path.endswith((".label", "_lidarseg.bin", ".zip"))}


def differences(expected, found):
    """Names of the files that are missing, too many or different; two dictionaries of `results`."""
    return sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
