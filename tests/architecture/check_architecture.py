# SPDX-License-Identifier: Apache-2.0
"""Checks the house against rules.py. Usage: check_architecture.py [--rule NAME]... ROOT

Prints FILE:LINE: what is wrong, one line each, and exits 1 when there is any. Notes (large files and
functions) do not fail. self_test.py holds a bad example for every rule.
"""
import argparse
import re
import sys
from pathlib import Path

import rules
from source_text import code_of, includes_of, read

SOURCES = ('.cpp', '.hpp')


class House:
    """The files of one tree, read once: {path: text}. Built from disk, or from a table in the self-test."""

    def __init__(self, files, folders=()):
        self.files = files
        self.folders = set(folders) | {str(parent) for path in files for parent in Path(path).parents
                                       if str(parent) != '.'}
        self._codes, self._readings = {}, {}

    @classmethod
    def on_disk(cls, root):
        root, files, folders = Path(root), {}, set()
        for top in sorted(root.iterdir()):
            if top.name.startswith('.') or top.name in rules.NOT_OURS or top.name == 'compile_commands.json':
                continue
            for path in [top] if top.is_file() else sorted(top.rglob('*')):
                if '__pycache__' in path.parts:
                    continue
                name = path.relative_to(root).as_posix()
                if path.is_dir():
                    folders.add(name)
                elif path.is_file():
                    files[name] = path.read_text(encoding='utf-8', errors='replace')
            if top.is_dir():
                folders.add(top.name)
        return cls(files, folders)

    def sources(self, *tops, suffixes=SOURCES):
        return [p for p in sorted(self.files) if p.split('/')[0] in tops and p.endswith(suffixes)]

    def code(self, path):
        if path not in self._codes:
            self._codes[path] = code_of(self.files[path])
        return self._codes[path]

    def reading(self, path):
        if path not in self._readings:
            self._readings[path] = read(self.code(path))
        return self._readings[path]


def folder_of(path):
    """The folder of the floor table that a file or header belongs to."""
    parts = path.split('/')
    return '/'.join(parts[:2]) if len(parts) > 2 else parts[0]


def lines_matching(code, pattern):
    return [code.count('\n', 0, m.start()) + 1 for m in re.finditer(pattern, code)]


def check_include(path, folder, target):
    """Why the include is not allowed, or None."""
    if target == 'config/embedded.hpp':
        return None if folder in rules.CONFIG_READERS else 'embedded files are handed down by the front door'
    other = folder_of(target)
    if other == folder or (folder, target) in rules.EXCEPTIONS:
        return None
    if other not in rules.FLOORS:
        return f'{other} is not in the floor table (tests/architecture/rules.py)'
    if folder.startswith('classifier') and not other.startswith('classifier'):
        return 'classifier knows nothing of proxy'
    mine, theirs = rules.FLOORS[folder], rules.FLOORS[other]
    if mine == 0:
        return None if other in rules.FLOOR_0_MAY_INCLUDE[folder] else f'{folder} may not include {other} (written list)'
    return None if theirs < mine else f'{folder} (floor {mine}) includes {other} (floor {theirs}): only lower floors'


def floors(house):
    for path in house.sources('proxy', 'classifier'):
        folder = folder_of(path)
        if folder not in rules.FLOORS:
            yield path, 1, f'{folder} is not in the floor table (tests/architecture/rules.py)'
            continue
        for line, target, is_project in includes_of(house.files[path]):
            if not is_project:
                continue
            why = check_include(path, folder, target)
            if why:
                yield path, line, f'#include "{target}": {why}'
            if '/' not in target:
                yield path, line, f'#include "{target}": write the path from the root'
    for path in house.sources('tests'):
        if path.split('/')[1] not in ('unit', 'dialogues'):
            continue
        for line, target, is_project in includes_of(house.files[path]):
            if not is_project and target.startswith('boost/asio'):
                yield path, line, 'unit and dialogue tests do not link Asio'
            elif is_project and rules.FLOORS.get(folder_of(target), 0) > 0:
                yield path, line, f'"{target}": unit and dialogue tests see floor 0 only'


def owners(house):
    for path in house.sources('proxy', 'classifier'):
        for line, target, is_project in includes_of(house.files[path]):
            for pattern, allowed, name in rules.LIBRARY_OWNERS:
                if not is_project and re.search(pattern, target) and folder_of(path) not in allowed:
                    yield path, line, f'<{target}>: {name} belongs to {", ".join(sorted(allowed))}'


