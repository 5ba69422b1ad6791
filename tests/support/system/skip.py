# SPDX-License-Identifier: Apache-2.0
"""Runs a test file; a missing real part ends it with 77, which ctest shows as skipped."""
import os
import shutil
import sys
import unittest

SKIPPED = 77


def program_under_test():
    for argument in sys.argv[1:]:
        if not argument.startswith("-") and os.access(argument, os.X_OK) and os.path.isfile(argument):
            sys.argv.remove(argument)
            os.environ["TODOKU_PROGRAM"] = argument
            break
    return os.environ.get("TODOKU_PROGRAM", "")


def skip(part):
    print(f"{os.path.basename(sys.argv[0])}: skipped, missing: {part}", flush=True)
    sys.exit(SKIPPED)


def main(*programs):
    """Call at the end of each test file with the programs that it cannot do without."""
    if not os.access(program_under_test(), os.X_OK):
        print("TODOKU_PROGRAM names no program", flush=True)
        sys.exit(1)
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in programs if shutil.which(name, path=path) is None]
    if missing:
        skip(", ".join(missing))
    unittest.main(module="__main__", verbosity=2, warnings="ignore")
