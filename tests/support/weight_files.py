# SPDX-License-Identifier: MIT
"""Safetensors and PyTorch archives, taken apart and put together again in some broken way."""

import io
import json
import pathlib
import struct
import zipfile


def read_safetensors(path):
    """(header as a dictionary, bytes of the tensors)."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + length]), content[8 + length:]


def safetensors(header, tensors):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + tensors


def torch_archive(pickled):
    """A .pt file: a zip with one pickle."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


# What unpickling would run: os.system("touch FILE"). Nothing may be run.
def running_pickle(file):
    command = f"touch {file}".encode()
    return b"\x80\x02cposix\nsystem\nX" + struct.pack("<I", len(command)) + command + b"\x85R."


# Each step doubles a tuple: 2 to the power of 60 elements from a few hundred bytes.
GROWING_PICKLE = b"\x80\x02]" + b"2\x86" * 60 + b"."


def deep_pickle(depth=200_000):
    return b"\x80\x02" + b"(" * depth + b"t" * depth + b"."
