# SPDX-License-Identifier: Apache-2.0
"""Adds up ctest's JUnit files: names what failed and what was skipped, ends with one summary line.

Usage: summarise.py STAGES_FAILED FILE.xml...   Exit code 1 on a failure; with CI=true also on a skip.
"""
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case):
    """passed, failed or skipped, and ctest's reason. A test that could not be started has failed."""
    status = case.get('status')
    skipped = case.find('skipped')
    message = skipped.get('message', '') if skipped is not None else ''
    if status == 'run':
        return 'passed', ''
    if status == 'disabled' or message.startswith('SKIP_'):
        return 'skipped', reason_in(case)
    return 'failed', message


def reason_in(case):
    """The test's own words for why it was skipped: the line after GoogleTest's marker, or the one with 'skip' in it."""
    lines = [line.strip() for line in (case.findtext('system-out') or '').splitlines() if line.strip()]
    for before, line in zip(lines, lines[1:]):
        if before.endswith(': Skipped'):
            return line
    for line in lines:
        if 'skip' in line.lower() and not line.startswith(('[', 'Note:')):
            return line
    return lines[-1] if lines else ''


def main():
    counts = {'passed': 0, 'failed': int(sys.argv[1]), 'skipped': 0}
    named = []
    for file in sys.argv[2:]:
        if not Path(file).is_file():
            continue
        for case in ElementTree.parse(file).getroot().iter('testcase'):
            what, reason = outcome(case)
            counts[what] += 1
            if what != 'passed':
                named.append(f'{what}: {Path(file).stem}: {case.get("name")}' + (f' ({reason})' if reason else ''))
    for line in sorted(named):
        print(line)
    print('{passed} passed, {failed} failed, {skipped} skipped'.format(**counts))
    in_ci = os.environ.get('CI') == 'true'
    return 1 if counts['failed'] or not counts['passed'] or (in_ci and counts['skipped']) else 0


if __name__ == '__main__':
    sys.exit(main())
