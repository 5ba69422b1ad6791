# SPDX-License-Identifier: Apache-2.0
"""A DNS server for one test (dnsmasq)."""
import socket
import subprocess

from system.ports import free_port, wait_until
from system.process import end_with_parent


class NameServer:
    """dnsmasq with the records of one test, the address of localhost, and no others."""

    def __init__(self, *records):
        self.port = free_port()
        self._start(records)

    def change(self, *records):
        """The same server with other records, as after somebody has changed the zone."""
        self.stop()
        self._start(records)

    def _start(self, records):
        self.process = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--no-daemon",
             f"--port={self.port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--pid-file",
             "--local=/test/", "--address=/localhost/127.0.0.1",
             *(f"--txt-record={name},{text}" for name, text in records)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        wait_until(self.answers, 10)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()
