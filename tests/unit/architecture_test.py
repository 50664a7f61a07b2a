#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the arrows of the house (README.md, "The map"), from the #include lines and the binaries.

    architecture_test.py ROOT                  the include lines and the lengths of the files
    architecture_test.py --binaries DIR        which shared libraries our programs name directly
    architecture_test.py --self-test           plants violations and wants them found

An include is followed through our own headers, so a widget that reaches LibTorch by way of a core
header is found as well. Exit code 0 = all hold, 1 = violations, one line each.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

MAX_LINES = 400
FOLDERS = ("core", "gpu", "datasets", "widgets", "app", "tests")
CODE = {".hpp", ".cpp", ".h", ".cu", ".cuh"}
COUNTED = CODE | {".py", ".cmake"}

# Who may include whom. `tests` may include everything, and nothing may include `tests`.
ARROWS = {
    "core": {"core"},
    "gpu": {"gpu", "core"},
    "datasets": {"datasets", "core"},
    "widgets": {"widgets", "core"},
    "app": {"app", "widgets", "datasets", "gpu", "core"},
    "tests": set(FOLDERS),
}

# The order inside core (core/CMakeLists.txt): base <- scan ... sparse, points <- nn <- models <- run, train <- benchmark <- report.
CORE_ORDER = {
    "base": 0, "scan": 1, "objects": 1, "submission": 1, "trace": 1, "energy": 1, "eval": 1, "checkpoint": 1, "sparse": 1, "points": 1,
    "nn": 2, "models": 3, "run": 4, "train": 4, "benchmark": 5, "report": 6,
}
# Neighbours on the same step that may be used, because CMake links them so.
CORE_NEIGHBOURS = {("eval", "scan"), ("submission", "scan"), ("sparse", "trace"), ("points", "sparse"),
                   ("objects", "scan"), ("train", "run")}

FOREIGN = {
    "Qt": re.compile(r"^(Q[A-Z]\w*|Qt[A-Z]\w*/.+|q(t|object|widget|string|gui|opengl|application)\w*\.h)$"),
    "VTK": re.compile(r"^vtk"),
    "CUDA": re.compile(r"^(cuda|cublas|cudnn|cusparse|curand|nvml|nvrtc|cub/|thrust/|cutlass/|cute/"
                       r"|device_launch|ATen/cuda/|c10/cuda/)"),
    "LibTorch": re.compile(r"^(torch|ATen|c10|caffe2)/"),
}

# (files whose path matches, what they must not reach). First the widest rule.
FORBIDDEN = [
    (re.compile(r"^core/"), ("Qt", "VTK", "CUDA")),
    (re.compile(r"^core/(scan|objects|trace|energy|eval|base)/"), ("LibTorch",)),
    (re.compile(r"^gpu/.*\.hpp$"), ("CUDA", "Qt", "VTK")),
    (re.compile(r"^datasets/"), ("Qt", "VTK", "CUDA")),
    (re.compile(r"^widgets/"), ("LibTorch", "CUDA")),
    (re.compile(r"^widgets/scene/"), ("Qt",)),
    (re.compile(r"^app/cli/"), ("Qt", "VTK")),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def files_below(root, suffixes):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                yield path.relative_to(root).as_posix(), path


def is_ours(include):
    return include.split("/")[0] in FOLDERS and "/" in include


def read_includes(root):
    """path -> [(line number, quote or angle bracket, included name)]"""
    includes = {}
    for name, path in files_below(root, CODE):
        text = path.read_text(encoding="utf-8", errors="replace")
        includes[name] = [(text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2))
                          for match in INCLUDE.finditer(text)]
    return includes


def check_arrow(source, target):
    """One line about a forbidden direct include, or None."""
    source_folder, target_folder = source.split("/")[0], target.split("/")[0]
    if target_folder not in ARROWS[source_folder]:
        return f"{source_folder} must not include {target_folder}"
    if source.startswith("app/cli/") and target_folder == "widgets":
        return "the headless program must not include widgets"
    if source_folder != "core" or source.count("/") < 2 or target.count("/") < 2:
        return None
    a, b = source.split("/")[1], target.split("/")[1]
    if a not in CORE_ORDER or b not in CORE_ORDER:
        return f"core/{a if a not in CORE_ORDER else b} has no place in the order inside core"
    if a == b or CORE_ORDER[b] < CORE_ORDER[a] or (a, b) in CORE_NEIGHBOURS:
        return None
    return f"core/{a} must not include core/{b} (order: {' <- '.join(CORE_ORDER)})"


