# SPDX-License-Identifier: Apache-2.0
"""Children that end with the test even when the test itself is killed, for instance by ctest's time limit."""
import ctypes
import signal

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def end_with_parent():
    """For preexec_fn: the kernel sends SIGTERM to the child when the starting thread ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
