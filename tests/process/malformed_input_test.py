#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything that can be broken: one clear line, the documented exit code, nothing half written.

    malformed_input_test.py --siskin PROGRAM [--only WORDS] [--jobs N] [--list]

The cases are in the malformed_*.py beside this file. Each must end within 20 s of processor time with the exit code of
its table row and one line on standard error that holds the words of the row; no crash, no temporary
file, no report without its end. The healthy data that they break are evaluated first.
"""

import argparse
import concurrent.futures
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import malformed_indoor  # noqa: E402
import malformed_merge  # noqa: E402
import malformed_models  # noqa: E402
import malformed_nuscenes  # noqa: E402
import malformed_objects  # noqa: E402
import malformed_options  # noqa: E402
import malformed_output  # noqa: E402
import malformed_scans  # noqa: E402
from malformed_case import NotHere, Place, keep_mounts_private, run_case  # noqa: E402
from siskin_process import Siskin  # noqa: E402

MODULES = (malformed_scans, malformed_nuscenes, malformed_indoor, malformed_models, malformed_objects,
           malformed_options, malformed_output, malformed_merge)
CASES = [case for module in MODULES for case in module.table.cases]


def healthy(place):
    """What the cases break works when it is whole."""
    place.kitti()
    place.must_run(*place.evaluation())
    other = Place(place.siskin, place.folder / "nuscenes", place.folder)
    other.folder.mkdir()
    other.nuscenes()
    other.must_run(*other.evaluation("--sweeps", 1))
    other.must_run("info", malformed_indoor.room(other))
    malformed_models.predictions(Place(place.siskin, other.folder / "predictions", place.folder), lambda path: None)


def attempt(case, siskin, folder, shared):
    folder.mkdir()
    place = Place(siskin, folder, shared)
    try:
        return "", run_case(case, place)
    except NotHere as reason:
        return str(reason), []
    except Exception as error:  # the other cases go on
        return "", [f"the case itself failed: {error!r}"]
    finally:
        place.leave()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--siskin", required=True)
    parser.add_argument("--only", default="", help="cases whose name holds these words")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print the cases and stop")
    options = parser.parse_args()
    cases = [case for case in CASES if options.only in case.broken]
    if options.list:
        print("\n".join(f"{case.code:3}  {case.broken}" for case in cases))
        return 0
    assert len({case.broken for case in CASES}) == len(CASES), "two cases have one name"
    keep_mounts_private()
    siskin = Siskin(options.siskin)
    failed = []
    with tempfile.TemporaryDirectory(prefix="siskin-malformed-") as name:
        root = pathlib.Path(name)
        for folder in ("healthy", "shared"):
            (root / folder).mkdir()
        healthy(Place(siskin, root / "healthy", root / "shared"))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            work = {case: pool.submit(attempt, case, siskin, root / str(i), root / "shared") for i, case in enumerate(cases)}
            for case, future in work.items():
                reason, wrong = future.result()
                if reason:
                    print(f"not possible here: {case.broken}: {reason}")
                if wrong:
                    failed.append(case.broken)
                    print(f"FAILED: {case.broken}\n  " + "\n  ".join(wrong), flush=True)
    print(f"{len(cases) - len(failed)} of {len(cases)} broken inputs were answered as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