def reached(includes, start):
    """Foreign headers that `start` reaches: name -> chain of our files that leads there."""
    found, seen, open_chains = {}, {start}, [[start]]
    while open_chains:
        chain = open_chains.pop()
        for _, _, target in includes.get(chain[-1], ()):
            if not is_ours(target):
                found.setdefault(target, chain)
            elif target not in seen:
                seen.add(target)
                open_chains.append(chain + [target])
    return found


def check_foreign(includes, name):
    families = {family for pattern, names in FORBIDDEN if pattern.search(name) for family in names}
    if not families:
        return
    for target, chain in sorted(reached(includes, name).items()):
        for family in sorted(families):
            if FOREIGN[family].search(target):
                way = " -> ".join(chain[1:] + [f"<{target}>"])
                yield f"{name}: must not see {family}, but includes {way}"


def check_tree(root):
    """All violations of a source tree, one line each."""
    problems = []
    includes = read_includes(root)
    for name, lines in includes.items():
        for line, quote, target in lines:
            if is_ours(target):
                problem = check_arrow(name, target)
                if problem:
                    problems.append(f"{name}:{line}: {problem} ({target})")
            elif quote == '"' and not target.endswith(".moc"):
                problems.append(f'{name}:{line}: our headers are named from the root, not "{target}"')
        problems.extend(check_foreign(includes, name))
    for name, path in files_below(root, COUNTED):
        count = len(path.read_bytes().splitlines())
        if count > MAX_LINES:
            problems.append(f"{name}: {count} lines, {MAX_LINES} are allowed")
    return problems


def needed_libraries(readelf_output):
    return re.findall(r"\(NEEDED\).*\[([^\]]+)\]", readelf_output)


def check_binary(name, libraries):
    """Violations of one program by the libraries that it names directly."""
    if name == "siskin":
        banned = re.compile(r"^lib(Qt\d|vtk)")
    else:
        banned = re.compile(r"^lib(Qt5|vtk(GUISupportQt|RenderingQt|ViewsQt))")
    return [f"{name}: links {library} directly" for library in libraries if banned.search(library)]


def elf_files(folder):
    for path in sorted(folder.rglob("*")):
        if "CMakeFiles" in path.parts or path.is_symlink() or not path.is_file():
            continue
        if path.suffix not in ("", ".so"):
            continue
        with path.open("rb") as stream:
            if stream.read(4) == b"\x7fELF":
                yield path


def check_binaries(folder):
    problems, names = [], set()
    for path in elf_files(folder):
        output = subprocess.run(["readelf", "-d", "-W", str(path)], check=True, text=True,
                                capture_output=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}).stdout
        names.add(path.name)
        problems.extend(check_binary(path.name, needed_libraries(output)))
    if "siskin" not in names:
        problems.append(f"{folder}: the program siskin is not there, so nothing is proved")
    if "siskin-workbench" not in names:
        print("note: siskin-workbench was not built here")
    print(f"{len(names)} binaries looked at")
    return problems


# ---- the test of the test -------------------------------------------------------------------------

CLEAN_TREE = {
    "core/base/a.hpp": "#include <string>\n",
    "core/sparse/ops.hpp": '#include "core/base/a.hpp"\n#include <torch/types.h>\n',
    "core/run/pipeline.hpp": '#include "core/base/a.hpp"\nclass SparseOps;\n',
    "core/run/pipeline.cpp": '#include "core/sparse/ops.hpp"\n#include "core/run/pipeline.hpp"\n',
    "core/eval/e.hpp": '#include "core/scan/s.hpp"\n',
    "core/scan/s.hpp": '#include "core/base/a.hpp"\n',
    "gpu/conv.hpp": '#include "core/sparse/ops.hpp"\n',
    "gpu/kernels/conv.cu": '#include "gpu/conv.hpp"\n#include <cuda_runtime.h>\n',
    "datasets/d.cpp": '#include "core/scan/s.hpp"\n',
    "widgets/scene/cloud.hpp": '#include "core/scan/s.hpp"\n#include <vtkActor.h>\n',
    "widgets/panels/p.cpp": '#include "widgets/scene/cloud.hpp"\n#include <QWidget>\n#include "p.moc"\n',
    "app/cli/main.cpp": '#include "gpu/conv.hpp"\n#include "datasets/d.hpp"\n',
    "app/workbench/main.cpp": '#include "widgets/panels/p.hpp"\n#include <QApplication>\n',
    "tests/unit/t.cpp": '#include "core/run/pipeline.hpp"\n#include "gpu/conv.hpp"\n',
}

