# SPDX-License-Identifier: Apache-2.0
"""What the kernel says of a process and its children: CPU time and memory."""
import os

TICKS = os.sysconf('SC_CLK_TCK')


def _stat(pid):
    with open(f'/proc/{pid}/stat') as file:
        return file.read().rpartition(')')[2].split()


def tree(root):
    """The process and all its living descendants."""
    children = {}
    for name in filter(str.isdigit, os.listdir('/proc')):
        try:
            children.setdefault(int(_stat(name)[1]), []).append(int(name))
        except OSError:
            continue
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_ms(root):
    """User and system time of the tree; ended children count once their parent has waited."""
    ticks = 0
    for pid in tree(root):
        try:
            ticks += sum(int(field) for field in _stat(pid)[11:15])
        except OSError:
            continue
    return ticks * 1000 / TICKS


def _kilobytes(path, field):
    try:
        with open(path) as file:
            return next((int(line.split()[1]) for line in file if line.startswith(field + ':')), 0)
    except OSError:
        return 0


def rss_mb(root):
    return sum(_kilobytes(f'/proc/{pid}/status', 'VmRSS') for pid in tree(root)) / 1024


def rss_peak_mb(root):
    """The sum of each process's own peak: exact for one process, too high for many."""
    return sum(_kilobytes(f'/proc/{pid}/status', 'VmHWM') for pid in tree(root)) / 1024


def pss_kb(root):
    return sum(_kilobytes(f'/proc/{pid}/smaps_rollup', 'Pss') for pid in tree(root))