def purity(house):
    for path in house.sources('proxy', 'classifier'):
        if rules.FLOORS.get(folder_of(path)) != 0:
            continue
        for line, target, is_project in includes_of(house.files[path]):
            if not is_project and re.search(rules.FLOOR_0_FORBIDDEN_INCLUDES, target):
                yield path, line, f'<{target}> on floor 0'
        for pattern, why in rules.FLOOR_0_FORBIDDEN_CODE:
            for line in lines_matching(house.code(path), pattern):
                yield path, line, f'floor 0 is pure: {why}'


def find_circle(graph):
    """One circle as a list of nodes, or None."""
    colour = {}

    def visit(node, trail):
        colour[node] = 'open'
        for other in sorted(graph.get(node, ())):
            if colour.get(other) == 'open':
                return trail[trail.index(other):] + [other] if other in trail else [node, other]
            if other not in colour:
                found = visit(other, trail + [other])
                if found:
                    return found
        colour[node] = 'done'
        return None

    for start in sorted(graph):
        if start not in colour:
            found = visit(start, [start])
            if found:
                return found
    return None


def cycles(house):
    files, folders = {}, {}
    for path in house.sources('proxy', 'classifier'):
        for _, target, is_project in includes_of(house.files[path]):
            if not is_project or target not in house.files:
                continue
            files.setdefault(path, set()).add(target)
            # A written exception names one header; the files above still hold it to have no circle.
            is_exception = (folder_of(path), target) in rules.EXCEPTIONS
            if folder_of(target) != folder_of(path) and not is_exception:
                folders.setdefault(folder_of(path), set()).add(folder_of(target))
    for name, graph in (('files', files), ('folders', folders)):
        circle = find_circle(graph)
        if circle:
            yield circle[0], 1, f'circle of {name}: {" -> ".join(circle)}'


def coroutines(house):
    """gcc 12 miscompiles temporaries and lambdas in a statement with co_await: only named values cross it."""
    shapes = [
        (lambda s: s.has_braces, 'has {...}: name the value first'),
        (lambda s: s.has_lambda, 'has a lambda: name it first, or use a member function'),
        (lambda s: '?' in s.text, 'has ?: : use if'),
        (lambda s: re.search(r'\bthrow\b', s.text), 'has throw: name the value first'),
    ]
    for path in house.sources('proxy', 'tests'):
        code = house.code(path)
        for line in lines_matching(code, r'\basio\s*::\s*detached\b'):
            yield path, line, 'asio::detached swallows exceptions: use net::Rooms::start'
        if path.startswith('proxy/') and path not in rules.CO_SPAWN_OWNERS:
            for line in lines_matching(code, r'\bco_spawn\s*\('):
                yield path, line, 'co_spawn is called by net::Rooms and net::Worker only'
        if 'co_' not in code:
            continue
        for statement in house.reading(path).statements:
            if re.search(r'\bco_(?:await|yield)\b', statement.text):
                for is_bad, why in shapes:
                    if is_bad(statement):
                        yield path, statement.line, f'a statement with co_await {why}'
        for found in house.reading(path).lambdas:
            is_coroutine = re.search(r'\bco_(?:await|return|yield)\b', found.body) or 'awaitable' in found.head
            if found.captures and is_coroutine:
                yield path, found.line, 'a coroutine lambda with captures: they die before the frame'


def sizes(house):
    for path in house.sources('proxy', 'classifier', 'tests', 'config', suffixes=SOURCES + ('.py', '.sh')):
        lines = house.files[path].split('\n')
        is_table = any(rules.TABLE_MARKER in line for line in lines[:10])
        if len(lines) - 1 > rules.FILE_LINES_LIMIT and not is_table:
            yield path, 1, f'{len(lines) - 1} lines; the limit is {rules.FILE_LINES_LIMIT}'
        elif len(lines) - 1 > rules.FILE_LINES_NOTE and not is_table:
            yield path, 1, f'note: {len(lines) - 1} lines'
        if is_table or not path.endswith(SOURCES):
            continue
        for function in house.reading(path).functions:
            if rules.TABLE_MARKER in house.files[path][function.start:function.end]:
                continue
            if function.lines > rules.FUNCTION_LINES_LIMIT:
                yield path, function.line, (f'{function.name}: {function.lines} lines; '
                                            f'the limit is {rules.FUNCTION_LINES_LIMIT}')
            elif function.lines > rules.FUNCTION_LINES_NOTE:
                yield path, function.line, f'note: {function.name}: {function.lines} lines'


