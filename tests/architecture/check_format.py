# SPDX-License-Identifier: Apache-2.0
"""Fails when clang-format 14 would change a source file. --fix writes the changes. Exit 77: no clang-format-14."""
import shutil
import subprocess
import sys
from pathlib import Path


def main():
    fix = '--fix' in sys.argv
    root = Path([a for a in sys.argv[1:] if a != '--fix'][0])
    tool = shutil.which('clang-format-14')
    if not tool:
        print('skipped: clang-format-14 is not installed (installer/packages/tests.txt)')
        return 77
    files = sorted(str(f) for folder in ('proxy', 'classifier', 'config', 'tests')
                   for f in (root / folder).rglob('*') if f.suffix in ('.cpp', '.hpp'))
    mode = ['-i'] if fix else ['--dry-run', '-Werror']
    code = subprocess.run([tool, '--style=file', *mode, *files], check=False).returncode if files else 0
    if code and not fix:
        print('run: cmake --build --preset dev --target format')
    return 1 if code else 0


if __name__ == '__main__':
    sys.exit(main())
