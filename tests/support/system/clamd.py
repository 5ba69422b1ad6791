# SPDX-License-Identifier: Apache-2.0
"""A real clamd with one harmless signature of our own: nothing is downloaded, and it needs some MB only."""
import os
import subprocess

from system.ports import wait_until
from system.process import end_with_parent

PATTERN = b"todoku-harmless-test-pattern-4711"  # what the one signature looks for


class Clamd:
    def __init__(self, directory):
        self.directory = directory
        self.socket = os.path.join(directory, "clamd.socket")
        database = os.path.join(directory, "signatures")
        os.makedirs(database)
        with open(os.path.join(database, "test.ndb"), "w", encoding="ascii") as file:
            file.write(f"Todoku.Test:0:*:{PATTERN.hex()}\n")
        self.config = os.path.join(directory, "clamd.conf")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(f"DatabaseDirectory {database}\nLocalSocket {self.socket}\nForeground yes\n"
                       f"LogFile {directory}/clamd.log\nTemporaryDirectory {directory}\nStreamMaxLength 3M\n")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/clamd", "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        wait_until(lambda: os.path.exists(self.socket), 30, "clamd")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None