def names(house):
    for folder in sorted(house.folders):
        if folder.split('/')[-1] in rules.FORBIDDEN_FOLDERS:
            yield folder, 1, 'a folder name that says nothing: use the mail word'
    for top in sorted({p.split('/')[0] for p in list(house.files) + list(house.folders)} - rules.TOP_LEVEL):
        yield top, 1, 'not in the list of the top level (tests/architecture/rules.py)'
    for path in house.sources('proxy', 'classifier', 'tests'):
        if not re.fullmatch(r'[a-z0-9_]+\.(cpp|hpp)', path.split('/')[-1]):
            yield path, 1, 'file names are snake_case'


def heads(house):
    for path, text in sorted(house.files.items()):
        lines = text.split('\n')
        name = path.split('/')[-1]
        is_script = text.startswith('#!')
        if not (path.endswith(SOURCES + ('.py', '.cmake', '.sh', '.toml', '.html', '.css', '.js')) or is_script
                or name == 'CMakeLists.txt') or path.startswith(rules.SEEDS):
            continue
        if not any('SPDX-License-Identifier: Apache-2.0' in line for line in lines[:3]):
            yield path, 1, 'no SPDX-License-Identifier in the first three lines'
        if not (path.endswith(SOURCES + ('.py',)) or is_script) or path.startswith('config/'):
            continue
        if path.endswith('.cpp') and path[:-4] + '.hpp' in house.files:
            continue  # the header beside it says what it is
        head = [line for line in lines[:12] if 'SPDX' not in line and not line.startswith('#!')]
        if not any(re.match(r'\s*(//|#\s|/\*|""")', line) for line in head):
            yield path, 1, 'no head comment: what is this, and what does it promise?'
        if path.endswith('.hpp') and '#pragma once' not in text:
            yield path, 1, 'no #pragma once'


def documents(house):
    """ARCHITECTURE.md is the picture: its floor table names every folder, with the floor of rules.py."""
    picture = house.files.get('ARCHITECTURE.md', '')
    for folder in sorted(house.folders):
        parts = folder.split('/')
        if parts[0] not in ('proxy', 'classifier') or len(parts) != 2:
            continue
        row = re.search(rf'^\|[^|\n]*`{re.escape(folder)}`[^|\n]*\|\s*(\d)\s*\|', picture, re.MULTILINE)
        if not row:
            yield 'ARCHITECTURE.md', 1, f'the floor table has no row for `{folder}`'
        elif rules.FLOORS.get(folder) != int(row.group(1)):
            yield 'ARCHITECTURE.md', 1, f'`{folder}` is on floor {rules.FLOORS.get(folder)} in rules.py'
        if f'{folder}/README.md' not in house.files:
            yield f'{folder}/README.md', 1, 'missing: five lines that say what lives here'


def changelog(house):
    text = house.files.get('CHANGELOG.md', '')
    if not text.startswith('# Changelog\n'):
        yield 'CHANGELOG.md', 1, 'begins with "# Changelog"'
    if 'keepachangelog.com' not in text:
        yield 'CHANGELOG.md', 1, 'names keepachangelog.com'
    if not re.search(r'^## \[Unreleased\]$', text, re.MULTILINE):
        yield 'CHANGELOG.md', 1, 'has a "## [Unreleased]" section'
    in_kind = False
    for number, line in enumerate(text.split('\n'), 1):
        if line.startswith('## '):
            in_kind = False
            if not re.fullmatch(r'## \[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)', line):
                yield 'CHANGELOG.md', number, 'a release is "## [1.2.3] - 2026-01-31"'
        elif line.startswith('### '):
            in_kind = True
            if line[4:] not in rules.CHANGE_KINDS:
                yield 'CHANGELOG.md', number, f'"{line[4:]}" is not one of {", ".join(sorted(rules.CHANGE_KINDS))}'
        elif line.startswith('- ') and not in_kind:
            yield 'CHANGELOG.md', number, 'an entry stands under a "### " heading'


RULES = {f.__name__: f for f in (floors, owners, purity, cycles, coroutines, sizes, names, heads, documents, changelog)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('root', type=Path)
    parser.add_argument('--rule', action='append', choices=sorted(RULES))
    options = parser.parse_args()
    house, wrong = House.on_disk(options.root), 0
    for name in options.rule or RULES:
        for path, line, what in RULES[name](house):
            print(f'{path}:{line}: {what}')
            wrong += not what.startswith('note:')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
