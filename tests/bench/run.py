#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Todoku beside direct sending and Postfix, in turns, and prints a table. See README.md."""
import argparse
import json
import os
import shutil
import sys
import tempfile

import report
from cases import CASES, Bench
from subjects import Direct, Postfix, Todoku
from tool import Tool, make_certificate

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build', 'release')


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--todoku', default=os.path.join(BUILD, 'todoku'))
    parser.add_argument('--todoku-arguments', default='', help='more words for todoku serve')
    parser.add_argument('--tool', default=os.path.join(BUILD, 'tests', 'bench', 'smtp_bench'))
    parser.add_argument('--subjects', default='direct,todoku,postfix')
    parser.add_argument('--cases', default=','.join(CASES))
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=float, default=1.0, help='length of one throughput run')
    parser.add_argument('--sessions', type=int, default=1000, help='idle sessions')
    parser.add_argument('--waiting', type=int, default=100_000, help='messages of the backlog')
    parser.add_argument('--quick', action='store_true', help='about two minutes: 2 rounds of 0.5 s')
    parser.add_argument('--work', help='folder for state, on the disk to be measured')
    parser.add_argument('--json', help='write all values of all rounds to this file')
    parser.add_argument('--markdown', help='write the table to this file, too')
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 2, 0.5
        arguments.waiting = min(arguments.waiting, 5_000)
    return arguments


def chosen_subjects(arguments):
    wanted = arguments.subjects.split(',')
    subjects = [Direct()] if 'direct' in wanted else []
    if 'todoku' in wanted:
        if not os.access(arguments.todoku, os.X_OK):
            sys.exit(f'no program {arguments.todoku}: build it first, or give --todoku')
        subjects.append(Todoku(arguments.todoku, arguments.todoku_arguments))
    if 'postfix' in wanted:
        if Postfix.is_installed():
            subjects.append(Postfix())
        else:
            print('Postfix is left out: not installed, or not root', file=sys.stderr)
    return subjects


def measure(bench, subjects, cases, rounds):
    """{subject: {metric: {round: value}}} and what went wrong."""
    results, problems = {}, []
    for turn in range(rounds):
        for case in cases:
            for subject in subjects:
                print(f'round {turn + 1} {case} {subject.name}', file=sys.stderr)
                try:
                    values = CASES[case](bench, subject)
                except (RuntimeError, OSError) as error:
                    values = {'problems': [f'{case}: {error}']}
                for problem in values.pop('problems', []):
                    problems.append(f'round {turn + 1}, {subject.name}, {problem}')
                for metric, value in values.items():
                    results.setdefault(subject.name, {}).setdefault(metric, {})[turn] = value
    return results, problems


def main():
    arguments = read_arguments()
    subjects = chosen_subjects(arguments)
    folder = tempfile.mkdtemp(prefix='todoku-bench-', dir=arguments.work)
    os.chmod(folder, 0o755)  # Postfix's own user must get through
    try:
        bench = Bench(Tool(arguments.tool), folder, make_certificate(folder), arguments.seconds,
                      arguments.sessions, arguments.waiting)
        results, problems = measure(bench, subjects, arguments.cases.split(','), arguments.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = report.markdown(results, [subject.name for subject in subjects])
    if problems:
        text += '\n\nProblems:\n\n' + '\n'.join(f'- {problem}' for problem in problems)
    print(text)
    if arguments.markdown:
        with open(arguments.markdown, 'w') as file:
            file.write(text + '\n')
    if arguments.json:
        with open(arguments.json, 'w') as file:
            json.dump({'results': results, 'problems': problems}, file, indent=1)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
