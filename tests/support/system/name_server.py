# SPDX-License-Identifier: Apache-2.0
"""A DNS server for one test (dnsmasq), and what goes wrong behind it."""
import socket
import subprocess
import threading

from system.ports import free_port, wait_until
from system.process import end_with_parent


class NameServer:
    """dnsmasq with the records of one test, the address of localhost, and no others.

    records: (name, text) pairs; mail: (domain, host of its MX), "." for a null MX; hosts: names with the address of
    localhost; zones: endings below which nothing else exists; behind: (ending, port of another server that is asked).
    """

    def __init__(self, *records, mail=(), hosts=(), zones=(), behind=()):
        self.port = free_port()
        self.others = [*(f"--local=/{zone}/" for zone in zones),
                       *(f"--mx-host={domain},{host},10" for domain, host in mail),
                       *(f"--host-record={name},127.0.0.1" for name in hosts),
                       *(f"--server=/{ending}/127.0.0.1#{port}" for ending, port in behind)]
        self._start(records)

    def change(self, *records):
        """The same server with other texts, as after somebody has changed the zone."""
        self.stop()
        self._start(records)

    def _start(self, records):
        self.process = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--no-daemon",
             f"--port={self.port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--pid-file",
             "--local=/test/", "--address=/localhost/127.0.0.1",
             *(f"--txt-record={name},{text}" for name, text in records), *self.others],
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


class BadNameServer:
    """Answers every question with SERVFAIL, or with nothing at all; counts the questions."""

    def __init__(self, is_silent):
        self.is_silent, self.asked = is_silent, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                query, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            if len(query) < 12:  # the last one, from stop()
                return
            self.asked += 1
            if not self.is_silent:
                self.socket.sendto(query[:2] + bytes([query[2] | 0x80, 0x82]) + query[4:], sender)

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join(5)
        self.socket.close()