# (file, content, words that the complaint must hold)
PLANTED = [
    ("core/base/x.cpp", '#include "core/scan/s.hpp"', "core/base must not include core/scan"),
    ("core/scan/x.cpp", '#include "core/trace/t.hpp"', "core/scan must not include core/trace"),
    ("core/sparse/x.cpp", '#include "core/nn/layer.hpp"', "core/sparse must not include core/nn"),
    ("core/fresh/x.cpp", '#include "core/base/a.hpp"', "core/fresh has no place"),
    ("core/run/x.cpp", '#include "gpu/conv.hpp"', "core must not include gpu"),
    ("core/run/x.cpp", "#include <QString>", "must not see Qt"),
    ("core/run/x.cpp", "  #  include <QtCore/QString>", "must not see Qt"),
    ("core/report/x.cpp", "#include <vtkImageData.h>", "must not see VTK"),
    ("core/sparse/x.cpp", "#include <cuda_runtime.h>", "must not see CUDA"),
    ("core/energy/x.cpp", "#include <torch/torch.h>", "must not see LibTorch"),
    ("core/eval/x.cpp", "#include <c10/util/Half.h>", "must not see LibTorch"),
    ("gpu/x.hpp", "#include <cublas_v2.h>", "must not see CUDA"),
    ("gpu/x.cpp", '#include "widgets/panels/p.hpp"', "gpu must not include widgets"),
    ("datasets/x.cpp", '#include "gpu/conv.hpp"', "datasets must not include gpu"),
    ("widgets/x.cpp", '#include "gpu/conv.hpp"', "widgets must not include gpu"),
    ("widgets/x.cpp", "#include <datasets/d.hpp>", "widgets must not include datasets"),
    ("widgets/x.cpp", '#include "core/sparse/ops.hpp"', "LibTorch, but includes core/sparse/ops.hpp -> <torch"),
    ("widgets/scene/x.cpp", "#include <QtGui/QColor>", "must not see Qt"),
    ("app/cli/x.cpp", '#include "widgets/scene/cloud.hpp"', "headless program must not include widgets"),
    ("app/cli/x.cpp", "#include <QCoreApplication>", "must not see Qt"),
    ("core/run/x.cpp", '#include "tests/support/main.hpp"', "core must not include tests"),
    ("widgets/x.cpp", '#include "../gpu/conv.hpp"', "named from the root"),
    ("core/base/x.cpp", "int a;\n" * (MAX_LINES + 1), f"{MAX_LINES + 1} lines"),
]

READELF_SAMPLE = """
 0x0000000000000001 (NEEDED)             Shared library: [{}]
 0x000000000000000e (SONAME)             Library soname: [libQt5Core.so.5]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
"""

BINARIES = [  # (program, library, whether it is forbidden)
    ("siskin", "libQt6Core.so.6", True), ("siskin", "libQt5Gui.so.5", True),
    ("siskin", "libvtkCommonCore-9.1.so.9", True), ("siskin", "libtorch_cpu.so.1.13", False),
    ("siskin-workbench", "libQt6Widgets.so.6", False), ("siskin-workbench", "libQt5Core.so.5", True),
    ("siskin-workbench", "libvtkGUISupportQt-9.1.so.9", True), ("siskin-workbench", "libvtkRenderingCore-9.1.so.9", False),
    ("siskin-workbench", "libvtkRenderingQt-9.1.so.9", True), ("siskin-workbench", "libvtkViewsQt-9.1.so.9", True),
    ("some_test", "libQt5Widgets.so.5", True), ("some_test", "libQt6Test.so.6", False),
]


def complaints_about(tree):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, content in tree.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
        return check_tree(root)


def self_test():
    problems = [f"self-test: the clean tree was refused: {line}" for line in complaints_about(CLEAN_TREE)]
    for name, content, words in PLANTED:
        complaints = complaints_about(CLEAN_TREE | {name: content})
        if not any(line.startswith(name) and words in line for line in complaints):
            problems.append(f"self-test: {name} with {content[:60]!r} was not found: {complaints}")
    for program, library, forbidden in BINARIES:
        if bool(check_binary(program, needed_libraries(READELF_SAMPLE.format(library)))) != forbidden:
            problems.append(f"self-test: {program} with {library}: expected forbidden = {forbidden}")
    print(f"self-test: {len(PLANTED)} planted includes, {len(BINARIES)} link lines")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=pathlib.Path, help="source tree to check")
    parser.add_argument("--binaries", type=pathlib.Path, metavar="DIR", help="build folder to check")
    parser.add_argument("--self-test", action="store_true", help="check this test")
    options = parser.parse_args()
    if options.root is None and options.binaries is None and not options.self_test:
        parser.error("nothing to check")
    problems = self_test() if options.self_test else []
    if options.root is not None:
        count = len(read_includes(options.root))
        problems += check_tree(options.root) + ([] if count else [f"{options.root}: no source file found"])
        print(f"{count} source files looked at")
    if options.binaries is not None:
        problems += check_binaries(options.binaries)
    print("\n".join(problems) if problems else "all arrows hold")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
